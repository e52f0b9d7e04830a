//! Coupled modules: pairs that change together far beyond chance, still do, and depend on each other or may.

use facts::{Lens, ModuleId, counts::grouped};
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
        .filter(|one| matches!(one.kind, CouplingKind::Leaky | CouplingKind::Unknown) && presses(one))
        .take(MOST)
        .map(|coupling| finding(lens, coupling))
        .collect()
}

/// Whether a coupling is strong and of today.
pub(crate) fn presses(one: &Coupling) -> bool {
    one.recent_shared >= FEWEST_RECENT && one.lift.interval.is_some_and(|(low, _)| low >= LIFT)
}

/// Whether one of two modules hardly moves without the other.
pub(crate) fn is_tight(one: &Coupling) -> bool {
    one.a_given_b().max(one.b_given_a()) >= HIGH_SHARE
}

pub(crate) fn name<'l>(lens: &'l Lens<'_>, module: ModuleId) -> &'l str {
    lens.structure.modules[module.index()].name.as_str()
}

pub(crate) fn quantities(one: &Coupling) -> Vec<Quantity> {
    let quantity = |name, value: f64| Quantity { name, value: Some(value) };
    vec![
        quantity("shared", one.shared as f64),
        quantity("expected", one.expected),
        quantity("excess", one.excess),
        Quantity { name: "lift", value: one.lift.value },
        quantity("q", one.q),
        quantity("recent_shared", one.recent_shared as f64),
        quantity("explained", one.explained as f64),
    ]
}

pub(crate) fn evidence(one: &Coupling) -> Evidence {
    Evidence {
        changes: one.changes.clone(),
        changes_in_all: one.shared,
        files: one.file_pairs.iter().flat_map(|pair| [pair.a, pair.b]).take(6).collect(),
    }
}

fn finding(lens: &Lens<'_>, coupling: &Coupling) -> Finding {
    let (a, b) = (name(lens, coupling.a), name(lens, coupling.b));
    let tight = coupling.a_given_b().max(coupling.b_given_a());
    let (one, other) = if coupling.a_given_b() > coupling.b_given_a() { (b, a) } else { (a, b) };
    let leaky = coupling.kind == CouplingKind::Leaky;
    let advice = match coupling.kind {
        CouplingKind::Leaky if coupling.explained * 2 < coupling.shared => {
            "One names the other, yet most shared changes touch no file that does: read the file pairs for what else binds them."
        }
        CouplingKind::Leaky => {
            "The interface between them does not hold: find what of it keeps changing, and narrow it or move it to one side."
        }
        _ => {
            "Read the file pairs: what they share belongs in one place, behind an interface, or in one module."
        }
    };
    Finding {
        id: id(FindingKind::CoupledModules, &[a, b]),
        kind: FindingKind::CoupledModules,
        severity: if is_tight(coupling) { Severity::High } else { Severity::Medium },
        subject: Subject::ModulePair(coupling.a, coupling.b),
        title: format!(
            "{}{a} ~ {b}: {} shared changes, {} by chance; {:.0} % of changes to {one} need {other}",
            if leaky { "leaky: " } else { "" },
            grouped(coupling.shared),
            grouped(coupling.expected.round() as u64),
            tight * 100.0
        ),
        advice: advice.into(),
        quantities: quantities(coupling),
        evidence: evidence(coupling),
    }
}
