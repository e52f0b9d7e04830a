//! What moves, as text and as JSON.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use facts::{Structure, counts::grouped, time};
use measures::{
    Subject,
    drift::{Point, Series},
};
use serde_json::{Value, json};
use verdicts::drift::{Said, Word};

use crate::plain::{plain, shortened};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default();
/// Series of modules and teams shown.
const MOST: usize = 12;

/// Series with what is said of each.
pub struct Drift<'a> {
    /// The repository's name, or the file's.
    pub name: &'a str,
    /// What subjects are called; `None` for numbers somebody else has.
    pub structure: Option<&'a Structure>,
    /// The series.
    pub series: &'a [Series],
    /// What is said of each.
    pub said: &'a [Said],
}

/// For the terminal; `all` shows every series.
pub fn text(drift: &Drift<'_>, all: bool) -> String {
    let mut out =
        format!("{BOLD}{}{BOLD:#}: what moves, over windows of equally many changes\n", plain(drift.name));
    if drift.series.is_empty() {
        out.push_str("\ntoo little data: eight windows of 25 changes are the least\n");
        return out;
    }
    let pairs: Vec<(&Series, &Said)> = drift.series.iter().zip(drift.said).collect();
    out.push('\n');
    for (series, said) in pairs.iter().filter(|(series, _)| series.subject == Subject::System) {
        line(drift, series, said, &mut out);
    }
    let parts: Vec<&(&Series, &Said)> =
        pairs.iter().filter(|(series, _)| series.subject != Subject::System).collect();
    let mut moving: Vec<&&(&Series, &Said)> =
        parts.iter().filter(|(_, said)| !matches!(said.word, Word::Steady | Word::TooLittleData)).collect();
    // What goes wrong first, then what is surest.
    moving.sort_by(|a, b| {
        let rank = |one: &(&Series, &Said)| (one.1.word != Word::Worsening, one.1.q.unwrap_or(1.0));
        rank(a).partial_cmp(&rank(b)).unwrap_or(std::cmp::Ordering::Equal)
    });
    if !parts.is_empty() {
        let _ = writeln!(
            out,
            "\n{BOLD}modules and teams{BOLD:#}: {} of {} series move",
            grouped(moving.len() as u64),
            grouped(parts.len() as u64)
        );
        let shown = if all { usize::MAX } else { MOST };
        for (series, said) in moving.iter().take(shown) {
            line(drift, series, said, &mut out);
        }
        if moving.len() > shown {
            let _ = writeln!(out, "  {DIM}{} more; --all shows every one{DIM:#}", moving.len() - shown);
        }
    }
    out.push_str("\nwords hold a false discovery rate of 5 % over all series; a step is a change of level, with the days it may lie in\n");
    out
}

fn line(drift: &Drift<'_>, series: &Series, said: &Said, out: &mut String) {
    let style = match said.word {
        Word::Worsening => BAD,
        Word::Improving => GOOD,
        _ => Style::new(),
    };
    let name = match &series.subject {
        Subject::System => series.measure.to_owned(),
        subject => format!("{} of {}", series.measure, subject_name(drift, subject)),
    };
    let (Some(first), Some(last)) = (series.points.first(), series.points.last()) else { return };
    let slope = series.trend.map_or(String::new(), |trend| {
        format!("  {:+.3} a year ({:+.3} to {:+.3})", trend.line.slope, trend.line.low, trend.line.high)
    });
    let _ = writeln!(
        out,
        "  {:<44} {style}{:<10}{style:#} {} → {}{DIM}{slope}, {} windows since {}{DIM:#}",
        shortened(&name, 44),
        said.word.name(),
        number(first.value),
        number(last.value),
        series.points.len(),
        time::date(first.at)
    );
    for step in series.steps.iter().rev().take(2).rev() {
        let day = |at: usize| series.points.get(at).map_or_else(String::new, |point| time::date(point.at));
        let _ = writeln!(
            out,
            "    {DIM}step about {} ({} to {}): {} → {}{DIM:#}",
            day(step.at),
            day(step.earliest),
            day(step.latest),
            number(step.before),
            number(step.after)
        );
    }
}

fn subject_name(drift: &Drift<'_>, subject: &Subject) -> String {
    let Some(structure) = drift.structure else { return String::new() };
    match subject {
        Subject::Module(module) => plain(&structure.modules[module.index()].name),
        Subject::Team(team) => plain(&structure.teams[team.index()].name),
        _ => String::new(),
    }
}

fn number(value: f64) -> String {
    match value.abs() {
        large if large >= 100.0 => format!("{value:.0}"),
        middle if middle >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// One object, `unsnarl.drift/1`.
pub fn json(drift: &Drift<'_>) -> String {
    let series: Vec<Value> = drift
        .series
        .iter()
        .zip(drift.said)
        .map(|(series, said)| {
            let kind = match series.subject {
                Subject::Module(_) => "module",
                Subject::Team(_) => "team",
                _ => "system",
            };
            let day = |at: usize| series.points.get(at).map(|point| time::date(point.at));
            let point =
                |point: &Point| json!({"at": time::date(point.at), "value": point.value, "n": point.n});
            json!({
                "measure": series.measure,
                "subject": {"kind": kind, "name": subject_name(drift, &series.subject)},
                "points": series.points.iter().map(point).collect::<Vec<_>>(),
                "trend": {
                    "slope_per_year": series.trend.map(|trend| trend.line.slope),
                    "interval": series.trend.map(|trend| [trend.line.low, trend.line.high]),
                    "p": series.trend.map(|trend| trend.p),
                    "q": said.q,
                    "word": said.word.name(),
                },
                "steps": series.steps.iter().map(|step| json!({
                    "at": day(step.at),
                    "interval": [day(step.earliest), day(step.latest)],
                    "before": step.before,
                    "after": step.after,
                    "p": step.p,
                })).collect::<Vec<_>>(),
            })
        })
        .collect();
    let whole = json!({"schema": "unsnarl.drift/1", "repository": drift.name, "series": series});
    format!("{whole:#}\n")
}
