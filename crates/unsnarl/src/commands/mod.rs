//! The commands, one file each.

mod audit;
mod backtest;
mod capacity;
mod check;
mod compare;
mod coupling;
mod deps;
mod drift;
mod events;
mod explain;
mod facts;
mod flow;
pub(crate) mod graph;
mod impact;
mod init;
mod lsp;
mod manifest;
mod mcp;
mod owners;
mod redesign;
mod replay;
mod report;
mod serve;
mod simulate;

use std::{
    io::{self, Write as _},
    path::Path,
};

use clap::{Subcommand, ValueEnum};

use crate::error::Error;

/// What unsnarl can do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The whole picture: how change moves through a repository
    Report(report::Report),
    /// What changes together, and whether the code says why: hidden constraints, leaky interfaces
    Coupling(coupling::Coupling),
    /// The fact tables, for DuckDB, Polars, Spark or a spreadsheet
    Facts(facts::FactsCommand),
    /// Hold the structure in place: rules on dependencies, ownership and change; exit 1 where something is broken
    Check(check::CheckCommand),
    /// What depends on what: imports of source code, between files, modules or teams
    Deps(deps::Deps),
    /// How long changes take, and what one more team costs
    Flow(flow::Flow),
    /// What moves, since when, and how surely
    Drift(drift::Drift),
    /// What more people bring, month by month
    Capacity(capacity::Capacity),
    /// What changes would take with other approvals, people, teams or load, simulated
    Simulate(simulate::Simulate),
    /// Who was asked to review what, and when they answered, from a forge; everything works without
    Events(events::EventsCommand),
    /// Write unsnarl.toml from what the repository shows
    Init(init::Init),
    /// Look after unsnarl.toml: validate, fmt, show, schema, emit
    Manifest(manifest::ManifestCommand),
    /// Who answers for a path: declared owner, rule and line, steward, who knows it
    Owners(owners::Owners),
    /// What a change needs before it is made: teams, further files, tests, boundaries, people, time, a split
    Impact(impact::ImpactCommand),
    /// Lay another structure over history: which changes would have needed other teams
    Replay(replay::Replay),
    /// A language server: owners and usual partners of the open file, broken rules while typing
    Lsp(lsp::Lsp),
    /// Few moves that would undo the knot, each judged by a year it has not seen
    Redesign(redesign::RedesignCommand),
    /// How well what unsnarl predicts came true, on the past of this repository
    Backtest(backtest::BacktestCommand),
    /// The evidence behind a finding, or what a measure means
    Explain(explain::Explain),
    /// The page of the report, live, on this machine alone
    Serve(serve::Serve),
    /// The same answers as tools of a coding agent: an MCP server over standard input and output
    Mcp(mcp::Mcp),
}

impl Command {
    pub(crate) fn run(self) -> Result<(), Error> {
        match self {
            Self::Report(command) => command.run(),
            Self::Coupling(command) => command.run(),
            Self::Facts(command) => command.run(),
            Self::Check(command) => command.run(),
            Self::Deps(command) => command.run(),
            Self::Drift(command) => command.run(),
            Self::Capacity(command) => command.run(),
            Self::Flow(command) => command.run(),
            Self::Simulate(command) => command.run(),
            Self::Events(command) => command.run(),
            Self::Init(command) => command.run(),
            Self::Manifest(command) => command.run(),
            Self::Owners(command) => command.run(),
            Self::Impact(command) => command.run(),
            Self::Replay(command) => command.run(),
            Self::Lsp(command) => command.run(),
            Self::Redesign(command) => command.run(),
            Self::Backtest(command) => command.run(),
            Self::Explain(command) => command.run(),
            Self::Serve(command) => command.run(),
            Self::Mcp(command) => command.run(),
        }
    }
}

/// How an answer is printed that is for people and for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TextOrJson {
    Text,
    Json,
}

/// Prints an answer; styles are taken out where nobody sees them.
pub(crate) fn print(text: &str) -> Result<(), Error> {
    let mut out = anstream::AutoStream::auto(io::stdout().lock());
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Error::Stdout)
}

/// Two columns of a CSV file by their names, each row with its line; the header may hold others.
fn numbers(file: &Path, columns: [&str; 2]) -> Result<Vec<(u64, [String; 2])>, Error> {
    let fail = |why: String| Error::Read { path: file.to_owned(), why };
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .flexible(true)
        .from_path(file)
        .map_err(|error| fail(error.to_string()))?;
    let header = reader.headers().map_err(|error| fail(error.to_string()))?.clone();
    let place = |name: &str| {
        let at = header.iter().position(|column| column.eq_ignore_ascii_case(name));
        at.ok_or_else(|| {
            fail(format!(
                "it has no column `{name}`; the first line names them: {},{}",
                columns[0], columns[1]
            ))
        })
    };
    let places = [place(columns[0])?, place(columns[1])?];
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| fail(error.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        if record.len() > header.len() {
            let (own, named) = (record.len(), header.len());
            let why = format!(
                "line {line}: {own} cells under {named} columns; a decimal is written 1.5, or quoted"
            );
            return Err(fail(why));
        }
        rows.push((line, places.map(|at| record.get(at).unwrap_or_default().to_owned())));
    }
    Ok(rows)
}

/// `1 module`, `12 modules`.
pub(crate) fn plural(number: usize, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

/// What differs between two texts of a file, as `git diff` shows it; a text that is not there is empty.
pub(crate) fn unified(path: &str, old: &str, new: &str) -> String {
    if old == new {
        return String::new();
    }
    let side = |letter: char, text: &str| {
        if text.is_empty() { "/dev/null".to_owned() } else { format!("{letter}/{path}") }
    };
    let diff = similar::TextDiff::from_lines(old, new);
    let unified = diff.unified_diff().context_radius(3).header(&side('a', old), &side('b', new)).to_string();
    let shown: Vec<String> = unified.lines().map(faces::plain::plain).collect();
    format!("{}\n", shown.join("\n"))
}

/// Writes a file whole or not at all.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), Error> {
    let fail = |source| Error::Write { path: path.to_owned(), source };
    let name = path
        .file_name()
        .ok_or_else(|| fail(io::Error::new(io::ErrorKind::InvalidInput, "it names no file")))?;
    let temporary = path.with_file_name(format!(".{}.{}", name.to_string_lossy(), std::process::id()));
    let written = std::fs::write(&temporary, text).and_then(|()| std::fs::rename(&temporary, path));
    if written.is_err() {
        let _ = std::fs::remove_file(&temporary);
    }
    written.map_err(fail)
}
