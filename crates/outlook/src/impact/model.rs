//! A model of one repository: learned from the questions of its own past, asked of its next change.
//!
//! ```text
//! askable changes, oldest first
//! ├── the first tenth ──┤──── trees ────┤ probabilities ├── what is asked now
//!                       └─── the last: half-life ──┘
//! ```
//!
//! The half-life is the one by which S alone finds most, the trees learn from every signal, the probabilities and the silence from
//! answers the trees had not seen; nothing learns from what lies after it.

use facts::{ChangeId, FileId, Lens};

use super::{
    candidates::{Candidate, MIDDLE, Query, Room},
    decay::HALF_LIVES,
    past::Past,
    question::Question,
    ranking::average_precision,
    signals::SIGNALS,
};
use crate::learn::{
    forest::{Example, Forest, Growth},
    isotonic::Isotonic,
};
use serde::{Deserialize, Serialize};

/// Questions the trees learn from, and those the probabilities do: the latest, so many at most.
const TREES: usize = 2_000;
const PROBABILITIES: usize = 600;
/// Questions the half-life is chosen by: the last of those the trees learn from.
const HALF_LIFE: usize = 400;
/// With fewer questions nothing is learned.
pub(super) const FEWEST: usize = 40;
/// Candidates a question teaches by: the first, and every fourth of the others.
const TAUGHT: usize = 120;
const TAUGHT_OF_OTHERS: usize = 4;
/// So many first suggestions are shown; probabilities are learned from and judged by these.
pub const SHOWN: usize = 10;
/// The share of complete changes on which it shall be silent.
const SILENT_ON_COMPLETE: f64 = 0.9;
/// What is less likely than not is never said to be missing.
pub(super) const LEAST_SILENCE: f64 = 0.5;

const GROWTH: Growth = Growth { trees: 150, depth: 5, rate: 0.08, leaf: 5.0, shrink: 2.0 };

/// What was learned of one repository.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Model {
    half_life: usize,
    forest: Forest<SIGNALS>,
    probabilities: Isotonic,
    silence: f64,
    questions: usize,
}

/// A file in the order of a model, with its probability.
pub type Ranked = (FileId, f64);

impl Model {
    /// The half-life in changes; `None` where the past does not fade.
    pub fn half_life(&self) -> Option<f64> {
        Some(self.half_life_in_changes()).filter(|half| half.is_finite())
    }

    pub(super) fn half_life_in_changes(&self) -> f64 {
        HALF_LIVES[self.half_life]
    }

    /// How many questions it learned from.
    pub fn questions(&self) -> usize {
        self.questions
    }

    /// The probability below which a first suggestion is none: the change looks complete. 0.5 to 1.
    pub fn silence(&self) -> f64 {
        self.silence
    }

    /// Whether a change looks complete by what would be suggested for it.
    pub fn nothing_more(&self, ranked: &[Ranked]) -> bool {
        is_silent(ranked.first().map(|first| first.1), self.silence)
    }

    /// Every candidate for a query, the likeliest first.
    pub fn rank(&self, lens: &Lens<'_>, past: &Past, room: &mut Room, query: Query<'_>) -> Vec<Ranked> {
        let candidates = room.candidates(lens.facts, past, query, self.half_life);
        let probability = |(file, score)| (file, self.probabilities.probability(score));
        self.scored(&candidates).into_iter().map(probability).collect()
    }

    /// Candidates by the log odds of the trees; what these leave open stays in the order of S.
    fn scored(&self, candidates: &[Candidate]) -> Vec<(FileId, f64)> {
        let score = |one: &Candidate| (one.file, self.forest.score(&one.row));
        let mut scored: Vec<(FileId, f64)> = candidates.iter().map(score).collect();
        scored.sort_by(|a, b| b.1.total_cmp(&a.1));
        scored
    }
}

/// Whether the likeliest suggestion is too unlikely to be made.
pub(super) fn is_silent(likeliest: Option<f64>, below: f64) -> bool {
    likeliest.is_none_or(|probability| probability < below)
}

/// What was found of a question the probabilities learn from, and of its change as a whole.
struct Answer {
    candidates: Vec<Candidate>,
    rest: Vec<FileId>,
    of_whole: Vec<Candidate>,
}

