//! Coupled modules: pairs that change together far beyond chance, and still do.

use facts::Lens;
use measures::{Coupling, CouplingKind, Evidence, Picture, Quantity, Subject};

use crate::finding::{Finding, FindingKind, Severity, id};

/// A lift below this is certain in a large system and yet no one's problem.
const LIFT: f64 = 1.5;
/// When more than this share of the smaller module's changes needs the other, neither can move alone.
const HIGH_SHARE: f64 = 0.3;
/// A pair that has not met this year is history.
const FEWEST_RECENT: u64 = 3;
const MOST: usize = 4;

pub(crate) fn findings(lens: &Lens<'_>, picture: &Picture) -> Vec<Finding> {
    picture
        .couplings
        .iter()
        .filter(|coupling| coupling.kind != CouplingKind::Mechanical)
        .filter(|coupling| coupling.recent_shared >= FEWEST_RECENT)
        .filter(|coupling| coupling.lift.interval.is_some_and(|(low, _)| low >= LIFT))
        .take(MOST)
        .map(|coupling| finding(lens, coupling))
        .collect()
}

fn finding(lens: &Lens<'_>, coupling: &Coupling) -> Finding {
    let name = |module: facts::ModuleId| lens.structure.modules[module.index()].name.as_str();
    let (a, b) = (name(coupling.a), name(coupling.b));
    let tight = coupling.a_given_b().max(coupling.b_given_a());
    let (one, other) = if coupling.a_given_b() > coupling.b_given_a() { (b, a) } else { (a, b) };
    Finding {
        id: id(FindingKind::CoupledModules, &[a, b]),
        kind: FindingKind::CoupledModules,
        severity: if tight >= HIGH_SHARE { Severity::High } else { Severity::Medium },
        subject: Subject::ModulePair(coupling.a, coupling.b),
        title: format!(
            "{a} ~ {b}: {} shared changes, {:.0} by chance; {:.0} % of changes to {one} need {other}",
            coupling.shared,
            coupling.expected,
            tight * 100.0
        ),
        advice: "Read the file pairs: what they share belongs in one place, behind an interface, or in one module.".into(),
        quantities: vec![
            Quantity { name: "shared", value: Some(coupling.shared as f64) },
            Quantity { name: "expected", value: Some(coupling.expected) },
            Quantity { name: "lift", value: coupling.lift.value },
            Quantity { name: "q", value: Some(coupling.q) },
            Quantity { name: "recent_shared", value: Some(coupling.recent_shared as f64) },
        ],
        evidence: Evidence {
            changes: coupling.changes.clone(),
            changes_in_all: coupling.shared,
            files: coupling.file_pairs.iter().flat_map(|pair| [pair.a, pair.b]).take(6).collect(),
        },
    }
}
