//! Whether a series moves: said only when intervals do not overlap.

use measures::{Estimate, Measurement};

/// A word for a series, for measures where more is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trend {
    /// The last year lies above the time before.
    Improving,
    /// The last year lies below the time before.
    Worsening,
    /// The last year's interval overlaps that of the time before.
    Steady,
    /// There is no time before, or too little in it.
    TooLittleData,
}

impl Trend {
    /// The word for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Improving => "improving",
            Self::Worsening => "worsening",
            Self::Steady => "no clear trend",
            Self::TooLittleData => "too little data for a trend",
        }
    }
}

/// Compares the last 365 days with the whole range, each with its interval.
///
/// The whole holds the last year too, which makes the comparison cautious, never eager.
pub fn of(measurement: &Measurement, more_is_better: Better) -> Trend {
    let Some(recent) = measurement.recent else { return Trend::TooLittleData };
    let (Some(now), Some(before)) = (usable(recent), usable(measurement.whole)) else {
        return Trend::TooLittleData;
    };
    if measurement.whole.of < recent.of * 2 {
        return Trend::TooLittleData;
    }
    let (up, down) = match more_is_better {
        Better::More => (Trend::Improving, Trend::Worsening),
        Better::Less => (Trend::Worsening, Trend::Improving),
    };
    if now.0 > before.1 {
        up
    } else if now.1 < before.0 {
        down
    } else {
        Trend::Steady
    }
}

/// Which direction is the good one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// Independence, locality.
    More,
    /// Coordination.
    Less,
}

fn usable(estimate: Estimate) -> Option<(f64, f64)> {
    estimate.interval.filter(|_| estimate.of >= 30)
}
