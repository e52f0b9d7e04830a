//! `unsnarl backtest`: how well what unsnarl predicts came true, on the past of this repository.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use measures::Method;
use outlook::impact::backtest;

use super::{TextOrJson, print, redesign};
use crate::{
    change,
    error::Error,
    picture::{self, Look},
};

/// Arguments of `unsnarl backtest`.
#[derive(Debug, Args)]
pub(crate) struct BacktestCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Further files a change needs: half of each of the last changes is shown, the rest is to be found
    Impact(Impact),
    /// Moves proposed at a day of the past, the year after it, and what else could have been done
    Redesign(redesign::RedesignCommand),
}

#[derive(Debug, Args)]
struct Impact {
    /// A directory inside a git repository
    #[arg(default_value = ".")]
    path: PathBuf,
    /// How many changes are asked about, the latest that have two to thirty files
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    queries: u32,
    /// How to print it
    #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
    format: TextOrJson,
    #[command(flatten)]
    look: Look,
}

impl BacktestCommand {
    pub(crate) fn run(self) -> Result<(), Error> {
        let impact = match self.what {
            What::Impact(impact) => impact,
            What::Redesign(redesign) => return redesign.beside_others(),
        };
        let known = picture::learn(&impact.path, &impact.look, Method::Decayed)?;
        let lens = change::lens_of(&known);
        let backtest = backtest::backtest(&lens, impact.queries as usize);
        let name = &known.facts.repository.name;
        print(&match impact.format {
            TextOrJson::Text => faces::backtest::text(name, &backtest),
            TextOrJson::Json => faces::backtest::json(name, &backtest),
        })
    }
}
