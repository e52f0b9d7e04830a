//! Moves as a file says them: `{"moves": [...]}`, or a whole answer of `unsnarl redesign --format json`.
//!
//! ```json
//! {"moves": [
//!   {"kind": "give", "directory": "billing/pdf", "to": "@shop/web"},
//!   {"kind": "relocate", "files": ["web/money.py"], "to": "billing"},
//!   {"kind": "split", "directory": "billing/tax", "name": "tax", "to": "@shop/tax"},
//!   {"kind": "merge", "module": "pricing", "to": "billing"},
//!   {"kind": "interface", "module": "billing", "files": ["billing/api.py"]},
//!   {"kind": "share", "module": "common", "to": "@shop/web"}
//! ]}
//! ```

use facts::moves::{Move, Part};
use serde_json::{Map, Value};

use crate::manifest::suggest;

/// Larger files are not read.
const LIMIT_BYTES: usize = 16 << 20;
/// More moves are no plan anybody could review.
const MOST_MOVES: usize = 10_000;
/// Longer names and paths are none.
const LONGEST_NAME: usize = 4096;

/// Why moves could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{what}", at(place))]
pub struct PatchError {
    /// `moves[3].files`; empty for the file as a whole.
    pub place: String,
    /// In one sentence.
    pub what: String,
    /// What to write instead, where that can be told.
    pub hint: Option<String>,
}

fn at(place: &str) -> String {
    if place.is_empty() { String::new() } else { format!("{place}: ") }
}

fn wrong<T>(place: &str, what: impl Into<String>, hint: Option<String>) -> Result<T, PatchError> {
    Err(PatchError { place: place.to_owned(), what: what.into(), hint })
}

