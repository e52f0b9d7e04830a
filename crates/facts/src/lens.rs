//! The lens: change → modules and change → teams, settled once and shared by every measure.
//!
//! ```text
//! change ──touches──▶ files ──module_of_file──▶ modules
//!                       └────set_of_file──────▶ sets of alternative owners ──smallest cover──▶ teams
//! ```
//!
//! It also says which changes count. A change counts when it lies in the range, touches a file, is no bulk
//! change, is not ignored and has at least one author who is no bot.

use rustc_hash::FxHashSet;

use crate::{
    ChangeId, Facts, FileId, ModuleId, Omission, Omitted, Ownership, PersonKind, Structure, TeamId,
    time::{DAY, Grain, Period, Seconds, plausible},
};

/// What part of history to look at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// First moment that counts.
    pub since: Option<Seconds>,
    /// First moment that no longer counts.
    pub until: Option<Seconds>,
    /// The moment the run believes it is: later dates are implausible.
    pub now: Seconds,
}

impl Range {
    /// Whether a moment lies in it.
    pub fn holds(self, at: Seconds) -> bool {
        self.since.is_none_or(|since| at >= since) && self.until.is_none_or(|until| at < until)
    }
}

/// Rows of a ragged table: the entries of each change, one after another.
#[derive(Clone, Debug)]
struct Ragged<T> {
    first: Vec<u32>,
    entries: Vec<T>,
}

impl<T> Ragged<T> {
    fn with_rows(rows: usize) -> Self {
        let mut first = Vec::with_capacity(rows + 1);
        first.push(0);
        Self { first, entries: Vec::new() }
    }

    fn push_row(&mut self, row: impl IntoIterator<Item = T>) {
        self.entries.extend(row);
        self.first.push(u32::try_from(self.entries.len()).expect("fewer than u32::MAX entries"));
    }

    fn row(&self, at: usize) -> &[T] {
        &self.entries[self.first[at] as usize..self.first[at + 1] as usize]
    }
}

/// Facts seen through a structure and one layer of ownership.
#[derive(Clone, Debug)]
pub struct Lens<'a> {
    /// The facts.
    pub facts: &'a Facts,
    /// The structure laid over them.
    pub structure: &'a Structure,
    /// The ownership layer teams are taken from.
    pub ownership: &'a Ownership,
    /// The changes that count, oldest first.
    pub counted: Vec<ChangeId>,
    /// What part of history is looked at.
    pub range: Range,
    /// The grain of every series.
    pub grain: Grain,
    /// First and last plausible moment among the counted changes; `None` when none counts.
    pub span: Option<(Seconds, Seconds)>,
    /// What the lens left out.
    pub ledger: Vec<Omission>,
    modules: Ragged<ModuleId>,
    teams: Ragged<TeamId>,
    approvals: Vec<u32>,
    inexact_covers: u64,
    dated: Vec<bool>,
}

