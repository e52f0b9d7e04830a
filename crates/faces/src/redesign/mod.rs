//! A redesign as it is shown: few moves, each with why, what it saved where it was found, what it kept, and what it would have
//! saved in a year it has not seen.

mod json;
mod text;

use facts::{Lens, structure::TeamKind};
use outlook::redesign::{Baseline, PartyId, Proposal, Redesign};

pub(crate) use json::DoFirst;
pub use json::{backtest as backtest_json, render as json, schema};
pub use text::{backtest as backtest_text, render as text};
pub(crate) use text::{brief, judged, nothing, page, parties, time_that_judges, why};

use crate::plain::plain;

/// What is shown.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The redesign.
    pub redesign: &'a Redesign,
    /// The lens it was found through.
    pub lens: &'a Lens<'a>,
    /// Whether the structure, too, is that of the cut; else it is today's.
    pub structure_at_cut: bool,
    /// Days of lead time a further team costs a change, where that can be told.
    pub days: Option<f64>,
    /// The seed of every random draw.
    pub seed: u64,
}

impl Shown<'_> {
    /// A party by its name; single people are never named.
    fn party(&self, party: PartyId) -> String {
        match party {
            PartyId::Module(module) => plain(&self.lens.structure.modules[module.index()].name),
            PartyId::Team(team) => match self.lens.structure.teams[team.index()].kind {
                TeamKind::Person => "a single owner".to_owned(),
                TeamKind::Team | TeamKind::Group => plain(&self.lens.structure.teams[team.index()].name),
            },
        }
    }
}

/// What a report says of it: three moves at most.
const MOST_IN_A_REPORT: usize = 3;

impl<'a> Shown<'a> {
    /// Every move of the proposals a report shows.
    pub fn moves(&self) -> impl Iterator<Item = &'a facts::moves::Move> + use<'a> {
        self.first().into_iter().flat_map(|one| &one.moves)
    }

    /// The proposals a report shows: none where the last year has too few changes to judge any, and of several for the same
    /// part the first, for they cannot all be done.
    pub(crate) fn first(&self) -> Vec<&'a Proposal> {
        let mut out: Vec<&Proposal> = Vec::new();
        for one in self.redesign.proposals.iter().filter(|_| self.redesign.is_judged()) {
            let moves_the_same = |other: &&Proposal| {
                other.moves.iter().any(|other| one.moves.iter().any(|one| one.what() == other.what()))
            };
            if out.len() < MOST_IN_A_REPORT && !out.iter().any(moves_the_same) {
                out.push(one);
            }
        }
        out
    }
}

/// A redesign held to other ways.
#[derive(Clone, Copy, Debug)]
pub struct Backtest<'a> {
    /// The redesign.
    pub shown: Shown<'a>,
    /// The other ways.
    pub baselines: &'a [Baseline],
}