/// The moves of a file, in the order in which they are to be made.
///
/// Of an answer with proposals those of `proposals`, in the order of the answer; all of them where none is named.
pub fn read(bytes: &[u8], proposals: &[String]) -> Result<Vec<Move>, PatchError> {
    if bytes.len() > LIMIT_BYTES {
        return wrong("", format!("it is larger than {} MiB", LIMIT_BYTES >> 20), None);
    }
    // Nesting is limited by the parser.
    let value: Value = match serde_json::from_slice(bytes) {
        Ok(value) => value,
        Err(error) => return wrong("", format!("it is not JSON: {error}"), None),
    };
    let Value::Object(document) = &value else {
        return wrong(
            "",
            format!("expected an object, not {}", said(&value)),
            Some(r#"{"moves": [...]}"#.into()),
        );
    };
    let moves = match (document.get("moves"), document.get("proposals")) {
        (Some(_), Some(_)) => return wrong("", "it holds both `moves` and `proposals`", None),
        (Some(moves), None) => {
            unknown_keys("", document, &["moves", "schema", "$schema"])?;
            if let Some(asked) = proposals.first() {
                return wrong("", format!("there is no proposal `{asked}`: it holds moves alone"), None);
            }
            list("moves", moves)?
        }
        (None, Some(answer)) => of_proposals(answer, proposals)?,
        (None, None) => {
            return wrong("", "it holds neither `moves` nor `proposals`", Some(r#"{"moves": [...]}"#.into()));
        }
    };
    if moves.is_empty() {
        let why = if document.contains_key("proposals") { "it proposes no move" } else { "it holds no move" };
        return wrong("", why, None);
    }
    Ok(moves)
}

/// The moves of an answer's proposals. What else an answer holds is let alone: it was not written by hand.
fn of_proposals(answer: &Value, asked: &[String]) -> Result<Vec<Move>, PatchError> {
    let mut ids: Vec<&str> = Vec::new();
    let mut moves = Vec::new();
    for (at, proposal) in array("proposals", answer)?.iter().enumerate() {
        let place = format!("proposals[{at}]");
        let Value::Object(proposal) = proposal else {
            return wrong(&place, format!("expected an object, not {}", said(proposal)), None);
        };
        let id = text(&place, proposal, "id")?;
        ids.push(id);
        if !asked.is_empty() && !asked.iter().any(|own| own == id) {
            continue;
        }
        let Some(own) = proposal.get("moves") else { return wrong(&place, "it lacks `moves`", None) };
        moves.extend(list(&format!("{place}.moves"), own)?);
        enough(&place, moves.len())?;
    }
    match asked.iter().find(|id| !ids.contains(&id.as_str())) {
        None => Ok(moves),
        Some(id) => {
            let near = suggest(id, ids.iter().copied());
            wrong(
                "",
                format!("there is no proposal `{id}`"),
                near.map(|near| format!("did you mean `{near}`?")),
            )
        }
    }
}

fn list(place: &str, value: &Value) -> Result<Vec<Move>, PatchError> {
    let values = array(place, value)?;
    enough(place, values.len())?;
    values.iter().enumerate().map(|(at, one)| one_move(&format!("{place}[{at}]"), one)).collect()
}

fn enough(place: &str, moves: usize) -> Result<(), PatchError> {
    if moves > MOST_MOVES {
        return wrong(place, format!("there are more than {MOST_MOVES} moves"), None);
    }
    Ok(())
}

fn one_move(place: &str, value: &Value) -> Result<Move, PatchError> {
    let Value::Object(written) = value else {
        return wrong(place, format!("expected an object, not {}", said(value)), None);
    };
    let kind = text(place, written, "kind")?;
    let keys = |keys: &[&str]| unknown_keys(place, written, keys);
    let owned = |key: &str| text(place, written, key).map(str::to_owned);
    match kind {
        "give" | "share" => {
            keys(&["kind", "module", "directory", "files", "to"])?;
            let (part, team) = (part(place, written, true)?, owned("to")?);
            Ok(if kind == "give" { Move::Give { part, team } } else { Move::Share { part, team } })
        }
        "relocate" => {
            keys(&["kind", "directory", "files", "to"])?;
            Ok(Move::Relocate { part: part(place, written, false)?, module: owned("to")? })
        }
        "split" => {
            keys(&["kind", "directory", "files", "name", "to"])?;
            let team = written.contains_key("to").then(|| owned("to")).transpose()?;
            Ok(Move::Split { part: part(place, written, false)?, name: owned("name")?, team })
        }
        "merge" => {
            keys(&["kind", "module", "to"])?;
            Ok(Move::Merge { module: owned("module")?, into: owned("to")? })
        }
        "interface" => {
            keys(&["kind", "module", "files"])?;
            let Some(listed) = written.get("files") else { return wrong(place, "it lacks `files`", None) };
            Ok(Move::Interface { module: owned("module")?, files: files(place, listed)? })
        }
        _ => {
            let kinds = ["give", "relocate", "split", "merge", "interface", "share"];
            let hint = match suggest(kind, kinds) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known kinds are {}", kinds.join(", ")),
            };
            wrong(place, format!("there is no move of kind `{kind}`"), Some(hint))
        }
    }
}

/// What is moved: exactly one of a module (where one may be), a directory and files.
fn part(place: &str, written: &Map<String, Value>, or_module: bool) -> Result<Part, PatchError> {
    let may: &[&str] = if or_module { &["module", "directory", "files"] } else { &["directory", "files"] };
    let given: Vec<&str> = may.iter().copied().filter(|key| written.contains_key(*key)).collect();
    match given.as_slice() {
        [] => wrong(place, format!("it says nothing to move: one of `{}`", may.join("`, `")), None),
        ["module"] => Ok(Part::Module(text(place, written, "module")?.to_owned())),
        ["directory"] => {
            let at = format!("{place}.directory");
            let directory = path(&at, text(place, written, "directory")?)?;
            if directory.is_empty() {
                return wrong(&at, "the root is no directory to move", None);
            }
            Ok(Part::Directory(directory))
        }
        ["files"] => match files(place, &written["files"])? {
            none if none.is_empty() => wrong(&format!("{place}.files"), "it names no file", None),
            some => Ok(Part::Files(some)),
        },
        several => wrong(place, format!("it holds both `{}` and `{}`", several[0], several[1]), None),
    }
}

fn files(place: &str, value: &Value) -> Result<Vec<String>, PatchError> {
    let place = format!("{place}.files");
    let values = array(&place, value)?;
    let mut paths = Vec::with_capacity(values.len());
    for (at, one) in values.iter().enumerate() {
        let place = format!("{place}[{at}]");
        let Value::String(written) = one else {
            return wrong(&place, format!("expected a path, not {}", said(one)), None);
        };
        let own = path(&place, name(&place, written)?)?;
        if own.is_empty() || written.ends_with('/') {
            return wrong(
                &place,
                format!("`{written}` is a directory"),
                Some("\"directory\" names one".into()),
            );
        }
        paths.push(own);
    }
    Ok(paths)
}

/// A path from the root, without slashes at its ends.
fn path(place: &str, written: &str) -> Result<String, PatchError> {
    let bare = written.trim_matches('/');
    let bare = bare.strip_prefix("./").unwrap_or(bare);
    let bare = if bare == "." { "" } else { bare };
    if bare.split('/').any(|part| matches!(part, "." | "..")) || bare.contains("//") {
        let hint = "paths are written from the root of the repository";
        return wrong(place, format!("`{written}` is no path of a repository"), Some(hint.into()));
    }
    Ok(bare.to_owned())
}

fn text<'a>(place: &str, written: &'a Map<String, Value>, key: &str) -> Result<&'a str, PatchError> {
    match written.get(key) {
        None => wrong(place, format!("it lacks `{key}`"), None),
        Some(Value::String(text)) => name(&format!("{place}.{key}"), text),
        Some(other) => wrong(&format!("{place}.{key}"), format!("expected text, not {}", said(other)), None),
    }
}

