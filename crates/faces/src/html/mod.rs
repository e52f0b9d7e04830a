//! One self-contained page: no network, no font, light and dark, readable at any width and on paper.
//!
//! Every piece of untrusted text passes [`escape`]; the content security policy allows this page's own style and
//! script and nothing else.

mod charts;
mod design;
mod drift;
mod tables;
mod work;

use std::fmt::Write as _;

use facts::{Basis, time};
use measures::{MEASURES, Measurement};

use crate::{Report, impact, ledger, moving, numbers, plain::plain};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The page.
pub fn render(report: &Report<'_>) -> String {
    let name = escape(&report.facts.repository.name);
    let mut body = String::new();
    head(report, &name, &mut body);
    body.push_str("<main>");
    drift::section(report, &mut body);
    now(report, &mut body);
    tables::do_first(report, &mut body);
    tables::findings(report, &mut body);
    tables::boundaries(report, &mut body);
    work::section(report, &mut body);
    tables::couplings(report, &mut body);
    design::section(report, &mut body);
    tables::modules(report, &mut body);
    left_out(report, &mut body);
    method(&mut body);
    body.push_str("</main>");
    let _ = write!(
        body,
        "<footer>unsnarl {} · this page is about structure; it rates no one and sends nothing anywhere.</footer>",
        escape(report.version)
    );
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\
         <title>{name}: how change moves</title><style>{STYLE}</style></head>\n<body>{body}<script>{SCRIPT}</script></body></html>\n"
    )
}

/// Text that means nothing to HTML, in content and in attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in plain(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

fn head(report: &Report<'_>, name: &str, out: &mut String) {
    let facts = report.facts;
    let _ = write!(out, "<header><h1>How change moves through {name}</h1><p class=\"lede\">");
    if let Some((since, until)) = report.lens.span {
        let people =
            facts.people.kind.iter().filter(|kind| **kind == facts::PersonKind::Human).count() as u64;
        let _ = write!(
            out,
            "{} changes by {} people, {} to {}. {} of them count below. The unit is the {}: {}.",
            numbers::count(facts.changes.len() as u64),
            numbers::count(people),
            time::date(since),
            time::date(until),
            numbers::count(report.lens.counted.len() as u64),
            facts.unit.unit.name(),
            escape(&facts.unit.why)
        );
    } else {
        out.push_str("No change in this history counts; what was left out says why.");
    }
    out.push_str("</p><nav aria-label=\"Sections\">");
    let has_code = report.picture.fan_out.whole.value.is_some();
    for (id, title) in [
        ("moving", "Is it still moving"),
        ("now", "Now"),
        ("moves", "What to do first"),
        ("first", "What to look at first"),
        ("friction", "Where the friction lies"),
        ("work", "Work that is passed on or comes back"),
        ("together", "What changes together"),
        ("design", "How the code hangs together"),
        ("modules", "Modules, ownership, knowledge"),
        ("left-out", "What was left out"),
        ("method", "How this was measured"),
    ]
    .into_iter()
    .filter(|(id, _)| has_code || *id != "design")
    {
        let _ = write!(out, "<a href=\"#{id}\">{title}</a>");
    }
    out.push_str("</nav></header>");
}

fn now(report: &Report<'_>, out: &mut String) {
    let picture = report.picture;
    out.push_str("<section id=\"now\"><h2>Now</h2>");
    let _ = write!(out, "<p class=\"soft\">{}</p>", rests_on(report));
    if let Some(why) = &report.structure.declared_cannot_tell {
        let beside = picture.independence_beside.as_ref().filter(|one| one.whole.value.is_some());
        let figure = beside.map_or(String::new(), |one| {
            format!(" By it, independence would be {}.", numbers::estimate(one, &one.whole))
        });
        let _ = write!(
            out,
            "<p class=\"note\">Declared ownership cannot tell who must talk to whom: {}.{}</p>",
            escape(why),
            escape(&figure)
        );
    }
    out.push_str("<div class=\"signs\">");
    sign(report, out, "Independence", "of changes need at most one team", &picture.independence);
    sign(report, out, "Coordination", "further teams per change", &picture.coordination);
    if picture.approvals.whole.value.is_some() {
        sign(report, out, "Approvals", "owners must agree to a change, as declared", &picture.approvals);
    }
    if picture.handoffs.whole.value.is_some() {
        sign(report, out, "Handoffs", "of files soon touched again go to another team", &picture.handoffs);
    }
    sign(report, out, "Rework", "of touches have their file touched again within 14 days", &picture.rework);
    if picture.process_load.whole.value.is_some() {
        sign(
            report,
            out,
            "Process load",
            "rules and pipeline files are written for changes to pass",
            &picture.process_load,
        );
    }
    sign(report, out, "Locality", "of changes stay within one module", &picture.locality);
    sign(report, out, "Coupling", "of changes over several modules touch a coupled pair", &picture.coupling);
    if picture.boundaries.whole.value.is_some() {
        sign(
            report,
            out,
            "Hidden constraints",
            "of changes over several modules touch a pair no code connects",
            &picture.boundaries,
        );
    }
    if picture.fan_out.whole.value.is_some() {
        sign(report, out, "Fan-out", "modules a module depends on", &picture.fan_out);
        sign(report, out, "Propagation cost", "of file pairs are within reach", &picture.propagation_cost);
    }
    sign(
        report,
        out,
        "Ownership clarity",
        "of this year's work lies where ownership is agreed",
        &picture.ownership_clarity,
    );
    sign(
        report,
        out,
        "Knowledge",
        "people carry half of the source files (truck factor)",
        &picture.knowledge,
    );
    out.push_str("</div>");
    if let Some(hits) = report.hits {
        let said = impact::rate_line(&impact::HitRate::of(hits));
        let _ = write!(
            out,
            "<p class=\"soft\">What else a change needs, as <code>unsnarl impact</code> tells it: {}.</p>",
            escape(&said)
        );
    }
    out.push_str("</section>");
}

