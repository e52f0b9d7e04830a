//! The evidence behind a finding or a coupling, and the manual page of a measure.

use std::fmt::Write as _;

use facts::{ChangeId, time};
use measures::{Coupling, Description, Subject};
use verdicts::{Finding, FindingKind};

use crate::{
    Report, json, names, numbers,
    plain::{cut, shortened},
    redesign,
};

/// As many modules as are looked at in one sitting.
const MODULES: usize = 25;

/// What an id stands for: a finding, or a coupling that is none; `None` when nothing in the report has it.
pub fn render(report: &Report<'_>, id: &str) -> Option<String> {
    if let Some(finding) = report.findings.iter().find(|finding| finding.id == id) {
        return Some(of_finding(report, finding));
    }
    if let Some(page) = moves(report, id) {
        return Some(page);
    }
    let coupling = report.picture.couplings.iter().find(|one| json::coupling_id(report, one) == id)?;
    let mut out = format!(
        "{id}: {} change together\n",
        names::subject(report, &Subject::ModulePair(coupling.a, coupling.b))
    );
    describe_coupling(report, coupling, &mut out);
    evidence(report, &coupling.changes, coupling.shared, &mut out);
    Some(out)
}

/// A proposal, with the changes behind it.
fn moves(report: &Report<'_>, id: &str) -> Option<String> {
    let shown = report.do_first?;
    let proposal = shown.redesign.proposals.iter().find(|one| one.id == id)?;
    let mut out = redesign::page(&shown, proposal);
    let all = proposal.in_sample.fewer
        + proposal.validation.fewer
        + proposal.held_out.as_ref().map_or(0, |gain| gain.fewer);
    evidence(report, &proposal.examples, all, &mut out);
    Some(out)
}

/// The manual page of a measure.
pub fn manual(measure: &Description) -> String {
    let mut out = format!("{}: {}\n", measure.name, measure.question);
    for (title, text) in [
        ("What it is", measure.definition),
        ("Unit", measure.unit),
        ("Source", measure.source),
        ("When it lies", measure.limits),
    ] {
        let _ = write!(out, "\n{title}\n{}", wrapped(text));
    }
    let _ = write!(out, "\nReads the tables\n{}", wrapped(&measure.reads.join(", ")));
    out
}

/// The reference: the page of every measure, as Markdown; those of the report first, then those of commands in depth.
pub fn reference(measures: &[&Description], in_depth: &[&Description]) -> String {
    let mut out = String::from(
        "# Measures\n\n\
         <!-- Written from the measures themselves: UNSNARL_UPDATE=1 cargo nextest run measures_page -->\n\n\
         What the report holds, by its name in JSON. `unsnarl explain independence` prints one of these pages; \
         [the guide](../guide/reading-the-report.md) says how to read them together.\n\n\
         | measure | asks |\n|---|---|\n",
    );
    for measure in measures.iter().chain(in_depth) {
        let _ = writeln!(out, "| [{0}](#{0}) | {1} |", measure.name, measure.question);
    }
    for (at, measure) in measures.iter().chain(in_depth).enumerate() {
        if at == measures.len() {
            out.push_str("\n# In depth\n\nMeasured by commands of their own, not by the report.\n");
        }
        let _ = write!(
            out,
            "\n## {}\n\n*{}*\n\n{}\n\n**Unit.** {}\n\n**Source.** {}\n\n**When it lies.** {}\n\n**Reads** {}.\n",
            measure.name,
            measure.question,
            measure.definition,
            measure.unit,
            measure.source,
            measure.limits,
            measure.reads.join(", ")
        );
    }
    out
}

