//! GraphQL: imports written as comments.

use super::{Place, reference};
use crate::{Language, Scan};

pub(super) const LANGUAGE: Language =
    Language { name: "graphql", endings: &[".graphql", ".gql", ".graphqls"], descends: false, scan };

fn scan(_path: &str, text: &str) -> Scan {
    let mut names = Vec::new();
    for (line, content) in (1..).zip(text.lines()) {
        let import = content.trim_start().strip_prefix('#').map(str::trim_start);
        let import = import.and_then(|comment| comment.strip_prefix("import "));
        // `"x"`, or `A, B from "x"`
        let Some((before, quoted)) = import.and_then(|import| import.split_once(['"', '\''])) else {
            continue;
        };
        let from = before.trim().is_empty() || before.trim_end().ends_with(" from");
        if let Some(file) = quoted.split(['"', '\'']).next().filter(|file| from && !file.is_empty()) {
            names.push(reference(file, line, &[(Place::Here, file)]));
        }
    }
    Scan { names, ..Scan::default() }
}
