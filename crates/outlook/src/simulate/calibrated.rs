//! A history that can be simulated, and what is asked of it.

use std::collections::BTreeSet;

use facts::{Basis, Lens, TeamId, time::DAY};
use measures::{lead_time::LeadTimes, review::Journeys};

use super::{
    answer::{Answer, Setting},
    check::{Check, Split, check},
    fit::{Fit, fit},
    model::{Approval, Case, MergeQueue, Model},
    whatif::{More, TooFewModules, WhatIf},
};

/// Fewer changes of either sort tell nothing of own work, or of waiting.
const FEWEST: usize = 50;
/// Told so long ago, it is said.
const SINCE_DAYS: i64 = 90;
/// Of the queue that is shown where nobody says which.
const MERGE_QUEUE: MergeQueue = MergeQueue { minutes: 30.0, batch: 1 };
/// Up to so many more people are tried where changes wait most.
const MORE_PEOPLE: i32 = 8;
const LOADS: [f64; 7] = [0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0];
/// Of the changes so many must have somebody to ask for a further approval.
const MOSTLY: f64 = 0.5;
/// A person who shortens lead time by less buys nothing.
const WORTH_IT: f64 = 0.02;

/// A model that was calibrated on one stretch of history and held to the next.
#[derive(Clone, Debug)]
pub struct Calibrated {
    /// Changes and teams as they are.
    pub model: Model,
    /// What was learned from, and what was held out.
    pub split: Split,
    /// Changes learned from that tell how long they took,
    pub learned: usize,
    /// and those of them that need another team.
    pub learned_waiting: usize,
    /// Whether teams are groups read from history, whom nobody had to ask.
    pub inferred: bool,
    /// Changes learned from whose waits review events tell.
    pub observed: usize,
    /// Whether history has told too little since what was held out.
    pub told_no_more: bool,
    /// Teams that any change asks besides its authors' own, by id.
    pub asked: Vec<TeamId>,
    /// Ways teams could answer that fit.
    pub fit: Fit,
    /// What was held out beside what is simulated.
    pub check: Check,
    seed: u64,
}

/// Something that is otherwise, and what comes of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// All that is otherwise; nothing as it is.
    pub what_ifs: Vec<WhatIf>,
    /// What comes of it.
    pub answer: Answer,
}

/// What comes of more and more of something.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// How much, with what comes of it.
    pub steps: Vec<(f64, Answer)>,
    /// Where it turns: for people, after how many the next buys less than two per cent of median and ninetieth percentile
    /// alike; for load, from where half of the runs ask more of some team than it can give. `None` where it does not.
    pub turns: Option<f64>,
}

/// All that is shown where nobody asks for anything.
#[derive(Clone, Debug, PartialEq)]
pub struct Standard {
    /// As it is first, then one thing otherwise at a time.
    pub scenarios: Vec<Scenario>,
    /// Where changes wait most in all; `None` where none waits.
    pub busiest: Option<TeamId>,
    /// Changes that need that team, with 0 to 8 people more in it.
    pub people: Option<Curve>,
    /// All changes, with half of them to twice as many.
    pub load: Curve,
    /// The team most is asked of for what it can give, as it is.
    pub strained: Option<TeamId>,
}

impl Calibrated {
    /// Calibrates, and checks; the error says why that cannot be done here.
    pub fn new(
        lens: &Lens<'_>,
        times: &LeadTimes,
        journeys: Option<&Journeys>,
        seed: u64,
    ) -> Result<Self, String> {
        let count = |number: usize| facts::counts::grouped(number as u64);
        if lens.counted.iter().all(|&change| lens.teams_of(change).is_empty()) {
            return Err("no team is declared to own anything, and none shows in the history".to_owned());
        }
        if let Some(why) = measures::independence::alone(lens) {
            return Err(format!("{why}, so no change waits for another"));
        }
        if !times.speak() {
            return Err(format!(
                "{} of {} changes tell how long they took, and a tenth of them is the least",
                count(times.told.len()),
                facts::counts::grouped(times.of)
            ));
        }
        let split = Split::new(lens, times).ok_or(
            "the changes that tell how long they took are too few to learn from some and check with others",
        )?;
        let model = Model::new(lens, times, journeys, split.learned);
        let learned = model.within(split.learned);
        let told = |at: &&usize| model.cases[**at].told.is_some();
        let waits = |at: &&usize| model.cases[**at].waits();
        let of = learned.iter().filter(told).count();
        let waiting = learned.iter().filter(told).filter(waits).count();
        if waiting < FEWEST {
            return Err(format!(
                "{} of the {} changes to learn from need another team than their author's, and {FEWEST} are the least: nothing queues",
                count(waiting),
                count(of)
            ));
        }
        if of - waiting < FEWEST {
            return Err(format!(
                "{} of the {} changes to learn from need nobody but their author's own team, and {FEWEST} are the least: nothing tells own work from waiting",
                count(of - waiting),
                count(of)
            ));
        }
        let few = "too few of the changes that need other teams tell how long they took";
        let fit = fit(&model, &learned, seed).ok_or(few)?;
        let check = check(&model, &fit, split, seed)
            .ok_or("too few of the changes held out tell how long they took")?;
        let told_no_more = lens.span.is_some_and(|(_, last)| last - split.held_out.until > SINCE_DAYS * DAY);
        let asked: BTreeSet<TeamId> = model.cases.iter().flat_map(Case::others).collect();
        Ok(Self {
            split,
            learned: of,
            learned_waiting: waiting,
            observed: learned.iter().filter(|&&at| model.cases[at].reviewed[0].is_some()).count(),
            told_no_more,
            inferred: lens.ownership.basis == Basis::Inferred,
            asked: asked.into_iter().collect(),
            fit,
            check,
            seed,
            model,
        })
    }

