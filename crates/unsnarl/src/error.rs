//! Errors as the user meets them: what failed, where, why, and the way out.

use std::{io, path::PathBuf, process::ExitCode};

use anstream::eprintln;
use measures::compare::{FEWEST_CHANGES, WINDOW_DAYS};
use sources::{events::NothingRead, manifest::Mistake};
use verdicts::debt::CONFLICT;

/// More mistakes than these are read with `unsnarl manifest validate`.
const MOST_MISTAKES: usize = 10;

/// Everything that ends a run early. Each is the user's or the machine's to mend; ours are panics.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Open(#[from] sources::git::OpenError),
    #[error(transparent)]
    Base(#[from] sources::git::BaseError),
    #[error(transparent)]
    Import(#[from] sources::events::NothingRead),
    #[error(transparent)]
    Forge(#[from] forge::Error),
    #[error("failed to write `{path}`: another run of unsnarl events is writing it")]
    Busy { path: PathBuf },
    #[error("failed to fetch {asked}: what is kept here is of {kept}")]
    OtherRepository { asked: String, kept: String },
    #[error("there is no {file} here")]
    NoManifest { file: &'static str },
    #[error("this needs a work tree, and the repository is bare")]
    NoWorkTree,
    #[error("failed to read recorded debt: {}: {why}", at_line(file, *line))]
    Debt { file: String, line: u32, why: String },
    /// What `--accept` may not record.
    #[error("{}", not_recorded(left, refused))]
    NotRecorded { left: Vec<String>, refused: Vec<String> },
    #[error("failed to listen on port {port} of 127.0.0.1: {why}")]
    Listen { port: u16, why: std::io::Error },
    #[error("failed to read `{value}` for {option}: {why}")]
    Option { option: &'static str, value: String, why: String },
    #[error("failed to read `{path}`: {why}")]
    Read { path: PathBuf, why: String },
    /// A file that was to stand for another structure.
    #[error("failed to lay `{path}` over history: {why}")]
    Alternative { path: PathBuf, why: String, hint: String },
    /// Moves that no file here can say.
    #[error("failed to write moves down: {why}; nothing was written")]
    Unwritten { why: String, undeclared: bool },
    #[error("failed to write `{path}`: it stands otherwise in the work tree than in the last commit")]
    Uncommitted { path: PathBuf },
    #[error("failed to write `{path}`: it is there already, and nothing that is there is written over")]
    Exists { path: PathBuf },
    /// `elsewhere` says how the command that was asked names another repository.
    #[error("failed to find `{path}`: it lies outside the repository")]
    Outside { path: PathBuf, elsewhere: &'static str },
    #[error("failed to check `{path}`: it is a file, and a check takes a directory")]
    NotADirectory { path: PathBuf },
    #[error("failed to use the manifest: {what}")]
    Manifest { what: String },
    /// A manifest nothing can be held by; each mistake in lines of its own.
    #[error("failed to use the manifest: {}", mistaken(.0))]
    Mistakes(Vec<Mistake>),
    #[error("the editor went away without asking to shut down")]
    Abandoned,
    /// What was asked for was found wanting; it has been said on standard output.
    #[error("")]
    Found,
    #[error("{dialect} cannot say all that is declared; nothing was written{}", listed(unsaid))]
    Unsaid { dialect: &'static str, unsaid: Vec<(String, Vec<String>)> },
    #[error("failed to write `{path}`: {source}")]
    Write { path: PathBuf, source: io::Error },
    #[error("failed to write to standard output: {0}")]
    Stdout(io::Error),
    #[error(
        "failed to compare: {before} changes that count lie within {days} days before, {after} after; {fewest} on either side are the least",
        days = WINDOW_DAYS,
        fewest = FEWEST_CHANGES
    )]
    TooLittle { before: usize, after: usize, shallow: bool },
    #[error("failed to find `{given}`: {why}")]
    NothingThere { given: String, why: String },
    #[error("failed to look before `{revision}`: it is the first commit, and no history says what it needs")]
    NothingBefore { revision: String },
    #[error("nothing here is called `{id}`")]
    UnknownId { id: String, near: Option<&'static str> },
}

impl Error {
    /// Prints it with its hint and gives the exit code: 2, could not run.
    pub(crate) fn report(&self) -> ExitCode {
        // Whoever reads us may stop reading, as `head` does; that is no failure.
        if let Self::Stdout(error) = self
            && error.kind() == io::ErrorKind::BrokenPipe
        {
            return ExitCode::SUCCESS;
        }
        if let Self::Found = self {
            return ExitCode::from(1);
        }
        let code = if matches!(self, Self::NotRecorded { .. } | Self::Abandoned) { 1 } else { 2 };
        for (at, line) in self.to_string().lines().enumerate() {
            eprintln!("{}{}", if at == 0 { "error: " } else { "  " }, faces::plain::plain(line));
        }
        if let Some(hint) = self.hint() {
            eprintln!("hint: {}", faces::plain::plain(&hint));
        }
        ExitCode::from(code)
    }

    /// The way out.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Open(error) => Some(error.hint()),
            Self::Base(error) => Some(error.hint()),
            Self::Import(NothingRead::Elsewhere { .. }) => {
                Some("--name OWNER/NAME, where the repository goes by another name in the files".into())
            }
            Self::Import(NothingRead::Several(..)) => Some("--name OWNER/NAME says which is meant".into()),
            Self::Import(_) => Some(format!("understood are {}", sources::events::read::FORMS)),
            Self::Forge(error) => Some(error.hint().into()),
            Self::Listen { .. } => Some("--port 0 takes any that is free".into()),
            Self::Busy { .. } => Some("run it again when the other has ended".into()),
            Self::OtherRepository { .. } => Some("unsnarl events forget removes what is kept".into()),
            Self::NoManifest { .. } => Some("unsnarl init writes one from what the repository shows".into()),
            Self::NoWorkTree => Some("run it in a clone with a work tree".into()),
            Self::Debt { why, .. } if why == CONFLICT => Some(
                "take the marks out and keep the lines of both sides, then unsnarl check --accept takes out what no longer holds"
                    .into(),
            ),
            Self::Debt { line: 0, .. } => {
                Some("git log -- FILE shows when it was last whole; git checkout COMMIT -- FILE brings that back".into())
            }
            Self::Debt { .. } => Some("mend the line, or take it out; then unsnarl check says whether it was needed".into()),
            Self::NotRecorded { refused, .. } if refused.is_empty() => {
                Some("these are wrong with the manifest or the check itself, and are mended there".into())
            }
            Self::NotRecorded { .. } => Some(
                "mend them, or write an [[exemption]] with reason, owner and end; --accept --grow adds them all the same".into(),
            ),
            Self::Option { option: "--ticket-pattern", .. } => {
                Some(r"--ticket-pattern '\b(SHOP-\d+)\b'".into())
            }
            Self::Option { option: "--dialect", .. } => Some("--dialect github".into()),
            Self::Alternative { hint, .. } => Some(hint.clone()),
            Self::Unwritten { undeclared: true, .. } => {
                Some("unsnarl init writes an unsnarl.toml from what the repository shows".into())
            }
            Self::Unwritten { .. } => Some("leave that move out, or write it by hand".into()),
            Self::Uncommitted { .. } => Some("commit it or set it aside with git stash, then run this again".into()),
            Self::Read { .. } | Self::Found | Self::Abandoned => None,
            Self::Outside { elsewhere, .. } => {
                Some(format!("paths are relative to where you are; {elsewhere} names another repository"))
            }
            Self::NotADirectory { .. } => Some(
                "--stdin-filename FILE < FILE reports on one file alone, --diff BASE on what a change brings".into(),
            ),
            Self::Exists { .. } => {
                Some("--merge adds what it leaves out, --stdout prints without writing".into())
            }
            Self::Manifest { .. } | Self::Mistakes(_) => {
                Some("unsnarl manifest validate shows every mistake with its line".into())
            }
            Self::Unsaid { .. } => Some("mend the names in unsnarl.toml, or write another dialect".into()),
            Self::TooLittle { shallow: true, .. } => Some("git fetch --unshallow; history is cut off here".into()),
            Self::TooLittle { .. } => {
                Some("name revisions further from the ends of history, or wait for more changes".into())
            }
            Self::Option { option: "--compare", .. } => {
                Some("unsnarl drift --compare OLDER NEWER, as in --compare v1.0 v2.0".into())
            }
            Self::Option { .. } => Some("--help lists what each option takes".into()),
            Self::Write { .. } => Some("check that the directory exists, is writable and has room".into()),
            Self::Stdout(_) => None,
            Self::NothingThere { .. } => Some(
                "git log --oneline -5 shows recent commits; a file to be written is named with its directory".into(),
            ),
            Self::NothingBefore { .. } => Some("name a later commit, or paths".into()),
            Self::UnknownId { near: Some(near), .. } => {
                Some(format!("did you mean {near}? unsnarl explain rules lists every rule, unsnarl explain every measure"))
            }
            Self::UnknownId { .. } => Some(
                "unsnarl explain, without an id, lists every finding, coupling and measure; unsnarl explain rules every rule"
                    .into(),
            ),
        }
    }
}

/// `.unsnarl/debt/billing.txt:4`; without a line the file alone.
fn at_line(file: &str, line: u32) -> String {
    if line == 0 { file.to_owned() } else { format!("{file}:{line}") }
}

/// Mistakes of a manifest with their ways out, ten at most.
fn mistaken(mistakes: &[Mistake]) -> String {
    let told = mistakes.iter().take(MOST_MISTAKES).map(|one| {
        let hint = one.hint.as_ref().map_or(String::new(), |hint| format!("\n  hint: {hint}"));
        format!("\n{}: {}{hint}", at_line(&one.file, one.line), one.what)
    });
    let more = match mistakes.len().saturating_sub(MOST_MISTAKES) {
        0 => String::new(),
        more => format!("\nand {more} more"),
    };
    let number =
        if mistakes.len() == 1 { "1 mistake".to_owned() } else { format!("{} mistakes", mistakes.len()) };
    format!("{number}{}{more}", told.collect::<String>())
}

/// What could not be recorded, a few of each sort.
fn not_recorded(left: &[String], refused: &[String]) -> String {
    let list = |head: &str, lines: &[String]| {
        if lines.is_empty() {
            return String::new();
        }
        let shown: Vec<String> = lines.iter().take(10).map(|line| format!("\n  {line}")).collect();
        let more =
            if lines.len() > 10 { format!("\n  and {} more", lines.len() - 10) } else { String::new() };
        format!("{head}{}{more}\n", shown.concat())
    };
    let refused = list("recorded debt only shrinks, and this is new; nothing was written:", refused);
    let left = list("not debt of the code, and so not recorded:", left);
    format!("{refused}{left}").trim_end().to_owned()
}

/// Reasons, each with a few of the paths it concerns.
fn listed(unsaid: &[(String, Vec<String>)]) -> String {
    let lines = unsaid.iter().map(|(why, paths)| {
        let more = if paths.len() > 3 { format!(" and {} more", paths.len() - 3) } else { String::new() };
        format!("\n  {why}: {}{more}", paths[..paths.len().min(3)].join(", "))
    });
    lines.collect()
}