/// Everything there is to ask for, with its title: findings, further couplings, measures.
pub fn contents(report: &Report<'_>, measures: &[&Description]) -> String {
    let mut out = String::new();
    let known: Vec<&str> = report.findings.iter().map(|finding| finding.id.as_str()).collect();
    if report.findings.is_empty() {
        out.push_str("No findings\n");
    } else {
        out.push_str("Findings\n");
    }
    for finding in report.findings {
        let _ = writeln!(out, "  {:<18} {}", finding.id, cut(&finding.title, 79));
    }
    let couplings: Vec<(String, String)> = report
        .picture
        .couplings
        .iter()
        .map(|one| {
            let pair = names::subject(report, &Subject::ModulePair(one.a, one.b));
            (json::coupling_id(report, one), pair)
        })
        .filter(|(id, _)| !known.contains(&id.as_str()))
        .collect();
    if !couplings.is_empty() {
        out.push_str("\nFurther couplings\n");
    }
    for (id, pair) in couplings {
        let _ = writeln!(out, "  {id:<18} {}", cut(&pair, 79));
    }
    if let Some(shown) = report.do_first.filter(|shown| !shown.redesign.proposals.is_empty()) {
        out.push_str("\nProposed moves\n");
        for one in &shown.redesign.proposals {
            let told: Vec<String> = one.moves.iter().map(crate::moves::line).collect();
            let _ = writeln!(out, "  {:<18} {}", one.id, cut(&told.join("; "), 79));
        }
    }
    out.push_str("\nMeasures\n");
    for measure in measures {
        let _ = writeln!(out, "  {:<18} {}", measure.name, measure.question);
    }
    out.push_str(
        "\nunsnarl explain ID shows the evidence, unsnarl explain MEASURE what it is and when it lies\n\
         unsnarl explain rules lists what unsnarl check holds, by code and name\n",
    );
    out
}

fn of_finding(report: &Report<'_>, finding: &Finding) -> String {
    let mut out = format!("{} ({}): {}\n\n", finding.id, finding.severity.name(), cut(&finding.title, 400));
    let _ = write!(out, "What one could do\n{}", wrapped(&finding.advice));
    let coupling = match finding.subject {
        Subject::ModulePair(a, b) => report.picture.couplings.iter().find(|one| (one.a, one.b) == (a, b)),
        _ => None,
    };
    match coupling {
        Some(coupling) => describe_coupling(report, coupling, &mut out),
        None if !finding.quantities.is_empty() => {
            out.push_str("\nThe numbers\n");
            for quantity in &finding.quantities {
                let value = quantity.value.map_or("–".to_owned(), numbers::number);
                let _ = writeln!(out, "  {:<28} {value}", quantity.name.replace('_', " "));
            }
        }
        None => {}
    }
    if finding.kind == FindingKind::OwnershipCannotTell {
        leaders(report, &mut out);
    }
    if coupling.is_none() && !finding.evidence.files.is_empty() {
        out.push_str("\nThe files it happens in most\n");
        for &file in &finding.evidence.files {
            let _ = writeln!(out, "  {}", shortened(&names::file(report, file), 110));
        }
    }
    evidence(report, &finding.evidence.changes, finding.evidence.changes_in_all, &mut out);
    out
}

/// Who makes most of the changes to each module, the busiest first: what ownership that can tell would start from.
fn leaders(report: &Report<'_>, out: &mut String) {
    let parts = &report.picture.ownership_clarity.parts;
    if parts.is_empty() {
        return;
    }
    out.push_str("\nWho makes most changes to each module: its changes in the last year, their share\n");
    for part in parts.iter().take(MODULES) {
        let Subject::Module(module) = part.subject else { continue };
        let quantity =
            |wanted: &str| part.quantities.iter().find(|one| one.name == wanted).and_then(|one| one.value);
        let leader = match (quantity("lead_team"), quantity("lead_share")) {
            (Some(team), Some(share)) if share > 0.0 => {
                let name = &report.structure.teams[team as usize].name;
                format!("{:>5}  {}", numbers::percent(share), shortened(name, 50))
            }
            _ => "    –  no group that shows".to_owned(),
        };
        let name = shortened(&report.structure.modules[module.index()].name, 40);
        let _ = writeln!(out, "  {name:<40}  {:>6}  {leader}", numbers::count(part.estimate.of));
    }
    if parts.len() > MODULES {
        let _ = writeln!(out, "  and {} more in --html FILE", parts.len() - MODULES);
    }
}

