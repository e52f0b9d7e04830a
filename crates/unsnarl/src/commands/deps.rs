//! `unsnarl deps`: which file names which, and so which module depends on which.

use std::path::PathBuf;

use clap::Args;
use faces::deps::Graph;
use measures::Method;

use super::{
    graph::{Format, Level},
    print,
};
use crate::{
    error::Error,
    picture::{self, Look, Years},
};

/// Arguments of `unsnarl deps`.
#[derive(Debug, Args)]
pub(crate) struct Deps {
    /// A directory inside a git repository
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Between what: files as they name each other, modules, or the teams that own them
    #[arg(long, value_enum, default_value_t = Level::Module)]
    level: Level,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    look: Look,
}

impl Deps {
    pub(crate) fn run(self) -> Result<(), Error> {
        let mut known = picture::learn(&self.path, &self.look, Method::Decayed)?;
        known.read_code(&self.look, Years::Skip);
        let level = match self.level {
            Level::File => faces::deps::Level::File,
            Level::Module => faces::deps::Level::Module,
            Level::Team => faces::deps::Level::Team,
        };
        let graph = Graph::new(&known.facts, &known.structure, level);
        print(&match (self.format, self.format.notation()) {
            (_, Some(notation)) => faces::deps::drawing(&graph, notation),
            (Format::Json, _) => faces::deps::json(&graph),
            (Format::Csv, _) => faces::deps::csv(&graph),
            _ => faces::deps::text(&graph),
        })
    }
}
