//! The report's first two lines: is it still moving, and what does one more team cost.

use measures::drift::Series;
use verdicts::{
    drift::{Said, Word},
    moving::{Moving, is_old, moving},
};

use crate::{
    Report, numbers,
    plain::sentence,
    series::{from_to, measure_name},
};

/// Whether it is still moving, to go after the system's name, in at most `width` characters: the verdict, then as many
/// of the series that say so as there is room for.
pub(crate) fn still_moving(report: &Report<'_>, width: usize) -> String {
    let (series, said) = (&report.picture.drift, report.said);
    let (word, because) = moving(series, said);
    let verdict = match word {
        Moving::Harder => "still moves, but harder than it did",
        Moving::Easier => "moves more easily than it did",
        Moving::Mixed => "moves otherwise than it did",
        Moving::AsBefore if series.iter().any(is_old) => {
            "moves as it did: no measure of it changed beyond chance in five years"
        }
        Moving::AsBefore => "moves as it did: no measure of it changed beyond chance",
        Moving::Unknown => return sentence(UNKNOWN, width),
    };
    let mut out = verdict.to_owned();
    let throughput = series.iter().position(|one| one.measure == "changes_a_month");
    let throughput = throughput.filter(|at| said[*at].word.says_something());
    let first = if because.is_empty() { "; " } else { ": " };
    for (at, one) in because.iter().copied().chain(throughput).enumerate() {
        let next = format!("{}{}", if at == 0 { first } else { ", " }, item(&series[one], &said[one]));
        if out.chars().count() + next.chars().count() > width {
            continue;
        }
        out.push_str(&next);
    }
    out
}

const UNKNOWN: &str =
    "has too little history to tell whether it still moves: eight windows of 25 changes are the least";

/// `independence 88 % → 74 % since 2017`.
fn item(series: &Series, said: &Said) -> String {
    let year = |at: usize| series.points.get(at).map(|point| facts::time::civil(point.at).0);
    let moves = || series.onset.filter(|onset| said.word.moves() && onset.at > 0);
    let stepped = || series.steps.last().filter(|_| !said.word.moves());
    let when = match (moves(), stepped(), series.steps.len()) {
        (Some(onset), ..) => year(onset.at).map(|year| format!(" since {year}")),
        (_, Some(step), 1) => year(step.at).map(|year| format!(" in {year}")),
        (_, Some(step), steps) => year(step.at).map(|year| format!(" in {steps} steps to {year}")),
        _ => None,
    };
    let (from, to) = said.ends(series).unwrap_or_default();
    format!("{} {}{}", measure_name(series), from_to(series, from, to), when.unwrap_or_default())
}

/// What is said of a measure's series over the system; `None` where there is too little of it.
pub(crate) fn word_of(report: &Report<'_>, measure: &str) -> Option<&'static str> {
    let at = report.picture.drift.iter().position(|series| series.measure == measure)?;
    Some(report.said[at].word).filter(|word| *word != Word::TooLittleData).map(Word::name)
}

/// What one more team costs, or why that cannot be told, in at most `width` characters.
pub(crate) fn one_more_team(report: &Report<'_>, width: usize) -> String {
    let text = match &report.picture.price {
        Err(why) => format!("one more team: {why}"),
        Ok(price) => {
            let factor =
                format!("×{:.2} (95 % {:.2} to {:.2})", price.factor, price.interval.0, price.interval.1);
            let days: f64 = report.picture.costs.iter().map(|cost| cost.days).sum();
            let pairs = report.picture.costs.len() as u64;
            if price.factor > 1.0 {
                format!(
                    "one more team: a change takes {factor} as long; {} days in the last year, over {}",
                    numbers::count(days.round() as u64),
                    if pairs == 1 {
                        "one boundary".to_owned()
                    } else {
                        format!("{} boundaries", numbers::count(pairs))
                    }
                )
            } else {
                format!("one more team: a change takes {factor} as long, at equal size, kind and quarter")
            }
        }
    };
    sentence(&text, width)
}
