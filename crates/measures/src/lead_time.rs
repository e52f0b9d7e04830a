//! Lead time: from the first commit authored to the mainline, where history still tells.
//!
//! ```text
//! a branch that was merged        first authored ──────────▶ merged       told
//! a commit carried over           authored ──────▶ committed              told (rebased, cherry-picked, mailed)
//! a squash, a commit made there   authored = committed                    not told: the branch is gone
//! ```

use std::collections::BTreeMap;

use facts::{ChangeId, Lens, Omission, Omitted, time::DAY};

use crate::{party::Party, stats::survival::Wait, took::Took};

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
        let mut out = Self { of: lens.counted.len() as u64, ..Self::default() };
        let (mut in_place, mut backwards, mut long, mut undated) = (0, 0, 0, 0);
        for &change in &lens.counted {
            let Some(merged) = lens.at(change) else {
                undated += 1;
                continue;
            };
            let seconds = merged - changes.authored_at[change.index()];
            if seconds < 0 {
                backwards += 1;
            } else if seconds < SHORTEST_SECONDS {
                in_place += 1;
            } else if seconds > LONGEST_DAYS * DAY {
                long += 1;
            } else {
                out.told.push((change, seconds as f64 / 3600.0));
            }
        }
        let lines = [
            (
                Omitted::Other,
                in_place,
                "squashed or committed in place: the branch is gone, and with it how long they took",
            ),
            (
                Omitted::ImplausibleDates,
                backwards,
                "on the mainline before they were written, by somebody's clock",
            ),
            (Omitted::Other, long, "took more than two years: imports, or branches somebody forgot"),
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
