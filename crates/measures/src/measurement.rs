//! What every measure returns: a value with its uncertainty, a series, parts, evidence and a ledger.

use facts::{Basis, ChangeId, FileId, ModuleId, Omission, TeamId, time::Period};

/// What a value is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitOfValue {
    /// A share in 0..=1.
    Share,
    /// Further teams a change needs, on average.
    Teams,
    /// Approvals a change needs, on average.
    Approvals,
    /// Modules a module depends on, on average.
    Modules,
    /// A count of things the measure names.
    Count,
}

impl UnitOfValue {
    /// `share`, `teams`, `approvals`, `modules` or `count`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Share => "share",
            Self::Teams => "teams",
            Self::Approvals => "approvals",
            Self::Modules => "modules",
            Self::Count => "count",
        }
    }
}

/// A value, the raw integers it came from, and how far it can be trusted.
///
/// `value` is `None` when it is undefined (nothing to divide by, one team only); it is never NaN.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Estimate {
    /// The value, in the measure's unit.
    pub value: Option<f64>,
    /// The 95 % interval, low to high; `None` when it cannot be told.
    pub interval: Option<(f64, f64)>,
    /// The numerator: changes, pairs, files, whatever the measure counts.
    pub count: f64,
    /// The denominator.
    pub of: u64,
}

/// One point of a series.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// The calendar period.
    pub period: Period,
    /// The value in it.
    pub estimate: Estimate,
    /// Whether the period had not ended when the history did, or began before it.
    pub partial: bool,
}

/// What a part of a measurement is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The whole system.
    System,
    /// One module.
    Module(ModuleId),
    /// One team.
    Team(TeamId),
    /// Two teams, lower id first.
    TeamPair(TeamId, TeamId),
    /// Two modules, lower id first.
    ModulePair(ModuleId, ModuleId),
    /// One file.
    File(FileId),
}

/// A named number beside the value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quantity {
    /// Its name, with the unit last: `minor_contributors`, `lead_share`.
    pub name: &'static str,
    /// The number; `None` when undefined.
    pub value: Option<f64>,
}

/// The changes and files behind a number; at most a handful, the most telling first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    /// Changes, most telling first.
    pub changes: Vec<ChangeId>,
    /// How many changes stand behind the number in all.
    pub changes_in_all: u64,
    /// Files, most telling first.
    pub files: Vec<FileId>,
}

/// One part of the whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// What it is about.
    pub subject: Subject,
    /// Its value.
    pub estimate: Estimate,
    /// Its share of the whole, for parts that add up to it exactly; else `None`.
    pub share: Option<f64>,
    /// A word for its state, where the measure has states (`unowned`, `contested`, `absent`, `agreed`).
    pub state: Option<&'static str>,
    /// Further numbers.
    pub quantities: Vec<Quantity>,
    /// What stands behind it.
    pub evidence: Evidence,
}

/// What a measure says.
#[derive(Clone, Debug, PartialEq)]
pub struct Measurement {
    /// The measure's name, its key in JSON `measures`.
    pub name: &'static str,
    /// What the value is counted in.
    pub unit: UnitOfValue,
    /// On what it rests.
    pub basis: Basis,
    /// Over the whole range.
    pub whole: Estimate,
    /// Over the last 365 days of the range; `None` where the measure has no such thing.
    pub recent: Option<Estimate>,
    /// By calendar period.
    pub series: Vec<Point>,
    /// Broken down; ordered, the weightiest first.
    pub parts: Vec<Part>,
    /// Further numbers about the whole (Gini, ranges, sensitivity).
    pub quantities: Vec<Quantity>,
    /// Sentences a reader needs in order not to be misled by the value.
    pub notes: Vec<String>,
    /// What this measure left out, beyond what the lens did.
    pub ledger: Vec<Omission>,
}

impl Measurement {
    /// That it cannot be told, and why.
    pub(crate) fn untold(name: &'static str, unit: UnitOfValue, why: &str) -> Self {
        Self {
            name,
            unit,
            basis: Basis::None,
            whole: Estimate::default(),
            recent: None,
            series: Vec::new(),
            parts: Vec::new(),
            quantities: Vec::new(),
            notes: vec![why.to_owned()],
            ledger: Vec::new(),
        }
    }
}
