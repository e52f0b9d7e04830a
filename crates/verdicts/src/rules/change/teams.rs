//! A change needs too many teams.

use facts::manifest::ChangeRule;

use super::{Ground, Rule, Seen, Violation, by_change};

pub(super) const RULE: Rule = Rule {
    code: "U401",
    name: "too-many-teams",
    holds: "A change needs no more teams than max_teams: the smallest set of owners that covers every owned file it touches.",
    why: "Each further team is one more queue the change waits in. What takes one team days takes four of them weeks.",
    example: "[[change_rule]]\nid = \"two-teams-at-most\"\nmax_teams = 2\n\n# unsnarl check --backtest says how often it would have fired.",
    way_out: "Split the change along its owners, or move what always changes together under one of them.",
    limits: "It counts declared owners; files nobody owns need nobody. Beyond twelve candidates the smallest set is found step by step, and may be one too large.",
};

pub(super) fn hold(ground: &Ground<'_>, rule: &ChangeRule, most: u32, change: &Seen) -> Option<Violation> {
    let teams = &change.needs.teams;
    if teams.len() as u64 <= u64::from(most) {
        return None;
    }
    let names: Vec<&str> = teams.iter().map(|(team, _)| team.as_str()).collect();
    let about = if change.needs.exact { "" } else { "about " };
    let what = format!(
        "{} needs {about}{}: {} (rule {} allows {most})",
        change.name,
        crate::audit::count(teams.len() as u64, "team"),
        names.join(", "),
        rule.id
    );
    let way_out = "split it along its owners; unsnarl owners PATH says who owns what".to_owned();
    let sites = teams.iter().map(|(_, path)| path.clone()).collect();
    Some(by_change(ground, &RULE, rule, change, (what, way_out), sites))
}
