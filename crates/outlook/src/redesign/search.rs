//! The search: the best candidates first, each held to caps and to the validation slice, those that hold taken together.

use std::cell::OnceCell;

use facts::{
    FileId,
    moves::{Move, Parts},
};
use rustc_hash::FxHashSet;

use super::{
    Base, Because, Ground, Options, Proposal, Redesign, Refused, Step,
    candidates::{self, Candidate, What},
    design::Design,
    interface,
    judge::{Gain, Judge, Shift, is_steady},
    layout::{Layout, Level, Party},
    merge,
    past::{Past, Slice},
};

/// A move must save so many parties where it is found, and so many a change.
const FEWEST_SAVED: i64 = 8;
const LEAST_GAIN: f64 = 0.005;
/// A further owner must bring this much: where it is let in, nobody is responsible any more.
const LEAST_GAIN_OF_A_SHARE: f64 = 0.02;
/// What each line somebody has to write must bring, a change.
const PRICE_OF_A_RULE: f64 = 0.0005;
/// What is kept on the validation slice of what was found, and on its later half.
const LEAST_KEPT: f64 = 0.7;
const LEAST_KEPT_LATER: f64 = 0.5;
/// What a move still saves where those before it are done, of what it saves alone.
const LEAST_BESIDE: f64 = 0.5;
/// Candidates held to the validation slice, the best first.
const MOST_HELD: usize = 60;
/// A party may grow by half, to at most half of all changes or what the busiest answers for already.
/// Of modules it may own twice as many as teams do on average, or as many as the team with the most.
const MOST_MODULES: f64 = 2.0;
const MOST_GROWTH: f64 = 1.5;
const MOST_LOAD: f64 = 0.5;
/// Refused candidates that are told.
const MOST_REFUSED: usize = 10;

/// What a slice needs as it stands.
pub(crate) fn base(past: &Past, layout: &Layout, slice: &Slice) -> Base {
    let mut needs = Vec::new();
    let (mut further, mut alone) = (0, 0);
    for row in slice.from..slice.to {
        layout.needs(past.files(row as u32).iter().map(|&file| layout.of(file)), &mut needs);
        further += needs.len().saturating_sub(1) as u64;
        alone += u64::from(needs.len() <= 1);
    }
    let span = (slice.len() > 0).then(|| (past.at[slice.from], past.at[slice.to - 1]));
    Base { changes: slice.len() as u64, further, alone, span }
}

/// Changes of the held-out year that touch a file no change before touched.
pub(crate) fn with_new_files(past: &Past) -> u64 {
    let seen = past.training();
    let new = |row: &usize| past.files(*row as u32).iter().any(|&file| past.rows(file, &seen).is_empty());
    (past.held_out.from..past.held_out.to).filter(new).count() as u64
}

/// How many parties the changes before the cut need.
pub(crate) fn parties_needed(past: &Past, layout: &Layout) -> usize {
    let mut all: FxHashSet<Party> = FxHashSet::default();
    let mut needs = Vec::new();
    for row in 0..past.held_out.from {
        layout.needs(past.files(row as u32).iter().map(|&file| layout.of(file)), &mut needs);
        all.extend(needs.iter().copied());
    }
    all.len()
}

/// Finds proposals and writes them into the answer; gives the edits of those that change who is needed.
pub(crate) fn search(
    ground: &Ground<'_>,
    past: &Past,
    layout: &mut Layout,
    level: Level,
    options: Options,
    out: &mut Redesign,
) -> Vec<Shift> {
    let candidates = candidates::find(ground, past, layout, level);
    out.tried = candidates.len() as u64;
    let ranked = rank(past, layout, candidates, Kind::Moved);
    let search = Search::new(ground, past, layout, level, options);
    let mut taken: Vec<Candidate> = Vec::new();
    let mut held = 0;
    for candidate in ranked {
        if taken.len() >= options.most || held >= MOST_HELD {
            break;
        }
        if taken.iter().any(|one| overlap(&one.shift.files, &candidate.shift.files)) {
            continue;
        }
        let moves = search.moves(&candidate);
        if out.refused.iter().any(|one| one.moves == moves) {
            continue;
        }
        held += 1;
        let Held { in_sample, validation, refused } = search.hold(&candidate, &taken);
        match refused {
            None => {
                out.proposals.push(search.propose(&candidate, moves, in_sample, validation));
                taken.push(candidate);
            }
            Some(because) => {
                out.refused_in_all += 1;
                if out.refused.len() < MOST_REFUSED {
                    out.refused.push(Refused { moves, in_sample, validation, because });
                }
            }
        }
    }
    out.steps = search.steps(&taken, &out.proposals);
    search.others(out);
    // A further owner helps at once and makes nobody responsible: it is looked for where nothing else helped.
    if out.proposals.is_empty() && level == Level::Teams {
        let shared = candidates::shared(ground, past, layout);
        out.tried += shared.len() as u64;
        out.proposals.extend(Search::new(ground, past, layout, level, options).last_resort(shared));
    }
    taken.into_iter().map(|candidate| candidate.shift).collect()
}

