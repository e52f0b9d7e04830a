//! The JSON Schema of a manifest, for editors (Taplo, Even Better TOML) and other tools.

use serde_json::{Map, Value, json};

use super::keys::{self, Key, Shape};

/// The schema of `unsnarl.toml`, draft 2020-12.
pub fn schema() -> Value {
    let mut schema = object(keys::ROOT);
    let head = schema.as_object_mut().expect("a table's schema is an object");
    head.insert("$schema".into(), json!("https://json-schema.org/draft/2020-12/schema"));
    head.insert("$id".into(), json!("https://github.com/unsnarl/unsnarl/docs/manifest.schema.json"));
    head.insert("title".into(), json!("unsnarl.toml"));
    schema
}

fn object(keys: &[Key]) -> Value {
    let properties: Map<String, Value> = keys
        .iter()
        .map(|key| {
            let mut value = shape(key.shape);
            value["description"] = json!(key.about);
            if key.name == "version" {
                value["const"] = json!(1);
            }
            (key.name.to_owned(), value)
        })
        .collect();
    let required: Vec<&str> = keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    json!({"type": "object", "additionalProperties": false, "properties": properties, "required": required})
}

fn shape(shape_of: Shape) -> Value {
    match shape_of {
        Shape::Name => json!({"type": "string", "minLength": 1}),
        Shape::Choice(choices) => json!({"type": "string", "enum": choices}),
        Shape::Number => json!({"type": "integer", "minimum": 0}),
        Shape::Days => json!({"type": "string", "pattern": "^[0-9]+d$"}),
        Shape::Share => json!({"type": "number", "minimum": 0, "maximum": 1}),
        Shape::Choices(choices) => json!({"type": "array", "items": {"type": "string", "enum": choices}}),
        Shape::Boolean => json!({"type": "boolean"}),
        Shape::Date => json!({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}),
        Shape::Texts | Shape::Globs => json!({"type": "array", "items": {"type": "string"}}),
        Shape::Table(keys) => object(keys),
        Shape::Tables(keys) => json!({"type": "array", "items": object(keys)}),
        Shape::NamesOrTables(keys) => {
            json!({"type": "array", "items": {"anyOf": [{"type": "string", "minLength": 1}, object(keys)]}})
        }
    }
}
