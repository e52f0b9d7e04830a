//! `unsnarl facts`: the tables, one to standard output or all into a directory.

use std::{
    io::{self, Write as _},
    path::PathBuf,
};

use clap::{Args, ValueEnum};
use measures::Method;
use sources::store::export;

use super::print;
use crate::{
    error::Error,
    picture::{self, Look, Years},
};

/// Arguments of `unsnarl facts`.
#[derive(Debug, Args)]
pub(crate) struct FactsCommand {
    /// Write every table, or the one named, into this directory
    directory: Option<PathBuf>,
    /// One table: changes, touches, files, people, participations, modules, teams, memberships, ownership,
    /// dependencies, events
    #[arg(long, value_name = "TABLE", value_parser = clap::builder::PossibleValuesParser::new(export::TABLES))]
    table: Option<String>,
    /// How to write it [default: csv to standard output, parquet into a directory]
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// A directory inside a git repository
    #[arg(short = 'C', long = "repo", value_name = "PATH", default_value = ".")]
    path: PathBuf,
    #[command(flatten)]
    look: Look,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Csv,
    Parquet,
}

impl Format {
    fn export(self) -> export::Format {
        match self {
            Self::Csv => export::Format::Csv,
            Self::Parquet => export::Format::Parquet,
        }
    }
}

impl FactsCommand {
    pub(crate) fn run(self) -> Result<(), Error> {
        let mut known = picture::learn(&self.path, &self.look, Method::Decayed)?;
        if self.look.hides_names() {
            known.facts.people.hide_names();
        }
        // Code is read for those who ask for what it says.
        if self.table.as_deref().map_or(self.directory.is_some(), |table| table == "dependencies") {
            known.read_code(&self.look, Years::Skip);
        }
        match (&self.directory, &self.table) {
            (Some(directory), table) => {
                let format = self.format.unwrap_or(Format::Parquet).export();
                let one: Vec<&str> = table.iter().map(String::as_str).collect();
                let tables = if one.is_empty() { &export::TABLES[..] } else { &one };
                export::directory(&known.facts, &known.structure, tables, format, directory)
                    .map(|_| ())
                    .map_err(|source| Error::Write { path: directory.clone(), source })
            }
            (None, Some(table)) => {
                let format = self.format.unwrap_or(Format::Csv).export();
                let mut out = io::BufWriter::new(io::stdout().lock());
                export::table(&known.facts, &known.structure, table, format, &mut out)
                    .and_then(|()| out.flush())
                    .map_err(Error::Stdout)
            }
            (None, None) => print(&summary(&known)),
        }
    }
}

/// What there is to ask for.
fn summary(known: &picture::Known) -> String {
    let facts = &known.facts;
    let structure = &known.structure;
    let reviews = &facts.reviews;
    let shown = |name: &str| match name {
        "ownership" | "dependencies" => false,
        "events" => reviews.is_some(),
        _ => true,
    };
    let rows = |name: &str| match name {
        "changes" => facts.changes.len(),
        "touches" => facts.touches.len(),
        "files" => facts.files.len(),
        "people" => facts.people.len(),
        "participations" => facts.participations.len(),
        "modules" => structure.modules.len(),
        "teams" => structure.teams.len(),
        "memberships" => structure.memberships.len(),
        "events" => reviews.iter().flat_map(|all| &all.requests).map(|request| request.events.len()).sum(),
        other => unreachable!("the table {other} has rows of its own"),
    };
    let mut out = String::from("table           rows\n");
    for name in export::TABLES.iter().filter(|name| shown(name)) {
        out.push_str(&format!("{name:<15} {}\n", rows(name)));
    }
    out.push_str("unsnarl facts --table NAME prints one, unsnarl facts DIR writes all\n");
    out
}
