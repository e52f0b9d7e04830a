//! Impact as a comment on a pull request: the same bytes for the same change.

use std::fmt::Write as _;

use super::{
    FileView, Impact,
    text::{nothing_missing, pace_line, part_line, rate_line, tie},
};
use crate::{
    check::markup::{code, escape},
    numbers::{percent, plural},
};

/// By this a job finds the comment it wrote before.
pub const MARKER: &str = "<!-- unsnarl impact -->";

/// Rows of a table; one nobody reads helps nobody.
const MOST: usize = 10;

/// The whole answer.
pub fn render(impact: &Impact) -> String {
    let needed = impact.teams.iter().filter(|team| team.needed).count();
    let head = match (impact.touched.is_empty(), needed) {
        (true, _) => "nothing differs".to_owned(),
        (_, 0) => "owners: none known".to_owned(),
        (_, needed) => format!("needs {}", plural(needed as u64, "team")),
    };
    let mut out = format!("{MARKER}\n### unsnarl impact: {} {head}\n", escape(&impact.asked));
    for note in &impact.notes {
        let _ = writeln!(out, "\nNote: {}.", escape(note));
    }
    teams(&mut out, impact);
    if !impact.boundaries.is_empty() {
        out.push_str("\n| boundary | kind | |\n|---|---|---|\n");
        for one in impact.boundaries.iter().take(MOST) {
            let pair = format!("{} ~ {}", code(&one.a), code(&one.b));
            let _ = writeln!(out, "| {pair} | {} | {} |", escape(&one.kind), escape(&tie(one)));
        }
    }
    if let Some(said) = nothing_missing(impact).filter(|_| !impact.touched.is_empty()) {
        let _ = writeln!(out, "\n{}.", escape(&said));
    }
    let head = format!("further files (missing from {} on)", percent(impact.said_from));
    table(&mut out, &head, impact.code());
    table(&mut out, "tests that go with it", impact.tests.iter());
    for decision in impact.decisions.iter().take(MOST) {
        let title = decision.title.as_ref().map_or(String::new(), |title| format!(": {}", escape(title)));
        let _ = writeln!(out, "\nBound by {}, for {}{title}.", code(&decision.rule), code(&decision.because));
    }
    for one in &impact.people {
        let names: Vec<String> = one.names.iter().map(|name| escape(name)).collect();
        let team = one.team.as_ref().map_or(String::new(), |team| format!(" of {}", code(team)));
        let _ = writeln!(out, "\nCan answer{team}: {}.", names.join(", "));
    }
    if let Some(pace) = &impact.lead_time {
        let _ = writeln!(out, "\n{}.", escape(&capital(&pace_line(pace))));
    }
    if let Some(parts) = &impact.split {
        out.push_str(
            "\nCould be parted, each part of one team; no file of one hangs on a file of another:\n\n",
        );
        for part in parts {
            let _ = writeln!(out, "- {}", escape(&part_line(part, MOST)));
        }
    } else if let Some(why) = &impact.split_note {
        let _ = writeln!(out, "\nCannot be parted by team: {}.", escape(why));
    }
    if let Some(rate) = &impact.hit_rate {
        let _ = writeln!(out, "\n<sub>{}.</sub>", escape(&capital(&rate_line(rate))));
    }
    out
}

fn teams(out: &mut String, impact: &Impact) {
    if impact.teams.is_empty() {
        return;
    }
    out.push_str("\n| team | | files | first | by |\n|---|---|---|---|---|\n");
    for team in impact.teams.iter().take(MOST) {
        let rule = team.rule.as_ref().map_or_else(|| escape(team.basis), |rule| code(rule));
        let role = if team.needed { "**needed**" } else { "touched" };
        let _ = writeln!(
            out,
            "| {} | {role} | {} | {} | {rule} |",
            code(&team.name),
            team.files,
            code(&team.path)
        );
    }
    if let Some(note) = &impact.teams_note {
        let _ = writeln!(out, "\n{}.", escape(&capital(note)));
    }
}

fn table<'a>(out: &mut String, head: &str, files: impl Iterator<Item = &'a FileView>) {
    for (at, file) in files.take(MOST).enumerate() {
        if at == 0 {
            let _ = writeln!(out, "\n| {head} | probability | because |\n|---|---|---|");
        }
        let because = match (file.because.first(), file.evidence) {
            (Some(change), _) => format!("{} {}", code(&change.commit), escape(&change.subject)),
            (None, evidence) => escape(evidence.unwrap_or("–")),
        };
        let _ = writeln!(out, "| {} | {} | {because} |", code(&file.path), percent(file.probability));
    }
}

fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or(String::new(), |first| first.to_uppercase().chain(rest).collect())
}
