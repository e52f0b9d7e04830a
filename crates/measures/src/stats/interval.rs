//! 95 % intervals for shares, means and ratios, honest about runs: neighbouring changes resemble each other, so
//! a thousand of them tell less than a thousand independent ones would.

use statrs::distribution::{ContinuousCDF, Gamma, StudentsT};

const Z: f64 = 1.959_963_984_540_054;
/// Contiguous batches the series is cut into to see how much runs matter.
pub const BATCHES: usize = 20;

/// Wilson's score interval for `count` of `of` (Wilson 1927); `None` of nothing.
pub fn wilson(count: f64, of: f64) -> Option<(f64, f64)> {
    if of <= 0.0 {
        return None;
    }
    let p = (count / of).clamp(0.0, 1.0);
    let centre = (p + Z * Z / (2.0 * of)) / (1.0 + Z * Z / of);
    let half = Z / (1.0 + Z * Z / of) * (p * (1.0 - p) / of + Z * Z / (4.0 * of * of)).sqrt();
    Some(((centre - half).max(0.0), (centre + half).min(1.0)))
}

/// The Wilson interval of a share over an ordered series, at its effective sample size.
pub fn share(series: &[bool]) -> Option<(f64, f64)> {
    let count = series.iter().filter(|hit| **hit).count() as f64;
    let effect = design_effect(series);
    wilson(count / effect, series.len() as f64 / effect)
}

/// By how much runs inflate the variance of a share: the variance of 20 batch means over the binomial one, at
/// least 1. Batch means after Law and Kelton, "Simulation Modeling and Analysis".
pub fn design_effect(series: &[bool]) -> f64 {
    let size = series.len() / BATCHES;
    if size < 5 {
        return 1.0;
    }
    let used = &series[series.len() - size * BATCHES..];
    let mean = used.iter().filter(|hit| **hit).count() as f64 / used.len() as f64;
    let binomial = mean * (1.0 - mean) / size as f64;
    if binomial <= 0.0 {
        return 1.0;
    }
    let spread: f64 = used
        .chunks_exact(size)
        .map(|batch| (batch.iter().filter(|hit| **hit).count() as f64 / size as f64 - mean).powi(2))
        .sum();
    (spread / (BATCHES - 1) as f64 / binomial).max(1.0)
}

/// The Wilson interval of a share of things that come in clusters, hits and things of each in order, at its effective
/// sample size; `None` of nothing.
///
/// The design effect is the linearised variance of the ratio over 20 contiguous batches of clusters (over the clusters
/// themselves below 100 of them) against the binomial one, at least 1 (Kish 1965, "Survey Sampling"). Where all or
/// none are hits, clusters are taken to be alike within.
pub fn clustered(clusters: &[(u64, u64)]) -> Option<(f64, f64)> {
    let clusters: Vec<(f64, f64)> =
        clusters.iter().filter(|(_, of)| *of > 0).map(|&(hits, of)| (hits as f64, of as f64)).collect();
    let sum = |clusters: &[(f64, f64)]| {
        clusters.iter().fold((0.0, 0.0), |(hits, of), (own, all)| (hits + own, of + all))
    };
    let (hits, of) = sum(&clusters);
    if of <= 0.0 {
        return None;
    }
    let share = hits / of;
    let size = clusters.len() / BATCHES;
    let batches: Vec<(f64, f64)> = if size >= 5 {
        clusters[clusters.len() - size * BATCHES..].chunks_exact(size).map(sum).collect()
    } else {
        clusters.clone()
    };
    let binomial = share * (1.0 - share);
    let effect = if batches.len() < 3 || binomial <= 0.0 {
        clusters.iter().map(|(_, of)| of * of).sum::<f64>() / of
    } else {
        let (hits, of) = sum(&batches);
        let mean = hits / of;
        let spread: f64 = batches.iter().map(|(hits, of)| (hits - mean * of).powi(2)).sum();
        let m = batches.len() as f64;
        spread * m / (m - 1.0) / (of * binomial)
    };
    let effect = effect.max(1.0);
    wilson(hits / effect, of / effect)
}

