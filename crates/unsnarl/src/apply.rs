//! Moves written down in the work tree: a diff first, then the files, and a script for code that moves.

use std::{fmt::Write as _, path::Path};

use facts::moves::Move;
use sources::{
    apply::{self, Applied, Ground},
    tree,
};

use crate::{
    commands::{plural, print, unified, write},
    error::Error,
    picture::{self, Known, Look},
};

/// How far to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Show what would be written.
    Show,
    /// Show it, then write.
    Write,
}

/// Prints what moves change in the manifest and the ownership file, and writes it where that is wanted. The script that
/// moves code is printed, and written to `script` alone.
pub(crate) fn run(
    known: &Known,
    look: &Look,
    moves: &[Move],
    mode: Mode,
    script: Option<&Path>,
) -> Result<(), Error> {
    look.must_know_names()?;
    let base = known.tree();
    let ground = Ground {
        tree: &base,
        facts: &known.facts,
        structure: &known.structure,
        declared: &known.declared,
        only: picture::dialect(look.dialect())?,
    };
    let applied = apply::apply(&ground, moves).map_err(|refused| Error::Unwritten {
        why: refused.to_string(),
        undeclared: refused.number == 0 && known.structure.declared.is_none(),
    })?;
    let old = |path: &str| {
        let bytes = tree::read_through_links(&base, path.as_bytes()).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    if mode == Mode::Write {
        // Before anything is shown: what was edited since is not written over.
        let root = known.work_tree.as_ref().ok_or(Error::NoWorkTree)?;
        for path in applied.files.keys() {
            let place = root.join(path);
            if std::fs::read(&place).ok().as_deref() != Some(old(path).as_bytes()) {
                return Err(Error::Uncommitted { path: path.into() });
            }
        }
    }
    let mut shown = String::new();
    for (path, text) in &applied.files {
        shown.push_str(&unified(path, &old(path), text));
    }
    if let (Some(text), None) = (&applied.script, script) {
        let _ = write!(
            shown,
            "{}",
            text.lines().map(|line| faces::plain::plain(line) + "\n").collect::<String>()
        );
    }
    print(&shown)?;
    told(&applied, mode);
    if let Some(place) = script {
        match &applied.script {
            Some(text) => write(place, text)?,
            None => anstream::eprintln!("no code moves, so there is no script to write"),
        }
    }
    if mode == Mode::Write
        && let Some(root) = &known.work_tree
    {
        for (path, text) in &applied.files {
            write(&root.join(path), text)?;
        }
    }
    Ok(())
}

/// What was not written, and that the rest was read back; beside the diff, for that may go on to `git apply`.
fn told(applied: &Applied, mode: Mode) {
    for why in &applied.unsaid {
        anstream::eprintln!("not written: {}", faces::plain::plain(why));
    }
    let number = applied.files.len();
    let end = match (number, mode) {
        (0, _) => "nothing to write".to_owned(),
        (_, Mode::Show) => format!("{}; --apply writes", plural(number, "file")),
        (_, Mode::Write) => format!("{} written", plural(number, "file")),
    };
    anstream::eprintln!(
        "owners and modules of {} read back: {end}",
        plural(applied.checked as usize, "path")
    );
    if applied.script.is_some() {
        anstream::eprintln!(
            "code that moves is moved by a script alone, which is not run; --script FILE writes it"
        );
    }
}
