//! Where a series goes if it goes on as it went, how sure that is, and how good such forecasts of it were.
//!
//! The point forecast is the Theil–Sen line through the last points, its slope damped a tenth every step (Gardner and
//! McKenzie 1985: undamped trends overshoot), plus what is left of the last point's distance from the line. How fast
//! that distance fades is the lag-1 autocorrelation of the distances, with the bias taken off that a fitted line gives it
//! ((nr + 2)/(n − 4), Marriott and Pope 1954).
//!
//! The interval is that of the errors of the same forecast on made-up series: the line plus distances that fade as the
//! found ones do and are pushed by what the found ones were pushed by, drawn in blocks (a circular block bootstrap of
//! the innovations); the forecast made from the first part is held against the rest. Blocks of the distances themselves
//! would tear neighbours apart and promise too much. It knows the uncertainty of the line and of the values, not that the
//! line may bend: the back-test says how often it held.

use super::{
    kendall::autocorrelations,
    quantile::{median, quantile},
    random::Random,
    slope::theil_sen_within,
};

/// Points from which a forecast is made at all.
pub const FEWEST: usize = 8;
/// Only so many last points are read: what was long ago says little of next year, and all pairs are compared.
pub const MOST: usize = 60;
const DAMPING: f64 = 0.9;
/// Steps a made-up series runs before it counts, to forget where it began.
const SETTLING: usize = 10;

/// How a forecast is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plan {
    /// Steps ahead.
    pub steps: usize,
    /// Share of the interval, 0.9 for 90 %.
    pub share: f64,
    /// Made-up series; 200 and more for an interval worth the name.
    pub draws: usize,
    /// Decides them.
    pub seed: u64,
}

/// One step ahead.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ahead {
    /// The value expected.
    pub value: f64,
    /// Lower end of its interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The next values of an equally spaced series; `None` below eight points.
pub fn forecast(values: &[f64], plan: Plan) -> Option<Vec<Ahead>> {
    let values = &values[values.len().saturating_sub(MOST)..];
    let (line, rest) = described(values)?;
    let (n, points) = (values.len(), ahead(&line, &rest, plan.steps));
    let memory = memory(&rest);
    // What is left after three fitted numbers, line and memory, is too small by as much.
    let wider = (n as f64 / (n as f64 - 3.0)).sqrt();
    let pushes: Vec<f64> = rest.windows(2).map(|two| wider * (two[1] - memory * two[0])).collect();
    let block = (n as f64).cbrt().ceil() as usize;
    let mut random = Random::new(plan.seed);
    let mut errors = vec![Vec::with_capacity(plan.draws); plan.steps];
    for _ in 0..plan.draws {
        let drawn = random.blocks(pushes.len(), block, SETTLING + n + plan.steps);
        let mut distance = wider * rest[random.below(n)];
        let distances = drawn.iter().map(|&from| {
            distance = memory * distance + pushes[from];
            distance
        });
        let made: Vec<f64> =
            distances.skip(SETTLING).enumerate().map(|(at, distance)| line.at(n, at) + distance).collect();
        let Some((line, rest)) = described(&made[..n]) else { continue };
        for ((value, truth), errors) in
            ahead(&line, &rest, plan.steps).iter().zip(&made[n..]).zip(&mut errors)
        {
            errors.push(truth - value);
        }
    }
    let tail = (1.0 - plan.share.clamp(0.0, 1.0)) / 2.0;
    points
        .into_iter()
        .zip(&mut errors)
        .map(|(value, errors)| {
            let (low, high) = (value + quantile(errors, tail)?, value + quantile(errors, 1.0 - tail)?);
            (low.is_finite() && high.is_finite()).then_some(Ahead { value, low, high })
        })
        .collect()
}

/// A line that flattens after its last point.
#[derive(Clone, Copy)]
struct Line {
    slope: f64,
    intercept: f64,
}

impl Line {
    /// Its height at a place, of which the last of `n` is the last before it flattens.
    fn at(&self, n: usize, place: usize) -> f64 {
        let last = n.saturating_sub(1).min(place);
        let beyond = (place - last) as i32;
        let damped = DAMPING * (1.0 - DAMPING.powi(beyond)) / (1.0 - DAMPING);
        self.intercept + self.slope * (last as f64 + damped)
    }
}

/// The line through the points and their distances from it, whose median is zero.
fn described(values: &[f64]) -> Option<(Line, Vec<f64>)> {
    if values.len() < FEWEST {
        return None;
    }
    let x: Vec<f64> = (0..values.len()).map(|at| at as f64).collect();
    let slope = theil_sen_within(&x, values, 0.0)?.slope;
    let mut rest: Vec<f64> = values.iter().zip(&x).map(|(y, x)| y - slope * x).collect();
    let intercept = median(&mut rest.clone())?;
    rest.iter_mut().for_each(|value| *value -= intercept);
    Some((Line { slope, intercept }, rest))
}

