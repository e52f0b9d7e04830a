//! Where a series steps from one level to another, and how sure the place is.
//!
//! Candidates come from energy statistics (e-divisive: Matteson and James 2014): the cut that makes the distance
//! between the values on either side largest against the distances within. Whether a cut is kept is decided by
//! Student's t-test of the levels, which needs no random permutations, in the two passes of Hunter (Fleming et al.
//! 2023), as Apache Otava does it: cuts are first found generously in overlapping windows, then taken back weakest
//! first, the neighbours judged anew each time.
//!
//! ```text
//!   window  [......|....]            p ≤ 10 × strict: keep for now
//!   window       [..|......|..]
//!   all     [......|.........|..]    weakest p ≥ strict, or too small a change: take it back, judge its neighbours
//! ```
//!
//! Departures from Otava 0.8: the t-test's deviations divide by n − 1 (Otava hands the test deviations that divide by
//! n, which makes its p somewhat small), and when a cut is taken back all others are judged anew (Otava judges the two
//! after it, and leaves the one before as it was). The interval of the place and the cautious p are ours.
//!
//! The t-test believes in independent values. A series with memory steps by itself: see docs/benchmarks.md for how
//! often, and [`super::trend`] for slow movement, which is cut into false steps here.

use statrs::distribution::{ContinuousCDF, StudentsT};

/// What counts as a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Points looked at together, at least 2; Otava's 50.
    pub window: usize,
    /// A step is kept below this p; Otava's 0.001.
    pub p: f64,
    /// And above this relative change, the larger of after/before − 1 and before/after − 1; 0 keeps all.
    pub magnitude: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { window: 50, p: 0.001, magnitude: 0.0 }
    }
}

/// One step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The first point of the new level.
    pub at: usize,
    /// The first point of the new level lies in this 95 % interval, ends included: after Bai (1997), eleven times the
    /// long-run variance over the squared change, and one, to either side, but not into the next step's place. The
    /// long-run variance is that of the values less their levels, times (1 + r) / (1 − r) of their lag-1
    /// autocorrelation r, which is made unbiased and half its standard error larger, and lies in 0..=0.9.
    pub earliest: usize,
    /// The late end.
    pub latest: usize,
    /// Mean from the step before to this one.
    pub before: f64,
    /// Mean from this step to the next.
    pub after: f64,
    /// Two-sided p of the t-test of the two levels. No correction for memory, nor for having sought the place.
    pub p: f64,
    /// The same p, if the values remember as much as those less their levels do: with the long-run variance, and as
    /// many degrees of freedom as n(1 − r)/(1 + r) independent values have. Below 0.01 it
    /// halves and better what a series with memory steps by itself (docs/benchmarks.md).
    pub cautious_p: f64,
}

/// The steps of a series, by place. Points are equally spaced, or taken as such. Works on all pairs in a window.
pub fn steps(values: &[f64], limits: Limits) -> Vec<Step> {
    let generous = match limits.p {
        p if p < 0.05 => 10.0 * p,
        p if p < 0.5 => 2.0 * p,
        p => p,
    };
    let window = limits.window.max(2);
    let mut cuts: Vec<usize> = Vec::new();
    let mut start = 0;
    while start < values.len() {
        let seen = &values[start..values.len().min(start + window)];
        let found = divided(seen, generous);
        cuts.extend(found.iter().map(|cut| start + cut));
        start = (start + window / 2).max(found.last().map_or(0, |cut| start + cut));
    }
    cuts.sort_unstable();
    cuts.dedup();
    let cuts = merged(values, cuts, limits);
    placed(values, &cuts)
}

/// Cuts one window again and again where the energy is largest, while the t-test holds.
fn divided(values: &[f64], most: f64) -> Vec<usize> {
    let mut cuts: Vec<usize> = Vec::new();
    loop {
        let edges = edges(&cuts, values.len());
        let best = edges
            .windows(2)
            .filter_map(|part| {
                cut(&values[part[0]..part[1]]).map(|(at, energy)| (part, part[0] + at, energy))
            })
            .fold(None, |best: Option<(&[usize], usize, f64)>, next| match best {
                Some(best) if best.2 >= next.2 => Some(best),
                _ => Some(next),
            });
        let Some((part, at, _)) = best else { return cuts };
        if level_test(&values[part[0]..at], &values[at..part[1]], 1.0) > most {
            return cuts;
        }
        cuts.push(at);
        cuts.sort_unstable();
    }
}

fn edges(cuts: &[usize], end: usize) -> Vec<usize> {
    std::iter::once(0).chain(cuts.iter().copied()).chain([end]).collect()
}

