//! A check in a sentence or two, without styles: what was looked at, and how it ended.

use facts::counts::grouped;
use verdicts::{check::LanguageRead, tally::Tally};

use super::{Checked, Scope, count};
use crate::plain::plain;

/// What was looked at, and how many rules were held on it.
pub(super) fn looked_at(checked: &Checked<'_>) -> String {
    format!("{}, {} held", covered(checked), count(checked.check.uses.len() as u64, "rule"))
}

/// How much was looked at: `against main at 1a2b3c4d5e: 3 files differ; 12 modules, 400 of 420 files in them, …`.
pub(super) fn covered(checked: &Checked<'_>) -> String {
    let coverage = &checked.check.coverage;
    let scope = match &checked.scope {
        Scope::Tree => String::new(),
        Scope::Change { base, commit, files } => {
            let base = plain(base);
            let at = if base.starts_with(commit.as_str()) { base } else { format!("{base} at {commit}") };
            let differ = if *files == 1 { "differs" } else { "differ" };
            format!("against {at}: {} {differ}; ", count(*files, "file"))
        }
        Scope::File(path) => format!("{} alone; ", plain(path)),
    };
    let dependencies = match coverage.dependencies {
        1 => "1 dependency".to_owned(),
        many => format!("{} dependencies", grouped(many)),
    };
    format!(
        "{scope}{}, {} of {} in them, {} read, {dependencies} between files",
        count(coverage.modules, "module"),
        grouped(coverage.files_in_modules),
        count(coverage.files, "file"),
        grouped(coverage.read),
    )
}

/// How it ended: `2 violations, 1 warning (3 recorded, 1 exempt)`.
pub(super) fn verdict(checked: &Checked<'_>) -> String {
    let (ended, beside) = verdict_parts(&checked.check.tally());
    format!("{ended}{beside}")
}

/// The same in two: how it ended, and what stands beside it.
pub(super) fn verdict_parts(tally: &Tally) -> (String, String) {
    let excused: Vec<String> = [
        (tally.recorded + tally.moved, "recorded"),
        (tally.exempt, "exempt"),
        (tally.before, "there before the change"),
    ]
    .iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, what)| format!("{} {what}", grouped(*number)))
    .collect();
    let excused = if excused.is_empty() { String::new() } else { format!(" ({})", excused.join(", ")) };
    let warned =
        if tally.warnings > 0 { format!(", {}", count(tally.warnings, "warning")) } else { String::new() };
    let ended = if tally.violations == 0 { "holds".to_owned() } else { count(tally.violations, "violation") };
    (ended, format!("{warned}{excused}"))
}

/// What languages were read, and how far: `python 40 of 41 resolved`.
pub(super) fn languages(checked: &Checked<'_>) -> Vec<String> {
    let named = |one: &&LanguageRead| one.resolved + one.external + one.unresolved > 0;
    let read = checked.check.coverage.languages.iter().filter(named);
    read.map(resolved).collect()
}

/// How far a language was resolved.
pub(super) fn resolved(one: &LanguageRead) -> String {
    let all = grouped(one.resolved + one.unresolved);
    format!("{} {} of {all} resolved", one.language, grouped(one.resolved))
}
