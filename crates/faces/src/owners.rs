//! Who answers for a path, as text and as JSON.

use std::fmt::Write as _;

use anstyle::Style;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    numbers,
    plain::{cut, plain},
};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// A rule, with where it stands.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RuleView {
    /// The ownership file.
    pub source: String,
    /// From 1.
    pub line: u32,
    /// The pattern as written.
    pub rule: String,
    /// Its owners.
    pub owners: Vec<String>,
    /// Its section, where the dialect has sections.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
}

/// One claim on a path: any of its owners satisfies it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ClaimView {
    /// The rule that decided it.
    #[serde(flatten)]
    pub rule: RuleView,
    /// How many of the owners must approve.
    pub approvals: u32,
    /// Whether a change waits for it.
    pub required: bool,
    /// A maintenance status as declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

/// A rule that speaks of a path, and what became of it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CandidateView {
    /// The rule.
    #[serde(flatten)]
    pub rule: RuleView,
    /// The dialect it is written in.
    pub dialect: &'static str,
    /// `decides`, `adds`, `overridden`, `excluded`, `stopped`, or `not asked` where an earlier source answered.
    pub fate: &'static str,
    /// The rule behind that fate, as `file:line`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// A team's part in something.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Part {
    /// The team.
    pub team: String,
    /// 0 to 1.
    pub share: f64,
}

/// The answer for one path.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Answer {
    /// As given, from the root.
    pub path: String,
    /// Every owner of every claim, those a change waits for first.
    pub owners: Vec<String>,
    /// `declared`; `unowned`, when a rule says that nobody owns it; `none`, when no rule speaks of it.
    pub kind: &'static str,
    /// The ownership file that decided.
    pub source: Option<String>,
    /// The line that decided, from 1.
    pub line: Option<u32>,
    /// The pattern that decided, as written.
    pub rule: Option<String>,
    /// Rules that also speak of the path and did not decide.
    pub overridden: Vec<RuleView>,
    /// The team that makes most of the recent changes to the path's module.
    pub steward: Option<String>,
    /// Whether the owners do the work of the module: `null` where that cannot be told.
    pub agrees: Option<bool>,
    /// Why: `agreed`, `contested` (none of the owners leads), `absent` (others do the work), `unknown` (nobody says who
    /// is in a team, or its members made no change) or `quiet` (under five changes in the last year).
    pub agreement: Option<&'static str>,
    /// The dialect that decided.
    pub dialect: Option<&'static str>,
    /// Every claim on the path, one a section where there are sections.
    pub claims: Vec<ClaimView>,
    /// The module the path belongs to.
    pub module: Option<String>,
    /// The steward's share of the module's changes of the last year.
    pub steward_share: Option<f64>,
    /// The share of the module's changes of the last year in which an owner had a hand.
    pub owner_share: Option<f64>,
    /// The module's changes in the last year.
    pub recent_changes: Option<u64>,
    /// Teams whose people know the file, by authorship that fades with a half-life of a year.
    pub knows: Vec<Part>,
    /// People who know it, by name, in alphabetical order; only when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people: Option<Vec<String>>,
    /// Whether the path is in the tree; `null` without a repository.
    pub exists: Option<bool>,
    /// Every rule that speaks of the path, in the order in which they are looked at; only when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub candidates: Option<Vec<CandidateView>>,
    /// What the reader should know besides.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// An array of answers, one object a path.
pub fn json(answers: &[Answer]) -> String {
    let mut out = String::from("[");
    for (at, answer) in answers.iter().enumerate() {
        out.push_str(if at == 0 { "\n" } else { ",\n" });
        out.push_str(&serde_json::to_string(answer).expect("answers hold only what JSON can say"));
    }
    out.push_str(if answers.is_empty() { "]\n" } else { "\n]\n" });
    out
}

/// Answers in full, one block a path.
pub fn text(answers: &[Answer]) -> String {
    let mut out = String::new();
    for (at, answer) in answers.iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        block(answer, &mut out);
    }
    out
}

