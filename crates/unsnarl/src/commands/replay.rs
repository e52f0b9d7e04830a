//! `unsnarl replay`: another structure laid over the history there was.

use std::path::PathBuf;

use clap::Args;
use facts::moves::Move;
use measures::Method;
use outlook::replay;

use super::{TextOrJson, print};
use crate::{
    alternative::{self, Alternative},
    apply::{self, Mode},
    error::Error,
    picture::{self, Look},
};

/// Arguments of `unsnarl replay`.
#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// A directory inside a git repository
    #[arg(default_value = ".")]
    path: PathBuf,
    /// The other structure: a manifest (.toml), moves or proposals (.json), else an ownership file
    #[arg(long, value_name = "FILE")]
    with: PathBuf,
    /// Hold it against this structure instead of today's
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// Of proposals, the moves of this one alone; may be given several times
    #[arg(long, value_name = "ID")]
    proposal: Vec<String>,
    /// Show what the moves change in the manifest and the ownership file, and the script that moves code
    #[arg(long, conflicts_with_all = ["against", "format"])]
    diff: bool,
    /// The same, and write the files; code is never touched
    #[arg(long, conflicts_with_all = ["against", "format", "diff"])]
    apply: bool,
    /// Write the script that moves code; it is not run
    #[arg(long, value_name = "FILE", conflicts_with_all = ["against", "format"])]
    script: Option<PathBuf>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
    format: TextOrJson,
    #[command(flatten)]
    look: Look,
}

impl Replay {
    pub(crate) fn run(self) -> Result<(), Error> {
        if self.look.judges_then() {
            return Err(Error::Option {
                option: "--structure",
                value: "then".to_owned(),
                why: "a replay lays one structure over all of history; that of each change's time is what it replaces"
                    .to_owned(),
            });
        }
        let known = picture::learn(&self.path, &self.look, Method::Decayed)?;
        let before = match &self.against {
            Some(file) => Alternative::read(&known, &self.look, file, &[])?,
            None => Alternative::today(&known),
        };
        let after = Alternative::read(&known, &self.look, &self.with, &self.proposal)?;
        if let Some(mode) = self.mode() {
            if after.moves.is_empty() {
                return Err(Error::Option {
                    option: "--with",
                    value: self.with.display().to_string(),
                    why: "it is written down already; only moves (.json) are to be written".to_owned(),
                });
            }
            return apply::run(&known, &self.look, &after.moves, mode, self.script.as_deref());
        }
        let [first, second] = &alternative::lenses(&known, [&before, &after]);
        let replay = replay::replay(first, second);
        let moves: Vec<Move> = after.moves.iter().map(|one| known.names.of_move(one)).collect();
        let shown = faces::replay::Replayed {
            lenses: [first, second],
            names: [&before.what, &after.what],
            moves: &moves,
            notes: &[before.notes.as_slice(), after.notes.as_slice()].concat(),
            replay: &replay,
        };
        print(&match self.format {
            TextOrJson::Text => faces::replay::text(&shown),
            TextOrJson::Json => faces::replay::json(&shown),
        })
    }

    fn mode(&self) -> Option<Mode> {
        match (self.apply, self.diff || self.script.is_some()) {
            (true, _) => Some(Mode::Write),
            (false, true) => Some(Mode::Show),
            (false, false) => None,
        }
    }
}
