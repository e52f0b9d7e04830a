//! Calibration: which ways teams could answer give the lead times that were seen.
//!
//! How long a person does other things between two looks, how long a look takes and how many asks are answered at once
//! cannot be read from git. A grid of them is run over the changes learned from; kept is every one whose lead times lie
//! about as near to those seen as the best (Beven and Binley 1992, "The Future of Distributed Models": several ways fit
//! equally well, and what they disagree on is not known). The nearness is that of Kolmogorov and Smirnov, with a little
//! for the longest tenth, of which it knows little; over changes that need other teams, of one and of more, in busy weeks
//! and in quiet ones. Where review events tell, their waits for a first review and from there to the last approval count
//! likewise: then waiting is observed.

use measures::stats::kolmogorov;

use super::{
    flow::{Parameters, Parts, flow},
    model::{Case, Model},
};

/// Hours.
const AWAY: [f64; 7] = [0.25, 1.0, 3.0, 8.0, 24.0, 48.0, 96.0];
/// Hours.
const LOOK: [f64; 6] = [0.05, 0.25, 1.0, 4.0, 16.0, 60.0];
const SPREAD: [f64; 3] = [0.5, 1.5, 2.5];
const AT_ONCE: [f64; 6] = [0.0, 0.2, 0.4, 0.6, 0.8, 0.95];
/// So much further than the best a set may lie to be kept.
const AS_GOOD: f64 = 0.02;
/// Sets that are kept.
pub const KEPT: usize = 20;
/// What the longest tenth counts: twice as long as seen, or half, as much as a distance of 0.035.
const LONGEST: f64 = 0.05;
/// A group of fewer changes is not looked at by itself.
const FEWEST: usize = 30;
/// A week is busy by the changes that began in it and the six days before.
const WEEK: f64 = 168.0;

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// The nearest set.
    pub best: Parameters,
    /// The distance it was chosen by.
    pub distance: f64,
    /// Sets that are about as near, [`KEPT`] at most, spread over all of them; the best among them.
    pub kept: Vec<Parameters>,
}

impl Fit {
    /// Between what a parameter lies in the sets kept.
    pub fn range(&self, of: impl Fn(&Parameters) -> f64) -> (f64, f64) {
        let ends = |(low, high): (f64, f64), one| (of(one).min(low), of(one).max(high));
        self.kept.iter().fold((f64::INFINITY, f64::NEG_INFINITY), ends)
    }
}

/// Calibrates on some changes; `None` where too few of them that need others tell how long they took.
pub fn fit(model: &Model, cases: &[usize], seed: u64) -> Option<Fit> {
    let cases: Vec<usize> = cases.iter().copied().filter(|&at| model.cases[at].waits()).collect();
    let groups = groups(model, &cases);
    if groups.is_empty() {
        return None;
    }
    let judged = |parameters| (far(model, &cases, &groups, parameters, seed), parameters);
    let mut tried: Vec<(f64, Parameters)> = grid().into_iter().map(judged).collect();
    tried.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (distance, best) = *tried.first().filter(|(distance, _)| distance.is_finite())?;
    let near = tried.partition_point(|(own, _)| *own <= distance + AS_GOOD);
    let kept = near.min(KEPT);
    let kept = (0..kept).map(|at| tried[at * near / kept].1).collect();
    Some(Fit { best, distance, kept })
}

/// Every set that is tried.
fn grid() -> Vec<Parameters> {
    let mut sets = Vec::new();
    for away in AWAY {
        for look in LOOK {
            for spread in SPREAD {
                sets.extend(AT_ONCE.map(|at_once| Parameters { away, look, spread, at_once }));
            }
        }
    }
    sets
}

/// What was seen of a group, sorted, with the places of its changes among the cases.
struct Group {
    at: Vec<usize>,
    seen: Vec<f64>,
    /// What of a change that passed it is held against.
    of: fn(&Parts) -> f64,
}

/// Lead times of one other team and of more, in busy weeks and in quiet ones; and waits, where review events tell.
fn groups(model: &Model, cases: &[usize]) -> Vec<Group> {
    let begun: Vec<f64> = cases.iter().map(|&at| model.cases[at].begun).collect();
    let came: Vec<usize> = (0..begun.len())
        .map(|at| at - begun[..at].partition_point(|&earlier| earlier < begun[at] - WEEK))
        .collect();
    let mut ordered = came.clone();
    ordered.sort_unstable();
    let usual = ordered.get(ordered.len() / 2).copied().unwrap_or(0);
    let many = |at: usize| model.cases[cases[at]].others().count() > 1;
    let group = |seen: fn(&Case) -> Option<f64>, of: fn(&Parts) -> f64, keep: &dyn Fn(usize) -> bool| {
        let all = (0..cases.len()).filter(|&at| keep(at));
        let told = all.filter_map(|at| Some((at, seen(&model.cases[cases[at]])?)));
        let (at, mut seen): (Vec<usize>, Vec<f64>) = told.unzip();
        seen.sort_unstable_by(f64::total_cmp);
        Group { at, seen, of }
    };
    let took = |keep: &dyn Fn(usize) -> bool| group(|case| case.told, |parts| parts.whole(), keep);
    let mut groups: Vec<Group> = Vec::new();
    for more in [false, true] {
        let split = [true, false].map(|busy| took(&|at| many(at) == more && (came[at] > usual) == busy));
        if split.iter().all(|one| one.at.len() >= FEWEST) {
            groups.extend(split);
        } else {
            groups.push(took(&|at| many(at) == more));
        }
    }
    groups.push(group(|case| case.reviewed[0], |parts| parts.waiting, &|_| true));
    groups.push(group(|case| case.reviewed[1], |parts| parts.looked_at + parts.last, &|_| true));
    groups.retain(|one| one.at.len() >= FEWEST);
    groups
}

/// How far the lead times of a set lie from those seen: the mean over groups by their changes.
fn far(model: &Model, cases: &[usize], groups: &[Group], parameters: Parameters, seed: u64) -> f64 {
    let flow = flow(model, cases, parameters, seed);
    // A queue that only grew would have been seen to.
    if flow.loads.iter().any(|load| load.utilisation >= 1.0) {
        return f64::INFINITY;
    }
    let (mut sum, mut of) = (0.0, 0.0);
    for group in groups {
        let mut own: Vec<f64> = group.at.iter().map(|&at| (group.of)(&flow.passed[at].parts)).collect();
        own.sort_unstable_by(f64::total_cmp);
        let weight = group.at.len() as f64;
        let longest = (nine_of_ten(&own) / nine_of_ten(&group.seen)).ln().abs();
        sum += (kolmogorov::between(&own, &group.seen) + LONGEST * longest) * weight;
        of += weight;
    }
    sum / of
}

/// The hours nine of ten took at most, of hours in order.
fn nine_of_ten(hours: &[f64]) -> f64 {
    hours[(hours.len() - 1) * 9 / 10].max(1.0 / 60.0)
}
