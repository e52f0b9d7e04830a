//! YAML of our own as JSON values: texts, lists and maps; every scalar is a text.

use saphyr_parser::{Event, Parser};
use serde_json::{Map, Value};

/// The one document of a text.
pub(crate) fn read(text: &str) -> Value {
    let mut open: Vec<Value> = Vec::new();
    let mut keys: Vec<Option<String>> = Vec::new();
    let mut whole = Value::Null;
    for event in Parser::new_from_str(text) {
        let closed = match event.expect("it is YAML").0 {
            Event::Scalar(text, ..) => Value::String(text.into_owned()),
            Event::SequenceStart(..) => {
                open.push(Value::Array(Vec::new()));
                keys.push(None);
                continue;
            }
            Event::MappingStart(..) => {
                open.push(Value::Object(Map::new()));
                keys.push(None);
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                keys.pop();
                open.pop().expect("what ends has begun")
            }
            Event::Alias(_) => panic!("none of ours has an alias"),
            _ => continue,
        };
        match (open.last_mut(), keys.last_mut()) {
            (Some(Value::Array(items)), _) => items.push(closed),
            (Some(Value::Object(entries)), Some(key)) => match key.take() {
                None => *key = Some(closed.as_str().expect("keys are texts").to_owned()),
                Some(name) => assert!(entries.insert(name, closed).is_none(), "a key stands twice"),
            },
            _ => whole = closed,
        }
    }
    whole
}
