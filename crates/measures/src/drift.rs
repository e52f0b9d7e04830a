//! Drift: what moves slowly, and what stepped, in every series a history gives.
//!
//! Changes are cut into windows of equal count, so that each point rests on as much as the others; calendar months would
//! make quiet times loud. A window's value is its own; windows do not overlap. Hours, and changes a month, are judged by
//! their logarithm: from one hour to two is as far as from one day to two.

use facts::{
    ChangeId, Lens, ModuleId, TeamId,
    structure::{REST, TeamKind},
    time::{DAY, Seconds},
};

use crate::{
    Description, Subject,
    around::{Around, Restructurings},
    handoffs::Handoffs,
    lead_time::LeadTimes,
    mechanical::is_mechanical,
    rework,
    stats::{
        forecast::{self, Backtest, Plan},
        onset::{self, How, Onset},
        quantile::median,
        steps::{self, Limits, Step},
        trend::{self, Trend},
    },
};

/// See the module.
pub const MEASURE: Description = Description {
    name: "drift",
    question: "What moves, since when, and how surely?",
    definition: "Each measure over up to 36 disjoint windows of equally many changes, at least eight of 25: of the system, its modules and teams. The Theil–Sen slope a year against an error that allows for the series' memory; words at a false discovery rate of 5 % (Benjamini and Hochberg), over the series of the system and apart from them over those of its parts. Since when: a level that turned into a slope or into another level, whichever leaves less, with the 95 % interval of its place. Steps by energy statistics and a t-test, with the largest restructurings in the days in which each may lie. In a year: a damped trend with its 90 % interval, back-tested on the series' own past. Hours, and changes a month, are judged by their logarithm.",
    reads: &["changes", "touches", "events", "modules", "teams", "ownership"],
    unit: "that of the measure, a year",
    source: "Sen 1968; Prais and Winsten 1954; Matteson and James 2014; Bai 1997; Gardner and McKenzie 1985",
    limits: "With 24 windows a rise of one deviation of their noise is found seldom, whatever the test; docs/benchmarks.md says how often. Today's structure is laid over all of history, so a boundary drawn last year may fit old changes badly. A restructuring that lies in a step's days need not have made it.",
};

/// Changes in a window, at least: fewer make a share of nothing.
const WINDOW_CHANGES: usize = 25;
/// More windows than this are more than a series needs.
const MOST_WINDOWS: usize = 36;
/// Fewer windows decide nothing.
pub const FEWEST_WINDOWS: usize = trend::FEWEST;
/// A step is told below this p, memory allowed for.
const CAUTIOUS_P: f64 = 0.01;
/// An onset is sought only where the slope's own interval leaves out 0.
const MOVES_P: f64 = 0.05;
/// Two subjects whose changes are the same up to this share (Jaccard) are one by two names.
const SAME: f64 = 0.8;
/// Windows whose median is a level.
const FEW: usize = 3;
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

/// What a value is, which says how it is judged and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// A part of all, 0..=1.
    Share,
    /// A number.
    Plain,
    /// A number above 0 of which twice as much is as far everywhere: trends are those of its natural logarithm.
    Logarithm,
}

impl Scale {
    /// `share`, `plain` or `ln`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Share => "share",
            Self::Plain => "plain",
            Self::Logarithm => "ln",
        }
    }

    /// The value as it is judged.
    fn judged(self, value: f64) -> f64 {
        if self == Self::Logarithm { value.max(f64::MIN_POSITIVE).ln() } else { value }
    }

    /// The value of what was judged.
    fn value(self, judged: f64) -> f64 {
        match self {
            Self::Share => judged.clamp(0.0, 1.0),
            Self::Plain => judged,
            Self::Logarithm => judged.exp(),
        }
    }
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
    /// What a value is.
    pub scale: Scale,
    /// Oldest first; windows without a value are left out.
    pub points: Vec<Point>,
    /// How it moves, its slope a year on the series' scale; `None` with too few points.
    pub trend: Option<Trend>,
    /// When that began, where the slope's interval leaves out 0; places are points.
    pub onset: Option<Onset>,
    /// Where it stepped, levels as values.
    pub steps: Vec<Step>,
}

/// What a series may come to in about a year.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outlook {
    /// The moment.
    pub at: Seconds,
    /// The forecast.
    pub value: f64,
    /// Lower end of its 90 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// How forecasts so far ahead fared on this series' own past.
    pub backtest: Backtest,
}

