//! Handoffs: work that goes from the people of one team to those of another.
//!
//! ```text
//! file a.rs   team A ──3 days──▶ team B    passed
//!             team B ──9 days──▶ team B    kept
//!             team B ──60 days─▶ team A    not soon enough to be the same work: not asked about
//! ```
//!
//! What chance passes: the teams of a module's touches, shuffled. Of N touches of which n_t are team t's, two come from
//! different teams with probability 1 − Σ n_t(n_t − 1) / N(N − 1); times the passes of the module, that is what many teams
//! in one module pass whatever they do. It adds up over pairs of teams, 2·n_a·n_b / N(N − 1) each.
//!
//! A change written by people of several teams is a handoff (or a pair at work) within the change; it has no one team, so
//! it hands on nothing and is counted beside.

use std::collections::{BTreeMap, BTreeSet};

use facts::{ChangeId, FileId, Lens, ModuleId, Omission, Omitted, TeamId};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    Estimate, Evidence, Measurement, Part, Quantity, Subject, UnitOfValue,
    author_teams::{AuthorTeams, Origin},
    description::Description,
    over,
    passes::{self, Pass},
};

/// See the module.
pub const MEASURE: Description = Description {
    name: "handoffs",
    question: "How often does work go from one team's people to another's?",
    definition: "Of the times a file is touched again within 14 days by another change, the share where the second change comes from another team than the first. Only where the teams of both authors are known; by declared teams where their members do most of the work, else by groups. Per pair of teams: its part of that, adding up to the whole, beside what chance passes between them when the teams of each module's touches are shuffled. Only the latest run of periods counts in which the teams of at least half are known: groups are found from recent work, and of early years they know a few who stayed, mostly of one group. Beside it: changes written by people of several teams.",
    reads: &["changes", "touches", "files", "participations", "modules", "teams", "memberships"],
    unit: "share of files touched again, 0 to 1; interval 95 % (Wilson, at the effective sample size of changes)",
    source: "handoffs as a cost of flow: Reinertsen 2009, \"The Principles of Product Development Flow\"; the permutation of labels within strata as in Good 2005",
    limits: "Groups are found from recent work: authors who left have none, and the fewer are known of a year the fewer handoffs show, so the series rises somewhat by itself; --teams CSV with days does better. More teams pass more: compare with chance. But one's own second touch is kept, and groups are found by who changes the same modules: most systems lie below chance by construction, so compare one with itself, not with another. A squash names one author, so work passed on the branch does not show unless trailers name the others. Passing is not by itself bad; a platform team hands on by design.",
};

/// Computes it through a lens.
pub fn compute(lens: &Lens<'_>) -> Measurement {
    let teams = AuthorTeams::new(lens);
    let (passes, _) = passes::all(lens);
    let seen = Seen::new(lens, &teams, &passes);
    let within = within(lens, &teams);
    let known = known(lens, &teams);
    let why_not = match known.len() {
        0 => Some("nobody who made a change is in a team that is known, so no handoff can be told"),
        1 => Some("one team made every change whose author's team is known, so nothing could be handed on"),
        _ if !seen.heard.contains(&true) => {
            Some("in no period are the teams of most authors known, so no handoff can be told")
        }
        _ => None,
    };
    let over = over::ratio(lens, |change| if why_not.is_none() { seen.heard(change) } else { (0, 0) });
    let by_chance: f64 = seen.pairs.values().map(|pair| pair.by_chance).sum();
    let of = over.whole.of as f64;
    let all: u64 = seen.counts.iter().map(|(_, of)| of).chain(&seen.untold).sum();
    let untold = all - over.whole.of;
    let chance = (of > 0.0).then(|| by_chance / of);
    let ratio = over.whole.value.zip(chance).filter(|(_, chance)| *chance > 0.0);
    let mut notes: Vec<String> = why_not.map(str::to_owned).into_iter().collect();
    if over.whole.of > 0 && untold > over.whole.of {
        notes.push(format!(
            "{untold} of {all} times a file was touched again lie in periods where the teams of most authors are not known, or that of one side is not"
        ));
    }
    Measurement {
        name: MEASURE.name,
        unit: UnitOfValue::Share,
        basis: teams.basis,
        whole: over.whole,
        recent: over.recent.filter(|_| why_not.is_none()),
        series: if why_not.is_none() { over.series } else { Vec::new() },
        parts: if why_not.is_none() { seen.parts(over.whole.of, &within.pairs) } else { Vec::new() },
        quantities: vec![
            Quantity { name: "share_by_chance", value: chance },
            Quantity { name: "times_chance", value: ratio.map(|(value, chance)| value / chance) },
            Quantity { name: "teams", value: Some(known.len() as f64) },
            Quantity { name: "changes_of_several_teams", value: Some(within.several as f64) },
            Quantity { name: "changes_of_known_teams", value: Some(within.known as f64) },
            Quantity { name: "passes_untold", value: Some(untold as f64) },
        ],
        notes,
        ledger: (untold > 0)
            .then(|| {
                let why = "times a file was touched again within 14 days, where the team of one author or the other is not known, or the period is one of which most is not; they tell nothing of handoffs (--teams CSV names members)";
                Omission::new(Omitted::UnknownTeams, untold, why)
            })
            .into_iter()
            .collect(),
    }
}