    /// As it is, and with all of this otherwise at once.
    pub fn ask(&self, what_ifs: &[WhatIf]) -> Result<[Scenario; 2], TooFewModules> {
        Ok([self.scenario(&[])?, self.scenario(what_ifs)?])
    }

    /// What is shown where nobody asks for anything.
    pub fn standard(&self) -> Standard {
        let as_it_is = self.answer(&self.model, |_| true);
        let busiest = self.most(|at| as_it_is.waited(at));
        let dearest = self.setting().dearest(&self.model);
        let strained = self.most(|at| as_it_is.utilisation(at).value);
        let mut asked = vec![
            WhatIf::Approvals(Approval::OfAnother, 1),
            WhatIf::Approvals(Approval::OfTheSame, 1),
            WhatIf::MergeQueue(MERGE_QUEUE),
        ];
        asked.extend(dearest.map(|(a, b)| WhatIf::Merge(a, b)));
        asked.extend(busiest.map(|team| WhatIf::People(Some(team), More::People(1))));
        asked.push(WhatIf::Load(1.5));
        let mut scenarios = vec![Scenario { what_ifs: Vec::new(), answer: as_it_is }];
        scenarios.extend(asked.into_iter().filter_map(|what_if| self.scenario(&[what_if]).ok()));
        // An approval that hardly any change could get is no answer.
        scenarios.retain(|scenario| scenario.answer.found().is_none_or(|found| found >= MOSTLY));
        Standard {
            scenarios,
            busiest,
            people: busiest.map(|team| self.people(team)),
            load: self.load(),
            strained,
        }
    }

    fn setting(&self) -> Setting<'_> {
        Setting { stretch: self.split.held_out, fit: &self.fit, seed: self.seed }
    }

    fn answer(&self, model: &Model, keep: impl Fn(&Case) -> bool) -> Answer {
        self.setting().answer(model, keep)
    }

    fn scenario(&self, what_ifs: &[WhatIf]) -> Result<Scenario, TooFewModules> {
        let start = Ok(self.model.clone());
        let model =
            what_ifs.iter().fold(start, |model, &what_if| model.and_then(|model| model.under(what_if)))?;
        Ok(Scenario { what_ifs: what_ifs.to_vec(), answer: self.answer(&model, |_| true) })
    }

    /// The team of which a figure is highest; `None` where it is 0 of all.
    fn most(&self, of: impl Fn(usize) -> f64) -> Option<TeamId> {
        let all = (0..self.model.desks.len()).map(|at| (of(at), TeamId::from_index(at)));
        let most = all.max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(&a.1)));
        most.filter(|(figure, _)| *figure > 0.0).map(|(_, team)| team)
    }

    /// More people in one team, for the changes that need it.
    fn people(&self, team: TeamId) -> Curve {
        let with = |more: i32| {
            let model = self.model.under(WhatIf::People(Some(team), More::People(more))).ok()?;
            Some((f64::from(more), self.answer(&model, |case| case.others().any(|other| other == team))))
        };
        let steps: Vec<(f64, Answer)> = (0..=MORE_PEOPLE).filter_map(with).collect();
        let worth = |pair: &[(f64, Answer)]| {
            let falls = |figure: super::answer::Figure| figure.value < 1.0 - WORTH_IT;
            falls(pair[1].1.median_against(&pair[0].1)) || falls(pair[1].1.p90_against(&pair[0].1))
        };
        let turns = steps.windows(2).find(|pair| !worth(pair)).map(|pair| pair[0].0);
        Curve { steps, turns }
    }

    /// More and fewer changes.
    fn load(&self) -> Curve {
        let with = |factor: f64| {
            let model = self.model.under(WhatIf::Load(factor)).ok()?;
            Some((factor, self.answer(&model, |_| true)))
        };
        let steps: Vec<(f64, Answer)> = LOADS.into_iter().filter_map(with).collect();
        let turns = steps.iter().find(|(_, answer)| answer.overloaded() * 2 >= super::answer::RUNS);
        Curve { turns: turns.map(|(factor, _)| *factor), steps }
    }
}