/// The point forecasts.
fn ahead(line: &Line, rest: &[f64], steps: usize) -> Vec<f64> {
    let memory = memory(rest);
    let last = rest[rest.len() - 1];
    let n = rest.len();
    (1..=steps).map(|step| line.at(n, n - 1 + step) + last * memory.powi(step as i32)).collect()
}

/// How much of a distance from the line is left a step later, 0..=0.98.
fn memory(rest: &[f64]) -> f64 {
    let n = rest.len() as f64;
    ((n * autocorrelations(rest, 1)[0] + 2.0) / (n - 4.0)).clamp(0.0, 0.98)
}

/// How forecasts made at each earlier time fared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Backtest {
    /// Times a forecast was made at.
    pub origins: usize,
    /// Values forecast.
    pub count: usize,
    /// Share of them inside their interval.
    pub coverage: f64,
    /// Mean absolute error over that of "it stays as it is now" at the same origins and steps: below 1 the forecast is
    /// worth something. `None` if staying made no error. (Hyndman and Koehler 2006 scale by the error one step ahead
    /// within the sample; the same steps ahead is the harder and the fairer judge.)
    pub against_staying: Option<f64>,
}

/// Rolling origin (Tashman 2000): from every time with at least `first` points before it, a forecast as long as values
/// remain. `None` if there is no such time.
pub fn backtest(values: &[f64], first: usize, plan: Plan) -> Option<Backtest> {
    let (mut origins, mut count, mut inside, mut own, mut staying) = (0, 0, 0, 0.0, 0.0);
    for origin in first.max(FEWEST)..values.len() {
        let steps = plan.steps.min(values.len() - origin);
        let seed = plan.seed.wrapping_add(origin as u64);
        let Some(made) = forecast(&values[..origin], Plan { steps, seed, ..plan }) else { continue };
        origins += 1;
        for (ahead, truth) in made.iter().zip(&values[origin..]) {
            count += 1;
            inside += usize::from(ahead.low <= *truth && *truth <= ahead.high);
            own += (ahead.value - truth).abs();
            staying += (values[origin - 1] - truth).abs();
        }
    }
    (count > 0).then(|| Backtest {
        origins,
        count,
        coverage: inside as f64 / count as f64,
        against_staying: (staying > 0.0).then(|| own / staying),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: Plan = Plan { steps: 3, share: 0.9, draws: 40, seed: 1 };

    fn line(count: usize) -> Vec<f64> {
        (0..count).map(|at| 10.0 + 2.0 * at as f64).collect()
    }

    /// A line goes on, a tenth less every step: 30 + 2 · (0.9, 1.71, 2.439) after 10 + 2 · 10.
    #[test]
    fn a_line_goes_on_and_flattens() {
        let made = forecast(&line(11), PLAN).unwrap();
        for (ahead, expected) in made.iter().zip([31.8, 33.42, 34.878]) {
            assert!((ahead.value - expected).abs() < 1e-9, "{made:?}");
            assert!((ahead.low - expected).abs() < 1e-9 && (ahead.high - expected).abs() < 1e-9, "{made:?}");
        }
    }

    #[test]
    fn most_of_what_comes_lies_in_the_interval() {
        let mut random = Random::new(3);
        let (mut inside, mut own, rounds) = (0.0, 0.0, 12.0);
        for _ in 0..12 {
            let series: Vec<f64> = (0..22).map(|at| 0.2 * f64::from(at) + random.normal()).collect();
            let fared = backtest(&series, 18, PLAN).unwrap();
            assert_eq!((fared.origins, fared.count), (4, 9));
            inside += fared.coverage / rounds;
            own += fared.against_staying.unwrap() / rounds;
        }
        assert!(inside > 0.75 && own < 1.0, "{inside} {own}");
    }

    #[test]
    fn same_seed_same_forecast() {
        let series: Vec<f64> = (0..20).map(|at| f64::from(at * 7 % 5)).collect();
        assert_eq!(forecast(&series, PLAN), forecast(&series, PLAN));
        assert_ne!(forecast(&series, PLAN), forecast(&series, Plan { seed: 2, ..PLAN }));
        let long: Vec<f64> = (0..300).map(|at| f64::from(at * 7 % 5)).collect();
        assert_eq!(forecast(&long, PLAN), forecast(&long[300 - MOST..], PLAN));
    }

    #[test]
    fn nothing_to_go_on() {
        assert_eq!(forecast(&[], PLAN), None);
        assert_eq!(forecast(&line(7), PLAN), None);
        assert_eq!(forecast(&line(9), Plan { draws: 0, ..PLAN }), None);
        assert_eq!(backtest(&line(8), 0, PLAN), None);
        let constant = forecast(&[4.0; 9], PLAN).unwrap();
        assert_eq!((constant[0].value, constant[0].low, constant[0].high), (4.0, 4.0, 4.0));
        assert_eq!(
            backtest(&[4.0; 12], 0, PLAN).map(|fared| (fared.coverage, fared.against_staying)),
            Some((1.0, None))
        );
        assert_eq!(forecast(&[f64::MAX, -f64::MAX, f64::MAX, 0.0, 0.0, 0.0, 1.0, 2.0, 3.0], PLAN), None);
    }
}
