//! Ownership rules, and what each of them does in one tree: the data an audit judges.

use std::collections::BTreeMap;

use crate::time::Seconds;

/// Every source of ownership a tree has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleBook {
    /// Those that answer, in order, then those that were found and are not asked.
    pub sources: Vec<RuleSource>,
    /// Every rule, source by source, file by file, line by line.
    pub rules: Vec<RuleUse>,
    /// Lines and files that do nothing.
    pub problems: Vec<RuleProblem>,
    /// Rules of two sources that name different owners for the same files.
    pub conflicts: Vec<RuleConflict>,
}

/// One source of ownership.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleSource {
    /// Its dialect's name.
    pub dialect: &'static str,
    /// Its files.
    pub files: Vec<String>,
    /// Whether it answers for paths, or stands behind another.
    pub asked: bool,
    /// Files that do nothing, because another of its files is read alone.
    pub idle: Vec<String>,
    /// Names that stand for nobody: aliases and groups without members.
    pub empty_groups: Vec<String>,
}

/// One rule, and what it does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleUse {
    /// An index into [`RuleBook::sources`].
    pub source: u32,
    /// The ownership file.
    pub file: String,
    /// From 1.
    pub line: u32,
    /// The pattern as written.
    pub pattern: String,
    /// Its owners as written.
    pub owners: Vec<String>,
    /// Its section, where the dialect has sections.
    pub section: Option<String>,
    /// Whether a change waits for it.
    pub required: bool,
    /// A maintenance status as declared.
    pub status: Option<String>,
    /// Files of the tree it speaks of; `None` where that cannot be told from paths (MAINTAINERS `K:`).
    pub matches: Option<u64>,
    /// Files it decides, alone or together with others.
    pub decides: u64,
    /// Rules that decide files it speaks of, with how many: indices into [`RuleBook::rules`].
    pub overridden_by: BTreeMap<u32, u64>,
    /// The rule of the same pattern that stands in its place.
    pub replaced_by: Option<u32>,
    /// Where a rule that speaks of no file points, if anywhere.
    pub lost: Option<Lost>,
    /// A few of the files it speaks of.
    pub examples: Vec<String>,
}

/// What became of the files of a rule that speaks of none today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lost {
    /// They lie elsewhere now: the directory that holds most of them, how many lie there, how many there were.
    Moved {
        /// Without a slash at the end; empty for the root.
        directory: String,
        /// Files of the rule that lie there now.
        files: u64,
        /// Files of the rule there ever were.
        of: u64,
    },
    /// They are gone since then.
    Gone(Option<Seconds>),
    /// There never were any; this path of the tree reads much the same.
    Alike(String),
    /// There never were any.
    Never,
}

/// A line or a file that does nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleProblem {
    /// The ownership file.
    pub file: String,
    /// From 1; 0 for the file as a whole.
    pub line: u32,
    /// In one sentence.
    pub why: String,
}

/// Two sources that disagree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleConflict {
    /// The rule of the source that answers first.
    pub first: u32,
    /// The rule of the other.
    pub second: u32,
    /// Files for which they name owners that share nobody.
    pub files: u64,
    /// A few of them.
    pub examples: Vec<String>,
}
