//! A page: the evidence behind an id, or what a measure or a rule is.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Answer, ending};

/// Lines told; a page is shorter, a list of all ids may be longer.
const MOST_LINES: usize = 200;

/// A page.
#[derive(Serialize, JsonSchema)]
pub struct Document<'a> {
    /// What was asked for; null for the list of all there is to ask for.
    id: Option<&'a str>,
    /// The page, as `unsnarl explain` prints it.
    page: &'a str,
    /// Lines left out; 0 where none is.
    truncated: u64,
}

/// The page of an id, or the list of all ids.
pub fn answer(id: Option<&str>, page: &str) -> Answer {
    let lines = page.lines().count();
    let mut text: String = page.split_inclusive('\n').take(MOST_LINES).collect();
    let truncated = lines.saturating_sub(MOST_LINES) as u64;
    let shown = text.clone();
    ending(&mut text, &[], truncated, "ask for one id");
    Answer::new(text, &Document { id, page: &shown, truncated })
}
