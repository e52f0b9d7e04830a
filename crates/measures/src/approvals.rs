//! Approvals: how many owners have to agree before a change may pass, as the ownership files declare it.
//!
//! ```text
//! file a   @core or @docs     one of them    ┐ smallest set that satisfies both: @core, one approval
//! file b   @core              @core          ┘
//! file c   [Data][2] @data    two of @data     and two more: three approvals
//! ```
//!
//! Owners written on one line are alternatives, sections that all apply must each agree, and what nobody owns asks for
//! nobody. Exact for at most twelve candidates, greedy beyond, and the number of those is told.

use facts::{Basis, ChangeId, Lens, TeamId, structure::TeamKind};

use crate::{
    Estimate, Evidence, Measurement, Part, Quantity, Subject, UnitOfValue, description::Description, over,
};

/// See the module.
pub const MEASURE: Description = Description {
    name: "approvals",
    question: "How many owners must agree before a change may pass?",
    definition: "The mean size of the smallest set of owners that satisfies every ownership rule a change touches: owners on one line are alternatives, sections add up, and a section that asks for several approvals counts as many. Changes of unowned files ask for none. Per team: the share of changes that cannot pass without it.",
    reads: &["changes", "touches", "files", "teams", "ownership"],
    unit: "approvals per change; interval 95 % (batch means)",
    source: "GitHub and GitLab documentation of code owners for what is required",
    limits: "What is declared, not what happened: forges enforce it only where the branch is protected, and an author who owns the files may need nobody else. By today's files laid over all history; --structure then judges each change by the files of its time.",
};

/// Computes it through a lens over declared ownership, where there is one; `beside` is the same by today's files where
/// the first judges each change by the files of its time.
pub fn compute(lens: Option<&Lens<'_>>, beside: Option<&Lens<'_>>) -> Measurement {
    let Some(lens) = lens.filter(|lens| lens.ownership.basis == Basis::Declared) else {
        let why = "no ownership is declared, so nobody has to approve anything";
        return Measurement::untold(MEASURE.name, UnitOfValue::Approvals, why);
    };
    let needed = |change: ChangeId| f64::from(lens.approvals_of(change));
    let over = over::mean(lens, |change| Some(needed(change)));
    let share = |wanted: &dyn Fn(u32) -> bool| {
        lens.counted.iter().filter(|&&change| wanted(lens.approvals_of(change))).count() as f64
    };
    let mut quantities = vec![
        Quantity { name: "changes_without", value: Some(share(&|number| number == 0)) },
        Quantity { name: "changes_with_one", value: Some(share(&|number| number == 1)) },
        Quantity { name: "changes_with_more", value: Some(share(&|number| number > 1)) },
        Quantity {
            name: "most",
            value: lens.counted.iter().map(|&change| lens.approvals_of(change)).max().map(f64::from),
        },
        Quantity { name: "greedy_covers", value: Some(lens.inexact_covers() as f64) },
    ];
    let mut notes = Vec::new();
    if let Some(today) = beside.filter(|other| other.ownership.basis == Basis::Declared) {
        let head = over::mean_of(&today.counted, |change| Some(f64::from(today.approvals_of(change)))).value;
        quantities.push(Quantity { name: "by_todays_files", value: head });
        notes.extend(head.map(|head| format!("by today's ownership files it would be {head:.2}")));
    }
    if lens.inexact_covers() > 0 {
        notes.push(format!(
            "{} changes have more than twelve possible owners; what they need is an upper bound",
            lens.inexact_covers()
        ));
    }
    Measurement {
        name: MEASURE.name,
        unit: UnitOfValue::Approvals,
        basis: Basis::Declared,
        whole: over.whole,
        recent: over.recent,
        series: over.series,
        parts: teams(lens),
        quantities,
        notes,
        ledger: Vec::new(),
    }
}

/// Teams by the changes that cannot pass without them; single people are not listed.
fn teams(lens: &Lens<'_>) -> Vec<Part> {
    let mut changes: Vec<Vec<ChangeId>> = vec![Vec::new(); lens.structure.teams.len()];
    for &change in &lens.counted {
        lens.teams_of(change).iter().for_each(|team| changes[team.index()].push(change));
    }
    let all = lens.counted.len() as u64;
    let mut parts: Vec<Part> = changes
        .into_iter()
        .enumerate()
        .filter(|(team, changes)| !changes.is_empty() && lens.structure.teams[*team].kind != TeamKind::Person)
        .map(|(team, changes)| Part {
            subject: Subject::Team(TeamId::from_index(team)),
            estimate: Estimate {
                value: (all > 0).then(|| changes.len() as f64 / all as f64),
                interval: None,
                count: changes.len() as f64,
                of: all,
            },
            share: None,
            state: None,
            quantities: Vec::new(),
            evidence: Evidence {
                changes: changes.iter().rev().take(10).copied().collect(),
                changes_in_all: changes.len() as u64,
                files: Vec::new(),
            },
        })
        .collect();
    parts.sort_by(|a, b| {
        b.estimate.count.total_cmp(&a.estimate.count).then_with(|| a.subject.cmp(&b.subject))
    });
    parts
}
