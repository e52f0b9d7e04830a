//! `unsnarl redesign`: few moves that would undo the knot, each judged by a year it has not seen.

use std::path::PathBuf;

use clap::Args;
use measures::Method;
use outlook::redesign::{self, Options};

use super::{TextOrJson, print};
use crate::{
    error::Error,
    picture::{self, Look},
    redesign::Standing,
};

/// Arguments of `unsnarl redesign`.
#[derive(Debug, Args)]
pub(crate) struct RedesignCommand {
    /// A directory inside a git repository
    #[arg(default_value = ".")]
    path: PathBuf,
    /// Hide everything from this day on, structure included, from what proposes; the year after it judges
    /// [default: a year before the last change, on today's structure]
    #[arg(long, value_name = "DATE")]
    cut: Option<String>,
    /// Moves proposed at most
    #[arg(long, value_name = "N", default_value_t = crate::redesign::MOST as u32, value_parser = clap::value_parser!(u32).range(1..=50))]
    most: u32,
    /// Decides every random draw
    #[arg(long, value_name = "N", default_value_t = crate::redesign::SEED)]
    seed: u64,
    /// How to print it
    #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
    format: TextOrJson,
    #[command(flatten)]
    look: Look,
}

impl RedesignCommand {
    pub(crate) fn run(self) -> Result<(), Error> {
        self.answer(|ground, options, shown| {
            let redesign = redesign::redesign(ground, options);
            shown(&redesign, None)
        })
    }

    /// The same beside other ways to the same amount of change.
    pub(crate) fn beside_others(self) -> Result<(), Error> {
        self.answer(|ground, options, shown| {
            let (redesign, others) = redesign::baselines(ground, options);
            shown(&redesign, Some(&others))
        })
    }

    fn answer(
        self,
        find: impl FnOnce(
            &redesign::Ground<'_>,
            Options,
            &dyn Fn(&redesign::Redesign, Option<&[redesign::Baseline]>) -> Result<(), Error>,
        ) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut known = picture::learn(&self.path, &self.look, Method::Decayed)?;
        let standing = match &self.cut {
            Some(day) => Standing::at(&known, &self.look, day)?,
            None => Standing::today(&mut known, &self.look),
        };
        let lens = standing.lens();
        let options = Options { most: self.most as usize, seed: self.seed };
        find(&standing.ground(&lens), options, &|redesign, others| {
            let shown = faces::redesign::Shown {
                redesign,
                lens: &lens,
                structure_at_cut: standing.is_of_the_cut(),
                days: crate::redesign::days(&lens),
                seed: self.seed,
            };
            print(&match (self.format, others) {
                (TextOrJson::Text, None) => faces::redesign::text(&shown),
                (TextOrJson::Json, None) => faces::redesign::json(&shown),
                (format, Some(baselines)) => {
                    let backtest = faces::redesign::Backtest { shown, baselines };
                    match format {
                        TextOrJson::Text => faces::redesign::backtest_text(&backtest),
                        TextOrJson::Json => faces::redesign::backtest_json(&backtest),
                    }
                }
            })
        })
    }
}
