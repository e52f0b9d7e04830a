//! The contract other programs rely on: `unsnarl.drift/1`. Fields are only ever added within a version.

use facts::{Lens, time};
use measures::{
    Subject,
    around::Around,
    drift::{Details, Outlook, Point, Series},
    stats::{onset::Onset, steps::Step},
};
use schemars::JsonSchema;
use serde::Serialize;
use verdicts::drift::Said;

use super::{Drift, subject_name};
use crate::document::written;

/// The version of the contract.
const SCHEMA: &str = "unsnarl.drift/1";

/// One object with a final newline.
pub fn json(drift: &Drift<'_>) -> String {
    let series = drift.rows().map(|row| document(drift.lens, row.series, row.said, Some(row.details)));
    written(&Document { schema: SCHEMA, repository: drift.name, series: series.collect() })
}

/// The JSON Schema of the document, as committed in docs/.
pub fn schema() -> String {
    written(&schemars::schema_for!(Document<'_>))
}

/// What moves in one repository, or in somebody's numbers.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "unsnarl drift")]
struct Document<'a> {
    /// Always `unsnarl.drift/1`.
    schema: &'static str,
    /// The repository's directory name, or the file's.
    repository: &'a str,
    series: Vec<SeriesDocument>,
}

/// One series, and how it moves. Days are `YYYY-MM-DD`.
#[derive(Serialize, JsonSchema)]
pub(crate) struct SeriesDocument {
    /// `independence`, `coordination`, `locality`, `approvals`, `changes_a_month`, `lead_time_hours`,
    /// `handoffs` or `rework`; `value` of somebody's numbers.
    measure: &'static str,
    subject: Name,
    /// `share`, `plain`, or `ln`: then slopes are those of the natural logarithm.
    scale: &'static str,
    /// Oldest first.
    points: Vec<PointDocument>,
    trend: TrendDocument,
    /// When it began to move; null where it does not.
    since: Option<Since>,
    steps: Vec<StepDocument>,
    /// Null where there is too little to forecast from, and for modules and teams.
    forecast: Option<Forecast>,
}

#[derive(Serialize, JsonSchema)]
struct Name {
    /// `system`, `module` or `team`.
    kind: &'static str,
    /// Empty for the system.
    name: String,
}

#[derive(Serialize, JsonSchema)]
struct PointDocument {
    /// The day of the window's middle change.
    at: String,
    value: f64,
    /// Changes it rests on.
    n: u64,
}

#[derive(Serialize, JsonSchema)]
struct TrendDocument {
    /// Theil–Sen, on the series' scale.
    slope_per_year: Option<f64>,
    /// Its 95 % interval.
    interval: Option<[f64; 2]>,
    p: Option<f64>,
    /// The same with the false discovery rate held over the series it was judged with.
    q: Option<f64>,
    /// `improving`, `worsening`, `steady`, `too little data`; `rising`, `falling` where neither way is the good one.
    /// `steady` is nothing beyond chance, and no proof of rest: the interval says how much there may be.
    word: &'static str,
    /// The word people are shown, in which steps speak, too: `improved`, `worsened`, `rose` or `fell` where it stepped and
    /// does not move otherwise, else as `word`.
    told: &'static str,
}

#[derive(Serialize, JsonSchema)]
struct Since {
    /// Null: before the first point.
    at: Option<String>,
    /// Its 95 % interval; the first is null where it may lie before the first point.
    interval: [Option<String>; 2],
    /// `slope` or `step`.
    how: &'static str,
}

#[derive(Serialize, JsonSchema)]
struct StepDocument {
    /// The first point of the new level.
    at: Option<String>,
    /// From the middle of the last window that may be of the old level to that of the first that must be of the new, 95 %.
    interval: [String; 2],
    before: f64,
    after: f64,
    p: f64,
    /// The largest restructurings in those days; not in reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<Vec<Restructuring>>,
}

/// A change that renamed, added and deleted many files.
#[derive(Serialize, JsonSchema)]
struct Restructuring {
    commit: String,
    at: String,
    /// Untrusted text from the history.
    subject: String,
    /// Files.
    renamed: u64,
    added: u64,
    deleted: u64,
}

#[derive(Serialize, JsonSchema)]
struct Forecast {
    /// About a year after the last point.
    at: String,
    value: f64,
    /// 90 %.
    interval: [f64; 2],
    backtest: BacktestDocument,
}

/// How forecasts so far ahead fared on the series' own past.
#[derive(Serialize, JsonSchema)]
struct BacktestDocument {
    /// How many.
    forecasts: u64,
    /// The share that lay in their interval.
    coverage: f64,
    /// Mean absolute error over that of "it stays as it is"; null where that made none.
    error_against_staying: Option<f64>,
}

/// One series as a document; without `details` neither forecast nor what lies around its steps.
pub(crate) fn document(
    lens: Option<&Lens<'_>>,
    series: &Series,
    said: &Said,
    details: Option<&Details>,
) -> SeriesDocument {
    let kind = match series.subject {
        Subject::Module(_) => "module",
        Subject::Team(_) => "team",
        _ => "system",
    };
    let point = |point: &Point| PointDocument { at: time::date(point.at), value: point.value, n: point.n };
    let changes = |at: usize| Some(details?.around[at].iter().filter_map(|one| change(lens?, one)).collect());
    let line = series.trend.map(|trend| trend.line);
    SeriesDocument {
        measure: series.measure,
        subject: Name { kind, name: subject_name(lens, &series.subject) },
        scale: series.scale.name(),
        points: series.points.iter().map(point).collect(),
        trend: TrendDocument {
            slope_per_year: line.map(|line| line.slope),
            interval: line.map(|line| [line.low, line.high]),
            p: series.trend.map(|trend| trend.p),
            q: said.q,
            word: said.trend.name(),
            told: said.word.name(),
        },
        since: series.onset.filter(|_| said.trend.moves()).map(|onset| since(series, onset)),
        steps: series.steps.iter().enumerate().map(|(at, one)| step(series, one, changes(at))).collect(),
        forecast: details.and_then(|details| details.outlook).map(forecast),
    }
}

fn day(series: &Series, at: usize) -> Option<String> {
    series.points.get(at).map(|point| time::date(point.at))
}

fn since(series: &Series, onset: Onset) -> Since {
    let within = |at: usize| day(series, at).filter(|_| at > 0);
    let early = onset.begins_after().and_then(|at| day(series, at));
    Since { at: within(onset.at), interval: [early, within(onset.latest)], how: onset.how.name() }
}

fn step(series: &Series, step: &Step, changes: Option<Vec<Restructuring>>) -> StepDocument {
    let (from, to) = series.interval_of(step);
    StepDocument {
        at: day(series, step.at),
        interval: [time::date(from), time::date(to)],
        before: step.before,
        after: step.after,
        p: step.p,
        changes,
    }
}

fn change(lens: &Lens<'_>, one: &Around) -> Option<Restructuring> {
    let (table, row) = (&lens.facts.changes, one.change.index());
    Some(Restructuring {
        commit: table.commit.get(row)?.to_string(),
        at: time::date(table.merged_at[row]),
        subject: table.title(row).to_owned(),
        renamed: one.renamed,
        added: one.added,
        deleted: one.deleted,
    })
}

fn forecast(outlook: Outlook) -> Forecast {
    Forecast {
        at: time::date(outlook.at),
        value: outlook.value,
        interval: [outlook.low, outlook.high],
        backtest: BacktestDocument {
            forecasts: outlook.backtest.count as u64,
            coverage: outlook.backtest.coverage,
            error_against_staying: outlook.backtest.against_staying,
        },
    }
}
