//! A file that goes along nearly always is left out of a change.

use std::collections::BTreeMap;

use facts::{ChangeId, FileId, Lens, manifest::ChangeRule};
use rustc_hash::FxHashMap;

use super::{Ground, History, Rule, Seen, Violation, WINDOW_DAYS, by_change, window};

pub(super) const RULE: Rule = Rule {
    code: "U403",
    name: "usual-partner-missing",
    holds: "Where a file went along with another in at least the share usual_partner of its changes, five or more of them, a change of the one touches the other.",
    why: "What was forgotten is found by a test at best, and by a customer at worst.",
    example: "[[change_rule]]\nid = \"partners\"\nusual_partner = 0.8          # four times of five\nwindow = \"365d\"\nseverity = \"warning\"",
    way_out: "Look whether the file needs the change, too. Where it does not, the habit has changed, and the rule stops asking by itself.",
    limits: "Habit is no need: leave it a warning until --backtest says that it is right. New files have no partners. Generated files and changes of more files than the bulk limit do not count.",
};

/// Fewer changes of a file make no habit.
const FEWEST: u32 = 5;

/// Which changes touched each file.
#[derive(Clone, Debug, Default)]
pub struct Companions {
    /// For each file, positions among the changes that count, oldest first.
    of_file: FxHashMap<FileId, Vec<u32>>,
}

impl Companions {
    /// Goes through the changes that count.
    pub fn new(lens: &Lens<'_>) -> Self {
        let mut of_file: FxHashMap<FileId, Vec<u32>> = FxHashMap::default();
        for (at, &change) in lens.counted.iter().enumerate() {
            for touch in lens.facts.touches.of(change) {
                of_file.entry(lens.facts.touches.file[touch]).or_default().push(at as u32);
            }
        }
        Self { of_file }
    }

    /// How often a file changed within a span of positions, and with which others how often.
    fn within(
        &self,
        lens: &Lens<'_>,
        file: FileId,
        span: &std::ops::Range<usize>,
    ) -> (u32, BTreeMap<FileId, u32>) {
        let mut with: BTreeMap<FileId, u32> = BTreeMap::new();
        let all = self.of_file.get(&file).map_or(&[][..], Vec::as_slice);
        let own = all.iter().filter(|&&at| span.contains(&(at as usize)));
        let mut changes = 0;
        for &at in own {
            changes += 1;
            for touch in lens.facts.touches.of(lens.counted[at as usize]) {
                let other = lens.facts.touches.file[touch];
                if other != file {
                    *with.entry(other).or_default() += 1;
                }
            }
        }
        (changes, with)
    }
}

/// Holds the rule against one change; `end` is how many changes were before it. Also says what was looked at.
pub(super) fn hold(
    ground: &Ground<'_>,
    rule: &ChangeRule,
    least: f64,
    change: &Seen,
    history: &History<'_>,
    end: usize,
) -> (Vec<Violation>, String) {
    let lens = history.lens;
    let span = window(lens, rule, end, WINDOW_DAYS);
    let mut missing: BTreeMap<FileId, (FileId, u32, u32)> = BTreeMap::new();
    let mut with_habits = 0;
    for &file in &change.files {
        let (changes, with) = history.companions.within(lens, file, &span);
        if changes < FEWEST {
            continue;
        }
        with_habits += 1;
        let usual = with.into_iter().filter(|(other, shared)| {
            f64::from(*shared) >= least * f64::from(changes)
                && !change.files.contains(other)
                && lived(lens, *other, lens.counted.get(end).copied())
                && !lens.facts.files.generated[other.index()]
        });
        for (other, shared) in usual {
            let better = |&(_, of, in_all): &(FileId, u32, u32)| shared * in_all > of * changes;
            if missing.get(&other).is_none_or(better) {
                missing.insert(other, (file, shared, changes));
            }
        }
    }
    let path = |file: FileId| lens.facts.paths.text(lens.facts.files.path[file.index()]);
    let found = missing.into_iter().map(|(other, (file, shared, changes))| {
        let what = format!(
            "{} leaves out `{}`, which went along in {shared} of the last {changes} changes of `{}`",
            change.name,
            path(other),
            path(file)
        );
        let way_out = "look whether it needs the change, too".to_owned();
        let mut violation = by_change(ground, &RULE, rule, change, (what, way_out), vec![path(file)]);
        violation.to = path(other);
        violation
    });
    let looked =
        format!("{} with five changes or more in the window", crate::audit::count(with_habits, "file"));
    (found.collect(), looked)
}

/// Whether a file was there when a change was made; without one, whether it is there today.
fn lived(lens: &Lens<'_>, file: FileId, change: Option<ChangeId>) -> bool {
    match (lens.facts.files.died[file.index()], change) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(died), Some(change)) => died > change,
    }
}
