//! Many runs of one model, and what they agree on.

use std::collections::BTreeMap;

use facts::TeamId;
use measures::stats::quantile::quantile;

use super::{
    check::with_warm_up,
    fit::Fit,
    flow::{Flow, Parameters, Parts, flow},
    model::{Case, Model, Stretch},
};

/// Runs of every model. Sets of parameters that fit take turns.
pub const RUNS: usize = 20;

/// A figure over all runs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figure {
    /// The middle one of all runs.
    pub value: f64,
    /// Nine of ten runs lie between this
    pub low: f64,
    /// and that.
    pub high: f64,
}

impl Figure {
    fn of(values: impl Iterator<Item = f64>) -> Self {
        let mut values: Vec<f64> = values.collect();
        let mut at = |share: f64| quantile(&mut values, share).unwrap_or(0.0);
        Self { value: at(0.5), low: at(0.05), high: at(0.95) }
    }
}

/// One run.
#[derive(Clone, Debug, Default, PartialEq)]
struct Run {
    median: f64,
    p90: f64,
    parts: Parts,
    changes: usize,
    utilisation: Vec<f64>,
    waited: Vec<f64>,
    further: (u64, u64),
}

/// All runs of a model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    runs: Vec<Run>,
}

impl Answer {
    /// The hours half of the changes took at most.
    pub fn median(&self) -> Figure {
        Figure::of(self.runs.iter().map(|run| run.median))
    }

    /// The hours nine of ten took at most.
    pub fn p90(&self) -> Figure {
        Figure::of(self.runs.iter().map(|run| run.p90))
    }

    /// By what another multiplies the median, run by run.
    pub fn median_against(&self, other: &Self) -> Figure {
        self.against(other, |run| run.median)
    }

    /// By what another multiplies the ninetieth percentile, run by run.
    pub fn p90_against(&self, other: &Self) -> Figure {
        self.against(other, |run| run.p90)
    }

    fn against(&self, other: &Self, of: impl Fn(&Run) -> f64) -> Figure {
        let pairs = self.runs.iter().zip(&other.runs);
        Figure::of(pairs.map(|(own, other)| if of(other) > 0.0 { of(own) / of(other) } else { 1.0 }))
    }

    /// The share of the time of all changes that is not their authors' own work.
    pub fn waiting(&self) -> Figure {
        let share =
            |run: &Run| if run.parts.whole() > 0.0 { run.parts.others() / run.parts.whole() } else { 0.0 };
        Figure::of(self.runs.iter().map(share))
    }

    /// Mean hours of a change by where they go, over all runs.
    pub fn parts(&self) -> Parts {
        mean(&self.runs.iter().map(|run| run.parts).collect::<Vec<Parts>>())
    }

    /// How much of what a team can give is asked of it; from 1 on its queue has no end. The merge queue comes after all
    /// teams.
    pub fn utilisation(&self, at: usize) -> Figure {
        Figure::of(self.runs.iter().map(|run| run.utilisation[at]))
    }

    /// In how many of the runs more is asked of some team than it can give.
    pub fn overloaded(&self) -> usize {
        self.runs.iter().filter(|run| run.utilisation.iter().any(|&own| own >= 1.0)).count()
    }

    /// The same of one queue.
    pub fn overloaded_at(&self, at: usize) -> usize {
        self.runs.iter().filter(|run| run.utilisation[at] >= 1.0).count()
    }

    /// The share of further approvals for which there is somebody to ask; `None` where none is wanted.
    pub fn found(&self) -> Option<f64> {
        let (wanted, found) =
            self.runs.iter().fold((0, 0), |sum, run| (sum.0 + run.further.0, sum.1 + run.further.1));
        (wanted > 0).then(|| found as f64 / wanted as f64)
    }

    /// Hours changes waited at a queue, over all runs.
    pub fn waited(&self, at: usize) -> f64 {
        self.runs.iter().map(|run| run.waited[at]).sum()
    }

    /// Changes in a run, in the middle.
    pub fn changes(&self) -> f64 {
        Figure::of(self.runs.iter().map(|run| run.changes as f64)).value
    }
}

/// How a stretch of history is run.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// Whose changes.
    pub stretch: Stretch,
    /// What was calibrated.
    pub fit: &'a Fit,
    /// Decides what is chance.
    pub seed: u64,
}

impl Setting<'_> {
    fn turn(&self, run: usize) -> (Parameters, u64) {
        let kept = &self.fit.kept;
        (kept[run % kept.len()], self.seed.wrapping_add(run as u64))
    }

    fn each(&self, model: &Model) -> impl Iterator<Item = Flow> {
        let cases = with_warm_up(model, self.stretch);
        (0..RUNS).map(move |run| {
            let (parameters, seed) = self.turn(run);
            flow(model, &cases, parameters, seed)
        })
    }

    /// Runs a model, and looks at the changes named.
    pub fn answer(&self, model: &Model, keep: impl Fn(&Case) -> bool) -> Answer {
        let counts = |at: usize| self.stretch.holds(model.cases[at].merged) && keep(&model.cases[at]);
        let run = |flow: Flow| {
            let passed: Vec<Parts> =
                flow.passed.iter().filter(|one| counts(one.case)).map(|one| one.parts).collect();
            let mut hours: Vec<f64> = passed.iter().map(|parts| parts.whole()).collect();
            let utilisation = flow.loads.iter().map(|load| load.utilisation).collect();
            Run {
                median: quantile(&mut hours, 0.5).unwrap_or(0.0),
                p90: quantile(&mut hours, 0.9).unwrap_or(0.0),
                parts: mean(&passed),
                changes: passed.len(),
                utilisation,
                waited: flow.waited,
                further: flow.further,
            }
        };
        Answer { runs: self.each(model).map(run).collect() }
    }

    /// The two teams that cost each other the most time: what a change takes beside its author's own work, in equal parts
    /// over the pairs of its home and whom else it needs.
    pub fn dearest(&self, model: &Model) -> Option<(TeamId, TeamId)> {
        let mut hours: BTreeMap<(TeamId, TeamId), f64> = BTreeMap::new();
        for one in self.each(model).flat_map(|flow| flow.passed) {
            let case = &model.cases[one.case];
            let mut sides: Vec<TeamId> =
                case.home.first().copied().into_iter().chain(case.others()).collect();
            sides.sort_unstable();
            let pairs: Vec<(TeamId, TeamId)> = (0..sides.len())
                .flat_map(|at| sides[at + 1..].iter().map(move |&b| (at, b)))
                .map(|(at, b)| (sides[at], b))
                .collect();
            for pair in &pairs {
                *hours.entry(*pair).or_default() += one.parts.others() / pairs.len() as f64;
            }
        }
        let dearest = hours.into_iter().max_by(|a, b| a.1.total_cmp(&b.1).then_with(|| b.0.cmp(&a.0)));
        dearest.filter(|(_, hours)| *hours > 0.0).map(|(pair, _)| pair)
    }
}

fn mean(parts: &[Parts]) -> Parts {
    let mean = |of: fn(&Parts) -> f64| parts.iter().map(of).sum::<f64>() / parts.len().max(1) as f64;
    Parts {
        own: mean(|one| one.own),
        waiting: mean(|one| one.waiting),
        looked_at: mean(|one| one.looked_at),
        last: mean(|one| one.last),
        merging: mean(|one| one.merging),
    }
}