impl Search<'_> {
    /// Interfaces and merges, as far as there is room.
    fn others(&self, out: &mut Redesign) {
        let users = self.design.users();
        let (ground, past) = (self.ground, self.past);
        let interfaces = interface::find(ground, past, self.layout, self.level, &users, self.options.seed);
        let merges = merge::find(ground, past, &self.parts, self.options.seed);
        for found in [interfaces, merges] {
            let further = self.options.most.saturating_sub(out.proposals.len());
            out.tried += found.tried;
            out.refused_in_all += found.refused;
            out.proposals.extend(found.proposals.into_iter().take(further));
        }
    }

    /// The one further owner that saves the most, if it holds.
    fn last_resort(&self, shared: Vec<Candidate>) -> Option<Proposal> {
        let best = rank(self.past, self.layout, shared, Kind::Shared).into_iter().take(MOST_HELD).find_map(
            |candidate| {
                let Held { in_sample, validation, refused } = self.hold(&candidate, &[]);
                let enough = refused.is_none() && in_sample.gain >= LEAST_GAIN_OF_A_SHARE;
                enough.then_some((candidate, in_sample, validation))
            },
        );
        let (candidate, in_sample, validation) = best?;
        let part = self.part(&candidate);
        let team = self.ground.lens.structure.teams[candidate.to.index()].name.clone();
        let moves = vec![Move::Share { part, team }];
        let proposal = self.propose(&candidate, moves, in_sample, validation);
        Some(Proposal { last_resort: true, ..proposal })
    }
}

fn overlap(a: &[FileId], b: &[FileId]) -> bool {
    let (few, many) = if a.len() < b.len() { (a, b) } else { (b, a) };
    few.iter().any(|file| many.binary_search(file).is_ok())
}

/// Why a gain does not hold on the validation slice; `None` where it does.
pub(crate) fn holds(in_sample: &Gain, validation: &Gain) -> Option<Because> {
    if !is_steady(&validation.quarters) || validation.interval.is_none_or(|(low, _)| low <= 0.0) {
        Some(Because::Uncertain)
    } else if validation.gain < LEAST_KEPT * in_sample.gain
        || validation.later() < LEAST_KEPT_LATER * in_sample.gain
    {
        Some(Because::Fades)
    } else if validation.control.as_ref().is_some_and(|control| validation.gain <= control.high) {
        Some(Because::Chance)
    } else {
        None
    }
}

/// What a candidate saves, and why it is refused if it is.
struct Held {
    in_sample: Gain,
    validation: Gain,
    refused: Option<Because>,
}

/// Whether candidates change hands or are shared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Moved,
    Shared,
}

/// Whether what is moved is needed with the party it would go to at least as often as with nobody but its own: else it is
/// work that somebody does alone, and giving it away is no gain.
fn belongs(past: &Past, layout: &Layout, candidate: &Candidate) -> bool {
    let mut needs = Vec::new();
    let (mut with, mut alone) = (0u64, 0u64);
    for row in past.rows_of(&candidate.shift.files, &past.fit) {
        layout.needs(past.files(row).iter().map(|&file| layout.of(file)), &mut needs);
        let there = needs.contains(&candidate.to);
        with += u64::from(there && needs.len() > 1);
        alone += u64::from(!there && needs.len() <= 1);
    }
    with >= alone
}

