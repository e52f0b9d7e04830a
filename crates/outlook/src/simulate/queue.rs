//! A discrete-event simulation of jobs that queue at stations. It knows no word of what they stand for.
//!
//! ```text
//! job ─▶ stage 1: ┬▶ station A ─┐        stage 2: ─▶ station C ─▶ done
//!                 └▶ station B ─┴ last ▶
//! ```
//!
//! Tasks of one stage are asked for at once, each at its station; the next stage begins when the last is done
//! (fork-join). A station has some servers and takes tasks in the order in which they come. A server may turn away after
//! each task for a while, to do other things: lengths are exponential, and where nothing waits when it looks again, it
//! turns away once more (multiple vacations, one task a visit; Takagi 1991, "Queueing Analysis" 1). As an exponential
//! length has no memory, a server that is away while nothing waits needs no events.

use std::{
    cmp::{Ordering, Reverse},
    collections::{BinaryHeap, VecDeque},
};

use measures::stats::random::Random;

/// Where tasks wait.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Station {
    /// How many are served at once; at least 1.
    pub servers: u32,
    /// How many tasks a server takes at once, in the time of the longest; at least 1.
    pub batch: u32,
    /// The mean time a server turns away after each visit; 0 where it never does.
    pub away: f64,
}

/// A piece of a job.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Task {
    /// Its station.
    pub station: u32,
    /// Stages begin one after another, from 0 without gaps.
    pub stage: u32,
    /// How long it keeps a server once begun.
    pub service: f64,
    /// How long it goes on after that by itself.
    pub after: f64,
}

/// Jobs and their tasks.
#[derive(Clone, Debug, Default)]
pub struct Jobs {
    arrival: Vec<f64>,
    first: Vec<u32>,
    tasks: Vec<Task>,
}

impl Jobs {
    /// Adds a job; tasks are in the order of their stages. A job without tasks is done when it arrives.
    pub fn push(&mut self, arrival: f64, tasks: impl IntoIterator<Item = Task>) {
        self.first.push(self.tasks.len() as u32);
        self.arrival.push(arrival);
        self.tasks.extend(tasks);
    }

    /// How many jobs.
    pub fn len(&self) -> usize {
        self.arrival.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.arrival.is_empty()
    }

    /// When a job arrives.
    pub fn arrival(&self, job: usize) -> f64 {
        self.arrival[job]
    }

    /// The tasks of a job, as a range of all.
    pub fn tasks_of(&self, job: usize) -> std::ops::Range<usize> {
        let end = self.first.get(job + 1).map_or(self.tasks.len(), |&next| next as usize);
        self.first[job] as usize..end
    }

    /// A task.
    pub fn task(&self, at: usize) -> Task {
        self.tasks[at]
    }
}

/// What became of a task.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Span {
    /// When it began to wait.
    pub asked: f64,
    /// When it was begun.
    pub begun: f64,
    /// When it was done.
    pub done: f64,
}

/// What a station was like.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Load {
    /// Tasks it was asked for.
    pub tasks: u64,
    /// The mean wait of a task until it was begun.
    pub wait: f64,
    /// Work asked for, with the turns away it brings, over what its servers can give between the first arrival and the
    /// last. From 1 on the queue has no end: waits are those of the time simulated, and grow with it.
    pub utilisation: f64,
}

/// All that happened.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// By task.
    pub spans: Vec<Span>,
    /// When each job was done.
    pub done: Vec<f64>,
    /// By station.
    pub loads: Vec<Load>,
}

/// Something that happens; the earlier first, of the same moment the one that was planned first.
struct Event {
    at: f64,
    order: u64,
    what: What,
}

enum What {
    /// A job comes.
    Arrival(u32),
    /// A server is done with a run of tasks, the first by its number.
    Finish(u32, u32),
    /// A task is over that went on by itself.
    Over(u32),
    /// A server looks again; void when the station has planned anew since.
    Return(u32, u32),
}

impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Event {}

