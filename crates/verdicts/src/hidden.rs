//! Hidden constraints: modules that change together far beyond chance, still do, and of which neither names the other.
//!
//! Pairs around one module are one finding: what stands in the middle is what to look at.

use facts::{ChangeId, FileId, Lens, ModuleId, counts::grouped};
use measures::{Cause, CauseKind, Coupling, CouplingKind, Evidence, Picture, Quantity, Subject};

use crate::{
    coupled,
    finding::{Finding, FindingKind, Severity, id},
};

/// Pairs around one module that make it a hub.
const HUB: usize = 3;
const MOST: usize = 4;

pub(crate) fn findings(lens: &Lens<'_>, picture: &Picture) -> Vec<Finding> {
    let mut open: Vec<&Coupling> = picture
        .couplings
        .iter()
        .filter(|one| one.kind == CouplingKind::Hidden && coupled::presses(one))
        .collect();
    let mut out = Vec::new();
    while let Some(hub) = hub(&open) {
        let (around, rest): (Vec<&Coupling>, Vec<&Coupling>) =
            open.into_iter().partition(|one| one.a == hub || one.b == hub);
        out.push(group(lens, hub, &around));
        open = rest;
    }
    out.extend(open.into_iter().map(|one| single(lens, one)));
    let excess = |finding: &Finding| {
        finding.quantities.iter().find(|one| one.name == "excess").and_then(|one| one.value).unwrap_or(0.0)
    };
    out.sort_by(|a, b| excess(b).total_cmp(&excess(a)).then_with(|| a.id.cmp(&b.id)));
    out.truncate(MOST);
    out
}

/// The module most pairs have in common, where that is three or more.
fn hub(open: &[&Coupling]) -> Option<ModuleId> {
    let mut ends: Vec<ModuleId> = open.iter().flat_map(|one| [one.a, one.b]).collect();
    ends.sort_unstable();
    let runs = ends.chunk_by(|a, b| a == b).filter(|run| run.len() >= HUB);
    runs.max_by_key(|run| (run.len(), std::cmp::Reverse(run[0]))).map(|run| run[0])
}

fn severity(pairs: &[&Coupling]) -> Severity {
    // Documentation that moves with what it describes is how it should be.
    if pairs.iter().all(|one| one.is_documentation()) {
        Severity::Low
    } else if pairs.iter().any(|one| coupled::is_tight(one)) {
        Severity::High
    } else {
        Severity::Medium
    }
}

fn single(lens: &Lens<'_>, one: &Coupling) -> Finding {
    let (a, b) = (coupled::name(lens, one.a), coupled::name(lens, one.b));
    let cause = one.causes.first().map_or(String::new(), |cause| format!("; {}", in_words(cause)));
    Finding {
        id: id(FindingKind::HiddenConstraint, &[a, b]),
        kind: FindingKind::HiddenConstraint,
        severity: severity(&[one]),
        subject: Subject::ModulePair(one.a, one.b),
        title: format!(
            "hidden: {a} ~ {b}: {} shared changes, {} by chance, and neither names the other{cause}",
            grouped(one.shared),
            grouped(one.expected.round() as u64)
        ),
        advice: advice(one.causes.first()).into(),
        quantities: coupled::quantities(one),
        evidence: coupled::evidence(one),
    }
}

