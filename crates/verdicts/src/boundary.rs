//! Costly boundaries: two teams that meet in a large share of all cross-team changes.

use facts::{Lens, TeamId, counts::grouped};
use measures::{Picture, Subject};

use crate::finding::{Finding, FindingKind, Severity, id};

/// A boundary below this share of all coordination is one of many.
const SHARE: f64 = 0.1;
/// From this share on it is the first thing to look at, where coordination is common at all.
const HIGH_SHARE: f64 = 0.25;
/// Coordination of fewer than this share of changes presses nobody.
const COMMON: f64 = 0.1;
const FEWEST_CHANGES: f64 = 10.0;
const MOST: usize = 3;

pub(crate) fn findings(lens: &Lens<'_>, picture: &Picture) -> Vec<Finding> {
    let needing_others = picture.independence.whole.value.map_or(0.0, |independent| 1.0 - independent);
    picture
        .coordination
        .parts
        .iter()
        .filter_map(|part| {
            let Subject::TeamPair(a, b) = part.subject else { return None };
            let share = part.share.filter(|share| *share >= SHARE)?;
            let changes = part.quantities.iter().find(|quantity| quantity.name == "changes")?.value?;
            if changes < FEWEST_CHANGES {
                return None;
            }
            let name = |team: TeamId| lens.structure.teams[team.index()].name.as_str();
            Some(Finding {
                id: id(FindingKind::CostlyBoundary, &[name(a), name(b)]),
                kind: FindingKind::CostlyBoundary,
                severity: if share >= HIGH_SHARE && needing_others >= COMMON { Severity::High } else { Severity::Medium },
                subject: part.subject.clone(),
                title: format!(
                    "{:.0} % of all coordination: {} changes need {} and {}",
                    share * 100.0,
                    grouped(changes as u64),
                    lens.called(a),
                    lens.called(b)
                ),
                advice: "Look at the files they meet in: give them to one team, or put an interface where they lie.".into(),
                quantities: part.quantities.clone(),
                evidence: part.evidence.clone(),
            })
        })
        .take(MOST)
        .collect()
}
