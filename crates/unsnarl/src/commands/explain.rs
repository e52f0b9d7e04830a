//! `unsnarl explain`: the evidence behind an id, or the manual page of a measure or a rule.

use std::path::{Path, PathBuf};

use clap::Args;
use measures::{IN_DEPTH, MEASURES, Method};
use sources::{
    git::{self, Checkout, Side},
    manifest,
};
use verdicts::rules;

use super::{graph::Level, print};
use crate::{
    contract,
    error::Error,
    picture::{self, Look, Years},
};

/// What the ids of proposals begin with.
const MOVE: &str = "move-";

/// Arguments of `unsnarl explain`.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// A finding, coupling or proposed move as the report names it; a rule by its code, name or id in unsnarl.toml, or `rules` for a
    /// list of them; or a measure: independence, locality, coordination, approvals, handoffs, rework, process_load, coupling,
    /// boundaries, fan_out, interface_breadth, propagation_cost, cycles, ownership_clarity, knowledge, concentration, lead_time, price, drift, capacity, compare
    /// [default: list all there is]
    id: Option<String>,
    /// A directory inside a git repository
    #[arg(short = 'C', long = "repo", value_name = "PATH", default_value = ".")]
    path: PathBuf,
    /// Of what level a coupling is, as `unsnarl coupling --level` printed it
    #[arg(long, value_enum, default_value_t = Level::Module)]
    level: Level,
    #[command(flatten)]
    look: Look,
}

impl Explain {
    pub(crate) fn run(self) -> Result<(), Error> {
        let id = self.id.as_deref();
        let page = id.map(|id| page(id, &self.path, self.look.as_of())).transpose()?.flatten();
        if let Some(page) = page {
            return print(&page);
        }
        let mut known = picture::learn(&self.path, &self.look, Method::Decayed)?;
        known.read_code(&self.look, Years::Read);
        if opens_moves(id) {
            known.find_moves(&self.look);
        }
        known.regroup(self.level);
        known.report(|report| print(&told(report, id)?))
    }
}

/// Whether proposed moves are asked about: one of them, or all there is.
pub(crate) fn opens_moves(id: Option<&str>) -> bool {
    id.is_none_or(|id| id.starts_with(MOVE))
}

/// The page of a measure or a rule, for which no history is read; `None` where the id is neither.
pub(crate) fn page(id: &str, path: &Path, as_of: Option<&str>) -> Result<Option<String>, Error> {
    // As the terminal and the page write it: "ownership clarity".
    let name = id.replace([' ', '-'], "_");
    match MEASURES.iter().chain(&IN_DEPTH).find(|measure| name == measure.name) {
        Some(measure) => Ok(Some(faces::explain::manual(measure))),
        None => rule(id, path, as_of),
    }
}

/// The evidence behind the id of a finding or a coupling; without an id, all there is to ask for.
pub(crate) fn told(report: &faces::Report<'_>, id: Option<&str>) -> Result<String, Error> {
    match id {
        None => Ok(faces::explain::contents(report, &[&MEASURES[..], &IN_DEPTH].concat())),
        Some(id) => faces::explain::render(report, id).ok_or_else(|| unknown(id)),
    }
}

/// The page of a rule: of all, or of the repository's manifest. Neither reads history.
fn rule(id: &str, path: &Path, as_of: Option<&str>) -> Result<Option<String>, Error> {
    if id == "rules" {
        return Ok(Some(faces::rules::list(&rules::all())));
    }
    let name = id.replace([' ', '_'], "-");
    if let Some(rule) = rules::named(id).or_else(|| rules::named(&name)) {
        return Ok(Some(faces::rules::page(rule)));
    }
    let source = match git::open(path, as_of) {
        Ok(source) => source,
        // What looks like a rule is told as one that is none, wherever it is asked for.
        Err(_) if is_code(id) || near(id).is_some() => return Err(unknown(id)),
        Err(error) => return Err(error.into()),
    };
    let side = if as_of.is_some() { Side::Commit(source.head()) } else { Side::WorkTree };
    let checkout = Checkout::read(&source, side);
    let read = manifest::read(&checkout);
    match contract::of(&read.manifest, &checkout, id) {
        Some(contract) => Ok(Some(faces::rules::contract(&contract))),
        None if is_code(id) => Err(unknown(id)),
        None => Ok(None),
    }
}

/// Whether it is written as the code of a rule, so that no history need be asked for it.
fn is_code(id: &str) -> bool {
    id.strip_prefix(['U', 'u'])
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The rule or measure a word is most like.
fn near(id: &str) -> Option<&'static str> {
    let measures = MEASURES.iter().chain(&IN_DEPTH).map(|measure| measure.name);
    manifest::suggest(id, rules::all().into_iter().map(|rule| rule.name).chain(measures))
}

fn unknown(id: &str) -> Error {
    Error::UnknownId { id: id.to_owned(), near: near(id) }
}