impl PartialOrd for Event {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Event {
    fn cmp(&self, other: &Self) -> Ordering {
        self.at.total_cmp(&other.at).then_with(|| self.order.cmp(&other.order))
    }
}

/// A station while it runs.
struct Running {
    station: Station,
    waiting: VecDeque<u32>,
    /// Servers that stand ready.
    ready: u32,
    /// Servers that are away.
    away: u32,
    /// Counts plans of the next return.
    plan: u32,
    work: f64,
    tasks: u64,
    wait: f64,
}

/// No further task.
const NONE: u32 = u32::MAX;

struct Run<'a> {
    jobs: &'a Jobs,
    stations: Vec<Running>,
    events: BinaryHeap<Reverse<Event>>,
    planned: u64,
    random: Random,
    spans: Vec<Span>,
    done: Vec<f64>,
    /// By job: the task its next stage begins with, and tasks of this one that are not done.
    stage: Vec<(u32, u32)>,
    /// By task: its job, and the next task a server took together with it.
    job_of: Vec<u32>,
    together: Vec<u32>,
}

/// Runs every job to its end. The seed decides how long servers are away, and nothing else.
pub fn run(stations: &[Station], jobs: &Jobs, seed: u64) -> Outcome {
    let mut run = Run::new(stations, jobs, seed);
    for job in 0..jobs.len() {
        run.plan(jobs.arrival[job], What::Arrival(job as u32));
    }
    while let Some(Reverse(event)) = run.events.pop() {
        match event.what {
            What::Arrival(job) => run.next_stage(job, event.at),
            What::Finish(station, first) => run.finish(station as usize, first, event.at),
            What::Over(task) => run.over(task, event.at),
            What::Return(station, plan) => run.look_again(station as usize, plan, event.at),
        }
    }
    let first = jobs.arrival.iter().copied().fold(f64::INFINITY, f64::min);
    let last = jobs.arrival.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let span = last - first;
    let load = |one: &Running| Load {
        tasks: one.tasks,
        wait: if one.tasks > 0 { one.wait / one.tasks as f64 } else { 0.0 },
        utilisation: if span > 0.0 { one.work / (f64::from(one.station.servers) * span) } else { 0.0 },
    };
    Outcome { loads: run.stations.iter().map(load).collect(), spans: run.spans, done: run.done }
}

impl<'a> Run<'a> {
    fn new(stations: &[Station], jobs: &'a Jobs, seed: u64) -> Self {
        let running = |&station: &Station| Running {
            station,
            waiting: VecDeque::new(),
            ready: if station.away > 0.0 { 0 } else { station.servers },
            away: if station.away > 0.0 { station.servers } else { 0 },
            plan: 0,
            work: 0.0,
            tasks: 0,
            wait: 0.0,
        };
        let mut job_of = vec![0; jobs.tasks.len()];
        for job in 0..jobs.len() {
            job_of[jobs.tasks_of(job)].fill(job as u32);
        }
        Self {
            jobs,
            stations: stations.iter().map(running).collect(),
            events: BinaryHeap::with_capacity(jobs.len() + stations.len()),
            planned: 0,
            random: Random::new(seed),
            spans: vec![Span::default(); jobs.tasks.len()],
            done: vec![0.0; jobs.len()],
            stage: jobs.first.iter().map(|&first| (first, 0)).collect(),
            job_of,
            together: vec![NONE; jobs.tasks.len()],
        }
    }

    fn plan(&mut self, at: f64, what: What) {
        self.planned += 1;
        self.events.push(Reverse(Event { at, order: self.planned, what }));
    }

    /// Asks for every task of a job's next stage; without one it is done.
    fn next_stage(&mut self, job: u32, now: f64) {
        let jobs = self.jobs;
        let end = jobs.tasks_of(job as usize).end;
        let from = self.stage[job as usize].0 as usize;
        let stage = jobs.tasks[from..end].first().map(|task| task.stage);
        let to = from + jobs.tasks[from..end].iter().take_while(|task| Some(task.stage) == stage).count();
        self.stage[job as usize] = (to as u32, (to - from) as u32);
        if from == to {
            self.done[job as usize] = now;
        }
        for task in from..to {
            self.ask(task as u32, now);
        }
    }

