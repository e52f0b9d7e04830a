//! A replay for other programs: `unsnarl.replay/1`.
//!
//! Fields are only ever added within a version. The schema is generated from these types and committed as
//! `docs/replay.schema.json`; a test holds it fresh.

use facts::{Lens, time};
use measures::{Estimate, price::Price};
use outlook::replay::{BoundaryReplayed, Compared, Flip, Line, Replay, TeamReplayed};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Replayed, notes};
use crate::{
    document::written,
    json::{Value, value},
    moves::MoveRecord,
    plain::plain,
};

/// The version of the contract.
const SCHEMA: &str = "unsnarl.replay/1";
/// Changes that are listed of each sort.
const MOST_FLIPPED: usize = 1000;

/// A replay as pretty-printed JSON with a final newline.
pub fn render(shown: &Replayed<'_>) -> String {
    written(&document(shown))
}

/// The JSON Schema of the document, as committed in docs/.
pub fn schema() -> String {
    written(&schemars::schema_for!(Document))
}

/// Another structure over the same changes. Shares are 0 to 1, intervals 95 %; what cannot be told is null.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "unsnarl replay")]
struct Document {
    /// Always `unsnarl.replay/1`.
    schema: &'static str,
    /// The repository's directory name.
    repository: String,
    /// Changes that count, the same on both sides.
    changes: u64,
    before: Side,
    after: Side,
    /// After less before.
    difference: Differences,
    /// The same over the changes of the last year; null where none has a date.
    last_year: Option<Window>,
    flipped: Flipped,
    /// Teams; those whose work differs most first. Single people are not among them.
    per_team: Vec<TeamRead>,
    /// Where two teams meet; what differs most first.
    per_boundary: Vec<BoundaryRead>,
    /// What one more team multiplies lead time by, as it is before; null where that cannot be told.
    price: Option<PriceRead>,
    /// Why there is no price.
    price_note: Option<String>,
    files: Files,
    /// The moves that lead to it; empty where it stands in a file of its own.
    moves: Vec<MoveRecord>,
    /// Sentences a reader needs in order not to be misled.
    notes: Vec<String>,
}

/// One structure over the history.
#[derive(Serialize, JsonSchema)]
struct Side {
    /// What it is: a file's name, or today's structure.
    structure: String,
    /// `declared`, `inferred` or `none`: what teams rest on.
    ownership: &'static str,
    #[serde(flatten)]
    values: Values,
    /// Changes that touch nothing anybody owns.
    unowned_changes: u64,
    /// Days of lead time that coordination cost in the last year, by the price; null without one.
    days: Option<f64>,
    /// Why nobody can need another; null where two teams own what changes.
    undefined: Option<&'static str>,
}

/// The measures on one side.
#[derive(Serialize, JsonSchema)]
struct Values {
    /// The share of changes that need at most one team.
    independence: Value,
    /// Further teams a change.
    coordination: Value,
    /// Approvals a change.
    approvals: Value,
    /// Modules a change, of those that lie in one on both sides.
    modules: Value,
}

/// What differs.
#[derive(Serialize, JsonSchema)]
struct Differences {
    independence: Difference,
    coordination: Difference,
    approvals: Difference,
    modules: Difference,
}

/// After less before, change by change.
#[derive(Serialize, JsonSchema)]
struct Difference {
    value: Option<f64>,
    interval: Option<[f64; 2]>,
}

/// A part of history.
#[derive(Serialize, JsonSchema)]
struct Window {
    before: Values,
    after: Values,
    difference: Differences,
}

/// Changes that would have needed other teams.
#[derive(Serialize, JsonSchema)]
struct Flipped {
    /// Changes that would have needed fewer teams.
    fewer_teams: u64,
    /// Changes that would have needed more.
    more_teams: u64,
    became_independent: Flips,
    lost_independence: Flips,
}

/// Changes of one sort.
#[derive(Serialize, JsonSchema)]
struct Flips {
    count: u64,
    /// The newest first, 1000 at most.
    changes: Vec<FlipRead>,
}

/// One change.
#[derive(Serialize, JsonSchema)]
struct FlipRead {
    commit: String,
    /// Of its merge, `YYYY-MM-DD`; null where its date cannot be true.
    date: Option<String>,
    subject: String,
    /// Whom it needs.
    before: Vec<String>,
    after: Vec<String>,
}

/// A team on both sides.
#[derive(Serialize, JsonSchema)]
struct TeamRead {
    team: String,
    /// Of the changes that need it, those that need only it; `of` is how many need it.
    before: Value,
    after: Value,
}

/// Where two teams meet.
#[derive(Serialize, JsonSchema)]
struct BoundaryRead {
    a: String,
    b: String,
    before: BoundarySide,
    after: BoundarySide,
}

