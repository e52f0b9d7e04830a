//! `unsnarl redesign`: few moves that would undo the knot, each judged by a year it has not seen.

use std::path::PathBuf;

use clap::Args;
use facts::moves::Move;
use measures::Method;
use outlook::redesign::{self, Options, Proposal};

use super::{TextOrJson, print};
use crate::{
    apply::{self, Mode},
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
    /// Write these moves down in the manifest and the ownership file, the diff shown first
    #[arg(long, conflicts_with_all = ["cut", "format"])]
    apply: bool,
    /// Show what --apply would write
    #[arg(long, conflicts_with_all = ["apply", "cut", "format"])]
    diff: bool,
    /// Write the script that moves code, which is never run; prints the diff, too
    #[arg(long, value_name = "FILE", conflicts_with_all = ["cut", "format"])]
    script: Option<PathBuf>,
    /// Of the proposals, this one alone; may be repeated [default: all]
    #[arg(long, value_name = "ID")]
    proposal: Vec<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
    format: TextOrJson,
    #[command(flatten)]
    look: Look,
}

impl RedesignCommand {
    pub(crate) fn run(self) -> Result<(), Error> {
        if self.apply || self.diff || self.script.is_some() {
            return self.write_down();
        }
        self.answer(|asked, ground, options, shown| {
            let mut redesign = redesign::redesign(ground, options);
            asked.are_there(&redesign.proposals)?;
            redesign.keep(|one| asked.wants(one));
            shown(&redesign, None)
        })
    }

    /// Writes proposals down, or shows what would be written.
    fn write_down(self) -> Result<(), Error> {
        let mut known = picture::learn(&self.path, &self.look, Method::Decayed)?;
        let standing = Standing::today(&mut known, &self.look);
        let lens = standing.lens();
        let redesign = redesign::redesign(&standing.ground(&lens), self.options());
        self.are_there(&redesign.proposals)?;
        let wanted = redesign.proposals.into_iter().filter(|one| self.wants(one));
        let moves: Vec<Move> = wanted.flat_map(|one| one.moves).collect();
        if moves.is_empty() {
            anstream::eprintln!("no move is proposed, so there is nothing to write");
            return Ok(());
        }
        let mode = if self.apply { Mode::Write } else { Mode::Show };
        apply::run(standing.known(), &self.look, &moves, mode, self.script.as_deref())
    }

    /// Whether every proposal that is asked for by its id is there.
    fn are_there(&self, proposals: &[Proposal]) -> Result<(), Error> {
        let there = |id: &String| proposals.iter().any(|one| one.id == *id);
        if let Some(id) = self.proposal.iter().find(|id| !there(id)) {
            let ids: Vec<&str> = proposals.iter().map(|one| one.id.as_str()).collect();
            let why = match ids.as_slice() {
                [] => "no move is proposed here".to_owned(),
                ids => format!("no proposal is called so; there are {}", ids.join(", ")),
            };
            return Err(Error::Option { option: "--proposal", value: id.clone(), why });
        }
        Ok(())
    }

    /// Whether a proposal is asked for; all are where none is named.
    fn wants(&self, one: &Proposal) -> bool {
        self.proposal.is_empty() || self.proposal.contains(&one.id)
    }

    fn options(&self) -> Options {
        Options { most: self.most as usize, seed: self.seed }
    }

    /// The same beside other ways to the same amount of change.
    pub(crate) fn beside_others(self) -> Result<(), Error> {
        self.answer(|_, ground, options, shown| {
            let (redesign, others) = redesign::baselines(ground, options);
            shown(&redesign, Some(&others))
        })
    }

    fn answer(
        self,
        find: impl FnOnce(
            &Self,
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
        find(&self, &standing.ground(&lens), self.options(), &|redesign, others| {
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
