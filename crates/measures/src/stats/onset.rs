//! When a series began to move: the place of a broken line, or of a step, whichever leaves less.
//!
//! ```text
//!   broken line  ───────╱      a + b · max(0, x − x_place)      slow: from here on it moves
//!   step         ────┌───      a + b · [i ≥ place]              at once
//! ```
//!
//! Both have three numbers, so the smaller sum of squares decides. The interval of the place is its profile: every place
//! at which a bend or a step leaves a sum of at most 1 + F/ν times the least, F the 95 % point of the F distribution with 1 and ν degrees of freedom,
//! ν = n(1 − r)/(1 + r) − 3 the number of values the series is worth without its memory r, less what was fitted. A broken
//! line that begins at the first point is a straight line: where it lies in the interval, the series may have moved
//! before it was recorded.
//!
//! Only asked of series that move (see [`super::trend`]): of noise it finds a place, too. docs/benchmarks.md says how
//! often the interval holds a planted place.

use statrs::distribution::{ContinuousCDF, FisherSnedecor};

use super::kendall::autocorrelations;

/// Below this many points no place is sought.
pub const FEWEST: usize = 8;
const MEMORY_MOST: f64 = 0.9;

/// How it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// At once: another level from one point to the next.
    Step,
    /// Slowly: level, then a slope.
    Slope,
}

impl How {
    /// `step` or `slope`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Step => "step",
            Self::Slope => "slope",
        }
    }
}

/// When a series began to move.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Onset {
    /// How.
    pub how: How,
    /// The likeliest place: the first point of the new level, or the last before the slope. 0: before the first point.
    pub at: usize,
    /// The first place of its 95 % interval; 0: perhaps before the first point.
    pub earliest: usize,
    /// The last place.
    pub latest: usize,
}

impl Onset {
    /// The last point that must still be as before: it began after this one at the earliest. `None`: perhaps before
    /// the first point.
    pub fn begins_after(&self) -> Option<usize> {
        match self.how {
            How::Step => self.earliest.checked_sub(1),
            How::Slope => Some(self.earliest).filter(|&place| place > 0),
        }
    }
}

/// The onset of a series of `y` over `x`, which rises. `None` below eight points, for points that do not vary, and where
/// numbers are too large to work with.
pub fn onset(x: &[f64], y: &[f64]) -> Option<Onset> {
    let n = y.len();
    if n < FEWEST || x.len() != n {
        return None;
    }
    let broken = |place: usize| x.iter().map(|at| (at - x[place]).max(0.0)).collect::<Vec<f64>>();
    let step = |place: usize| (0..n).map(|at| f64::from(u8::from(at >= place))).collect::<Vec<f64>>();
    // Two points on either side at least: one alone would be fitted without any rest.
    let slopes = (0..n - 2).map(|place| (How::Slope, place, broken(place)));
    let steps = (2..n - 1).map(|place| (How::Step, place, step(place)));
    let fits: Vec<(How, usize, f64)> =
        slopes.chain(steps).map(|(how, place, regressor)| (how, place, rest_of(&regressor, y).1)).collect();
    let &(how, at, least) = fits.iter().min_by(|a, b| a.2.total_cmp(&b.2))?;
    if !least.is_finite() || variance_sum(y) == 0.0 {
        return None;
    }
    let regressor = if how == How::Slope { broken(at) } else { step(at) };
    let memory = memory(&rest_of(&regressor, y).0);
    let worth = (n as f64 * (1.0 - memory) / (1.0 + memory) - 3.0).max(1.0);
    let f = FisherSnedecor::new(1.0, worth).expect("degrees of freedom are at least one").inverse_cdf(0.95);
    let most = least * (1.0 + f / worth) + f64::EPSILON * variance_sum(y);
    let inside = || fits.iter().filter(|fit| fit.2 <= most).map(|fit| fit.1);
    Some(Onset { how, at, earliest: inside().min()?, latest: inside().max()? })
}

