//! A check of one file as an editor marks it while it is written.
//!
//! What is new stands out by its level. Recorded debt is a hint: whoever works on the line may pay it off, and nobody has
//! to. What an exemption excuses is left out.

use facts::manifest::Level;
use verdicts::{
    check::{Outcome, State},
    rules::{Site, Violation},
};

use super::{
    Checked, other_side,
    place::{Columns, Place},
    rule_of,
};
use crate::plain::plain;

/// How loud a mark is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// It fails a check.
    Error,
    /// It is told and fails nothing.
    Warning,
    /// It is recorded.
    Hint,
}

/// A mark in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// From 1; 0 for the file as a whole.
    pub line: u32,
    /// Where it begins and ends in the line; `None` where the line cannot be read.
    pub columns: Option<Columns>,
    /// How loud it is.
    pub severity: Severity,
    /// The rule's code.
    pub code: &'static str,
    /// What is broken, who owns the other side and the way out, on lines of their own.
    pub message: String,
}

/// Every mark of a file, by line.
pub fn render(checked: &Checked<'_>, path: &str) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    for outcome in &checked.check.outcomes {
        let Some(severity) = severity(outcome) else { continue };
        for site in outcome.violation.sites.iter().filter(|site| site.path == path) {
            let mark = Mark {
                line: site.line,
                columns: columns(checked, site),
                severity,
                code: outcome.violation.rule.code,
                message: message(&outcome.violation, severity),
            };
            if !marks.contains(&mark) {
                marks.push(mark);
            }
        }
    }
    marks.sort_by_key(|mark| mark.line);
    marks
}

fn severity(outcome: &Outcome) -> Option<Severity> {
    match (&outcome.state, outcome.violation.level) {
        (State::New, Level::Error) => Some(Severity::Error),
        (State::New, Level::Warning) => Some(Severity::Warning),
        (State::Recorded | State::Moved(_), _) => Some(Severity::Hint),
        (State::Exempt(_) | State::Before, _) => None,
    }
}

/// The name that is meant or, where the line spells it otherwise, all that stands in the line.
fn columns(checked: &Checked<'_>, site: &Site) -> Option<Columns> {
    Place::of(checked, site)
        .columns
        .or_else(|| Columns::of_all((checked.line)(&site.path, site.line.max(1))?.as_str()))
}

fn message(violation: &Violation, severity: Severity) -> String {
    let recorded = if severity == Severity::Hint { "recorded debt: " } else { "" };
    let mut lines = vec![format!("{recorded}{} [{}]", plain(&violation.what), rule_of(violation))];
    lines.extend(other_side(violation).map(|owner| format!("owner: {owner}")));
    lines.extend(violation.because.as_ref().map(|because| format!("because: {}", plain(because))));
    lines.push(format!("help: {}", plain(&violation.way_out)));
    lines.join("\n")
}
