//! A simulation for other programs: `unsnarl.simulate/1`. Fields are only ever added within a version.

use facts::{TeamId, structure::TeamKind, time};
use outlook::simulate::{
    Approval, Calibrated, Curve, More, Scenario, WhatIf,
    answer::{Answer, Figure, RUNS},
    check::Match,
    flow::Parameters,
    model::Desk,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Shown, Simulated, called};
use crate::document::written;

/// The version of the contract.
const SCHEMA: &str = "unsnarl.simulate/1";

/// One object with a final newline.
pub fn render(simulated: &Simulated<'_>) -> String {
    written(&document(simulated))
}

/// The JSON Schema of the document, as committed in docs/.
pub fn schema() -> String {
    written(&schemars::schema_for!(Document))
}

/// Changes flowing through teams, simulated. Times are hours, shares are 0 to 1; no single person is named.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "unsnarl simulate")]
struct Document {
    /// Always `unsnarl.simulate/1`.
    schema: &'static str,
    /// The repository's directory name.
    repository: String,
    /// Decides what is chance.
    seed: u64,
    /// Changes that count.
    changes: u64,
    /// Those of them that tell how long they took.
    usable_changes: u64,
    /// Why nothing can be simulated here; null where it can, and all below is null where it cannot.
    cannot: Option<String>,
    /// `reproduces` the lead times of changes it has not seen, `roughly`, or `not`.
    trust: Option<&'static str>,
    calibration: Option<Calibration>,
    check: Option<Check>,
    /// Teams that changes of others ask, as queues; single owners are not listed.
    teams: Vec<Team>,
    /// As it is first; empty where it cannot be trusted and `--anyway` was not asked for.
    scenarios: Vec<ScenarioDocument>,
    /// The team where changes wait most in all, with more people, for the changes that need it; null unless nothing was
    /// asked.
    more_people: Option<People>,
    /// More and fewer changes; null likewise.
    more_changes: Option<CurveDocument>,
}

#[derive(Serialize, JsonSchema)]
struct Calibration {
    /// First and last day of what was learned from.
    since: String,
    until: String,
    /// Changes in it that tell,
    changes: u64,
    /// and those of them that need another team than their author's.
    changes_that_wait: u64,
    /// Changes in it whose wait for a first review is told by review events; 0 where waiting is calibrated alone.
    changes_with_reviews: u64,
    /// What it was chosen by: the distance of Kolmogorov and Smirnov over groups of changes, with a little for the ninetieth
    /// percentile.
    distance: f64,
    /// The nearest set.
    best: Set,
    /// Sets that are about as near; runs take them in turn.
    kept: Vec<Set>,
}

/// What is not observed.
#[derive(Serialize, JsonSchema)]
struct Set {
    /// Mean hours between two looks of a person at what others ask.
    away_hours: f64,
    /// Hours half of all looks take at most.
    look_hours: f64,
    /// Spread of ln(hours) of a look.
    look_spread: f64,
    /// Share of asks that are answered at once.
    at_once: f64,
}

#[derive(Serialize, JsonSchema)]
struct Check {
    /// First and last day of what was held out.
    since: String,
    until: String,
    all: Matched,
    /// Those that need another team than their author's; null where too few tell.
    waiting: Option<Matched>,
    /// How far lead times learned from lie from those held out.
    distance_by_repeating: f64,
}

#[derive(Serialize, JsonSchema)]
struct Matched {
    /// Changes that tell.
    n: u64,
    /// The distance of Kolmogorov and Smirnov.
    distance: f64,
    /// What chance would bring in nineteen of twenty cases.
    distance_by_chance: f64,
    seen_median_hours: f64,
    seen_p90_hours: f64,
    simulated_median_hours: f64,
    simulated_p90_hours: f64,
}

#[derive(Serialize, JsonSchema)]
struct Team {
    name: String,
    /// Active in a week, on average, at least 1.
    people: u32,
    /// What is asked of it over what it can give, as it is; null where nothing was run.
    utilisation: Option<Range>,
}

/// The middle of all runs, and between what nine of ten lie.
#[derive(Serialize, JsonSchema)]
struct Range {
    value: f64,
    low: f64,
    high: f64,
}