/// Learns from these askable changes and nothing else; `None` where there are too few.
pub fn train_on(lens: &Lens<'_>, askable: &[ChangeId], seed: u64) -> Option<Model> {
    if askable.len() < FEWEST {
        return None;
    }
    // The trees see what lies before the first of these.
    let later = askable.len() - (askable.len() / 4).min(PROBABILITIES);
    let begin = (later / 10).max(later.saturating_sub(TREES));
    let half_life = choose_half_life(lens, &askable[begin.max(later.saturating_sub(HALF_LIFE))..later], seed);
    let mut room = Room::new(lens.facts);
    let mut examples: Vec<Example<SIGNALS>> = Vec::new();
    let mut answers: Vec<Answer> = Vec::new();
    walk(lens, &askable[begin..], seed, |past, question| {
        let candidates = room.candidates(lens.facts, past, question.query(past), half_life);
        if question.change < askable[later] {
            teach(&candidates, &question.rest, &mut examples);
        } else {
            let whole = Query { files: &question.whole(), ..question.query(past) };
            let of_whole = room.candidates(lens.facts, past, whole, half_life);
            answers.push(Answer { candidates, rest: question.rest.clone(), of_whole });
        }
    });
    let forest = Forest::fit(&examples, GROWTH);
    let model = Model {
        half_life,
        forest,
        probabilities: Isotonic::default(),
        silence: 1.0,
        questions: askable.len() - begin,
    };
    Some(calibrated(model, &answers))
}

/// The model with probabilities, and with the silence that leaves nine of ten complete changes alone.
fn calibrated(mut model: Model, answers: &[Answer]) -> Model {
    let mut seen: Vec<(f64, bool)> = Vec::new();
    for answer in answers {
        let shown = model.scored(&answer.candidates).into_iter().take(SHOWN);
        seen.extend(shown.map(|(file, score)| (score, answer.rest.contains(&file))));
    }
    model.probabilities = Isotonic::fit(&seen);
    let first = |answer: &Answer| {
        let scored = model.scored(&answer.of_whole);
        scored.first().map_or(0.0, |first| model.probabilities.probability(first.1))
    };
    let mut complete: Vec<f64> = answers.iter().map(first).collect();
    complete.sort_by(f64::total_cmp);
    let at = (complete.len() as f64 * SILENT_ON_COMPLETE) as usize;
    model.silence = complete.get(at).copied().unwrap_or(1.0).max(LEAST_SILENCE);
    model
}

/// What one question teaches: its first candidates, some of the others, and all of those that were right.
fn teach(candidates: &[Candidate], rest: &[FileId], examples: &mut Vec<Example<SIGNALS>>) {
    for (at, one) in candidates.iter().enumerate() {
        let yes = rest.contains(&one.file);
        if yes || at < TAUGHT || at % TAUGHT_OF_OTHERS == 0 {
            examples.push(Example { row: one.row, yes });
        }
    }
}

/// The half-life by which S alone finds most.
fn choose_half_life(lens: &Lens<'_>, changes: &[ChangeId], seed: u64) -> usize {
    let mut room = Room::new(lens.facts);
    let mut sums = [0.0; HALF_LIVES.len()];
    walk(lens, changes, seed, |past, question| {
        let mut candidates = room.candidates(lens.facts, past, question.query(past), MIDDLE);
        for (at, sum) in sums.iter_mut().enumerate() {
            candidates.sort_by(|a, b| b.fading[at].total_cmp(&a.fading[at]));
            let order: Vec<FileId> = candidates.iter().map(|one| one.file).collect();
            *sum += average_precision(&order, &question.rest);
        }
    });
    (0..sums.len()).max_by(|&a, &b| sums[a].total_cmp(&sums[b])).unwrap_or(MIDDLE)
}

/// Goes through a history and asks, at each of these changes, what was known before it.
pub fn walk(lens: &Lens<'_>, changes: &[ChangeId], seed: u64, mut ask: impl FnMut(&Past, &Question)) {
    let mut past = Past::new(lens.facts);
    let mut counted = lens.counted.iter().copied().peekable();
    let mut asked = changes.iter().copied().peekable();
    for change in lens.facts.changes.ids() {
        if asked.peek().is_none() {
            break;
        }
        if asked.next_if_eq(&change).is_some()
            && let Some(question) = Question::of(lens, &past, change, seed)
        {
            ask(&past, &question);
        }
        let counts = counted.next_if_eq(&change).is_some();
        past.learn(lens.facts, change, counts);
    }
}
