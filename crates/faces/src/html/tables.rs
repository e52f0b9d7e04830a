//! The page's tables and lists.

use std::fmt::Write as _;

use facts::{ChangeId, ModuleId, time};
use measures::{CouplingKind, Evidence, Part, Subject};

use super::{charts, design, escape};
use crate::{Report, json, names, numbers, redesign};

const ROWS: usize = 100;

pub(super) fn findings(report: &Report<'_>, out: &mut String) {
    out.push_str("<section id=\"first\"><h2>What to look at first</h2>");
    if report.findings.is_empty() {
        out.push_str(
            "<p>Nothing stands out by the thresholds unsnarl uses. That is an answer, too.</p></section>",
        );
        return;
    }
    out.push_str("<ol class=\"findings\">");
    for one in report.findings {
        let _ = write!(
            out,
            "<li id=\"{0}\"><span class=\"tag {1}\">{1}</span><strong>{2}</strong><p>{3} <span class=\"soft\"><code>unsnarl explain {0}</code></span></p>",
            escape(&one.id),
            one.severity.name(),
            escape(&one.title),
            escape(&one.advice)
        );
        evidence(report, &one.evidence, out);
        out.push_str("</li>");
    }
    out.push_str("</ol></section>");
}

/// Few moves that would help; nothing where none were looked for.
pub(super) fn do_first(report: &Report<'_>, out: &mut String) {
    let Some(shown) = report.do_first else { return };
    out.push_str("<section id=\"moves\"><h2>What to do first</h2>");
    if shown.first().is_empty() {
        let _ = write!(out, "<p>{}.</p></section>", escape(&redesign::nothing(&shown)));
        return;
    }
    out.push_str("<p>Few moves on the structure that is there, found on changes more than a year old, held to what came after, and judged by the last year, which they were found without. History replayed bounds what would have been needed: people would also have behaved differently.</p><ol class=\"findings\">");
    for one in shown.first() {
        let moves: Vec<String> = one.moves.iter().map(crate::moves::line).collect();
        let _ = write!(
            out,
            "<li id=\"{0}\"><strong>{1}</strong><p>{2}.</p><p>{3}. <span class=\"soft\"><code>unsnarl explain {0}</code></span></p></li>",
            escape(&one.id),
            escape(&moves.join("; ")),
            escape(&redesign::why(&shown, one)),
            escape(&redesign::judged(&shown, one))
        );
    }
    out.push_str("</ol></section>");
}

fn evidence(report: &Report<'_>, one: &Evidence, out: &mut String) {
    if one.changes.is_empty() {
        return;
    }
    let _ = write!(
        out,
        "<details><summary>The latest {} of {} changes behind it</summary><ul>",
        one.changes.len(),
        numbers::count(one.changes_in_all)
    );
    for &change in &one.changes {
        change_line(report, change, out);
    }
    out.push_str("</ul></details>");
}

fn change_line(report: &Report<'_>, change: ChangeId, out: &mut String) {
    let table = &report.facts.changes;
    let row = change.index();
    let _ = write!(
        out,
        "<li><code>{}</code> {} {}</li>",
        table.commit[row].short(),
        time::date(table.merged_at[row]),
        escape(&table.subject[row])
    );
}

/// A table's head; columns whose title begins with `#` hold numbers.
pub(super) fn begin(caption: &str, columns: &[&str], out: &mut String) {
    let _ = write!(out, "<div class=\"scroll\"><table><caption>{}</caption><thead><tr>", escape(caption));
    for column in columns {
        let (class, title) = column.strip_prefix('#').map_or(("", *column), |title| (" class=\"n\"", title));
        let _ = write!(out, "<th scope=\"col\"{class}><button type=\"button\">{title}</button></th>");
    }
    out.push_str("</tr></thead><tbody>");
}

pub(super) fn end(out: &mut String) {
    out.push_str("</tbody></table></div>");
}

pub(super) fn number(value: Option<f64>, shown: String, out: &mut String) {
    let _ = write!(out, "<td class=\"n\" data-v=\"{}\">{}</td>", value.unwrap_or(-1.0), escape(&shown));
}

pub(super) fn quantity(part: &Part, name: &str) -> Option<f64> {
    part.quantities.iter().find(|one| one.name == name).and_then(|one| one.value)
}

pub(super) fn boundaries(report: &Report<'_>, out: &mut String) {
    out.push_str("<section id=\"friction\"><h2>Where the friction lies</h2>");
    let parts = &report.picture.coordination.parts;
    if parts.is_empty() {
        out.push_str("<p>No change needed two teams, or there are no teams to tell by.</p></section>");
        return;
    }
    let half = report
        .picture
        .coordination
        .quantities
        .iter()
        .find(|one| one.name == "boundaries_for_half")
        .and_then(|one| one.value);
    let _ = write!(
        out,
        "<p>The shares of {} between teams add up to all coordination there is; the first {} carry half of it.</p>",
        if parts.len() == 1 {
            "1 boundary".to_owned()
        } else {
            format!("{} boundaries", numbers::count(parts.len() as u64))
        },
        half.map_or("–".to_owned(), numbers::number)
    );
    begin("Pairs of teams that changes needed together", &["Teams", "#Share", "#Changes", "#Last year"], out);
    for part in parts.iter().take(ROWS) {
        let _ = write!(out, "<tr><td class=\"name\">{}</td>", escape(&names::subject(report, &part.subject)));
        number(part.share, part.share.map_or("–".to_owned(), numbers::percent), out);
        for name in ["changes", "recent_changes"] {
            let value = quantity(part, name);
            number(value, value.map_or("–".to_owned(), numbers::number), out);
        }
        out.push_str("</tr>");
    }
    end(out);
    out.push_str("</section>");
}

