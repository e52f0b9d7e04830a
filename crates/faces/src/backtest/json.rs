//! The contract other programs rely on: `unsnarl.backtest-impact/1`. Fields are only ever added within a version.

use outlook::impact::backtest::{Against, BINS, Backtest, Bin, Estimate, SEED, Scores};
use schemars::JsonSchema;
use serde::Serialize;

use crate::document::written;

/// The version of the contract.
const SCHEMA: &str = "unsnarl.backtest-impact/1";

/// One object with a final newline.
pub fn json(name: &str, backtest: &Backtest) -> String {
    written(&document(name, backtest))
}

/// The JSON Schema of the document, as committed in docs/.
pub fn schema() -> String {
    written(&schemars::schema_for!(Document<'_>))
}

/// How well further files would have been predicted. Where nothing could be asked, figures are null.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "unsnarl backtest impact")]
struct Document<'a> {
    /// Always `unsnarl.backtest-impact/1`.
    schema: &'static str,
    /// The repository's directory name.
    repository: &'a str,
    /// Changes that were asked about.
    queries: u64,
    /// Changes before them that were learned from.
    learned_from: u64,
    /// In changes; null where the past does not fade.
    half_life: Option<f64>,
    /// Decides which half of a change is shown.
    seed: u64,
    scorers: Scorers,
    /// By how much the mean average precision of unsnarl exceeds theirs, on the same questions.
    against: Opponents,
    /// Expected calibration error of unsnarl over the first ten suggestions of every question, in ten bins: 0 to 1.
    calibration_error: Option<f64>,
    /// 95 %, block bootstrap over the questions in order of time; so are all.
    calibration_error_interval: Option<[f64; 2]>,
    calibration: Vec<BinDocument>,
    /// The share of complete changes to which nothing more is suggested, 0 to 1.
    closure: Option<f64>,
    closure_interval: Option<[f64; 2]>,
    silence: Silence,
    left_out: Vec<Line>,
}

#[derive(Serialize, JsonSchema)]
struct Scorers {
    unsnarl: Scorer,
    tarmaq: Scorer,
    rose: Scorer,
}

/// Shares, 0 to 1.
#[derive(Serialize, JsonSchema)]
struct Scorer {
    /// Mean average precision over all files that are to be found; a question without a suggestion counts as 0.
    map: Option<f64>,
    map_interval: Option<[f64; 2]>,
    /// The same over questions with a suggestion.
    map_where_applicable: Option<f64>,
    map_where_applicable_interval: Option<[f64; 2]>,
    recall_at_10: Option<f64>,
    recall_at_10_interval: Option<[f64; 2]>,
    /// Over questions with a suggestion.
    precision_at_1: Option<f64>,
    precision_at_1_interval: Option<[f64; 2]>,
    /// The share of questions with a suggestion.
    applicability: Option<f64>,
    applicability_interval: Option<[f64; 2]>,
}

#[derive(Serialize, JsonSchema)]
struct Opponents {
    tarmaq: Opponent,
    rose: Opponent,
}

#[derive(Serialize, JsonSchema)]
struct Opponent {
    difference: Option<f64>,
    difference_interval: Option<[f64; 2]>,
    ratio: Option<f64>,
    ratio_interval: Option<[f64; 2]>,
}

/// Suggestions of about one probability.
#[derive(Serialize, JsonSchema)]
struct BinDocument {
    from: f64,
    to: f64,
    suggestions: u64,
    /// Null where there is none.
    mean_probability: Option<f64>,
    /// How many were right.
    right: u64,
}

/// When it says that nothing more is needed.
#[derive(Serialize, JsonSchema)]
struct Silence {
    /// The probability of the first suggestion below which nothing is said.
    below: Option<f64>,
    /// The share of halves on which it speaks up.
    spoken: Option<f64>,
    spoken_interval: Option<[f64; 2]>,
    /// Where it does, the share of first suggestions that are right.
    right: Option<f64>,
    right_interval: Option<[f64; 2]>,
}

/// What was left out.
#[derive(Serialize, JsonSchema)]
struct Line {
    what: &'static str,
    count: u64,
    why: String,
}

fn ends(estimate: Estimate) -> Option<[f64; 2]> {
    estimate.interval.map(|(low, high)| [low, high])
}

fn document<'a>(name: &'a str, backtest: &Backtest) -> Document<'a> {
    let model = backtest.model.as_ref();
    let line = |one: &facts::Omission| Line { what: one.what.name(), count: one.count, why: one.why.clone() };
    Document {
        schema: SCHEMA,
        repository: name,
        queries: backtest.queries as u64,
        learned_from: model.map_or(0, |model| model.questions() as u64),
        half_life: model.and_then(|model| model.half_life()),
        seed: SEED,
        scorers: Scorers {
            unsnarl: scorer(&backtest.unsnarl),
            tarmaq: scorer(&backtest.tarmaq),
            rose: scorer(&backtest.rose),
        },
        against: Opponents { tarmaq: opponent(&backtest.against[0]), rose: opponent(&backtest.against[1]) },
        calibration_error: backtest.calibration_error.value,
        calibration_error_interval: ends(backtest.calibration_error),
        calibration: backtest.reliability.iter().enumerate().map(bin).collect(),
        closure: backtest.closure.value,
        closure_interval: ends(backtest.closure),
        silence: Silence {
            below: model.map(|model| model.silence()),
            spoken: backtest.spoken.value,
            spoken_interval: ends(backtest.spoken),
            right: backtest.right_when_spoken.value,
            right_interval: ends(backtest.right_when_spoken),
        },
        left_out: backtest.ledger.iter().map(line).collect(),
    }
}

fn scorer(scores: &Scores) -> Scorer {
    Scorer {
        map: scores.map.value,
        map_interval: ends(scores.map),
        map_where_applicable: scores.map_where_applicable.value,
        map_where_applicable_interval: ends(scores.map_where_applicable),
        recall_at_10: scores.recall_at_10.value,
        recall_at_10_interval: ends(scores.recall_at_10),
        precision_at_1: scores.precision_at_1.value,
        precision_at_1_interval: ends(scores.precision_at_1),
        applicability: scores.applicability.value,
        applicability_interval: ends(scores.applicability),
    }
}

fn opponent(against: &Against) -> Opponent {
    Opponent {
        difference: against.difference.value,
        difference_interval: ends(against.difference),
        ratio: against.ratio.value,
        ratio_interval: ends(against.ratio),
    }
}

fn bin((at, bin): (usize, &Bin)) -> BinDocument {
    let edge = |at: usize| at as f64 / BINS as f64;
    BinDocument {
        from: edge(at),
        to: edge(at + 1),
        suggestions: bin.suggestions as u64,
        mean_probability: (bin.suggestions > 0.0).then(|| bin.probability / bin.suggestions),
        right: bin.right as u64,
    }
}
