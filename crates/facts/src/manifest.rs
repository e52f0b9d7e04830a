//! The manifest: structure as somebody wrote it down, in `unsnarl.toml` and in `module.toml` beside the code.
//!
//! Data only: `sources` reads it, `verdicts` hold it against what is there.

use crate::time::Seconds;

/// Where something is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The file, from the root.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
}

/// Everything a repository's manifests declare.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Manifest {
    /// Manifest files, the root's first.
    pub files: Vec<String>,
    /// The system's name.
    pub system: Option<String>,
    /// `auto`, `change`, `commit` or `ticket`.
    pub unit: Option<String>,
    /// Teams, in the order written.
    pub teams: Vec<DeclaredTeam>,
    /// Modules, in the order written.
    pub modules: Vec<DeclaredModule>,
    /// The layers.
    pub layers: Layers,
    /// Rules on dependencies.
    pub rules: Vec<DeclaredRule>,
    /// Rules on how change happens.
    pub change_rules: Vec<ChangeRule>,
    /// Exemptions from rules.
    pub exemptions: Vec<Exemption>,
    /// How ownership is read and written.
    pub ownership: OwnershipSettings,
    /// How rules are held.
    pub check: CheckSettings,
}

/// `[layers]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layers {
    /// From the highest to the lowest: each may use those below it.
    pub order: Vec<String>,
    /// Layers nothing may reach past: what stands above one uses it, and not what stands below it.
    pub closed: Vec<String>,
    /// Whether ways through modules without a layer count, too.
    pub transitive: bool,
    /// Where it is written.
    pub place: Place,
}

/// `[check]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckSettings {
    /// Whose debt a dependency is.
    pub charge: Charge,
    /// Kinds of dependency that count, by name; `None`: runtime, type-only and dev.
    pub kinds: Option<Vec<String>>,
    /// Rules that are not held, by code or name.
    pub allow: Vec<String>,
    /// Rules that are told and fail nothing, by code or name.
    pub warn: Vec<String>,
    /// Where it is written.
    pub place: Place,
}

/// Whose debt a dependency is that breaks a rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Charge {
    /// The module that depends.
    #[default]
    Depending,
    /// The module that is depended on.
    Defining,
}

/// Whether a broken rule fails a check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// It does.
    #[default]
    Error,
    /// It is told.
    Warning,
}

impl Level {
    /// `error` or `warning`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// A `[[team]]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeclaredTeam {
    /// Its name in the manifest.
    pub id: String,
    /// `stream-aligned`, `platform`, `enabling` or `complicated-subsystem` (Team Topologies).
    pub kind: Option<String>,
    /// Its names in ownership files.
    pub handles: Vec<String>,
    /// Who is in it, and when.
    pub members: Vec<Member>,
    /// Where it is written.
    pub place: Place,
}

/// A person in a team, as written: an e-mail address, an `@account` or a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Member {
    /// As written.
    pub person: String,
    /// First day.
    pub since: Option<Seconds>,
    /// First moment after the last day.
    pub until: Option<Seconds>,
}

/// A `[[module]]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeclaredModule {
    /// Its name.
    pub id: String,
    /// Patterns from the root ([`crate::globs`]), each with its line.
    pub paths: Vec<(String, u32)>,
    /// The owning team's id, or a handle; with its line.
    pub owner: Option<(String, u32)>,
    /// Its layer.
    pub layer: Option<String>,
    /// What others may depend on; empty: everything.
    pub interface: Vec<String>,
    /// Modules it may depend on; `None`: any.
    pub depends_on: Option<Vec<String>>,
    /// Modules that may depend on it; `None`: any.
    pub visible_to: Option<Vec<String>>,
    /// Whether it may have no recorded debt.
    pub strict: bool,
    /// Where it is written.
    pub place: Place,
}

/// A `[[rule]]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeclaredRule {
    /// Its name.
    pub id: String,
    /// `forbidden`, `acyclic`, `independence` or `reachable`.
    pub kind: String,
    /// Modules, `layer:` names or patterns it starts from.
    pub from: Vec<String>,
    /// The same, where it leads.
    pub to: Vec<String>,
    /// Whether paths through others count.
    pub transitive: bool,
    /// Whether `acyclic` looks at files instead of modules.
    pub by_file: bool,
    /// Whether it fails a check.
    pub level: Level,
    /// Who may approve exemptions from it; `None`: whoever owns the file it is written in.
    pub owner: Option<String>,
    /// The reason, or the decision record that gives it.
    pub because: Option<String>,
    /// Where it is written.
    pub place: Place,
}

/// A `[[change_rule]]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChangeRule {
    /// Its name.
    pub id: String,
    /// Modules it concerns; empty: all.
    pub modules: Vec<String>,
    /// The most teams a change may need.
    pub max_teams: Option<u32>,
    /// The most approvals a change may need.
    pub max_approvals: Option<u32>,
    /// Whether a change may touch two modules of which neither is declared to depend on the other.
    pub no_undeclared_boundary: bool,
    /// A file that went along with another in at least this share of its changes is missed when it does not.
    pub usual_partner: Option<f64>,
    /// Whether modules may begin to change together where none names the other.
    pub no_new_hidden_constraint: bool,
    /// The least share of changes that need one team.
    pub min_independence: Option<f64>,
    /// The days of history it looks at.
    pub window_days: Option<u32>,
    /// Whether it fails a check.
    pub level: Level,
    /// The reason.
    pub because: Option<String>,
    /// Where it is written.
    pub place: Place,
}

/// An `[[exemption]]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exemption {
    /// The rule it exempts from.
    pub rule: String,
    /// What it starts from.
    pub from: String,
    /// Where it leads.
    pub to: String,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// First moment it no longer applies.
    pub expires: Seconds,
    /// Where it is written.
    pub place: Place,
}

/// `[ownership]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnershipSettings {
    /// Which sources answer, the first that speaks of a path decides; `None`: the manifest, then what a forge enforces.
    pub sources: Option<Vec<String>>,
    /// Ownership files this manifest is written out to: dialect and path.
    pub emit: Vec<(String, String)>,
    /// Patterns whose files must have an owner.
    pub require_owner: Vec<String>,
    /// Whether of several owners of a module one must make most of their changes.
    pub require_lead: bool,
    /// A CSV file `team,person[,since,until]`.
    pub teams: Option<String>,
    /// Where it is written.
    pub place: Place,
}
