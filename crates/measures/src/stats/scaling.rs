//! How output grows with size: the Universal Scalability Law (Gunther 1993, "Guerrilla Capacity Planning" 2007)
//!
//! ```text
//!   X(N) = γN / (1 + σ(N − 1) + κN(N − 1)),   0 ≤ σ ≤ 1, κ ≥ 0
//! ```
//!
//! with γ the output of one, σ the share that must wait its turn, κ the cost of keeping every pair in step. With κ = 0
//! it is Amdahl's law, with σ = 0 as well a straight line; which of the three the data ask for is told by Akaike's
//! criterion corrected for few points (Hurvich and Tsai 1989). A description of the data in their range, no more.
//!
//! The least squares are sought from a grid over σ and κ, at each of which γ follows from the data, and from its best
//! places by Levenberg and Marquardt's steps held inside the bounds: the sum has several minima on noisy data, and the
//! grid sees them all. The R package `usl` fits the same curve; its figures for two published data sets are in the
//! tests.

use super::{quantile::quantile, random::Random};

/// A curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Curve {
    /// Output of one.
    pub gamma: f64,
    /// Contention, 0..=1.
    pub sigma: f64,
    /// Cost of coherence, not negative.
    pub kappa: f64,
}

impl Curve {
    /// The output at a size.
    pub fn at(&self, size: f64) -> f64 {
        self.gamma * shape(size, self.sigma, self.kappa)
    }

    /// The size of most output, √((1 − σ)/κ); infinite without cost of coherence.
    pub fn peak(&self) -> f64 {
        if self.kappa > 0.0 { ((1.0 - self.sigma) / self.kappa).sqrt() } else { f64::INFINITY }
    }
}

/// A size and its output.
pub type Observation = (f64, f64);

/// The three laws with their corrected Akaike criteria: the smallest describes the data best for its parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Criteria {
    /// σ = κ = 0.
    pub linear: f64,
    /// κ = 0.
    pub amdahl: f64,
    /// All three parameters.
    pub universal: f64,
}

/// A fit with its uncertainty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scaling {
    /// The curve.
    pub curve: Curve,
    /// 95 % interval of σ.
    pub sigma: (f64, f64),
    /// 95 % interval of κ.
    pub kappa: (f64, f64),
    /// Size of most output and its 95 % interval; `None` unless both ends are finite: no limit visible.
    pub peak: Option<(f64, f64, f64)>,
    /// `None` below seven points.
    pub criteria: Option<Criteria>,
}

/// How the interval is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resampling {
    /// Neighbouring observations drawn together; 1 if their order means nothing.
    pub block: usize,
    /// How often; below 40 there is no interval to speak of.
    pub draws: usize,
    /// Decides the draws.
    pub seed: u64,
}

/// The fit with percentile intervals of a block bootstrap (Künsch 1989, circular). Observations come in the order of
/// time. `None` as [`fit`].
pub fn scaling(data: &[Observation], resampling: Resampling) -> Option<Scaling> {
    let curve = fit(data)?;
    let mut random = Random::new(resampling.seed);
    let drawn: Vec<Curve> = (0..resampling.draws)
        .filter_map(|_| {
            let drawn = random.blocks(data.len(), resampling.block, data.len());
            fit(&drawn.into_iter().map(|at| data[at]).collect::<Vec<_>>())
        })
        .collect();
    let interval = |of: fn(&Curve) -> f64| {
        let mut values: Vec<f64> = drawn.iter().map(of).collect();
        Some((quantile(&mut values, 0.025)?, quantile(&mut values, 0.975)?))
    };
    let (low, high) = interval(Curve::peak).unwrap_or((f64::INFINITY, f64::INFINITY));
    // Draws of too few sizes tell nothing; if they are many, so would the interval be of the rest alone.
    let enough = drawn.len() * 10 >= resampling.draws * 9;
    let finite = enough && curve.peak().is_finite() && high.is_finite();
    Some(Scaling {
        curve,
        sigma: interval(|curve| curve.sigma)?,
        kappa: interval(|curve| curve.kappa)?,
        peak: finite.then_some((curve.peak(), low, high)),
        criteria: criteria(data, &curve),
    })
}

