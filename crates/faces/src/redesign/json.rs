//! The contract other programs rely on: `unsnarl.redesign/1`. Fields are only ever added within a version.

use facts::time::date;
use outlook::redesign::{Base, Baseline, Control, Gain, PartyId, Proposal, Refused, Step};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Backtest, Shown};
use crate::{document::written, moves::MoveRecord};

/// The version of the contract.
const SCHEMA: &str = "unsnarl.redesign/1";

/// Few moves on the structure that is there. Gains are parties needed beyond the first, saved per change.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "unsnarl redesign")]
struct Document {
    /// Always `unsnarl.redesign/1`.
    schema: &'static str,
    /// The repository's directory name.
    repository: String,
    /// The first day hidden from what proposes.
    cut: String,
    /// Changes from it on, hidden from what proposes.
    hidden: u64,
    /// `cut`: as it stood then, nothing later is known to what proposes; `today`: as it stands now.
    structure: &'static str,
    /// `teams`, or `modules` where no two teams show: whose number a change is wanted to need less of.
    counted_in: &'static str,
    /// `moves`, `no_move_helps`, `too_little` (history before the cut) or `one_party` (nobody to move anything to).
    verdict: &'static str,
    /// Decides every random draw.
    seed: u64,
    /// Edits tried.
    tried: u64,
    /// Days of lead time a further team costs a change, by the price of coordination; null where that cannot be told.
    days_per_further_team: Option<f64>,
    /// Where moves were found, what they had to hold on, and what judges them, as they stand.
    as_it_is: AsItIs,
    /// What is proposed.
    proposals: Vec<ProposalDocument>,
    /// The proposals taken together, one more at each step; interfaces and merges, counted otherwise, left out.
    steps: Vec<StepDocument>,
    /// What looked good where it was found and did not hold; ten at most.
    refused: Vec<RefusedDocument>,
    /// How many in all.
    refused_in_all: u64,
    /// Changes of the held-out year that touch a file no change before the cut touched; such files go where their
    /// directory goes.
    with_new_files: u64,
    /// Other ways to the same amount of change, in the same year; of `unsnarl backtest redesign` alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    baselines: Option<Vec<BaselineDocument>>,
}

#[derive(Serialize, JsonSchema)]
struct AsItIs {
    fit: BaseDocument,
    validation: BaseDocument,
    held_out: BaseDocument,
}

#[derive(Serialize, JsonSchema)]
struct BaseDocument {
    changes: u64,
    /// Parties needed beyond the first.
    further: u64,
    /// Changes that need one at most.
    alone: u64,
    /// First and last day; null of nothing.
    from: Option<String>,
    to: Option<String>,
}

