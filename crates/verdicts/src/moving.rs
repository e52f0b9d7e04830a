//! Whether the system is still moving: one word from the series of the system.

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

/// Whether it still moves, and the places of the series that say so, those that say most first: bad news before good.
pub fn moving(series: &[Series], said: &[Said]) -> (Moving, Vec<usize>) {
    let of =
        |name: &&str| series.iter().position(|one| one.measure == *name && one.better != Better::Neither);
    let known: Vec<usize> =
        WEIGHT.iter().filter_map(of).filter(|at| said[*at].word != Word::TooLittleData).collect();
    let worse: Vec<usize> = known.iter().copied().filter(|at| said[*at].word.is_bad()).collect();
    let better: Vec<usize> = known.iter().copied().filter(|at| said[*at].word.is_good()).collect();
    let moving = match (known.is_empty(), worse.is_empty(), better.is_empty()) {
        (true, ..) => Moving::Unknown,
        (_, true, true) => Moving::AsBefore,
        (_, false, true) => Moving::Harder,
        (_, true, false) => Moving::Easier,
        (_, false, false) => Moving::Mixed,
    };
    (moving, worse.into_iter().chain(better).collect())
}

#[cfg(test)]
mod tests {
    use measures::drift::of_points;

    use super::*;

    #[test]
    fn bad_news_first_and_throughput_decides_nothing() {
        let series = |measure, better| Series { measure, ..of_points(measure, better, Vec::new()) };
        let all = [
            series("independence", Better::More),
            series("lead_time_hours", Better::Less),
            series("changes_a_month", Better::Neither),
        ];
        let said = |words: [Word; 3]| words.map(|word| Said { word, trend: word, q: None });
        let of = |words| moving(&all, &said(words));
        assert_eq!(of([Word::Steady, Word::Steady, Word::Falling]), (Moving::AsBefore, vec![]));
        assert_eq!(of([Word::Worsening, Word::Worsened, Word::Rising]), (Moving::Harder, vec![1, 0]));
        assert_eq!(of([Word::Worsening, Word::Improving, Word::Rising]), (Moving::Mixed, vec![0, 1]));
        assert_eq!(of([Word::Improved, Word::TooLittleData, Word::Fell]), (Moving::Easier, vec![0]));
        assert_eq!(of([Word::TooLittleData; 3]), (Moving::Unknown, vec![]));
        assert_eq!(moving(&[], &[]), (Moving::Unknown, vec![]));
    }
}
