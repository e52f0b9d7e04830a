//! What is taken from history: changes with whom they need, teams with their people, and how long an author's own work
//! takes.
//!
//! ```text
//! begun ──author's own work──▶ asks every other team at once ─┬▶ team a: waits, is looked at ─┐
//!                                                             └▶ team b: waits, is looked at ─┴ the last ─▶ merged
//! ```
//!
//! An author is at home in the teams they are a member of; where nobody's membership is known, in the team whose files
//! most of their changes touch. What a change needs of its home is part of its author's own work: changes that need
//! nobody else tell how long that takes. Every other team is a queue.

use facts::{
    ChangeId, Lens, ModuleId, PersonId, PersonKind, TeamId,
    structure::TeamKind,
    time::{DAY, Seconds},
};
use measures::{
    lead_time::LeadTimes,
    review::{Journeys, Phase},
    stats::random::Random,
};
use rustc_hash::{FxHashMap, FxHashSet};

/// Up to so many files: sizes of changes whose own work is alike.
const SIZES: [u32; 4] = [1, 3, 10, u32::MAX];
/// A size of fewer changes borrows those of every size.
const FEWEST_OF_A_SIZE: usize = 30;
/// An author of fewer changes is at home nowhere, unless a member.
const FEWEST_AT_HOME: u32 = 10;
/// Decides when changes began that do not tell it.
const BEGUN: u64 = 0x6265_6775_6e00;

/// A change on its way.
#[derive(Clone, Debug)]
pub struct Case {
    /// The change.
    pub change: ChangeId,
    /// When it was begun, in hours since 1970: told, or as long before its merge as another took.
    pub begun: f64,
    /// When it reached the mainline.
    pub merged: Seconds,
    /// Its lead time in hours, where history tells.
    pub told: Option<f64>,
    /// Hours until somebody else first looked at it, and from there to the last approval, where review events tell.
    pub reviewed: [Option<f64>; 2],
    /// Its size, from 0.
    pub size: usize,
    /// Where its authors are at home, sorted.
    pub home: Vec<TeamId>,
    /// Whom it needs, sorted.
    pub teams: Vec<TeamId>,
    /// What it touches of each of them.
    pub pieces: Vec<(TeamId, ModuleId)>,
}

impl Case {
    /// Whom it needs besides its authors' own.
    pub fn others(&self) -> impl Iterator<Item = TeamId> + '_ {
        self.teams.iter().copied().filter(|team| self.home.binary_search(team).is_err())
    }

    /// Whether it needs anybody else.
    pub fn waits(&self) -> bool {
        self.others().next().is_some()
    }

    /// Sorts its teams after they have changed.
    pub(super) fn settle(&mut self) {
        for teams in [&mut self.home, &mut self.teams] {
            teams.sort_unstable();
            teams.dedup();
        }
        self.pieces.sort_unstable();
        self.pieces.dedup();
    }

    /// The same with one team in parts, by the modules each has.
    pub(super) fn part(&mut self, team: TeamId, part_of: &FxHashMap<ModuleId, TeamId>) {
        let mut parts: Vec<TeamId> = Vec::new();
        for (own, module) in &mut self.pieces {
            if *own == team {
                *own = part_of.get(module).copied().unwrap_or(team);
                parts.push(*own);
            }
        }
        // Its people are at home where this change has most of its modules, the first of several.
        let most = parts
            .iter()
            .copied()
            .max_by_key(|part| (parts.iter().filter(|own| *own == part).count(), std::cmp::Reverse(*part)));
        if let Some(most) = most {
            self.home.iter_mut().filter(|own| **own == team).for_each(|own| *own = most);
        }
        if self.teams.contains(&team) && !parts.is_empty() {
            self.teams.retain(|own| *own != team);
            self.teams.extend(parts);
        }
        self.settle();
    }
}

/// A team as a queue.
#[derive(Clone, Debug, PartialEq)]
pub struct Desk {
    /// Its name; none is shown of a single owner.
    pub name: String,
    /// What sort of owner it is.
    pub kind: TeamKind,
    /// People at home in it who are active in a week, on average, at least 1.
    pub people: u32,
}

/// A further approval that every change needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approval {
    /// By another team, chosen as often as changes of the same home need it.
    OfAnother,
    /// By another person of a team that answers for it already: its home, else the first it needs.
    OfTheSame,
}

/// A queue that every change passes when all have agreed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MergeQueue {
    /// How long one run of it takes.
    pub minutes: f64,
    /// How many changes go together.
    pub batch: u32,
}

/// A stretch of history, by when changes reached the mainline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// First moment.
    pub since: Seconds,
    /// First moment after.
    pub until: Seconds,
}