pub(super) fn couplings(report: &Report<'_>, out: &mut String) {
    out.push_str("<section id=\"together\"><h2>What changes together</h2>");
    let all = &report.picture.couplings;
    if all.is_empty() {
        let why = report.picture.coupling.notes.first();
        let why =
            why.map_or("No two modules change together more often than chance explains.", String::as_str);
        let _ = write!(out, "<p>{}</p></section>", escape(why));
        return;
    }
    let tested = report
        .picture
        .coupling
        .quantities
        .iter()
        .find(|one| one.name == "pairs_tested")
        .and_then(|one| one.value);
    let mechanical = all.iter().filter(|one| one.kind == CouplingKind::Mechanical).count();
    let _ = write!(
        out,
        "<p>{} of {} pairs of modules change together beyond chance, at a false discovery rate of 1 %; {mechanical} of them through lock files, generated code or version bumps alone. Darker is a larger lift.</p>",
        all.len(),
        tested.map_or("–".to_owned(), numbers::number)
    );
    design::four_kinds(report, out);
    charts::matrix(report, out);
    begin(
        "Coupled pairs, the largest excess first",
        &["Modules", "Kind", "#Shared", "#By chance", "#Lift", "#95 %", "#q", "#Last year", "#Explained"],
        out,
    );
    for one in all.iter().take(ROWS) {
        let name = names::subject(report, &Subject::ModulePair(one.a, one.b));
        let _ = write!(
            out,
            "<tr><td class=\"name\">{}<br><code class=\"soft\">{}</code>{}</td><td>{}</td>",
            escape(&name),
            json::coupling_id(report, one),
            one.causes.first().map_or(String::new(), |cause| {
                format!("<br><span class=\"soft\">likely {}</span>", cause.kind.name().replace('-', " "))
            }),
            one.kind.name()
        );
        number(Some(one.shared as f64), numbers::count(one.shared), out);
        number(Some(one.expected), format!("{:.1}", one.expected), out);
        number(one.lift.value, format!("{:.1}×", one.lift.value.unwrap_or(0.0)), out);
        let (low, high) = one.lift.interval.unwrap_or((0.0, 0.0));
        number(Some(low), format!("{low:.1}–{high:.1}"), out);
        number(Some(one.q), format!("{:.0e}", one.q), out);
        number(Some(one.recent_shared as f64), numbers::count(one.recent_shared), out);
        let explained =
            (one.kind == CouplingKind::Leaky).then(|| one.explained as f64 / one.shared.max(1) as f64);
        number(explained, explained.map_or("–".to_owned(), numbers::percent), out);
        out.push_str("</tr>");
    }
    end(out);
    out.push_str("</section>");
}

pub(super) fn modules(report: &Report<'_>, out: &mut String) {
    out.push_str("<section id=\"modules\"><h2>Modules, ownership, knowledge</h2><p>Ownership is over the last year; independence, concentration and size are over the whole range. Truck factor is a range over assumptions.</p>");
    begin(
        "Modules by how much changes in them",
        &[
            "Module",
            "#Changes",
            "#Independent",
            "Ownership",
            "Led by",
            "#Truck factor",
            "#Main contributor",
            "#Contributors",
            "From",
        ],
        out,
    );
    let picture = report.picture;
    for part in picture.concentration.parts.iter().take(ROWS) {
        let Subject::Module(module) = part.subject else { continue };
        let _ = write!(out, "<tr><td class=\"name\">{}</td>", escape(&names::subject(report, &part.subject)));
        number(Some(part.estimate.of as f64), numbers::count(part.estimate.of), out);
        let independent = of_module(&picture.independence.parts, module).and_then(|part| part.estimate.value);
        number(independent, independent.map_or("–".to_owned(), numbers::percent), out);
        ownership(report, module, out);
        let knowledge = of_module(&picture.knowledge.parts, module);
        let factor = knowledge.and_then(|part| part.estimate.interval);
        let shown = factor.map_or("–".to_owned(), |(low, high)| {
            if low < high { format!("{low:.0}–{high:.0}") } else { format!("{low:.0}") }
        });
        number(factor.map(|(low, _)| low), shown, out);
        number(part.estimate.value, part.estimate.value.map_or("–".to_owned(), numbers::percent), out);
        let people = quantity(part, "contributors");
        number(people, people.map_or("–".to_owned(), numbers::number), out);
        let source = &report.structure.modules[module.index()].source;
        let _ = write!(out, "<td class=\"soft\">{}</td></tr>", escape(&source.from));
    }
    end(out);
    out.push_str("</section>");
}

fn ownership(report: &Report<'_>, module: ModuleId, out: &mut String) {
    let part = of_module(&report.picture.ownership_clarity.parts, module);
    let state = part.and_then(|part| part.state).unwrap_or("–");
    let lead = part.and_then(|part| {
        let team = quantity(part, "lead_team")?;
        let share = quantity(part, "lead_share").filter(|share| *share > 0.0)?;
        Some(format!("{} ({})", report.structure.teams[team as usize].name, numbers::percent(share)))
    });
    let _ = write!(
        out,
        "<td>{}</td><td class=\"soft\">{}</td>",
        state,
        escape(&lead.unwrap_or_else(|| "–".to_owned()))
    );
}

fn of_module(parts: &[Part], module: ModuleId) -> Option<&Part> {
    parts.iter().find(|part| part.subject == Subject::Module(module))
}