/// The interval of a mean over an ordered series: Student's t over 20 batch means, over the values themselves
/// when there are fewer than 100; never narrower than of values in no order, for batches that are alike by chance tell no
/// more than that. `None` below three values.
pub fn mean(series: &[f64]) -> Option<(f64, f64)> {
    let size = series.len() / BATCHES;
    let units: Vec<f64> = if size >= 5 {
        series[series.len() - size * BATCHES..]
            .chunks_exact(size)
            .map(|batch| batch.iter().sum::<f64>() / size as f64)
            .collect()
    } else {
        series.to_vec()
    };
    let n = units.len();
    if n < 3 {
        return None;
    }
    let centre = series.iter().sum::<f64>() / series.len() as f64;
    // The variance of the mean, as some values tell it.
    let spread = |of: &[f64]| {
        let mean = of.iter().sum::<f64>() / of.len() as f64;
        of.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (of.len() - 1) as f64 / of.len() as f64
    };
    let half = quantile_t(n - 1) * spread(&units).max(spread(series)).sqrt();
    Some((centre - half, centre + half))
}

/// The interval of any statistic from its values without each of several contiguous groups of the data in turn: the
/// delete-a-group jackknife with Student's t (Kott 2001, "The Delete-a-Group Jackknife"); `None` below three groups.
pub fn jackknife(value: f64, left_out: &[f64]) -> Option<(f64, f64)> {
    let groups = left_out.len();
    if groups < 3 {
        return None;
    }
    let centre = left_out.iter().sum::<f64>() / groups as f64;
    let spread: f64 = left_out.iter().map(|x| (x - centre).powi(2)).sum();
    let error = (spread * (groups - 1) as f64 / groups as f64).sqrt();
    let half = quantile_t(groups - 1) * error;
    Some((value - half, value + half))
}

/// A difference between two samples, with its 95 % interval and the chance of one as large where there is none: Student's t
/// with Welch's degrees of freedom (Welch 1947), from the standard error of each side and its degrees of freedom.
pub fn welch(difference: f64, errors: [f64; 2], degrees: [f64; 2]) -> ((f64, f64), f64) {
    let squares = errors.map(|error| error * error);
    let variance = squares[0] + squares[1];
    if variance <= 0.0 {
        return ((difference, difference), if difference == 0.0 { 1.0 } else { 0.0 });
    }
    let own = squares[0].powi(2) / degrees[0].max(1.0) + squares[1].powi(2) / degrees[1].max(1.0);
    let law = StudentsT::new(0.0, 1.0, (variance * variance / own).max(1.0))
        .expect("degrees of freedom are positive");
    let error = variance.sqrt();
    let half = law.inverse_cdf(0.975) * error;
    let p = 2.0 * law.cdf(-(difference / error).abs());
    ((difference - half, difference + half), p)
}

/// The 97.5 % point of Student's t.
fn quantile_t(degrees: usize) -> f64 {
    StudentsT::new(0.0, 1.0, degrees as f64).expect("degrees of freedom are positive").inverse_cdf(0.975)
}

