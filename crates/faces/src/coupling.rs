//! Couplings in depth: what changes together, what it is, and what is likely behind it.

use std::fmt::Write as _;

use anstyle::Style;
use measures::{BoundaryKind, Coupling, CouplingKind};
use serde_json::json;

use crate::{
    Report,
    deps::cell,
    document::written,
    drawing::{Drawing, Line, Notation},
    json, names, numbers,
    plain::{cut, shortened},
};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
/// Rows a kind in the terminal.
const ROWS: usize = 12;

fn name(report: &Report<'_>, id: facts::ModuleId) -> String {
    report.structure.modules[id.index()].name.clone()
}

/// A table a kind, the largest excess first; `level` is what couples: module, file or team.
pub fn text(report: &Report<'_>, level: &str) -> String {
    let mut out = String::new();
    let picture = report.picture;
    let all = &picture.couplings;
    let quantity = |name: &str| picture.coupling.quantities.iter().find(|one| one.name == name)?.value;
    let _ = writeln!(
        out,
        "{BOLD}{}{BOLD:#}: {} of {} pairs of {level}s change together beyond chance, in {} changes that count",
        shortened(&report.facts.repository.name, 40),
        numbers::count(all.len() as u64),
        quantity("pairs_tested").map_or("–".to_owned(), numbers::number),
        numbers::count(report.lens.counted.len() as u64)
    );
    for note in &picture.coupling.notes {
        let _ = writeln!(out, "{note}");
    }
    if report.facts.dependencies.is_some() && !picture.boundary_list.is_empty() {
        boundaries(report, &mut out);
    }
    for (kind, says) in [
        (CouplingKind::Hidden, "hidden constraints: neither names the other"),
        (CouplingKind::Leaky, "leaky interfaces: one depends on the other"),
        (CouplingKind::Unknown, "unknown: whether one depends on the other cannot be told"),
        (CouplingKind::Mechanical, "mechanical: lock files, generated code, version bumps"),
    ] {
        let mut own: Vec<&Coupling> = all.iter().filter(|one| one.kind == kind).collect();
        own.sort_by_key(|one| one.is_documentation());
        if own.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n{BOLD}{} {says}{BOLD:#}", numbers::count(own.len() as u64));
        let _ =
            writeln!(out, "{DIM}  {:>6} {:>8} {:>6} {:>9}{DIM:#}", "shared", "chance", "lift", "explained");
        for one in own.iter().take(ROWS) {
            row(report, one, &mut out);
        }
        if own.len() > ROWS {
            let more = numbers::count((own.len() - ROWS) as u64);
            let _ = writeln!(out, "{DIM}  and {more} more; --format csv or json has all{DIM:#}");
        }
    }
    if !all.is_empty() {
        let level = if level == "module" { String::new() } else { format!(" --level {level}") };
        let _ = writeln!(out, "\nunsnarl explain ID{level} shows the files and changes behind a pair");
    } else if level == "team" && report.structure.modules.is_empty() {
        let _ = writeln!(out, "no owner is declared, and the history shows no separate groups of people");
    }
    out
}

/// The four kinds, counted.
fn boundaries(report: &Report<'_>, out: &mut String) {
    let count = |kind: BoundaryKind| {
        let part = report.picture.boundaries.parts.iter().find(|part| part.state == Some(kind.name()));
        part.map_or("–".to_owned(), |part| numbers::count(part.estimate.count as u64))
    };
    let _ = writeln!(out, "\n{DIM}{:<16}{:>16}{:>16}{DIM:#}", "", "change together", "change apart");
    let _ = writeln!(
        out,
        "{:<16}{:>16}{:>16}",
        "dependency",
        format!("{} leaky", count(BoundaryKind::Leaky)),
        format!("{} stable", count(BoundaryKind::Stable))
    );
    let _ = writeln!(
        out,
        "{:<16}{:>16}{:>16}",
        "none",
        format!("{} hidden", count(BoundaryKind::Hidden)),
        format!("{} apart", count(BoundaryKind::Independent))
    );
    let (mechanical, unknown) = (count(BoundaryKind::Mechanical), count(BoundaryKind::Unknown));
    let _ = writeln!(out, "{DIM}besides, {mechanical} mechanical and {unknown} unknown{DIM:#}");
}

fn row(report: &Report<'_>, one: &Coupling, out: &mut String) {
    let explained = if one.kind == CouplingKind::Leaky {
        numbers::percent(one.explained as f64 / one.shared.max(1) as f64)
    } else {
        "–".to_owned()
    };
    let arrow = match (one.a_names_b.all() > 0, one.b_names_a.all() > 0) {
        (true, true) => "↔",
        (true, false) => "→",
        (false, true) => "←",
        (false, false) => "~",
    };
    let _ = writeln!(
        out,
        "  {:>6} {:>8.1} {:>5.1}× {:>9}  {} {arrow} {}  {DIM}{}{DIM:#}",
        numbers::count(one.shared),
        one.expected,
        one.lift.value.unwrap_or(0.0),
        explained,
        shortened(&name(report, one.a), 29),
        shortened(&name(report, one.b), 29),
        json::coupling_id(report, one)
    );
    if let Some(cause) = one.causes.first() {
        let word = cause.words.first().map_or(String::new(), |word| format!(" of {}", cut(word, 28)));
        let pair = [cause.pair.a, cause.pair.b].map(|file| shortened(&names::file(report, file), 30));
        let kind = cause.kind.name().replace('-', " ");
        let _ = writeln!(out, "{DIM}{:>18}likely {kind}{word}: {} ~ {}{DIM:#}", "", pair[0], pair[1]);
    }
}

/// One row a pair.
pub fn csv(report: &Report<'_>, level: &str) -> String {
    let mut out = String::from(
        "a,b,level,kind,shared,a_changes,b_changes,n,expected,excess,lift,lift_low,lift_high,q,windows,windows_of,recent_shared,a_names_b,b_names_a,explained,causes,id\n",
    );
    for one in &report.picture.couplings {
        let (low, high) = one.lift.interval.unwrap_or_default();
        let causes: Vec<&str> = one.causes.iter().map(|cause| cause.kind.name()).collect();
        let _ = writeln!(
            out,
            "{},{},{level},{},{},{},{},{},{:.4},{:.4},{:.4},{low:.4},{high:.4},{:e},{},{},{},{},{},{},{},{}",
            cell(&name(report, one.a)),
            cell(&name(report, one.b)),
            one.kind.name(),
            one.shared,
            one.a_changes,
            one.b_changes,
            one.n,
            one.expected,
            one.excess,
            one.lift.value.unwrap_or(0.0),
            one.q,
            one.windows,
            one.windows_of,
            one.recent_shared,
            one.a_names_b.all(),
            one.b_names_a.all(),
            one.explained,
            causes.join(" "),
            json::coupling_id(report, one)
        );
    }
    out
}

/// One object, `unsnarl.coupling/1`; couplings and boundaries as in the report.
pub fn json(report: &Report<'_>, level: &'static str) -> String {
    let couplings: Vec<_> =
        report.picture.couplings.iter().map(|one| json::coupling(report, one, level)).collect();
    written(&json!({
        "schema": "unsnarl.coupling/1",
        "repository": report.facts.repository.name,
        "level": level,
        "measure": json::measure(report, &report.picture.coupling),
        "boundaries": json::measure(report, &report.picture.boundaries),
        "couplings": couplings,
    }))
}

/// The couplings for a program that draws; dashed is what is mechanical.
pub fn drawing(report: &Report<'_>, notation: Notation) -> String {
    let lines: Vec<Line> = report
        .picture
        .couplings
        .iter()
        .map(|one| Line {
            from: name(report, one.a),
            to: name(report, one.b),
            label: format!("{} {:.1}×", one.kind.name(), one.lift.value.unwrap_or(0.0)),
            weight: one.excess,
            kind: one.kind.name(),
            dashed: one.kind == CouplingKind::Mechanical,
        })
        .collect();
    let mut nodes: Vec<String> = lines.iter().flat_map(|line| [line.from.clone(), line.to.clone()]).collect();
    nodes.sort();
    nodes.dedup();
    Drawing { directed: false, nodes, lines }.write(notation)
}
