//! What a change needs, for an agent that is about to make it.

use schemars::JsonSchema;
use serde::Serialize;

use super::{Answer, ending};
use crate::impact::{self, Impact};

/// Files of the change that are listed: whoever asked knows them.
const MOST_TOUCHED: usize = 50;

/// What a change needs. Probabilities are 0 to 1.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "impact")]
pub struct Document {
    /// As `unsnarl impact --format json`, whose schema is docs/impact.schema.json; of a large change the first files.
    #[serde(flatten)]
    impact: Impact,
    /// Files of the change that are not listed.
    truncated: u64,
}

/// What is said of it.
pub fn answer(mut impact: Impact, notes: &[String]) -> Answer {
    let truncated = impact.touched.len().saturating_sub(MOST_TOUCHED);
    let mut text = impact::text(&impact, true);
    impact.touched.truncate(MOST_TOUCHED);
    for part in impact.split.iter_mut().flatten() {
        part.files.truncate(MOST_TOUCHED);
    }
    ending(&mut text, notes, truncated as u64, "unsnarl impact --format json lists every file");
    Answer::new(text, &Document { impact, truncated: truncated as u64 })
}