impl<'a> Lens<'a> {
    /// Lays `structure` and one of its ownership layers over `facts`.
    pub fn new(facts: &'a Facts, structure: &'a Structure, ownership: &'a Ownership, range: Range) -> Self {
        let mut modules = Ragged::with_rows(facts.changes.len());
        let mut teams = Ragged::with_rows(facts.changes.len());
        let mut approvals = Vec::with_capacity(facts.changes.len());
        let mut inexact_covers = 0;
        let mut sets: Vec<u32> = Vec::new();
        let mut row: Vec<ModuleId> = Vec::new();
        for change in facts.changes.ids() {
            row.clear();
            sets.clear();
            for at in facts.touches.of(change) {
                let file = facts.touches.file[at];
                row.extend(structure.module(file));
                match &ownership.sets_of_touch {
                    Some(sets_of_touch) => sets.extend(&sets_of_touch[at]),
                    None => sets.extend(ownership.sets(file)),
                }
            }
            row.sort_unstable();
            row.dedup();
            modules.push_row(row.iter().copied());
            sets.sort_unstable();
            sets.dedup();
            let (cover, exact) =
                smallest_cover(sets.iter().map(|&set| ownership.sets[set as usize].as_slice()));
            inexact_covers += u64::from(!exact);
            let asked = sets.iter().map(|&set| {
                let asked = ownership.approvals.get(set as usize).copied().unwrap_or(1);
                (ownership.sets[set as usize].as_slice(), asked)
            });
            approvals.push(approvals_needed(asked, &cover));
            teams.push_row(cover);
        }
        let (counted, dated, ledger) = count(facts, range);
        let mut span = None;
        for &change in &counted {
            if dated[change.index()] {
                let at = facts.changes.merged_at[change.index()];
                let (low, high) = span.unwrap_or((at, at));
                span = Some((at.min(low), at.max(high)));
            }
        }
        let grain = span.map_or(Grain::Year, |(since, until)| Grain::for_span(since, until));
        Self {
            facts,
            structure,
            ownership,
            counted,
            range,
            grain,
            span,
            ledger,
            modules,
            teams,
            approvals,
            inexact_covers,
            dated,
        }
    }

    /// The modules a change touches, sorted.
    pub fn modules_of(&self, change: ChangeId) -> &[ModuleId] {
        self.modules.row(change.index())
    }

    /// T(c): the smallest set of teams that owns every owned file the change touches, sorted.
    pub fn teams_of(&self, change: ChangeId) -> &[TeamId] {
        self.teams.row(change.index())
    }

    /// The smallest set of teams that owns every owned file of some, sorted: for what is no change yet.
    pub fn teams_over(&self, files: &[FileId]) -> Vec<TeamId> {
        let mut sets: Vec<u32> = files.iter().flat_map(|&file| self.ownership.sets(file)).collect();
        sets.sort_unstable();
        sets.dedup();
        smallest_cover(sets.iter().map(|&set| self.ownership.sets[set as usize].as_slice())).0
    }

    /// A team's name; where rules name it only beside others, with how many could stand in for it.
    ///
    /// Of alternatives that cover a change equally well the first is taken, so its name alone would say of one person
    /// what holds of any of them.
    pub fn called(&self, team: TeamId) -> String {
        let name = &self.structure.teams[team.index()].name;
        let sizes = || self.ownership.sets.iter().filter(|set| set.contains(&team)).map(Vec::len);
        match sizes().min() {
            Some(fewest) if fewest > 1 => {
                let others = sizes().max().unwrap_or(fewest) - 1;
                format!("{name} or {others} other{}", if others == 1 { "" } else { "s" })
            }
            _ => name.clone(),
        }
    }

    /// How many approvals the change needs: as many of each team of T(c) as the strictest rule it answers for asks.
    pub fn approvals_of(&self, change: ChangeId) -> u32 {
        self.approvals[change.index()]
    }

    /// How many changes needed more than twelve candidate teams, so that their cover is greedy.
    pub fn inexact_covers(&self) -> u64 {
        self.inexact_covers
    }

    /// When the change reached the mainline; `None` when its date cannot be true.
    pub fn at(&self, change: ChangeId) -> Option<Seconds> {
        self.dated[change.index()].then(|| self.facts.changes.merged_at[change.index()])
    }

    /// The counted changes of each calendar period, oldest first, without gaps; undated changes are in none.
    pub fn periods(&self) -> Vec<(Period, Vec<ChangeId>)> {
        let Some((since, until)) = self.span else { return Vec::new() };
        let mut out: Vec<(Period, Vec<ChangeId>)> = Vec::new();
        let mut start = since;
        loop {
            let period = self.grain.period(start);
            start = period.end;
            out.push((period, Vec::new()));
            if start > until {
                break;
            }
        }
        for &change in &self.counted {
            if let Some(at) = self.at(change) {
                let slot = out.partition_point(|(period, _)| period.end <= at);
                out[slot].1.push(change);
            }
        }
        out
    }

