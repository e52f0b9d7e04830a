//! Moves, as other programs read them and as a line of text.

use facts::moves::{Move, Part};
use schemars::JsonSchema;
use serde::Serialize;

use crate::plain::plain;

/// Files that a line names; of more, the number.
const MOST_FILES: usize = 3;

/// One move, as `unsnarl replay --with` reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Move")]
pub struct MoveRecord {
    /// `give`, `relocate`, `split`, `merge`, `interface` or `share`.
    pub kind: &'static str,
    /// The module that is given, shared, merged into another or gets an interface.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    /// The directory that is moved, with everything below.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
    /// The files that are moved; of `interface`, what outsiders may use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<Vec<String>>,
    /// Of `split`, the new module's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The team of `give`, `share` and `split`, the module of `relocate` and `merge`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

impl From<&Move> for MoveRecord {
    fn from(one: &Move) -> Self {
        let bare =
            Self { kind: one.kind(), module: None, directory: None, files: None, name: None, to: None };
        match one {
            Move::Give { part, team } | Move::Share { part, team } => {
                Self { to: Some(team.clone()), ..bare.of(part) }
            }
            Move::Relocate { part, module } => Self { to: Some(module.clone()), ..bare.of(part) },
            Move::Split { part, name, team } => {
                Self { name: Some(name.clone()), to: team.clone(), ..bare.of(part) }
            }
            Move::Merge { module, into } => {
                Self { module: Some(module.clone()), to: Some(into.clone()), ..bare }
            }
            Move::Interface { module, files } => {
                Self { module: Some(module.clone()), files: Some(files.clone()), ..bare }
            }
        }
    }
}

impl MoveRecord {
    /// A part by itself, of no move.
    pub(crate) fn of_part(part: &Part) -> serde_json::Value {
        match part {
            Part::Module(module) => serde_json::json!({ "module": module }),
            Part::Directory(directory) => serde_json::json!({ "directory": directory }),
            Part::Files(files) => serde_json::json!({ "files": files }),
        }
    }

    fn of(self, part: &Part) -> Self {
        match part.clone() {
            Part::Module(module) => Self { module: Some(module), ..self },
            Part::Directory(directory) => Self { directory: Some(directory), ..self },
            Part::Files(files) => Self { files: Some(files), ..self },
        }
    }
}

/// A move in one line, as somebody would ask for it.
pub fn line(one: &Move) -> String {
    let told = match one {
        Move::Give { part, team } => format!("give {} to {team}", named(part)),
        Move::Share { part, team } => format!("let {team} answer for {}, too", named(part)),
        Move::Relocate { part, module } => format!("move {} to {module}", named(part)),
        Move::Split { part, name, team: Some(team) } => {
            format!("make {} a module of its own, {name}, and give it to {team}", named(part))
        }
        Move::Split { part, name, team: None } => {
            format!("make {} a module of its own, {name}", named(part))
        }
        Move::Merge { module, into } => format!("merge {module} into {into}"),
        Move::Interface { module, files } if files.is_empty() => {
            format!("put an interface in front of {module}, where none is yet")
        }
        Move::Interface { module, files } => {
            format!("let others use nothing of {module} but {}", listed(files))
        }
    };
    plain(&told)
}

fn named(part: &Part) -> String {
    match part {
        Part::Module(name) => format!("the module {name}"),
        Part::Directory(path) => format!("{path}/"),
        Part::Files(paths) => listed(paths),
    }
}

/// `a, b, c and 4 more`.
fn listed(paths: &[String]) -> String {
    let shown = &paths[..paths.len().min(MOST_FILES)];
    match paths.len() - shown.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_move_is_a_line_and_a_record() {
        let pdf = || Part::Directory("billing/pdf".into());
        let files = |paths: &[&str]| Part::Files(paths.iter().map(|path| (*path).to_owned()).collect());
        let table = [
            (
                Move::Give { part: pdf(), team: "@shop/web".into() },
                "give billing/pdf/ to @shop/web",
                r#"{"kind":"give","directory":"billing/pdf","to":"@shop/web"}"#,
            ),
            (
                Move::Share { part: Part::Module("web".into()), team: "pay".into() },
                "let pay answer for the module web, too",
                r#"{"kind":"share","module":"web","to":"pay"}"#,
            ),
            (
                Move::Relocate { part: files(&["a", "b", "c", "d", "e"]), module: "web".into() },
                "move a, b, c and 2 more to web",
                r#"{"kind":"relocate","files":["a","b","c","d","e"],"to":"web"}"#,
            ),
            (
                Move::Split { part: pdf(), name: "pdf".into(), team: None },
                "make billing/pdf/ a module of its own, pdf",
                r#"{"kind":"split","directory":"billing/pdf","name":"pdf"}"#,
            ),
            (
                Move::Split { part: pdf(), name: "pdf".into(), team: Some("web".into()) },
                "make billing/pdf/ a module of its own, pdf, and give it to web",
                r#"{"kind":"split","directory":"billing/pdf","name":"pdf","to":"web"}"#,
            ),
            (
                Move::Merge { module: "a".into(), into: "b\u{1b}[2J".into() },
                "merge a into b[2J",
                "{\"kind\":\"merge\",\"module\":\"a\",\"to\":\"b\\u001b[2J\"}",
            ),
            (
                Move::Interface { module: "a".into(), files: vec!["a/api".into()] },
                "let others use nothing of a but a/api",
                r#"{"kind":"interface","module":"a","files":["a/api"]}"#,
            ),
            (
                Move::Interface { module: "a".into(), files: vec![] },
                "put an interface in front of a, where none is yet",
                r#"{"kind":"interface","module":"a","files":[]}"#,
            ),
        ];
        for (one, text, json) in table {
            assert_eq!(line(&one), text);
            let record = serde_json::to_string(&MoveRecord::from(&one)).expect("it is a record");
            assert_eq!(record, json);
        }
    }
}