/// The curve of least squares. `None` below three sizes of at least one, or without output.
pub fn fit(data: &[Observation]) -> Option<Curve> {
    let data = usable(data)?;
    best(&data, true)
}

fn usable(data: &[Observation]) -> Option<Vec<Observation>> {
    let data: Vec<Observation> = data
        .iter()
        .copied()
        .filter(|(size, output)| *size >= 1.0 && size.is_finite() && *output >= 0.0)
        .collect();
    let mut sizes: Vec<f64> = data.iter().map(|(size, _)| *size).collect();
    sizes.sort_unstable_by(f64::total_cmp);
    sizes.dedup();
    (sizes.len() >= 3 && data.iter().any(|(_, output)| *output > 0.0)).then_some(data)
}

fn shape(size: f64, sigma: f64, kappa: f64) -> f64 {
    size / (1.0 + sigma * (size - 1.0) + kappa * size * (size - 1.0))
}

/// The γ of least squares for given σ and κ, and what it leaves.
fn profile(data: &[Observation], sigma: f64, kappa: f64) -> (Curve, f64) {
    let (mut across, mut own) = (0.0, 0.0);
    for &(size, output) in data {
        let shape = shape(size, sigma, kappa);
        across += output * shape;
        own += shape * shape;
    }
    let curve = Curve { gamma: across / own, sigma, kappa };
    (curve, data.iter().map(|&(size, output)| (output - curve.at(size)).powi(2)).sum())
}

/// The best curve, with `coherence` free or zero.
fn best(data: &[Observation], coherence: bool) -> Option<Curve> {
    /// Places of the grid that are followed down.
    const STARTS: usize = 4;
    let largest = data.iter().map(|(size, _)| *size).fold(1.0, f64::max);
    let decades =
        |from: f64, count: i32| (0..count).map(move |step| from * 10_f64.powf(-f64::from(step) / 2.0));
    let sigmas: Vec<f64> = std::iter::once(0.0).chain(decades(1.0, 9)).collect();
    // κ matters by κN²: beyond 1 at the smallest sizes, and less than a thousandth at the largest, all look alike.
    let kappas: Vec<f64> = std::iter::once(0.0)
        .chain(decades(1.0, 7 + (4.0 * largest.log10()) as i32).filter(|_| coherence))
        .collect();
    let mut grid: Vec<(Curve, f64)> = sigmas
        .iter()
        .flat_map(|&sigma| kappas.iter().map(move |&kappa| (sigma, kappa)))
        .map(|(sigma, kappa)| profile(data, sigma, kappa))
        .filter(|(_, rest)| rest.is_finite())
        .collect();
    grid.sort_by(|a, b| a.1.total_cmp(&b.1));
    grid.iter()
        .take(STARTS)
        .map(|&start| descended(data, start, coherence))
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(curve, _)| curve)
}

/// Levenberg–Marquardt in σ and κ, γ following (variable projection, Golub and Pereyra 1973, with Kaufman's gradient).
/// A parameter at its bound that wants beyond stays there.
fn descended(data: &[Observation], start: (Curve, f64), coherence: bool) -> (Curve, f64) {
    let (mut at, mut damping) = (start, 1e-3);
    for _ in 0..200 {
        let (gradient, curvature) = derivatives(data, &at.0);
        let place = [at.0.sigma, at.0.kappa];
        let most = [1.0, if coherence { f64::MAX } else { 0.0 }];
        let free = [0, 1].map(|axis| {
            !(place[axis] <= 0.0 && gradient[axis] >= 0.0
                || place[axis] >= most[axis] && gradient[axis] <= 0.0)
        });
        let step = damped(gradient, curvature, free, damping);
        let next = [0, 1].map(|axis| (place[axis] + step[axis]).clamp(0.0, most[axis]));
        if next == place {
            break;
        }
        let tried = profile(data, next[0], next[1]);
        if tried.1 < at.1 {
            at = tried;
            damping = (damping / 5.0).max(1e-12);
        } else if damping > 1e12 {
            break;
        } else {
            damping *= 4.0;
        }
    }
    at
}