    /// The counted changes of the last 365 days before the last counted change.
    pub fn recent(&self) -> Vec<ChangeId> {
        let Some((_, until)) = self.span else { return Vec::new() };
        let since = until - 365 * DAY;
        self.counted.iter().copied().filter(|&change| self.at(change).is_some_and(|at| at > since)).collect()
    }

    /// The counted changes in `windows` runs of equal length (±1), oldest first.
    pub fn equal_windows(&self, windows: usize) -> Vec<&[ChangeId]> {
        let total = self.counted.len();
        (0..windows).map(|at| &self.counted[at * total / windows..(at + 1) * total / windows]).collect()
    }
}

fn count(facts: &Facts, range: Range) -> (Vec<ChangeId>, Vec<bool>, Vec<Omission>) {
    let changes = &facts.changes;
    let mut by_bot_only = vec![None; changes.len()];
    for part in facts.participations.iter().filter(|part| part.role.wrote()) {
        let bot = facts.people.kind[part.person.index()] == PersonKind::Bot;
        let all = by_bot_only[part.change.index()].get_or_insert(true);
        *all &= bot;
    }
    let dated: Vec<bool> = changes.merged_at.iter().map(|&at| plausible(at, range.now)).collect();
    let (mut outside, mut empty, mut ignored, mut bulk, mut bots, mut undated) = (0, 0, 0, 0, 0, 0);
    let mut counted = Vec::with_capacity(changes.len());
    for change in changes.ids() {
        let row = change.index();
        let at = changes.merged_at[row];
        if !range.holds(at) {
            outside += 1;
        } else if changes.files[row] == 0 {
            empty += 1;
        } else if changes.ignored[row] {
            ignored += 1;
        } else if by_bot_only[row] == Some(true) {
            bots += 1;
        } else if changes.bulk[row] {
            bulk += 1;
        } else {
            undated += u64::from(!dated[row]);
            counted.push(change);
        }
    }
    let ledger = [
        (Omitted::OutsideRange, outside, "changes lie outside --since and --until"),
        (Omitted::EmptyChanges, empty, "changes touch no file"),
        (
            Omitted::IgnoredRevisions,
            ignored,
            "changes are named in .git-blame-ignore-revs or stand where a shallow history is cut; they are no one's work",
        ),
        (Omitted::BotChanges, bots, "changes were written by bots alone; bots own nothing and wait for no one"),
        (
            Omitted::BulkChanges,
            bulk,
            "changes touch more files than the bulk limit; reformatting and mass moves would drown everything else (--bulk N sets the limit)",
        ),
        (
            Omitted::ImplausibleDates,
            undated,
            "changes carry a date before 1990 or in the future; they count, but in no period of a series",
        ),
    ]
    .into_iter()
    .filter(|&(_, count, _)| count > 0)
    .map(|(what, count, why)| Omission::new(what, count, why))
    .collect();
    (counted, dated, ledger)
}

/// The smallest set of teams such that every set of alternatives holds one of them, and whether it is exact.
///
/// Exact for at most twelve candidates (the first in size, then in id order, wins), greedy beyond.
pub fn smallest_cover<'s>(sets: impl Iterator<Item = &'s [TeamId]> + Clone) -> (Vec<TeamId>, bool) {
    // A set with one owner decides that owner; what it covers is settled at once.
    let mut chosen: Vec<TeamId> =
        sets.clone().filter_map(|set| if let [only] = set { Some(*only) } else { None }).collect();
    chosen.sort_unstable();
    chosen.dedup();
    let open: Vec<&[TeamId]> = sets
        .filter(|set| set.len() > 1 && !set.iter().any(|team| chosen.binary_search(team).is_ok()))
        .collect();
    if open.is_empty() {
        return (chosen, true);
    }
    let candidates: FxHashSet<TeamId> = open.iter().flat_map(|set| set.iter().copied()).collect();
    let mut candidates: Vec<TeamId> = candidates.into_iter().collect();
    candidates.sort_unstable();
    let (more, exact) = if candidates.len() <= 12 {
        (exact_cover(&open, &candidates), true)
    } else {
        (greedy_cover(&open, &candidates), false)
    };
    chosen.extend(more);
    chosen.sort_unstable();
    (chosen, exact)
}

