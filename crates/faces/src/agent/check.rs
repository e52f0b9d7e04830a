//! A check: what is broken, where, and the smallest way out.

use super::{Answer, ending};
use crate::check::{Checked, json, text};

/// New violations told; what fails comes first.
const MOST: usize = 20;

/// `notes` are those beside the check's own.
pub fn answer(checked: &Checked<'_>, notes: &[String]) -> Answer {
    let (document, truncated) = json::actionable(checked, MOST);
    let mut said = text(checked, false);
    ending(&mut said, notes, truncated, "name a path, or ask about a change alone with diff");
    Answer { text: said, document }
}