impl Stretch {
    /// Whether a moment lies in it.
    pub fn holds(self, at: Seconds) -> bool {
        self.since <= at && at < self.until
    }
}

/// Changes and teams, as they are or as they might be.
#[derive(Clone, Debug)]
pub struct Model {
    /// Every dated change, by when it began.
    pub cases: Vec<Case>,
    /// The teams, by id; what-ifs add to them.
    pub desks: Vec<Desk>,
    /// Further approvals every change needs.
    pub further: Vec<Approval>,
    /// What all pass in the end.
    pub merge_queue: Option<MergeQueue>,
    /// How many changes come for each that came.
    pub load: f64,
    /// Whom each change would need under another structure, by change; empty where none was asked about.
    pub other: Vec<Vec<TeamId>>,
    /// Teams that were merged, by what stands for them.
    pub(super) merged_into: FxHashMap<TeamId, TeamId>,
    /// Own work by size, sorted hours.
    own: Vec<Vec<f64>>,
    /// Whom changes of a home need besides it, once for each that does.
    pub(super) asked: FxHashMap<Option<TeamId>, Vec<TeamId>>,
}

impl Model {
    /// Reads it through a lens, with what review events tell where there are any; own work and people are those of `learned`.
    pub fn new(lens: &Lens<'_>, times: &LeadTimes, journeys: Option<&Journeys>, learned: Stretch) -> Self {
        let homes = Homes::new(lens);
        let reviewed = reviewed(journeys);
        let told: FxHashMap<ChangeId, f64> = times.told.iter().copied().collect();
        let lengths: Vec<f64> = times.told.iter().map(|(_, hours)| *hours).collect();
        let dated = lens.counted.iter().filter_map(|&change| Some((change, lens.at(change)?)));
        let mut cases: Vec<Case> = dated
            .map(|(change, merged)| {
                let own = told.get(&change).copied();
                let took = own.unwrap_or_else(|| {
                    let mut random = Random::new(BEGUN ^ u64::from(change.0));
                    lengths.get(random.below(lengths.len())).copied().unwrap_or(0.0)
                });
                let files = lens.facts.changes.files[change.index()];
                Case {
                    change,
                    begun: merged as f64 / 3600.0 - took,
                    merged,
                    told: own,
                    reviewed: reviewed.get(&change).copied().unwrap_or_default(),
                    size: SIZES.partition_point(|&up_to| up_to < files),
                    home: homes.of(lens, change),
                    teams: lens.teams_of(change).to_vec(),
                    pieces: pieces(lens, change),
                }
            })
            .collect();
        cases.sort_by(|a, b| a.begun.total_cmp(&b.begun).then_with(|| a.change.cmp(&b.change)));
        let people = homes.people(lens, learned);
        let desk = |(team, people): (&facts::structure::Team, u32)| Desk {
            name: team.name.clone(),
            kind: team.kind,
            people,
        };
        let mut model = Self {
            own: own_work(&cases, learned),
            desks: lens.structure.teams.iter().zip(people).map(desk).collect(),
            cases,
            further: Vec::new(),
            merge_queue: None,
            load: 1.0,
            other: Vec::new(),
            merged_into: FxHashMap::default(),
            asked: FxHashMap::default(),
        };
        model.ask_anew();
        model
    }

    /// The same history with other teams needed by each change, as another structure would have it; ids are of this model's
    /// desks. Authors stay at home where they are, and [`Case::pieces`] as they were.
    #[must_use]
    pub fn with_teams<'s>(mut self, sets: impl Fn(ChangeId) -> &'s [TeamId]) -> Self {
        for case in &mut self.cases {
            case.teams = sets(case.change).to_vec();
            case.teams.sort_unstable();
            case.teams.dedup();
        }
        self.ask_anew();
        self
    }

    /// Own work of a size at a share of its distribution, in hours.
    pub(super) fn own_work(&self, size: usize, share: f64) -> f64 {
        let hours = &self.own[size];
        let at = (share * hours.len() as f64) as usize;
        hours.get(at.min(hours.len().saturating_sub(1))).copied().unwrap_or(0.0)
    }

    /// Counts whom changes need, after whom they need has changed.
    pub(super) fn ask_anew(&mut self) {
        self.asked.clear();
        for case in &self.cases {
            for team in case.others() {
                self.asked.entry(case.home.first().copied()).or_default().push(team);
                if !case.home.is_empty() {
                    self.asked.entry(None).or_default().push(team);
                }
            }
        }
    }

    /// Changes that reached the mainline in a stretch, by their place.
    pub fn within(&self, stretch: Stretch) -> Vec<usize> {
        let inside = |(at, case): (usize, &Case)| stretch.holds(case.merged).then_some(at);
        self.cases.iter().enumerate().filter_map(inside).collect()
    }
}

