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
    /// What was left out, and why, in sentences.
    pub notes: &'a [String],
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
        let _ = writeln!(
            out,
            "\n{BOLD}{}{BOLD:#} {}: {}  {}",
            rule.rule.code,
            plain(&rule.contract),
            rule.limit,
            fired(rule)
        );
        let shown = if all { rule.fired.len() } else { MOST };
        for one in rule.fired.iter().take(shown) {
            let _ = writeln!(out, "  {DIM}{}{DIM:#} {}", place(tested.facts, one), cut(&one.what, 120));
        }
        if rule.fired.len() > shown {
            let _ = writeln!(out, "  {DIM}{} more; --all shows every one{DIM:#}", rule.fired.len() - shown);
        }
    }
    for note in tested.notes {
        let _ = writeln!(out, "\n{DIM}note:{DIM:#} {}", plain(note));
    }
    out.push_str("\nbulk changes and those of bots are not asked; a rule is turned on by writing it into unsnarl.toml\n");
    out
}

/// How often, in a few words.
fn fired(rule: &Backtest) -> String {
    let number = rule.fired.len() as u64;
    match (rule.asked, &rule.note, number) {
        (0, None, _) => "there was no change to ask".to_owned(),
        (0, Some(note), _) => format!("not asked of single changes ({note})"),
        (asked, None, 0) => format!("would never have fired on {}", count(asked, "change")),
        (asked, None, _) => format!(
            "would have fired on {BOLD}{} of {} ({:.0} %){BOLD:#}",
            grouped(number),
            grouped(asked),
            number as f64 / asked as f64 * 100.0
        ),
        (_, Some(_), 0) => "would never have fired".to_owned(),
        (_, Some(note), _) => format!("would have fired {BOLD}{}{BOLD:#} ({note})", count(number, "time")),
    }
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
        "notes": tested.notes,
    });
    format!("{whole:#}\n")
}

fn place(facts: &Facts, one: &Fired) -> String {
    let day = one.at.map_or_else(|| "undated   ".to_owned(), time::date);
    format!("{day} {}", facts.changes.commit[one.change.index()].short())
}
