//! Drift: what moves slowly, and what stepped, in every series a history gives.
//!
//! Changes are cut into windows of equal count, so that each point rests on as much as the others; calendar months would
//! make quiet times loud. A window's value is its own; windows do not overlap.

use facts::{
    ChangeId, Lens,
    time::{DAY, Seconds},
};

use crate::{
    Subject,
    lead_time::LeadTimes,
    stats::{
        quantile::median,
        steps::{self, Limits, Step},
        trend::{self, Trend},
    },
};

/// Changes in a window, at least: fewer make a share of nothing.
const WINDOW_CHANGES: usize = 25;
/// More windows than this are more than a series needs.
const MOST_WINDOWS: usize = 36;
/// Fewer windows decide nothing.
pub const FEWEST_WINDOWS: usize = trend::FEWEST;
/// A step is told below this p, memory allowed for.
const CAUTIOUS_P: f64 = 0.01;
const YEAR_SECONDS: f64 = 365.25 * DAY as f64;

/// One point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// The middle of the window: the moment of its middle change.
    pub at: Seconds,
    /// The value.
    pub value: f64,
    /// Changes it rests on.
    pub n: u64,
}

/// Which way is the good one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// The more the better.
    More,
    /// The less the better.
    Less,
    /// Neither.
    Neither,
}

/// One series, and how it moves.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What is measured.
    pub measure: &'static str,
    /// Of what.
    pub subject: Subject,
    /// Which way is good.
    pub better: Better,
    /// Oldest first; windows without a value are left out.
    pub points: Vec<Point>,
    /// How it moves, its slope a year; `None` with too few points.
    pub trend: Option<Trend>,
    /// Where it stepped.
    pub steps: Vec<Step>,
}