/// Hours of pickup and of review by change, those that ended; of several requests of one change the first tells.
fn reviewed(journeys: Option<&Journeys>) -> FxHashMap<ChangeId, [Option<f64>; 2]> {
    let mut out = FxHashMap::default();
    for journey in journeys.iter().flat_map(|journeys| &journeys.told) {
        let ended = |phase| journey.wait(phase).filter(|wait| wait.ended).map(|wait| wait.length);
        if let Some(change) = journey.change {
            out.entry(change).or_insert([ended(Phase::Pickup), ended(Phase::Review)]);
        }
    }
    out
}

/// What a change touches of each team it needs.
fn pieces(lens: &Lens<'_>, change: ChangeId) -> Vec<(TeamId, ModuleId)> {
    let teams = lens.teams_of(change);
    let mut out = Vec::new();
    for at in lens.facts.touches.of(change) {
        let file = lens.facts.touches.file[at];
        let Some(module) = lens.structure.module(file) else { continue };
        let owners = lens.ownership.owners(file).iter();
        out.extend(owners.filter(|team| teams.contains(team)).map(|&team| (team, module)));
    }
    out.sort_unstable();
    out.dedup();
    out
}

/// Own work by size: what changes took that need nobody else.
fn own_work(cases: &[Case], learned: Stretch) -> Vec<Vec<f64>> {
    let alone = cases.iter().filter(|case| learned.holds(case.merged) && !case.waits());
    let mut all: Vec<(usize, f64)> = alone.filter_map(|case| Some((case.size, case.told?))).collect();
    all.sort_by(|a, b| a.1.total_cmp(&b.1));
    let of = |size: usize| {
        let own: Vec<f64> = all.iter().filter(|(own, _)| *own == size).map(|(_, hours)| *hours).collect();
        if own.len() >= FEWEST_OF_A_SIZE { own } else { all.iter().map(|(_, hours)| *hours).collect() }
    };
    (0..SIZES.len()).map(of).collect()
}

/// Where people are at home.
struct Homes {
    authors: Vec<Vec<PersonId>>,
    members: FxHashMap<PersonId, Vec<facts::structure::Membership>>,
    by_work: FxHashMap<PersonId, TeamId>,
}

impl Homes {
    fn new(lens: &Lens<'_>) -> Self {
        let mut authors = vec![Vec::new(); lens.facts.changes.len()];
        for part in lens.facts.participations.iter().filter(|part| part.role.wrote()) {
            if lens.facts.people.kind[part.person.index()] == PersonKind::Human {
                authors[part.change.index()].push(part.person);
            }
        }
        let basis = lens.ownership.basis;
        let mut members: FxHashMap<PersonId, Vec<facts::structure::Membership>> = FxHashMap::default();
        for one in &lens.structure.memberships {
            if lens.structure.teams[one.team.index()].source.basis == basis {
                members.entry(one.person).or_default().push(*one);
            }
        }
        let peopled: FxHashSet<TeamId> = members.values().flatten().map(|one| one.team).collect();
        let by_work = by_work(lens, &authors, &peopled);
        Self { authors, members, by_work }
    }

    fn of_person(&self, person: PersonId, at: Option<Seconds>) -> impl Iterator<Item = TeamId> + '_ {
        let members = self.members.get(&person).map_or(&[][..], Vec::as_slice);
        let worked = self.by_work.get(&person).copied();
        members.iter().filter(move |one| one.covers(at)).map(|one| one.team).chain(worked)
    }

    fn of(&self, lens: &Lens<'_>, change: ChangeId) -> Vec<TeamId> {
        let authors = self.authors[change.index()].iter();
        let mut home: Vec<TeamId> =
            authors.flat_map(|&person| self.of_person(person, lens.at(change))).collect();
        home.sort_unstable();
        home.dedup();
        home
    }

    /// People at home in each team and active in a week, averaged over the weeks of a stretch in which anything came.
    fn people(&self, lens: &Lens<'_>, learned: Stretch) -> Vec<u32> {
        let mut seen: FxHashSet<(TeamId, PersonId, i64)> = FxHashSet::default();
        let mut weeks: FxHashSet<i64> = FxHashSet::default();
        for &change in &lens.counted {
            let Some(at) = lens.at(change).filter(|&at| learned.holds(at)) else { continue };
            let week = at.div_euclid(7 * DAY);
            weeks.insert(week);
            for &person in &self.authors[change.index()] {
                seen.extend(self.of_person(person, Some(at)).map(|team| (team, person, week)));
            }
        }
        let mut active = vec![0_u32; lens.structure.teams.len()];
        seen.iter().for_each(|(team, _, _)| active[team.index()] += 1);
        let weeks = weeks.len().max(1) as f64;
        active.into_iter().map(|people| ((f64::from(people) / weeks).round() as u32).max(1)).collect()
    }
}

