//! A check for a pull request, a job summary or a wiki, as GitHub and GitLab render Markdown.
//!
//! Names come from strangers: outside of code they are written so that nothing in them is markup and nobody is called
//! by a mention; in code no forge looks for mentions.

use std::fmt::Write as _;

use facts::manifest::Level;
use verdicts::rules::Violation;

use super::{
    Checked,
    markup::{code, escape},
    other_side, place, summary, text,
};
use crate::plain::plain;

/// By this a job finds the comment it wrote before.
pub const MARKER: &str = "<!-- unsnarl check -->";

/// Violations shown; a table nobody reads helps nobody.
const MOST: usize = 50;
/// GitHub takes comments of 65,536 characters, and escaped text is ASCII for the most part.
const LONGEST: usize = 60_000;

/// The whole check; `all` shows every violation.
pub fn render(checked: &Checked<'_>, all: bool) -> String {
    let most = if all { (usize::MAX, usize::MAX) } else { (MOST, LONGEST) };
    page(checked, most, "`unsnarl check --all --format markdown` shows every one")
}

/// The check as a comment on a pull request: the same bytes for the same check, short where all holds, and never
/// longer than a forge takes.
pub fn comment(checked: &Checked<'_>) -> String {
    format!("{MARKER}\n{}", page(checked, (MOST, LONGEST), "the log of the job has every one"))
}

fn page(checked: &Checked<'_>, most: (usize, usize), hint: &str) -> String {
    let check = checked.check;
    let mark = if check.holds() { "✅" } else { "❌" };
    let mut out = format!("### {mark} unsnarl check: {}\n", summary::verdict(checked));
    let told: Vec<&Violation> = check.failures().chain(check.warnings()).collect();
    if !told.is_empty() {
        out.push_str(
            "\n| broken | where | owner of the other side | decision | way out |\n|---|---|---|---|---|\n",
        );
        let mut shown = 0;
        for violation in told.iter().take(most.0) {
            let row = row(checked, violation);
            if out.len() + row.len() > most.1 {
                break;
            }
            out.push_str(&row);
            shown += 1;
        }
        if shown < told.len() {
            let _ = writeln!(out, "\n{} more; {hint}.", facts::counts::grouped((told.len() - shown) as u64));
        }
    }
    if let Some(debt) = text::debt(&check.delta) {
        let _ = writeln!(out, "\n**Debt:** {}.", escape(&debt));
    }
    let _ = writeln!(out, "\nChecked {}.", escape(&summary::looked_at(checked)));
    out.push_str(&held(checked));
    for note in checked.notes {
        let _ = writeln!(out, "\nNote: {}.", escape(note));
    }
    out
}

fn row(checked: &Checked<'_>, violation: &Violation) -> String {
    let place = place::first(checked, violation);
    let at = if place.line > 0 { format!("{}:{}", place.path, place.line) } else { place.path };
    let more = match (violation.sites.len() as u64 + violation.further_sites).saturating_sub(1) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let warning = if violation.level == Level::Warning { "warning: " } else { "" };
    let contract =
        violation.contract.as_ref().map_or(String::new(), |contract| format!(" {}", code(contract)));
    let owner = other_side(violation).map_or("–".to_owned(), |owner| code(&owner));
    let because = violation.because.as_ref().map_or("–".to_owned(), |because| escape(because));
    format!(
        "| {warning}{}{contract} {} | {}{more} | {owner} | {because} | {} |\n",
        violation.rule.code,
        prose(&plain(&violation.what)),
        code(&at),
        prose(&plain(&violation.way_out)),
    )
}

/// What each rule looked at, folded away.
fn held(checked: &Checked<'_>) -> String {
    let check = checked.check;
    if check.holds() || check.uses.is_empty() {
        return String::new();
    }
    let mut out = String::from("\n<details><summary>What each rule looked at</summary>\n\n");
    for used in check.uses.iter().take(MOST) {
        let name = used.contract.as_deref().unwrap_or(used.rule.name);
        let tally = check.tally_of(used);
        let (broken, known) = (tally.violations + tally.warnings, tally.all());
        let told = match (broken, known - broken) {
            (0, 0) => String::new(),
            (0, known) => format!(" ({known} known)"),
            (new, 0) => format!(" (**{new} broken**)"),
            (new, known) => format!(" (**{new} broken**, {known} known)"),
        };
        let _ = writeln!(out, "- {} {}: {}{told}", used.rule.code, code(name), prose(&used.matched));
    }
    for word in &check.allowed {
        let _ = writeln!(out, "- not held, by `[check] allow`: {}", code(word));
    }
    out.push_str("\n</details>\n");
    out
}

/// A sentence of ours: names it puts in backticks become code, the rest is escaped.
fn prose(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    // A backtick of a name may leave one open: then none of them is trusted.
    if parts.len().is_multiple_of(2) {
        return escape(text);
    }
    let part = |(at, part): (usize, &&str)| match (at % 2, part.is_empty()) {
        (0, _) => escape(part),
        (_, true) => String::new(),
        _ => code(part),
    };
    parts.iter().enumerate().map(part).collect()
}
