//! The paths of a `use`, one a name it brings.

use crate::lex::{Kind, Token};

/// `path as name`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Used {
    pub(super) path: String,
    /// The name it has here; `*` for all names.
    pub(super) name: String,
    pub(super) line: u32,
}

/// Nobody writes longer paths, and lists may nest.
const LONGEST: usize = 1_000;

/// What a `use` brings, from the token behind it on, and the token behind what was read.
pub(super) fn read(tokens: &[Token<'_>], mut at: usize) -> (Vec<Used>, usize) {
    let mut out = Vec::new();
    // The path so far, and how much of it stands in front of each open list.
    let mut path = String::new();
    let mut lists: Vec<usize> = Vec::new();
    let mut name: Option<&Token<'_>> = None;
    while let Some(token) = tokens.get(at) {
        at += 1;
        match (token.kind, token.text) {
            (Kind::Word, "as") => {
                name = tokens.get(at).filter(|alias| alias.is_word()).or(name);
                at += 1;
            }
            (Kind::Word, _) | (Kind::Mark, "*") => {
                if !path.is_empty() && !path.ends_with("::") {
                    path.push_str("::");
                }
                path.push_str(token.text);
                name = Some(token);
            }
            (Kind::Mark, ":") if path.is_empty() => path.push_str("::"),
            (Kind::Mark, ":") => {}
            (Kind::Mark, "{") => {
                lists.push(path.len());
                name = None;
            }
            (Kind::Mark, "," | "}" | ";") => {
                if let Some(name) = name.take().filter(|_| path.len() <= LONGEST) {
                    out.extend(used(&path, name));
                }
                path.truncate(lists.last().copied().unwrap_or_default());
                match token.text {
                    "}" if lists.pop().is_none() => return (out, at - 1),
                    "}" => path.truncate(lists.last().copied().unwrap_or_default()),
                    ";" => return (out, at),
                    _ => {}
                }
            }
            _ => return (out, at - 1),
        }
    }
    (out, at)
}

fn used(path: &str, name: &Token<'_>) -> Option<Used> {
    // `a::{self}` is `a`.
    let whole = path.strip_suffix("::self").unwrap_or(path);
    let name_here = if name.is("self") { whole.rsplit("::").next()? } else { name.text };
    let used = Used { path: whole.to_owned(), name: name_here.to_owned(), line: name.line };
    Some(used).filter(|used| !used.path.is_empty() && used.path != "::")
}