fn describe_coupling(report: &Report<'_>, one: &Coupling, out: &mut String) {
    let name = |id: facts::ModuleId| shortened(&report.structure.modules[id.index()].name, 60);
    let (a, b) = (name(one.a), name(one.b));
    let lift = one.lift.value.unwrap_or(0.0);
    let (low, high) = one.lift.interval.unwrap_or((lift, lift));
    let _ = write!(
        out,
        "\nThe numbers\n  \
         {} changes touch both; chance, keeping how much each changes, explains {:.1}\n  \
         lift {lift:.2} (95 % {low:.2}–{high:.2}), q = {:.1e}\n  \
         more often than expected in {} of {} windows of equal change count\n  \
         {} of {} changes to {a} touch {b} ({})\n  \
         {} of {} changes to {b} touch {a} ({})\n  \
         Dice {:.2}, Jaccard {:.2}; {} shared changes in the last year\n  \
         kind: {}\n",
        numbers::count(one.shared),
        one.expected,
        one.q,
        one.windows,
        one.windows_of,
        numbers::count(one.shared),
        numbers::count(one.a_changes),
        numbers::percent(one.b_given_a()),
        numbers::count(one.shared),
        numbers::count(one.b_changes),
        numbers::percent(one.a_given_b()),
        one.dice(),
        one.jaccard(),
        numbers::count(one.recent_shared),
        kind_in_words(one.kind),
    );
    if report.facts.dependencies.is_some() {
        let _ = writeln!(
            out,
            "  {a} names {b} {}, {b} names {a} {}; {} of {} shared changes touch both ends of a name",
            times(one.a_names_b.all()),
            times(one.b_names_a.all()),
            numbers::count(one.explained),
            numbers::count(one.shared),
        );
    }
    causes(report, one, out);
    out.push_str("\nThe file pairs that carry it\n");
    for pair in &one.file_pairs {
        let _ = writeln!(
            out,
            "  {:>4}  {}  ~  {}",
            pair.shared,
            shortened(&names::file(report, pair.a), 60),
            shortened(&names::file(report, pair.b), 60)
        );
    }
}

fn times(number: u64) -> String {
    match number {
        0 => "nowhere".to_owned(),
        1 => "once".to_owned(),
        number => format!("{} times", numbers::count(number)),
    }
}

/// What is likely behind it, with what shows it.
fn causes(report: &Report<'_>, one: &Coupling, out: &mut String) {
    if one.causes.is_empty() {
        return;
    }
    out.push_str("\nWhat is likely behind it\n");
    for cause in &one.causes {
        let pair = [cause.pair.a, cause.pair.b].map(|file| shortened(&names::file(report, file), 60));
        let _ = writeln!(out, "  {}: {} ~ {}", cause_in_words(cause.kind), pair[0], pair[1]);
        if let Some((alike, of)) = cause.lines.filter(|(alike, _)| *alike > 0) {
            let _ = writeln!(
                out,
                "    {} of the {} telling lines of the smaller one stand in the other, too",
                numbers::count(alike),
                numbers::count(of)
            );
        }
        if !cause.words.is_empty() {
            let _ = writeln!(out, "    both hold {}", cut(&cause.words.join(", "), 90));
        }
    }
}

fn cause_in_words(kind: measures::CauseKind) -> &'static str {
    match kind {
        measures::CauseKind::Copy => "copied code",
        measures::CauseKind::Schema => "a schema and what follows it",
        measures::CauseKind::Configuration => "configuration and code that reads it",
        measures::CauseKind::Test => "a test and what it tests",
        measures::CauseKind::SharedText => "the same words in both",
        measures::CauseKind::Twin => "variants of one thing",
        measures::CauseKind::Documentation => "documentation and what it describes",
    }
}

fn kind_in_words(kind: measures::CouplingKind) -> &'static str {
    match kind {
        measures::CouplingKind::Leaky => "leaky interface: one depends on the other",
        measures::CouplingKind::Hidden => "hidden constraint: no name in the code of either means the other",
        measures::CouplingKind::Mechanical => "mechanical: lock files, generated code, version bumps",
        measures::CouplingKind::Unknown => {
            "unknown: the code of one is mostly in languages unsnarl does not read, so leaky and hidden look alike"
        }
    }
}

fn evidence(report: &Report<'_>, changes: &[ChangeId], in_all: u64, out: &mut String) {
    if changes.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "\nThe latest {} of {} changes; git show ID opens one",
        changes.len(),
        numbers::count(in_all)
    );
    for &change in changes {
        let table = &report.facts.changes;
        let row = change.index();
        let _ = writeln!(
            out,
            "  {}  {}  {}",
            table.commit[row].short(),
            time::date(table.merged_at[row]),
            cut(table.title(row), 80)
        );
    }
}

pub(crate) fn wrapped(text: &str) -> String {
    crate::plain::wrapped(text, 2, 2, 98)
}
