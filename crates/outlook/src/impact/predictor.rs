//! What answers for one repository: a model, and how often it was right on the changes after those it learned from.
//!
//! ```text
//! askable changes, oldest first
//! ├── learned from ──────────────────┤── asked: its hits ──┤ newer: fewer than a step │
//! ```
//!
//! It learns anew only when a step of changes has been made since: until then the same model answers, with all that is known by now.
//! So it can be kept, and what is kept is what would be learned again.

use std::hash::Hasher as _;

use facts::{ChangeId, Lens};
use rustc_hash::FxHasher;
use serde::{Deserialize, Serialize};

use super::{
    backtest::{self, Hits, SEED},
    model::{self, FEWEST, Model},
    past::authors,
    question::askable,
};

/// How many askable changes a step is, by how many there are at least.
const STEPS: [(usize, usize); 3] = [(1_000, 250), (200, 50), (60, 10)];

/// Raised when the same history would teach something else.
const VERSION: u64 = 2;

/// What answers for one repository.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Predictor {
    /// What was learned; `None` where the history is too short to learn from.
    pub model: Option<Model>,
    /// How it did on later changes; `None` where nothing was learned.
    pub hits: Option<Hits>,
}

/// The changes a predictor learns from and those it is asked about, all of them askable.
#[derive(Clone, Debug)]
pub struct Lesson {
    changes: Vec<ChangeId>,
    /// How many of them are learned from.
    learned: usize,
}

impl Lesson {
    /// Parts the history of a lens.
    pub fn of(lens: &Lens<'_>) -> Self {
        let mut changes = askable(lens);
        let all = changes.len();
        let step = STEPS.into_iter().find(|(least, _)| all >= *least).map(|(_, step)| step);
        let (learned, asked) = match step {
            Some(step) => ((all / step - 1) * step, step),
            None => (0, 0),
        };
        changes.truncate(learned + asked);
        Self { changes, learned: if learned < FEWEST { 0 } else { learned } }
    }

    /// Whether there is anything to learn from.
    pub fn is_empty(&self) -> bool {
        self.learned == 0
    }

    /// A number that differs where something else would be learned: of every change up to the last one asked about its commit, its
    /// author, whether it counts and what it touches.
    pub fn number(&self, lens: &Lens<'_>) -> u64 {
        let mut hasher = FxHasher::default();
        hasher.write_u64(VERSION);
        let Some(&last) = self.changes.last() else { return hasher.finish() };
        let facts = lens.facts;
        let authors = authors(facts);
        let mut counted = lens.counted.iter().copied().peekable();
        for change in facts.changes.ids().take_while(|change| *change <= last) {
            hasher.write(facts.changes.commit[change.index()].as_bytes());
            hasher.write_u32(authors[change.index()].map_or(u32::MAX, |author| author.0));
            hasher.write_u8(u8::from(counted.next_if_eq(&change).is_some()));
            for at in facts.touches.of(change) {
                hasher.write_u32(facts.touches.file[at].0);
                // Paths are numbered otherwise where facts were kept.
                hasher.write(facts.paths.bytes(facts.touches.path[at]));
                hasher.write_u8(facts.touches.kind[at].letter() as u8);
            }
        }
        hasher.finish()
    }

    /// Learns, and asks what comes after.
    pub fn learn(&self, lens: &Lens<'_>) -> Predictor {
        let (learned, asked) = self.changes.split_at(self.learned);
        let model = if self.is_empty() { None } else { model::train_on(lens, learned, SEED) };
        let hits = model.as_ref().map(|model| backtest::hits(lens, model, asked));
        Predictor { model, hits }
    }
}

impl Predictor {
    /// Bytes for keeping it.
    pub fn encode(&self) -> Vec<u8> {
        postcard::to_allocvec(self).unwrap_or_default()
    }

    /// What was kept; `None` when it is not such.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        postcard::from_bytes(bytes).ok()
    }
}

#[cfg(test)]
mod tests {
    use facts::TouchKind;

    use super::{super::planted, *};

    fn pairs(count: usize) -> Vec<Vec<u32>> {
        (0..count as u32).map(|at| vec![at % 20 * 2, at % 20 * 2 + 1]).collect()
    }

    #[test]
    fn what_is_learned_changes_by_steps() {
        let parted = |count| {
            let facts = planted::history(40, &pairs(count));
            planted::through(&facts, |lens| {
                let lesson = Lesson::of(lens);
                (lesson.learned, lesson.changes.len())
            })
        };
        assert_eq!(parted(0), (0, 0));
        assert_eq!(parted(59), (0, 0));
        assert_eq!(parted(60), (50, 60));
        assert_eq!(parted(69), (50, 60));
        assert_eq!(parted(199), (180, 190));
        assert_eq!(parted(200), (150, 200));
        assert_eq!(parted(999), (900, 950));
        assert_eq!(parted(1_249), (750, 1_000));
    }

    #[test]
    fn its_number_tells_what_it_would_learn() {
        let mut facts = planted::history(40, &pairs(70));
        let number = |facts: &facts::Facts| planted::through(facts, |lens| Lesson::of(lens).number(lens));
        let before = number(&facts);
        planted::append(&mut facts, &[0, 1], TouchKind::Modified);
        facts.touches.index(facts.changes.len());
        assert_eq!(number(&facts), before, "71 changes teach what 70 do");
        facts.changes.ignored[3] = true;
        assert_ne!(number(&facts), before);
    }

    #[test]
    fn what_is_kept_is_what_was_learned() {
        let facts = planted::history(40, &pairs(300));
        planted::through(&facts, |lens| {
            let learned = Lesson::of(lens).learn(lens);
            assert!(learned.hits.as_ref().is_some_and(|hits| hits.questions == 50));
            let kept = Predictor::decode(&learned.encode()).unwrap();
            assert_eq!(format!("{kept:?}"), format!("{learned:?}"));
            assert!(Predictor::decode(b"nothing of the sort").is_none());
        });
    }
}