/// For teams without a known member: the one that most of a person's changes need.
fn by_work(
    lens: &Lens<'_>,
    authors: &[Vec<PersonId>],
    peopled: &FxHashSet<TeamId>,
) -> FxHashMap<PersonId, TeamId> {
    let mut changes: FxHashMap<PersonId, (u32, FxHashMap<TeamId, u32>)> = FxHashMap::default();
    for &change in &lens.counted {
        for &person in &authors[change.index()] {
            let (all, of_team) = changes.entry(person).or_default();
            *all += 1;
            for team in lens.teams_of(change).iter().filter(|team| !peopled.contains(team)) {
                *of_team.entry(*team).or_default() += 1;
            }
        }
    }
    let home = |(person, (all, of_team)): (PersonId, (u32, FxHashMap<TeamId, u32>))| {
        let most = of_team.into_iter().max_by_key(|&(team, own)| (own, std::cmp::Reverse(team)))?;
        (all >= FEWEST_AT_HOME && most.1 * 2 > all).then_some((person, most.0))
    };
    changes.into_iter().filter_map(home).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A change of one file that took a day, an hour after the one before it.
    pub(in crate::simulate) fn case(at: u32, home: &[u32], teams: &[u32]) -> Case {
        let ids = |ids: &[u32]| ids.iter().map(|&id| TeamId(id)).collect();
        Case {
            change: ChangeId(at),
            begun: f64::from(at),
            merged: i64::from(at) * 3600 + DAY,
            told: Some(24.0),
            reviewed: [None; 2],
            size: 0,
            home: ids(home),
            teams: ids(teams),
            pieces: Vec::new(),
        }
    }

    /// Teams of so many people, and changes between them; own work takes an hour.
    pub(in crate::simulate) fn model(people: &[u32], cases: impl IntoIterator<Item = Case>) -> Model {
        let desk =
            |(at, &people): (usize, &u32)| Desk { name: format!("team {at}"), kind: TeamKind::Team, people };
        let mut model = Model {
            cases: cases.into_iter().collect(),
            desks: people.iter().enumerate().map(desk).collect(),
            further: Vec::new(),
            merge_queue: None,
            load: 1.0,
            other: Vec::new(),
            merged_into: FxHashMap::default(),
            own: vec![vec![1.0]; SIZES.len()],
            asked: FxHashMap::default(),
        };
        model.ask_anew();
        model
    }

    #[test]
    fn other_teams_are_those_the_authors_are_not_in() {
        let one = case(0, &[0, 2], &[0, 1, 2, 3]);
        assert_eq!(one.others().collect::<Vec<_>>(), [TeamId(1), TeamId(3)]);
        assert!(!case(0, &[0], &[0]).waits() && case(0, &[], &[0]).waits() && !case(0, &[], &[]).waits());
    }

    #[test]
    fn another_structure_can_be_laid_over_the_same_changes() {
        let own = model(&[1, 1], [case(0, &[0], &[0]), case(1, &[0], &[0, 1])]);
        let sets = [vec![TeamId(1), TeamId(0), TeamId(1)], vec![]];
        let other = own.with_teams(|change| &sets[change.index()]);
        assert_eq!(other.cases[0].others().collect::<Vec<_>>(), [TeamId(1)]);
        assert!(!other.cases[1].waits());
        assert_eq!(other.asked[&Some(TeamId(0))], [TeamId(1)]);
    }

    #[test]
    fn own_work_is_drawn_by_size_and_borrowed_where_a_size_is_rare() {
        let mut cases: Vec<Case> =
            (0..40).map(|at| Case { told: Some(f64::from(at)), ..case(at, &[0], &[0]) }).collect();
        cases.push(Case { told: Some(500.0), size: 3, ..case(40, &[0], &[0]) });
        cases.push(Case { told: Some(900.0), ..case(41, &[0], &[1]) });
        let own = own_work(&cases, Stretch { since: 0, until: 100 * DAY });
        assert_eq!(own[0].len(), 40);
        assert_eq!(own[3].len(), 41, "one change of many files borrows the others");
        assert_eq!(own[3].last(), Some(&500.0), "what waits for others tells nothing of own work");
    }
}
