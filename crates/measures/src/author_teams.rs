//! From which team the people of a change come.
//!
//! Not to be taken for the teams a change *needs*, which follow from the files it touches: this is who wrote it.

use facts::{Basis, ChangeId, Lens, TeamId, structure::TeamKind};

use crate::{
    concentration::authors_of_changes,
    ownership_clarity::{TeamsOfPerson, stewards},
};

/// From where a change comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Nobody who wrote it is in a team that is known.
    Unknown,
    /// Everybody who wrote it is in several teams together.
    Unclear,
    /// The one team everybody who wrote it, as far as known, is in.
    Team(TeamId),
    /// No team holds all of those who wrote it; the teams they are in, sorted.
    Several(Vec<TeamId>),
}

/// The origin of every change.
#[derive(Clone, Debug)]
pub(crate) struct AuthorTeams {
    /// Whether teams are declared or read from the history.
    pub(crate) basis: Basis,
    of_change: Vec<Origin>,
}

impl AuthorTeams {
    /// Reads them through a lens: by declared teams where their members do most of the work, else by groups.
    pub(crate) fn new(lens: &Lens<'_>) -> Self {
        let kind = |team: &TeamId| lens.structure.teams[team.index()].kind;
        let stewards = stewards(lens);
        let by = if stewards.iter().any(|team| kind(team) == TeamKind::Group) {
            TeamKind::Group
        } else {
            TeamKind::Team
        };
        let people = TeamsOfPerson::new(lens);
        let authors = authors_of_changes(lens);
        let mut of_change = vec![Origin::Unknown; lens.facts.changes.len()];
        for &change in &lens.counted {
            let teams = authors[change.index()].iter().map(|&author| {
                let teams = people.at(author, lens.at(change));
                teams.filter(|team| kind(team) == by).collect::<Vec<TeamId>>()
            });
            of_change[change.index()] = origin(teams.filter(|teams| !teams.is_empty()));
        }
        let basis = if !of_change.iter().any(|origin| *origin != Origin::Unknown) {
            Basis::None
        } else if by == TeamKind::Group {
            Basis::Inferred
        } else {
            Basis::Declared
        };
        Self { basis, of_change }
    }

    /// From where a counted change comes.
    pub(crate) fn of(&self, change: ChangeId) -> &Origin {
        &self.of_change[change.index()]
    }

    /// The one team of a change, where there is one.
    pub(crate) fn team(&self, change: ChangeId) -> Option<TeamId> {
        match self.of(change) {
            Origin::Team(team) => Some(*team),
            Origin::Unknown | Origin::Unclear | Origin::Several(_) => None,
        }
    }
}

/// The origin of a change by the teams of each who wrote it.
fn origin(people: impl Iterator<Item = Vec<TeamId>>) -> Origin {
    let mut all: Vec<TeamId> = Vec::new();
    let mut common: Option<Vec<TeamId>> = None;
    for teams in people {
        match &mut common {
            Some(common) => common.retain(|team| teams.contains(team)),
            None => common = Some(teams.clone()),
        }
        all.extend(teams);
    }
    all.sort_unstable();
    all.dedup();
    match common.as_deref() {
        None => Origin::Unknown,
        Some([]) => Origin::Several(all),
        Some([team]) => Origin::Team(*team),
        Some(_) => Origin::Unclear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_comes_from_the_team_all_its_people_share() {
        let of = |people: &[&[u32]]| {
            origin(people.iter().map(|teams| teams.iter().map(|&team| TeamId(team)).collect()))
        };
        assert_eq!(of(&[]), Origin::Unknown);
        assert_eq!(of(&[&[1]]), Origin::Team(TeamId(1)));
        assert_eq!(of(&[&[1], &[1, 2]]), Origin::Team(TeamId(1)));
        assert_eq!(of(&[&[1, 2]]), Origin::Unclear);
        assert_eq!(of(&[&[2], &[1], &[2]]), Origin::Several(vec![TeamId(1), TeamId(2)]));
    }
}
