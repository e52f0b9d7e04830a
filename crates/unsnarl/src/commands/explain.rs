//! `unsnarl explain`: the evidence behind an id, or the manual page of a measure.

use std::path::PathBuf;

use clap::Args;
use measures::{MEASURES, Method};

use super::print;
use crate::{
    error::Error,
    picture::{self, Look},
};

/// Arguments of `unsnarl explain`.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// A finding or coupling as the report names it, or a measure: independence, locality, coordination, coupling,
    /// ownership_clarity, knowledge, concentration
    id: String,
    /// A directory inside a git repository
    #[arg(short = 'C', long = "repo", value_name = "PATH", default_value = ".")]
    path: PathBuf,
    #[command(flatten)]
    look: Look,
}

impl Explain {
    pub(crate) fn run(self) -> Result<(), Error> {
        if let Some(measure) = MEASURES.iter().find(|measure| measure.name == self.id) {
            return print(&faces::explain::manual(measure));
        }
        let known = picture::learn(&self.path, &self.look, Method::Decayed)?;
        known.report(|report| match faces::explain::render(report, &self.id) {
            Some(text) => print(&text),
            None => Err(Error::UnknownId {
                id: self.id.clone(),
                known: faces::explain::ids(report).into_iter().map(|(id, _)| id).take(12).collect(),
            }),
        })
    }
}
