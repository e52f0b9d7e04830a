//! Declared owners against the work: absent owners, and owners none of whom leads.

use std::collections::BTreeSet;

use facts::{ModuleId, TeamId, structure::TeamKind};
use measures::{Part, Subject as About};

use super::{AuditFinding, AuditKind, Subject, count, id, percent};
use crate::Severity;

pub(super) fn check(subject: &Subject<'_>) -> Vec<AuditFinding> {
    if subject.structure.declared.is_none() {
        return Vec::new();
    }
    let parts = &subject.picture.ownership_clarity.parts;
    parts.iter().filter_map(|part| of_module(subject, part)).collect()
}

fn of_module(subject: &Subject<'_>, part: &Part) -> Option<AuditFinding> {
    let About::Module(module) = part.subject else { return None };
    let number =
        |wanted: &str| part.quantities.iter().find(|one| one.name == wanted).and_then(|one| one.value);
    let name = &subject.structure.modules[module.index()].name;
    let lead = number("lead_team").map(|team| TeamId(team as u32));
    let lead_name = lead.map_or("nobody", |team| subject.who(team));
    let lead_share = number("lead_share").unwrap_or(0.0);
    let owner_share = number("owner_share")?;
    let (owners, files, touches) = owners(subject, module);
    let shown = shown(subject, &owners);
    // Where owners are single people, that none of them makes half of the changes is what one expects.
    let people = owners.iter().all(|team| subject.structure.teams[team.index()].kind == TeamKind::Person);
    let of = count(part.estimate.of, "change");
    let (kind, severity, title, instead) = match part.state? {
        "absent" => (
            AuditKind::Absent,
            Severity::High,
            format!(
                "{name}: {shown} had a hand in {} of {of} in a year; {lead_name} made {}",
                percent(owner_share),
                percent(lead_share)
            ),
            match lead.filter(|team| !owners.contains(team)) {
                Some(team) if subject.handles.contains_key(&team) => {
                    format!(
                        "{}  or move the work to the owner",
                        (subject.write)(subject.dialect(), name, true, lead_name)
                    )
                }
                _ => "hand it to those who do the work, or move the work to the owner".to_owned(),
            },
        ),
        "contested" if owners.len() > 1 => (
            AuditKind::Leaderless,
            if people { Severity::Low } else { Severity::Medium },
            format!(
                "{name}: {shown}, and none of them made half of {of} in a year (together {}; {lead_name} made most, {})",
                percent(owner_share),
                percent(lead_share)
            ),
            "name one owner for each part of it, or split it where the work is already split".to_owned(),
        ),
        "contested" => (
            AuditKind::Leaderless,
            Severity::Medium,
            format!(
                "{name}: {shown} had a hand in {} of {of} in a year; {lead_name} made most, {}",
                percent(owner_share),
                percent(lead_share)
            ),
            "name who leads it, or split it where the work is already split".to_owned(),
        ),
        _ => return None,
    };
    let facts = subject.lens.facts;
    let paths = part.evidence.files.iter().map(|file| facts.paths.text(facts.files.path[file.index()]));
    Some(AuditFinding {
        id: id(kind, &[name]),
        kind,
        severity,
        place: None,
        title,
        instead,
        files,
        share: subject.share(touches),
        paths: paths.collect(),
    })
}

/// Declared owners of a module's living files, how many files, and their touches.
fn owners(subject: &Subject<'_>, module: ModuleId) -> (BTreeSet<TeamId>, u64, u64) {
    let (mut owners, mut files, mut touches) = (BTreeSet::new(), 0, 0);
    let facts = subject.lens.facts;
    for file in facts.files.ids() {
        if facts.files.alive(file) && subject.structure.module(file) == Some(module) {
            files += 1;
            touches += subject.touches[file.index()];
            if let Some(declared) = &subject.structure.declared {
                owners.extend(declared.sets(file).flat_map(|set| &declared.sets[set as usize]));
            }
        }
    }
    (owners, files, touches)
}

fn shown(subject: &Subject<'_>, owners: &BTreeSet<TeamId>) -> String {
    let names: Vec<&str> = owners.iter().take(3).map(|&team| subject.handle(team)).collect();
    match owners.len() {
        many if many > 3 => format!("{many} owners ({}, …)", names.join(", ")),
        _ => names.join(", "),
    }
}
