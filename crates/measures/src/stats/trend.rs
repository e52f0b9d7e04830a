//! The decision whether a short series moves: the Theil–Sen slope against a standard error that allows for the memory of
//! the series, and for how little so few points say about it.
//!
//! The test of Hamed and Rao takes every significant autocorrelation at its word. On 24 points that raises false alarms
//! in 8, 16 and 25 % of series with a memory φ of 0, 0.3 and 0.6, for 5 % promised. Here instead:
//!
//! 1. The memory is one number, the lag-1 autocorrelation of what a least-squares line leaves, with the bias that the
//!    line gives it taken off, (nφ + 2) / (n − 4) (Marriott and Pope 1954), and 0.6 standard errors added, for a
//!    memory taken too small costs more than one taken too large. It is held to 0..=0.9.
//! 2. The standard error is that of the generalised least squares for such a memory (Prais and Winsten 1954), times
//!    √(π/3), by which the Theil–Sen slope is the less exact of the two for normal errors (Sen 1968).
//! 3. Slope over error is held against Student's t with n(1−φ)/(1+φ) − 2 degrees of freedom, not fewer than 3: as many
//!    values as the series is worth without memory, less two for the line.
//!
//! 10,000 normal series of 24 points then raise false alarms in 2.6, 4.0 and 4.4 %, at φ = 0.8 in 6.4 %. A ramp whose own
//! deviation is that of the noise (it rises by √12 of it) is found in 95, 70 and 42 %; one that rises by one deviation
//! of the noise in 19, 12 and 9 %, and no test of 24 points can do much better: one that knew the noise exactly would
//! find it in 31, 21 and 14 %. docs/benchmarks.md has the rest.
//!
//! Kendall's score with the same memory was tried, too: it keeps the promise as well but finds less, for a score cannot
//! exceed the number of pairs, whatever the rise.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::{
    kendall::{autocorrelations, mann_kendall},
    quantile::median,
    slope::{Slope, theil_sen},
};

/// Below this many points nothing is decided: the memory of so few cannot be known.
pub const FEWEST: usize = 8;
/// Longer series are first cut into this many runs and each run's medians taken, for all pairs are compared.
pub const MOST: usize = 500;
/// Standard errors added to the memory. With none, 7 and 8 % of series with some and much memory raise false alarms, for
/// ramps found a tenth oftener.
const CAUTION: f64 = 0.6;
const MEMORY_MOST: f64 = 0.9;

/// What a series does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trend {
    /// The Theil–Sen line, with the 95 % interval of its slope; it leaves out 0 exactly where p is below 0.05.
    pub line: Slope,
    /// Two-sided chance of such a slope in a series that does not move.
    pub p: f64,
    /// Kendall's tau, −1..=1: the share of pairs that rise less that of pairs that fall.
    pub tau: f64,
    /// The memory that was allowed for, 0..=0.9.
    pub memory: f64,
    /// How many points were compared.
    pub points: usize,
}

/// The trend of `y` over `x`, which rises; gaps are allowed. Memory reaches from point to point, over gaps as well.
/// `None` below eight points, where all x are the same, and where numbers are too large to work with. Of points that lie
/// on their line without any rest, p is Mann and Kendall's.
pub fn trend(x: &[f64], y: &[f64]) -> Option<Trend> {
    let (x, y) = (thinned(x), thinned(y));
    let count = y.len();
    if count < FEWEST || x.len() != count {
        return None;
    }
    let line = theil_sen(&x, &y, 0.95)?;
    let tau = mann_kendall(&y).map_or(0.0, |test| test.tau);
    let (memory, error) = uncertainty(&x, &y)?;
    if error == 0.0 {
        let p = mann_kendall(&y).map_or(1.0, |test| test.p);
        return Some(Trend { line, p, tau, memory, points: count });
    }
    let worth = (count as f64 * (1.0 - memory) / (1.0 + memory) - 2.0).max(3.0);
    let t = StudentsT::new(0.0, 1.0, worth).expect("degrees of freedom are at least three");
    let half = t.inverse_cdf(0.975) * error;
    let line = Slope { low: line.slope - half, high: line.slope + half, ..line };
    let p = (2.0 * t.sf(line.slope.abs() / error)).min(1.0);
    Some(Trend { line, p, tau, memory, points: count })
}

/// The memory allowed for and the standard error of the slope, which is 0 only for points on a line; `None` where
/// numbers are too large to work with.
fn uncertainty(x: &[f64], y: &[f64]) -> Option<(f64, f64)> {
    let n = y.len() as f64;
    let rest = whitened(x, y, 0.0).rest;
    let squares: f64 = rest.iter().map(|value| value * value).sum();
    let size = y.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
    if squares.sqrt() <= 1e-12 * size || size == 0.0 {
        return Some((0.0, 0.0));
    }
    let seen = autocorrelations(&rest, 1).first().copied()?;
    let unbiased = ((n * seen + 2.0) / (n - 4.0)).clamp(-1.0, 1.0);
    let memory = (unbiased + CAUTION * ((1.0 - unbiased * unbiased) / n).sqrt()).clamp(0.0, MEMORY_MOST);
    let fit = whitened(x, y, memory);
    let squares: f64 = fit.rest.iter().map(|value| value * value).sum();
    let error = (std::f64::consts::FRAC_PI_3 * squares / (n - 2.0) * fit.leverage).sqrt();
    (error.is_finite() && error > 0.0).then_some((memory, error))
}

