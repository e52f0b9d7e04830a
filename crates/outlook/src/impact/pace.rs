//! How long a change like the one in hand took: of as many teams and about as many files, in the last years.

use facts::{ChangeId, Lens, time::DAY};
use measures::{lead_time::LeadTimes, took::Took};

/// Older changes went through another organisation.
const YEARS: i64 = 5;
/// Fewer changes tell nothing of one more.
const FEWEST: u64 = 30;
/// Changes of about as many files: up to one, three, ten, and more.
const SIZES: [u64; 4] = [1, 3, 10, u64::MAX];
/// From so many teams on it makes no difference how many.
const MANY_TEAMS: usize = 3;

/// How long changes like one took.
#[derive(Clone, Debug, PartialEq)]
pub struct Pace {
    /// Those like it.
    pub like: Took,
    /// All of these years.
    pub all: Took,
    /// Of how many teams those like it are; three stands for three and more.
    pub teams: usize,
    /// Of how many files, from and to; `None` where too few were of about its size. The last size has no end.
    pub files: Option<(u64, Option<u64>)>,
}

/// How long changes of so many teams and files took; `None` where too few tell.
pub fn pace(lens: &Lens<'_>, times: &LeadTimes, teams: usize, files: u64) -> Option<Pace> {
    if !times.speak() {
        return None;
    }
    let since = lens.span.map_or(i64::MIN, |(_, until)| until - YEARS * 365 * DAY);
    let recent = |change: ChangeId| lens.at(change).is_some_and(|at| at > since);
    let teams = teams.min(MANY_TEAMS);
    let as_many = |change: ChangeId| recent(change) && lens.teams_of(change).len().min(MANY_TEAMS) == teams;
    let size = |files: u64| SIZES.partition_point(|&up_to| up_to < files);
    let own = size(files);
    let alike = |change: ChangeId| {
        as_many(change) && size(u64::from(lens.facts.changes.files[change.index()])) == own
    };
    let all = times.took(recent);
    let like = times.took(alike);
    let from = if own == 0 { 0 } else { SIZES[own - 1] + 1 };
    let files = Some((from.max(1), Some(SIZES[own]).filter(|&to| to < u64::MAX)));
    if like.waits >= FEWEST {
        return Some(Pace { like, all, teams, files });
    }
    let like = times.took(as_many);
    (like.waits >= FEWEST).then_some(Pace { like, all, teams, files: None })
}