/// What the least-squares line of y on one regressor leaves, and the sum of its squares.
fn rest_of(regressor: &[f64], y: &[f64]) -> (Vec<f64>, f64) {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (mx, my) = (mean(regressor), mean(y));
    let (mut xx, mut xy) = (0.0, 0.0);
    for (x, y) in regressor.iter().zip(y) {
        xx += (x - mx) * (x - mx);
        xy += (x - mx) * (y - my);
    }
    let slope = if xx > 0.0 { xy / xx } else { 0.0 };
    let rest: Vec<f64> = regressor.iter().zip(y).map(|(x, y)| y - my - slope * (x - mx)).collect();
    let squares = rest.iter().map(|value| value * value).sum();
    (rest, squares)
}

fn variance_sum(y: &[f64]) -> f64 {
    let mean = y.iter().sum::<f64>() / y.len() as f64;
    y.iter().map(|value| (value - mean) * (value - mean)).sum()
}

/// The lag-1 autocorrelation without the bias three fitted numbers give it, half a standard error added, 0..=0.9.
fn memory(rest: &[f64]) -> f64 {
    let n = rest.len() as f64;
    let seen = autocorrelations(rest, 1).first().copied().filter(|seen| seen.is_finite()).unwrap_or(0.0);
    let unbiased = ((n * seen + 2.0) / (n - 4.0)).clamp(-1.0, 1.0);
    (unbiased + 0.5 * ((1.0 - unbiased * unbiased) / n).sqrt()).clamp(0.0, MEMORY_MOST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::Random;

    fn line(count: usize) -> Vec<f64> {
        (0..count).map(|at| at as f64).collect()
    }

    #[test]
    fn a_bend_and_a_step_are_told_apart_and_placed() {
        let x = line(20);
        let bend: Vec<f64> = x.iter().map(|at| 3.0 + 0.5 * (at - 8.0).max(0.0)).collect();
        assert_eq!(onset(&x, &bend), Some(Onset { how: How::Slope, at: 8, earliest: 8, latest: 8 }));
        let step: Vec<f64> = x.iter().map(|at| if *at >= 12.0 { 5.0 } else { 1.0 }).collect();
        assert_eq!(onset(&x, &step), Some(Onset { how: How::Step, at: 12, earliest: 12, latest: 12 }));
        let after = |y: &[f64]| onset(&x, y).and_then(|onset| onset.begins_after());
        assert_eq!((after(&bend), after(&step)), (Some(8), Some(11)));
    }

    /// A straight line has no beginning that was recorded.
    #[test]
    fn a_straight_line_began_before() {
        let mut random = Random::new(5);
        let x = line(30);
        let y: Vec<f64> = x.iter().map(|at| 0.3 * at + random.normal()).collect();
        let onset = onset(&x, &y).expect("thirty points are enough");
        assert_eq!((onset.earliest, onset.begins_after()), (0, None));
    }

    /// Planted bends of six deviations: the interval holds the place nearly as often as it says.
    #[test]
    fn intervals_hold_planted_places() {
        let mut random = Random::new(11);
        let x = line(30);
        let (mut held, mut near, rounds) = (0, 0, 300);
        for _ in 0..rounds {
            let place = 8 + random.below(10);
            let rise = 6.0 / (29 - place) as f64;
            let y: Vec<f64> =
                (0..30).map(|at| rise * at.max(place).abs_diff(place) as f64 + random.normal()).collect();
            let found = onset(&x, &y).unwrap();
            held += usize::from(found.earliest <= place && place <= found.latest);
            near += usize::from(found.at.abs_diff(place) <= 6);
        }
        assert!(held * 100 >= 88 * rounds, "{held} of {rounds}");
        assert!(near * 100 >= 70 * rounds, "{near} of {rounds}");
    }

    #[test]
    fn nothing_to_begin() {
        assert_eq!(onset(&line(7), &line(7)), None);
        assert_eq!(onset(&line(9), &[4.0; 9]), None);
        assert_eq!(onset(&line(9), &[f64::MAX, -f64::MAX, f64::MAX, 0.0, 0.0, 1.0, 2.0, 3.0, 4.0]), None);
    }
}
