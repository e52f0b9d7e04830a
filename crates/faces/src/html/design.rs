//! The page's part on what the code says: the four kinds of boundary, cycles, and modules as others use them.

use std::fmt::Write as _;

use measures::{BoundaryKind, Measurement, Part, Subject};

use super::{escape, tables};
use crate::{Report, names, numbers};

/// Rows of a table.
const ROWS: usize = 60;
const CYCLES: usize = 10;

/// The four kinds of boundary; nothing where no code was read.
pub(super) fn four_kinds(report: &Report<'_>, out: &mut String) {
    let Some(parts) = Some(&report.picture.boundaries.parts).filter(|parts| !parts.is_empty()) else {
        return;
    };
    let count = |kind: BoundaryKind| {
        let part = parts.iter().find(|part| part.state == Some(kind.name()));
        part.map_or("–".to_owned(), |part| numbers::count(part.estimate.count as u64))
    };
    let _ = write!(
        out,
        "<div class=\"scroll\"><table class=\"four\"><caption>Pairs of modules by what they are to each other</caption>\
         <thead><tr><td></td><th scope=\"col\">change together</th><th scope=\"col\">change apart</th></tr></thead><tbody>\
         <tr><th scope=\"row\">dependency</th><td><b>{}</b> leaky interface</td><td><b>{}</b> stable interface</td></tr>\
         <tr><th scope=\"row\">none</th><td><b>{}</b> hidden constraint</td><td><b>{}</b> independent</td></tr>\
         </tbody></table></div>",
        count(BoundaryKind::Leaky),
        count(BoundaryKind::Stable),
        count(BoundaryKind::Hidden),
        count(BoundaryKind::Independent),
    );
    let (mechanical, unknown) = (count(BoundaryKind::Mechanical), count(BoundaryKind::Unknown));
    let _ = write!(
        out,
        "<p class=\"soft\">{mechanical} more meet through what tools write; of {unknown} it cannot be told whether one depends on the other.</p>"
    );
}

/// How the code hangs together.
pub(super) fn section(report: &Report<'_>, out: &mut String) {
    let picture = report.picture;
    if picture.fan_out.whole.value.is_none() {
        return;
    }
    out.push_str("<section id=\"design\"><h2>How the code hangs together</h2>");
    sentence(report, out);
    cycles(report, out);
    modules(report, out);
    out.push_str("</section>");
}

fn sentence(report: &Report<'_>, out: &mut String) {
    let picture = report.picture;
    let quantity =
        |of: &Measurement, name| of.quantities.iter().find(|one| one.name == name).and_then(|one| one.value);
    let cost = &picture.propagation_cost;
    let random = quantity(cost, "wired_at_random").map_or(String::new(), |random| {
        format!(" (the same files wired at random: {})", numbers::percent(random))
    });
    let _ = write!(
        out,
        "<p>Of {} files that are neither tests nor generated, one is within reach of {} of the others on average{}. {} of them are in a cycle; the largest holds {}. A module depends on {} others on average, and {} of the files of modules in use are named from outside.</p>",
        quantity(cost, "files").map_or("–".to_owned(), numbers::number),
        numbers::value(cost.unit, cost.whole.value),
        escape(&random),
        numbers::value(picture.cycles.unit, picture.cycles.whole.value),
        quantity(&picture.cycles, "largest_files").map_or("–".to_owned(), numbers::number),
        numbers::value(picture.fan_out.unit, picture.fan_out.whole.value),
        numbers::value(picture.interface_breadth.unit, picture.interface_breadth.whole.value),
    );
}

fn cycles(report: &Report<'_>, out: &mut String) {
    let over: Vec<_> = report.picture.cycle_list.iter().filter(|one| one.modules.len() > 1).collect();
    if over.is_empty() {
        out.push_str("<p>No cycle runs through more than one module.</p>");
        return;
    }
    let _ = write!(out, "<details><summary>Cycles over several modules: {}</summary><ul>", over.len());
    for cycle in over.iter().take(CYCLES) {
        let way: Vec<String> = cycle.witness.iter().map(|&file| escape(&names::file(report, file))).collect();
        let _ = write!(
            out,
            "<li>{} files in {} modules; a shortest way round: {}</li>",
            numbers::count(cycle.files.len() as u64),
            cycle.modules.len(),
            way.join(" → ")
        );
    }
    out.push_str("</ul></details>");
}

fn modules(report: &Report<'_>, out: &mut String) {
    let picture = report.picture;
    tables::begin(
        "Modules as the code shows them, those with the most neighbours first",
        &[
            "Module",
            "#Files",
            "#Used by",
            "#Uses",
            "#Instability",
            "#Named from outside",
            "#In cycles",
            "#Files that depend on it",
        ],
        out,
    );
    let of = |parts: &[Part], subject: &Subject| {
        parts.iter().find(|part| part.subject == *subject).and_then(|part| part.estimate.value)
    };
    let share = |value: Option<f64>| value.map_or("–".to_owned(), numbers::percent);
    for part in picture.fan_out.parts.iter().take(ROWS) {
        let _ = write!(out, "<tr><td class=\"name\">{}</td>", escape(&names::subject(report, &part.subject)));
        for name in ["files", "fan_in", "fan_out", "instability"] {
            let value = tables::quantity(part, name);
            tables::number(value, value.map_or("–".to_owned(), numbers::number), out);
        }
        for parts in
            [&picture.interface_breadth.parts, &picture.cycles.parts, &picture.propagation_cost.parts]
        {
            let value = of(parts, &part.subject);
            tables::number(value, share(value), out);
        }
        out.push_str("</tr>");
    }
    tables::end(out);
}