/// Approvals by a cover: each team gives as many as the strictest set it is the first of the cover to stand in. Each set
/// of alternatives comes with how many approvals it asks for.
pub fn approvals_needed<'s>(sets: impl Iterator<Item = (&'s [TeamId], u32)>, cover: &[TeamId]) -> u32 {
    let mut given: Vec<u32> = vec![1; cover.len()];
    for (owners, asked) in sets.filter(|(_, asked)| *asked > 1) {
        if let Some(at) = cover.iter().position(|team| owners.contains(team)) {
            given[at] = given[at].max(asked);
        }
    }
    given.iter().sum()
}

fn exact_cover(open: &[&[TeamId]], candidates: &[TeamId]) -> Vec<TeamId> {
    let masks: Vec<u32> = open
        .iter()
        .map(|set| {
            set.iter().fold(0, |mask, team| {
                mask | 1
                    << candidates.binary_search(team).expect("candidates hold every owner of the open sets")
            })
        })
        .collect();
    let best = (1u32..1 << candidates.len())
        .filter(|pick| masks.iter().all(|mask| mask & pick != 0))
        .min_by_key(|pick| (pick.count_ones(), pick.reverse_bits().wrapping_neg()))
        .expect("all candidates together cover every set");
    candidates.iter().enumerate().filter(|&(at, _)| best >> at & 1 == 1).map(|(_, &team)| team).collect()
}

fn greedy_cover(open: &[&[TeamId]], candidates: &[TeamId]) -> Vec<TeamId> {
    let mut open: Vec<&[TeamId]> = open.to_vec();
    let mut chosen = Vec::new();
    while !open.is_empty() {
        let best = candidates
            .iter()
            .copied()
            .max_by_key(|team| {
                (open.iter().filter(|set| set.contains(team)).count(), std::cmp::Reverse(*team))
            })
            .expect("an open set has candidates");
        open.retain(|set| !set.contains(&best));
        chosen.push(best);
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn teams(ids: &[u32]) -> Vec<TeamId> {
        ids.iter().map(|&id| TeamId(id)).collect()
    }

    fn cover(sets: &[&[u32]]) -> (Vec<TeamId>, bool) {
        let sets: Vec<Vec<TeamId>> = sets.iter().map(|set| teams(set)).collect();
        smallest_cover(sets.iter().map(Vec::as_slice))
    }

    #[test]
    fn covers_are_smallest() {
        assert_eq!(cover(&[]), (teams(&[]), true));
        assert_eq!(cover(&[&[1]]), (teams(&[1]), true));
        assert_eq!(
            cover(&[&[1], &[1, 2]]),
            (teams(&[1]), true),
            "an owner already needed covers its alternatives"
        );
        assert_eq!(cover(&[&[1, 2], &[2, 3]]), (teams(&[2]), true));
        assert_eq!(cover(&[&[1, 2], &[3, 4]]), (teams(&[1, 3]), true), "a tie takes the first");
        // Greedy would take 5 (three sets) and then need two more; {1, 2} is enough.
        assert_eq!(cover(&[&[1, 5], &[1, 5], &[2, 5], &[1, 3], &[2, 4]]).0.len(), 2);
    }

    #[test]
    fn many_candidates_are_greedy_and_said_so() {
        let sets: Vec<Vec<u32>> = (0..10).map(|at| vec![100, at * 2, at * 2 + 1]).collect();
        let sets: Vec<&[u32]> = sets.iter().map(Vec::as_slice).collect();
        assert_eq!(cover(&sets), (teams(&[100]), false));
    }
}
