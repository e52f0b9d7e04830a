//! How long until it happens, when for some it has not yet: the estimator of Kaplan and Meier (1958). What is still
//! open says "at least as long as this", which leaving it out would forget.
//!
//! The band is that of Greenwood's variance on the log(−log) scale (Kalbfleisch and Prentice 1980), which stays within
//! 0..=1; quantiles take their interval from where the band crosses (Brookmeyer and Crowley 1982).

/// One wait.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wait {
    /// How long, not negative.
    pub length: f64,
    /// Whether it ended then; else it was still open.
    pub ended: bool,
}

/// The share still waiting from one time on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// A length at which at least one wait ended.
    pub length: f64,
    /// Share still waiting after it, 0..=1.
    pub share: f64,
    /// Lower end of its 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// A quantile of the lengths.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantile {
    /// The first length after which no more than the share still waits.
    pub value: f64,
    /// Lower end of its 95 % interval; `None` where the band never falls so far.
    pub low: Option<f64>,
    /// Upper end; `None` likewise: "or longer than any seen".
    pub high: Option<f64>,
}

/// The curve, by length; empty if nothing ended.
pub fn curve(waits: &[Wait]) -> Vec<Point> {
    let mut sorted: Vec<Wait> = waits.iter().copied().filter(|wait| wait.length.is_finite()).collect();
    sorted.sort_by(|a, b| a.length.total_cmp(&b.length));
    let (mut at_risk, mut share, mut greenwood) = (sorted.len() as f64, 1.0_f64, 0.0_f64);
    let mut points = Vec::new();
    for same in sorted.chunk_by(|a, b| a.length == b.length) {
        let ended = same.iter().filter(|wait| wait.ended).count() as f64;
        if ended > 0.0 {
            share *= 1.0 - ended / at_risk;
            greenwood += ended / (at_risk * (at_risk - ended));
            let (low, high) = band(share, greenwood);
            points.push(Point { length: same[0].length, share, low, high });
        }
        at_risk -= same.len() as f64;
    }
    points
}

fn band(share: f64, greenwood: f64) -> (f64, f64) {
    const Z: f64 = 1.959_963_984_540_054;
    let log = share.ln();
    if share <= 0.0 || log == 0.0 {
        return (share, share);
    }
    let half = Z * greenwood.sqrt() / log;
    let scale = (-log).ln();
    ((-(scale - half).exp()).exp(), (-(scale + half).exp()).exp())
}

/// The length within which `part` (0.5: the median, 0.9: the ninetieth percentile) have ended; `None` if the curve
/// never falls so far: too few have ended to say.
pub fn quantile(curve: &[Point], part: f64) -> Option<Quantile> {
    // A share a rounding error above is there.
    let left = (1.0 - part) * (1.0 + 1e-12);
    let first =
        |of: fn(&Point) -> f64| curve.iter().find(|point| of(point) <= left).map(|point| point.length);
    let value = first(|point| point.share)?;
    Some(Quantile { value, low: first(|point| point.low), high: first(|point| point.high) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(ended: &[f64], open: &[f64]) -> Vec<Wait> {
        let wait = |ended: bool| move |&length: &f64| Wait { length, ended };
        ended.iter().map(wait(true)).chain(open.iter().map(wait(false))).collect()
    }

    /// Freireich et al. 1963, the remissions under 6-MP that every text book prints: median 23, and S(6) = 0.857.
    #[test]
    fn is_that_of_the_books() {
        let waits = waits(
            &[6.0, 6.0, 6.0, 7.0, 10.0, 13.0, 16.0, 22.0, 23.0],
            &[6.0, 9.0, 10.0, 11.0, 17.0, 19.0, 20.0, 25.0, 32.0, 32.0, 34.0, 35.0],
        );
        let curve = curve(&waits);
        let shares = [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482];
        for (point, share) in curve.iter().zip(shares) {
            assert!((point.share - share).abs() < 5e-5, "{point:?}");
        }
        // `lifelines.KaplanMeierFitter().fit(..)`, its band at 6 and `median_survival_times` of the band.
        assert!(
            (curve[0].low - 0.619_718).abs() < 1e-6 && (curve[0].high - 0.951_552).abs() < 1e-6,
            "{curve:?}"
        );
        assert_eq!(quantile(&curve, 0.5), Some(Quantile { value: 23.0, low: Some(13.0), high: None }));
        assert_eq!(quantile(&curve, 0.9), None);
    }

    #[test]
    fn nothing_ended_and_all_ended() {
        assert!(curve(&[]).is_empty());
        assert!(curve(&waits(&[], &[1.0, 2.0])).is_empty());
        let all = curve(&waits(&[2.0, 2.0], &[]));
        assert_eq!(quantile(&all, 0.9), Some(Quantile { value: 2.0, low: Some(2.0), high: Some(2.0) }));
    }
}