/// The cut of largest energy statistic, over all ends the right part could have; `None` below two values.
///
/// With n values left of the cut and m right of it, the statistic is 2/(m + n) · (distances across
/// − m/(n − 1) · distances within the left − n/(m − 1) · distances within the right).
pub fn cut(values: &[f64]) -> Option<(usize, f64)> {
    let distance = |a: usize, b: usize| (values[a] - values[b]).abs();
    let (mut best, mut left) = (None::<(usize, f64)>, 0.0);
    for at in 1..values.len() {
        left += (0..at - 1).map(|other| distance(other, at - 1)).sum::<f64>();
        let (mut across, mut right) = (0.0, 0.0);
        for end in at..values.len() {
            across += (0..at).map(|other| distance(other, end)).sum::<f64>();
            right += (at..end).map(|other| distance(other, end)).sum::<f64>();
            let (n, m) = (at as f64, (end + 1 - at) as f64);
            let within =
                |sum: f64, own: f64, other: f64| if own > 1.0 { other / (own - 1.0) * sum } else { 0.0 };
            let energy = 2.0 / (m + n) * (across - within(left, n, m) - within(right, m, n));
            if best.is_none_or(|(_, most)| energy > most) {
                best = Some((at, energy));
            }
        }
    }
    best
}

/// Takes cuts back until each left is below the strict p and above the magnitude.
fn merged(values: &[f64], mut cuts: Vec<usize>, limits: Limits) -> Vec<usize> {
    let judge = |cuts: &[usize]| -> Vec<(f64, f64)> {
        edges(cuts, values.len())
            .windows(3)
            .map(|part| {
                let (left, right) = (&values[part[0]..part[1]], &values[part[1]..part[2]]);
                (level_test(left, right, 1.0), magnitude(mean(left), mean(right)))
            })
            .collect()
    };
    loop {
        let judged = judge(&cuts);
        let first = |by: &dyn Fn(&(f64, f64)) -> f64| {
            (0..judged.len()).min_by(|&a, &b| by(&judged[a]).total_cmp(&by(&judged[b])))
        };
        let Some(weakest) = first(&|cut| -cut.0) else { return cuts };
        let dropped = if judged[weakest].0 < limits.p {
            let Some(smallest) = first(&|cut| cut.1) else { return cuts };
            if judged[smallest].1 > limits.magnitude {
                return cuts;
            }
            smallest
        } else {
            weakest
        };
        cuts.remove(dropped);
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn squares(values: &[f64]) -> f64 {
    let mean = mean(values);
    values.iter().map(|value| (value - mean).powi(2)).sum()
}

fn magnitude(before: f64, after: f64) -> f64 {
    let change = |from: f64, to: f64| if from == 0.0 { 0.0 } else { (to / from - 1.0).abs() };
    change(before, after).max(change(after, before))
}

/// The two-sided p of Student's t-test for one variance, `stretch` times as large in the long run; 1 where there is
/// nothing to tell from.
fn level_test(left: &[f64], right: &[f64], stretch: f64) -> f64 {
    let (n, m) = (left.len() as f64, right.len() as f64);
    if left.is_empty() || right.is_empty() || n + m <= 2.0 {
        return 1.0;
    }
    let apart = (mean(left) - mean(right)).abs();
    let variance = (squares(left) + squares(right)) / (n + m - 2.0);
    let t = apart / (variance * stretch * (1.0 / n + 1.0 / m)).sqrt();
    if apart == 0.0 || t.is_nan() {
        return 1.0;
    }
    let degrees = ((n + m) / stretch - 2.0).max(1.0);
    let students = StudentsT::new(0.0, 1.0, degrees).expect("degrees of freedom are positive");
    (2.0 * students.sf(t)).clamp(0.0, 1.0)
}

/// Each cut with its levels, p and interval.
fn placed(values: &[f64], cuts: &[usize]) -> Vec<Step> {
    /// The 97.5 % point of the place of the maximum of W(v) − |v|/2 (Yao 1987).
    const BAI: f64 = 11.03;
    let edges = edges(cuts, values.len());
    let memory = memory(values, &edges);
    let stretch = (1.0 + memory) / (1.0 - memory);
    let left_over: f64 = edges.windows(2).map(|part| squares(&values[part[0]..part[1]])).sum();
    let noise = stretch * left_over / (values.len() as f64 - (edges.len() - 1) as f64).max(1.0);
    edges
        .windows(3)
        .map(|part| {
            let (left, right) = (&values[part[0]..part[1]], &values[part[1]..part[2]]);
            let (before, after) = (mean(left), mean(right));
            let reach =
                (BAI * noise / (after - before).powi(2)).floor().min(values.len() as f64) as usize + 1;
            Step {
                at: part[1],
                earliest: part[1].saturating_sub(reach).max(part[0] + 1),
                latest: (part[1] + reach).min(part[2] - 1),
                before,
                after,
                p: level_test(left, right, 1.0),
                cautious_p: level_test(left, right, stretch),
            }
        })
        .collect()
}

/// The lag-1 autocorrelation of the values less their levels, less the bias that each fitted level gives it (Kendall
/// 1954), and half its standard error up: a memory taken too small costs more than one taken too large.
fn memory(values: &[f64], edges: &[usize]) -> f64 {
    let mut rest = Vec::with_capacity(values.len());
    for part in edges.windows(2) {
        let level = mean(&values[part[0]..part[1]]);
        rest.extend(values[part[0]..part[1]].iter().map(|value| value - level));
    }
    let whole: f64 = rest.iter().map(|value| value * value).sum();
    let (n, levels) = (values.len() as f64, (edges.len() - 1) as f64);
    if whole <= 0.0 || n <= 3.0 * levels {
        return 0.0;
    }
    let seen = rest.windows(2).map(|two| two[0] * two[1]).sum::<f64>() / whole;
    let unbiased = ((n * seen + levels) / (n - 3.0 * levels)).clamp(-1.0, 1.0);
    (unbiased + 0.5 * ((1.0 - unbiased * unbiased) / n).sqrt()).clamp(0.0, 0.9)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::random::Random;

    fn levels(random: &mut Random, levels: &[(usize, f64)]) -> Vec<f64> {
        let values = levels.iter().flat_map(|&(count, level)| std::iter::repeat_n(level, count));
        values.map(|level| level + random.normal()).collect()
    }

    /// By hand: left 0, 0, right 2, 2, 2. Distances across 6 · 2 = 12, none within, times 2/5.
    #[test]
    fn the_energy_is_that_of_its_formula() {
        let (at, energy) = cut(&[0.0, 0.0, 2.0, 2.0, 2.0]).unwrap();
        assert!(at == 2 && (energy - 4.8).abs() < 1e-12, "{energy}");
        assert_eq!(cut(&[1.0]), None);
    }

    #[test]
    fn planted_steps_are_found_within_two_places() {
        let mut random = Random::new(2);
        let found = (0..100).filter(|round| {
            let at = 6 + round % 13;
            let values = levels(&mut random, &[(at, 20.0), (24 - at, 24.0)]);
            let steps = steps(&values, Limits::default());
            steps.len() == 1
                && steps[0].at.abs_diff(at) <= 2
                && (steps[0].earliest..=steps[0].latest).contains(&at)
        });
        assert!(found.count() >= 90);
    }

    #[test]
    fn several_steps_over_several_windows() {
        let values = levels(&mut Random::new(4), &[(60, 10.0), (50, 15.0), (70, 9.0)]);
        let steps = steps(&values, Limits::default());
        let at: Vec<usize> = steps.iter().map(|step| step.at).collect();
        assert!(at.len() == 2 && at[0].abs_diff(60) <= 2 && at[1].abs_diff(110) <= 2, "{steps:?}");
        assert!((steps[0].before - 10.0).abs() < 0.5 && (steps[0].after - 15.0).abs() < 0.5, "{steps:?}");
        assert!(steps.iter().all(|step| step.p <= step.cautious_p && step.cautious_p < 1e-6), "{steps:?}");
    }

    #[test]
    fn noise_has_few_steps_and_small_ones_can_be_left_out() {
        let mut random = Random::new(9);
        let alarms =
            (0..100).filter(|_| !steps(&levels(&mut random, &[(24, 20.0)]), Limits::default()).is_empty());
        assert!(alarms.count() <= 4);
        let values = levels(&mut random, &[(20, 100.0), (20, 105.0)]);
        assert_eq!(steps(&values, Limits::default()).len(), 1);
        assert_eq!(steps(&values, Limits { magnitude: 0.2, ..Limits::default() }), []);
    }

    #[test]
    fn nothing_steps() {
        assert_eq!(steps(&[], Limits::default()), []);
        assert_eq!(steps(&[1.0], Limits::default()), []);
        assert_eq!(steps(&[2.0; 30], Limits::default()), []);
        assert_eq!(steps(&[0.0, 1.0], Limits { window: 0, ..Limits::default() }), []);
        let exact: Vec<f64> = (0..20).map(|at| f64::from(at / 10)).collect();
        let step = steps(&exact, Limits::default())[0];
        assert_eq!((step.at, step.earliest, step.latest, step.p), (10, 9, 11, 0.0));
        assert!(steps(&[f64::MAX, -f64::MAX, f64::MAX, 0.0], Limits::default()).len() < 4);
    }
}