/// The exact interval of a Poisson mean from one count (Garwood 1936).
pub fn poisson(count: u64) -> (f64, f64) {
    let quantile = |shape: f64, p: f64| Gamma::new(shape, 1.0).expect("the shape is positive").inverse_cdf(p);
    let low = if count == 0 { 0.0 } else { quantile(count as f64, 0.025) };
    (low, quantile(count as f64 + 1.0, 0.975))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-6 * b.abs().max(1e-3), "{a} is not {b}");
    }

    /// `statsmodels.stats.proportion.proportion_confint(count, of, method="wilson")`.
    #[test]
    fn wilson_is_that_of_statsmodels() {
        for (count, of, low, high) in [
            (7.0, 10.0, 0.396_778_147_461_145_37, 0.892_208_732_593_698_9),
            (0.0, 20.0, 0.0, 0.161_125_158_052_819_4),
            (500.0, 1000.0, 0.469_069_600_368_104_2, 0.530_930_399_631_895_9),
        ] {
            let (l, h) = wilson(count, of).unwrap();
            close(l, low);
            close(h, high);
        }
        assert_eq!(wilson(0.0, 0.0), None);
    }

    /// `scipy.stats.chi2.ppf([.025, .975], [2n, 2n + 2]) / 2`.
    #[test]
    fn poisson_is_that_of_scipy() {
        for (count, low, high) in [
            (0, 0.0, 3.688_879_454_113_936),
            (5, 1.623_486_390_118_420_7, 11.668_332_079_322_67),
            (100, 81.363_991_250_923_14, 121.626_793_792_426_38),
        ] {
            let (l, h) = poisson(count);
            assert!((l - low).abs() < 1e-5 && (h - high).abs() < 1e-5, "{count}: {l} {h}");
        }
    }

    /// For a mean, the jackknife is the t interval itself.
    #[test]
    fn the_jackknife_of_a_mean_is_its_t_interval() {
        let values = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0];
        let sum: f64 = values.iter().sum();
        let left_out: Vec<f64> = values.iter().map(|x| (sum - x) / 5.0).collect();
        let (low, high) = jackknife(sum / 6.0, &left_out).unwrap();
        let (l, h) = mean(&values).unwrap();
        close(low, l);
        close(high, h);
        assert_eq!(jackknife(1.0, &[1.0, 1.0]), None);
    }

    #[test]
    fn batches_that_are_alike_tell_no_more_than_values_do() {
        let series: Vec<f64> = (0..160).map(|at| f64::from(u8::from(at % 8 < 3))).collect();
        let (low, high) = mean(&series).expect("there are enough");
        // s² = 160/159 × 3/8 × 5/8 over 160 values, t of 19 degrees.
        let half = 2.093_024 * (160.0 / 159.0 * 0.375 * 0.625 / 160.0_f64).sqrt();
        assert!((high - 0.375 - half).abs() < 1e-6 && (0.375 - low - half).abs() < 1e-6, "{low} {high}");
    }

    #[test]
    fn runs_widen_the_interval() {
        let alternating: Vec<bool> = (0..400).map(|at| at % 2 == 0).collect();
        let runs: Vec<bool> = (0..400).map(|at| at / 50 % 2 == 0).collect();
        assert_eq!(design_effect(&alternating), 1.0);
        assert!(design_effect(&runs) > 5.0);
        let width = |series: &[bool]| share(series).map(|(low, high)| high - low).unwrap();
        assert!(width(&runs) > 2.0 * width(&alternating));
    }

    /// 1 to 5 against 3, 5, 4, 8, 9, 7: 8.68 degrees of freedom, the density of t integrated by Simpson's rule.
    #[test]
    fn welch_is_that_of_scipy() {
        let error = |values: &[f64]| {
            let n = values.len() as f64;
            let mean = values.iter().sum::<f64>() / n;
            (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0) / n).sqrt()
        };
        let errors = [error(&[1.0, 2.0, 3.0, 4.0, 5.0]), error(&[3.0, 5.0, 4.0, 8.0, 9.0, 7.0])];
        let ((low, high), p) = welch(-3.0, errors, [4.0, 5.0]);
        close(p, 0.034442587238);
        close(low, -5.723658233297);
        close(high, -0.276341766703);
        assert_eq!(welch(0.0, [0.0; 2], [4.0; 2]), ((0.0, 0.0), 1.0));
    }

    /// Clusters that agree within count once each; those that do not count each thing.
    #[test]
    fn clusters_that_agree_widen_the_interval() {
        let width = |clusters: &[(u64, u64)]| clustered(clusters).map(|(low, high)| high - low).unwrap();
        let singles: Vec<(u64, u64)> = (0..60).map(|at| (at % 2, 1)).collect();
        let alike: Vec<(u64, u64)> = (0..60).map(|at| (at % 2 * 8, 8)).collect();
        let mixed: Vec<(u64, u64)> = (0..60).map(|_| (4, 8)).collect();
        assert!((width(&singles) - width(&alike)).abs() < 0.01, "60 clusters either way");
        let (low, high) = wilson(240.0, 480.0).unwrap();
        close(width(&mixed), high - low);
        assert_eq!(clustered(&[(0, 0)]), None);
        assert_eq!(
            clustered(&[(0, 4), (0, 4)]),
            wilson(0.0, 2.0),
            "two clusters say no more than two things"
        );
    }

    /// Shares of clusters of one to nine things, of a trait the things of a cluster share three times in four: the
    /// interval holds the truth as often as it says.
    #[test]
    fn clustered_intervals_hold_the_truth() {
        use crate::stats::random::Random;
        let mut random = Random::new(3);
        let held = (0..400)
            .filter(|_| {
                let clusters: Vec<(u64, u64)> = (0..300)
                    .map(|_| {
                        let of = 1 + random.below(9) as u64;
                        let whole = random.share() < 0.3;
                        let hits = (0..of)
                            .filter(|_| if random.share() < 0.75 { whole } else { random.share() < 0.3 });
                        (hits.count() as u64, of)
                    })
                    .collect();
                clustered(&clusters).is_some_and(|(low, high)| low <= 0.3 && 0.3 <= high)
            })
            .count();
        assert!((360..=392).contains(&held), "{held} of 400");
    }

    /// `scipy.stats.t.interval(.95, 4, loc=3, scale=scipy.stats.sem([1, 2, 3, 4, 5]))`.
    #[test]
    fn short_means_are_students() {
        let (low, high) = mean(&[1.0, 2.0, 3.0, 4.0, 5.0]).unwrap();
        close(low, 1.036_756_838_522_439);
        close(high, 4.963_243_161_477_561);
        assert_eq!(mean(&[1.0, 2.0]), None);
    }
}
