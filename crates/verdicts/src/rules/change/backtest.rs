//! How often change rules would have fired on the changes there were.

use facts::{ChangeId, manifest::ChangeRule, time::Seconds};

use super::{Ground, History, Rule, Seen, concerns, independence, on_change};

/// A change on which a rule would have fired.
#[derive(Clone, Debug, PartialEq)]
pub struct Fired {
    /// The change.
    pub change: ChangeId,
    /// When it reached the mainline; `None` where its date cannot be true.
    pub at: Option<Seconds>,
    /// What the rule would have said, in one sentence. May hold untrusted names.
    pub what: String,
}

/// What a rule would have done.
#[derive(Clone, Debug, PartialEq)]
pub struct Backtest {
    /// The rule's id in the manifest, or what it would be called.
    pub contract: String,
    /// Which of its questions.
    pub rule: &'static Rule,
    /// The limit it was held to, as the manifest writes it.
    pub limit: String,
    /// Changes it was asked about.
    pub asked: u64,
    /// Those on which it would have fired, newest first.
    pub fired: Vec<Fired>,
    /// Where it says nothing of single changes, why.
    pub note: Option<String>,
}

/// Holds each rule against each of some changes, given the history before it. `changes` are positions among those
/// that count, with what each touched, oldest first.
pub fn backtest(
    ground: &Ground<'_>,
    rules: &[ChangeRule],
    changes: &[(usize, Seen)],
    history: &History<'_>,
) -> Vec<Backtest> {
    let mut out = Vec::new();
    for rule in rules {
        let mut parts: Vec<Backtest> = Vec::new();
        for (end, change) in changes.iter().filter(|(_, change)| concerns(ground, rule, change)) {
            for (at, (of, found, _)) in
                on_change(ground, rule, change, Some(history), *end).into_iter().enumerate()
            {
                if parts.len() == at {
                    parts.push(empty(rule, of));
                }
                parts[at].asked += 1;
                if let Some(first) = found.first() {
                    let id = history.lens.counted[*end];
                    let more = match found.len() - 1 {
                        0 => String::new(),
                        more => format!(" (and {more} more)"),
                    };
                    let what = format!("{}{more}", first.what);
                    parts[at].fired.push(Fired { change: id, at: history.lens.at(id), what });
                }
            }
        }
        if let Some(least) = rule.min_independence {
            parts.push(budget(ground, rule, least, changes, history));
        }
        if rule.no_new_hidden_constraint {
            let note = "it looks at the whole history: unsnarl check says what it finds now";
            parts.push(Backtest { note: Some(note.to_owned()), ..empty(rule, &super::hidden::RULE) });
        }
        parts.iter_mut().for_each(|part| part.fired.reverse());
        out.extend(parts);
    }
    out
}

fn empty(rule: &ChangeRule, of: &'static Rule) -> Backtest {
    Backtest {
        contract: rule.id.clone(),
        rule: of,
        limit: limit(rule, of),
        asked: 0,
        fired: Vec::new(),
        note: None,
    }
}

/// When a budget on a window would have been overdrawn: the change after which it began to fail, each time anew.
fn budget(
    ground: &Ground<'_>,
    rule: &ChangeRule,
    least: f64,
    changes: &[(usize, Seen)],
    history: &History<'_>,
) -> Backtest {
    let mut out = empty(rule, &independence::RULE);
    let mut failing = false;
    for (at, _) in changes {
        out.asked += 1;
        let (found, _) = independence::hold(ground, rule, least, history, at + 1);
        if let (Some(first), false) = (found.first(), failing) {
            let change = history.lens.counted[*at];
            out.fired.push(Fired { change, at: history.lens.at(change), what: first.what.clone() });
        }
        failing = !found.is_empty();
    }
    out.note = (out.asked > 0).then(|| "each time the budget was overdrawn anew".to_owned());
    out
}

/// The part of a rule as the manifest writes it.
fn limit(rule: &ChangeRule, of: &Rule) -> String {
    let number =
        |key: &str, value: Option<u32>| value.map_or(String::new(), |value| format!("{key} = {value}"));
    let share =
        |key: &str, value: Option<f64>| value.map_or(String::new(), |value| format!("{key} = {value}"));
    match of.code {
        "U401" => number("max_teams", rule.max_teams),
        "U402" => "no_undeclared_boundary = true".to_owned(),
        "U403" => share("usual_partner", rule.usual_partner),
        "U404" => "no_new_hidden_constraint = true".to_owned(),
        "U405" => share("min_independence", rule.min_independence),
        _ => number("max_approvals", rule.max_approvals),
    }
}