    fn ask(&mut self, task: u32, now: f64) {
        let at = self.jobs.tasks[task as usize].station as usize;
        self.spans[task as usize].asked = now;
        let station = &mut self.stations[at];
        station.tasks += 1;
        station.waiting.push_back(task);
        if station.ready > 0 {
            station.ready -= 1;
            self.begin(at, now);
        } else if station.waiting.len() == 1 {
            self.plan_return(at, now);
        }
    }

    /// A server takes what waits, as much as it takes at once.
    fn begin(&mut self, at: usize, now: f64) {
        let station = &mut self.stations[at];
        let (mut first, mut last, mut longest) = (NONE, NONE, 0.0_f64);
        for _ in 0..station.station.batch {
            let Some(task) = station.waiting.pop_front() else { break };
            let span = &mut self.spans[task as usize];
            span.begun = now;
            station.wait += now - span.asked;
            longest = longest.max(self.jobs.tasks[task as usize].service);
            if first == NONE {
                first = task;
            } else {
                self.together[last as usize] = task;
            }
            last = task;
        }
        station.work += longest + station.station.away;
        self.plan(now + longest, What::Finish(at as u32, first));
    }

    fn finish(&mut self, at: usize, first: u32, now: f64) {
        let station = &mut self.stations[at];
        if station.station.away > 0.0 {
            station.away += 1;
            self.plan_return(at, now);
        } else if station.waiting.is_empty() {
            station.ready += 1;
        } else {
            self.begin(at, now);
        }
        let mut task = first;
        while task != NONE {
            let after = self.jobs.tasks[task as usize].after;
            if after > 0.0 {
                self.plan(now + after, What::Over(task));
            } else {
                self.over(task, now);
            }
            task = self.together[task as usize];
        }
    }

    /// A task is done; with the last of its stage the next begins.
    fn over(&mut self, task: u32, now: f64) {
        self.spans[task as usize].done = now;
        let job = self.job_of[task as usize];
        let open = &mut self.stage[job as usize].1;
        *open -= 1;
        if *open == 0 {
            self.next_stage(job, now);
        }
    }

    /// Plans when the first of those who are away looks again, where anything waits for them.
    fn plan_return(&mut self, at: usize, now: f64) {
        let station = &mut self.stations[at];
        station.plan += 1;
        if station.away > 0 && !station.waiting.is_empty() {
            let back = now + self.random.exponential() * station.station.away / f64::from(station.away);
            let plan = station.plan;
            self.plan(back, What::Return(at as u32, plan));
        }
    }

