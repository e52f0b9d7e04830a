//! Who can answer for a change: a few of those who know its files or worked on its modules lately, taken in turn. A set, never an
//! order: nobody is the best.

use facts::{ChangeId, FileId, Lens, ModuleId, PersonId, PersonKind, TeamId};
use measures::ownership_clarity::Stewardship;
use rustc_hash::{FxHashMap, FxHashSet};

/// So many are named at once.
const NAMED: usize = 3;

/// Who made fewer changes to the modules in a year does not know them by that.
const AT_HOME: usize = 3;

/// Some of a team who know files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rota {
    /// Their team; `None` where it is not known.
    pub team: Option<TeamId>,
    /// Three at most, by id.
    pub people: Vec<PersonId>,
    /// Of how many of that team.
    pub of: usize,
}

/// Who of these teams knows some files or made three changes and more to these modules in the last year, and any change in it; `turn`
/// decides who is named. Without teams, who of anybody. `but` is not asked: the author of the change.
pub fn rota(
    lens: &Lens<'_>,
    files: &[FileId],
    modules: &[ModuleId],
    teams: &[TeamId],
    but: Option<PersonId>,
    turn: u64,
) -> Vec<Rota> {
    let lately = lately(lens, modules);
    let mut known = knowers(lens, files);
    known.extend(lately.iter().filter(|(_, changes)| **changes >= AT_HOME).map(|(person, _)| *person));
    known.sort_unstable();
    known.dedup();
    let ready = |person: &PersonId| {
        lately.contains_key(person)
            && Some(*person) != but
            && lens.facts.people.kind[person.index()] == PersonKind::Human
    };
    let ready: Vec<PersonId> = known.into_iter().filter(ready).collect();
    let end = lens.span.map(|(_, until)| until);
    let member = |person: PersonId, team: TeamId| {
        let own = |one: &&facts::structure::Membership| one.team == team && one.person == person;
        lens.structure.memberships.iter().find(own).is_some_and(|one| one.covers(end))
    };
    let of_team = |team: TeamId| ready.iter().copied().filter(|&person| member(person, team)).collect();
    let mut out: Vec<Rota> = Vec::new();
    for &team in teams {
        let people: Vec<PersonId> = of_team(team);
        if !people.is_empty() {
            out.push(Rota { team: Some(team), of: people.len(), people: in_turn(people, turn) });
        }
    }
    // Where the members of teams are not known, those who know the files still are.
    if out.is_empty() && !ready.is_empty() {
        out.push(Rota { team: None, of: ready.len(), people: in_turn(ready, turn) });
    }
    out
}

/// Everybody who knows one of the files, by id.
fn knowers(lens: &Lens<'_>, files: &[FileId]) -> Vec<PersonId> {
    let wanted: FxHashSet<FileId> = files.iter().copied().collect();
    let mut changes: FxHashMap<FileId, Vec<ChangeId>> = FxHashMap::default();
    for &change in &lens.counted {
        for at in lens.facts.touches.of(change) {
            let file = lens.facts.touches.file[at];
            if wanted.contains(&file) {
                changes.entry(file).or_default().push(change);
            }
        }
    }
    let stewardship = Stewardship::new(lens);
    let know = |changes: Vec<ChangeId>| stewardship.knowledge(changes.into_iter()).people;
    let mut people: Vec<PersonId> = changes.into_values().flat_map(know).collect();
    people.sort_unstable();
    people.dedup();
    people
}

/// Who made a change in the last year, and how many of them to these modules.
fn lately(lens: &Lens<'_>, modules: &[ModuleId]) -> FxHashMap<PersonId, usize> {
    let recent: FxHashMap<ChangeId, usize> = lens
        .recent()
        .into_iter()
        .map(|change| (change, usize::from(lens.modules_of(change).iter().any(|own| modules.contains(own)))))
        .collect();
    let mut people: FxHashMap<PersonId, usize> = FxHashMap::default();
    for part in lens.facts.participations.iter().filter(|part| part.role.wrote()) {
        if let Some(here) = recent.get(&part.change) {
            *people.entry(part.person).or_default() += here;
        }
    }
    people
}

/// Some of them, others at another turn.
fn in_turn(mut people: Vec<PersonId>, turn: u64) -> Vec<PersonId> {
    let place = |person: &PersonId| {
        // A permutation that a turn decides: any would do that gives everybody the same chance.
        let mut random = measures::stats::random::Random::new(turn ^ (u64::from(person.0) << 32));
        (random.below(usize::MAX), *person)
    };
    people.sort_by_key(place);
    people.truncate(NAMED);
    people.sort_unstable();
    people
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_has_a_turn() {
        let people: Vec<PersonId> = (0..10).map(PersonId).collect();
        let mut named = [0; 10];
        for turn in 0..1_000 {
            let some = in_turn(people.clone(), turn);
            assert_eq!(some.len(), NAMED);
            assert!(some.is_sorted());
            some.iter().for_each(|person| named[person.index()] += 1);
            assert_eq!(some, in_turn(people.clone(), turn), "one turn, one set");
        }
        // 300 expected of each; four deviations of a binomial are 58.
        assert!(named.iter().all(|times| (242..=358).contains(times)), "{named:?}");
        assert_eq!(in_turn(people[..2].to_vec(), 5), people[..2]);
    }
}
