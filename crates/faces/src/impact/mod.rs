//! What a change needs before it is made, as text, JSON and Markdown.

mod json;
mod markdown;
mod text;

use outlook::impact::backtest::{Estimate, Hits};
use schemars::JsonSchema;
use serde::Serialize;

pub use json::{render as json, schema};
pub use markdown::{MARKER, render as markdown};
pub(crate) use text::rate_line;
pub use text::render as text;

/// What a change needs.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Impact {
    /// The repository's directory name.
    pub repository: String,
    /// What was asked about, for people: `3 files`, `what differs from main`, `1a2b3c4d5e "Round to cents"`.
    pub asked: String,
    /// The commit whose history answers: what lies before the change. Abbreviated.
    pub history: String,
    /// Whether that is a whole change, as a commit, a diff or what is staged are; of paths nobody says that they are all.
    pub whole: bool,
    /// Files of the change.
    pub touched: Vec<Touched>,
    /// Modules of the change, the one with most of its files first.
    pub modules: Vec<ModuleView>,
    /// Who must agree first, the smallest set that covers every file; then who is merely touched.
    pub teams: Vec<TeamView>,
    /// Approvals the owners must give together; null where no ownership file asks anybody.
    pub approvals: Option<u32>,
    /// Whether the set is known to be the smallest.
    pub smallest: bool,
    /// Files of the change that nobody is declared to own; with inferred ownership, that no team makes most changes of.
    pub unowned: u64,
    /// What to know of these teams; null where there is nothing.
    pub teams_note: Option<String>,
    /// Pairs of its modules that are tied, by history or by code; hidden constraints first.
    pub boundaries: Vec<BoundaryView>,
    /// Further files it is likely to need, tests among them, the likeliest first.
    pub files: Vec<FileView>,
    /// Tests that usually go with it, the likeliest first.
    pub tests: Vec<FileView>,
    /// Whether the change looks complete: no file is so likely to be missing that it should be said.
    pub nothing_more: bool,
    /// The probability from which on it would be said.
    pub said_from: f64,
    /// How often this was right here, on later changes than it learned from; null where there was too little to learn from.
    pub hit_rate: Option<HitRate>,
    /// Rules of the manifest that speak of its files and give a reason.
    pub decisions: Vec<DecisionView>,
    /// Who can answer: a few of those who know these files, others at the next commit. Alphabetical; no order of merit.
    pub people: Vec<PeopleView>,
    /// How long changes like it took; null where history does not tell.
    pub lead_time: Option<PaceView>,
    /// The parts that need one team each; null where it needs one team at most, or cannot be parted.
    pub split: Option<Vec<SplitView>>,
    /// Why there is no split; null where there is one or none is needed.
    pub split_note: Option<String>,
    /// What else to know.
    pub notes: Vec<String>,
}

/// A file of the change.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Touched {
    /// From the root.
    pub path: String,
    /// `added`, `modified`, `renamed`, `deleted`, or `named` where only its path was given.
    pub kind: &'static str,
    /// Where it lay before; null where it lies where it lay.
    pub from: Option<String>,
    /// The module it lies in; null in none.
    pub module: Option<String>,
}

/// A module of the change.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct ModuleView {
    /// Its name.
    pub name: String,
    /// How many of the change's files lie in it.
    pub files: u64,
}

/// A team a change meets.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct TeamView {
    /// Its name.
    pub name: String,
    /// Whether it is of the smallest set that covers every file.
    pub needed: bool,
    /// `declared` by an ownership file or the manifest, or `inferred` from who makes the changes.
    pub basis: &'static str,
    /// How many of the change's files it owns, alone or beside others.
    pub files: u64,
    /// The first of them.
    pub path: String,
    /// The line that says so, as `CODEOWNERS:12`; null where it is inferred.
    pub rule: Option<String>,
}

