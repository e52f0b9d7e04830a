//! A check in the Reviewdog Diagnostic Format, by which reviewdog comments on changed lines at any forge.
//!
//! What is excused is left out, for reviewdog shows all it is given; the format has no place for numbers on debt.

use facts::manifest::Level;
use serde_json::{Value, json};
use verdicts::rules::Violation;

use super::{Checked, other_side, place, rule_of};
use crate::{document::written, plain::plain};

/// The whole result (`-f=rdjson`) with a final newline.
pub fn render(checked: &Checked<'_>) -> String {
    let check = checked.check;
    let told = check.failures().chain(check.warnings());
    written(&json!({
        "source": { "name": "unsnarl" },
        "severity": if check.holds() { "WARNING" } else { "ERROR" },
        "diagnostics": told.map(|violation| diagnostic(checked, violation)).collect::<Vec<_>>(),
    }))
}

fn diagnostic(checked: &Checked<'_>, violation: &Violation) -> Value {
    let place = place::first(checked, violation);
    let mut location = json!({ "path": place.path });
    if place.line > 0 {
        let mut range = json!({ "start": { "line": place.line } });
        if let Some((start, end)) = place.columns.map(|columns| columns.bytes) {
            range["start"]["column"] = start.into();
            range["end"] = json!({ "line": place.line, "column": end });
        }
        location["range"] = range;
    }
    let mut lines = vec![plain(&violation.what)];
    lines.extend(other_side(violation).map(|owner| format!("owner: {owner}")));
    lines.extend(violation.because.as_ref().map(|because| format!("because: {}", plain(because))));
    lines.push(format!("help: {}", plain(&violation.way_out)));
    let severity = match violation.level {
        Level::Error => "ERROR",
        Level::Warning => "WARNING",
    };
    json!({
        "message": lines.join("\n"),
        "location": location,
        "severity": severity,
        "code": { "value": format!("{} {}", violation.rule.code, rule_of(violation)) },
    })
}
