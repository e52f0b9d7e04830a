//! A check for the terminal: each violation where it stands, then what was looked at.
//!
//! ```text
//! error[U101 undeclared-dependency]: `billing` depends on `web`, which its depends_on does not list
//!  --> billing/pdf.py:3:6
//!   |
//! 3 | from web.render import pdf
//!   |      ^^^^^^^^^^
//!   |
//!   = owner: @acme/web (CODEOWNERS:4)
//!   = because: docs/decisions/0012.md
//!   = help: ...
//! ```

use std::{collections::BTreeMap, fmt::Write as _};

use annotate_snippets::{AnnotationKind, Group, Level as Severity, Origin, Renderer, Snippet};
use anstyle::{AnsiColor, Style};
use facts::manifest::Level;
use verdicts::{
    check::{Delta, may_be_recorded},
    debt::DIRECTORY,
    rules::{RuleUse, Site, Violation},
};

use super::{Checked, Scope, count, other_side, rule_of, summary};
use crate::plain::{cut, plain};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();

/// Violations of one rule shown in full; a list nobody reads helps nobody.
const MOST: usize = 10;
/// Longer lines of code are cut round what is meant.
const LONGEST_LINE: usize = 160;

/// The whole check; `all` shows every violation in full.
pub fn render(checked: &Checked<'_>, all: bool) -> String {
    let mut out = String::new();
    let told: Vec<&Violation> = checked.check.failures().chain(checked.check.warnings()).collect();
    let mut shown: BTreeMap<(&str, Option<&str>), usize> = BTreeMap::new();
    for violation in &told {
        let count = shown.entry((violation.rule.code, violation.contract.as_deref())).or_default();
        *count += 1;
        if all || *count <= MOST {
            out.push_str(&one(checked, violation));
            out.push('\n');
        }
    }
    for ((code, contract), count_of) in shown.iter().filter(|(_, count)| !all && **count > MOST) {
        let contract = contract.map_or(String::new(), |contract| format!(" ({})", plain(contract)));
        let more = count_of - MOST;
        let _ = writeln!(out, "{DIM}{code}{contract}: {more} more; --all shows every one{DIM:#}");
    }
    ending(checked, &mut out);
    out
}

fn one(checked: &Checked<'_>, violation: &Violation) -> String {
    let severity = match violation.level {
        Level::Error => Severity::ERROR,
        Level::Warning => Severity::WARNING,
    };
    let id = format!("{} {}", violation.rule.code, rule_of(violation));
    let title = severity.primary_title(plain(&violation.what)).id(id);
    let mut group = Group::with_title(title);
    let site = violation.sites.first();
    let source = site.filter(|site| site.line > 0).and_then(|site| (checked.line)(&site.path, site.line));
    let (text, span) = match (site, source) {
        (Some(site), Some(source)) => window(&plain(&source), &plain(&site.specifier)),
        _ => (String::new(), 0..0),
    };
    if let Some(site) = site {
        if text.is_empty() {
            let origin = Origin::path(plain(&site.path));
            group = group.element(if site.line > 0 { origin.line(site.line as usize) } else { origin });
        } else {
            let snippet = Snippet::source(text).line_start(site.line as usize).path(plain(&site.path));
            group = group.element(snippet.annotation(AnnotationKind::Primary.span(span)));
        }
    }
    if let Some(also) = further(violation) {
        group = group.element(Severity::NOTE.with_name("also").message(also));
    }
    if let Some(owner) = other_side(violation) {
        group = group.element(Severity::NOTE.with_name("owner").message(owner));
    }
    if let Some(because) = &violation.because {
        group = group.element(Severity::NOTE.with_name("because").message(plain(because)));
    }
    group = group.element(Severity::HELP.message(plain(&violation.way_out)));
    Renderer::styled().render(&[group]) + "\n"
}

/// The places of a violation after the first, each line once; `None` where there are none.
fn further(violation: &Violation) -> Option<String> {
    let place = |site: &Site| match site.line {
        0 => plain(&site.path),
        line => format!("{}:{line}", plain(&site.path)),
    };
    let mut places: Vec<String> = Vec::new();
    for site in &violation.sites {
        let place = place(site);
        if !places.contains(&place) {
            places.push(place);
        }
    }
    let (_, further) = places.split_first()?;
    let shown = further.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
    match further.len() as u64 + violation.further_sites {
        0 => None,
        1..=3 => Some(shown),
        more => Some(format!("{shown} and {} more", more - further.len().min(3) as u64)),
    }
}

