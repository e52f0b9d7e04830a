//! Hidden constraints: what must change along although no code says so, with the evidence.

use std::fmt::Write as _;

use measures::Coupling;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Answer, ending};
use crate::{Report, json, names, numbers, plain::cut};

/// Constraints told, each with its files and changes.
const MOST: usize = 10;
/// File pairs and changes in the text.
const MOST_IN_TEXT: usize = 3;

/// Pairs of modules that change together beyond chance although neither names the other.
#[derive(Serialize, JsonSchema)]
pub struct Document<'a> {
    /// The largest excess over chance first; those that are likely documentation last.
    hidden: Vec<json::Coupling>,
    /// Constraints left out; 0 where none is.
    truncated: u64,
    /// What the reader must know in order not to be misled.
    notes: &'a [String],
}

/// The couplings, which are hidden ones, in the order in which they are told.
pub fn answer(report: &Report<'_>, mut couplings: Vec<&Coupling>, notes: &[String]) -> Answer {
    couplings.sort_by_key(|one| one.is_documentation());
    let shown: Vec<&Coupling> = couplings.iter().copied().take(MOST).collect();
    let truncated = (couplings.len() - shown.len()) as u64;
    let mut text = match couplings.len() {
        0 => "no hidden constraint: what changes together beyond chance is connected by code\n".to_owned(),
        1 => "1 hidden constraint\n".to_owned(),
        many => format!("{} hidden constraints\n", numbers::count(many as u64)),
    };
    for one in &shown {
        block(report, one, &mut text);
    }
    ending(&mut text, notes, truncated, "name a module or a path to see those it is part of");
    let hidden = shown.into_iter().map(|one| json::coupling(report, one, "module")).collect();
    Answer::new(text, &Document { hidden, truncated, notes })
}

fn block(report: &Report<'_>, one: &Coupling, out: &mut String) {
    let pair = names::subject(report, &measures::Subject::ModulePair(one.a, one.b));
    let _ = write!(
        out,
        "{pair}: {} shared changes, {:.0} by chance, {} in the last year",
        numbers::count(one.shared),
        one.expected,
        numbers::count(one.recent_shared)
    );
    if let Some(cause) = one.causes.first() {
        let _ = write!(out, "; likely {}", cause.kind.name().replace('-', " "));
    }
    let _ = writeln!(out, "; {}", json::coupling_id(report, one));
    for pair in one.file_pairs.iter().take(MOST_IN_TEXT) {
        let (a, b) = (names::file(report, pair.a), names::file(report, pair.b));
        let _ = writeln!(out, "  {a} ~ {b}: {} changes", numbers::count(u64::from(pair.shared)));
    }
    let changes = &report.facts.changes;
    for id in one.changes.iter().take(MOST_IN_TEXT) {
        let at = id.index();
        let _ = writeln!(out, "  {} {}", changes.commit[at].short(), cut(changes.title(at), 80));
    }
}