/// A boundary on one side.
#[derive(Serialize, JsonSchema)]
struct BoundarySide {
    /// Further teams its changes cost, in all.
    coordination: f64,
    /// Changes that need both.
    changes: u64,
    /// Days of lead time in the last year; null without a price.
    days: Option<f64>,
}

/// What one more team costs.
#[derive(Serialize, JsonSchema)]
struct PriceRead {
    factor: f64,
    interval: [f64; 2],
    /// Changes it rests on.
    changes: u64,
    /// Those of them that need more than one team.
    of_more_teams: u64,
}

/// How much of the tree is concerned.
#[derive(Serialize, JsonSchema)]
struct Files {
    /// Files where history ends.
    files: u64,
    /// Those of them with other owners.
    other_owners: u64,
    /// Those of them in another module.
    other_module: u64,
}

fn document(shown: &Replayed<'_>) -> Document {
    let Replayed { lenses, names, moves, replay, .. } = shown;
    let side = |at: usize| Side {
        structure: plain(names[at]),
        ownership: lenses[at].ownership.basis.name(),
        values: values(replay, |line| line.whole.values[at]),
        unowned_changes: replay.unowned[at],
        days: replay.price.as_ref().ok().map(|priced| priced.days[at]),
        undefined: replay.alone[at],
    };
    let recent = |line: &Line| line.recent.unwrap_or_default();
    Document {
        schema: SCHEMA,
        repository: plain(&lenses[0].facts.repository.name),
        changes: replay.changes,
        before: side(0),
        after: side(1),
        difference: differences(replay, |line| line.whole),
        last_year: replay.independence.recent.is_some().then(|| Window {
            before: values(replay, |line| recent(line).values[0]),
            after: values(replay, |line| recent(line).values[1]),
            difference: differences(replay, recent),
        }),
        flipped: Flipped {
            fewer_teams: replay.fewer,
            more_teams: replay.more,
            became_independent: flips(lenses[0], &replay.freed),
            lost_independence: flips(lenses[0], &replay.bound),
        },
        per_team: replay.teams.iter().map(team).collect(),
        per_boundary: replay.boundaries.iter().map(boundary).collect(),
        price: replay.price.as_ref().ok().map(|priced| price(&priced.price)),
        price_note: replay.price.as_ref().err().cloned(),
        files: Files {
            files: replay.moved.files,
            other_owners: replay.moved.owners,
            other_module: replay.moved.modules,
        },
        moves: moves.iter().map(MoveRecord::from).collect(),
        notes: notes(shown),
    }
}

fn values(replay: &Replay, of: impl Fn(&Line) -> Estimate) -> Values {
    Values {
        independence: value(&of(&replay.independence)),
        coordination: value(&of(&replay.coordination)),
        approvals: value(&of(&replay.approvals)),
        modules: value(&of(&replay.modules)),
    }
}

fn differences(replay: &Replay, of: impl Fn(&Line) -> Compared) -> Differences {
    let one = |line: &Line| {
        let compared = of(line);
        Difference { value: compared.difference, interval: compared.interval.map(|(low, high)| [low, high]) }
    };
    Differences {
        independence: one(&replay.independence),
        coordination: one(&replay.coordination),
        approvals: one(&replay.approvals),
        modules: one(&replay.modules),
    }
}

fn flips(lens: &Lens<'_>, flips: &[Flip]) -> Flips {
    let changes = &lens.facts.changes;
    let names = |names: &[String]| names.iter().map(|name| plain(name)).collect();
    let read = |flip: &Flip| FlipRead {
        commit: changes.commit[flip.change.index()].to_string(),
        date: lens.at(flip.change).map(time::date),
        subject: plain(changes.title(flip.change.index())),
        before: names(&flip.teams[0]),
        after: names(&flip.teams[1]),
    };
    Flips { count: flips.len() as u64, changes: flips.iter().take(MOST_FLIPPED).map(read).collect() }
}

fn team(team: &TeamReplayed) -> TeamRead {
    let [before, after] = team.independence.map(|own| value(&own));
    TeamRead { team: plain(&team.name), before, after }
}

fn boundary(one: &BoundaryReplayed) -> BoundaryRead {
    let side = |at: usize| BoundarySide {
        coordination: one.cost[at],
        changes: one.changes[at],
        days: one.days.map(|days| days[at]),
    };
    BoundaryRead { a: plain(&one.names.0), b: plain(&one.names.1), before: side(0), after: side(1) }
}

fn price(price: &Price) -> PriceRead {
    PriceRead {
        factor: price.factor,
        interval: [price.interval.0, price.interval.1],
        changes: price.changes,
        of_more_teams: price.together,
    }
}
