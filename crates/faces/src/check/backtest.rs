//! How often change rules would have fired, as text and as JSON.

use std::fmt::Write as _;

use anstyle::Style;
use facts::{Facts, counts::grouped, time};
use serde_json::{Value, json};
use verdicts::rules::change::{Backtest, Fired};

use super::count;
use crate::plain::{cut, plain};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
/// Changes shown of one rule.
const MOST: usize = 8;

/// A backtest with what its faces show.
pub struct Tested<'a> {
    /// The repository's name.
    pub repository: &'a str,
    /// The facts its changes are rows of.
    pub facts: &'a Facts,
    /// Changes looked at.
    pub changes: u64,
    /// Whether the rules are proposals, for the manifest has none.
    pub proposed: bool,
    /// What each rule would have done.
    pub rules: &'a [Backtest],
}

/// For the terminal; `all` shows every change a rule would have fired on.
pub fn text(tested: &Tested<'_>, all: bool) -> String {
    let mut out = format!(
        "{BOLD}{}{BOLD:#}: change rules on the last {} to reach the mainline, each judged by what was before it\n",
        plain(tested.repository),
        count(tested.changes, "change")
    );
    if tested.proposed {
        out.push_str("the manifest has no [[change_rule]]; these are worth a look:\n");
    }
    for rule in tested.rules {
        let share = match (rule.asked, &rule.note) {
            (0, _) => "asked of no change".to_owned(),
            (asked, None) => format!(
                "{} of {} ({:.0} %)",
                grouped(rule.fired.len() as u64),
                grouped(asked),
                rule.fired.len() as f64 / asked as f64 * 100.0
            ),
            (_, Some(_)) => count(rule.fired.len() as u64, "time"),
        };
        let note = rule.note.as_ref().map_or(String::new(), |note| format!(" ({note})"));
        let _ = writeln!(
            out,
            "\n{BOLD}{}{BOLD:#} {}: {}  would have fired on {BOLD}{share}{BOLD:#}{note}",
            rule.rule.code,
            plain(&rule.contract),
            rule.limit
        );
        let shown = if all { rule.fired.len() } else { MOST };
        for one in rule.fired.iter().take(shown) {
            let _ = writeln!(out, "  {DIM}{}{DIM:#} {}", place(tested.facts, one), cut(&one.what, 120));
        }
        if rule.fired.len() > shown {
            let _ = writeln!(out, "  {DIM}{} more; --all shows every one{DIM:#}", rule.fired.len() - shown);
        }
    }
    out.push_str("\nbulk changes and those of bots are not asked; a rule is turned on by writing it into unsnarl.toml\n");
    out
}

/// One object, `unsnarl.backtest/1`.
pub fn json(tested: &Tested<'_>) -> String {
    let rules: Vec<Value> = tested
        .rules
        .iter()
        .map(|rule| {
            let fired: Vec<Value> = rule
                .fired
                .iter()
                .map(|one| {
                    json!({
                        "commit": tested.facts.changes.commit[one.change.index()].to_string(),
                        "date": one.at.map(time::date),
                        "message": one.what,
                    })
                })
                .collect();
            json!({
                "contract": rule.contract,
                "code": rule.rule.code,
                "rule": rule.rule.name,
                "limit": rule.limit,
                "asked": rule.asked,
                "fired_count": rule.fired.len(),
                "fired": fired,
                "note": rule.note,
            })
        })
        .collect();
    let whole = json!({
        "schema": "unsnarl.backtest/1",
        "repository": tested.repository,
        "changes": tested.changes,
        "proposed": tested.proposed,
        "rules": rules,
    });
    format!("{whole:#}\n")
}

fn place(facts: &Facts, one: &Fired) -> String {
    let day = one.at.map_or_else(|| "undated   ".to_owned(), time::date);
    format!("{day} {}", facts.changes.commit[one.change.index()].short())
}