/// What is measured in a window.
struct Gauge {
    name: &'static str,
    better: Better,
    of: fn(&Lens<'_>, &[ChangeId]) -> Option<f64>,
}

/// Every gauge that needs nothing but the changes of a window.
const GAUGES: &[Gauge] = &[
    Gauge { name: "independence", better: Better::More, of: independence },
    Gauge { name: "coordination", better: Better::Less, of: coordination },
    Gauge { name: "locality", better: Better::More, of: locality },
    Gauge { name: "approvals", better: Better::Less, of: approvals },
];

/// Every series of the system, and the first two gauges of every module and team with enough changes.
pub fn compute(lens: &Lens<'_>, times: &LeadTimes) -> Vec<Series> {
    let all: Vec<ChangeId> =
        lens.counted.iter().copied().filter(|change| lens.at(*change).is_some()).collect();
    let mut out: Vec<Series> = Vec::new();
    for gauge in GAUGES {
        out.extend(of(lens, gauge, Subject::System, &all));
    }
    out.extend(throughput(lens, &all));
    out.extend(lead_time(lens, times));
    for module in lens.structure.module_ids() {
        let own: Vec<ChangeId> =
            all.iter().copied().filter(|change| lens.modules_of(*change).contains(&module)).collect();
        for gauge in [&GAUGES[0], &GAUGES[2]] {
            out.extend(of(lens, gauge, Subject::Module(module), &own));
        }
    }
    for team in lens.structure.team_ids() {
        let own: Vec<ChangeId> =
            all.iter().copied().filter(|change| lens.teams_of(*change).contains(&team)).collect();
        out.extend(of(lens, &GAUGES[0], Subject::Team(team), &own));
    }
    // What a team alone owns is a module by another name: one series is told once.
    let mut told: Vec<Series> = Vec::new();
    for series in out {
        let same = |other: &Series| other.subject != Subject::System && other.points == series.points;
        if series.subject == Subject::System || !told.iter().any(same) {
            told.push(series);
        }
    }
    told
}

/// The trend and steps of numbers somebody else has.
pub fn of_points(measure: &'static str, better: Better, points: Vec<Point>) -> Series {
    settle(measure, Subject::System, better, points)
}

fn of(lens: &Lens<'_>, gauge: &Gauge, subject: Subject, changes: &[ChangeId]) -> Option<Series> {
    let windows = windows(changes.len())?;
    let points = (0..windows).filter_map(|at| {
        let window = &changes[at * changes.len() / windows..(at + 1) * changes.len() / windows];
        point(lens, window, (gauge.of)(lens, window)?)
    });
    let points: Vec<Point> = points.collect();
    (points.len() >= FEWEST_WINDOWS).then(|| settle(gauge.name, subject, gauge.better, points))
}

fn windows(changes: usize) -> Option<usize> {
    let windows = (changes / WINDOW_CHANGES).min(MOST_WINDOWS);
    (windows >= FEWEST_WINDOWS).then_some(windows)
}

fn point(lens: &Lens<'_>, window: &[ChangeId], value: f64) -> Option<Point> {
    let middle = *window.get(window.len() / 2)?;
    Some(Point { at: lens.at(middle)?, value, n: window.len() as u64 })
}

/// Changes a month: the windows hold equally many, so it is told by how long each lasted.
fn throughput(lens: &Lens<'_>, changes: &[ChangeId]) -> Option<Series> {
    const MONTH_SECONDS: f64 = YEAR_SECONDS / 12.0;
    let windows = windows(changes.len())?;
    let mut points = Vec::new();
    for at in 0..windows {
        let window = &changes[at * changes.len() / windows..(at + 1) * changes.len() / windows];
        let dates = || window.iter().filter_map(|change| lens.at(*change));
        let (Some(first), Some(last)) = (dates().min(), dates().max()) else { continue };
        // Histories that were imported hold many changes of one moment.
        let lasted = (last - first).max(DAY) as f64;
        points.extend(point(lens, window, window.len() as f64 / (lasted / MONTH_SECONDS)));
    }
    (points.len() >= FEWEST_WINDOWS)
        .then(|| settle("changes_a_month", Subject::System, Better::Neither, points))
}

/// The median hours of changes that tell them.
fn lead_time(lens: &Lens<'_>, times: &LeadTimes) -> Option<Series> {
    let windows = windows(times.told.len()).filter(|_| times.speak())?;
    let all = times.told.len();
    let points = (0..windows).filter_map(|at| {
        let window = &times.told[at * all / windows..(at + 1) * all / windows];
        let mut hours: Vec<f64> = window.iter().map(|(_, hours)| *hours).collect();
        let changes: Vec<ChangeId> = window.iter().map(|(change, _)| *change).collect();
        point(lens, &changes, median(&mut hours)?)
    });
    let points: Vec<Point> = points.collect();
    (points.len() >= FEWEST_WINDOWS).then(|| settle("lead_time_hours", Subject::System, Better::Less, points))
}

fn settle(measure: &'static str, subject: Subject, better: Better, mut points: Vec<Point>) -> Series {
    // Windows follow the order of the mainline, dates nearly so: a trend wants time to go on.
    points.sort_by_key(|point| point.at);
    let first = points.first().map_or(0, |point| point.at);
    let years: Vec<f64> = points.iter().map(|point| (point.at - first) as f64 / YEAR_SECONDS).collect();
    let values: Vec<f64> = points.iter().map(|point| point.value).collect();
    let trend = trend::trend(&years, &values);
    // A series with memory steps by itself: what allows for that decides (docs/benchmarks.md, Statistics).
    let steps = steps::steps(&values, Limits::default());
    let steps = steps.into_iter().filter(|step| step.cautious_p < CAUTIOUS_P).collect();
    Series { measure, subject, better, points, trend, steps }
}

fn share(changes: &[ChangeId], is: impl Fn(ChangeId) -> bool) -> Option<f64> {
    let count = changes.iter().filter(|change| is(**change)).count();
    (!changes.is_empty()).then(|| count as f64 / changes.len() as f64)
}

fn mean(changes: &[ChangeId], of: impl Fn(ChangeId) -> f64) -> Option<f64> {
    let sum: f64 = changes.iter().map(|change| of(*change)).sum();
    (!changes.is_empty()).then(|| sum / changes.len() as f64)
}

fn has_teams(lens: &Lens<'_>) -> bool {
    crate::independence::alone(lens).is_none()
}

fn independence(lens: &Lens<'_>, changes: &[ChangeId]) -> Option<f64> {
    share(changes, |change| lens.teams_of(change).len() <= 1).filter(|_| has_teams(lens))
}

fn coordination(lens: &Lens<'_>, changes: &[ChangeId]) -> Option<f64> {
    mean(changes, |change| lens.teams_of(change).len().saturating_sub(1) as f64).filter(|_| has_teams(lens))
}

fn locality(lens: &Lens<'_>, changes: &[ChangeId]) -> Option<f64> {
    share(changes, |change| lens.modules_of(change).len() <= 1).filter(|_| lens.structure.modules.len() > 1)
}

fn approvals(lens: &Lens<'_>, changes: &[ChangeId]) -> Option<f64> {
    let declared = lens.ownership.basis == facts::Basis::Declared;
    mean(changes, |change| f64::from(lens.approvals_of(change))).filter(|_| declared)
}
