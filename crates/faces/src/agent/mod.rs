//! Answers as a coding agent reads them: a short text, and the same as a document under a schema, one file a question.
//!
//! An agent reads what it is given, to the end, and pays for it: every answer is cut to what can be acted on, and says how
//! much was left out.

pub mod boundaries;
pub mod check;
pub mod explain;
pub mod hidden;
pub mod impact;
pub mod owners;

use serde::Serialize;
use serde_json::Value;

/// What is said to a question.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// In words; styled as on a terminal.
    pub text: String,
    /// The same for programs: an object.
    pub document: Value,
}

impl Answer {
    fn new(text: String, document: &impl Serialize) -> Self {
        let document = serde_json::to_value(document).expect("answers hold only what JSON can say");
        Self { text, document }
    }
}

/// A line for each note, then one for what was left out and how to ask for it.
fn ending(text: &mut String, notes: &[String], truncated: u64, narrower: &str) {
    for note in notes {
        text.push_str(&format!("note: {}\n", crate::plain::plain(note)));
    }
    if truncated > 0 {
        text.push_str(&format!("truncated: {} more; {narrower}\n", crate::numbers::count(truncated)));
    }
}
