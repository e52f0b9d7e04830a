//! Too few changes of a module get by with one team.

use facts::manifest::ChangeRule;
use measures::stats::interval;

use super::{Ground, History, Rule, Violation, window};
use crate::rules::Site;

pub(super) const RULE: Rule = Rule {
    code: "U405",
    name: "independence-below-budget",
    holds: "Of the changes of a window at least the share min_independence need one team or none: of all changes, or of those that touch each of `modules`.",
    why: "Independence does not end in one change. It goes a percent a month, and a budget is how one notices in time.",
    example: "[[change_rule]]\nid = \"billing-moves-alone\"\nmodules = [\"billing\"]\nmin_independence = 0.7\nwindow = \"180d\"",
    way_out: "unsnarl report shows which boundaries the other changes crossed.",
    limits: "Fewer than twenty changes in the window say nothing. It fails where even the upper end of the 95 % interval is below the budget, so that a bad week fails nobody.",
};

const WINDOW_DAYS: u32 = 180;
const FEWEST: usize = 20;

/// Holds the rule against the changes before `end`. Also says what was looked at.
pub(super) fn hold(
    ground: &Ground<'_>,
    rule: &ChangeRule,
    least: f64,
    history: &History<'_>,
    end: usize,
) -> (Vec<Violation>, String) {
    let lens = history.lens;
    let span = window(lens, rule, end, WINDOW_DAYS);
    let in_window = &lens.counted[span];
    let mut out = Vec::new();
    let mut told = Vec::new();
    let subjects: Vec<Option<&String>> =
        if rule.modules.is_empty() { vec![None] } else { rule.modules.iter().map(Some).collect() };
    for subject in subjects {
        let id = subject.and_then(|name| {
            lens.structure.module_ids().find(|id| lens.structure.modules[id.index()].name == *name)
        });
        let alone: Vec<bool> = in_window
            .iter()
            .filter(|change| {
                subject.is_none() || id.is_some_and(|id| lens.modules_of(**change).contains(&id))
            })
            .map(|change| lens.teams_of(*change).len() <= 1)
            .collect();
        let name = subject.map_or("all changes", String::as_str);
        let count = alone.iter().filter(|alone| **alone).count();
        told.push(match alone.len() {
            0 => format!("{name}: no change in the window"),
            all => format!("{name} {count} of {all}"),
        });
        let Some((_, high)) = interval::share(&alone).filter(|_| alone.len() >= FEWEST) else { continue };
        if high >= least {
            continue;
        }
        let percent = |share: f64| format!("{:.0} %", share * 100.0);
        let what = format!(
            "{} of {} changes of {name} got by with one team ({}, at most {}); the budget is {}",
            count,
            alone.len(),
            percent(count as f64 / alone.len() as f64),
            percent(high),
            percent(least)
        );
        let module = subject.and_then(|name| ground.manifest.modules.iter().position(|one| one.id == *name));
        let way_out = "unsnarl report shows which boundaries the others crossed".to_owned();
        let place = (rule.place.file.as_str(), rule.place.line);
        out.push(Violation {
            contract: Some(rule.id.clone()),
            level: rule.level,
            from_module: module.map(|module| module as u32),
            because: rule.because.clone(),
            sites: vec![Site { path: place.0.to_owned(), line: place.1, ..Site::default() }],
            ..ground.at(&RULE, place, name, what, way_out)
        });
    }
    (out, format!("one team: {}", told.join(", ")))
}
