//! Rules as people look them up: the page of one, the list of all, a manifest's own, and the published reference.

use std::fmt::Write as _;

use facts::manifest::Level;
use verdicts::{
    check::{may_be_exempted, may_be_recorded},
    rules::Rule,
};

use crate::{explain::wrapped, plain::plain};

/// A rule a manifest asks for.
pub struct Contract<'a> {
    /// Its id.
    pub id: &'a str,
    /// What it is called there: `[[rule]] of type forbidden`.
    pub kind: String,
    /// The file it is written in.
    pub file: &'a str,
    /// Its line.
    pub line: u32,
    /// The lines it is written in.
    pub written: String,
    /// Whether it fails a check.
    pub level: Level,
    /// Its reason, or the file that gives it.
    pub because: Option<&'a str>,
    /// What that file is called, where it is there and has a title.
    pub decision: Option<String>,
    /// The rules that hold it.
    pub held_by: Vec<&'static Rule>,
}

/// The page of a rule.
pub fn page(rule: &Rule) -> String {
    let mut out = wrapped(&format!("{} {}: {}", rule.code, rule.name, rule.holds)).replace("\n  ", "\n");
    out.drain(..2);
    let _ = write!(out, "\nWhy\n{}", wrapped(rule.why));
    let _ = write!(out, "\nExample\n{}", indented(rule.example));
    let _ = write!(out, "\nThe way out\n{}", wrapped(rule.way_out));
    let _ = write!(out, "\nWhen it lies, or says nothing\n{}", wrapped(rule.limits));
    out.push_str("\nWhere it cannot hold yet\n");
    for (what, how) in leave(rule) {
        let _ = write!(out, "  {what}\n{}", indented(&indented(&how)));
    }
    out
}

/// Every rule, in the order of their codes.
pub fn list(rules: &[&Rule]) -> String {
    let mut out = String::new();
    let mut group = "";
    for rule in rules {
        let here = group_of(rule);
        if here != group {
            let _ = writeln!(out, "{}{here}", if group.is_empty() { "" } else { "\n" });
            group = here;
        }
        let _ = write!(out, "  {} {}\n{}", rule.code, rule.name, indented(&wrapped(rule.holds)));
    }
    out.push_str("\nunsnarl explain CODE, or NAME, or the id of a rule of unsnarl.toml, opens its page\n");
    out
}

/// A rule of a manifest, as it is written there.
pub fn contract(contract: &Contract<'_>) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{}: {}, {}:{}",
        plain(contract.id),
        contract.kind,
        plain(contract.file),
        contract.line
    );
    let written: Vec<String> = contract.written.lines().map(plain).collect();
    let _ = write!(out, "\nAs it is written\n{}", indented(&written.join("\n")));
    if let Some(because) = contract.because {
        let because = plain(because);
        let reason = match &contract.decision {
            Some(title) => format!("{} ({because})", plain(title)),
            None => because,
        };
        let _ = write!(out, "\nBecause\n{}", wrapped(&reason));
    }
    if contract.level == Level::Warning {
        out.push_str("\nIt is told as a warning and fails nothing.\n");
    }
    for rule in &contract.held_by {
        let _ = write!(
            out,
            "\nHeld by {} {}\n{}",
            rule.code,
            rule.name,
            wrapped(&format!("{} {}", rule.holds, rule.way_out))
        );
    }
    let codes: Vec<&str> = contract.held_by.iter().map(|rule| rule.code).collect();
    if !codes.is_empty() {
        let _ = writeln!(out, "\nunsnarl explain {} has its page", codes.join(", or "));
    }
    out
}

/// The reference: every page, as Markdown.
pub fn reference(rules: &[&Rule]) -> String {
    let mut out = String::from(
        "# Rules\n\n\
         <!-- Written from the rules themselves: UNSNARL_UPDATE=1 cargo nextest run rules_page -->\n\n\
         What `unsnarl check` holds. `unsnarl explain U101` prints one of these pages, `unsnarl explain rules` lists \
         them; [the guide](../guide/check.md) says how to live with them.\n\n\
         Each says what may be done where it cannot hold yet: be **recorded** as debt (`unsnarl check --accept`), be \
         **exempt** case by case (`[[exemption]]`), be **told** and fail nothing (`[check] warn`), be **allowed** \
         (`[check] allow`).\n\n\
         | code | name | holds |\n|---|---|---|\n",
    );
    for rule in rules {
        let holds = rule.holds.replace('|', "\\|");
        let _ = writeln!(out, "| [{}](#{}) | {} | {holds} |", rule.code, anchor(rule), rule.name);
    }
    let mut group = "";
    for rule in rules {
        let here = group_of(rule);
        if here != group {
            let _ = write!(out, "\n## {here}\n");
            group = here;
        }
        let _ = write!(
            out,
            "\n### {} {}\n\n{}\n\n**Why.** {}\n\n```{}\n{}\n```\n\n**The way out.** {}\n\n\
             **When it lies, or says nothing.** {}\n\n",
            rule.code,
            rule.name,
            rule.holds,
            rule.why,
            language(rule.example),
            rule.example,
            rule.way_out,
            rule.limits
        );
        let _ = writeln!(out, "*May be {}.*", may_be(rule));
    }
    out
}

/// What there is to do about a rule that cannot hold yet: in words, and how.
fn leave(rule: &Rule) -> Vec<(&'static str, String)> {
    let mut ways = Vec::new();
    if may_be_recorded(rule) {
        ways.push(("record what is there today as debt", "unsnarl check --accept".to_owned()));
    }
    if may_be_exempted(rule) {
        ways.push((
            "exempt one case, with reason, owner and last day",
            format!(
                "[[exemption]]\nrule = \"{}\"\nfrom = \"FILE\"\nto = \"FILE\"\nreason = \"WHY\"\nowner = \"WHO\"\nexpires = YYYY-MM-DD",
                rule.code
            ),
        ));
    }
    ways.push(("tell it and fail nothing", format!("[check]\nwarn = [\"{}\"]", rule.name)));
    ways.push(("do not hold it", format!("[check]\nallow = [\"{}\"]", rule.name)));
    ways
}

/// What there is to do about a rule that cannot hold yet, in a word each.
fn may_be(rule: &Rule) -> &'static str {
    match (may_be_recorded(rule), may_be_exempted(rule)) {
        (true, true) => "recorded, exempt, told or allowed",
        (true, false) => "recorded, told or allowed",
        (false, true) => "exempt, told or allowed",
        (false, false) => "told or allowed",
    }
}

/// What a rule is about, by the first digit of its code.
fn group_of(rule: &Rule) -> &'static str {
    match rule.code.as_bytes().get(1) {
        Some(b'1') => "Dependencies",
        Some(b'2') => "Ownership",
        Some(b'3') => "The check itself",
        _ => "Change",
    }
}

fn anchor(rule: &Rule) -> String {
    format!("{}-{}", rule.code.to_lowercase(), rule.name)
}

/// How an example is written, as far as it matters for its colours.
fn language(example: &str) -> &'static str {
    if example.starts_with("[[") || (example.starts_with('[') && example.contains(" = ")) {
        "toml"
    } else {
        "text"
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("  {line}\n") }).collect()
}
