//! Findings: something worth a person's time, with a stable id, a severity and evidence.

use measures::{Evidence, Quantity, Subject};

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Costs the system daily, by the numbers.
    High,
    /// Worth planning for.
    Medium,
    /// Worth knowing.
    Low,
}

impl Severity {
    /// `high`, `medium` or `low`.
    pub fn name(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

/// What sort of finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingKind {
    /// Two teams meet in a large share of all cross-team changes.
    CostlyBoundary,
    /// Two modules change together more than chance explains, and one depends on the other or may.
    CoupledModules,
    /// Modules change together more than chance explains, and none names the other.
    HiddenConstraint,
    /// Files of several modules that depend on each other in a circle.
    Cycle,
    /// Declared ownership cannot tell who must talk to whom.
    OwnershipCannotTell,
    /// The declared owner does little of a module's work while another team does most of it.
    AbsentOwner,
    /// Several owners, none of whom leads.
    ContestedModule,
    /// A module with real change and no owner.
    UnownedModule,
    /// Few active people know a module that still changes.
    KnowledgeAtRisk,
}

impl FindingKind {
    /// The name in JSON `findings[].kind`, and the first part of every id.
    pub fn name(self) -> &'static str {
        match self {
            Self::CostlyBoundary => "boundary",
            Self::CoupledModules => "coupling",
            Self::HiddenConstraint => "hidden",
            Self::Cycle => "cycle",
            Self::OwnershipCannotTell => "ownership",
            Self::AbsentOwner => "absent",
            Self::ContestedModule => "contested",
            Self::UnownedModule => "unowned",
            Self::KnowledgeAtRisk => "knowledge",
        }
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Stable: made from the kind and the names of the subject, so that it survives new changes. `coupling-3fa2c1`.
    pub id: String,
    /// What sort.
    pub kind: FindingKind,
    /// How much it matters.
    pub severity: Severity,
    /// What it is about.
    pub subject: Subject,
    /// One line: what is so, with its numbers. Plain text; may hold untrusted names.
    pub title: String,
    /// What one could do about it, in one sentence.
    pub advice: String,
    /// The numbers behind it.
    pub quantities: Vec<Quantity>,
    /// The changes and files behind it.
    pub evidence: Evidence,
}

/// A stable id: the kind and six digits of FNV-1a over the subject's names.
pub fn id(kind: FindingKind, names: &[&str]) -> String {
    id_of(kind.name(), names)
}

pub(crate) fn id_of(kind: &str, names: &[&str]) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in names.iter().flat_map(|name| name.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{kind}-{:06x}", (hash ^ (hash >> 24)) & 0xff_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_depend_on_kind_and_names_alone() {
        let one = id(FindingKind::CoupledModules, &["a", "b"]);
        assert_eq!(one, id(FindingKind::CoupledModules, &["a", "b"]));
        assert_ne!(one, id(FindingKind::CoupledModules, &["ab", ""]));
        assert!(one.starts_with("coupling-") && one.len() == 15);
    }
}
