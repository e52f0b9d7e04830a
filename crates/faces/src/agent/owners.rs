//! Who answers for paths.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Answer, ending};
use crate::owners::{self, Answer as OfPath};

/// Paths told one by one.
const MOST: usize = 40;
/// Paths told in full in the text; more are grouped by what decided them.
const MOST_IN_FULL: usize = 10;

/// Who answers for each path.
#[derive(Serialize, JsonSchema)]
pub struct Document<'a> {
    /// One object a path, as `unsnarl owners --format json` gives it.
    answers: &'a [OfPath],
    /// Paths left out; 0 where none is.
    truncated: u64,
    /// What the reader must know in order not to be misled.
    notes: &'a [String],
}

/// `whole` says whether each path was asked for by itself.
pub fn answer(answers: &[OfPath], whole: bool, notes: &[String]) -> Answer {
    let shown = &answers[..answers.len().min(MOST)];
    let truncated = (answers.len() - shown.len()) as u64;
    let mut text =
        if whole && answers.len() <= MOST_IN_FULL { owners::text(answers) } else { owners::summary(answers) };
    ending(
        &mut text,
        notes,
        truncated,
        "the text counts them all; ask for fewer paths, or a directory further down",
    );
    Answer::new(text, &Document { answers: shown, truncated, notes })
}
