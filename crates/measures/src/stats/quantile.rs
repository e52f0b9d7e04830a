//! Quantiles of a sample: linear between the neighbouring order statistics (type 7 of Hyndman and Fan 1996, what numpy
//! does unless told).

/// The median; `None` of nothing. Reorders `values`.
pub fn median(values: &mut [f64]) -> Option<f64> {
    quantile(values, 0.5)
}

/// The quantile at `share` in 0..=1; `None` of nothing. Reorders `values`. An infinite neighbour with any weight makes
/// the quantile infinite.
pub fn quantile(values: &mut [f64], share: f64) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    let at = share.clamp(0.0, 1.0) * last as f64;
    let (below, weight) = (at.floor() as usize, at.fract());
    let (_, &mut low, above) = values.select_nth_unstable_by(below, f64::total_cmp);
    if weight == 0.0 {
        return Some(low);
    }
    let high = above.iter().copied().min_by(f64::total_cmp).unwrap_or(low);
    // Equal neighbours first: the difference of two infinities is no number.
    if low == high { Some(low) } else { Some(low * (1.0 - weight) + high * weight) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `numpy.quantile([3, 1, 4, 1, 5], [0, .25, .5, .9])`.
    #[test]
    fn is_that_of_numpy() {
        let mut values = [3.0, 1.0, 4.0, 1.0, 5.0];
        for (share, expected) in [(0.0, 1.0), (0.25, 1.0), (0.5, 3.0), (0.9, 4.6)] {
            assert!((quantile(&mut values, share).unwrap() - expected).abs() < 1e-12);
        }
        assert_eq!(median(&mut [1.0, 2.0]), Some(1.5));
        assert_eq!(median(&mut []), None);
        assert_eq!(quantile(&mut [1.0, f64::INFINITY, f64::INFINITY], 0.9), Some(f64::INFINITY));
    }
}