/// A least-squares line through values made independent of those before them.
struct Whitened {
    /// What it leaves.
    rest: Vec<f64>,
    /// Variance of the slope over that of a value.
    leverage: f64,
}

fn whitened(x: &[f64], y: &[f64], memory: f64) -> Whitened {
    let first = (1.0 - memory * memory).sqrt();
    let made = |values: &[f64]| -> Vec<f64> {
        let later = values.windows(2).map(|two| two[1] - memory * two[0]);
        std::iter::once(first * values[0]).chain(later).collect()
    };
    // Centred first, for digits: the line does not mind.
    let centred = |values: &[f64]| -> Vec<f64> {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        values.iter().map(|value| value - mean).collect()
    };
    let (ones, x, y) = (made(&vec![1.0; x.len()]), made(&centred(x)), made(&centred(y)));
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let (oo, ox, xx, oy, xy) = (dot(&ones, &ones), dot(&ones, &x), dot(&x, &x), dot(&ones, &y), dot(&x, &y));
    let determinant = oo * xx - ox * ox;
    let (level, slope) = ((xx * oy - ox * xy) / determinant, (oo * xy - ox * oy) / determinant);
    let rest = y.iter().zip(ones.iter().zip(&x)).map(|(y, (one, x))| y - level * one - slope * x).collect();
    Whitened { rest, leverage: oo / determinant }
}

/// The medians of at most [`MOST`] runs of equal length, within one.
fn thinned(values: &[f64]) -> Vec<f64> {
    if values.len() <= MOST {
        return values.to_vec();
    }
    let edge = |run: usize| run * values.len() / MOST;
    (0..MOST).filter_map(|run| median(&mut values[edge(run)..edge(run + 1)].to_vec())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::Random;

    const POINTS: usize = 24;

    /// A normal series of deviation 1 with a memory, rising by `rise` from end to end.
    fn series(random: &mut Random, memory: f64, rise: f64) -> Vec<f64> {
        let mut value = random.normal();
        (0..POINTS)
            .map(|at| {
                value = if at == 0 {
                    value
                } else {
                    memory * value + (1.0 - memory * memory).sqrt() * random.normal()
                };
                value + rise * at as f64 / (POINTS - 1) as f64
            })
            .collect()
    }

    fn places(count: usize) -> Vec<f64> {
        (0..count).map(|at| at as f64).collect()
    }

    /// Share of `count` series that the decision calls moving.
    fn called(memory: f64, rise: f64, count: usize) -> f64 {
        let mut random = Random::new(11);
        let x = places(POINTS);
        let found = (0..count)
            .filter(|_| trend(&x, &series(&mut random, memory, rise)).is_some_and(|trend| trend.p <= 0.05));
        found.count() as f64 / count as f64
    }

    /// 10,000 series, a third each of no, some and much memory.
    #[test]
    fn false_alarms_stay_below_what_is_promised() {
        for memory in [0.0, 0.3, 0.6] {
            let share = called(memory, 0.0, 3334);
            assert!(share <= 0.05, "memory {memory}: {share}");
        }
    }

    /// A ramp whose own deviation is that of the noise rises by √12 of it.
    #[test]
    fn a_slow_ramp_is_found() {
        let share = called(0.0, 12_f64.sqrt(), 200);
        assert!(share >= 0.8, "{share}");
    }

    #[test]
    fn the_interval_and_p_say_the_same() {
        let mut random = Random::new(5);
        let x = places(POINTS);
        let many = (0..100).filter_map(|at| trend(&x, &series(&mut random, 0.3, f64::from(at) / 20.0)));
        let agree = many.filter(|trend| (trend.p <= 0.05) == (trend.line.low > 0.0 || trend.line.high < 0.0));
        assert!(agree.count() >= 97);
    }

    #[test]
    fn gaps_are_taken_at_their_place() {
        let x = [0.0, 1.0, 2.0, 3.0, 20.0, 21.0, 22.0, 23.0, 24.0];
        let y = x.map(|x| 5.0 - 0.5 * x);
        let found = trend(&x, &y).unwrap();
        assert!((found.line.slope + 0.5).abs() < 1e-12 && found.tau == -1.0 && found.p < 0.01, "{found:?}");
    }

    #[test]
    fn nothing_to_decide() {
        assert_eq!(trend(&[], &[]), None);
        assert_eq!(trend(&places(7), &[1.0; 7]), None);
        assert_eq!(trend(&[4.0; 9], &places(9)), None);
        assert_eq!(trend(&places(9), &places(8)), None);
        assert_eq!(trend(&places(9), &[2.0; 9]).map(|trend| (trend.p, trend.line.slope)), Some((1.0, 0.0)));
        let mut random = Random::new(1);
        let long: Vec<f64> = (0..3000).map(|_| random.normal()).collect();
        assert_eq!(
            trend(&places(3000), &long).map(|trend| (trend.points, trend.p > 0.05)),
            Some((MOST, true))
        );
        assert_eq!(
            trend(&places(9), &[f64::MAX, -f64::MAX, f64::MAX, 0.0, 0.0, 0.0, 1.0, 2.0, 3.0]).map(|_| ()),
            None
        );
    }
}
