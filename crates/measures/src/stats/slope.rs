//! The slope of a line through points, deaf to outliers: the median of the slopes of all pairs (Theil 1950, Sen 1968).
//!
//! Up to 29 % of the points may be anything without moving it far. Works on all pairs: for 1,000 points half a million
//! slopes.

use statrs::distribution::{ContinuousCDF, Normal};

use super::quantile::median;

/// A line y = intercept + slope · x and the interval of its slope.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slope {
    /// Rise per unit of x.
    pub slope: f64,
    /// median(y) − slope · median(x) (Conover 1980).
    pub intercept: f64,
    /// Lower end of the interval of the slope.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The line and the interval at `confidence` (0.95) for independent errors, as `scipy.stats.theilslopes`. `None` below
/// two points of different x, and where a number is too large to work with.
pub fn theil_sen(x: &[f64], y: &[f64], confidence: f64) -> Option<Slope> {
    let variance = score_variance(x, y);
    let z = Normal::standard().inverse_cdf(0.5 + confidence.clamp(0.0, 1.0 - 1e-12) / 2.0);
    theil_sen_within(x, y, z * variance.max(0.0).sqrt())
}

/// The line, and as its interval the slopes `half` concordant pairs to either side of the middle: `half` is a quantile
/// times the standard deviation of Kendall's score, whatever the errors are taken to be.
pub fn theil_sen_within(x: &[f64], y: &[f64], half: f64) -> Option<Slope> {
    let mut slopes = pair_slopes(x, y);
    let slope = median(&mut slopes)?;
    let count = slopes.len();
    slopes.sort_unstable_by(f64::total_cmp);
    // Sen's ranks, rounded as scipy does.
    let upper = (((count as f64 + half) / 2.0).round_ties_even() as usize).min(count - 1);
    let lower = (((count as f64 - half) / 2.0).round_ties_even() - 1.0).max(0.0) as usize;
    let intercept = median(&mut y.to_vec())? - slope * median(&mut x.to_vec())?;
    let line = Slope { slope, intercept, low: slopes[lower], high: slopes[upper] };
    [line.slope, line.intercept, line.low, line.high].iter().all(|number| number.is_finite()).then_some(line)
}

/// The slopes of all pairs of different x.
fn pair_slopes(x: &[f64], y: &[f64]) -> Vec<f64> {
    let count = x.len().min(y.len());
    let mut slopes = Vec::with_capacity(count * count.saturating_sub(1) / 2);
    for i in 0..count {
        for j in i + 1..count {
            let run = x[j] - x[i];
            if run != 0.0 {
                slopes.push((y[j] - y[i]) / run);
            }
        }
    }
    slopes
}

/// The variance of Kendall's score for independent errors, less what ties in either take from it.
pub fn score_variance(x: &[f64], y: &[f64]) -> f64 {
    let term = |n: f64| n * (n - 1.0) * (2.0 * n + 5.0);
    let ties = |values: &[f64]| runs(values).into_iter().map(|size| term(size as f64)).sum::<f64>();
    (term(y.len() as f64) - ties(x) - ties(y)) / 18.0
}

/// Sizes of the groups of equal values.
fn runs(values: &[f64]) -> Vec<usize> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.chunk_by(|a, b| a == b).map(<[f64]>::len).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `scipy.stats.theilslopes(y, x, .95)`.
    #[test]
    fn is_that_of_scipy() {
        let x = [0.0, 1.0, 2.0, 4.0, 5.0, 7.0, 8.0, 9.0, 10.0, 12.0];
        let y = [2.1, 2.9, 3.2, 5.5, 4.9, 30.0, 8.1, 9.4, 10.0, 11.6];
        let line = theil_sen(&x, &y, 0.95).unwrap();
        for (own, expected) in [(line.slope, 0.8), (line.intercept, 2.0), (line.low, 0.65), (line.high, 0.95)]
        {
            assert!((own - expected).abs() < 1e-12, "{line:?}");
        }
    }

    #[test]
    fn nothing_to_draw_a_line_through() {
        assert_eq!(theil_sen(&[], &[], 0.95), None);
        assert_eq!(theil_sen(&[1.0], &[1.0], 0.95), None);
        assert_eq!(theil_sen(&[1.0, 1.0], &[1.0, 2.0], 0.95), None);
        assert_eq!(theil_sen(&[0.0, 1.0, 2.0], &[f64::MAX, -f64::MAX, f64::MAX], 0.95), None);
        assert_eq!(theil_sen(&[0.0, 1.0, 2.0], &[4.0; 3], 0.95).map(|line| line.slope), Some(0.0));
    }
}
