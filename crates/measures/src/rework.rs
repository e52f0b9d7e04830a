//! Rework: work that is done again, or undone.
//!
//! ```text
//! file a.rs   touched ──5 days──▶ touched by another change      touched again
//!             touched ──40 days─▶ touched                        not
//!             touched  3 days before the history ends            not asked about: its fortnight is not over
//! ```
//!
//! A file touched again is not by itself bad. Work in small steps touches its files again, and so does whatever is
//! young. What the share was a year ago is what to hold it against, never another system's.

use facts::{Basis, ChangeId, CommitId, FileId, Lens, ModuleId, Omission, Omitted, TouchKind, time::DAY};
use rustc_hash::FxHashMap;

use crate::{
    Estimate, Evidence, Measurement, Part, Quantity, Subject, UnitOfValue,
    concentration::authors_of_changes,
    description::Description,
    over,
    passes::{self, Pass, WINDOW_SECONDS},
    stats::quantile::median,
};

/// See the module.
pub const MEASURE: Description = Description {
    name: "rework",
    question: "How much of the work is soon done again, or undone?",
    definition: "The share of touches whose file is touched again within 14 days by another change; lock files, generated code and change logs left out, deletions too, and the last 14 days of the history, whose fortnight is not over. Beside it: how many of those were touched again by nobody who wrote the first change, and the reverts, as messages name them, with the median days until then. Per module the same.",
    reads: &["changes", "touches", "files", "participations", "modules"],
    unit: "share of touches, 0 to 1; interval 95 % (Wilson, at the effective sample size of changes)",
    source: "code churn as rework: Nagappan and Ball 2005; the fortnight of a sprint is a convention",
    limits: "Touching a file again is not by itself bad: small steps do it, and young code. Compare a system with itself over time, never with another. One file everybody edits lifts it alone. Reverts are those whose message names the commit; a fix that undoes in silence is none. What is pushed to a branch again before it is merged does not show.",
};

/// Computes it through a lens.
pub fn compute(lens: &Lens<'_>) -> Measurement {
    let (passes, mechanical) = passes::all(lens);
    let again = Again::new(lens, &passes);
    let over = over::ratio(lens, |change| again.counts[change.index()]);
    let share = over::share_of(&lens.counted, |change| Some(is_revert(lens, change)));
    let mut days = days_to_reverts(lens);
    let mut quantities = vec![
        Quantity { name: "touched_again_by_others", value: Some(again.by_others as f64) },
        Quantity { name: "reverts", value: Some(share.count) },
        Quantity { name: "revert_share", value: share.value },
        Quantity { name: "revert_share_low", value: share.interval.map(|(low, _)| low) },
        Quantity { name: "revert_share_high", value: share.interval.map(|(_, high)| high) },
        Quantity { name: "reverts_of_known_changes", value: Some(days.len() as f64) },
    ];
    quantities.push(Quantity { name: "median_days_to_revert", value: median(&mut days) });
    quantities.push(Quantity { name: "touches_too_late", value: Some(again.unfinished as f64) });
    let why = "touches of lock files, generated code, change logs and the like; nobody hands them on or does them again";
    let ledger = Omission::new(Omitted::MechanicalTouches, mechanical, why);
    Measurement {
        name: MEASURE.name,
        unit: UnitOfValue::Share,
        basis: Basis::Inferred,
        whole: over.whole,
        recent: over.recent,
        series: over.series,
        parts: parts(lens, &passes, &again),
        quantities,
        notes: Vec::new(),
        ledger: Some(ledger).filter(|line| line.count > 0).into_iter().collect(),
    }
}

/// For each change, the files of it that were touched again within the window, and those that are asked about.
pub(crate) fn counts(lens: &Lens<'_>) -> Vec<(u64, u64)> {
    Again::new(lens, &passes::all(lens).0).counts
}