/// Half the gradient of the sum of squares over (σ, κ) and the Gauss–Newton curvature [σσ, σκ, κκ].
fn derivatives(data: &[Observation], curve: &Curve) -> ([f64; 2], [f64; 3]) {
    // Columns of the Jacobian less their part along the shape, which γ takes up.
    let shapes: Vec<f64> = data.iter().map(|(size, _)| shape(*size, curve.sigma, curve.kappa)).collect();
    let own: f64 = shapes.iter().map(|shape| shape * shape).sum();
    let columns = [|_: f64| 1.0, |size: f64| size].map(|factor: fn(f64) -> f64| {
        let raw: Vec<f64> = data
            .iter()
            .zip(&shapes)
            .map(|(&(size, _), shape)| -curve.gamma * shape * shape * (size - 1.0) * factor(size) / size)
            .collect();
        let along = raw.iter().zip(&shapes).map(|(a, b)| a * b).sum::<f64>() / own;
        raw.iter().zip(&shapes).map(|(a, b)| a - along * b).collect::<Vec<f64>>()
    });
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let rest: Vec<f64> = data.iter().map(|&(size, output)| output - curve.at(size)).collect();
    let gradient = [0, 1].map(|axis| -dot(&columns[axis], &rest));
    let curvature =
        [dot(&columns[0], &columns[0]), dot(&columns[0], &columns[1]), dot(&columns[1], &columns[1])];
    (gradient, curvature)
}

/// The step of the damped normal equations over the free parameters.
fn damped(gradient: [f64; 2], curvature: [f64; 3], free: [bool; 2], damping: f64) -> [f64; 2] {
    let [a, b, c] = curvature;
    let (a, c) = (a * (1.0 + damping), c * (1.0 + damping));
    let determinant = a * c - b * b;
    let step = match free {
        [true, true] if determinant > 0.0 => [
            -(c * gradient[0] - b * gradient[1]) / determinant,
            -(a * gradient[1] - b * gradient[0]) / determinant,
        ],
        [true, _] => [-gradient[0] / a, 0.0],
        [false, true] => [0.0, -gradient[1] / c],
        [false, false] => [0.0, 0.0],
    };
    step.map(|part| if part.is_finite() { part } else { 0.0 })
}