/// One redesign.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Proposal")]
struct ProposalDocument {
    /// The same as long as its moves are.
    id: String,
    /// `give`, `relocate`, `split`, `merge`, `interface` or `share`.
    kind: &'static str,
    moves: Vec<MoveRecord>,
    /// One sentence.
    why: String,
    /// The counts behind it.
    because: WhyDocument,
    /// Whose number is saved: `teams` or `modules`.
    counted_in: &'static str,
    /// True where a further owner is all that helps.
    last_resort: bool,
    /// True where what is saved is a bound: what an interface would save if it held.
    bound: bool,
    /// Where it was found.
    in_sample: GainDocument,
    /// What it had to hold on.
    validation: GainDocument,
    /// The year after the cut; null where nothing lies there.
    held_out: Option<GainDocument>,
    /// Whose work changes in that year, those that are needed more first.
    effects: Vec<EffectDocument>,
    /// Changes that would have needed fewer, the latest first.
    examples: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct WhyDocument {
    /// Changes before the cut that touch what is moved.
    changes: u64,
    /// Those that need whom it would go to, beside others; of an interface those whose users changed along.
    with: u64,
    /// Those that need nobody but who answers for it now.
    alone: u64,
    from: Vec<String>,
    to: Option<String>,
    /// Of an interface, the files it would hide; else empty.
    hides: Vec<String>,
    /// Of an interface, files outside that use what it would hide, as it is.
    users: u64,
}

#[derive(Serialize, JsonSchema)]
struct GainDocument {
    /// Changes of the slice.
    changes: u64,
    /// Parties no longer needed, less those needed in their place.
    saved: i64,
    /// Changes that need fewer.
    fewer: u64,
    /// Changes that need more.
    more: u64,
    /// `saved` per change.
    gain: f64,
    /// `saved` by quarters of the changes, in order of time.
    quarters: [i64; 4],
    /// 95 %, weeks resampled in blocks of four; null below eight weeks.
    interval: Option<[f64; 2]>,
    /// What equally active files moved the same way at random save; null where there are too few to draw from.
    control: Option<ControlDocument>,
    /// The gain less the control's mean: what is left at equal concentration.
    corrected: Option<f64>,
    /// How many parties share the work evenly, in effect, before and after.
    effective: Option<[f64; 2]>,
    /// Days of lead time a year; null where no price can be told.
    days_a_year: Option<f64>,
}

#[derive(Serialize, JsonSchema)]
struct ControlDocument {
    draws: u64,
    mean: f64,
    /// Nineteen of twenty draws gain less.
    high: f64,
    /// Whether they were drawn from the same parties, so that concentration is equal.
    same_source: bool,
}

#[derive(Serialize, JsonSchema)]
struct EffectDocument {
    party: String,
    needed_before: u64,
    needed_after: u64,
    alone_before: u64,
    alone_after: u64,
}

#[derive(Serialize, JsonSchema)]
struct StepDocument {
    proposals: u64,
    moves: u64,
    in_sample: GainDocument,
    validation: GainDocument,
    held_out: Option<GainDocument>,
}

#[derive(Serialize, JsonSchema)]
struct RefusedDocument {
    kind: &'static str,
    moves: Vec<MoveRecord>,
    /// `uncertain`, `fades`, `chance`, `design`, `load` or `overlaps`.
    because: &'static str,
    in_sample: GainDocument,
    validation: GainDocument,
}

#[derive(Serialize, JsonSchema)]
struct BaselineDocument {
    /// `proposals`, `as_it_is`, `random_moves`, `leiden_moves`, `directory_moves`, `leiden` or `directories`.
    name: &'static str,
    /// Of moves, what they save per change.
    gain: Option<f64>,
    /// Of cuts, parties beyond the first per change, over files that changes before the cut touch and somebody owns.
    further: Option<f64>,
    effective: Option<f64>,
    /// Touches before the cut of the files that get another owner.
    moved_touches: u64,
}

/// What a report says of it.
#[derive(Serialize, JsonSchema)]
pub(crate) struct DoFirst {
    /// The first day hidden from what proposes.
    cut: String,
    /// `moves`, `no_move_helps`, `too_little` or `one_party`.
    verdict: &'static str,
    proposals: Vec<ProposalDocument>,
}

impl DoFirst {
    pub(crate) fn of(shown: &Shown<'_>) -> Self {
        Self {
            cut: date(shown.redesign.cut),
            verdict: shown.redesign.verdict.name(),
            proposals: shown.first().iter().map(|one| proposal(shown, one)).collect(),
        }
    }
}

/// One object with a final newline.
pub fn render(shown: &Shown<'_>) -> String {
    written(&document(shown, None))
}

/// The same with the other ways.
pub fn backtest(backtest: &Backtest<'_>) -> String {
    written(&document(&backtest.shown, Some(backtest.baselines)))
}

/// The JSON Schema of the document, as committed in docs/.
pub fn schema() -> String {
    written(&schemars::schema_for!(Document))
}

fn document(shown: &Shown<'_>, baselines: Option<&[Baseline]>) -> Document {
    let redesign = shown.redesign;
    let [fit, validation, held_out] = &redesign.base;
    Document {
        schema: SCHEMA,
        repository: shown.lens.facts.repository.name.clone(),
        cut: date(redesign.cut),
        hidden: redesign.hidden,
        structure: if shown.structure_at_cut { "cut" } else { "today" },
        counted_in: redesign.level.name(),
        verdict: redesign.verdict.name(),
        seed: shown.seed,
        tried: redesign.tried,
        days_per_further_team: shown.days,
        as_it_is: AsItIs { fit: base(fit), validation: base(validation), held_out: base(held_out) },
        proposals: redesign.proposals.iter().map(|one| proposal(shown, one)).collect(),
        steps: redesign.steps.iter().map(|one| step(shown, one)).collect(),
        refused: redesign.refused.iter().map(|one| refused(shown, one)).collect(),
        refused_in_all: redesign.refused_in_all,
        with_new_files: redesign.with_new_files,
        baselines: baselines.map(|all| all.iter().map(baseline).collect()),
    }
}

fn base(base: &Base) -> BaseDocument {
    BaseDocument {
        changes: base.changes,
        further: base.further,
        alone: base.alone,
        from: base.span.map(|(from, _)| date(from)),
        to: base.span.map(|(_, to)| date(to)),
    }
}

fn proposal(shown: &Shown<'_>, one: &Proposal) -> ProposalDocument {
    let name = |party: &PartyId| shown.party(*party);
    let kind = one.moves.first().map_or("give", facts::moves::Move::kind);
    let gain = |of: &Gain| gain_in(shown, of, one.counted_in);
    ProposalDocument {
        id: one.id.clone(),
        kind,
        moves: one.moves.iter().map(MoveRecord::from).collect(),
        why: super::text::why(shown, one),
        because: WhyDocument {
            changes: one.why.changes,
            with: one.why.with,
            alone: one.why.alone,
            from: one.why.from.iter().map(name).collect(),
            to: one.why.to.as_ref().map(name),
            hides: one.why.hides.clone(),
            users: one.why.users,
        },
        counted_in: one.counted_in.name(),
        last_resort: one.last_resort,
        bound: kind == "interface",
        in_sample: gain(&one.in_sample),
        validation: gain(&one.validation),
        held_out: one.held_out.as_ref().map(gain),
        effects: one
            .effects
            .iter()
            .map(|effect| EffectDocument {
                party: shown.party(effect.party),
                needed_before: effect.needed.0,
                needed_after: effect.needed.1,
                alone_before: effect.alone.0,
                alone_after: effect.alone.1,
            })
            .collect(),
        examples: one
            .examples
            .iter()
            .map(|change| shown.lens.facts.changes.commit[change.index()].to_string())
            .collect(),
    }
}

fn gain_in(shown: &Shown<'_>, gain: &Gain, level: outlook::redesign::Level) -> GainDocument {
    let days = shown.days.filter(|_| level == outlook::redesign::Level::Teams);
    GainDocument {
        changes: gain.changes,
        saved: gain.saved,
        fewer: gain.fewer,
        more: gain.more,
        gain: gain.gain,
        quarters: gain.quarters,
        interval: gain.interval.map(|(low, high)| [low, high]),
        control: gain.control.as_ref().map(|control: &Control| ControlDocument {
            draws: control.draws,
            mean: control.mean,
            high: control.high,
            same_source: control.same_source,
        }),
        corrected: gain.corrected(),
        effective: gain.effective.map(|(before, after)| [before, after]),
        days_a_year: days.and_then(|days| gain.days_a_year(days)),
    }
}

fn step(shown: &Shown<'_>, step: &Step) -> StepDocument {
    let level = shown.redesign.level;
    StepDocument {
        proposals: step.proposals,
        moves: step.moves,
        in_sample: gain_in(shown, &step.in_sample, level),
        validation: gain_in(shown, &step.validation, level),
        held_out: step.held_out.as_ref().map(|gain| gain_in(shown, gain, level)),
    }
}

fn refused(shown: &Shown<'_>, one: &Refused) -> RefusedDocument {
    RefusedDocument {
        kind: one.moves.first().map_or("give", facts::moves::Move::kind),
        moves: one.moves.iter().map(MoveRecord::from).collect(),
        because: one.because.name(),
        in_sample: gain_in(shown, &one.in_sample, shown.redesign.level),
        validation: gain_in(shown, &one.validation, shown.redesign.level),
    }
}

fn baseline(one: &Baseline) -> BaselineDocument {
    BaselineDocument {
        name: one.name,
        gain: one.gain,
        further: one.further,
        effective: one.effective,
        moved_touches: one.moved_touches,
    }
}
