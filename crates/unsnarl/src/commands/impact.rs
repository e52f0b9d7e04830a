//! `unsnarl impact`: what a change needs, before it is made.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use facts::CommitId;
use measures::Method;
use sources::git;

use super::print;
use crate::{
    asked::{Ask, Asked, understand},
    code::Kept,
    error::Error,
    foresight::Foresight,
    impact::{MOST_FILES, impact},
    picture::{self, Known, Look},
};

/// Arguments of `unsnarl impact`.
#[derive(Debug, Args)]
pub(crate) struct ImpactCommand {
    /// Files or directories; or one commit, or a range as main..feature
    #[arg(value_name = "PATH|REV", required_unless_present_any = ["diff", "staged"], conflicts_with_all = ["diff", "staged"])]
    named: Vec<String>,
    /// What differs since this branch or commit was left, what is not committed yet among it
    #[arg(long, value_name = "BASE", conflicts_with = "staged")]
    diff: Option<String>,
    /// What is staged
    #[arg(long)]
    staged: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Show every line
    #[arg(long)]
    all: bool,
    /// A directory inside a git repository
    #[arg(short = 'C', long = "repo", value_name = "PATH", default_value = ".")]
    repository: PathBuf,
    #[command(flatten)]
    look: Look,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For the terminal
    Text,
    /// For other programs: unsnarl.impact/1, its schema in docs/impact.schema.json
    Json,
    /// For a comment on a pull request
    Markdown,
}

impl ImpactCommand {
    pub(crate) fn run(self) -> Result<(), Error> {
        let source = git::open(&self.repository, self.look.as_of())?;
        let caches = picture::cache_directories(&source, &self.look);
        let begun = std::time::Instant::now();
        let say = |what: &str| picture::say(&self.look, &format!("{:>9.1?} {what}", begun.elapsed()));
        let kept = Kept { caches: &caches, threads: picture::threads(&self.look), say: &say };
        let ask = match &self.diff {
            Some(base) => Ask::Diff(base),
            None if self.staged => Ask::Staged,
            None => Ask::Named(&self.named),
        };
        let up_to = |base: Option<CommitId>| {
            base.map_or_else(|| self.look.clone(), |base| self.look.as_of_commit(base))
        };
        let learn = |look: &Look| -> Result<(Known, Foresight), Error> {
            let mut known = picture::learn(&self.repository, look, Method::Decayed)?;
            say("learned");
            let foresight = Foresight::of(&mut known, look);
            say("foreseen");
            Ok((known, foresight))
        };
        let understood = || -> Result<Asked, Error> {
            let asked = understand(ask, &self.repository, &source, &kept)?;
            say("understood");
            Ok(asked)
        };
        let base = ask.base(&source)?;
        let (asked, scans, known, foresight) = if base.is_some() || self.staged {
            // It is known what to learn: what differs is found beside it, and there is time to look up what was read of code.
            std::thread::scope(|scope| {
                let beside = scope.spawn(|| {
                    let asked = understood()?;
                    let looked_into = (1..=MOST_FILES).contains(&asked.touched.len());
                    Ok::<_, Error>((asked, looked_into.then(|| kept.scans())))
                });
                let learned = learn(&up_to(base));
                let (asked, scans) =
                    beside.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
                let (known, foresight) = learned?;
                Ok::<_, Error>((asked, scans, known, foresight))
            })?
        } else {
            let asked = understood()?;
            let (known, foresight) = learn(&up_to(asked.base))?;
            (asked, None, known, foresight)
        };
        if let (Some(_), Some(end)) = (asked.base, self.look.as_of()) {
            return Err(Error::Option {
                option: "--as-of",
                value: end.to_owned(),
                why: "a commit, a range or a diff says itself where history ends".to_owned(),
            });
        }
        let impact = impact(&known, &foresight, &asked, &kept, scans);
        say("told");
        print(&match self.format {
            Format::Text => faces::impact::text(&impact, self.all),
            Format::Json => faces::impact::json(&impact),
            Format::Markdown => faces::impact::markdown(&impact),
        })?;
        // The process ends: to give every row back one by one would take a tenth of the time it took to answer.
        std::mem::forget((known, foresight, asked));
        Ok(())
    }
}
