//! The tool `hidden_constraints`.

use faces::agent::{Answer, hidden::Document};
use measures::{Coupling, CouplingKind};
use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    desk::{Desk, Refusal, modules, notes},
    tool::{Tool, arguments, gives, takes},
};

pub(super) const TOOL: Tool = Tool {
    name: "hidden_constraints",
    title: "What must change along although no code says so",
    description: "Modules that keep changing together far beyond chance although neither names the other, with the file pairs that carry it, the latest such changes and the likely cause (copied code, a schema, configuration, a test elsewhere). Ask when you have decided which files to change: what compilers and imports do not tell you to change along is here.",
    takes: takes::<Question>,
    gives: Some(gives::<Document<'static>>),
    ask,
};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Question {
    /// Those of this module alone, by its name as `owners` gives it.
    module: Option<String>,
    /// Those of the module this file lies in, or of those below this directory; relative to the repository's root.
    path: Option<String>,
}

fn ask(desk: &mut Desk, given: JsonObject) -> Result<Answer, Refusal> {
    let question: Question = arguments(given)?;
    desk.resident.report(|known, report| {
        let about = modules(known, question.module.as_deref(), question.path.as_ref())?;
        let meant = |one: &&Coupling| {
            one.kind == CouplingKind::Hidden
                && about.as_ref().is_none_or(|about| about.contains(&one.a) || about.contains(&one.b))
        };
        let couplings = report.picture.couplings.iter().filter(meant).collect();
        Ok(faces::agent::hidden::answer(report, couplings, &notes(known)))
    })?
}
