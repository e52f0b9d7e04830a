//! Changes of a [`Model`] through the queues, once: what each took, and where.

use facts::TeamId;
use measures::stats::random::Random;

use super::{
    model::{Approval, Case, Model},
    queue::{self, Jobs, Load, Station, Task},
};

/// What is not observed, and so calibrated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Parameters {
    /// The mean hours for which a person does other things before they look again at what others ask.
    pub away: f64,
    /// The hours half of all looks take at most, with the talk that follows.
    pub look: f64,
    /// The spread of ln(hours) of a look.
    pub spread: f64,
    /// The share of asks that are answered at once.
    pub at_once: f64,
}

/// Where the time of a change goes, in hours.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Parts {
    /// The author's own work.
    pub own: f64,
    /// Waiting until the first team to answer looks at it.
    pub waiting: f64,
    /// Being looked at by it.
    pub looked_at: f64,
    /// From there until the last team has answered.
    pub last: f64,
    /// Waiting for the merge queue and passing it.
    pub merging: f64,
}

impl Parts {
    /// From begun to merged.
    pub fn whole(self) -> f64 {
        self.own + self.waiting + self.looked_at + self.last + self.merging
    }

    /// What is not the author's own work.
    pub fn others(self) -> f64 {
        self.whole() - self.own
    }
}

/// One change that went through.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Passed {
    /// Its place among the cases.
    pub case: usize,
    /// Where its time went.
    pub parts: Parts,
}

/// What came of one run.
#[derive(Clone, Debug, Default)]
pub struct Flow {
    /// Every change, in the order given; further copies where more come than came.
    pub passed: Vec<Passed>,
    /// By desk, the merge queue last where there is one.
    pub loads: Vec<Load>,
    /// By desk: hours changes waited there in all.
    pub waited: Vec<f64>,
    /// Further approvals that were wanted, and those of them for which there is somebody to ask.
    pub further: (u64, u64),
}

/// A stream of random numbers of one change, for one purpose.
fn stream(seed: u64, case: &Case, purpose: u64) -> Random {
    Random::new(seed ^ (u64::from(case.change.0) << 12) ^ (purpose << 44))
}

const OWN: u64 = 1;
const COPIES: u64 = 2;
const FURTHER: u64 = 3;
const FURTHER_ASKS: u64 = 256;
const ASKS: u64 = 512;
/// A look keeps a person from others for at most so many hours; what is longer is talk, and keeps nobody.
const SITTING: f64 = 4.0;
/// No lead time is longer than two years.
const LONGEST_TALK: f64 = 730.0 * 24.0;
/// Copies of a change come within half a week of it.
const APART: f64 = 168.0;

/// Sends some changes through; the seed decides everything that is chance. The same seed draws the same for the same
/// change, whatever else is different.
pub fn flow(model: &Model, cases: &[usize], parameters: Parameters, seed: u64) -> Flow {
    let mut jobs = Jobs::default();
    let mut passed: Vec<Passed> = Vec::with_capacity(cases.len());
    let mut tasks: Vec<Task> = Vec::new();
    let mut further = (0, 0);
    for &at in cases {
        let case = &model.cases[at];
        for (copy, begun) in copies(model, case, seed).into_iter().enumerate() {
            let seed = seed ^ ((copy as u64) << 56);
            let own = model.own_work(case.size, stream(seed, case, OWN).share());
            tasks.clear();
            let found = ask(model, case, parameters, seed, &mut tasks);
            further = (further.0 + model.further.len() as u64, further.1 + found);
            jobs.push(begun + own, tasks.iter().copied());
            passed.push(Passed { case: at, parts: Parts { own, ..Parts::default() } });
        }
    }
    let outcome = queue::run(&stations(model, parameters), &jobs, seed);
    let mut waited = vec![0.0; outcome.loads.len()];
    for (job, one) in passed.iter_mut().enumerate() {
        let (mut first, mut last) = (None, jobs.arrival(job));
        for task in jobs.tasks_of(job) {
            let span = outcome.spans[task];
            let station = jobs.task(task).station as usize;
            waited[station] += span.begun - span.asked;
            if station == model.desks.len() {
                one.parts.merging = span.done - span.asked;
                continue;
            }
            last = last.max(span.done);
            if first.is_none_or(|first: queue::Span| span.done < first.done) {
                first = Some(span);
            }
        }
        if let Some(first) = first {
            one.parts.waiting = first.begun - first.asked;
            one.parts.looked_at = first.done - first.begun;
            one.parts.last = last - first.done;
        }
    }
    Flow { passed, loads: outcome.loads, waited, further }
}

/// When a change and its copies begin.
fn copies(model: &Model, case: &Case, seed: u64) -> Vec<f64> {
    if model.load == 1.0 {
        return vec![case.begun];
    }
    let mut random = stream(seed, case, COPIES);
    let count = model.load.floor() as usize + usize::from(random.share() < model.load.fract());
    let begun = |copy: usize| case.begun + if copy == 0 { 0.0 } else { (random.share() - 0.5) * APART };
    (0..count).map(begun).collect()
}

fn stations(model: &Model, parameters: Parameters) -> Vec<Station> {
    let desk = |people: u32| Station { servers: people, batch: 1, away: parameters.away };
    let mut stations: Vec<Station> = model.desks.iter().map(|one| desk(one.people)).collect();
    stations.extend(model.merge_queue.map(|queue| Station { servers: 1, batch: queue.batch, away: 0.0 }));
    stations
}

/// Everything a change asks for; how many further approvals have somebody to give them.
fn ask(model: &Model, case: &Case, parameters: Parameters, seed: u64, tasks: &mut Vec<Task>) -> u64 {
    let mut add = |team: TeamId, purpose: u64| {
        let mut random = stream(seed, case, purpose);
        let at_once = random.share() < parameters.at_once;
        let look = parameters.look * (random.normal() * parameters.spread).exp();
        if !at_once {
            let service = look.min(SITTING);
            let after = (look - service).min(LONGEST_TALK);
            tasks.push(Task { station: team.0, stage: 0, service, after });
        }
    };
    let mut needed: Vec<TeamId> = case.others().collect();
    for (at, &team) in needed.iter().enumerate() {
        add(team, ASKS + at as u64);
    }
    let mut found = 0;
    for (at, further) in model.further.iter().enumerate() {
        let mut random = stream(seed, case, FURTHER ^ ((at as u64) << 3));
        let team = match further {
            Approval::OfAnother => another(model, case, &needed, &mut random),
            Approval::OfTheSame => same(case),
        };
        if let Some(team) = team {
            add(team, FURTHER_ASKS + at as u64);
            needed.push(team);
            found += 1;
        }
    }
    if let Some(queue) = model.merge_queue {
        tasks.push(Task {
            station: model.desks.len() as u32,
            stage: 1,
            service: queue.minutes / 60.0,
            after: 0.0,
        });
    }
    found
}

/// A team that changes of the same home need and this one does not yet.
fn another(model: &Model, case: &Case, needed: &[TeamId], random: &mut Random) -> Option<TeamId> {
    const TRIES: usize = 20;
    let own = model.asked.get(&case.home.first().copied());
    let pool = own.or_else(|| model.asked.get(&None))?;
    let new = |team: &TeamId| !needed.contains(team) && case.home.binary_search(team).is_err();
    (0..TRIES).map(|_| pool[random.below(pool.len())]).find(new)
}

/// A team that answers for a change already.
fn same(case: &Case) -> Option<TeamId> {
    let at_home = case.teams.iter().find(|team| case.home.binary_search(team).is_ok());
    at_home.or(case.teams.first()).or(case.home.first()).copied()
}
