//! Charts as inline SVG: drawn here, so that the page needs no library and prints as it is.

use std::fmt::Write as _;

use measures::{Coupling, CouplingKind, Measurement};

use super::escape;
use crate::{Report, numbers};

const WIDTH: f64 = 240.0;
const HEIGHT: f64 = 48.0;

/// A series with its interval as a band; periods that are not over are dots without a line.
pub(super) fn series(one: &Measurement, title: &str, out: &mut String) {
    let points: Vec<(usize, f64)> =
        one.series.iter().enumerate().filter_map(|(at, point)| Some((at, point.estimate.value?))).collect();
    let (Some(first), Some(last)) = (one.series.first(), one.series.last()) else { return };
    if points.len() < 2 {
        return;
    }
    let values = || points.iter().map(|&(_, value)| value);
    let (low, high) = values()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    // A little room, and never a scale so fine that noise looks like news.
    let least = if one.unit == measures::UnitOfValue::Share { 0.1 } else { 0.2 };
    let room = ((least - (high - low)) / 2.0).max((high - low) * 0.1);
    let (low, high) = ((low - room).max(0.0), high + room);
    let x = |at: usize| at as f64 / (one.series.len() - 1) as f64 * WIDTH;
    let y = |value: f64| HEIGHT - (value.clamp(low, high) - low) / (high - low) * HEIGHT;
    let _ = write!(
        out,
        "<svg viewBox=\"0 0 {WIDTH} 64\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{} from {} to {}: {} to {}\">",
        escape(title),
        escape(&first.period.label),
        escape(&last.period.label),
        numbers::value(one.unit, Some(points[0].1)),
        numbers::value(one.unit, Some(points[points.len() - 1].1)),
    );
    let band: Vec<(usize, (f64, f64))> =
        points.iter().filter_map(|&(at, _)| Some((at, one.series[at].estimate.interval?))).collect();
    if band.len() > 1 {
        let upper = band.iter().map(|&(at, (_, high))| format!("{:.1},{:.1}", x(at), y(high)));
        let lower = band.iter().rev().map(|&(at, (low, _))| format!("{:.1},{:.1}", x(at), y(low)));
        let _ = write!(
            out,
            "<polygon class=\"band\" points=\"{}\"/>",
            upper.chain(lower).collect::<Vec<_>>().join(" ")
        );
    }
    let line: Vec<String> =
        points.iter().map(|&(at, value)| format!("{:.1},{:.1}", x(at), y(value))).collect();
    let _ = write!(
        out,
        "<polyline class=\"path\" vector-effect=\"non-scaling-stroke\" points=\"{}\"/>",
        line.join(" ")
    );
    let _ = write!(
        out,
        "<title>{}</title></svg><p style=\"display:flex;justify-content:space-between\"><span>{}</span><span>{}</span></p>",
        points
            .iter()
            .map(|&(at, value)| {
                let partial = if one.series[at].partial { " (in part)" } else { "" };
                format!(
                    "{} {}{partial}",
                    escape(&one.series[at].period.label),
                    numbers::value(one.unit, Some(value))
                )
            })
            .collect::<Vec<_>>()
            .join("\n"),
        escape(&first.period.label),
        escape(&last.period.label)
    );
}

/// Modules against modules, darker for a larger lift: only those that are coupled at all.
pub(super) fn matrix(report: &Report<'_>, out: &mut String) {
    const CELL: f64 = 18.0;
    const LABEL: f64 = 250.0;
    const MOST: usize = 24;
    let mut weight = vec![0.0; report.structure.modules.len()];
    let real = || report.picture.couplings.iter().filter(|one| one.kind != CouplingKind::Mechanical);
    for one in real() {
        weight[one.a.index()] += one.excess;
        weight[one.b.index()] += one.excess;
    }
    let mut shown: Vec<usize> = (0..weight.len()).filter(|&at| weight[at] > 0.0).collect();
    if shown.len() < 3 {
        return;
    }
    shown.sort_by(|&a, &b| weight[b].total_cmp(&weight[a]).then(a.cmp(&b)));
    shown.truncate(MOST);
    shown.sort_unstable();
    let side = shown.len() as f64 * CELL;
    let _ = write!(
        out,
        "<div class=\"scroll\"><svg class=\"matrix\" width=\"{:.0}\" height=\"{:.0}\" role=\"img\" aria-label=\"Which modules change together: the table below holds the same numbers\">",
        LABEL + side + 8.0,
        side + 8.0
    );
    let coupling = |a: usize, b: usize| -> Option<&Coupling> {
        let (low, high) = (a.min(b), a.max(b));
        real().find(|one| one.a.index() == low && one.b.index() == high)
    };
    for (row, &a) in shown.iter().enumerate() {
        let name = crate::plain::shortened(&report.structure.modules[a].name, 36);
        let top = row as f64 * CELL;
        let _ = write!(
            out,
            "<text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"end\">{}</text>",
            LABEL - 8.0,
            top + 13.0,
            escape(&name)
        );
        for (column, &b) in shown.iter().enumerate().filter(|&(column, _)| column != row) {
            let left = LABEL + column as f64 * CELL;
            let square = format!("x=\"{left:.0}\" y=\"{top:.0}\" width=\"{CELL}\" height=\"{CELL}\"");
            match coupling(a, b) {
                None => {
                    let _ = write!(out, "<rect class=\"none\" {square}/>");
                }
                Some(one) => {
                    let lift = one.lift.value.unwrap_or(1.0);
                    let strength = (lift.ln() / 10.0_f64.ln()).clamp(0.18, 1.0);
                    let other = escape(&report.structure.modules[b].name);
                    let _ = write!(
                        out,
                        "<rect class=\"bar\" fill-opacity=\"{strength:.2}\" {square}><title>{} ~ {other}: {} shared, {:.0} by chance, {lift:.1}×</title></rect>",
                        escape(&name),
                        one.shared,
                        one.expected
                    );
                }
            }
        }
    }
    out.push_str("</svg></div>");
}
