//! Before and after a restructuring, as text and as JSON.

use std::fmt::Write as _;

use anstyle::Style;
use facts::{CommitId, counts::grouped, time};
use measures::compare::{Comparison, Line, Side, Unit, WINDOW_DAYS};
use schemars::JsonSchema;
use serde::Serialize;
use verdicts::compare::{Verdict, Word};

use crate::{
    document::written,
    numbers,
    plain::{cut, plain, wrapped},
};

/// The version of the contract.
pub const SCHEMA: &str = "unsnarl.compare/1";

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const COLUMNS: usize = 100;
/// From this share on, moved files change what today's structure says.
const MUCH_MOVED: f64 = 0.1;

/// A revision as it was given, and what it is.
#[derive(Clone, Copy, Debug)]
pub struct Revision<'r> {
    /// As given.
    pub given: &'r str,
    /// The commit; `None` where a day was given.
    pub commit: Option<CommitId>,
    /// Whether it is a change of this history; else its date decides.
    pub on_mainline: bool,
    /// When.
    pub at: time::Seconds,
}

/// What there is to show.
#[derive(Clone, Copy, Debug)]
pub struct Compare<'r> {
    /// The repository's name.
    pub name: &'r str,
    /// Where the restructuring began and ended.
    pub revisions: [Revision<'r>; 2],
    /// What was compared.
    pub comparison: &'r Comparison,
    /// What is said of it.
    pub verdict: &'r Verdict,
}

/// For the terminal.
pub fn text(compare: &Compare<'_>) -> String {
    let Compare { name, revisions, comparison, verdict } = compare;
    let [first, second] = revisions.map(in_words);
    let mut out = format!("{BOLD}{}{BOLD:#}: before {first} and after {second}\n", cut(name, 30));
    let [before, after] = &comparison.sides;
    let _ = writeln!(
        out,
        "{} changes on either side, as many as the side with fewer has within {WINDOW_DAYS} days:\n{}, and {}\n",
        grouped(before.changes.len() as u64),
        days(before),
        days(after)
    );
    let _ = writeln!(out, "  {DIM}{:<27}{:>14}{:>14}  difference (95 %){DIM:#}", "", "before", "after");
    for (line, way) in comparison.lines.iter().zip(&verdict.ways) {
        let [before, after] = [0, 1].map(|side| value(line, side));
        let row = format!(
            "  {:<27}{before:>14}{after:>14}  {:<27}{}",
            title(line.measure),
            difference(line),
            way.words()
        );
        let _ = writeln!(out, "{}", row.trim_end());
    }
    out.push('\n');
    for (at, line) in wrapped(&sentence(compare), 0, 0, COLUMNS).lines().enumerate() {
        let _ = match (at, line.split_once(':')) {
            (0, Some((word, rest))) => writeln!(out, "{BOLD}{word}{BOLD:#}:{rest}"),
            _ => writeln!(out, "{line}"),
        };
    }
    for note in notes(compare) {
        let _ = write!(out, "{DIM}{}{DIM:#}", wrapped(&note, 0, 0, COLUMNS));
    }
    out
}

fn in_words(revision: Revision<'_>) -> String {
    let given = cut(revision.given, 24);
    match revision.commit {
        Some(commit) if commit.to_string().starts_with(revision.given) => {
            format!("{} ({})", commit.short(), time::date(revision.at))
        }
        Some(commit) => format!("{given} ({}, {})", commit.short(), time::date(revision.at)),
        None => given,
    }
}

fn days(side: &Side) -> String {
    format!("{} to {}", time::date(side.span.0), time::date(side.span.1))
}

/// A measure as people call it.
fn title(measure: &str) -> String {
    match measure {
        "coordination" => "further teams a change".to_owned(),
        "coordination_then" => "  by the files of the time".to_owned(),
        "independence" => "independence".to_owned(),
        "approvals_then" => "approvals declared then".to_owned(),
        "lead_time_hours" => "lead time, median".to_owned(),
        other => other.replace('_', " "),
    }
}

/// A value; a share with what it is of, where that is not the changes.
fn value(line: &Line, side: usize) -> String {
    let Some(value) = line.values[side] else { return "–".to_owned() };
    match line.unit {
        Unit::Share => format!("{} of {}", numbers::percent(value), grouped(line.counts[side].1 as u64)),
        Unit::Hours => format!("{} h", numbers::number(round(value))),
        Unit::Teams | Unit::Approvals => format!("{value:.2}"),
        Unit::Count => numbers::number(value),
    }
}

