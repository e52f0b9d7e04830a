//! Redesign: few moves on the structure that is there, each found in the past, held to what came after it, and judged by
//! a year it has not seen.
//!
//! ```text
//! candidates ─▶ what each saves where moves are found ─▶ few, under caps ─▶ does it hold on the validation slice?
//!                                                                            ├ no ─▶ told as refused
//!                                                                            └ yes ▶ shown, with the year after the cut
//! ```
//!
//! A change costs as many parties as it needs beyond the first: teams, or modules where no two teams show. A move is an
//! edit of who is needed for which file; history is replayed under it. That bounds what would have been needed: people
//! would also have behaved differently.

mod baselines;
mod candidates;
mod design;
mod interface;
mod judge;
mod layout;
mod merge;
mod past;
#[cfg(test)]
mod planted;
mod proposing;
mod search;

use facts::{
    ChangeId, Facts, FileId, Lens, ModuleId, TeamId,
    dependencies::Dependencies,
    moves::Move,
    time::{DAY, Seconds},
};

pub use baselines::{Baseline, baselines};
pub use judge::{Control, Gain};
pub use layout::Level;

use judge::Shift;
use layout::Layout;
use past::{FEWEST_TRAINING, Past};

/// What a redesign is found on.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// The whole history, through the structure moves are proposed on.
    pub lens: &'a Lens<'a>,
    /// Where files lie, and which live, where that structure was read.
    pub places: &'a Facts,
    /// Which file used which there; `None` where no code was read.
    pub dependencies: Option<&'a Dependencies>,
    /// The first moment that is hidden from what proposes.
    pub cut: Seconds,
}

impl Ground<'_> {
    /// Where files lie, in order.
    fn paths(&self, files: &[FileId]) -> Vec<String> {
        let places = self.places;
        let mut paths: Vec<String> =
            files.iter().map(|file| places.paths.text(places.files.path[file.index()])).collect();
        paths.sort();
        paths
    }
}

/// How far to go.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Proposals shown at most.
    pub most: usize,
    /// Decides every random draw.
    pub seed: u64,
}

/// A team or a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartyId {
    /// A team.
    Team(TeamId),
    /// A module.
    Module(ModuleId),
}

/// What the search ended with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// These moves would have helped, as far as what came after they were found can tell.
    Moves,
    /// Nothing that was tried held.
    NoMoveHelps,
    /// There is too little history before the cut.
    TooLittle,
    /// One module, or one that all belongs to: nothing can be moved.
    OneParty,
}

impl Verdict {
    /// A stable name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Moves => "moves",
            Self::NoMoveHelps => "no_move_helps",
            Self::TooLittle => "too_little",
            Self::OneParty => "one_party",
        }
    }
}

/// Why a move is proposed, in counts of the changes before the cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// Changes that touch what is moved.
    pub changes: u64,
    /// Those of them that need the party it would go to, beside others.
    pub with: u64,
    /// Those of them that need nobody but who answers for it now.
    pub alone: u64,
    /// Who answers for it now, the one for most of it first.
    pub from: Vec<PartyId>,
    /// Who would.
    pub to: Option<PartyId>,
    /// Of an interface, what would no longer be used from outside, by path.
    pub hides: Vec<String>,
    /// Of an interface, files outside that use what would be hidden, as it is.
    pub users: u64,
}

/// What becomes of a party's work in the year after the cut; of the validation slice where no year lies after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// Whose.
    pub party: PartyId,
    /// Changes that need it, before and after.
    pub needed: (u64, u64),
    /// Those of them that need no other.
    pub alone: (u64, u64),
}

/// One redesign.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// Stable as long as its moves are.
    pub id: String,
    /// What it does.
    pub moves: Vec<Move>,
    /// Whether only a further owner helps, and nothing else does.
    pub last_resort: bool,
    /// Whether what it saves is counted in modules although the search was for teams.
    pub counted_in: Level,
    /// Why.
    pub why: Why,
    /// Where it was found.
    pub in_sample: Gain,
    /// What it had to hold on.
    pub validation: Gain,
    /// The year after the cut; `None` where nothing lies there.
    pub held_out: Option<Gain>,
    /// Whose work changes, those that are needed more first.
    pub effects: Vec<Effect>,
    /// Changes that would have needed fewer, the latest first.
    pub examples: Vec<ChangeId>,
}

/// What looked good where it was found and did not hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// What it would have done.
    pub moves: Vec<Move>,
    /// Where it was found.
    pub in_sample: Gain,
    /// What it did not hold on.
    pub validation: Gain,
    /// Why it is not shown.
    pub because: Because,
}

/// Why a candidate is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Because {
    /// What it saves on the validation slice may be nothing.
    Uncertain,
    /// It keeps too little of what it saved where it was found.
    Fades,
    /// Equally active files moved at random save as much.
    Chance,
    /// Its code may not go there: a cycle would close, a package be torn, or it is used elsewhere.
    Design,
    /// Who would take it answers for too much already.
    Load,
    /// What goes before it does the same.
    Overlaps,
}

