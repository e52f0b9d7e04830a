//! The upper tail of a Poisson-binomial: how likely as many successes or more among trials of unequal chance.
//!
//! Trials come in groups of equal chance. Up to [`EXACT`] successes the distribution is convolved exactly. Beyond,
//! and where the exact sum would lose all its digits, the saddlepoint approximation of Lugannani and Rice (1980)
//! with the lattice correction is used; its relative error is below one per cent here (tested against the exact
//! sum).

use statrs::function::erf::erfc;

/// Up to this many successes the tail is exact.
const EXACT: u64 = 60;
/// Below this the exact tail, one minus a sum, has too few digits left.
const CANCELLED: f64 = 1e-9;

/// Trials of equal chance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Group {
    /// How many.
    pub trials: u64,
    /// Chance of success, 0..=1.
    pub chance: f64,
}

/// P(successes ≥ `observed`), in 0..=1.
pub fn upper(groups: &[Group], observed: u64) -> f64 {
    let possible: u64 = groups.iter().filter(|group| group.chance > 0.0).map(|group| group.trials).sum();
    if observed == 0 {
        return 1.0;
    }
    if observed > possible {
        return 0.0;
    }
    let expected: f64 = groups.iter().map(|group| group.trials as f64 * group.chance).sum();
    if observed <= EXACT {
        let tail = 1.0 - below(groups, observed as usize);
        if tail > CANCELLED || observed as f64 <= expected {
            return tail.clamp(0.0, 1.0);
        }
    }
    if observed as f64 <= expected + 0.5 {
        // Not in the upper tail: nobody asks for digits here.
        return 1.0_f64.min(
            0.5 * erfc((observed as f64 - 0.5 - expected) / (2.0 * variance(groups)).sqrt().max(1e-300)),
        );
    }
    saddlepoint(groups, observed as f64 - 0.5)
}

fn variance(groups: &[Group]) -> f64 {
    groups.iter().map(|group| group.trials as f64 * group.chance * (1.0 - group.chance)).sum()
}

/// P(successes < `limit`), exactly.
fn below(groups: &[Group], limit: usize) -> f64 {
    let mut mass = vec![0.0; limit];
    mass[0] = 1.0;
    for group in groups.iter().filter(|group| group.trials > 0 && group.chance > 0.0) {
        let own = binomial(group, limit);
        for total in (0..limit).rev() {
            mass[total] = (0..=total).map(|part| own[part] * mass[total - part]).sum();
        }
    }
    mass.iter().sum()
}

/// The first `limit` masses of one group.
fn binomial(group: &Group, limit: usize) -> Vec<f64> {
    let n = group.trials as f64;
    let p = group.chance.min(1.0 - 1e-15);
    let mut log = n * (-p).ln_1p();
    let odds = (p / (1.0 - p)).ln();
    (0..limit)
        .map(|k| {
            let mass = if k as u64 > group.trials { 0.0 } else { log.exp() };
            log += ((n - k as f64) / (k as f64 + 1.0)).max(f64::MIN_POSITIVE).ln() + odds;
            mass
        })
        .collect()
}

/// Lugannani–Rice with `s` half a step below the count.
fn saddlepoint(groups: &[Group], s: f64) -> f64 {
    let derivatives = |t: f64| {
        let (mut value, mut first, mut second) = (0.0, 0.0, 0.0);
        for Group { trials, chance } in groups.iter().filter(|group| group.chance > 0.0) {
            let n = *trials as f64;
            // Tilted chance p·eᵗ / (1 − p + p·eᵗ), written so that a large t does not overflow.
            let tilted = 1.0 / (1.0 + (1.0 - chance) / chance * (-t).exp());
            value += n * ((1.0 - chance) * (-t).exp() + chance).ln() + n * t;
            first += n * tilted;
            second += n * tilted * (1.0 - tilted);
        }
        (value, first, second)
    };
    let (mut low, mut high) = (0.0, 1.0);
    while derivatives(high).1 < s && high < 700.0 {
        high *= 2.0;
    }
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if derivatives(middle).1 < s { low = middle } else { high = middle }
    }
    let t = 0.5 * (low + high);
    let (value, _, second) = derivatives(t);
    let w = (2.0 * (t * s - value)).max(0.0).sqrt();
    let u = 2.0 * (t / 2.0).sinh() * second.sqrt();
    let density = (-0.5 * w * w).exp() / (2.0 * std::f64::consts::PI).sqrt();
    (0.5 * erfc(w / std::f64::consts::SQRT_2) - density * (1.0 / w - 1.0 / u)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(trials: u64, chance: f64) -> Group {
        Group { trials, chance }
    }

    /// `scipy.stats.binom.sf(observed - 1, n, p)`.
    #[test]
    fn one_group_is_a_binomial() {
        for (n, p, observed, expected) in [
            (10, 0.3, 5, 0.150_268_332_6),
            (1000, 0.01, 25, 4.202_920_844_836_726e-5),
            (5, 0.5, 5, 0.031_25),
            (5, 0.5, 6, 0.0),
            (5, 0.5, 0, 1.0),
        ] {
            let tail = upper(&[group(n, p)], observed);
            assert!((tail - expected).abs() <= 1e-9 * expected, "{n} {p} {observed}: {tail}");
        }
    }

    #[test]
    fn groups_add_up_exactly() {
        // Two coins and a die: P(≥ 2) = P(both coins) + P(one coin)·P(six) = 1/4 + 1/2 · 1/6.
        let tail = upper(&[group(2, 0.5), group(1, 1.0 / 6.0)], 2);
        assert!((tail - (0.25 + 0.5 / 6.0)).abs() < 1e-12);
    }

    #[test]
    fn the_saddlepoint_agrees_with_the_sum() {
        let groups = [group(800, 0.02), group(300, 0.05), group(40, 0.2)];
        for observed in 45..=60 {
            let exact = 1.0 - below(&groups, observed);
            let approximate = saddlepoint(&groups, observed as f64 - 0.5);
            assert!((approximate / exact - 1.0).abs() < 0.01, "{observed}: {approximate} {exact}");
        }
    }

    #[test]
    fn tails_fall_and_stay_positive() {
        let groups = [group(5_000, 0.01), group(20_000, 0.002)];
        let tails: Vec<f64> = (80..400).step_by(10).map(|observed| upper(&groups, observed)).collect();
        assert!(tails.windows(2).all(|two| two[1] < two[0]), "{tails:?}");
        assert!(*tails.last().unwrap() < 1e-50);
    }
}