fn round(hours: f64) -> f64 {
    if hours.abs() < 10.0 { (hours * 10.0).round() / 10.0 } else { hours.round() }
}

fn difference(line: &Line) -> String {
    let Some(difference) = line.difference else { return "–".to_owned() };
    let signed = |value: f64| {
        let digits = match line.unit {
            Unit::Count => 0,
            Unit::Hours if value.abs() >= 10.0 => 0,
            Unit::Hours => 1,
            Unit::Share => usize::from(value.abs() < 0.01),
            Unit::Teams | Unit::Approvals => 2,
        };
        let size = if line.unit == Unit::Share { value.abs() * 100.0 } else { value.abs() };
        let shown = format!("{size:.digits$}");
        // A minus before what is rounded to nothing says something that is not so.
        let nothing = shown.chars().all(|c| matches!(c, '0' | '.'));
        let sign = if nothing {
            ""
        } else if value < 0.0 {
            "−"
        } else {
            "+"
        };
        format!("{sign}{shown}")
    };
    let unit = match line.unit {
        Unit::Share => " points",
        Unit::Hours => " h",
        Unit::Teams | Unit::Approvals | Unit::Count => "",
    };
    match line.interval {
        Some((low, high)) => {
            format!("{}{unit} ({} to {})", signed(difference), signed(low), signed(high))
        }
        None => format!("{}{unit}", signed(difference)),
    }
}

/// The verdict with the figures that said so.
fn sentence(compare: &Compare<'_>) -> String {
    let Compare { comparison, verdict, .. } = compare;
    let named = |at: &usize| {
        let line = &comparison.lines[*at];
        let name = match line.measure {
            "coordination" => "coordination".to_owned(),
            "coordination_then" => "coordination by the files of the time".to_owned(),
            "approvals_then" => "approvals a change".to_owned(),
            other => title(other),
        };
        format!("{name} ({} to {})", value(line, 0), value(line, 1))
    };
    let list = |lines: &[usize]| lines.iter().map(named).collect::<Vec<String>>().join(", ");
    let (fell, rose) = (list(&verdict.fell), list(&verdict.rose));
    match verdict.word {
        Word::Removed => format!("removed: {fell} fell, and no process load rose for it"),
        Word::Moved => format!("moved: {fell} fell, but {rose} rose"),
        Word::Added => format!("added: {rose} rose, and neither coordination nor process load fell for it"),
        Word::CannotTell if fell.is_empty() => {
            "cannot tell: neither coordination nor process load moved beyond chance".to_owned()
        }
        Word::CannotTell if rose.is_empty() => {
            format!("cannot tell: {fell} fell, and coordination did not move beyond chance")
        }
        Word::CannotTell => {
            format!("cannot tell: {fell} fell, {rose} rose, and coordination did not move beyond chance")
        }
    }
}

fn notes(compare: &Compare<'_>) -> Vec<String> {
    let comparison = compare.comparison;
    let mut notes = Vec::new();
    for revision in compare.revisions.iter().filter(|one| one.commit.is_some() && !one.on_mainline) {
        let (given, day) = (plain(revision.given), time::date(revision.at));
        notes.push(format!(
            "{given} is no change of the mainline: what came before its date, {day}, counts as before it"
        ));
    }
    let has = |measure: &str| comparison.lines.iter().any(|line| line.measure == measure);
    if !has("coordination") {
        notes.push(
            "fewer than two teams own what changes, so coordination by today's structure cannot be told"
                .to_owned(),
        );
    }
    if !has("approvals_then") {
        notes.push("no ownership file ever stood, so no approvals were declared".to_owned());
    }
    if comparison.lines.iter().any(|line| line.measure == "handoffs" && line.difference.is_none()) {
        notes.push("the teams of most who worked on a side are not known, so handoffs cannot be told; --teams CSV names them".to_owned());
    }
    let (moved, all) = comparison.moved;
    if all > 0 && moved as f64 / all as f64 >= MUCH_MOVED {
        notes.push(format!(
            "{} of {} files touched before lie in another directory today, where today's structure counts them",
            grouped(moved),
            grouped(all)
        ));
    }
    if !comparison.by_week {
        notes.push(
            "a side has under eight weeks with changes: intervals rest on eight runs of changes, and are rough"
                .to_owned(),
        );
    }
    notes.push(
        "what else came between the two is in it: people, releases, seasons. A comparison, not an experiment"
            .to_owned(),
    );
    notes
}

