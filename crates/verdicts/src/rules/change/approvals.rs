//! A change needs too many approvals.

use facts::manifest::ChangeRule;

use super::{Ground, Rule, Seen, Violation, by_change};

pub(super) const RULE: Rule = Rule {
    code: "U406",
    name: "too-many-approvals",
    holds: "A change needs no more approvals than max_approvals, as ownership files ask for them.",
    why: "Approvals are where a change waits. They are added one by one, each for a good reason, and never taken away.",
    example: "[[change_rule]]\nid = \"three-approvals-at-most\"\nmax_approvals = 3",
    way_out: "Split the change, or ask for fewer approvals where two rules want the same thing.",
    limits: "What a forge asks for beyond ownership files (branch protection, required reviewers) is not seen.",
};

pub(super) fn hold(ground: &Ground<'_>, rule: &ChangeRule, most: u32, change: &Seen) -> Option<Violation> {
    let needed = change.needs.approvals;
    if needed <= most {
        return None;
    }
    let teams: Vec<&str> = change.needs.teams.iter().map(|(team, _)| team.as_str()).collect();
    let what = format!(
        "{} needs {} of {} (rule {} allows {most})",
        change.name,
        crate::audit::count(u64::from(needed), "approval"),
        teams.join(", "),
        rule.id
    );
    let way_out = "split it along its owners, or ask for fewer approvals".to_owned();
    let sites = change.needs.teams.iter().map(|(_, path)| path.clone()).collect();
    Some(by_change(ground, &RULE, rule, change, (what, way_out), sites))
}