/// Two modules of the change that are tied.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct BoundaryView {
    /// The first module.
    pub a: String,
    /// The second.
    pub b: String,
    /// `hidden`, `leaky`, `stable`, `mechanical` or `unknown`.
    pub kind: String,
    /// Changes that touched both; null where they do not change together beyond chance.
    pub shared: Option<u64>,
    /// Those expected by chance.
    pub expected: Option<f64>,
    /// How often the first names the second in code and tests.
    pub a_names_b: u64,
    /// How often the second names the first.
    pub b_names_a: u64,
}

/// A further file.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct FileView {
    /// From the root.
    pub path: String,
    /// How probable it is that the change needs it, were half of it in hand; 0 to 1.
    pub probability: f64,
    /// The past changes that say so, the strongest first; empty where history is silent.
    pub because: Vec<ChangeView>,
    /// In words, what speaks for it where history is silent; else null.
    pub evidence: Option<&'static str>,
    /// The module it lies in; null in none.
    pub module: Option<String>,
    /// Whether it lies in a module the change does not touch yet.
    pub elsewhere: bool,
}

/// A past change.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct ChangeView {
    /// Abbreviated commit.
    pub commit: String,
    /// The day it reached the mainline; null where its date cannot be true.
    pub date: Option<String>,
    /// The first line of its message.
    pub subject: String,
}

/// How often suggestions were right here. Shares, 0 to 1; intervals 95 %.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct HitRate {
    /// Changes asked about, all later than those learned from.
    pub questions: u64,
    /// The share of first suggestions that were right.
    pub first_right: Option<f64>,
    /// Its interval.
    pub first_right_interval: Option<[f64; 2]>,
    /// The share of what was missing among the first ten.
    pub recall_at_10: Option<f64>,
    /// Its interval.
    pub recall_at_10_interval: Option<[f64; 2]>,
    /// How far probabilities are off on average.
    pub calibration_error: Option<f64>,
    /// The share of complete changes that were left alone.
    pub closure: Option<f64>,
}

/// A rule that speaks of the change, and the decision behind it.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct DecisionView {
    /// The rule's id.
    pub rule: String,
    /// What it is: `forbidden`, `acyclic`, `change rule`.
    pub kind: String,
    /// The reason, or the record that gives it.
    pub because: String,
    /// The record's title, where there is one.
    pub title: Option<String>,
    /// Where the rule is written, as `unsnarl.toml:12`.
    pub place: String,
}

/// People of a team who can answer.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct PeopleView {
    /// The team; null where it is not known who is in which.
    pub team: Option<String>,
    /// Three at most, in alphabetical order.
    pub names: Vec<String>,
    /// Of how many.
    pub of: u64,
}

/// How long changes like one took.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct PaceView {
    /// What those are: `two teams, 4–10 files`.
    pub like: String,
    /// The hours within which half of them reached the mainline.
    pub median_hours: Option<f64>,
    /// Its 95 % interval; an end is null where it cannot be told.
    pub median_interval: Option<[Option<f64>; 2]>,
    /// The hours within which nine of ten did.
    pub p90_hours: Option<f64>,
    /// How many changes like it.
    pub n: u64,
    /// The median of all changes of these years.
    pub median_of_all_hours: Option<f64>,
    /// How many those are.
    pub n_of_all: u64,
}

/// A part of the change that needs one team.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct SplitView {
    /// The team; null where nobody owns it.
    pub team: Option<String>,
    /// Its files.
    pub files: Vec<String>,
}

impl HitRate {
    /// The figures of a predictor.
    pub fn of(hits: &Hits) -> Self {
        let ends = |estimate: Estimate| estimate.interval.map(|(low, high)| [low, high]);
        Self {
            questions: hits.questions as u64,
            first_right: hits.precision_at_1.value,
            first_right_interval: ends(hits.precision_at_1),
            recall_at_10: hits.recall_at_10.value,
            recall_at_10_interval: ends(hits.recall_at_10),
            calibration_error: hits.calibration_error.value,
            closure: hits.closure.value,
        }
    }
}

impl Impact {
    /// Further files that are no tests.
    fn code(&self) -> impl Iterator<Item = &FileView> {
        self.files.iter().filter(|file| !facts::test_files::is_test(&file.path))
    }
}
