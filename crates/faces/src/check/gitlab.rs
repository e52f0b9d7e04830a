//! A check as a GitLab Code Quality report: a list of issues, each with a path and a line.
//!
//! GitLab shows what a merge request adds and takes away by comparing the fingerprints of two such reports. So that
//! recording debt, or checking against a base, does not look like paying it off, everything that is broken is in the
//! report, and what is excused has the severity `info`. The format has no place for numbers on debt.

use facts::manifest::Level;
use serde::Serialize;
use verdicts::check::{Outcome, State};

use super::{Checked, other_side, place};
use crate::{document::written, plain::plain};

/// The report with a final newline.
pub fn render(checked: &Checked<'_>) -> String {
    let fingerprints = checked.check.fingerprints();
    let all = checked.check.outcomes.iter().zip(fingerprints);
    let issues: Vec<Issue> = all.map(|(one, fingerprint)| issue(checked, one, fingerprint)).collect();
    written(&issues)
}

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: String,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

fn issue(checked: &Checked<'_>, one: &Outcome, fingerprint: String) -> Issue {
    let violation = &one.violation;
    let place = place::first(checked, violation);
    let owner =
        other_side(violation).map_or(String::new(), |owner| format!(" The other side is owned by {owner}."));
    let excused = match &one.state {
        State::New => String::new(),
        State::Recorded | State::Moved(_) => " It is recorded as debt.".to_owned(),
        State::Exempt(at) => format!(" Exempt: {}", plain(&checked.manifest.exemptions[*at].reason)),
        State::Before => " It was there before the change.".to_owned(),
    };
    let severity = match (&one.state, violation.level) {
        (State::New, Level::Error) => "major",
        (State::New, Level::Warning) => "minor",
        _ => "info",
    };
    Issue {
        description: format!(
            "{}.{owner}{excused} The way out: {}",
            plain(&violation.what),
            plain(&violation.way_out)
        ),
        check_name: violation.contract.as_ref().map_or_else(
            || format!("{} {}", violation.rule.code, violation.rule.name),
            |contract| format!("{} {}", violation.rule.code, plain(contract)),
        ),
        fingerprint,
        severity,
        location: Location { path: place.path, lines: Lines { begin: place.line.max(1) } },
    }
}
