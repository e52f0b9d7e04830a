//! A check as workflow commands of GitHub Actions, which show violations beside the changed lines.
//!
//! ```text
//! ::error file=billing/pdf.py,line=3,title=U101 undeclared-dependency::`billing` depends on `web`, …
//! ::notice title=unsnarl check::1 violation (3 recorded); debt 3 recorded, 3 still so
//! ```
//!
//! GitHub shows ten annotations of each kind a step, so the first violation of every contract comes before the second
//! of any; the log has them all, and the last line says how many there are.

use std::collections::BTreeMap;

use facts::manifest::Level;
use verdicts::rules::Violation;

use super::{Checked, other_side, place, rule_of, summary, text};
use crate::plain::plain;

/// One command a line.
pub fn render(checked: &Checked<'_>) -> String {
    let mut out = String::new();
    for violation in in_turn(checked.check.failures()).into_iter().chain(in_turn(checked.check.warnings())) {
        out.push_str(&command(checked, violation));
    }
    let debt = text::debt(&checked.check.delta).map_or(String::new(), |debt| format!("\ndebt: {debt}"));
    let looked = summary::looked_at(checked);
    let told = format!("{}\nchecked {looked}{debt}", summary::verdict(checked));
    out.push_str(&format!("::notice title=unsnarl check::{}\n", data(&told)));
    out
}

/// The first of each contract, then the second of each, and so on.
fn in_turn<'v>(violations: impl Iterator<Item = &'v Violation>) -> Vec<&'v Violation> {
    let mut met: BTreeMap<(&str, Option<&str>), usize> = BTreeMap::new();
    let mut all: Vec<(usize, &Violation)> = violations
        .map(|violation| {
            let turn = met.entry((violation.rule.code, violation.contract.as_deref())).or_default();
            *turn += 1;
            (*turn, violation)
        })
        .collect();
    all.sort_by_key(|(turn, _)| *turn);
    all.into_iter().map(|(_, violation)| violation).collect()
}

fn command(checked: &Checked<'_>, violation: &Violation) -> String {
    let kind = match violation.level {
        Level::Error => "error",
        Level::Warning => "warning",
    };
    let place = place::first(checked, violation);
    let mut properties = vec![("file", place.path.clone()), ("line", place.line.max(1).to_string())];
    if let Some((start, end)) = place.columns.map(|columns| columns.utf16) {
        // An end is the last column itself here.
        properties.extend([("col", start.to_string()), ("endColumn", (end - 1).max(start).to_string())]);
    }
    properties.push(("title", format!("{} {}", violation.rule.code, rule_of(violation))));
    let properties: Vec<String> =
        properties.iter().map(|(name, value)| format!("{name}={}", property(value))).collect();
    let mut lines = vec![plain(&violation.what)];
    lines.extend(other_side(violation).map(|owner| format!("owner: {owner}")));
    lines.extend(violation.because.as_ref().map(|because| format!("because: {}", plain(because))));
    lines.push(format!("help: {}", plain(&violation.way_out)));
    format!("::{kind} {}::{}\n", properties.join(","), data(&lines.join("\n")))
}

/// What follows the second `::`: nothing in it may end the line or begin an escape.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A value between `::` and `::`: nothing in it may end the value either.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
