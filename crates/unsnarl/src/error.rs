//! Errors as the user meets them: what failed, where, why, and the way out.

use std::{io, path::PathBuf, process::ExitCode};

use anstream::eprintln;

/// Everything that ends a run early. Each is the user's or the machine's to mend; ours are panics.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Open(#[from] sources::git::OpenError),
    #[error("failed to read `{value}` for {option}: {why}")]
    Option { option: &'static str, value: String, why: String },
    #[error("failed to read `{path}`: {why}")]
    Read { path: PathBuf, why: String },
    #[error("failed to write `{path}`: it is there already, and nothing that is there is written over")]
    Exists { path: PathBuf },
    #[error("failed to find `{path}`: it lies outside the repository")]
    Outside { path: PathBuf },
    #[error("failed to use the manifest: {what}")]
    Manifest { what: String },
    /// What was asked for was found wanting; it has been said on standard output.
    #[error("")]
    Found,
    #[error("{dialect} cannot say all that is declared; nothing was written{}", listed(unsaid))]
    Unsaid { dialect: &'static str, unsaid: Vec<(String, Vec<String>)> },
    #[error("failed to write `{path}`: {source}")]
    Write { path: PathBuf, source: io::Error },
    #[error("failed to write to standard output: {0}")]
    Stdout(io::Error),
    #[error("nothing in this report is called `{id}`")]
    UnknownId { id: String },
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
        for (at, line) in self.to_string().lines().enumerate() {
            eprintln!("{}{}", if at == 0 { "error: " } else { "  " }, faces::plain::plain(line));
        }
        if let Some(hint) = self.hint() {
            eprintln!("hint: {}", faces::plain::plain(&hint));
        }
        ExitCode::from(2)
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Open(error) => Some(error.hint()),
            Self::Option { option: "--ticket-pattern", .. } => {
                Some(r"--ticket-pattern '\b(SHOP-\d+)\b'".into())
            }
            Self::Option { option: "--dialect", .. } => Some("unsnarl owners PATH --dialect github".into()),
            Self::Read { .. } | Self::Found => None,
            Self::Outside { .. } => {
                Some("paths are relative to where you are; -C PATH names another repository".into())
            }
            Self::Exists { .. } => {
                Some("--merge adds what it leaves out, --stdout prints without writing".into())
            }
            Self::Manifest { .. } => {
                Some("unsnarl manifest validate says what is wrong; unsnarl init writes one".into())
            }
            Self::Unsaid { .. } => Some("mend the names in unsnarl.toml, or write another dialect".into()),
            Self::Option { .. } => Some("unsnarl report --help lists what each option takes".into()),
            Self::Write { .. } => Some("check that the directory exists, is writable and has room".into()),
            Self::Stdout(_) => None,
            Self::UnknownId { .. } => {
                Some("unsnarl explain, without an id, lists every finding, coupling and measure".into())
            }
        }
    }
}

/// Reasons, each with a few of the paths it concerns.
fn listed(unsaid: &[(String, Vec<String>)]) -> String {
    let lines = unsaid.iter().map(|(why, paths)| {
        let more = if paths.len() > 3 { format!(" and {} more", paths.len() - 3) } else { String::new() };
        format!("\n  {why}: {}{more}", paths[..paths.len().min(3)].join(", "))
    });
    lines.collect()
}