/// Answers by what decided them: for a directory or many paths.
pub fn summary(answers: &[Answer]) -> String {
    let mut groups: std::collections::BTreeMap<(String, String), (u64, &Answer)> =
        std::collections::BTreeMap::new();
    for answer in answers {
        let key = (owners(&answer.owners, answer.kind), place(answer));
        groups.entry(key).or_insert((0, answer)).0 += 1;
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by(|a, b| b.1.0.cmp(&a.1.0).then_with(|| a.0.cmp(&b.0)));
    let width = groups.iter().map(|((owners, _), _)| owners.chars().count()).max().unwrap_or(0).clamp(6, 44);
    let mut out = String::new();
    let _ = writeln!(out, "{DIM}{:>8}  {:<width$}  decided by{DIM:#}", "files", "owners");
    for ((owners, place), (files, answer)) in groups {
        let example =
            if files == 1 { format!("  {DIM}{}{DIM:#}", plain(&answer.path)) } else { String::new() };
        let _ = writeln!(
            out,
            "{:>8}  {:<width$}  {}{example}",
            numbers::count(files),
            cut(&owners, width),
            plain(&place)
        );
    }
    notes(answers, &mut out);
    out
}

/// Each note once, with the paths it is about where it is not about all of them.
fn notes(answers: &[Answer], out: &mut String) {
    let mut notes: std::collections::BTreeMap<&str, Vec<&str>> = std::collections::BTreeMap::new();
    for answer in answers {
        if let Some(note) = &answer.note {
            notes.entry(note).or_default().push(&answer.path);
        }
    }
    for (note, paths) in notes {
        let named = paths.iter().take(3).copied().collect::<Vec<_>>().join(", ");
        let more = if paths.len() > 3 {
            format!(" and {} more", numbers::count(paths.len() as u64 - 3))
        } else {
            String::new()
        };
        let of = if paths.len() == answers.len() { String::new() } else { format!("{named}{more}: ") };
        let _ = writeln!(out, "  {DIM}note{DIM:#}      {}", plain(&format!("{of}{note}")));
    }
}

fn owners(names: &[String], kind: &str) -> String {
    match kind {
        "unowned" => "nobody, by rule".to_owned(),
        "none" => "nobody".to_owned(),
        _ => plain(&names.join(", ")),
    }
}

fn place(answer: &Answer) -> String {
    match (&answer.source, answer.line, &answer.rule) {
        (Some(source), Some(line), Some(rule)) => format!("{source}:{line}  {rule}"),
        _ => "no rule".to_owned(),
    }
}

fn block(answer: &Answer, out: &mut String) {
    let _ = writeln!(out, "{BOLD}{}{BOLD:#}", plain(&answer.path));
    let mut line = |name: &str, text: String| {
        let _ = writeln!(out, "  {DIM}{name:<9}{DIM:#} {text}");
    };
    line("owner", owners(&answer.owners, answer.kind));
    line("by", plain(&place(answer)));
    if answer.claims.len() > 1 {
        for claim in &answer.claims {
            let needs = match (claim.required, claim.approvals) {
                (false, _) => "optional".to_owned(),
                (true, 1) => "required".to_owned(),
                (true, approvals) => format!("{approvals} approvals"),
            };
            let section = claim.rule.section.as_deref().unwrap_or("(no section)");
            line(
                "claim",
                plain(&format!(
                    "{section}: {}  ({needs}, line {})",
                    claim.rule.owners.join(", "),
                    claim.rule.line
                )),
            );
        }
    }
    if let Some(status) = answer.claims.first().and_then(|claim| claim.status.as_ref()) {
        line("status", plain(status));
    }
    match &answer.candidates {
        Some(candidates) => {
            for one in candidates {
                let by = one.by.as_ref().map_or(String::new(), |by| format!(" by {by}"));
                let owners =
                    if one.rule.owners.is_empty() { "nobody".to_owned() } else { one.rule.owners.join(", ") };
                line(
                    "rule",
                    plain(&format!(
                        "{}:{}  {}  {owners}  ({}{by})",
                        one.rule.source, one.rule.line, one.rule.rule, one.fate
                    )),
                );
            }
        }
        None => {
            for one in answer.overridden.iter().take(3) {
                line(
                    "overrides",
                    plain(&format!("{}:{}  {}  {}", one.source, one.line, one.rule, one.owners.join(", "))),
                );
            }
            if answer.overridden.len() > 3 {
                line("", format!("and {} more (--explain)", answer.overridden.len() - 3));
            }
        }
    }
    if let (Some(steward), Some(share), Some(changes), Some(module)) =
        (&answer.steward, answer.steward_share, answer.recent_changes, &answer.module)
    {
        let of = format!(
            "{} of {} changes to {} in the last year",
            numbers::percent(share),
            numbers::count(changes),
            plain(module)
        );
        line("steward", format!("{}  {DIM}{of}{DIM:#}", plain(steward)));
    }
    if answer.kind == "declared" {
        let share = answer
            .owner_share
            .map_or(String::new(), |share| format!("; the owner had a hand in {}", numbers::percent(share)));
        let module = answer.module.as_deref().unwrap_or_default();
        let agrees = match answer.agreement {
            Some("agreed") => Some(format!("yes{share}")),
            Some("absent") => Some(format!("no, others do the work{share}")),
            Some("contested") => Some(format!("no, nobody leads{share}")),
            Some("quiet") => {
                Some(format!("cannot be told: {module} had fewer than five changes in the last year"))
            }
            Some(_) => Some(
                "cannot be told: nothing says who is in these teams (--teams CSV, or [[team]] members)"
                    .to_owned(),
            ),
            None => None,
        };
        if let Some(agrees) = agrees {
            line("agrees", plain(&agrees));
        }
    }
    if !answer.knows.is_empty() {
        let teams: Vec<String> = answer
            .knows
            .iter()
            .take(4)
            .map(|part| format!("{} {}", plain(&part.team), numbers::percent(part.share)))
            .collect();
        line("knows it", teams.join(", "));
    }
    if let Some(people) = answer.people.as_ref().filter(|people| !people.is_empty()) {
        line("people", plain(&people.join(", ")));
    }
    if let Some(note) = &answer.note {
        line("note", plain(note));
    }
}
