//! Markdown, for a wiki or a pull request.

use std::fmt::Write as _;

use facts::time;
use measures::{BoundaryKind, CouplingKind, Measurement, Subject};

use crate::{Report, impact, json, ledger, moving, names, numbers, plain::plain, redesign};

/// The report as GitHub-flavoured Markdown.
pub fn render(report: &Report<'_>) -> String {
    let mut out = String::new();
    let facts = report.facts;
    let _ = writeln!(out, "# How change moves through {}\n", escape(&facts.repository.name));
    if let Some((since, until)) = report.lens.span {
        let head = facts.repository.head.map_or(String::new(), |head| format!(" at `{}`", head.short()));
        let _ = writeln!(
            out,
            "{} changes from {} to {}{head}; {} of them count. The unit is the {}: {}.\n",
            numbers::count(facts.changes.len() as u64),
            time::date(since),
            time::date(until),
            numbers::count(report.lens.counted.len() as u64),
            facts.unit.unit.name(),
            escape(&facts.unit.why)
        );
    } else {
        let _ = writeln!(out, "No change counts; the ledger below says why.\n");
    }
    if let Some(why) = &report.structure.declared_cannot_tell {
        let _ = writeln!(out, "> Declared ownership cannot tell who must talk to whom: {}.\n", escape(why));
    }
    if !report.lens.counted.is_empty() {
        let _ = writeln!(
            out,
            "**{}** {}.  \n{}.\n",
            escape(&facts.repository.name),
            escape(&moving::still_moving(report, usize::MAX)),
            escape(&moving::one_more_team(report, usize::MAX))
        );
    }
    measures(report, &mut out);
    if let Some(hits) = report.hits {
        let said = impact::rate_line(&impact::HitRate::of(hits));
        let _ = writeln!(out, "\nWhat else does a change need (`unsnarl impact`): {}.", escape(&said));
    }
    do_first(report, &mut out);
    findings(report, &mut out);
    boundaries(report, &mut out);
    couplings(report, &mut out);
    left_out(report, &mut out);
    out
}

/// Text in which no character means anything to Markdown or HTML.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in plain(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // A mention would call somebody.
            '@' => out.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

fn measures(report: &Report<'_>, out: &mut String) {
    out.push_str("| measure | value | last year | rests on |\n|---|---|---|---|\n");
    let beside = report.picture.independence_beside.as_ref();
    let layer = match beside {
        Some(_) if report.lens.ownership.sets_of_touch.is_some() => "today's ownership files".to_owned(),
        Some(one) => format!("{} ownership", one.basis.name()),
        None => String::new(),
    };
    let [first, rest @ ..] = report.picture.measurements();
    for (name, one) in std::iter::once((first.name.to_owned(), first))
        .chain(beside.map(|one| (format!("{} by {layer}", one.name), one)))
        .chain(rest.into_iter().map(|one| (one.name.replace('_', " "), one)))
    {
        measure(&name, one, out);
    }
    out.push('\n');
    for note in report
        .picture
        .measurements()
        .into_iter()
        .flat_map(|one| one.notes.iter().map(move |note| (one.name, note)))
    {
        let _ = writeln!(out, "- {}: {}", note.0.replace('_', " "), escape(note.1));
    }
    out.push('\n');
}

fn measure(name: &str, one: &Measurement, out: &mut String) {
    let recent = one.recent.as_ref().map_or("–".to_owned(), |recent| numbers::estimate(one, recent));
    let _ = writeln!(
        out,
        "| {name} | {} | {recent} | {} |",
        numbers::estimate(one, &one.whole),
        one.basis.name()
    );
}

fn findings(report: &Report<'_>, out: &mut String) {
    if report.findings.is_empty() {
        return;
    }
    out.push_str("## What to look at first\n\n");
    for finding in report.findings {
        let _ = writeln!(
            out,
            "- **{}** {} (`{}`)  \n  {}",
            finding.severity.name(),
            escape(&finding.title),
            finding.id,
            escape(&finding.advice)
        );
    }
    out.push('\n');
}

