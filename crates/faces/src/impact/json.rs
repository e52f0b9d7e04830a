//! Impact for other programs: `unsnarl.impact/1`. Fields are only ever added within a version.

use schemars::JsonSchema;
use serde::Serialize;

use super::Impact;
use crate::document::written;

/// The version of the contract.
const SCHEMA: &str = "unsnarl.impact/1";

/// What a change needs, before it is made.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "unsnarl impact")]
struct Document<'a> {
    /// Always `unsnarl.impact/1`.
    schema: &'static str,
    #[serde(flatten)]
    impact: &'a Impact,
}

/// One object with a final newline.
pub fn render(impact: &Impact) -> String {
    written(&Document { schema: SCHEMA, impact })
}

/// The JSON Schema of the document, as committed in docs/.
pub fn schema() -> String {
    written(&schemars::schema_for!(Document<'_>))
}
