//! The tool `owners`.

use faces::agent::{Answer, owners::Document};
use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    desk::{Desk, Refusal, notes},
    tool::{Tool, arguments, gives, takes},
};
use crate::commands::owners;

pub(super) const TOOL: Tool = Tool {
    name: "owners",
    title: "Who answers for a path",
    description: "Who answers for files or directories: declared owners with the rule and line that says so, the team that does most of the work, and whether the two agree. Ask before editing files you do not know, to learn who must review, or to find whom to ask.",
    takes: takes::<Question>,
    gives: Some(gives::<Document<'static>>),
    ask,
};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Question {
    /// Files, or directories for everything below them, relative to the repository's root.
    #[schemars(length(min = 1))]
    paths: Vec<String>,
    /// Show every rule that speaks of a path, in order, and what became of it.
    #[serde(default)]
    explain: bool,
}

fn ask(desk: &mut Desk, given: JsonObject) -> Result<Answer, Refusal> {
    let question: Question = arguments(given)?;
    if question.paths.is_empty() {
        let hint = Some("paths: [\"src/main.rs\"]; \".\" is everything".to_owned());
        return Err(Refusal { what: "no path was named".to_owned(), hint });
    }
    let known = desk.resident.known()?;
    let (paths, whole) = owners::meant(known, &question.paths, false)?;
    let answers = owners::answers(known, &paths, question.explain, false);
    Ok(faces::agent::owners::answer(&answers, whole, &notes(known)))
}