/// The passes of a history, and whether they tell of a stretch of it.
pub(crate) struct Handoffs(Seen);

impl Handoffs {
    /// Reads them; `None` where fewer than two teams are known.
    pub(crate) fn new(lens: &Lens<'_>) -> Option<Self> {
        let teams = AuthorTeams::new(lens);
        (known(lens, &teams).len() > 1).then(|| Self(Seen::new(lens, &teams, &passes::all(lens).0)))
    }

    /// The files a change took over from another team, and those it touched again, teams known.
    pub(crate) fn of(&self, change: ChangeId) -> (u64, u64) {
        self.0.counts[change.index()]
    }

    /// Whether the teams of most are known.
    pub(crate) fn speak(&self, changes: &[ChangeId]) -> bool {
        self.0.speak(changes)
    }
}

/// The teams some change comes from.
fn known(lens: &Lens<'_>, teams: &AuthorTeams) -> BTreeSet<TeamId> {
    lens.counted.iter().filter_map(|&change| teams.team(change)).collect()
}

/// Changes written by people of several teams.
#[derive(Default)]
struct Within {
    several: u64,
    known: u64,
    pairs: FxHashMap<(TeamId, TeamId), u64>,
}

fn within(lens: &Lens<'_>, teams: &AuthorTeams) -> Within {
    let mut out = Within::default();
    for &change in &lens.counted {
        match teams.of(change) {
            Origin::Unknown => {}
            Origin::Unclear | Origin::Team(_) => out.known += 1,
            Origin::Several(teams) => {
                out.known += 1;
                out.several += 1;
                for (at, &a) in teams.iter().enumerate() {
                    teams[at + 1..].iter().for_each(|&b| *out.pairs.entry((a, b)).or_default() += 1);
                }
            }
        }
    }
    out
}

/// What passed between two teams.
#[derive(Default)]
struct Between {
    /// From the lower id to the higher, and back.
    passed: (u64, u64),
    by_chance: f64,
    changes: Vec<ChangeId>,
    files: FxHashMap<FileId, u64>,
}

/// The touches of a module that a pass begins or ends with, by team, and its passes.
#[derive(Default)]
struct Touched {
    touches: BTreeMap<TeamId, u64>,
    passes: u64,
}

/// Every pass between known teams.
struct Seen {
    /// For each change, the files it took over from another team and those it touched again, teams known.
    counts: Vec<(u64, u64)>,
    /// For each change, the files it touched again of which the team of one side is not known.
    untold: Vec<u64>,
    /// Whether a change lies in the latest run of periods of which most is known.
    heard: Vec<bool>,
    pairs: Pairs,
}

impl Seen {
    fn new(lens: &Lens<'_>, teams: &AuthorTeams, passes: &[Pass]) -> Self {
        let changes = lens.facts.changes.len();
        let mut seen = Self {
            counts: vec![(0, 0); changes],
            untold: vec![0; changes],
            heard: vec![false; changes],
            pairs: Pairs::new(),
        };
        let soon = || passes.iter().filter_map(|pass| Some((pass, pass.soon()?)));
        for (pass, next) in soon() {
            match (teams.team(pass.change), teams.team(next)) {
                (Some(from), Some(to)) => {
                    let counts = &mut seen.counts[next.index()];
                    counts.0 += u64::from(from != to);
                    counts.1 += 1;
                }
                _ => seen.untold[next.index()] += 1,
            }
        }
        // The latest run of periods that speak: a year long ago may know its two authors and still not compare.
        let periods = lens.periods();
        let speaks: Vec<bool> = periods.iter().map(|(_, changes)| seen.speak(changes)).collect();
        let end = speaks.iter().rposition(|speaks| *speaks).map_or(0, |last| last + 1);
        let begin = speaks[..end].iter().rposition(|speaks| !*speaks).map_or(0, |silent| silent + 1);
        for change in periods[begin..end].iter().flat_map(|(_, changes)| changes) {
            seen.heard[change.index()] = true;
        }
        let heard = soon().filter(|(_, next)| seen.heard[next.index()]);
        let (pairs, modules) = between(lens, teams, heard);
        seen.pairs = pairs;
        expect(&mut seen.pairs, &modules);
        seen
    }

    /// What a change took over and touched again, where its period speaks.
    fn heard(&self, change: ChangeId) -> (u64, u64) {
        if self.heard[change.index()] { self.counts[change.index()] } else { (0, 0) }
    }