fn group(lens: &Lens<'_>, hub: ModuleId, around: &[&Coupling]) -> Finding {
    let mut others: Vec<&str> =
        around.iter().map(|one| coupled::name(lens, if one.a == hub { one.b } else { one.a })).collect();
    let name = coupled::name(lens, hub);
    let sum = |of: fn(&Coupling) -> f64| around.iter().map(|one| of(one)).sum::<f64>();
    let (shared, expected) = (sum(|one| one.shared as f64), sum(|one| one.expected));
    let listed = others.iter().take(3).copied().collect::<Vec<_>>().join(", ");
    let more = if others.len() > 3 { format!(" and {} more", others.len() - 3) } else { String::new() };
    let mut causes: Vec<&Cause> = around.iter().filter_map(|one| one.causes.first()).collect();
    causes.sort_by_key(|cause| std::cmp::Reverse(cause.meetings));
    let cause = causes.first().map_or(String::new(), |cause| format!("; {}", in_words(cause)));
    let title = format!(
        "hidden: {name} is bound to {listed}{more}, and no code connects it with any of the {}: {shared:.0} meetings, {expected:.0} by chance{cause}",
        others.len(),
    );
    others.push(name);
    others.sort_unstable();
    Finding {
        id: id(FindingKind::HiddenConstraint, &others),
        kind: FindingKind::HiddenConstraint,
        severity: severity(around),
        subject: Subject::Module(hub),
        title,
        advice: advice(causes.first().copied()).into(),
        quantities: vec![
            Quantity { name: "pairs", value: Some(around.len() as f64) },
            Quantity { name: "shared", value: Some(shared) },
            Quantity { name: "expected", value: Some(expected) },
            Quantity { name: "excess", value: Some(shared - expected) },
        ],
        evidence: meetings(lens, hub, around),
    }
}

/// The changes that touch the hub and one of the others, the latest first, and the files they meet in.
fn meetings(lens: &Lens<'_>, hub: ModuleId, around: &[&Coupling]) -> Evidence {
    let bound = |module: &ModuleId| around.iter().any(|one| one.a == *module || one.b == *module);
    let meets = |change: &&ChangeId| {
        let modules = lens.modules_of(**change);
        modules.contains(&hub) && modules.iter().any(|module| *module != hub && bound(module))
    };
    let changes: Vec<ChangeId> = lens.counted.iter().filter(meets).copied().collect();
    let mut files: Vec<FileId> = Vec::new();
    for file in around.iter().flat_map(|one| &one.file_pairs).flat_map(|pair| [pair.a, pair.b]) {
        if files.len() < 6 && !files.contains(&file) {
            files.push(file);
        }
    }
    Evidence {
        changes_in_all: changes.len() as u64,
        changes: changes.into_iter().rev().take(10).collect(),
        files,
    }
}

/// A cause as part of a sentence.
fn in_words(cause: &Cause) -> String {
    match (cause.kind, cause.words.first()) {
        (CauseKind::Copy, _) => "likely copied code".to_owned(),
        (CauseKind::Schema, _) => "likely a shared schema".to_owned(),
        (CauseKind::Configuration, Some(word)) => {
            format!("likely configuration and code that reads it ({word})")
        }
        (CauseKind::Configuration, None) => "likely configuration and code that reads it".to_owned(),
        (CauseKind::Test, _) => "likely a test and what it tests".to_owned(),
        (CauseKind::SharedText, Some(word)) => format!("both hold {word}"),
        (CauseKind::SharedText, None) => "both hold the same words".to_owned(),
        (CauseKind::Twin, _) => "likely variants of one thing".to_owned(),
        (CauseKind::Documentation, _) => "code and its documentation".to_owned(),
    }
}

fn advice(cause: Option<&Cause>) -> &'static str {
    match cause.map(|cause| cause.kind) {
        Some(CauseKind::Copy) => {
            "Compare the two files: what they share belongs in one place that both name."
        }
        Some(CauseKind::Schema) => {
            "Let one side own the schema and the other be generated from it or name it, so that the build says who must follow."
        }
        Some(CauseKind::Configuration) => {
            "Put the configuration beside the code that reads it, or give it a schema that a test holds both to."
        }
        Some(CauseKind::Test) => {
            "Move the test to what it tests, or let it test an interface that changes less."
        }
        Some(CauseKind::SharedText) => "What is written twice belongs in one constant that both name.",
        Some(CauseKind::Twin) => {
            "If the variants must stay alike, derive them from one source; if not, let them part."
        }
        Some(CauseKind::Documentation) => {
            "Nothing to do if one team keeps both; else put the documentation beside what it describes."
        }
        None => {
            "Read the file pairs: find what one must know of the other, and write it down where both can name it: an interface, a shared type, or one module."
        }
    }
}
