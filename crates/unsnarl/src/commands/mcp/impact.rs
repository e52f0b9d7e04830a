//! The tool `impact`.

use faces::agent::{Answer, impact::Document};
use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    desk::{Desk, Refusal, notes},
    tool::{Tool, arguments, gives, takes},
};
use crate::asked::Ask;

pub(super) const TOOL: Tool = Tool {
    name: "impact",
    title: "What a change needs, before it is made",
    description: "Of some files, a commit, a branch or what is staged: the teams that must approve, boundaries it crosses, further files and tests that usually go along (each with a probability and the past commits that say so), rules and decisions that bind it, people who can answer, its likely lead time, and whether it could be several changes of one team each. Ask with paths before you edit, and with diff or staged before you are done: a file from said_from on that you have not touched is likely forgotten; nothing_more of a diff, a rev or what is staged says that none is.",
    takes: takes::<Question>,
    gives: Some(gives::<Document>),
    ask,
};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Question {
    /// Files you mean to change or to add, or directories; relative to the repository's root.
    #[serde(default)]
    paths: Vec<String>,
    /// One commit, or a range as `main..feature`.
    rev: Option<String>,
    /// What differs since this branch or commit was left, what is not committed among it; as `origin/main`.
    diff: Option<String>,
    /// What is staged.
    #[serde(default)]
    staged: bool,
}

fn ask(desk: &mut Desk, given: JsonObject) -> Result<Answer, Refusal> {
    let Question { paths, rev, diff, staged } = arguments(given)?;
    let asked = [!paths.is_empty(), rev.is_some(), diff.is_some(), staged];
    if asked.iter().filter(|asked| **asked).count() != 1 {
        return Err(Refusal {
            what: "a question is about one of paths, rev, diff and staged".to_owned(),
            hint: Some(
                "name paths before you edit, diff (the branch it will be merged into) after".to_owned(),
            ),
        });
    }
    let ask = match (&diff, &rev) {
        (Some(base), _) => Ask::Diff(base),
        (None, Some(rev)) => Ask::Revision(rev),
        (None, None) if staged => Ask::Staged,
        (None, None) => Ask::Paths(&paths),
    };
    let (impact, notes) = desk.resident.impact(ask, notes)?;
    Ok(faces::agent::impact::answer(impact, &notes))
}
