//! `unsnarl explain`: the evidence behind an id, or the manual page of a measure.

use std::path::PathBuf;

use clap::Args;
use measures::{MEASURES, Method};

use super::{graph::Level, print};
use crate::{
    error::Error,
    picture::{self, Look, Years},
};

/// Arguments of `unsnarl explain`.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// A finding or coupling as the report names it, or a measure: independence, locality, coordination, approvals,
    /// coupling, boundaries, fan_out, interface_breadth, propagation_cost, cycles, ownership_clarity, knowledge,
    /// concentration [default: list all there is]
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
        // As the terminal and the page write it: "ownership clarity".
        let name = id.map(|id| id.replace([' ', '-'], "_"));
        if let Some(measure) = MEASURES.iter().find(|measure| name.as_deref() == Some(measure.name)) {
            return print(&faces::explain::manual(measure));
        }
        let mut known = picture::learn(&self.path, &self.look, Method::Decayed)?;
        known.read_code(&self.look, Years::Read);
        known.regroup(self.level);
        known.report(|report| {
            let Some(id) = id else { return print(&faces::explain::contents(report, &MEASURES)) };
            match faces::explain::render(report, id) {
                Some(text) => print(&text),
                None => Err(Error::UnknownId { id: id.to_owned() }),
            }
        })
    }
}
