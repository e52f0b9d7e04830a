//! Knowledge at risk: busy modules that one person's leaving would make strange to everyone.

use facts::Lens;
use measures::{Picture, Subject};

use crate::finding::{Finding, FindingKind, Severity, id};

/// Changes in the last year that make a module busy, as a share of all.
const BUSY_SHARE: f64 = 0.02;
const FEWEST_CHANGES: f64 = 10.0;
const MOST: usize = 2;

pub(crate) fn findings(lens: &Lens<'_>, picture: &Picture) -> Vec<Finding> {
    let recent = lens.recent();
    let mut changes = vec![0u64; lens.structure.modules.len()];
    for &change in &recent {
        lens.modules_of(change).iter().for_each(|module| changes[module.index()] += 1);
    }
    // One person everywhere is said once, by the system's own figure.
    if picture.knowledge.whole.interval.is_some_and(|(_, high)| high <= 1.0) {
        return Vec::new();
    }
    let mut at_risk: Vec<_> = picture
        .knowledge
        .parts
        .iter()
        .filter_map(|part| {
            let Subject::Module(module) = part.subject else { return None };
            let (_, high) = part.estimate.interval?;
            let own = changes[module.index()] as f64;
            let busy = own >= FEWEST_CHANGES && own >= BUSY_SHARE * recent.len() as f64;
            (high <= 1.0 && busy).then_some((own, module, part))
        })
        .collect();
    at_risk.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    at_risk
        .into_iter()
        .take(MOST)
        .map(|(own, module, part)| {
            let name = &lens.structure.modules[module.index()].name;
            Finding {
                id: id(FindingKind::KnowledgeAtRisk, &[name]),
                kind: FindingKind::KnowledgeAtRisk,
                severity: Severity::Medium,
                subject: part.subject.clone(),
                title: format!("{name} had {own} changes in a year and one person who knows most of it, by every assumption"),
                advice: "Let a second person make the next changes there, with the first as reviewer.".into(),
                quantities: part.quantities.clone(),
                evidence: part.evidence.clone(),
            }
        })
        .collect()
}