impl Series {
    /// Where the series stood in its first three windows, and where it stands in its last: medians.
    pub fn ends(&self) -> Option<(f64, f64)> {
        Some((self.level(FEW)?, self.level(self.points.len())?))
    }

    /// Where it stood when it began to move, and where it stands; `None` where that is not known to lie in the record.
    pub fn ends_since_onset(&self) -> Option<(f64, f64)> {
        let onset = self.onset.filter(|onset| onset.earliest > 0)?;
        let before = if onset.how == How::Step { onset.at } else { onset.at + 1 };
        Some((self.level(before.max(FEW))?, self.level(self.points.len())?))
    }

    /// The median of the three windows before a place.
    fn level(&self, end: usize) -> Option<f64> {
        let end = end.min(self.points.len());
        let points = &self.points[end.saturating_sub(FEW)..end];
        median(&mut points.iter().map(|point| point.value).collect::<Vec<f64>>())
    }

    /// From the middle of the last window that may be of the old level to that of the first that must be of the new.
    pub fn interval_of(&self, step: &Step) -> (Seconds, Seconds) {
        let at = |place: usize| self.points.get(place).map_or(0, |point| point.at);
        (at(step.earliest.saturating_sub(1)), at(step.latest))
    }

    /// What it may come to in about a year, as many windows ahead as the last two years had in one.
    pub fn outlook(&self) -> Option<Outlook> {
        const FIRST: usize = 12;
        const MOST_AHEAD: usize = 12;
        let last = self.points.last()?.at;
        let recent = self.points.iter().filter(|point| point.at > last - (2.0 * YEAR_SECONDS) as Seconds);
        let a_year = recent.count() as f64 / 2.0;
        let steps = (a_year.round() as usize).min(MOST_AHEAD);
        if steps == 0 || self.points.len() < FIRST + steps {
            return None;
        }
        let judged: Vec<f64> = self.points.iter().map(|point| self.scale.judged(point.value)).collect();
        let plan = Plan { steps, share: 0.9, draws: 200, seed: 1 };
        let made = forecast::forecast(&judged, plan)?.pop()?;
        let backtest = forecast::backtest(&judged, FIRST, Plan { draws: 100, ..plan })?;
        Some(Outlook {
            at: last + (steps as f64 / a_year * YEAR_SECONDS) as Seconds,
            value: self.scale.value(made.value),
            low: self.scale.value(made.low),
            high: self.scale.value(made.high),
            backtest,
        })
    }
}

/// What is told of a series beyond its movement.
#[derive(Clone, Debug, PartialEq)]
pub struct Details {
    /// What it may come to in about a year; told of the system alone.
    pub outlook: Option<Outlook>,
    /// For each step the restructurings in the days in which it may lie, at most three, the largest first.
    pub around: Vec<Vec<Around>>,
}

/// The details of each series; without a history (`None`) nothing lies around its steps.
pub fn details(lens: Option<&Lens<'_>>, series: &[Series]) -> Vec<Details> {
    const MOST_AROUND: usize = 3;
    let known = lens.map(Restructurings::new).unwrap_or_default();
    let of = |series: &Series| {
        let around = |step: &Step| {
            let (from, to) = series.interval_of(step);
            known.within(from, to, MOST_AROUND)
        };
        let outlook = (series.subject == Subject::System).then(|| series.outlook()).flatten();
        Details { outlook, around: series.steps.iter().map(around).collect() }
    };
    series.iter().map(of).collect()
}

