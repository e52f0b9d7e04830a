//! Moves written down: the manifest and the ownership file as they would say them, and a script for code that moves.
//!
//! ```text
//!              a manifest names owners        CODEOWNERS names them          no manifest
//! give, share  `owner`, or a new [[module]]   the line, or one that wins     —
//! relocate     `paths`                        `paths`, and lines             a script of `git mv`
//! split        a new [[module]]               the same, and lines            lines where a team is named
//! merge        `paths` joined, references     the same, and lines            lines
//! interface    `interface`                    the same                       —
//! ```
//!
//! Everything else of a file stays byte for byte. What was written is read back: every living file has the owners and
//! the module that [`facts::moves`] gives it, or nothing is written and the reason is told.

mod back;
mod codeowners;
mod manifest;
mod pen;
mod script;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use facts::{Facts, Structure, moves::Move};

use self::pen::Pen;
use crate::{ownership::Dialect, structure::Declared, tree::Tree};

/// What moves are written over.
pub struct Ground<'a> {
    /// The tree whose files are edited.
    pub tree: &'a dyn Tree,
    /// The history.
    pub facts: &'a Facts,
    /// The structure as it stands.
    pub structure: &'a Structure,
    /// What it was read from.
    pub declared: &'a Declared,
    /// The one dialect ownership is read from, where that was asked.
    pub only: Option<Dialect>,
}

/// Moves as files say them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// New contents by path.
    pub files: BTreeMap<String, String>,
    /// A shell script that moves code; for review, never run.
    pub script: Option<String>,
    /// What no file here can say, in a sentence each.
    pub unsaid: Vec<String>,
    /// Living files whose owners and module were read back and are right.
    pub checked: u64,
}

/// Why nothing is written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{why}", at(*.number))]
pub struct Refused {
    /// Of the move, from 1; 0 for all of them.
    pub number: usize,
    /// In one sentence.
    pub why: String,
}

fn at(number: usize) -> String {
    if number == 0 { String::new() } else { format!("move {number}: ") }
}

/// Writes moves down, one after another.
pub fn apply(ground: &Ground<'_>, moves: &[Move]) -> Result<Applied, Refused> {
    let mut pen = Pen::new(ground)?;
    for (at, one) in moves.iter().enumerate() {
        pen.number = at + 1;
        pen.write(one)?;
    }
    pen.finish()
}

/// Everything below a directory, or one file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Whole {
    path: String,
    is_directory: bool,
}

impl Whole {
    /// As a pattern of a manifest.
    fn glob(&self) -> String {
        if self.is_directory { format!("{}/**", self.path) } else { self.path.clone() }
    }
}