impl Because {
    /// A stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Uncertain => "uncertain",
            Self::Fades => "fades",
            Self::Chance => "chance",
            Self::Design => "design",
            Self::Load => "load",
            Self::Overlaps => "overlaps",
        }
    }
}

/// So many moves, so much gain: the first proposals together.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Proposals.
    pub proposals: u64,
    /// Moves in them.
    pub moves: u64,
    /// What they save together, on each slice.
    pub in_sample: Gain,
    /// On what they had to hold.
    pub validation: Gain,
    /// In the year after.
    pub held_out: Option<Gain>,
}

/// What a slice needs as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Base {
    /// Changes.
    pub changes: u64,
    /// Parties beyond the first.
    pub further: u64,
    /// Changes that need one at most.
    pub alone: u64,
    /// First and last moment.
    pub span: Option<(Seconds, Seconds)>,
}

/// The answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Redesign {
    /// Whose work is counted.
    pub level: Level,
    /// The first moment that was hidden from what proposes.
    pub cut: Seconds,
    /// Changes after it, hidden.
    pub hidden: u64,
    /// The slices as they stand: fit, validation, held out.
    pub base: [Base; 3],
    /// What came of it.
    pub verdict: Verdict,
    /// Edits tried.
    pub tried: u64,
    /// What is proposed, the most gain where it was found first.
    pub proposals: Vec<Proposal>,
    /// What is not, the most gain where it was found first; ten at most.
    pub refused: Vec<Refused>,
    /// How many were refused in all.
    pub refused_in_all: u64,
    /// The proposals taken together, one more at each step.
    pub steps: Vec<Step>,
    /// Changes of the held-out year that touch a file no change before the cut touched.
    pub with_new_files: u64,
}

/// Fewer changes after the cut, or less time, judge nothing.
const FEWEST_THAT_JUDGE: u64 = 50;
const SHORTEST_THAT_JUDGES: Seconds = 90 * DAY;

impl Redesign {
    /// Whether enough lies after the cut to judge anything.
    pub fn is_judged(&self) -> bool {
        let held_out = &self.base[2];
        held_out.changes >= FEWEST_THAT_JUDGE
            && held_out.span.is_some_and(|(from, to)| to - from >= SHORTEST_THAT_JUDGES)
    }

    /// Whole days that judge, where they are fewer than a year's.
    pub fn days_that_judge(&self) -> Option<i64> {
        let days = self.base[2].span.map(|(from, to)| (to - from) / DAY)?;
        (days < 300).then_some(days)
    }

    /// Leaves these proposals alone; what some of them save together is not told.
    pub fn keep(&mut self, wanted: impl Fn(&Proposal) -> bool) {
        let all = self.proposals.len();
        self.proposals.retain(wanted);
        if self.proposals.len() < all {
            self.steps.clear();
        }
    }
}

/// A redesign, with what it was found on.
struct Search {
    redesign: Redesign,
    past: Past,
    layout: Layout,
    /// The edits of the proposals that change who is needed.
    taken: Vec<Shift>,
}

/// Looks for the few moves that would undo the knot.
pub fn redesign(ground: &Ground<'_>, options: Options) -> Redesign {
    find(ground, options).redesign
}

fn find(ground: &Ground<'_>, options: Options) -> Search {
    let level = level(ground.lens);
    let past = Past::new(ground.lens, ground.cut);
    let mut layout = Layout::new(ground.lens, level);
    let base = [&past.fit, &past.validation, &past.held_out].map(|slice| search::base(&past, &layout, slice));
    let mut redesign = Redesign {
        level,
        cut: ground.cut,
        hidden: past.hidden,
        base,
        verdict: Verdict::NoMoveHelps,
        tried: 0,
        proposals: Vec::new(),
        refused: Vec::new(),
        refused_in_all: 0,
        steps: Vec::new(),
        with_new_files: search::with_new_files(&past),
    };
    let mut taken = Vec::new();
    if past.fit.len() + past.validation.len() < FEWEST_TRAINING {
        redesign.verdict = Verdict::TooLittle;
    } else if search::parties_needed(&past, &layout) < 2 {
        redesign.verdict = Verdict::OneParty;
    } else {
        taken = search::search(ground, &past, &mut layout, level, options, &mut redesign);
        if !redesign.proposals.is_empty() {
            redesign.verdict = Verdict::Moves;
        }
    }
    Search { redesign, past, layout, taken }
}

/// Teams where two of them are needed by anything, else modules.
pub fn level(lens: &Lens<'_>) -> Level {
    let mut needed = vec![false; lens.structure.teams.len()];
    for &change in &lens.counted {
        lens.teams_of(change).iter().for_each(|team| needed[team.index()] = true);
    }
    if needed.iter().filter(|needed| **needed).count() >= 2 { Level::Teams } else { Level::Modules }
}

impl Level {
    fn party(self, party: layout::Party) -> PartyId {
        match self {
            Self::Teams => PartyId::Team(party),
            Self::Modules => PartyId::Module(candidates::module_of(party)),
        }
    }
}