/// What a comparison says.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "unsnarl compare")]
struct Document {
    /// Always `unsnarl.compare/1`.
    schema: &'static str,
    /// The repository's directory name.
    name: String,
    before: SideRead,
    after: SideRead,
    /// Whether intervals rest on calendar weeks; else on eight runs of changes.
    by_week: bool,
    lines: Vec<LineRead>,
    verdict: VerdictRead,
    moved: Moved,
    /// Sentences a reader needs in order not to be misled.
    notes: Vec<String>,
}

/// One side.
#[derive(Serialize, JsonSchema)]
struct SideRead {
    /// The revision the side ends before, or begins after, as given.
    revision: String,
    /// Its commit; null where a day was given.
    commit: Option<String>,
    /// When that was, `YYYY-MM-DD`.
    date: String,
    /// Changes that count.
    changes: u64,
    /// Date of the first of them.
    since: String,
    /// Date of the last.
    until: String,
}

/// One thing compared.
#[derive(Serialize, JsonSchema)]
struct LineRead {
    /// `coordination`, `independence`, `coordination_then`, `approvals_then`, `ownership_rules`, `owners`, `manifest_rules`,
    /// `workflow_files`, `handoffs`, `rework` or `lead_time_hours`.
    measure: &'static str,
    /// `teams`, `share`, `approvals`, `hours` or `count`.
    unit: &'static str,
    before: ValueRead,
    after: ValueRead,
    /// After less before.
    difference: Option<f64>,
    /// 95 % interval of the difference; null for counts, which are exact.
    interval: Option<[f64; 2]>,
    /// The chance of a difference as large where there is none.
    p: Option<f64>,
    /// `fell`, `perhaps fell`, `as before`, `perhaps rose`, `rose` or `cannot tell`.
    way: &'static str,
}

/// A value and the raw numbers behind it.
#[derive(Serialize, JsonSchema)]
struct ValueRead {
    value: Option<f64>,
    /// The numerator; null for a median and for a count.
    count: Option<f64>,
    /// The denominator; of a median how many values; null for a count.
    of: Option<f64>,
}

/// The verdict.
#[derive(Serialize, JsonSchema)]
struct VerdictRead {
    /// `removed`, `moved`, `added` or `cannot tell`.
    word: &'static str,
    /// The measures of coordination and process load that fell and were weighed.
    fell: Vec<&'static str>,
    /// Those that rose.
    rose: Vec<&'static str>,
}

/// Files touched before that lie in another directory today.
#[derive(Serialize, JsonSchema)]
struct Moved {
    touches: u64,
    of: u64,
}

/// One object, `unsnarl.compare/1`.
pub fn json(compare: &Compare<'_>) -> String {
    written(&document(compare))
}

/// The JSON Schema of the document, as committed in docs/.
pub fn schema() -> String {
    written(&schemars::schema_for!(Document))
}

fn document(compare: &Compare<'_>) -> Document {
    let Compare { name, revisions, comparison, verdict } = compare;
    let side = |at: usize| {
        let (revision, side) = (revisions[at], &comparison.sides[at]);
        SideRead {
            revision: plain(revision.given),
            commit: revision.commit.map(|commit| commit.to_string()),
            date: time::date(revision.at),
            changes: side.changes.len() as u64,
            since: time::date(side.span.0),
            until: time::date(side.span.1),
        }
    };
    let names = |lines: &[usize]| lines.iter().map(|&at| comparison.lines[at].measure).collect();
    Document {
        schema: SCHEMA,
        name: plain(name),
        before: side(0),
        after: side(1),
        by_week: comparison.by_week,
        lines: comparison
            .lines
            .iter()
            .zip(&verdict.ways)
            .map(|(line, way)| LineRead {
                measure: line.measure,
                unit: unit(line.unit),
                before: value_read(line, 0),
                after: value_read(line, 1),
                difference: line.difference,
                interval: line.interval.map(|(low, high)| [low, high]),
                p: line.p,
                way: way.words(),
            })
            .collect(),
        verdict: VerdictRead {
            word: verdict.word.name(),
            fell: names(&verdict.fell),
            rose: names(&verdict.rose),
        },
        moved: Moved { touches: comparison.moved.0, of: comparison.moved.1 },
        notes: notes(compare),
    }
}

fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Teams => "teams",
        Unit::Share => "share",
        Unit::Approvals => "approvals",
        Unit::Hours => "hours",
        Unit::Count => "count",
    }
}

fn value_read(line: &Line, side: usize) -> ValueRead {
    let (count, of) = line.counts[side];
    let counted = !matches!(line.unit, Unit::Count);
    ValueRead {
        value: line.values[side],
        count: (counted && line.unit != Unit::Hours).then_some(count),
        of: counted.then_some(of),
    }
}