/// What is measured in a window.
struct Gauge {
    name: &'static str,
    better: Better,
    scale: Scale,
    of: fn(&Lens<'_>, &[ChangeId]) -> Option<f64>,
}

/// Every gauge that needs nothing but the changes of a window.
const GAUGES: &[Gauge] = &[
    Gauge { name: "independence", better: Better::More, scale: Scale::Share, of: independence },
    Gauge { name: "coordination", better: Better::Less, scale: Scale::Plain, of: coordination },
    Gauge { name: "locality", better: Better::More, scale: Scale::Share, of: locality },
    Gauge { name: "approvals", better: Better::Less, scale: Scale::Plain, of: approvals },
];

/// The series of the system: every gauge, changes a month, lead time, handoffs and rework; `since` a moment, or of all of
/// history.
pub fn of_system(lens: &Lens<'_>, times: &LeadTimes, since: Option<Seconds>) -> Vec<Series> {
    let from = |change: ChangeId| lens.at(change).is_some_and(|at| since.is_none_or(|since| at >= since));
    let all: Vec<ChangeId> = dated(lens).into_iter().filter(|change| from(*change)).collect();
    let told: Vec<(ChangeId, f64)> = times.told.iter().copied().filter(|(change, _)| from(*change)).collect();
    let gauges = GAUGES.iter().filter_map(|gauge| of(lens, gauge, Subject::System, &all));
    let lead_time = times.speak().then(|| lead_time(lens, &told)).flatten();
    gauges.chain(throughput(lens, &all)).chain(lead_time).chain(work(lens, &all)).collect()
}

/// Handoffs, and rework: shares of files, not of changes.
fn work(lens: &Lens<'_>, changes: &[ChangeId]) -> Vec<Series> {
    let again = rework::counts(lens);
    // What the last fortnight brings is not known yet, and its changes have no file that is asked about.
    let rework = of_files(lens, changes, |window| {
        Some(window.iter().map(|change| again[change.index()]).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1)))
    });
    let handoffs = Handoffs::new(lens).and_then(|handoffs| {
        of_files(lens, changes, |window| {
            let counts = window.iter().map(|change| handoffs.of(*change));
            handoffs.speak(window).then(|| counts.fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1)))
        })
    });
    let series = |name, better, points: Option<Vec<Point>>| {
        points.map(|points| settle(name, Subject::System, better, Scale::Share, points))
    };
    let told = [series("handoffs", Better::Less, handoffs), series("rework", Better::Neither, rework)];
    told.into_iter().flatten().collect()
}

/// A share of files by window; windows without files, or that do not tell, are left out.
fn of_files(
    lens: &Lens<'_>,
    changes: &[ChangeId],
    counts: impl Fn(&[ChangeId]) -> Option<(u64, u64)>,
) -> Option<Vec<Point>> {
    let windows = windows(changes.len())?;
    let points = (0..windows).filter_map(|at| {
        let window = &changes[at * changes.len() / windows..(at + 1) * changes.len() / windows];
        let (count, of) = counts(window).filter(|(_, of)| *of > 0)?;
        point(lens, window, count as f64 / of as f64)
    });
    let points: Vec<Point> = points.collect();
    (points.len() >= FEWEST_WINDOWS).then_some(points)
}

/// The series of the last five years, and since when that is; `None` for histories that are no longer.
pub fn lately(lens: &Lens<'_>, times: &LeadTimes) -> Option<(Seconds, Vec<Series>)> {
    const YEARS: f64 = 5.0;
    let (first, last) = lens.span?;
    let since = last - (YEARS * YEAR_SECONDS) as Seconds;
    (first < since).then(|| (since, of_system(lens, times, Some(since))))
}

/// Independence and locality of every module, independence of every team, where there are changes enough; oldest first.
///
/// A team that changes one module and nothing else is that module by another name: declared teams are told, modules
/// instead of inferred groups. What no module holds is no part of the system that anybody could mend, and a module of
/// release notes, changelogs or vendored code changes with others by its nature. Of single owners nothing is told.
pub fn of_parts(lens: &Lens<'_>) -> Vec<Series> {
    let all = dated(lens);
    let mut of_module: Vec<Vec<ChangeId>> = vec![Vec::new(); lens.structure.modules.len()];
    let mut of_team: Vec<Vec<ChangeId>> = vec![Vec::new(); lens.structure.teams.len()];
    for &change in &all {
        lens.modules_of(change).iter().for_each(|module| of_module[module.index()].push(change));
        lens.teams_of(change).iter().for_each(|team| of_team[team.index()].push(change));
    }
    let rest = |module: ModuleId| lens.structure.modules[module.index()].name == REST;
    let alike = |module: ModuleId, team: TeamId| same(&of_module[module.index()], &of_team[team.index()]);
    let declared = lens.ownership.basis == facts::Basis::Declared;
    let mut out = Vec::new();
    let by_form = modules_by_form(lens);
    for module in lens.structure.module_ids().filter(|module| !rest(*module) && !by_form[module.index()]) {
        if declared && lens.structure.team_ids().any(|team| alike(module, team)) {
            continue;
        }
        for gauge in [&GAUGES[0], &GAUGES[2]] {
            out.extend(of(lens, gauge, Subject::Module(module), &of_module[module.index()]));
        }
    }
    for team in lens.structure.team_ids() {
        // How changes to what one person owns move is nobody's business.
        if lens.structure.teams[team.index()].kind == TeamKind::Person {
            continue;
        }
        let twin = |module: ModuleId| !rest(module) && alike(module, team);
        if declared || !lens.structure.module_ids().any(twin) {
            out.extend(of(lens, &GAUGES[0], Subject::Team(team), &of_team[team.index()]));
        }
    }
    out
}

