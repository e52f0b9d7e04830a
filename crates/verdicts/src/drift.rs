//! Whether what moves is said to: a word for every series, with the false discovery rate over all of them held.

use measures::{
    drift::{Better, Series},
    stats::discovery,
};

/// The false discovery rate over all series.
const DISCOVERY_RATE: f64 = 0.05;

/// A word for a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// It moves the good way.
    Improving,
    /// It does not move beyond chance.
    Steady,
    /// It moves the bad way.
    Worsening,
    /// It rises, and neither way is the good one.
    Rising,
    /// It falls, and neither way is the good one.
    Falling,
    /// There are too few points.
    TooLittleData,
}

impl Word {
    /// The word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Improving => "improving",
            Self::Steady => "steady",
            Self::Worsening => "worsening",
            Self::Rising => "rising",
            Self::Falling => "falling",
            Self::TooLittleData => "too little data",
        }
    }
}

/// What is said of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Said {
    /// The word.
    pub word: Word,
    /// The chance of such a trend in a series that does not move, over all series; `None` without a trend.
    pub q: Option<f64>,
}

/// What is said of each of some series, which are judged together.
pub fn say(series: &[Series]) -> Vec<Said> {
    let p: Vec<f64> = series.iter().filter_map(|one| one.trend.map(|trend| trend.p)).collect();
    let mut q = discovery::q_values(&p, p.len()).into_iter();
    series
        .iter()
        .map(|one| {
            let Some(trend) = one.trend else { return Said { word: Word::TooLittleData, q: None } };
            let q = q.next();
            let moves = q.is_some_and(|q| q <= DISCOVERY_RATE) && trend.line.slope != 0.0;
            let up = trend.line.slope > 0.0;
            let word = match (moves, one.better) {
                (false, _) => Word::Steady,
                (true, Better::Neither) => {
                    if up {
                        Word::Rising
                    } else {
                        Word::Falling
                    }
                }
                (true, better) => {
                    if (better == Better::More) == up {
                        Word::Improving
                    } else {
                        Word::Worsening
                    }
                }
            };
            Said { word, q }
        })
        .collect()
}
