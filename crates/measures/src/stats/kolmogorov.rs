//! How far two samples lie apart: the distance of Kolmogorov and Smirnov (Smirnov 1939), and how far chance alone would
//! bring samples that come in runs.

use super::{quantile::quantile, random::Random};

/// Resamples of [`chance`].
const RESAMPLES: usize = 200;

/// The largest gap between the shares of two samples up to any value, 0..=1; `None` where either is empty.
pub fn distance(a: &[f64], b: &[f64]) -> Option<f64> {
    if a.is_empty() || b.is_empty() {
        return None;
    }
    Some(between(&sorted(a), &sorted(b)))
}

/// The values in order.
fn sorted(values: &[f64]) -> Vec<f64> {
    let mut values = values.to_vec();
    values.sort_unstable_by(f64::total_cmp);
    values
}

/// The distance of two samples that are sorted and not empty.
pub fn between(a: &[f64], b: &[f64]) -> f64 {
    let (mut at, mut to, mut gap) = (0, 0, 0.0_f64);
    while at < a.len() && to < b.len() {
        let value = a[at].min(b[to]);
        at += a[at..].iter().take_while(|&&own| own <= value).count();
        to += b[to..].iter().take_while(|&&own| own <= value).count();
        gap = gap.max((at as f64 / a.len() as f64 - to as f64 / b.len() as f64).abs());
    }
    gap
}

/// The distance that nineteen of twenty samples like this one keep to it: the 95th percentile over circular block
/// resamples, whose runs are as long as the cube root of their number. `None` below thirty values.
pub fn chance(series: &[f64], seed: u64) -> Option<f64> {
    if series.len() < 30 {
        return None;
    }
    let whole = sorted(series);
    let block = (series.len() as f64).cbrt().ceil() as usize;
    let mut random = Random::new(seed);
    let mut gaps: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            let drawn = random.blocks(series.len(), block, series.len());
            let drawn: Vec<f64> = drawn.into_iter().map(|at| series[at]).collect();
            between(&sorted(&drawn), &whole)
        })
        .collect();
    quantile(&mut gaps, 0.95)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `scipy.stats.ks_2samp([1, 2, 2, 3, 5], [2, 4, 6])` is 7/15; shares up to 3 are 4/5 and 1/3.
    #[test]
    fn is_that_of_scipy() {
        let gap = distance(&[5.0, 2.0, 1.0, 3.0, 2.0], &[6.0, 2.0, 4.0]).unwrap();
        assert!((gap - 7.0 / 15.0).abs() < 1e-12, "{gap}");
        assert_eq!(distance(&[1.0, 2.0], &[2.0, 1.0]), Some(0.0));
        assert_eq!(distance(&[1.0], &[2.0]), Some(1.0));
        assert_eq!(distance(&[], &[2.0]), None);
    }

    /// Kolmogorov's 5 % point of one sample against its law, 1.358 / √n, for values that come one by one; more in runs.
    #[test]
    fn chance_is_kolmogorovs_and_runs_make_it_larger() {
        let mut random = Random::new(5);
        let single: Vec<f64> = (0..1_000).map(|_| random.normal()).collect();
        let gap = chance(&single, 1).unwrap();
        assert!((gap - 1.358 / 1_000_f64.sqrt()).abs() < 0.008, "{gap}");
        let runs: Vec<f64> = (0..1_000).map(|at| single[at / 10]).collect();
        assert!(chance(&runs, 1).unwrap() > 1.8 * gap);
        assert_eq!(chance(&single[..29], 1), None);
    }
}