#[derive(Serialize, JsonSchema)]
struct ScenarioDocument {
    /// What is otherwise; empty as it is.
    what_ifs: Vec<WhatIfDocument>,
    #[serde(flatten)]
    answer: AnswerDocument,
    /// What the median and the ninetieth percentile are multiplied by, run by run.
    median_factor: Range,
    p90_factor: Range,
}

#[derive(Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum WhatIfDocument {
    /// Further approvals of another team.
    Approvals {
        more: u32,
    },
    /// Further approvals of a team that answers already.
    OwnApprovals {
        more: u32,
    },
    MergeQueue {
        minutes: f64,
        batch: u32,
    },
    Split {
        team: String,
        parts: u32,
    },
    Merge {
        teams: [String; 2],
    },
    /// `team` is null for every team; one of `more` and `share` is null.
    People {
        team: Option<String>,
        more: Option<i32>,
        share: Option<f64>,
    },
    Load {
        factor: f64,
    },
    /// So many moves on the structure.
    Moves {
        moves: u32,
    },
}

#[derive(Serialize, JsonSchema)]
struct AnswerDocument {
    /// Changes in a run.
    n: f64,
    median_hours: Range,
    p90_hours: Range,
    /// The share of all time that is not the authors' own work.
    not_own_work: Range,
    /// Mean hours of a change by where they go.
    where_time_goes: Where,
    /// The share of further approvals for which there is somebody to ask; null where none is wanted.
    approvals_found: Option<f64>,
    /// In how many of the runs more is asked of some team than it can give.
    overloaded_runs: u64,
    runs: u64,
}

#[derive(Serialize, JsonSchema)]
struct Where {
    own_work: f64,
    /// Until the first team to answer looks at it.
    waiting: f64,
    looked_at: f64,
    /// From the first answer to the last.
    last_team: f64,
    merging: f64,
}

#[derive(Serialize, JsonSchema)]
struct People {
    /// The team; `a single owner` is one of several.
    team: String,
    #[serde(flatten)]
    curve: CurveDocument,
}

#[derive(Serialize, JsonSchema)]
struct CurveDocument {
    /// For people: after how many more the next buys less than two per cent. For changes: from what factor on half of the
    /// runs ask more of some team than it can give. Null where it does not come to that.
    turns: Option<f64>,
    steps: Vec<Step>,
}

#[derive(Serialize, JsonSchema)]
struct Step {
    /// People more, or the factor of changes.
    at: f64,
    #[serde(flatten)]
    answer: AnswerDocument,
}

fn document(simulated: &Simulated<'_>) -> Document {
    let told = simulated.calibrated.ok();
    let scenarios = simulated.shown.scenarios();
    let standard = match simulated.shown {
        Shown::Standard(standard) => Some(standard),
        Shown::Nothing | Shown::Asked(_) => None,
    };
    let people = standard.and_then(|one| Some((one.busiest?, one.people.as_ref()?)));
    Document {
        schema: SCHEMA,
        repository: simulated.repository.to_owned(),
        seed: simulated.seed,
        changes: simulated.times.of,
        usable_changes: simulated.times.told.len() as u64,
        cannot: simulated.calibrated.err().map(str::to_owned),
        trust: told.map(|(_, trust)| trust.name()),
        calibration: told.map(|(one, _)| calibration(one)),
        check: told.map(|(one, _)| check(one)),
        teams: told.map_or_else(Vec::new, |(one, _)| teams(one, scenarios.first())),
        scenarios: told.map_or_else(Vec::new, |(one, _)| scenarios_of(one, scenarios)),
        more_people: told
            .zip(people)
            .map(|((one, _), (team, curve))| People { team: name(one, team), curve: curve_of(curve) }),
        more_changes: standard.map(|one| curve_of(&one.load)),
    }
}

fn name(calibrated: &Calibrated, team: TeamId) -> String {
    calibrated.model.desks.get(team.index()).map_or_else(String::new, |desk| called(desk).to_owned())
}

fn calibration(calibrated: &Calibrated) -> Calibration {
    let set = |one: &Parameters| Set {
        away_hours: one.away,
        look_hours: one.look,
        look_spread: one.spread,
        at_once: one.at_once,
    };
    let learned = calibrated.split.learned;
    Calibration {
        since: time::date(learned.since),
        until: time::date(learned.until - 1),
        changes: calibrated.learned as u64,
        changes_that_wait: calibrated.learned_waiting as u64,
        changes_with_reviews: calibrated.observed as u64,
        distance: calibrated.fit.distance,
        best: set(&calibrated.fit.best),
        kept: calibrated.fit.kept.iter().map(set).collect(),
    }
}