/// Whether a touch is asked about: no deletion, and its fortnight is over.
fn asked(lens: &Lens<'_>, pass: &Pass) -> Asked {
    if lens.facts.touches.kind[pass.touch] == TouchKind::Deleted {
        return Asked::No;
    }
    match lens.span {
        Some((_, until)) if pass.at + WINDOW_SECONDS <= until => Asked::Yes,
        _ => Asked::NotYet,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Yes,
    No,
    NotYet,
}

/// What was touched again.
struct Again {
    /// For each change, the files touched again, of those it touched.
    counts: Vec<(u64, u64)>,
    by_others: u64,
    unfinished: u64,
}

impl Again {
    fn new(lens: &Lens<'_>, passes: &[Pass]) -> Self {
        let authors = authors_of_changes(lens);
        let mut out = Self { counts: vec![(0, 0); lens.facts.changes.len()], by_others: 0, unfinished: 0 };
        for pass in passes {
            match asked(lens, pass) {
                Asked::No => continue,
                Asked::NotYet => {
                    out.unfinished += 1;
                    continue;
                }
                Asked::Yes => {}
            }
            let counts = &mut out.counts[pass.change.index()];
            counts.1 += 1;
            if let Some(next) = pass.soon() {
                counts.0 += 1;
                let (first, second) = (&authors[pass.change.index()], &authors[next.index()]);
                let strangers = !first.iter().any(|author| second.contains(author));
                out.by_others += u64::from(strangers && !first.is_empty() && !second.is_empty());
            }
        }
        out
    }
}

/// Days from a change to its revert, where both are on the mainline.
fn days_to_reverts(lens: &Lens<'_>) -> Vec<f64> {
    let changes = &lens.facts.changes;
    let reverting = || lens.counted.iter().filter_map(|&one| Some((one, changes.revert_of[one.index()]?)));
    let mut undone: FxHashMap<CommitId, Option<ChangeId>> =
        reverting().map(|(_, commit)| (commit, None)).collect();
    if undone.is_empty() {
        return Vec::new();
    }
    for change in changes.ids() {
        if let Some(place) = undone.get_mut(&changes.commit[change.index()]) {
            *place = Some(change);
        }
    }
    let days = reverting().filter_map(|(revert, commit)| {
        let first = lens.at(undone.get(&commit).copied().flatten()?)?;
        Some((lens.at(revert)? - first).max(0) as f64 / DAY as f64)
    });
    days.collect()
}

fn is_revert(lens: &Lens<'_>, change: ChangeId) -> bool {
    lens.facts.changes.revert_of[change.index()].is_some()
}

/// What happened in one module.
#[derive(Default)]
struct Within {
    /// The files touched again, of those touched, change by change.
    counts: Vec<(u64, u64)>,
    latest: Option<ChangeId>,
    /// The changes that touched again.
    changes: Vec<ChangeId>,
    files: FxHashMap<FileId, u64>,
}

/// Modules, those with most touched again first.
fn parts(lens: &Lens<'_>, passes: &[Pass], again: &Again) -> Vec<Part> {
    let mut modules: Vec<Within> = Vec::new();
    modules.resize_with(lens.structure.modules.len(), Within::default);
    for pass in passes.iter().filter(|pass| asked(lens, pass) == Asked::Yes) {
        let Some(module) = lens.structure.module(pass.file) else { continue };
        let within = &mut modules[module.index()];
        if within.latest != Some(pass.change) {
            within.latest = Some(pass.change);
            within.counts.push((0, 0));
        }
        let next = pass.soon();
        if let Some(counts) = within.counts.last_mut() {
            counts.0 += u64::from(next.is_some());
            counts.1 += 1;
        }
        if let Some(next) = next {
            within.changes.push(next);
            *within.files.entry(pass.file).or_default() += 1;
        }
    }
    let mut undone = vec![0u64; modules.len()];
    for &change in lens.counted.iter().filter(|change| is_revert(lens, **change)) {
        lens.modules_of(change).iter().for_each(|module| undone[module.index()] += 1);
    }
    let all: u64 = again.counts.iter().map(|(again, _)| again).sum();
    let told: u64 = modules.iter().flat_map(|one| &one.counts).map(|(again, _)| again).sum();
    let mut parts: Vec<Part> = modules
        .into_iter()
        .zip(undone)
        .enumerate()
        .filter(|(_, (within, _))| !within.counts.is_empty())
        .map(|(at, (within, undone))| {
            let share = |count: f64| (all > 0 && told == all).then(|| count / all as f64);
            part(ModuleId::from_index(at), within, undone, share)
        })
        .collect();
    parts.sort_by(|a, b| {
        b.estimate.count.total_cmp(&a.estimate.count).then_with(|| a.subject.cmp(&b.subject))
    });
    parts
}

fn part(module: ModuleId, mut within: Within, undone: u64, share: impl Fn(f64) -> Option<f64>) -> Part {
    let estimate: Estimate = over::ratio_of(&within.counts);
    within.changes.sort_unstable();
    within.changes.dedup();
    let mut files: Vec<(u64, FileId)> = within.files.into_iter().map(|(file, times)| (times, file)).collect();
    files.sort_unstable_by(|x, y| y.0.cmp(&x.0).then(x.1.cmp(&y.1)));
    Part {
        subject: Subject::Module(module),
        share: share(estimate.count),
        estimate,
        state: None,
        quantities: vec![
            Quantity { name: "changes", value: Some(within.counts.len() as f64) },
            Quantity { name: "reverts", value: Some(undone as f64) },
        ],
        evidence: Evidence {
            changes: within.changes.iter().rev().take(10).copied().collect(),
            changes_in_all: within.changes.len() as u64,
            files: files.into_iter().take(5).map(|(_, file)| file).collect(),
        },
    }
}
