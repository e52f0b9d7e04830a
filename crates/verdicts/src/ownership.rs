//! Ownership that is assumed, absent or contested.

use facts::{Basis, Lens};
use measures::{Evidence, Part, Picture, Quantity, Subject};

use crate::finding::{Finding, FindingKind, Severity, id};

/// A module below this share of recent changes is no matter for the whole system.
const WEIGHT: f64 = 0.03;
const MOST: usize = 3;

pub(crate) fn findings(lens: &Lens<'_>, picture: &Picture) -> Vec<Finding> {
    let mut out: Vec<Finding> = cannot_tell(lens).into_iter().collect();
    let recent = lens.recent().len().max(1) as f64;
    let heavy = |part: &&Part| part.estimate.of as f64 >= WEIGHT * recent;
    out.extend(
        picture
            .ownership_clarity
            .parts
            .iter()
            .filter(heavy)
            .filter_map(|part| of_module(lens, part))
            .take(MOST),
    );
    out
}

fn cannot_tell(lens: &Lens<'_>) -> Option<Finding> {
    let why = lens.structure.declared_cannot_tell.as_ref()?;
    Some(Finding {
        id: id(FindingKind::OwnershipCannotTell, &[]),
        kind: FindingKind::OwnershipCannotTell,
        severity: Severity::Medium,
        subject: Subject::System,
        title: format!("declared ownership cannot tell who must talk to whom: {why}"),
        advice:
            "Name the team that answers for each module; unsnarl explain shows who makes most of its changes."
                .into(),
        quantities: Vec::new(),
        evidence: Evidence::default(),
    })
}

fn of_module(lens: &Lens<'_>, part: &Part) -> Option<Finding> {
    let Subject::Module(module) = part.subject else { return None };
    let name = &lens.structure.modules[module.index()].name;
    let quantity = |wanted: &str| {
        part.quantities.iter().find(|one| one.name == wanted).and_then(|one: &Quantity| one.value)
    };
    let lead = quantity("lead_team")
        .map(|team| lens.structure.teams[team as usize].name.as_str())
        .unwrap_or("nobody");
    let lead_share = quantity("lead_share").unwrap_or(0.0) * 100.0;
    let owner_share = quantity("owner_share").unwrap_or(0.0) * 100.0;
    let changes = part.estimate.of;
    let declared = lens.structure.declared.as_ref().is_some_and(|declared| declared.basis == Basis::Declared);
    let (kind, severity, title, advice) = match part.state? {
        "unowned" if declared => (
            FindingKind::UnownedModule,
            Severity::High,
            format!("{name} has no owner for most of what changes in it ({changes} changes in a year)"),
            format!("Add a rule for it; in practice {lead} leads it, with {lead_share:.0} % of its changes."),
        ),
        "absent" => (
            FindingKind::AbsentOwner,
            Severity::High,
            format!(
                "the owners of {name} had a hand in {owner_share:.0} % of its {changes} changes in a year; {lead} made {lead_share:.0} %"
            ),
            "Hand it over, or move the work to the owner.".to_owned(),
        ),
        "contested" => (
            FindingKind::ContestedModule,
            Severity::Medium,
            format!(
                "nobody leads {name}: of its {changes} changes in a year the busiest group, {lead}, made {lead_share:.0} %"
            ),
            "Decide who answers for it, or split it along its groups.".to_owned(),
        ),
        _ => return None,
    };
    Some(Finding {
        id: id(kind, &[name]),
        kind,
        severity,
        subject: part.subject.clone(),
        title,
        advice,
        quantities: part.quantities.iter().filter(|one| one.name != "lead_team").copied().collect(),
        evidence: part.evidence.clone(),
    })
}
