//! Whether the simulation gives the lead times of a stretch of history it has not seen.

use facts::{
    Lens,
    time::{DAY, Seconds},
};
use measures::{
    lead_time::LeadTimes,
    stats::{kolmogorov, quantile::quantile},
};

use super::{
    answer::RUNS,
    fit::Fit,
    flow::flow,
    model::{Model, Stretch},
};

/// What is held out.
const HELD_OUT_DAYS: i64 = 365;
/// What is learned from before it: a system of longer ago worked otherwise.
const LEARNED_DAYS: i64 = 365;
/// A year of which fewer changes tell is not held out.
const FEWEST_HELD_OUT: usize = 100;
/// What is learned from goes back to as many.
const FEWEST_LEARNED: usize = 200;
/// Fewer changes, all or those that need other teams, have no distribution to compare.
const FEWEST: usize = 30;
/// Changes begun up to so many hours before a stretch fill the queues it finds.
pub const WARM_UP_HOURS: f64 = 56.0 * 24.0;

/// What is learned from and what is held out, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    /// Learned from.
    pub learned: Stretch,
    /// Held out.
    pub held_out: Stretch,
}

impl Split {
    /// The last year of which a hundred changes tell, against the time before it; where no year does, the last quarter of
    /// what tells. `None` where too little does.
    pub fn new(lens: &Lens<'_>, times: &LeadTimes) -> Option<Self> {
        let mut told: Vec<Seconds> = times.told.iter().filter_map(|(change, _)| lens.at(*change)).collect();
        told.sort_unstable();
        let before = |moment: Seconds| told.partition_point(|&at| at < moment);
        let year = |&last: &usize| {
            let since = told[last] + 1 - HELD_OUT_DAYS * DAY;
            last + 1 - before(since) >= FEWEST_HELD_OUT && before(since) >= FEWEST_LEARNED
        };
        if let Some(last) = (0..told.len()).rev().find(year) {
            let until = told[last] + 1;
            let since = until - HELD_OUT_DAYS * DAY;
            let days = if before(since) - before(since - LEARNED_DAYS * DAY) < FEWEST_LEARNED {
                since - told[before(since) - FEWEST_LEARNED]
            } else {
                LEARNED_DAYS * DAY
            };
            let learned = Stretch { since: since - days, until: since };
            return Some(Self { learned, held_out: Stretch { since, until } });
        }
        let quarter = told.len() * 3 / 4;
        if told.len() - quarter < FEWEST || quarter < FEWEST_LEARNED / 2 {
            return None;
        }
        let since = told[quarter];
        Some(Self {
            learned: Stretch { since: told[0], until: since },
            held_out: Stretch { since, until: told[told.len() - 1] + 1 },
        })
    }
}

/// Two distributions beside each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Match {
    /// Changes that tell.
    pub changes: usize,
    /// How far they lie from those simulated, by Kolmogorov and Smirnov: 0..=1.
    pub distance: f64,
    /// What chance alone would bring in nineteen of twenty cases; changes come in runs.
    pub by_chance: f64,
    /// The hours half of them, and nine of ten, took: seen,
    pub seen: (f64, f64),
    /// and simulated.
    pub simulated: (f64, f64),
}

/// The stretch held out, against what was learned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Check {
    /// Every change that tells.
    pub all: Match,
    /// Those that need another team than their author's; `None` where too few tell.
    pub waiting: Option<Match>,
    /// How far lead times learned from lie from those held out: what a simulation must better.
    pub by_repeating: f64,
}

/// Runs what was learned over the changes held out; `None` where too few of them tell.
pub fn check(model: &Model, fit: &Fit, split: Split, seed: u64) -> Option<Check> {
    let cases = with_warm_up(model, split.held_out);
    let counts = |at: usize| split.held_out.holds(model.cases[at].merged) && model.cases[at].told.is_some();
    let mut simulated: Vec<(usize, f64)> = Vec::new();
    for (run, &parameters) in (0..RUNS).zip(fit.kept.iter().cycle()) {
        let flow = flow(model, &cases, parameters, seed.wrapping_add(run as u64));
        let told = flow.passed.iter().filter(|one| counts(one.case));
        simulated.extend(told.map(|one| (one.case, one.parts.whole())));
    }
    // In the order in which they came, for runs.
    let seen: Vec<usize> = cases.into_iter().filter(|&at| counts(at)).collect();
    let matched = |keep: &dyn Fn(usize) -> bool| {
        let seen = seen.iter().filter(|&&at| keep(at)).filter_map(|&at| model.cases[at].told);
        let own = simulated.iter().filter(|(at, _)| keep(*at)).map(|(_, hours)| *hours);
        compared(seen.collect(), own.collect(), seed)
    };
    let learned = model.within(split.learned).into_iter().filter_map(|at| model.cases[at].told);
    let held_out: Vec<f64> = seen.iter().filter_map(|&at| model.cases[at].told).collect();
    Some(Check {
        all: matched(&|_| true)?,
        waiting: matched(&|at| model.cases[at].waits()),
        by_repeating: kolmogorov::distance(&learned.collect::<Vec<f64>>(), &held_out)?,
    })
}

fn compared(mut seen: Vec<f64>, mut simulated: Vec<f64>, seed: u64) -> Option<Match> {
    if seen.len() < FEWEST {
        return None;
    }
    let ends = |values: &mut [f64]| Some((quantile(values, 0.5)?, quantile(values, 0.9)?));
    Some(Match {
        changes: seen.len(),
        distance: kolmogorov::distance(&seen, &simulated)?,
        by_chance: kolmogorov::chance(&seen, seed)?,
        seen: ends(&mut seen)?,
        simulated: ends(&mut simulated)?,
    })
}

/// The changes of a stretch after those that fill its queues, by when they began.
pub fn with_warm_up(model: &Model, stretch: Stretch) -> Vec<usize> {
    let since = stretch.since as f64 / 3600.0 - WARM_UP_HOURS;
    let taken = |at: &usize| model.cases[*at].merged < stretch.until && model.cases[*at].begun >= since;
    let earlier = |at: &usize| stretch.holds(model.cases[*at].merged);
    (0..model.cases.len()).filter(|at| taken(at) || earlier(at)).collect()
}
