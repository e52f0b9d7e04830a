//! Is it still moving: the two answers, and a chart of every series of the system with its steps.

use std::fmt::Write as _;

use measures::drift::{Scale, Series};
use verdicts::drift::Said;

use super::escape;
use crate::{Report, moving, series};

const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 96.0;

pub(super) fn section(report: &Report<'_>, out: &mut String) {
    if report.lens.counted.is_empty() {
        return;
    }
    out.push_str("<section id=\"moving\"><h2>Is it still moving</h2>");
    let name = escape(&report.facts.repository.name);
    let _ = write!(
        out,
        "<p><b>{name}</b> {}.</p><p>{}.</p>",
        escape(&moving::still_moving(report, usize::MAX)),
        escape(&capital(&moving::one_more_team(report, usize::MAX)))
    );
    if !report.picture.drift.is_empty() {
        out.push_str("<div class=\"signs wide\">");
        report.picture.drift.iter().zip(report.said).for_each(|(series, said)| one(series, said, out));
        out.push_str("</div><p class=\"soft\">Each point is a window of equally many changes, set at its middle day; level lines are steps. <code>unsnarl drift</code> says more, and the same of every module and team.</p>");
    }
    out.push_str("</section>");
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

fn one(series: &Series, said: &Said, out: &mut String) {
    let name = capital(series::measure_name(series));
    let ends = said.ends(series).map(|(from, to)| series::from_to(series, from, to)).unwrap_or_default();
    let _ = write!(
        out,
        "<div class=\"sign\"><h3>{name}: {}</h3><div class=\"value\">{ends}</div>",
        said.word.name()
    );
    if said.word.moves() {
        let slope = series::slope(series).map(|(slope, interval)| format!("{slope} (95 % {interval})"));
        let parts: Vec<String> = [series::since(series), slope].into_iter().flatten().collect();
        let _ = write!(out, "<p>{}</p>", escape(&parts.join("; ")));
    }
    chart(series, &name, &ends, out);
    out.push_str("</div>");
}

/// Over time, not over windows: where little happened, points lie far apart.
fn chart(series: &Series, name: &str, ends: &str, out: &mut String) {
    let (Some(first), Some(last)) = (series.points.first(), series.points.last()) else { return };
    let scaled =
        |value: f64| if series.scale == Scale::Logarithm { value.max(f64::MIN_POSITIVE).ln() } else { value };
    let (low, high) = series
        .points
        .iter()
        .map(|point| scaled(point.value))
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    // A little room, and never a scale so fine that noise looks like news.
    let room = ((0.1 - (high - low)) / 2.0).max((high - low) * 0.1);
    let (low, high) = (low - room, high + room);
    let span = (last.at - first.at).max(1) as f64;
    let x = |at: i64| (at - first.at) as f64 / span * WIDTH;
    let y = |value: f64| HEIGHT - (scaled(value).clamp(low, high) - low) / (high - low) * HEIGHT;
    let _ = write!(
        out,
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{name} from {} to {}: {}\">",
        facts::time::date(first.at),
        facts::time::date(last.at),
        escape(ends)
    );
    levels(series, &x, &y, out);
    let line: Vec<String> =
        series.points.iter().map(|point| format!("{:.1},{:.1}", x(point.at), y(point.value))).collect();
    let title: Vec<String> = series
        .points
        .iter()
        .map(|point| {
            format!(
                "{} {} ({} changes)",
                facts::time::date(point.at),
                series::value(series, point.value),
                point.n
            )
        })
        .collect();
    let _ = write!(
        out,
        "<polyline class=\"path\" vector-effect=\"non-scaling-stroke\" points=\"{}\"/><title>{}</title></svg>\
         <p style=\"display:flex;justify-content:space-between\"><span>{}</span><span>{}</span></p>",
        line.join(" "),
        title.join("\n"),
        facts::time::date(first.at),
        facts::time::date(last.at)
    );
}

/// The level before the first step, between steps, and after the last.
fn levels(series: &Series, x: &dyn Fn(i64) -> f64, y: &dyn Fn(f64) -> f64, out: &mut String) {
    let at =
        |place: usize| series.points.get(place).or(series.points.last()).map_or(0.0, |point| x(point.at));
    let mut begin = 0.0;
    let levels = series.steps.iter().map(|step| (at(step.at), step.before));
    let last = series.steps.last().map(|step| (WIDTH, step.after));
    for (end, level) in levels.chain(last) {
        let height = y(level);
        let _ = write!(
            out,
            "<line class=\"level\" vector-effect=\"non-scaling-stroke\" x1=\"{begin:.1}\" x2=\"{end:.1}\" y1=\"{height:.1}\" y2=\"{height:.1}\"/>"
        );
        begin = end;
    }
}
