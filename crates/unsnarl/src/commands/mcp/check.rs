//! The tool `check`.

use faces::agent::Answer;
use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    desk::{Desk, Refusal},
    tool::{Tool, arguments, takes},
};
use crate::commands::check::CheckCommand;

pub(super) const TOOL: Tool = Tool {
    name: "check",
    title: "Whether the structure holds",
    description: "What the work tree breaks of the rules in unsnarl.toml, read anew at each call: dependencies nobody decided on, private files used from outside, layers turned round, circles, ownership rules; each with file, line, the reason behind the rule and the smallest way out. Ask after editing and before you are done; with diff, what your change alone brings. Gives unsnarl.check/1, of its outcomes those that are new.",
    takes: takes::<Question>,
    gives: None,
    ask,
};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Question {
    /// Only what is new since this branch or commit was left, what is not committed among it; as `origin/main`.
    diff: Option<String>,
    /// What is staged, and only what is new in it since HEAD.
    #[serde(default)]
    staged: bool,
    /// Only what stands in this file or below this directory, relative to the repository's root.
    path: Option<String>,
}

fn ask(desk: &mut Desk, given: JsonObject) -> Result<Answer, Refusal> {
    let question: Question = arguments(given)?;
    if question.staged && question.diff.is_some() {
        return Err(Refusal {
            what: "staged and diff were both asked for, and a check has one base".to_owned(),
            hint: Some("staged compares with HEAD; diff with the commit where a branch was left".to_owned()),
        });
    }
    let Question { diff, staged, path } = question;
    let check = CheckCommand::asked(desk.path.clone(), desk.look.clone(), diff, staged, path);
    let answer = check.hold(|checked| Ok(faces::agent::check::answer(checked, &[])))?;
    // Neither a backtest nor an acceptance was asked for, which show themselves.
    answer.ok_or_else(Refusal::ours)
}
