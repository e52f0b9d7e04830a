//! `$ref` of OpenAPI and JSON Schema, in JSON and YAML.

use super::{super::Lines, Place, host, if_there, reference};
use crate::{Language, Name, Scan};

pub(super) const JSON: Language = Language { name: "json", endings: &[".json"], descends: false, scan };
pub(super) const YAML: Language =
    Language { name: "yaml", endings: &[".yaml", ".yml"], descends: false, scan };

fn scan(_path: &str, text: &str) -> Scan {
    let lines = Lines::new(text);
    let found = text.match_indices("$ref").filter_map(|(at, key)| {
        let before = &text[..at];
        let line = before.rsplit('\n').next().unwrap_or(before);
        // A comment, or a longer word.
        if line.trim_start().starts_with('#') || before.ends_with(|c: char| c.is_alphanumeric()) {
            return None;
        }
        named(value(&text[at + key.len()..])?, lines.of(at))
    });
    Scan { names: found.collect(), ..Scan::default() }
}

/// The text behind `":` or `:`, quoted or up to the next white space.
fn value(behind: &str) -> Option<&str> {
    let behind = behind
        .trim_start_matches(['"', '\''])
        .trim_start_matches(' ')
        .strip_prefix(':')?
        .trim_start_matches(' ');
    match behind.chars().next()? {
        quote @ ('"' | '\'') => behind[1..].split([quote, '\n']).next(),
        _ => behind.split(|c: char| c.is_whitespace() || "},]".contains(c)).next(),
    }
}

fn named(value: &str, line: u32) -> Option<Name> {
    let path = value.split('#').next().filter(|path| !path.is_empty())?;
    if path.contains("://") {
        return Some(reference(value, line, &[(Place::Outside, host(path))]));
    }
    let relative = path.starts_with("./") || path.starts_with("../");
    let is_file = [".json", ".yaml", ".yml"].iter().any(|ending| path.ends_with(ending));
    let name = reference(value, line, &[(Place::Here, path)]);
    match (relative && is_file, is_file) {
        (true, _) => Some(name),
        // Without `./`, it may be the name of a schema.
        (_, true) => Some(if_there(name)),
        _ => None,
    }
}