fn check(calibrated: &Calibrated) -> Check {
    let matched = |one: &Match| Matched {
        n: one.changes as u64,
        distance: one.distance,
        distance_by_chance: one.by_chance,
        seen_median_hours: one.seen.0,
        seen_p90_hours: one.seen.1,
        simulated_median_hours: one.simulated.0,
        simulated_p90_hours: one.simulated.1,
    };
    let (held_out, check) = (calibrated.split.held_out, &calibrated.check);
    Check {
        since: time::date(held_out.since),
        until: time::date(held_out.until - 1),
        all: matched(&check.all),
        waiting: check.waiting.as_ref().map(matched),
        distance_by_repeating: check.by_repeating,
    }
}

fn teams(calibrated: &Calibrated, as_it_is: Option<&Scenario>) -> Vec<Team> {
    let desks = calibrated.asked.iter().map(|team| (team.index(), &calibrated.model.desks[team.index()]));
    let team = |(at, desk): (usize, &Desk)| Team {
        name: called(desk).to_owned(),
        people: desk.people,
        utilisation: as_it_is.map(|scenario| range(scenario.answer.utilisation(at))),
    };
    desks.filter(|(_, desk)| desk.kind != TeamKind::Person).map(team).collect()
}

fn scenarios_of(calibrated: &Calibrated, scenarios: &[Scenario]) -> Vec<ScenarioDocument> {
    let Some(as_it_is) = scenarios.first() else { return Vec::new() };
    let one = |scenario: &Scenario| ScenarioDocument {
        what_ifs: scenario.what_ifs.iter().map(|&one| what_if(calibrated, one)).collect(),
        answer: answer(&scenario.answer),
        median_factor: range(scenario.answer.median_against(&as_it_is.answer)),
        p90_factor: range(scenario.answer.p90_against(&as_it_is.answer)),
    };
    scenarios.iter().map(one).collect()
}

fn what_if(calibrated: &Calibrated, what_if: WhatIf) -> WhatIfDocument {
    let team = |team| name(calibrated, team);
    match what_if {
        WhatIf::Approvals(Approval::OfAnother, more) => WhatIfDocument::Approvals { more },
        WhatIf::Approvals(Approval::OfTheSame, more) => WhatIfDocument::OwnApprovals { more },
        WhatIf::MergeQueue(queue) => {
            WhatIfDocument::MergeQueue { minutes: queue.minutes, batch: queue.batch }
        }
        WhatIf::Split(one, parts) => WhatIfDocument::Split { team: team(one), parts },
        WhatIf::Merge(a, b) => WhatIfDocument::Merge { teams: [team(a), team(b)] },
        WhatIf::People(one, more) => {
            let (more, share) = match more {
                More::People(more) => (Some(more), None),
                More::Share(share) => (None, Some(share)),
            };
            WhatIfDocument::People { team: one.map(team), more, share }
        }
        WhatIf::Load(factor) => WhatIfDocument::Load { factor },
        WhatIf::Moves(moves) => WhatIfDocument::Moves { moves },
    }
}

fn answer(answer: &Answer) -> AnswerDocument {
    let parts = answer.parts();
    AnswerDocument {
        n: answer.changes(),
        median_hours: range(answer.median()),
        p90_hours: range(answer.p90()),
        not_own_work: range(answer.waiting()),
        where_time_goes: Where {
            own_work: parts.own,
            waiting: parts.waiting,
            looked_at: parts.looked_at,
            last_team: parts.last,
            merging: parts.merging,
        },
        approvals_found: answer.found(),
        overloaded_runs: answer.overloaded() as u64,
        runs: RUNS as u64,
    }
}

fn curve_of(curve: &Curve) -> CurveDocument {
    let step = |(at, own): &(f64, Answer)| Step { at: *at, answer: answer(own) };
    CurveDocument { turns: curve.turns, steps: curve.steps.iter().map(step).collect() }
}

fn range(figure: Figure) -> Range {
    Range { value: figure.value, low: figure.low, high: figure.high }
}