/// Candidates that save enough, steadily, for what they cost; the best first.
fn rank(past: &Past, layout: &Layout, candidates: Vec<Candidate>, kind: Kind) -> Vec<Candidate> {
    let shared = kind == Kind::Shared;
    let judge = Judge::new(past, layout, 0);
    let changes = past.fit.len().max(1) as f64;
    let mut ranked: Vec<(f64, Candidate)> = candidates
        .into_iter()
        .filter_map(|candidate| {
            let savings = judge.savings(&candidate.shift, &past.fit);
            let (saved, quarters) = Judge::sums(&savings, &past.fit);
            let gain = saved as f64 / changes;
            if saved < FEWEST_SAVED || gain < LEAST_GAIN {
                return None;
            }
            let steady = is_steady(&quarters) && (shared || belongs(past, layout, &candidate));
            let worth = gain - PRICE_OF_A_RULE * candidate.rules() as f64;
            (steady && worth > 0.0).then_some((worth, candidate))
        })
        .collect();
    // Of equals the one that is said in fewer words: modules before directories before files, then by what they hold.
    let words = |candidate: &Candidate| match &candidate.what {
        What::Module(_) => (0, 0),
        What::Directory(path) => (1, path.len()),
        What::Files(_) => (2, candidate.shift.files.len()),
    };
    ranked.sort_by(|(a, x), (b, y)| {
        b.total_cmp(a)
            .then_with(|| words(x).cmp(&words(y)))
            .then_with(|| x.shift.files.cmp(&y.shift.files))
            .then_with(|| x.to.cmp(&y.to))
    });
    ranked.into_iter().map(|(_, candidate)| candidate).collect()
}

pub(super) struct Search<'a> {
    pub(super) ground: &'a Ground<'a>,
    pub(super) past: &'a Past,
    pub(super) layout: &'a Layout,
    pub(super) level: Level,
    pub(super) options: Options,
    pub(super) design: Design<'a>,
    pub(super) parts: Parts<'a>,
    pub(super) judge: Judge<'a>,
    /// How many modules each team owns, by team.
    owned: Vec<usize>,
    /// Of each party the changes of the validation slice that need it as it is, and those that need no other.
    today: OnceCell<Vec<(u64, u64)>>,
}

/// How many modules each team owns alone, as most of their living files have it.
fn owned(ground: &Ground<'_>, parts: &Parts<'_>) -> Vec<usize> {
    let structure = ground.lens.structure;
    let mut out = vec![0; structure.teams.len()];
    for sets in parts.usual_sets_of_all(structure) {
        if let [set] = sets.as_slice()
            && let [team] = ground.lens.ownership.sets[*set as usize].as_slice()
        {
            out[team.index()] += 1;
        }
    }
    out
}

impl<'a> Search<'a> {
    fn new(
        ground: &'a Ground<'a>,
        past: &'a Past,
        layout: &'a Layout,
        level: Level,
        options: Options,
    ) -> Self {
        let (design, parts) = (Design::new(ground), Parts::new(ground.places));
        let owned = owned(ground, &parts);
        let judge = Judge::new(past, layout, options.seed);
        let today = OnceCell::new();
        Self { ground, past, layout, level, options, design, parts, judge, owned, today }
    }

    /// Whether a candidate holds by itself and beside those taken.
    fn hold(&self, candidate: &Candidate, taken: &[Candidate]) -> Held {
        let judge = &self.judge;
        let mut in_sample = judge.alone(&candidate.shift, &self.past.fit);
        let mut validation = judge.alone(&candidate.shift, &self.past.validation);
        // What does not hold by itself needs no control.
        let by_itself = holds(&in_sample, &validation);
        if by_itself.is_none() {
            in_sample.control = judge.control(&candidate.shift, &self.past.fit);
            validation.control = judge.control(&candidate.shift, &self.past.validation);
        }
        let refused = by_itself.or_else(|| holds(&in_sample, &validation)).or_else(|| {
            let overlaps = || {
                let beside = self.beside(candidate, taken) as f64;
                !taken.is_empty() && beside < LEAST_BESIDE * validation.saved as f64
            };
            match () {
                () if !self.may_go(candidate) => Some(Because::Design),
                () if self.overloads(candidate, taken) => Some(Because::Load),
                () if overlaps() => Some(Because::Overlaps),
                () => None,
            }
        });
        Held { in_sample, validation, refused }
    }

    /// Whether code may go where a candidate would have it; ownership may go anywhere.
    fn may_go(&self, candidate: &Candidate) -> bool {
        let living = candidate.shift.files.iter().filter(|file| self.ground.places.files.alive(**file));
        self.level == Level::Teams
            || self.design.may_go(&living.copied().collect::<Vec<_>>(), candidates::module_of(candidate.to))
    }

