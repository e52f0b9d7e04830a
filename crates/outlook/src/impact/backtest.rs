//! How well the model would have done: of each of the last changes a random half is shown, and what it, TARMAQ and ROSE suggest is
//! held against the rest.
//!
//! Prequential: a question is answered from the changes before it. The model learns from what lies before the first question, once;
//! the past it is asked about grows with every change.

use facts::{ChangeId, FileId, Lens, Omission, Omitted};
use measures::stats::{quantile, random::Random};
use serde::{Deserialize, Serialize};

use super::{
    candidates::{Query, Room},
    model::{self, Model, Ranked, SHOWN},
    past::Past,
    question::{Question, askable},
    ranking::{average_precision, recall},
    rose, tarmaq,
};

/// Decides which half of a change is shown, and the resamples.
pub const SEED: u64 = 1;
/// Bins of the reliability table.
pub const BINS: usize = 10;
const RESAMPLES: usize = 1_000;
/// Neighbouring questions resemble each other: resamples take so many together, of few questions a tenth.
const BLOCK: usize = 25;

/// A value with its 95 % interval; both `None` where nothing was asked.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Estimate {
    /// The value.
    pub value: Option<f64>,
    /// Block bootstrap over the questions in their order.
    pub interval: Option<(f64, f64)>,
}

/// How one scorer did.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scores {
    /// Mean average precision over every question; a question without any suggestion counts as 0.
    pub map: Estimate,
    /// The same over questions it suggests anything for.
    pub map_where_applicable: Estimate,
    /// The mean share of the rest among its first ten.
    pub recall_at_10: Estimate,
    /// Of first suggestions, the share that is right.
    pub precision_at_1: Estimate,
    /// The share of questions it suggests anything for.
    pub applicability: Estimate,
}

/// By how much the model's mean average precision exceeds another's, on the same questions.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Against {
    /// The difference.
    pub difference: Estimate,
    /// The ratio.
    pub ratio: Estimate,
}

/// Suggestions of about one probability, and how many were right.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bin {
    /// How many.
    pub suggestions: f64,
    /// The sum of their probabilities.
    pub probability: f64,
    /// How many were right.
    pub right: f64,
}

/// The back-test of one history.
#[derive(Clone, Debug)]
pub struct Backtest {
    /// Questions that were asked.
    pub queries: usize,
    /// What was learned from before the first of them; `None` where the history is too short.
    pub model: Option<Model>,
    /// The model's.
    pub unsnarl: Scores,
    /// TARMAQ's.
    pub tarmaq: Scores,
    /// ROSE's.
    pub rose: Scores,
    /// The model against TARMAQ and against ROSE.
    pub against: [Against; 2],
    /// Expected calibration error over the first ten suggestions of every question, ten bins of equal width; 0 to 1.
    pub calibration_error: Estimate,
    /// Those bins, from the least probability up.
    pub reliability: [Bin; BINS],
    /// The share of complete changes to which nothing more is suggested.
    pub closure: Estimate,
    /// The share of halves on which it speaks up.
    pub spoken: Estimate,
    /// Where it does, the share of first suggestions that are right.
    pub right_when_spoken: Estimate,
    /// What was left out.
    pub ledger: Vec<Omission>,
}

/// How a model did on changes after those it learned from.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Hits {
    /// Changes it was asked about.
    pub questions: usize,
    /// The mean share of the rest among its first ten.
    pub recall_at_10: Estimate,
    /// Of first suggestions, the share that is right.
    pub precision_at_1: Estimate,
    /// Expected calibration error; 0 to 1.
    pub calibration_error: Estimate,
    /// The share of complete changes to which nothing more is suggested.
    pub closure: Estimate,
    /// The share of halves on which it speaks up,
    pub spoken: Estimate,
    /// and of first suggestions on those the share that is right.
    pub right_when_spoken: Estimate,
}

/// Sums over questions of what one scorer did.
#[derive(Clone, Copy, Default)]
struct Sums {
    precision: f64,
    recall: f64,
    first_right: f64,
    applicable: f64,
}

