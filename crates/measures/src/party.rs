//! Those who wait for each other: teams by name, single people only as a kind. Nobody is ever named here.

use std::collections::BTreeMap;

use facts::{
    Lens, PersonId, TeamId,
    structure::{Membership, TeamKind},
    time::Seconds,
};

/// One side of a boundary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// A team.
    Team(TeamId),
    /// Single people who are owners, all of them together.
    SingleOwners,
    /// People whose team is not known.
    NoTeam,
}

impl Party {
    /// What a team is called by.
    pub fn of(lens: &Lens<'_>, team: TeamId) -> Self {
        match lens.structure.teams[team.index()].kind {
            TeamKind::Team | TeamKind::Group => Self::Team(team),
            TeamKind::Person => Self::SingleOwners,
        }
    }

    /// Every pair of some teams, the lower party first; each pair once. Two single owners are a pair of their own kind.
    pub fn pairs(lens: &Lens<'_>, teams: &[TeamId]) -> Vec<(Self, Self)> {
        let mut out = Vec::new();
        for (at, &a) in teams.iter().enumerate() {
            for &b in &teams[at + 1..] {
                let (a, b) = (Self::of(lens, a), Self::of(lens, b));
                out.push((a.min(b), a.max(b)));
            }
        }
        out.sort_unstable();
        out.dedup();
        out
    }
}

/// Who belongs to which team, by person; only teams of the ownership that is looked through.
pub(crate) struct Members<'a> {
    of: BTreeMap<PersonId, Vec<&'a Membership>>,
}

impl<'a> Members<'a> {
    pub(crate) fn new(lens: &Lens<'a>) -> Self {
        let mut of: BTreeMap<PersonId, Vec<&Membership>> = BTreeMap::new();
        let basis = lens.ownership.basis;
        for one in &lens.structure.memberships {
            if lens.structure.teams[one.team.index()].source.basis == basis {
                of.entry(one.person).or_default().push(one);
            }
        }
        Self { of }
    }

    /// Whether a person was in a team at a moment.
    pub(crate) fn holds(&self, person: Option<PersonId>, team: TeamId, at: Seconds) -> bool {
        self.teams(person, at).any(|own| own == team)
    }

    /// The party of a person at a moment: a team they are in, the first by id; else a single owner; else of no team.
    pub(crate) fn party(&self, lens: &Lens<'_>, person: Option<PersonId>, at: Seconds) -> Party {
        self.teams(person, at).map(|team| Party::of(lens, team)).min().unwrap_or(Party::NoTeam)
    }

    fn teams(&self, person: Option<PersonId>, at: Seconds) -> impl Iterator<Item = TeamId> + '_ {
        let own = person.and_then(|person| self.of.get(&person)).map_or(&[][..], Vec::as_slice);
        own.iter().filter(move |one| one.covers(Some(at))).map(|one| one.team)
    }
}
