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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
    /// Layers, the highest first.
    pub layers: Vec<String>,
    /// Rules on dependencies.
    pub rules: Vec<DeclaredRule>,
    /// Rules on how change happens.
    pub change_rules: Vec<ChangeRule>,
    /// Exemptions from rules.
    pub exemptions: Vec<Exemption>,
    /// How ownership is read and written.
    pub ownership: OwnershipSettings,
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
    /// The reason, or the decision record that gives it.
    pub because: Option<String>,
    /// Where it is written.
    pub place: Place,
}

/// A `[[change_rule]]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangeRule {
    /// Its name.
    pub id: String,
    /// The most teams a change may need.
    pub max_teams: Option<u32>,
    /// The days of history it looks at.
    pub window_days: Option<u32>,
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
    /// A CSV file `team,person[,since,until]`.
    pub teams: Option<String>,
}
