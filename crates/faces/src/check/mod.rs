//! A check, as people and machines read it: one file a format.

pub mod backtest;
pub mod editor;
mod github;
mod gitlab;
pub mod json;
mod junit;
mod markdown;
pub(crate) mod markup;
mod place;
mod rdjson;
mod sarif;
mod summary;
mod text;

use facts::Manifest;
use verdicts::{check::Check, rules::Violation};

pub use editor::render as editor;
pub use github::render as github;
pub use gitlab::render as gitlab;
pub use junit::render as junit;
pub use markdown::{MARKER, comment, render as markdown};
pub use place::Columns;
pub use rdjson::render as rdjson;
pub use sarif::render as sarif;
pub use text::{Accepted, accepted, render as text};

use crate::plain::plain;

/// A check with everything its faces show.
pub struct Checked<'a> {
    /// The repository's name.
    pub repository: &'a str,
    /// What was found.
    pub check: &'a Check,
    /// What is declared.
    pub manifest: &'a Manifest,
    /// What was looked at.
    pub scope: Scope,
    /// A line of a file as it stands, where it is text.
    pub line: &'a dyn Fn(&str, u32) -> Option<String>,
    /// What was left out, and why, in sentences.
    pub notes: &'a [String],
    /// The version of unsnarl.
    pub version: &'static str,
}

/// What a check looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The whole tree.
    Tree,
    /// What a change brings.
    Change {
        /// The base as it was asked for.
        base: String,
        /// The commit compared with, shortened.
        commit: String,
        /// Files that differ.
        files: u64,
    },
    /// One file, as it was given.
    File(String),
}

/// The name of a violation's rule, with the contract of the manifest that asks for it.
fn rule_of(violation: &Violation) -> String {
    match &violation.contract {
        Some(contract) => format!("{} ({})", violation.rule.name, plain(contract)),
        None => violation.rule.name.to_owned(),
    }
}

/// Who owns the other side, in a few words.
fn other_side(violation: &Violation) -> Option<String> {
    let owned = violation.other_side.as_ref()?;
    let owners: Vec<String> = owned.owners.iter().map(|owner| plain(owner)).collect();
    let owners = match owners.as_slice() {
        [] => return None,
        [first, second, third, rest @ ..] if !rest.is_empty() => {
            format!("{first}, {second}, {third} or {} more", rest.len())
        }
        some => some.join(" or "),
    };
    Some(format!("{owners} ({}:{})", plain(&owned.by.0), owned.by.1))
}

/// `1 file`, `1,200 files`.
fn count(number: u64, thing: &str) -> String {
    format!("{} {thing}{}", facts::counts::grouped(number), if number == 1 { "" } else { "s" })
}