/// Few moves that would help; nothing where none were looked for.
fn do_first(report: &Report<'_>, out: &mut String) {
    let Some(shown) = report.do_first else { return };
    out.push_str("## What to do first\n\n");
    if shown.first().is_empty() {
        let _ = writeln!(out, "{}\n", escape(&redesign::nothing(&shown)));
        return;
    }
    for one in shown.first() {
        let moves: Vec<String> = one.moves.iter().map(crate::moves::line).collect();
        let _ = writeln!(
            out,
            "- **{}** (`{}`)  \n  {}; {}",
            escape(&moves.join("; ")),
            one.id,
            escape(&redesign::why(&shown, one)),
            escape(&redesign::judged(&shown, one))
        );
    }
    out.push('\n');
}

fn boundaries(report: &Report<'_>, out: &mut String) {
    let parts = &report.picture.coordination.parts;
    if parts.is_empty() {
        return;
    }
    out.push_str(
        "## Where the friction lies\n\n| share of all coordination | between | changes |\n|---:|---|---:|\n",
    );
    for part in parts.iter().take(15) {
        let changes = part.quantities.iter().find(|one| one.name == "changes").and_then(|one| one.value);
        let _ = writeln!(
            out,
            "| {} | {} | {} |",
            part.share.map_or("–".to_owned(), numbers::percent),
            escape(&names::subject(report, &part.subject)),
            changes.map_or("–".to_owned(), numbers::number)
        );
    }
    out.push('\n');
}

fn couplings(report: &Report<'_>, out: &mut String) {
    if report.picture.couplings.is_empty() {
        return;
    }
    out.push_str("## What changes together\n\n");
    four_kinds(report, out);
    out.push_str(
        "| modules | shared | by chance | lift | q | kind | id |\n|---|---:|---:|---:|---:|---|---|\n",
    );
    let ordered = |mechanical: bool| {
        report
            .picture
            .couplings
            .iter()
            .filter(move |one| (one.kind == CouplingKind::Mechanical) == mechanical)
    };
    for one in ordered(false).chain(ordered(true)).take(25) {
        let _ = writeln!(
            out,
            "| {} | {} | {:.1} | {:.2} | {:.0e} | {} | `{}` |",
            escape(&names::subject(report, &Subject::ModulePair(one.a, one.b))),
            numbers::count(one.shared),
            one.expected,
            one.lift.value.unwrap_or(0.0),
            one.q,
            one.kind.name(),
            json::coupling_id(report, one)
        );
    }
    out.push('\n');
}

/// The four kinds of boundary; nothing where no code was read.
fn four_kinds(report: &Report<'_>, out: &mut String) {
    let parts = &report.picture.boundaries.parts;
    let count = |kind: BoundaryKind| {
        let part = parts.iter().find(|part| part.state == Some(kind.name()));
        part.map_or("–".to_owned(), |part| numbers::count(part.estimate.count as u64))
    };
    if !parts.is_empty() {
        let _ = writeln!(
            out,
            "| pairs of modules | change together | change apart |\n|---|---|---|\n| dependency | {} leaky | {} stable |\n| none | {} hidden | {} independent |\n",
            count(BoundaryKind::Leaky),
            count(BoundaryKind::Stable),
            count(BoundaryKind::Hidden),
            count(BoundaryKind::Independent),
        );
    }
}

fn left_out(report: &Report<'_>, out: &mut String) {
    let lines = ledger::lines(report);
    if lines.is_empty() {
        return;
    }
    out.push_str("## What was left out or is unknown\n\n");
    for line in lines {
        let _ = writeln!(out, "- {} {}", numbers::count(line.count), escape(&line.why));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_means_anything() {
        assert_eq!(escape("<script>@a|b*"), "&lt;script&gt;&#64;a\\|b\\*");
    }
}
