//! Lead time: from the first commit authored to the mainline, where review events or history still tell.
//!
//! ```text
//! a request that was merged       first written, else opened ──▶ merged   told by its events
//! a branch that was merged        first authored ──────────▶ merged       told by git
//! a commit carried over           authored ──────▶ committed              told by git (rebased, cherry-picked, mailed)
//! a squash, a commit made there   authored = committed                    not told: the branch is gone
//! a long-lived branch, an import  somebody's ──────▶ merged               not told: it is no one change's time
//! ```

use std::collections::BTreeMap;

use facts::{
    ChangeId, Lens, Omission, Omitted,
    time::{DAY, Seconds, plausible},
};

use rustc_hash::FxHashMap;

use crate::{
    Description,
    carried::{Carried, carried},
    party::Party,
    stats::survival::Wait,
    took::Took,
};

/// See the module.
pub const MEASURE: Description = Description {
    name: "lead_time",
    question: "How long does a change take from its first line to the mainline?",
    definition: "Hours from the first commit authored to the mainline: of a merged branch, of a commit carried over later than it was written (rebased, cherry-picked, mailed), and of a request that review events tell from when it was written or opened to its merge. Median and ninetieth percentile by Kaplan and Meier with 95 % intervals. Below a tenth of all changes, or thirty, nothing is said.",
    reads: &["changes", "events", "teams", "ownership"],
    unit: "hours",
    source: "Kaplan and Meier 1958; intervals of quantiles after Brookmeyer and Crowley 1982",
    limits: "A squash and a commit made in place hide their branch: what share of changes tells is said first, and those that do may not be like those that do not. Merges of long-lived branches, of more than a hundred commits, and commits carried over by the dozen are left out and counted. Author dates are what somebody's clock said.",
};

/// Shorter is one commit made in place: its branch, if there was one, is gone.
const SHORTEST_SECONDS: i64 = 60;
/// Longer is an import, or a branch somebody forgot.
const LONGEST_DAYS: i64 = 730;
/// Below this share of changes that tell, what they tell is not the system's.
pub const FEWEST_SHARE: f64 = 0.1;
/// Fewer changes than these have no ninetieth percentile worth printing.
pub const FEWEST_CHANGES: usize = 30;

/// The lead times a history still tells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LeadTimes {
    /// Changes with their hours, in the order of the lens.
    pub told: Vec<(ChangeId, f64)>,
    /// How many of them review events tell; git tells the others.
    pub by_events: u64,
    /// Changes in all.
    pub of: u64,
    /// Why others are not told.
    pub ledger: Vec<Omission>,
}

/// Where two teams meet.
#[derive(Clone, Debug, PartialEq)]
pub struct Boundary {
    /// The parties, lower first.
    pub parties: (Party, Party),
    /// How long changes took that need both.
    pub took: Took,
}

impl LeadTimes {
    /// Reads them through a lens.
    pub fn new(lens: &Lens<'_>) -> Self {
        let changes = &lens.facts.changes;
        let by_events = by_events(lens);
        let carried = carried(lens);
        let mut out = Self { of: lens.counted.len() as u64, ..Self::default() };
        let (mut in_place, mut backwards, mut far, mut undated) = (0, 0, 0, 0);
        let (mut long_lived, mut large, mut together) = (0, 0, 0);
        for &change in &lens.counted {
            let Some(merged) = lens.at(change) else {
                undated += 1;
                continue;
            };
            let by_event = by_events.get(&change);
            let seconds = by_event.copied().unwrap_or(merged - changes.authored_at[change.index()]);
            let left = match carried[change.index()] {
                _ if seconds < 0 => &mut backwards,
                _ if by_event.is_none() && seconds < SHORTEST_SECONDS => &mut in_place,
                Some(Carried::LongLived) if by_event.is_none() => &mut long_lived,
                Some(Carried::Large) if by_event.is_none() => &mut large,
                Some(Carried::Together) if by_event.is_none() => &mut together,
                _ if seconds > LONGEST_DAYS * DAY => &mut far,
                _ => {
                    out.by_events += u64::from(by_event.is_some());
                    out.told.push((change, seconds.max(SHORTEST_SECONDS) as f64 / 3600.0));
                    continue;
                }
            };
            *left += 1;
        }
        let lines = [
            (
                Omitted::Other,
                in_place,
                "squashed or committed in place: the branch is gone, and with it how long they took",
            ),
            (
                Omitted::Other,
                long_lived,
                "merges of long-lived branches: what they bring was done there long ago",
            ),
            (Omitted::Other, large, "merges of more than a hundred commits: no one change"),
            (
                Omitted::Other,
                together,
                "carried over in one go, more than fifty a minute: rebased or imported",
            ),
            (
                Omitted::ImplausibleDates,
                backwards,
                "on the mainline before they were written, by somebody's clock",
            ),
            (Omitted::Other, far, "took more than two years: imports, or branches somebody forgot"),
            (Omitted::ImplausibleDates, undated, "without a date that can be true"),
        ];
        let line = |(what, count, why): (Omitted, u64, &str)| Omission::new(what, count, why);
        out.ledger = lines.into_iter().filter(|(_, count, _)| *count > 0).map(line).collect();
        out
    }

    /// The share of changes that tell; `None` without changes.
    pub fn usable_share(&self) -> Option<f64> {
        (self.of > 0).then(|| self.told.len() as f64 / self.of as f64)
    }

    /// Whether enough of them tell for anything to be said.
    pub fn speak(&self) -> bool {
        self.told.len() >= FEWEST_CHANGES && self.usable_share().is_some_and(|share| share >= FEWEST_SHARE)
    }

    /// How long changes took, all or those that `keep` names.
    pub fn took(&self, keep: impl Fn(ChangeId) -> bool) -> Took {
        let waits: Vec<Wait> = self
            .told
            .iter()
            .filter(|(change, _)| keep(*change))
            .map(|&(_, length)| Wait { length, ended: true })
            .collect();
        Took::of(&waits)
    }

    /// How long changes took where two teams meet; the most changes first.
    pub fn boundaries(&self, lens: &Lens<'_>) -> Vec<Boundary> {
        let mut meetings: BTreeMap<(Party, Party), Vec<Wait>> = BTreeMap::new();
        for &(change, length) in &self.told {
            for pair in Party::pairs(lens, lens.teams_of(change)) {
                meetings.entry(pair).or_default().push(Wait { length, ended: true });
            }
        }
        let mut out: Vec<Boundary> = meetings
            .into_iter()
            .map(|(parties, waits)| Boundary { parties, took: Took::of(&waits) })
            .collect();
        out.sort_by(|x, y| y.took.waits.cmp(&x.took.waits).then_with(|| x.parties.cmp(&y.parties)));
        out
    }
}

/// Seconds from first written, else opened, to merged, by change; of several requests that became one change those of the
/// earliest.
fn by_events(lens: &Lens<'_>) -> FxHashMap<ChangeId, Seconds> {
    let mut spans: FxHashMap<ChangeId, (Seconds, Seconds)> = FxHashMap::default();
    for request in lens.facts.reviews.iter().flat_map(|reviews| &reviews.requests) {
        let (Some(change), Some(merged)) = (request.change, request.merged_at) else { continue };
        let written = request.written_at.filter(|at| *at <= request.opened_at);
        let begun = written.unwrap_or(request.opened_at);
        if plausible(begun, lens.range.now) && plausible(merged, lens.range.now) {
            let span = spans.entry(change).or_insert((begun, merged));
            *span = (span.0.min(begun), span.1.max(merged));
        }
    }
    spans.into_iter().map(|(change, (begun, merged))| (change, merged - begun)).collect()
}