/// A name or path that could be one: some text on one line.
fn name<'a>(place: &str, text: &'a str) -> Result<&'a str, PatchError> {
    if text.trim().is_empty() {
        return wrong(place, "it is empty", None);
    }
    if text.len() > LONGEST_NAME {
        return wrong(place, format!("it is longer than {LONGEST_NAME} bytes"), None);
    }
    if text.contains('\0') {
        return wrong(place, "it holds a zero byte", None);
    }
    Ok(text)
}

fn array<'a>(place: &str, value: &'a Value) -> Result<&'a [Value], PatchError> {
    match value {
        Value::Array(values) => Ok(values),
        other => wrong(place, format!("expected a list, not {}", said(other)), None),
    }
}

fn unknown_keys(place: &str, written: &Map<String, Value>, known: &[&str]) -> Result<(), PatchError> {
    match written.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => {
            let hint = match suggest(key, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known keys are {}", known.join(", ")),
            };
            wrong(place, format!("unknown key `{key}`"), Some(hint))
        }
    }
}

fn said(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn moves(text: &str) -> Result<Vec<Move>, String> {
        read(text.as_bytes(), &[]).map_err(|error| error.to_string())
    }

    fn one(text: &str) -> Result<Move, String> {
        moves(&format!(r#"{{"moves": [{text}]}}"#)).map(|mut moves| moves.remove(0))
    }

    #[test]
    fn every_kind_is_read() {
        let pdf = || Part::Directory("billing/pdf".into());
        let table = [
            (
                r#"{"kind": "give", "directory": "/billing/pdf/", "to": "@shop/web"}"#,
                Move::Give { part: pdf(), team: "@shop/web".into() },
            ),
            (
                r#"{"kind": "give", "module": "web", "to": "pay"}"#,
                Move::Give { part: Part::Module("web".into()), team: "pay".into() },
            ),
            (
                r#"{"kind": "relocate", "files": ["./web/a", "b"], "to": "billing"}"#,
                Move::Relocate {
                    part: Part::Files(vec!["web/a".into(), "b".into()]),
                    module: "billing".into(),
                },
            ),
            (
                r#"{"kind": "split", "directory": "billing/pdf", "name": "pdf"}"#,
                Move::Split { part: pdf(), name: "pdf".into(), team: None },
            ),
            (
                r#"{"kind": "split", "directory": "billing/pdf", "name": "pdf", "to": "web"}"#,
                Move::Split { part: pdf(), name: "pdf".into(), team: Some("web".into()) },
            ),
            (
                r#"{"kind": "merge", "module": "a", "to": "b"}"#,
                Move::Merge { module: "a".into(), into: "b".into() },
            ),
            (
                r#"{"kind": "interface", "module": "a", "files": ["a/api"]}"#,
                Move::Interface { module: "a".into(), files: vec!["a/api".into()] },
            ),
            (
                r#"{"kind": "interface", "module": "a", "files": []}"#,
                Move::Interface { module: "a".into(), files: vec![] },
            ),
            (
                r#"{"kind": "share", "module": "a", "to": "b"}"#,
                Move::Share { part: Part::Module("a".into()), team: "b".into() },
            ),
        ];
        for (text, expected) in table {
            assert_eq!(one(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn mistakes_say_where() {
        let table = [
            (
                r#"{"kind": "give", "module": "a", "files": ["b"], "to": "c"}"#,
                "moves[0]: it holds both `module` and `files`",
            ),
            (
                r#"{"kind": "give", "to": "c"}"#,
                "moves[0]: it says nothing to move: one of `module`, `directory`, `files`",
            ),
            (r#"{"kind": "give", "module": "a"}"#, "moves[0]: it lacks `to`"),
            (r#"{"kind": "give", "module": "a", "to": 7}"#, "moves[0].to: expected text, not a number"),
            (r#"{"kind": "give", "module": "a", "team": "b"}"#, "moves[0]: unknown key `team`"),
            (r#"{"kind": "relocate", "module": "a", "to": "b"}"#, "moves[0]: unknown key `module`"),
            (
                r#"{"kind": "relocate", "files": ["a", 1], "to": "b"}"#,
                "moves[0].files[1]: expected a path, not a number",
            ),
            (r#"{"kind": "relocate", "files": ["a/"], "to": "b"}"#, "moves[0].files[0]: `a/` is a directory"),
            (r#"{"kind": "relocate", "files": [], "to": "b"}"#, "moves[0].files: it names no file"),
            (
                r#"{"kind": "give", "directory": "a/../b", "to": "b"}"#,
                "moves[0].directory: `a/../b` is no path of a repository",
            ),
            (
                r#"{"kind": "give", "directory": "/", "to": "b"}"#,
                "moves[0].directory: the root is no directory to move",
            ),
            (r#"{"kind": "merge", "module": " ", "to": "b"}"#, "moves[0].module: it is empty"),
            (r#"{"kind": "giv", "module": "a", "to": "b"}"#, "moves[0]: there is no move of kind `giv`"),
            (r#"{"module": "a", "to": "b"}"#, "moves[0]: it lacks `kind`"),
            ("[]", "moves[0]: expected an object, not a list"),
        ];
        for (text, expected) in table {
            assert_eq!(one(text), Err(expected.to_owned()), "{text}");
        }
        let whole = [
            ("[]", "expected an object, not a list"),
            ("{}", "it holds neither `moves` nor `proposals`"),
            (r#"{"moves": []}"#, "it holds no move"),
            (r#"{"moves": {}}"#, "moves: expected a list, not an object"),
            (r#"{"moves": [], "proposals": []}"#, "it holds both `moves` and `proposals`"),
            (r#"{"moves": [], "teams": []}"#, "unknown key `teams`"),
            ("{\"moves\": [}", "it is not JSON: expected value at line 1 column 12"),
        ];
        for (text, expected) in whole {
            assert_eq!(moves(text), Err(expected.to_owned()), "{text}");
        }
        let deep = "[".repeat(100_000);
        assert!(moves(&deep).unwrap_err().starts_with("it is not JSON: recursion limit exceeded"));
        let many = vec![r#"{"kind": "merge", "module": "a", "to": "b"}"#; MOST_MOVES + 1].join(",");
        assert_eq!(one(&many), Err("moves: there are more than 10000 moves".to_owned()));
        let large = " ".repeat(LIMIT_BYTES + 1);
        assert_eq!(moves(&large), Err("it is larger than 16 MiB".to_owned()));
        let hint = read(br#"{"moves": [{"kind": "splitt"}]}"#, &[]).unwrap_err().hint;
        assert_eq!(hint.as_deref(), Some("did you mean `split`?"));
    }

    #[test]
    fn proposals_are_taken_in_order_or_by_their_ids() {
        let answer = br#"{"schema": "unsnarl.redesign/1", "score": 1, "proposals": [
            {"id": "give-a", "gain": 2, "moves": [{"kind": "give", "module": "a", "to": "x"}]},
            {"id": "merge-b", "moves": [{"kind": "merge", "module": "b", "to": "a"}]}]}"#;
        let kinds = |ids: &[&str]| {
            let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
            let moves = read(answer, &ids).map_err(|error| (error.to_string(), error.hint))?;
            Ok::<_, (String, Option<String>)>(moves.iter().map(Move::kind).collect::<Vec<_>>())
        };
        assert_eq!(kinds(&[]), Ok(vec!["give", "merge"]));
        assert_eq!(kinds(&["merge-b"]), Ok(vec!["merge"]));
        assert_eq!(kinds(&["merge-b", "give-a"]), Ok(vec!["give", "merge"]));
        let unknown =
            ("there is no proposal `merge-a`".to_owned(), Some("did you mean `merge-b`?".to_owned()));
        assert_eq!(kinds(&["merge-a"]), Err(unknown));
        let alone = read(br#"{"moves": []}"#, &["x".to_owned()]).unwrap_err();
        assert_eq!(alone.to_string(), "there is no proposal `x`: it holds moves alone");
        let nested = br#"{"proposals": [{"id": "a", "moves": [{"kind": "merge", "module": "b"}]}]}"#;
        assert_eq!(read(nested, &[]).unwrap_err().to_string(), "proposals[0].moves[0]: it lacks `to`");
    }

    fn json() -> impl Strategy<Value = Value> {
        let key = prop_oneof![
            Just("moves"),
            Just("proposals"),
            Just("id"),
            Just("kind"),
            Just("module"),
            Just("directory"),
            Just("files"),
            Just("name"),
            Just("to"),
            Just("x")
        ];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "give|relocate|split|merge|interface|share|[./a]{0,6}|.{0,4}".prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 60, 6, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::vec((key.clone(), inner), 0..6).prop_map(|pairs| {
                    Value::Object(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn whatever_is_read_it_does_not_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), value in json(), ids in prop::collection::vec(".{0,3}", 0..2)) {
            let _ = read(&bytes, &ids);
            let _ = read(value.to_string().as_bytes(), &ids);
            let _ = read(serde_json::json!({"moves": [value.clone()]}).to_string().as_bytes(), &[]);
            if let Ok(moves) = read(serde_json::json!({"moves": value}).to_string().as_bytes(), &[]) {
                prop_assert!(!moves.is_empty());
            }
        }
    }
}