    /// Whether the teams of at least half of the files that some changes touched again are known.
    fn speak(&self, changes: &[ChangeId]) -> bool {
        let known: u64 = changes.iter().map(|change| self.counts[change.index()].1).sum();
        let untold: u64 = changes.iter().map(|change| self.untold[change.index()]).sum();
        known > 0 && known >= untold
    }

    /// Pairs of teams, those that passed most first.
    fn parts(&self, of: u64, within: &FxHashMap<(TeamId, TeamId), u64>) -> Vec<Part> {
        let all: u64 = self.pairs.values().map(Between::count).sum();
        // Pairs that neither passed nor would by chance say nothing.
        let mut parts: Vec<Part> = self
            .pairs
            .iter()
            .filter(|(_, pair)| pair.count() > 0 || pair.by_chance >= 1.0)
            .map(|(&teams, pair)| pair.part(teams, of, all, within))
            .collect();
        parts.sort_by(|x, y| {
            y.estimate.count.total_cmp(&x.estimate.count).then_with(|| x.subject.cmp(&y.subject))
        });
        parts
    }
}

type Pairs = BTreeMap<(TeamId, TeamId), Between>;
type Modules = BTreeMap<Option<ModuleId>, Touched>;

/// What passed between each two teams, and the touches of each module that passed or were kept.
fn between<'p>(
    lens: &Lens<'_>,
    teams: &AuthorTeams,
    passes: impl Iterator<Item = (&'p Pass, ChangeId)>,
) -> (Pairs, Modules) {
    let mut pairs = Pairs::new();
    let mut modules = Modules::new();
    let mut drawn: FxHashSet<(FileId, ChangeId)> = FxHashSet::default();
    for (pass, next) in passes {
        let (Some(from), Some(to)) = (teams.team(pass.change), teams.team(next)) else { continue };
        let module = modules.entry(lens.structure.module(pass.file)).or_default();
        module.passes += 1;
        for (change, team) in [(pass.change, from), (next, to)] {
            if drawn.insert((pass.file, change)) {
                *module.touches.entry(team).or_default() += 1;
            }
        }
        if from != to {
            pairs.entry((from.min(to), from.max(to))).or_default().take(pass.file, next, from < to);
        }
    }
    for pair in pairs.values_mut() {
        pair.changes.sort_unstable();
        pair.changes.dedup();
    }
    (pairs, modules)
}

/// Adds up what chance passes between each two teams.
fn expect(pairs: &mut BTreeMap<(TeamId, TeamId), Between>, modules: &BTreeMap<Option<ModuleId>, Touched>) {
    for module in modules.values() {
        let all = module.touches.values().sum::<u64>() as f64;
        let teams: Vec<(TeamId, u64)> =
            module.touches.iter().map(|(&team, &touches)| (team, touches)).collect();
        for (at, &(a, of_a)) in teams.iter().enumerate() {
            for &(b, of_b) in &teams[at + 1..] {
                let meet = 2.0 * of_a as f64 * of_b as f64 / (all * (all - 1.0));
                pairs.entry((a, b)).or_default().by_chance += module.passes as f64 * meet;
            }
        }
    }
}

impl Between {
    fn take(&mut self, file: FileId, change: ChangeId, upwards: bool) {
        if upwards {
            self.passed.0 += 1;
        } else {
            self.passed.1 += 1;
        }
        self.changes.push(change);
        *self.files.entry(file).or_default() += 1;
    }

    fn count(&self) -> u64 {
        self.passed.0 + self.passed.1
    }

    fn part(
        &self,
        (a, b): (TeamId, TeamId),
        of: u64,
        all: u64,
        within: &FxHashMap<(TeamId, TeamId), u64>,
    ) -> Part {
        let count = self.count() as f64;
        let mut files: Vec<(u64, FileId)> = self.files.iter().map(|(&file, &times)| (times, file)).collect();
        files.sort_unstable_by(|x, y| y.0.cmp(&x.0).then(x.1.cmp(&y.1)));
        let quantity = |name, value: f64| Quantity { name, value: Some(value) };
        Part {
            subject: Subject::TeamPair(a, b),
            estimate: Estimate { value: (of > 0).then(|| count / of as f64), interval: None, count, of },
            share: (all > 0).then(|| count / all as f64),
            state: None,
            quantities: vec![
                quantity("from_first", self.passed.0 as f64),
                quantity("from_second", self.passed.1 as f64),
                quantity("by_chance", self.by_chance),
                quantity("changes", self.changes.len() as f64),
                quantity("changes_of_both", within.get(&(a, b)).copied().unwrap_or(0) as f64),
            ],
            evidence: Evidence {
                changes: self.changes.iter().rev().take(10).copied().collect(),
                changes_in_all: self.changes.len() as u64,
                files: files.into_iter().take(5).map(|(_, file)| file).collect(),
            },
        }
    }
}
