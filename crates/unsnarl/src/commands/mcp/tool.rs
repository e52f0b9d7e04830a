//! What a tool is, and the one list of them.

use std::sync::Arc;

use faces::agent::Answer;
use rmcp::{
    handler::server::tool::{schema_for_input, schema_for_output},
    model::{CallToolResult, ContentBlock, JsonObject, Tool as Listed, ToolAnnotations},
};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    boundaries, check,
    desk::{Desk, Refusal},
    explain, hidden, impact, owners,
};

/// Every tool, in the order in which they are listed.
pub(super) const TOOLS: [&Tool; 6] =
    [&owners::TOOL, &impact::TOOL, &boundaries::TOOL, &hidden::TOOL, &check::TOOL, &explain::TOOL];

/// A question an agent can ask.
pub(super) struct Tool {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    /// What it answers and when to ask it.
    pub(super) description: &'static str,
    /// The schema of what it takes.
    pub(super) takes: fn() -> Arc<JsonObject>,
    /// The schema of what it gives; `None` where it is too large to be read by every agent, and stands in docs/.
    pub(super) gives: Option<fn() -> Arc<JsonObject>>,
    pub(super) ask: fn(&mut Desk, JsonObject) -> Result<Answer, Refusal>,
}

impl Tool {
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        TOOLS.into_iter().find(|tool| tool.name == name)
    }

    /// As the protocol lists it.
    pub(super) fn listed(&self) -> Listed {
        let about =
            ToolAnnotations::with_title(self.title).read_only(true).idempotent(true).open_world(false);
        let listed = Listed::new(self.name, self.description, (self.takes)()).with_title(self.title);
        let listed = match self.gives {
            Some(gives) => listed.with_raw_output_schema(gives()),
            None => listed,
        };
        listed.with_annotations(about)
    }
}

/// The schema of a tool's arguments.
pub(super) fn takes<T: JsonSchema + 'static>() -> Arc<JsonObject> {
    schema_for_input::<T>().expect("arguments are structs")
}

/// The schema of a tool's document.
pub(super) fn gives<T: JsonSchema + 'static>() -> Arc<JsonObject> {
    schema_for_output::<T>()
}

/// The arguments of a question, or what is wrong with them.
pub(super) fn arguments<T: DeserializeOwned>(given: JsonObject) -> Result<T, Refusal> {
    serde_json::from_value(Value::Object(given)).map_err(|error| Refusal {
        what: format!("failed to read the arguments: {}", faces::plain::cut(&error.to_string(), 300)),
        hint: Some("the tool's input schema lists them".to_owned()),
    })
}

/// An answer or a refusal as the protocol has it; a refusal is for the agent to read, and so no error of the protocol.
pub(super) fn result(answered: Result<Answer, Refusal>) -> CallToolResult {
    let text = |styled: &str| vec![ContentBlock::text(anstream::adapter::strip_str(styled).to_string())];
    match answered {
        Ok(answer) => {
            let mut result = CallToolResult::success(text(&answer.text));
            result.structured_content = Some(answer.document);
            result
        }
        Err(refusal) => CallToolResult::error(text(&refusal.to_string())),
    }
}
