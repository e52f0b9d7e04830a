//! Knowledge: how few people a system, or a module, depends on.
//!
//! No formula over git agrees with what developers say about themselves beyond an AUC of 0.73 (1,209 answers), so
//! the truck factor is given as a range over the assumptions it hangs on, and never as a fact about a person.

mod avelino;
mod coverage;
mod decayed;
mod jetbrains;

pub use avelino::truck_factor as avelino;
pub use jetbrains::truck_factor as jetbrains;

use facts::{Basis, Lens};

use crate::{Estimate, Measurement, Quantity, UnitOfValue, description::Description};

/// See the module.
pub const MEASURE: Description = Description {
    name: "knowledge",
    question: "How few people would have to leave for the system to be strange to those who stay?",
    definition: "The truck factor: how many people can be taken away, always the one who matters most, until more than half of the source files that anyone knows are known to nobody. Someone knows a file when their changes to it, each losing half its weight in a half-life, reach a threshold share of the best knower's and are worth at least a quarter of a fresh change. The value is for a half-life of 365 days and a threshold of 0.5; the interval is the range over half-lives of 180, 365 and 730 days and thresholds of 0.5 and 0.75, no confidence interval.",
    reads: &["changes", "touches", "files", "participations", "people"],
    unit: "people; the interval is the range over the assumptions",
    source: "after Avelino et al. 2016 (ICPC) with decay; --method avelino and --method jetbrains (Jabrayilzade et al. 2022) follow the published algorithms",
    limits: "Reading, reviewing and talking leave no trace in git. Initial imports and squashes credit one person. Greedy removal gives an upper bound on the smallest set.",
};

/// Which algorithm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Method {
    /// Ours: recency-decayed authorship, as a range.
    #[default]
    Decayed,
    /// Avelino et al. 2016, as published; wants facts mined by commit.
    Avelino,
    /// Jabrayilzade et al. 2022, as published; wants facts mined by commit.
    JetBrains,
}

impl Method {
    /// `decayed`, `avelino` or `jetbrains`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Decayed => "decayed",
            Self::Avelino => "avelino",
            Self::JetBrains => "jetbrains",
        }
    }
}

/// Computes it through a lens.
pub fn compute(lens: &Lens<'_>, method: Method) -> Measurement {
    match method {
        Method::Decayed => decayed::compute(lens),
        Method::Avelino => published(avelino(lens.facts), "Avelino et al. 2016, all history, as published"),
        Method::JetBrains => {
            published(jetbrains(lens.facts), "Jabrayilzade et al. 2022, the last 547 days, as published")
        }
    }
}

/// What a truck factor algorithm comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TruckFactor {
    /// People; `None` when no file is known to anyone.
    pub people: Option<u64>,
    /// Files it was judged by.
    pub files: u64,
    /// Files of those that nobody knows.
    pub unknown_files: u64,
}

fn published(factor: TruckFactor, note: &str) -> Measurement {
    Measurement {
        name: MEASURE.name,
        unit: UnitOfValue::Count,
        basis: Basis::Inferred,
        whole: Estimate {
            value: factor.people.map(|people| people as f64),
            interval: None,
            count: factor.people.unwrap_or(0) as f64,
            of: factor.files,
        },
        recent: None,
        series: Vec::new(),
        parts: Vec::new(),
        quantities: vec![
            Quantity { name: "files", value: Some(factor.files as f64) },
            Quantity { name: "files_nobody_knows", value: Some(factor.unknown_files as f64) },
        ],
        notes: vec![format!("method: {note}")],
        ledger: Vec::new(),
    }
}