    /// What it saves on the validation slice once the others are done.
    fn beside(&self, candidate: &Candidate, taken: &[Candidate]) -> i64 {
        let layout = self.after(taken);
        Judge::new(self.past, &layout, 0).saved(&candidate.shift, &self.past.validation)
    }

    fn after(&self, taken: &[Candidate]) -> Layout {
        self.layout.after(taken.iter().map(|one| &one.shift))
    }

    pub(super) fn parties(&self) -> usize {
        match self.level {
            Level::Teams => self.ground.lens.structure.teams.len(),
            Level::Modules => self.ground.lens.structure.modules.len(),
        }
    }

    /// Whether whoever takes a module would own too many.
    fn owns_too_many(&self, candidate: &Candidate, taken: &[Candidate]) -> bool {
        if self.level == Level::Modules || !matches!(candidate.what, What::Module(_)) {
            return false;
        }
        let owners = self.owned.iter().filter(|own| **own > 0).count().max(1);
        let mean = self.owned.iter().sum::<usize>() as f64 / owners as f64;
        let most = self.owned.iter().copied().max().unwrap_or(0) as f64;
        let also = |one: &&Candidate| one.to == candidate.to && matches!(one.what, What::Module(_));
        let after = self.owned[candidate.to.index()] + taken.iter().filter(also).count() + 1;
        after as f64 > most.max(MOST_MODULES * mean)
    }

    /// Whether whoever takes it would answer for too much.
    fn overloads(&self, candidate: &Candidate, taken: &[Candidate]) -> bool {
        let slice = &self.past.validation;
        let today = self.today.get_or_init(|| self.judge.loads(None, slice, self.parties()));
        let layout = self.after(taken);
        let after = Judge::new(self.past, &layout, 0).loads(Some(&candidate.shift), slice, self.parties());
        let needed = |loads: &[(u64, u64)], party: usize| loads[party].0 as f64;
        let busiest = today.iter().map(|(needed, _)| *needed).max().unwrap_or(0) as f64;
        let working = today.iter().filter(|(needed, _)| *needed > 0).count().max(1) as f64;
        let mean = today.iter().map(|(needed, _)| *needed).sum::<u64>() as f64 / working;
        let to = candidate.to.index();
        if self.owns_too_many(candidate, taken) {
            return true;
        }
        let grown = needed(&after, to) > MOST_GROWTH * needed(today, to).max(mean);
        let large = needed(&after, to) > busiest.max(MOST_LOAD * slice.len() as f64);
        grown || large
    }

    /// What the first proposals save together.
    fn steps(&self, taken: &[Candidate], proposals: &[Proposal]) -> Vec<Step> {
        (1..=taken.len())
            .map(|count| {
                let after = self.after(&taken[..count]);
                let gain = |slice: &Slice| {
                    let together = Together { judge: &self.judge, after: &after, taken: &taken[..count] };
                    together.gain(slice)
                };
                Step {
                    proposals: count as u64,
                    moves: proposals[..count].iter().map(|one| one.moves.len() as u64).sum(),
                    in_sample: gain(&self.past.fit),
                    validation: gain(&self.past.validation),
                    held_out: (self.past.held_out.len() > 0).then(|| gain(&self.past.held_out)),
                }
            })
            .collect()
    }
}

/// Several edits at once.
struct Together<'a> {
    judge: &'a Judge<'a>,
    after: &'a Layout,
    taken: &'a [Candidate],
}

impl Together<'_> {
    fn gain(&self, slice: &Slice) -> Gain {
        let past = self.judge.past;
        let mut files: Vec<FileId> = self.taken.iter().flat_map(|one| &one.shift.files).copied().collect();
        files.sort_unstable();
        let mut needs = Vec::new();
        let mut needed = |layout: &Layout, row: u32| {
            layout.needs(past.files(row).iter().map(|&file| layout.of(file)), &mut needs);
            needs.len().max(1) as i32
        };
        let rows = past.rows_of(&files, slice);
        let savings: Vec<(u32, i32)> = rows
            .into_iter()
            .map(|row| (row, needed(self.judge.layout, row) - needed(self.after, row)))
            .collect();
        let mut gain = self.judge.plain(&savings, slice);
        let after = Judge::new(past, self.after, 0);
        gain.effective = Some((self.judge.effective_before(slice), after.effective(None, slice)));
        gain
    }
}

/// A name that is the same as long as the moves are: FNV-1a over what they say.
pub(crate) fn id(moves: &[Move]) -> String {
    let text = format!("{moves:?}");
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("move-{:08x}", hash >> 32)
}
