//! `unsnarl coupling`: what changes together, and whether the code says why.

use std::path::PathBuf;

use clap::Args;
use measures::Method;

use super::{
    graph::{Format, Level},
    print,
};
use crate::{
    error::Error,
    picture::{self, Look, Years},
};

/// Arguments of `unsnarl coupling`.
#[derive(Debug, Args)]
pub(crate) struct Coupling {
    /// A directory inside a git repository
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Between what: files touched five times or more, modules, or what teams own
    #[arg(long, value_enum, default_value_t = Level::Module)]
    level: Level,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Up to how many names from file to file count as a dependency
    #[arg(long, value_name = "STEPS", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=16))]
    via: u32,
    #[command(flatten)]
    look: Look,
}

impl Coupling {
    pub(crate) fn run(self) -> Result<(), Error> {
        let mut known = picture::learn(&self.path, &self.look, Method::Decayed)?;
        known.read_code(&self.look, Years::Skip);
        known.via = self.via;
        known.regroup(self.level);
        let level = self.level.name();
        known.report(|report| {
            print(&match (self.format, self.format.notation()) {
                (_, Some(notation)) => faces::coupling::drawing(report, notation),
                (Format::Json, _) => faces::coupling::json(report, level),
                (Format::Csv, _) => faces::coupling::csv(report, level),
                _ => faces::coupling::text(report, level),
            })
        })
    }
}
