//! What commands about pairs share: between what, and how it is printed.

use clap::ValueEnum;
use faces::drawing::Notation;

/// Between what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Level {
    File,
    Module,
    /// What teams own
    Team,
}

impl Level {
    /// `file`, `module` or `team`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Module => "module",
            Self::Team => "team",
        }
    }
}

/// How a graph is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
    Csv,
    /// For Graphviz
    Dot,
    Mermaid,
    Graphml,
}

impl Format {
    /// The notation of a program that draws; `None` for tables.
    pub(crate) fn notation(self) -> Option<Notation> {
        match self {
            Self::Dot => Some(Notation::Dot),
            Self::Mermaid => Some(Notation::Mermaid),
            Self::Graphml => Some(Notation::GraphMl),
            Self::Text | Self::Json | Self::Csv => None,
        }
    }
}
