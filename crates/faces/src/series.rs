//! Series as people read them: what is measured, how it moves, since when, where it may go.

use measures::{
    drift::{Outlook, Point, Scale, Series},
    stats::onset::How,
};

use crate::numbers::{self, hours, percent};

/// What is measured, in words.
pub(crate) fn measure_name(series: &Series) -> &'static str {
    match series.measure {
        "lead_time_hours" => "lead time",
        "changes_a_month" => "changes a month",
        other => other,
    }
}

/// A value of the series.
pub(crate) fn value(series: &Series, value: f64) -> String {
    match series.scale {
        Scale::Share => percent(value),
        Scale::Logarithm if series.measure == "lead_time_hours" => hours(value),
        Scale::Logarithm => numbers::count(value.round() as u64),
        Scale::Plain => numbers::number(value),
    }
}

/// Two values of the series, the unit written once: `96–100 %`.
pub(crate) fn between(series: &Series, low: f64, high: f64) -> String {
    match series.scale {
        Scale::Share => format!("{:.0}–{:.0} %", low * 100.0, high * 100.0),
        _ => format!("{} to {}", value(series, low), value(series, high)),
    }
}

/// `81 % → 66 %`.
pub(crate) fn from_to(series: &Series, from: f64, to: f64) -> String {
    format!("{} → {}", value(series, from), value(series, to))
}

/// How much it moves in a year with the unit, and its interval.
pub(crate) fn slope(series: &Series) -> Option<(String, String)> {
    let line = series.trend?.line;
    let of = |slope: f64| match series.scale {
        Scale::Share => signed(slope * 100.0, 1),
        Scale::Logarithm => signed(slope.exp_m1() * 100.0, 0),
        Scale::Plain if slope.abs() >= 10.0 => signed(slope, 0),
        Scale::Plain => signed(slope, if slope.abs() < 0.1 { 3 } else { 2 }),
    };
    let unit = match series.scale {
        Scale::Share => "points a year",
        Scale::Logarithm => "% a year",
        Scale::Plain => "a year",
    };
    Some((format!("{} {unit}", of(line.slope)), format!("{} to {}", of(line.low), of(line.high))))
}

fn signed(value: f64, digits: usize) -> String {
    let text = format!("{:.digits$}", value.abs());
    let zero = text.chars().all(|c| matches!(c, '0' | '.'));
    format!(
        "{}{text}",
        if zero {
            ""
        } else if value < 0.0 {
            "−"
        } else {
            "+"
        }
    )
}

/// `2019-03`.
pub(crate) fn month(point: &Point) -> String {
    facts::time::date(point.at).chars().take(7).collect()
}

/// Since when it moves; `None` where no beginning was sought.
pub(crate) fn since(series: &Series) -> Option<String> {
    let onset = series.onset?;
    let at = |place: usize| series.points.get(place).map_or_else(String::new, month);
    let first = series.points.first().map_or_else(String::new, month);
    let (place, latest) = (at(onset.at), at(onset.latest));
    let early = onset.begins_after().map_or_else(|| format!("before {first}"), at);
    Some(match onset.how {
        _ if onset.latest == 0 => format!("since before {first}"),
        _ if onset.at == 0 => format!("since before {first}, or as late as {latest}"),
        How::Slope => format!("since about {place} ({early} to {latest})"),
        How::Step => format!("at once, about {place} ({early} to {latest})"),
    })
}

/// What it may come to, and how much such forecasts were worth.
pub(crate) fn outlook(series: &Series, outlook: &Outlook) -> String {
    let made = outlook.backtest;
    let held = (made.coverage * made.count as f64).round() as u64;
    let worth = match made.against_staying {
        Some(ratio) if ratio < 0.95 => format!(", with {} of the error of “as it is now”", percent(ratio)),
        Some(_) => ", no nearer than “as it is now”".to_owned(),
        None => String::new(),
    };
    format!(
        "in a year {} (90 % {}); {held} of {} such forecasts of its past held{worth}",
        value(series, outlook.value),
        between(series, outlook.low, outlook.high),
        made.count,
    )
}

/// The series in at most `width` blocks, each the mean of as many points as the others.
pub(crate) fn sparkline(series: &Series, width: usize) -> String {
    let count = series.points.len();
    let bins = count.min(width);
    let bin = |at: usize| {
        let points = &series.points[at * count / bins..(at + 1) * count / bins];
        Some(points.iter().map(|point| point.value).sum::<f64>() / points.len() as f64)
    };
    numbers::sparkline(&(0..bins).map(bin).collect::<Vec<_>>())
}