/// A line of code and where in it the name stands, in bytes; a long line is cut round it.
fn window(source: &str, specifier: &str) -> (String, std::ops::Range<usize>) {
    let trimmed = source.trim_end();
    let start = place_of(trimmed, specifier);
    let whole = match start {
        Some(at) => at..at + found(trimmed, specifier).map_or(0, str::len),
        None => {
            let indent = trimmed.len() - trimmed.trim_start().len();
            indent..trimmed.len()
        }
    };
    if trimmed.chars().count() <= LONGEST_LINE {
        return (trimmed.to_owned(), whole);
    }
    let begin = floor(trimmed, whole.start.saturating_sub(LONGEST_LINE / 4));
    let end = floor(trimmed, (begin + LONGEST_LINE).min(trimmed.len()));
    let cut = trimmed[begin..end].to_owned();
    let (from, to) = (whole.start.clamp(begin, end) - begin, whole.end.clamp(begin, end) - begin);
    (cut, from..to.max(from))
}

pub(super) fn place_of(line: &str, specifier: &str) -> Option<usize> {
    line.find(found(line, specifier)?)
}

/// What of a name stands in the line: all of it or, where the line spells it otherwise, its last part.
pub(super) fn found<'s>(line: &str, specifier: &'s str) -> Option<&'s str> {
    let last = specifier.rsplit(['.', '/', ':', '\\']).find(|part| !part.is_empty());
    let tries = [Some(specifier), last];
    tries.into_iter().flatten().find(|part| !part.is_empty() && line.contains(*part))
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn ending(checked: &Checked<'_>, out: &mut String) {
    looked_at(checked, out);
    rules(checked, out);
    for note in checked.notes {
        let _ = writeln!(out, "{DIM}note:{DIM:#} {}", plain(note));
    }
    if let Some(line) = debt(&checked.check.delta) {
        let _ = writeln!(out, "{DIM}debt    {DIM:#}{line}");
    }
    verdict(checked, out);
}

/// How much was looked at.
fn looked_at(checked: &Checked<'_>, out: &mut String) {
    let _ = writeln!(out, "{DIM}checked{DIM:#} {}", summary::covered(checked));
    // A language none of whose names could lead to a file says nothing of the tree.
    let told = checked.check.coverage.languages.iter().filter(|one| one.resolved + one.unresolved > 0);
    let languages: Vec<String> = told.map(summary::resolved).collect();
    if !languages.is_empty() {
        out.push_str(&wrapped("names   ", &languages));
    }
}

/// What each rule looked at, and what it found.
fn rules(checked: &Checked<'_>, out: &mut String) {
    let check = checked.check;
    for one in &check.uses {
        let violations = violations_of(checked, one);
        let name = match &one.contract {
            Some(contract) => plain(contract),
            None => one.rule.name.to_owned(),
        };
        let (told, width) = match &violations {
            Some((told, width)) => (format!(": {told}"), width + 2),
            None => (String::new(), 0),
        };
        let _ = writeln!(
            out,
            "  {DIM}{}{DIM:#} {}{told}",
            one.rule.code,
            cut(&format!("{name}: {}", one.matched), 110 - width)
        );
    }
    for rule in only_in_a_change(checked) {
        let _ = writeln!(out, "  {DIM}held with --diff:{DIM:#} {}", plain(rule));
    }
    for word in &check.allowed {
        let _ = writeln!(out, "  {DIM}not held, by [check] allow:{DIM:#} {}", plain(word));
    }
}

/// Rules on change of which a look at the tree alone holds no part.
fn only_in_a_change<'c>(checked: &'c Checked<'_>) -> impl Iterator<Item = &'c str> {
    let held = |id: &str| checked.check.uses.iter().any(|one| one.contract.as_deref() == Some(id));
    let tree = checked.scope == Scope::Tree;
    let rules = checked.manifest.change_rules.iter().map(|rule| rule.id.as_str());
    rules.filter(move |id| tree && !held(id))
}

/// Whether it holds, and what is excused.
fn verdict(checked: &Checked<'_>, out: &mut String) {
    let check = checked.check;
    let (ended, beside) = summary::verdict_parts(&check.tally());
    let _ = match check.failures().next() {
        None => writeln!(out, "{GOOD}{ended}{GOOD:#}{beside}"),
        Some(first) => {
            let code = first.rule.code;
            writeln!(out, "{BAD}{ended}{BAD:#}{beside}; unsnarl explain {code} tells what the rule is for")
        }
    };
    // More than anybody mends today, and nothing recorded yet: the rules have just been adopted.
    let recordable = check.failures().filter(|one| may_be_recorded(one.rule)).count();
    if checked.scope == Scope::Tree && check.delta.recorded == 0 && recordable > MOST {
        let _ = writeln!(
            out,
            "{DIM}hint:{DIM:#} unsnarl check --accept records what is broken today, so that only what is new fails"
        );
    }
}