/// By module: whether most of its living files change for reasons of form.
fn modules_by_form(lens: &Lens<'_>) -> Vec<bool> {
    let mut files = vec![(0_u64, 0_u64); lens.structure.modules.len()];
    for file in lens.facts.files.ids().filter(|file| lens.facts.files.alive(*file)) {
        if let Some(module) = lens.structure.module(file) {
            let (form, all) = &mut files[module.index()];
            *form += u64::from(is_mechanical(lens.facts, file));
            *all += 1;
        }
    }
    files.into_iter().map(|(form, all)| 2 * form > all).collect()
}

/// Changes that count and whose date can be true.
fn dated(lens: &Lens<'_>) -> Vec<ChangeId> {
    lens.counted.iter().copied().filter(|change| lens.at(*change).is_some()).collect()
}

/// Whether two sets of changes, both in order, are the same up to a fifth.
fn same(a: &[ChangeId], b: &[ChangeId]) -> bool {
    let (few, many) = if a.len() < b.len() { (a, b) } else { (b, a) };
    if (few.len() as f64) < SAME * many.len() as f64 {
        return false;
    }
    let shared = few.iter().filter(|change| many.binary_search(change).is_ok()).count();
    shared as f64 >= SAME * (few.len() + many.len() - shared) as f64
}

/// The trend and steps of numbers somebody else has.
pub fn of_points(measure: &'static str, better: Better, points: Vec<Point>) -> Series {
    settle(measure, Subject::System, better, Scale::Plain, points)
}

fn of(lens: &Lens<'_>, gauge: &Gauge, subject: Subject, changes: &[ChangeId]) -> Option<Series> {
    let windows = windows(changes.len())?;
    let points = (0..windows).filter_map(|at| {
        let window = &changes[at * changes.len() / windows..(at + 1) * changes.len() / windows];
        point(lens, window, (gauge.of)(lens, window)?)
    });
    let points: Vec<Point> = points.collect();
    (points.len() >= FEWEST_WINDOWS).then(|| settle(gauge.name, subject, gauge.better, gauge.scale, points))
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
        .then(|| settle("changes_a_month", Subject::System, Better::Neither, Scale::Logarithm, points))
}

/// The median hours of changes that tell them.
fn lead_time(lens: &Lens<'_>, told: &[(ChangeId, f64)]) -> Option<Series> {
    let windows = windows(told.len())?;
    let all = told.len();
    let points = (0..windows).filter_map(|at| {
        let window = &told[at * all / windows..(at + 1) * all / windows];
        let mut hours: Vec<f64> = window.iter().map(|(_, hours)| *hours).collect();
        let changes: Vec<ChangeId> = window.iter().map(|(change, _)| *change).collect();
        point(lens, &changes, median(&mut hours)?)
    });
    let points: Vec<Point> = points.collect();
    (points.len() >= FEWEST_WINDOWS)
        .then(|| settle("lead_time_hours", Subject::System, Better::Less, Scale::Logarithm, points))
}

fn settle(
    measure: &'static str,
    subject: Subject,
    better: Better,
    scale: Scale,
    mut points: Vec<Point>,
) -> Series {
    // Windows follow the order of the mainline, dates nearly so: a trend wants time to go on.
    points.sort_by_key(|point| point.at);
    let first = points.first().map_or(0, |point| point.at);
    let years: Vec<f64> = points.iter().map(|point| (point.at - first) as f64 / YEAR_SECONDS).collect();
    let values: Vec<f64> = points.iter().map(|point| scale.judged(point.value)).collect();
    let trend = trend::trend(&years, &values);
    let moves = trend.is_some_and(|trend| trend.p < MOVES_P);
    // A series with memory steps by itself: what allows for that decides (docs/benchmarks.md, Statistics).
    let steps = steps::steps(&values, Limits::default());
    let level =
        |step: Step| Step { before: scale.value(step.before), after: scale.value(step.after), ..step };
    // The longer a series, the more places there are to find one by chance.
    let cautious = CAUTIOUS_P * (MOST_WINDOWS as f64 / values.len() as f64).min(1.0);
    let steps = steps.into_iter().filter(|step| step.cautious_p < cautious).map(level).collect();
    let onset = moves.then(|| onset::onset(&years, &values)).flatten();
    Series { measure, subject, better, scale, points, trend, onset, steps }
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
