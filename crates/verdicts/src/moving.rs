//! Whether the system is still moving: one word from the series of the system.
//!
//! Trends speak while they last, however long ago they began; steps for five years: what changed at once ten years ago is
//! how the system has been for as long as most remember.

use facts::time::DAY;
use measures::drift::{Better, Series};

use crate::drift::{Said, Word};

/// Whether it still moves as it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moving {
    /// Something it is measured by got worse, and nothing better.
    Harder,
    /// Something got better, and nothing worse.
    Easier,
    /// Some got better, some worse.
    Mixed,
    /// Nothing moves beyond chance.
    AsBefore,
    /// There is too little history to tell.
    Unknown,
}

impl Moving {
    /// `harder`, `easier`, `mixed`, `as before` or `unknown`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Harder => "harder",
            Self::Easier => "easier",
            Self::Mixed => "mixed",
            Self::AsBefore => "as before",
            Self::Unknown => "unknown",
        }
    }
}

/// Series that speak of how hard it is to change the system, those that say most first. How many changes a month there
/// are is none of them: fewer may be a system that is finished.
const WEIGHT: [&str; 5] = ["lead_time_hours", "independence", "coordination", "approvals", "locality"];

/// Steps speak for so long, up to the series' last point.
const STEPS_SPEAK: i64 = 5 * 365 * DAY;

/// Whether it still moves, and the places of the series that say so, those that say most first: bad news before good.
pub fn moving(series: &[Series], said: &[Said]) -> (Moving, Vec<usize>) {
    let of =
        |name: &&str| series.iter().position(|one| one.measure == *name && one.better != Better::Neither);
    let known: Vec<usize> =
        WEIGHT.iter().filter_map(of).filter(|at| said[*at].word != Word::TooLittleData).collect();
    let speaks = |at: &usize| said[*at].word.moves() || !is_old(&series[*at]);
    let worse: Vec<usize> =
        known.iter().copied().filter(|at| said[*at].word.is_bad() && speaks(at)).collect();
    let better: Vec<usize> =
        known.iter().copied().filter(|at| said[*at].word.is_good() && speaks(at)).collect();
    let moving = match (known.is_empty(), worse.is_empty(), better.is_empty()) {
        (true, ..) => Moving::Unknown,
        (_, true, true) => Moving::AsBefore,
        (_, false, true) => Moving::Harder,
        (_, true, false) => Moving::Easier,
        (_, false, false) => Moving::Mixed,
    };
    (moving, worse.into_iter().chain(better).collect())
}

/// Whether all its steps lie too far back to speak.
pub fn is_old(series: &Series) -> bool {
    let last = series.points.last().map(|point| point.at);
    let stepped = series.steps.last().and_then(|step| series.points.get(step.at)).map(|point| point.at);
    last.zip(stepped).is_some_and(|(last, stepped)| last - stepped > STEPS_SPEAK)
}

#[cfg(test)]
mod tests {
    use measures::drift::{Point, of_points};

    use super::*;

    #[test]
    fn bad_news_first_and_throughput_decides_nothing() {
        let series = |measure, better| Series { measure, ..of_points(measure, better, Vec::new()) };
        let all = [
            series("independence", Better::More),
            series("lead_time_hours", Better::Less),
            series("changes_a_month", Better::Neither),
        ];
        let said = |words: [Word; 3]| words.map(|word| Said { word, q: None });
        let of = |words| moving(&all, &said(words));
        assert_eq!(of([Word::Steady, Word::Steady, Word::Falling]), (Moving::AsBefore, vec![]));
        assert_eq!(of([Word::Worsening, Word::Worsened, Word::Rising]), (Moving::Harder, vec![1, 0]));
        assert_eq!(of([Word::Worsening, Word::Improving, Word::Rising]), (Moving::Mixed, vec![0, 1]));
        assert_eq!(of([Word::Improved, Word::TooLittleData, Word::Fell]), (Moving::Easier, vec![0]));
        assert_eq!(of([Word::TooLittleData; 3]), (Moving::Unknown, vec![]));
        assert_eq!(moving(&[], &[]), (Moving::Unknown, vec![]));
    }

    #[test]
    fn steps_of_long_ago_are_how_it_is() {
        let of = |days: i64| {
            let value = |at: i64| f64::from(u8::from(at >= 10)) + ((at * 7) % 5) as f64 / 100.0;
            let points = (0..40).map(|at| Point { at: at * days * DAY, value: value(at), n: 25 });
            let series = [Series {
                better: Better::Less,
                ..of_points("coordination", Better::Less, points.collect())
            }];
            let said = [Said { word: Word::Worsened, q: Some(0.5) }];
            assert_eq!(series[0].steps.len(), 1, "{series:?}");
            moving(&series, &said).0
        };
        assert_eq!(of(30), Moving::Harder);
        assert_eq!(of(90), Moving::AsBefore);
    }
}