/// Sums over questions; every figure is a function of these.
#[derive(Clone, Copy, Default)]
struct Tally {
    asked: f64,
    scorers: [Sums; 3],
    bins: [Bin; BINS],
    closed: f64,
    spoken: f64,
    right_when_spoken: f64,
}

impl Tally {
    fn add(&mut self, other: &Self) {
        self.asked += other.asked;
        for (sums, more) in self.scorers.iter_mut().zip(&other.scorers) {
            sums.precision += more.precision;
            sums.recall += more.recall;
            sums.first_right += more.first_right;
            sums.applicable += more.applicable;
        }
        for (bin, more) in self.bins.iter_mut().zip(&other.bins) {
            bin.suggestions += more.suggestions;
            bin.probability += more.probability;
            bin.right += more.right;
        }
        self.closed += other.closed;
        self.spoken += other.spoken;
        self.right_when_spoken += other.right_when_spoken;
    }

    fn calibration_error(&self) -> Option<f64> {
        let all: f64 = self.bins.iter().map(|bin| bin.suggestions).sum();
        ratio(self.bins.iter().map(|bin| (bin.probability - bin.right).abs()).sum(), all)
    }
}

fn ratio(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

/// Asks about the last `queries` askable changes, at most half of all there are.
pub fn backtest(lens: &Lens<'_>, queries: usize) -> Backtest {
    let askable = askable(lens);
    let first = askable.len() - queries.min(askable.len() / 2);
    let (before, asked) = askable.split_at(first);
    let model = model::train_on(lens, before, SEED);
    let tallies = model.as_ref().map(|model| answers(lens, model, asked, true)).unwrap_or_default();
    let figures = Figures::new(&tallies);
    let scores = |at: usize| Scores {
        map: figures.of(|all| ratio(all.scorers[at].precision, all.asked)),
        map_where_applicable: figures.of(|all| ratio(all.scorers[at].precision, all.scorers[at].applicable)),
        recall_at_10: figures.of(|all| ratio(all.scorers[at].recall, all.asked)),
        precision_at_1: figures.of(|all| ratio(all.scorers[at].first_right, all.scorers[at].applicable)),
        applicability: figures.of(|all| ratio(all.scorers[at].applicable, all.asked)),
    };
    let against = |at: usize| Against {
        difference: figures.of(|all| ratio(all.scorers[0].precision - all.scorers[at].precision, all.asked)),
        ratio: figures.of(|all| ratio(all.scorers[0].precision, all.scorers[at].precision)),
    };
    Backtest {
        queries: tallies.len(),
        unsnarl: scores(0),
        tarmaq: scores(1),
        rose: scores(2),
        against: [against(1), against(2)],
        calibration_error: figures.of(Tally::calibration_error),
        reliability: figures.whole.bins,
        closure: figures.of(|all| ratio(all.closed, all.asked)),
        spoken: figures.of(|all| ratio(all.spoken, all.asked)),
        right_when_spoken: figures.of(|all| ratio(all.right_when_spoken, all.spoken)),
        ledger: ledger(lens, askable.len(), before.len(), model.is_some()),
        model,
    }
}

/// How a model does on changes after those it learned from.
pub fn hits(lens: &Lens<'_>, model: &Model, asked: &[ChangeId]) -> Hits {
    let tallies = answers(lens, model, asked, false);
    let figures = Figures::new(&tallies);
    let own = |all: &Tally| all.scorers[0];
    Hits {
        questions: tallies.len(),
        recall_at_10: figures.of(|all| ratio(own(all).recall, all.asked)),
        precision_at_1: figures.of(|all| ratio(own(all).first_right, own(all).applicable)),
        calibration_error: figures.of(Tally::calibration_error),
        closure: figures.of(|all| ratio(all.closed, all.asked)),
        spoken: figures.of(|all| ratio(all.spoken, all.asked)),
        right_when_spoken: figures.of(|all| ratio(all.right_when_spoken, all.spoken)),
    }
}

/// What came of each question, in order of time; `others` are asked, too.
fn answers(lens: &Lens<'_>, model: &Model, asked: &[ChangeId], others: bool) -> Vec<Tally> {
    let mut room = Room::new(lens.facts);
    let mut tallies = Vec::with_capacity(asked.len());
    model::walk(lens, asked, SEED, |past, question| {
        tallies.push(answer(lens, model, past, question, &mut room, others));
    });
    tallies
}

fn answer(
    lens: &Lens<'_>,
    model: &Model,
    past: &Past,
    question: &Question,
    room: &mut Room,
    others: bool,
) -> Tally {
    let query = question.query(past);
    let ranked = model.rank(lens, past, room, query);
    let whole = model.rank(lens, past, room, Query { files: &question.whole(), ..query });
    let files: Vec<FileId> = ranked.iter().map(|one| one.0).collect();
    let spoken = !model.nothing_more(&ranked);
    let first_right = files.first().is_some_and(|file| question.rest.contains(file));
    let one = |yes: bool| f64::from(u8::from(yes));
    Tally {
        asked: 1.0,
        scorers: if others {
            [files, tarmaq::rank(past, query.files), rose::rank(past, query.files)]
                .map(|ranking| sums(&ranking, &question.rest))
        } else {
            [sums(&files, &question.rest), Sums::default(), Sums::default()]
        },
        bins: bins(&ranked, &question.rest),
        closed: one(model.nothing_more(&whole)),
        spoken: one(spoken),
        right_when_spoken: one(spoken && first_right),
    }
}

fn sums(ranking: &[FileId], rest: &[FileId]) -> Sums {
    Sums {
        precision: average_precision(ranking, rest),
        recall: recall(ranking, rest, SHOWN),
        first_right: f64::from(u8::from(ranking.first().is_some_and(|file| rest.contains(file)))),
        applicable: f64::from(u8::from(!ranking.is_empty())),
    }
}

fn bins(ranked: &[Ranked], rest: &[FileId]) -> [Bin; BINS] {
    let mut bins = [Bin::default(); BINS];
    for (file, probability) in ranked.iter().take(SHOWN) {
        let bin = &mut bins[((probability * BINS as f64) as usize).min(BINS - 1)];
        bin.suggestions += 1.0;
        bin.probability += probability;
        bin.right += f64::from(u8::from(rest.contains(file)));
    }
    bins
}

/// The sums over all questions, and over each resample of them.
struct Figures {
    whole: Tally,
    resamples: Vec<Tally>,
}

impl Figures {
    fn new(tallies: &[Tally]) -> Self {
        let sum = |rows: &mut dyn Iterator<Item = &Tally>| {
            rows.fold(Tally::default(), |mut sum, one| {
                sum.add(one);
                sum
            })
        };
        let mut random = Random::new(SEED);
        let count = tallies.len();
        let mut resample = || {
            let drawn = random.blocks(count, BLOCK.min(count.div_ceil(10)), count);
            sum(&mut drawn.iter().map(|&at| &tallies[at]))
        };
        let resamples = if count == 0 { Vec::new() } else { (0..RESAMPLES).map(|_| resample()).collect() };
        Self { whole: sum(&mut tallies.iter()), resamples }
    }

    fn of(&self, figure: impl Fn(&Tally) -> Option<f64>) -> Estimate {
        let mut values: Vec<f64> = self.resamples.iter().filter_map(&figure).collect();
        let low = quantile::quantile(&mut values, 0.025);
        let high = quantile::quantile(&mut values, 0.975);
        Estimate { value: figure(&self.whole), interval: low.zip(high) }
    }
}

/// What no question was made of.
fn ledger(lens: &Lens<'_>, askable: usize, before: usize, learned: bool) -> Vec<Omission> {
    let mut ledger = lens.ledger.clone();
    let out = (lens.counted.len() - askable) as u64;
    if out > 0 {
        let why = "changes touch fewer than two or more than thirty files that were there before; of such nothing can be asked, but they are learned from";
        ledger.push(Omission::new(Omitted::Other, out, why));
    }
    if !learned {
        let why = format!(
            "changes of two to thirty files lie before the first question: too few to learn from, of {askable} in all"
        );
        ledger.push(Omission::new(Omitted::Other, before as u64, why));
    }
    ledger
}

#[cfg(test)]
mod tests {
    use super::{super::planted, *};

    /// Forty files in twenty pairs, each always changed together, one change in five with a file beside.
    fn pairs() -> Vec<Vec<u32>> {
        let mut random = Random::new(3);
        let change = |_| {
            let pair = 2 * random.below(20) as u32;
            let mut files = vec![pair, pair + 1];
            if random.below(5) == 0 {
                files.push(40 + random.below(60) as u32);
            }
            files
        };
        (0..1_500).map(change).collect()
    }

    /// Two of two hundred files, whichever.
    fn noise() -> Vec<Vec<u32>> {
        let mut random = Random::new(5);
        let change = |_| {
            let first = random.below(200);
            let second = (first + 1 + random.below(199)) % 200;
            vec![first.min(second) as u32, first.max(second) as u32]
        };
        (0..1_500).map(change).collect()
    }

    #[test]
    fn planted_partners_are_found_and_their_probabilities_hold() {
        let facts = planted::history(100, &pairs());
        planted::through(&facts, |lens| {
            let found = backtest(lens, 400);
            assert_eq!(found.queries, 400);
            assert!(found.unsnarl.map.value > Some(0.85), "{found:?}");
            assert!(found.calibration_error.value < Some(0.05), "{found:?}");
            assert!(found.closure.value > Some(0.8), "{found:?}");
            assert!(found.spoken.value > Some(0.5) && found.right_when_spoken.value > Some(0.9), "{found:?}");
        });
    }

    #[test]
    fn where_there_is_no_structure_nothing_is_suggested() {
        let facts = planted::history(200, &noise());
        planted::through(&facts, |lens| {
            let found = backtest(lens, 400);
            assert_eq!(found.queries, 400);
            assert!(found.spoken.value < Some(0.02), "{found:?}");
            assert!(found.closure.value > Some(0.98), "{found:?}");
            assert!(found.calibration_error.value < Some(0.05), "{found:?}");
        });
    }

    #[test]
    fn a_history_too_short_says_so() {
        let bulk: Vec<Vec<u32>> = (0..200).map(|_| (0..40).collect()).collect();
        for changes in [vec![], vec![vec![0, 1]], bulk] {
            let facts = planted::history(40, &changes);
            planted::through(&facts, |lens| {
                let found = backtest(lens, 400);
                assert!(found.model.is_none() && found.queries == 0);
                assert_eq!(found.unsnarl, Scores::default());
                assert!(found.ledger.iter().any(|line| line.why.contains("too few to learn from")));
            });
        }
    }

    #[test]
    fn the_same_history_gives_the_same_figures() {
        let facts = planted::history(100, &pairs());
        let figures = || planted::through(&facts, |lens| format!("{:?}", backtest(lens, 100)));
        assert_eq!(figures(), figures());
    }

    /// A perfect scorer on ten questions and one that is silent: 1 and 0, whatever is resampled.
    #[test]
    fn silence_counts_as_nothing_found() {
        let one = sums(&[FileId(1)], &[FileId(1)]);
        let none = sums(&[], &[FileId(1)]);
        let tally = Tally { asked: 1.0, scorers: [one, none, none], ..Tally::default() };
        let figures = Figures::new(&[tally; 10]);
        let map = |at: usize| figures.of(|all| ratio(all.scorers[at].precision, all.asked));
        assert_eq!(map(0), Estimate { value: Some(1.0), interval: Some((1.0, 1.0)) });
        assert_eq!(map(1), Estimate { value: Some(0.0), interval: Some((0.0, 0.0)) });
        assert_eq!(figures.of(|all| ratio(all.scorers[1].precision, all.scorers[1].applicable)).value, None);
    }
}