/// The criteria of the three laws; the variance counts as a parameter. `None` below seven points.
fn criteria(data: &[Observation], universal: &Curve) -> Option<Criteria> {
    let data = usable(data)?;
    let n = data.len() as f64;
    let whole: f64 = data.iter().map(|(_, output)| output * output).sum();
    let of = |curve: &Curve, parameters: f64| {
        let rest = profile(&data, curve.sigma, curve.kappa).1.max(1e-30 * whole);
        let k = parameters + 1.0;
        n * (rest / n).ln() + 2.0 * k + 2.0 * k * (k + 1.0) / (n - k - 1.0)
    };
    let linear = profile(&data, 0.0, 0.0).0;
    (n >= 7.0).then_some(Criteria {
        linear: of(&linear, 1.0),
        amdahl: of(&best(&data, false)?, 2.0),
        universal: of(universal, 3.0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ray tracer of Gunther 2007, table 4.1, as `usl::raytracer`.
    const RAYTRACER: [Observation; 11] = [
        (1.0, 20.0),
        (4.0, 78.0),
        (8.0, 130.0),
        (12.0, 170.0),
        (16.0, 190.0),
        (20.0, 200.0),
        (24.0, 210.0),
        (28.0, 230.0),
        (32.0, 260.0),
        (48.0, 280.0),
        (64.0, 310.0),
    ];
    /// A Sun SPARCcenter 2000 in the SPEC SDM91 benchmark, as `usl::specsdm91`.
    const SPEC: [Observation; 7] = [
        (1.0, 64.9),
        (18.0, 995.9),
        (36.0, 1652.4),
        (72.0, 1853.2),
        (108.0, 1828.9),
        (144.0, 1775.0),
        (216.0, 1702.2),
    ];

    fn same(own: f64, published: f64, digits: i32) {
        assert!((own / published - 1.0).abs() < 0.5 * 10_f64.powi(1 - digits), "{own} is not {published}");
    }

    /// usl 3.0's README: alpha 0.0277285, beta 0.0001044, gamma 89.9952330, peak at 96.52 (its tests: 96.51956). And
    /// its tests/confint.Rout.save: the first six of the ray tracer, 0.02444, 0.00163, 20.85605.
    #[test]
    fn is_that_of_the_published_fits() {
        let spec = fit(&SPEC).unwrap();
        same(spec.sigma, 0.027_728_5, 6);
        same(spec.kappa, 0.000_104_4, 4);
        same(spec.gamma, 89.995_233, 6);
        same(spec.peak(), 96.519_56, 6);
        let six = fit(&RAYTRACER[..6]).unwrap();
        same(six.sigma, 0.024_44, 4);
        same(six.kappa, 0.001_63, 3);
        same(six.gamma, 20.856_05, 6);
    }

    /// tests/coef.R of the package: a curve with σ = κ = 0.02.
    #[test]
    fn finds_the_curve_the_data_lie_on() {
        let truth = Curve { gamma: 3.0, sigma: 0.02, kappa: 0.000_5 };
        let data: Vec<Observation> = (1..40).map(|n| (f64::from(n), truth.at(f64::from(n)))).collect();
        let found = fit(&data).unwrap();
        same(found.sigma, truth.sigma, 8);
        same(found.kappa, truth.kappa, 8);
        let line: Vec<Observation> = (1..10).map(|n| (f64::from(n), 2.0 * f64::from(n))).collect();
        let line = fit(&line).unwrap();
        assert!(line.sigma < 1e-9 && line.kappa < 1e-9 && (line.gamma - 2.0).abs() < 1e-9, "{line:?}");
    }

    #[test]
    fn a_peak_is_told_only_where_it_is_seen() {
        let resampling = Resampling { block: 1, draws: 60, seed: 1 };
        let truth = Curve { gamma: 3.0, sigma: 0.05, kappa: 0.002 };
        let mut random = Random::new(3);
        let mut noisy = |curve: Curve| -> Vec<Observation> {
            (1..=45).map(|n| (f64::from(n), curve.at(f64::from(n)) + 0.5 * random.normal())).collect()
        };
        let seen = scaling(&noisy(truth), resampling).unwrap();
        let (peak, low, high) = seen.peak.unwrap();
        assert!(low <= truth.peak() && truth.peak() <= high && low <= peak && peak <= high, "{seen:?}");
        let criteria = seen.criteria.unwrap();
        assert!(criteria.universal < criteria.amdahl && criteria.universal < criteria.linear);
        let unseen = scaling(&noisy(Curve { gamma: 3.0, sigma: 0.0, kappa: 0.0 }), resampling).unwrap();
        assert_eq!(unseen.peak, None, "{unseen:?}");
        let criteria = unseen.criteria.unwrap();
        assert!(criteria.linear < criteria.universal, "{criteria:?}");
        assert_eq!(scaling(&noisy(truth), resampling).map(|fit| fit.curve.gamma > 0.0), Some(true));
    }

    #[test]
    fn nothing_to_fit() {
        let resampling = Resampling { block: 1, draws: 40, seed: 1 };
        assert_eq!(fit(&[]), None);
        assert_eq!(fit(&[(1.0, 1.0), (2.0, 2.0), (2.0, 3.0)]), None);
        assert_eq!(fit(&[(1.0, 0.0), (2.0, 0.0), (3.0, 0.0)]), None);
        assert_eq!(scaling(&[(0.0, 1.0); 9], resampling), None);
        let constant = fit(&[(1.0, 5.0), (2.0, 5.0), (9.0, 5.0)]).unwrap();
        same(constant.sigma, 1.0, 6);
        assert!(fit(&[(1.0, 1e150), (1e6, 1e150), (1e9, 1.0)]).is_some());
    }
}
