//! The tool `explain`.

use faces::agent::{Answer, explain::Document};
use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    desk::{Desk, Refusal},
    tool::{Tool, arguments, gives, takes},
};
use crate::commands::explain;

pub(super) const TOOL: Tool = Tool {
    name: "explain",
    title: "The evidence behind an id",
    description: "The changes and files behind the id of a coupling, finding or proposed move that another tool gave; what a rule of check is for and the way out (as U101, undeclared-dependency, or its id in unsnarl.toml); or what a measure means and when it lies (as coupling). Without an id, everything there is to explain, findings first: a good way to begin.",
    takes: takes::<Question>,
    gives: Some(gives::<Document<'static>>),
    ask,
};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Question {
    /// An id as other tools give it, a rule's code or name, `rules`, or a measure's name; none lists all there is.
    id: Option<String>,
}

fn ask(desk: &mut Desk, given: JsonObject) -> Result<Answer, Refusal> {
    let Question { id } = arguments(given)?;
    let id = id.as_deref();
    let page = id.map(|id| explain::page(id, &desk.path, desk.look.as_of())).transpose()?.flatten();
    if page.is_none() && explain::opens_moves(id) {
        desk.resident.find_moves()?;
    }
    let page = match page {
        Some(page) => page,
        None => desk.resident.report(|_, report| explain::told(report, id))??,
    };
    Ok(faces::agent::explain::answer(id, &anstream::adapter::strip_str(&page).to_string()))
}
