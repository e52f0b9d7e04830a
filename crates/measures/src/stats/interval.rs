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

/// The interval of a mean over an ordered series: Student's t over 20 batch means, over the values themselves
/// when there are fewer than 100; `None` below three values.
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
    let unit_mean = units.iter().sum::<f64>() / n as f64;
    let variance = units.iter().map(|x| (x - unit_mean).powi(2)).sum::<f64>() / (n - 1) as f64;
    let half = quantile_t(n - 1) * (variance / n as f64).sqrt();
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
    fn runs_widen_the_interval() {
        let alternating: Vec<bool> = (0..400).map(|at| at % 2 == 0).collect();
        let runs: Vec<bool> = (0..400).map(|at| at / 50 % 2 == 0).collect();
        assert_eq!(design_effect(&alternating), 1.0);
        assert!(design_effect(&runs) > 5.0);
        let width = |series: &[bool]| share(series).map(|(low, high)| high - low).unwrap();
        assert!(width(&runs) > 2.0 * width(&alternating));
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
