//! The report's first two lines: is it still moving, and what does one more team cost.

use measures::drift::Series;
use verdicts::{
    drift::{Said, Word},
    moving::{Moving, moving},
};

use crate::{
    Report, numbers,
    plain::{cut, sentence},
    series::{from_to, measure_name},
};

/// The series the first line is judged by: those of the last five years, or of all of a shorter history.
pub(crate) fn judged<'r>(report: &Report<'r>) -> (&'r [Series], &'r [Said]) {
    match &report.picture.lately {
        Some((_, series)) => (series, report.said_lately),
        None => (&report.picture.drift, report.said),
    }
}

/// Whether it is still moving, to go after the system's name, in at most `width` characters: the verdict, then as many
/// of the series that say so as there is room for.
pub(crate) fn still_moving(report: &Report<'_>, width: usize) -> String {
    let (series, said) = judged(report);
    let (word, because) = moving(series, said);
    let before = if report.picture.lately.is_some() { "five years ago" } else { "it did" };
    let mut out = match word {
        Moving::Harder => format!("still moves, but harder than {before}"),
        Moving::Easier => format!("moves more easily than {before}"),
        Moving::Mixed => format!("moves otherwise than {before}"),
        Moving::AsBefore if report.picture.lately.is_some() => {
            "moves as it did five years ago: no measure of how it moves changed beyond chance".to_owned()
        }
        Moving::AsBefore => "moves as it did: no measure of how it moves changed beyond chance".to_owned(),
        Moving::Unknown => return cut(UNKNOWN, width),
    };
    // Where the system's name is long, the verdict alone.
    if out.chars().count() > width {
        out.truncate(out.find(':').unwrap_or(out.len()));
    }
    let more = because.len();
    let mut told = 0;
    let as_before = matches!(word, Moving::AsBefore);
    for one in because {
        // Room is kept to say that there is more; where it is short, when goes first.
        let tail = if told + 1 < more { ", …".chars().count() } else { 0 };
        let (what, when) = item(&series[one], &said[one]);
        let next = [format!("{what}{when}"), what]
            .map(|item| format!("{} {item}", if told == 0 { ":" } else { "," }))
            .into_iter()
            .find(|next| out.chars().count() + next.chars().count() + tail <= width);
        if let Some(next) = next {
            out.push_str(&next);
            told += 1;
        }
    }
    if told > 0 && told < more {
        out.push_str(", …");
    }
    // How much is done is no reason why it is hard or easy, and stands apart.
    let throughput = series.iter().position(|one| one.measure == "changes_a_month");
    if let Some(at) = throughput.filter(|at| said[*at].word.says_something()) {
        let (what, when) = item(&series[at], &said[at]);
        let next = format!("{} {what}{when}", if as_before { ", but" } else { ";" });
        if out.chars().count() + next.chars().count() <= width {
            out.push_str(&next);
        }
    }
    out
}

const UNKNOWN: &str = "has too little history to tell whether it still moves: 200 changes are the least";

/// `independence 88 % → 74 %`, and ` since 2017`.
fn item(series: &Series, said: &Said) -> (String, String) {
    let year = |at: usize| series.points.get(at).map(|point| facts::time::civil(point.at).0);
    let moves = || series.onset.filter(|onset| said.word.moves() && onset.earliest > 0);
    let stepped = || series.steps.last().filter(|_| !said.word.moves());
    let when = match (moves(), stepped(), series.steps.len()) {
        (Some(onset), ..) => year(onset.at).map(|year| format!(" since {year}")),
        (_, Some(step), 1) => year(step.at).map(|year| format!(" in {year}")),
        (_, Some(step), steps) => year(step.at).map(|year| format!(" in {steps} steps to {year}")),
        _ => None,
    };
    let (from, to) = said.ends(series).unwrap_or_default();
    (format!("{} {}", measure_name(series), from_to(series, from, to)), when.unwrap_or_default())
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
                let days = format!("{} days in the last year", numbers::count(days.round() as u64));
                let over = format!(
                    ", over {}",
                    if pairs == 1 {
                        "one boundary".to_owned()
                    } else {
                        format!("{} boundaries", numbers::count(pairs))
                    }
                );
                let short = format!("one more team: a change takes {factor} as long; {days}");
                if short.chars().count() + over.chars().count() <= width {
                    format!("{short}{over}")
                } else {
                    short
                }
            } else {
                // Such changes are often sweeping and simple: that they are quick does not say that teams make quick.
                format!("one more team: no cost shows, a change takes {factor} the time at equal size")
            }
        }
    };
    sentence(&text, width)
}
