//! Stewards: for each module the team whose people make most of its recent changes.

use facts::{Basis, ModuleId, Ownership, TeamId, structure::Membership};

use super::activity::Activity;

/// The steward of every file, through its module; nobody owns anything where there are fewer than two teams,
/// because then no change could ever need a second one.
pub(crate) fn settle(
    activity: &Activity,
    memberships: &[Membership],
    teams: &[TeamId],
    modules: usize,
    module_of_file: &[Option<ModuleId>],
) -> Ownership {
    if teams.len() < 2 {
        return Ownership { set_of_file: vec![None; module_of_file.len()], ..Ownership::default() };
    }
    let mut weight = vec![vec![0.0; teams.len()]; modules];
    for membership in memberships {
        let Some(team) = teams.iter().position(|&team| team == membership.team) else { continue };
        for &(module, amount) in &activity.of_person[membership.person.index()] {
            weight[module.index()][team] += amount;
        }
    }
    // One set a team, so that the set's number is the team's position.
    let sets = teams.iter().map(|&team| vec![team]).collect();
    let steward: Vec<Option<u32>> = weight.iter().map(|teams| heaviest(teams)).collect();
    let set_of_file =
        module_of_file.iter().map(|module| module.and_then(|module| steward[module.index()])).collect();
    Ownership { basis: Basis::Inferred, sets, set_of_file, ..Ownership::default() }
}

/// Whether the members of two or more teams together do at least half of the recent work.
pub(crate) fn carry_most(activity: &Activity, memberships: &[Membership], teams: &[TeamId]) -> bool {
    let work = |person: usize| -> f64 { activity.of_person[person].iter().map(|&(_, weight)| weight).sum() };
    let mut members: Vec<usize> =
        memberships.iter().filter(|one| teams.contains(&one.team)).map(|one| one.person.index()).collect();
    members.sort_unstable();
    members.dedup();
    let theirs: f64 = members.into_iter().map(work).sum();
    let all: f64 = (0..activity.of_person.len()).map(work).sum();
    teams.len() >= 2 && theirs * 2.0 >= all && all > 0.0
}

/// The position of the largest weight, the first of equals; `None` when all are zero.
fn heaviest(weights: &[f64]) -> Option<u32> {
    let mut best: Option<usize> = None;
    for (at, &weight) in weights.iter().enumerate() {
        if weight > 0.0 && best.is_none_or(|best| weight > weights[best]) {
            best = Some(at);
        }
    }
    best.map(|at| u32::try_from(at).expect("fewer teams than u32::MAX"))
}
