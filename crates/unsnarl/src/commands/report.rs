//! `unsnarl report`: the whole picture.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use measures::{Method, capacity, extent};
use outlook::atoms;

use super::{TextOrJson, print, write};
use crate::{
    error::Error,
    picture::{self, Look},
};

/// Arguments of `unsnarl report`.
#[derive(Debug, Args)]
pub(crate) struct Report {
    /// A directory inside a git repository
    #[arg(default_value = ".")]
    path: PathBuf,
    /// How to print it
    #[arg(long, value_enum, default_value_t = TextOrJson::Text)]
    format: TextOrJson,
    /// Write a self-contained page
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write Markdown
    #[arg(long, value_name = "FILE")]
    md: Option<PathBuf>,
    /// Write JSON, as --format json prints it
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// How knowledge is judged
    #[arg(long, value_enum, default_value_t = MethodName::Decayed)]
    method: MethodName,
    #[command(flatten)]
    look: Look,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum MethodName {
    /// Authorship that fades with time, as a range over assumptions
    Decayed,
    /// Avelino et al. 2016, as published
    Avelino,
    /// Jabrayilzade et al. 2022, as published
    Jetbrains,
}

impl MethodName {
    fn method(self) -> Method {
        match self {
            Self::Decayed => Method::Decayed,
            Self::Avelino => Method::Avelino,
            Self::Jetbrains => Method::JetBrains,
        }
    }
}

impl Report {
    pub(crate) fn run(self) -> Result<(), Error> {
        let mut known = picture::learn(&self.path, &self.look, self.method.method())?;
        known.complete(&self.look)?;
        known.report(|report| {
            if let Some(file) = &self.html {
                write(file, &page(report, faces::page::render))?;
            }
            if let Some(file) = &self.md {
                write(file, &faces::markdown::render(report))?;
            }
            if let Some(file) = &self.json {
                write(file, &faces::json::render(report))?;
            }
            match self.format {
                TextOrJson::Text => print(&faces::text::render(report)),
                TextOrJson::Json => print(&faces::json::render(report)),
            }
        })
    }
}

/// Hands what the page shows to `show`.
pub(super) fn page<T>(report: &faces::Report<'_>, show: impl FnOnce(&faces::page::Page<'_>) -> T) -> T {
    let moves: Vec<_> = report.do_first.iter().flat_map(faces::redesign::Shown::moves).cloned().collect();
    show(&faces::page::Page {
        report,
        extent: &extent::compute(report.lens),
        atoms: atoms::of(report.lens, &moves).as_ref(),
        capacity: &capacity::compute(report.lens),
    })
}