    fn look_again(&mut self, at: usize, plan: u32, now: f64) {
        let station = &mut self.stations[at];
        if station.plan != plan {
            return;
        }
        station.away -= 1;
        self.begin(at, now);
        self.plan_return(at, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JOBS: usize = 200_000;

    fn station(servers: u32) -> Station {
        Station { servers, batch: 1, away: 0.0 }
    }

    /// Jobs that come at a rate, each with one task at every station named.
    fn poisson(rate: f64, count: usize, stations: u32, mut service: impl FnMut(&mut Random) -> f64) -> Jobs {
        let mut random = Random::new(11);
        let (mut jobs, mut now) = (Jobs::default(), 0.0);
        for _ in 0..count {
            now += random.exponential() / rate;
            let tasks: Vec<Task> = (0..stations)
                .map(|station| Task { station, stage: 0, service: service(&mut random), after: 0.0 })
                .collect();
            jobs.push(now, tasks);
        }
        jobs
    }

    fn mean_wait(station: Station, jobs: &Jobs) -> f64 {
        run(&[station], jobs, 3).loads[0].wait
    }

    fn mean_response(outcome: &Outcome, jobs: &Jobs) -> f64 {
        (0..jobs.len()).map(|job| outcome.done[job] - jobs.arrival(job)).sum::<f64>() / jobs.len() as f64
    }

    fn near(found: f64, theory: f64, tolerance: f64, what: &str) {
        assert!((found / theory - 1.0).abs() < tolerance, "{what}: {found} is not {theory}");
    }

    /// The mean wait of M/M/c at service rate 1 (Erlang 1917).
    fn erlang(servers: u32, offered: f64) -> f64 {
        let c = f64::from(servers);
        let blocked =
            (1..=servers).fold(1.0, |blocked, n| offered * blocked / (f64::from(n) + offered * blocked));
        let waits = c * blocked / (c - offered * (1.0 - blocked));
        waits / (c - offered)
    }

    #[test]
    fn many_servers_wait_as_erlang_says() {
        assert!((erlang(1, 0.5) - 1.0).abs() < 1e-12, "of one server it is ρ / (1 − ρ)");
        assert!((erlang(2, 1.0) - 1.0 / 3.0).abs() < 1e-12, "of two at half load ρ² / (1 − ρ²)");
        for (servers, rho, tolerance) in
            [(1, 0.3, 0.02), (1, 0.7, 0.03), (2, 0.5, 0.03), (2, 0.8, 0.04), (5, 0.8, 0.04), (10, 0.9, 0.08)]
        {
            let offered = rho * f64::from(servers);
            let jobs = poisson(offered, JOBS, 1, Random::exponential);
            let found = mean_wait(station(servers), &jobs);
            near(found, erlang(servers, offered), tolerance, &format!("M/M/{servers} at {rho}"));
            near(run(&[station(servers)], &jobs, 3).loads[0].utilisation, rho, 0.01, "utilisation");
        }
    }

    /// Pollaczek and Khinchine: λ E(S²) / (2 (1 − ρ)).
    #[test]
    fn the_spread_of_service_makes_the_queue() {
        let rho = 0.6;
        let spread = 1.0_f64;
        let lognormal = |random: &mut Random| (random.normal() * spread - spread * spread / 2.0).exp();
        for (name, jobs, second) in [
            ("M/D/1", poisson(rho, JOBS, 1, |_| 1.0), 1.0),
            ("M/G/1", poisson(rho, JOBS, 1, lognormal), (spread * spread).exp()),
        ] {
            near(mean_wait(station(1), &jobs), rho * second / (2.0 * (1.0 - rho)), 0.05, name);
        }
    }

    /// One task a visit, exponential turns away V: λ E((S + V)²) / (2 (1 − λ E(S + V))) + E(V²) / (2 E(V)).
    #[test]
    fn servers_that_turn_away_wait_as_takagi_says() {
        let (rate, away) = (0.4, 0.8);
        let jobs = poisson(rate, JOBS, 1, |_| 0.5);
        let second = 0.25 + 2.0 * 0.5 * away + 2.0 * away * away;
        let theory = rate * second / (2.0 * (1.0 - rate * (0.5 + away))) + away;
        near(mean_wait(Station { away, ..station(1) }, &jobs), theory, 0.04, "vacations");
        // Where next to nothing comes, one of four looks after a quarter of the time.
        let jobs = poisson(0.01, 20_000, 1, |_| 0.5);
        near(mean_wait(Station { away, ..station(4) }, &jobs), away / 4.0, 0.05, "pickup");
    }

    /// Of two equal M/M/1 the exact mean of the later is (12 − ρ) / 8 · 1 / (μ − λ) (Nelson and Tantawi 1988).
    #[test]
    fn two_that_must_both_answer_take_as_long_as_nelson_and_tantawi_say() {
        for (rho, tolerance) in [(0.2, 0.02), (0.5, 0.03), (0.8, 0.06)] {
            let jobs = poisson(rho, JOBS, 2, Random::exponential);
            let found = mean_response(&run(&[station(1); 2], &jobs, 3), &jobs);
            near(found, (12.0 - rho) / 8.0 / (1.0 - rho), tolerance, &format!("fork-join at {rho}"));
        }
    }

    /// Where nobody waits, the last of n takes the harmonic number of n.
    #[test]
    fn the_last_of_many_takes_the_harmonic_number() {
        for n in [1, 2, 4, 8] {
            let jobs = poisson(0.001, 20_000, n, Random::exponential);
            let found = mean_response(&run(&vec![station(1); n as usize], &jobs, 3), &jobs);
            let harmonic: f64 = (1..=n).map(|k| 1.0 / f64::from(k)).sum();
            near(found, harmonic, 0.03, &format!("{n} at once"));
        }
    }

    /// The second of two stations in a row is an M/M/1 like the first (Burke 1956).
    #[test]
    fn stages_follow_each_other() {
        let mut random = Random::new(2);
        let (mut jobs, mut now) = (Jobs::default(), 0.0);
        for _ in 0..JOBS {
            now += random.exponential() / 0.5;
            let task = |stage, service| Task { station: stage, stage, service, after: 0.0 };
            jobs.push(now, [task(0, random.exponential()), task(1, random.exponential())]);
        }
        let outcome = run(&[station(1); 2], &jobs, 3);
        near(outcome.loads[1].wait, 1.0, 0.04, "second in a row");
        near(mean_response(&outcome, &jobs), 4.0, 0.03, "both");
    }

    #[test]
    fn a_batch_goes_together_and_by_turn() {
        let mut jobs = Jobs::default();
        for (arrival, service) in [(0.0, 2.0), (1.0, 3.0), (1.0, 1.0), (1.5, 1.0)] {
            jobs.push(arrival, [Task { station: 0, stage: 0, service, after: 0.0 }]);
        }
        let outcome = run(&[Station { servers: 1, batch: 2, away: 0.0 }], &jobs, 0);
        assert_eq!(outcome.done, [2.0, 5.0, 5.0, 6.0]);
        assert_eq!(outcome.spans[3], Span { asked: 1.5, begun: 5.0, done: 6.0 });
    }

    #[test]
    fn what_goes_on_by_itself_keeps_no_server() {
        let mut jobs = Jobs::default();
        for arrival in [0.0, 1.0] {
            let task = |stage, after| Task { station: 0, stage, service: 2.0, after };
            jobs.push(arrival, [task(0, 10.0), task(1, 0.0)]);
        }
        let outcome = run(&[station(1)], &jobs, 0);
        assert_eq!(outcome.spans[0], Span { asked: 0.0, begun: 0.0, done: 12.0 });
        assert_eq!(outcome.spans[2], Span { asked: 1.0, begun: 2.0, done: 14.0 });
        assert_eq!(outcome.done, [14.0, 16.0]);
    }

    #[test]
    fn what_asks_for_nothing_is_done_at_once() {
        let mut jobs = Jobs::default();
        jobs.push(4.0, []);
        let outcome = run(&[], &jobs, 0);
        assert_eq!(outcome.done, [4.0]);
        assert_eq!(run(&[station(1)], &Jobs::default(), 0).loads[0].utilisation, 0.0);
    }

    #[test]
    fn too_much_is_told_and_ends() {
        let jobs = poisson(1.5, 20_000, 1, Random::exponential);
        let outcome = run(&[station(1)], &jobs, 3);
        assert!(outcome.loads[0].utilisation > 1.4);
        let late = |from: usize| outcome.spans[from].begun - outcome.spans[from].asked;
        assert!(late(19_999) > 1.8 * late(9_999), "the queue grows for as long as it is fed");
    }

    #[test]
    fn one_seed_one_outcome() {
        let jobs = poisson(0.4, 1_000, 2, Random::exponential);
        let stations = [Station { away: 0.7, ..station(1) }; 2];
        let ends = |seed| run(&stations, &jobs, seed).done;
        assert_eq!(ends(1), ends(1));
        assert_ne!(ends(1), ends(2));
    }
}