pub(crate) fn rests_on(report: &Report<'_>) -> String {
    match report.lens.ownership.basis {
        Basis::Declared => "Teams are the owners the ownership file declares.".to_owned(),
        Basis::Inferred => "Teams are inferred: groups of people who change the same modules; each module's steward is the group that makes most of its recent changes.".to_owned(),
        Basis::None => "No teams are declared, and the history shows no separate groups of people; what needs teams cannot be told.".to_owned(),
    }
}

fn sign(report: &Report<'_>, out: &mut String, title: &str, says: &str, one: &Measurement) {
    let _ = write!(
        out,
        "<div class=\"sign\"><h3>{title}</h3><div class=\"value\">{}</div>",
        numbers::value(one.unit, one.whole.value)
    );
    if one.whole.value.is_none() {
        let why = one.notes.first().map_or("cannot be told here", String::as_str);
        let _ = write!(out, "<p>{}</p></div>", escape(why));
        return;
    }
    let mut beside: Vec<String> = numbers::interval(one.unit, one.whole.interval).into_iter().collect();
    if one.unit == measures::UnitOfValue::Share && one.whole.count.fract() == 0.0 {
        beside.push(format!(
            "{} of {}",
            numbers::count(one.whole.count as u64),
            numbers::count(one.whole.of)
        ));
    }
    let beside = if beside.is_empty() { String::new() } else { format!(" ({})", beside.join("; ")) };
    let _ = write!(out, "<p>{says}{}</p>", escape(&beside));
    if let Some(recent) = one.recent.filter(|recent| recent.value.is_some()) {
        let word = moving::word_of(report, one.name).map_or(String::new(), |word| format!(": {word}"));
        let _ = write!(out, "<p>last year {}{word}</p>", numbers::value(one.unit, recent.value));
    }
    charts::series(one, title, out);
    out.push_str("</div>");
}

fn left_out(report: &Report<'_>, out: &mut String) {
    out.push_str("<section id=\"left-out\"><h2>What was left out or is unknown</h2><ul class=\"ledger\">");
    let lines = ledger::lines(report);
    for line in &lines {
        let _ =
            write!(out, "<li><b>{}</b><span>{}</span></li>", numbers::count(line.count), escape(&line.why));
    }
    if lines.is_empty() {
        out.push_str("<li><b>0</b><span>Nothing: everything in the history counts.</span></li>");
    }
    out.push_str("</ul></section>");
}

fn method(out: &mut String) {
    out.push_str("<section id=\"method\"><h2>How this was measured</h2><dl class=\"method\">");
    for measure in MEASURES {
        let _ = write!(
            out,
            "<dt>{}: {}</dt><dd>{}</dd><dd class=\"soft\">When it lies: {}</dd><dd class=\"soft\">Source: {}</dd>",
            measure.name.replace('_', " "),
            escape(measure.question),
            escape(measure.definition),
            escape(measure.limits),
            escape(measure.source)
        );
    }
    out.push_str("</dl></section>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_breaks_out() {
        let bad = "\"><img src=x onerror=alert(1)>'\u{202e}\x1b[31m</script>";
        let safe = escape(bad);
        assert!(!safe.contains(['<', '>', '"', '\'', '\u{1b}', '\u{202e}']), "{safe}");
    }
}