/// How many of a rule's violations are in which state, and how wide that is; `None` where it has none.
fn violations_of(checked: &Checked<'_>, used: &RuleUse) -> Option<(String, usize)> {
    let tally = checked.check.tally_of(used);
    let new = tally.violations + tally.warnings;
    let known = tally.all() - new;
    let broken = format!("{} broken", facts::counts::grouped(new));
    let known_told = format!("{} known", facts::counts::grouped(known));
    match (new, known) {
        (0, 0) => None,
        (0, _) => Some((known_told.clone(), known_told.len())),
        (_, 0) => Some((format!("{BOLD}{broken}{BOLD:#}"), broken.len())),
        _ => Some((format!("{BOLD}{broken}{BOLD:#}, {known_told}"), broken.len() + 2 + known_told.len())),
    }
}

/// Debt in one line; `None` where there is none.
pub(super) fn debt(delta: &Delta) -> Option<String> {
    if delta.recorded == 0 && delta.before.unwrap_or(0) == 0 {
        return None;
    }
    let still =
        if delta.held == delta.recorded { "all".to_owned() } else { facts::counts::grouped(delta.held) };
    let mut line = match delta.recorded {
        0 => "nothing recorded any more".to_owned(),
        recorded => format!("{} recorded, {still} still so", facts::counts::grouped(recorded)),
    };
    if delta.moved > 0 {
        let _ = write!(line, ", {} under another path (--accept writes it down)", delta.moved);
    }
    if delta.stale > 0 {
        let _ = write!(line, ", {} paid off", facts::counts::grouped(delta.stale));
    }
    if let Some(before) = delta.before {
        let _ = match delta.change {
            None | Some((0, 0)) => write!(line, "; as many as before this change"),
            Some((added, taken_out)) => {
                let grouped = facts::counts::grouped;
                let by = match (added, taken_out) {
                    (added, 0) => format!("+{}", grouped(added)),
                    (0, taken_out) => format!("-{}", grouped(taken_out)),
                    (added, taken_out) => format!("+{} -{}", grouped(added), grouped(taken_out)),
                };
                write!(line, "; {by} by this change, {} before", grouped(before))
            }
        };
    }
    Some(line)
}

fn wrapped(head: &str, parts: &[String]) -> String {
    let mut out = String::new();
    let mut line = format!("{DIM}{head}{DIM:#}");
    let mut width = head.len();
    for (at, part) in parts.iter().enumerate() {
        let end = if at + 1 < parts.len() { ", " } else { "" };
        if width + part.len() > 96 {
            out.push_str(line.trim_end());
            out.push('\n');
            line = " ".repeat(head.len());
            width = head.len();
        }
        line.push_str(part);
        line.push_str(end);
        width += part.len() + end.len();
    }
    out.push_str(&line);
    out.push('\n');
    out
}

/// What `--accept` did.
#[derive(Clone, Debug, Default)]
pub struct Accepted {
    /// What was recorded before.
    pub before: u64,
    /// What is recorded now.
    pub after: u64,
    /// Of it what was not.
    pub added: u64,
    /// What no longer is.
    pub paid_off: u64,
    /// What is recorded under another path now.
    pub moved: u64,
    /// Files it is recorded in.
    pub files: u64,
    /// Files that were written or taken away.
    pub written: u64,
    /// What is recorded of each rule.
    pub by_rule: BTreeMap<String, u64>,
}

/// What `--accept` did, in a line or two.
pub fn accepted(one: &Accepted) -> String {
    let recorded = count(one.after, "violation");
    if one.written == 0 {
        return match one.after {
            0 => "nothing is broken, and nothing is recorded\n".to_owned(),
            _ => format!("nothing to write down: {recorded} recorded, as before\n"),
        };
    }
    let parts: Vec<String> = [(one.added, "added"), (one.paid_off, "paid off"), (one.moved, "moved")]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{} {what}", facts::counts::grouped(number)))
        .collect();
    let parts = if parts.is_empty() { "the same, written anew".to_owned() } else { parts.join(", ") };
    if one.after == 0 {
        return format!("nothing is recorded any more: {parts}; commit what was taken out\n");
    }
    let rules: Vec<String> = one
        .by_rule
        .iter()
        .map(|(rule, number)| format!("{} {}", plain(rule), facts::counts::grouped(*number)))
        .collect();
    format!(
        "recorded {recorded} in {DIRECTORY} ({}), {} before: {parts}; commit it\n{}",
        count(one.files, "file"),
        facts::counts::grouped(one.before),
        wrapped("by rule ", &rules)
    )
}
