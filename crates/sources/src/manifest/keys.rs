//! Every key of a manifest, once: parsing, suggestions and the JSON Schema come from this table.

/// What a key's value is.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    /// Text with at least one character.
    Name,
    /// One of these words.
    Choice(&'static [&'static str]),
    Number,
    /// Days as `180d`.
    Days,
    Boolean,
    /// A number from 0 to 1.
    Share,
    /// A day as 2024-03-01, quoted or not.
    Date,
    Texts,
    /// A list of some of these words.
    Choices(&'static [&'static str]),
    /// Patterns ([`facts::globs`]).
    Globs,
    Table(&'static [Key]),
    Tables(&'static [Key]),
    /// A list of names, or of tables with these keys.
    NamesOrTables(&'static [Key]),
}

/// One key.
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    pub(super) required: bool,
    pub(super) about: &'static str,
}

const fn key(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key { name, shape, required: false, about }
}

const fn required(name: &'static str, shape: Shape, about: &'static str) -> Key {
    Key { name, shape, required: true, about }
}

/// Team Topologies (Skelton, Pais 2019).
pub(super) const TEAM_TYPES: &[&str] = &["stream-aligned", "platform", "enabling", "complicated-subsystem"];
pub(super) const UNITS: &[&str] = &["auto", "change", "commit", "ticket"];
pub(super) const RULE_TYPES: &[&str] = &["forbidden", "acyclic", "independence", "reachable"];
pub(super) const LEVELS: &[&str] = &["module", "file"];
pub(super) const SEVERITIES: &[&str] = &["error", "warning"];
pub(super) const CHARGES: &[&str] = &["depending", "defining"];
pub(super) const KINDS: &[&str] = &["runtime", "type-only", "test", "dev"];
/// Dialects ownership can be written in.
pub(super) const EMITTED: &[&str] = &["github", "gitlab", "kubernetes", "gerrit", "backstage"];

/// Keys of `unsnarl.toml`.
pub(super) const ROOT: &[Key] = &[
    required("version", Shape::Number, "The version of this format: 1."),
    key("system", Shape::Table(SYSTEM), "The system as a whole."),
    key("team", Shape::Tables(TEAM), "A team: people who own modules."),
    key("module", Shape::Tables(MODULE), "A module: paths with one purpose and one owner."),
    key("layers", Shape::Table(LAYERS), "The layers of the system."),
    key("rule", Shape::Tables(RULE), "A rule on dependencies."),
    key("change_rule", Shape::Tables(CHANGE_RULE), "A rule on how change happens."),
    key("exemption", Shape::Tables(EXEMPTION), "An exemption from a rule, with an owner and an end."),
    key("ownership", Shape::Table(OWNERSHIP), "How ownership files are read and written."),
    key("check", Shape::Table(CHECK), "How rules are held."),
];

/// Keys of a `module.toml`.
pub(super) const NESTED: &[Key] = &[
    key("version", Shape::Number, "The version of this format: 1."),
    key("team", Shape::Tables(TEAM), "A team: people who own modules."),
    key("module", Shape::Tables(MODULE), "A module: paths with one purpose and one owner."),
    key("rule", Shape::Tables(RULE), "A rule on dependencies."),
    key("change_rule", Shape::Tables(CHANGE_RULE), "A rule on how change happens."),
    key("exemption", Shape::Tables(EXEMPTION), "An exemption from a rule, with an owner and an end."),
];

const SYSTEM: &[Key] = &[
    key("name", Shape::Name, "What the system is called."),
    key(
        "unit",
        Shape::Choice(UNITS),
        "What one change is; auto picks from the history's shape and says why.",
    ),
];

const TEAM: &[Key] = &[
    required("id", Shape::Name, "The team's name in this manifest."),
    key("type", Shape::Choice(TEAM_TYPES), "Its kind, after Team Topologies."),
    key("handles", Shape::Texts, "Its names in ownership files, as `@acme/payments`."),
    key(
        "members",
        Shape::NamesOrTables(MEMBER),
        "Who is in it: e-mail addresses, @accounts or names, with days where they came or went.",
    ),
];

const MEMBER: &[Key] = &[
    required("person", Shape::Name, "An e-mail address, an @account or a name as in the history."),
    key("since", Shape::Date, "The first day in the team."),
    key("until", Shape::Date, "The last day in the team."),
];

const MODULE: &[Key] = &[
    required("id", Shape::Name, "The module's name."),
    key(
        "paths",
        Shape::Globs,
        "What belongs to it, from the root: `services/billing/**`. In a module.toml from its own directory, `//` for the root; everything there when left out.",
    ),
    key("owner", Shape::Name, "The id of the team that owns it, or a handle."),
    key("layer", Shape::Name, "Its layer."),
    key("interface", Shape::Globs, "What others may depend on; everything when left out."),
    key("depends_on", Shape::Texts, "Modules it may depend on: any when left out, none when empty."),
    key("visible_to", Shape::Texts, "Modules that may depend on it: every one when left out."),
    key("strict", Shape::Boolean, "Whether it may have no recorded debt, so that it stays clean."),
];

const LAYERS: &[Key] = &[
    required("order", Shape::Texts, "Layers from the highest to the lowest; each may use those below it."),
    key(
        "closed",
        Shape::Texts,
        "Layers nothing may reach past: what stands above uses them, not what stands below.",
    ),
    key("transitive", Shape::Boolean, "Whether ways through modules without a layer count."),
];

const RULE: &[Key] = &[
    required("id", Shape::Name, "The rule's name, as exemptions and reports give it."),
    required("type", Shape::Choice(RULE_TYPES), "What is asked for."),
    key("from", Shape::Texts, "Modules, `layer:NAME` or patterns it starts from."),
    key("to", Shape::Texts, "The same, where it leads."),
    key("transitive", Shape::Boolean, "Whether ways through others count."),
    key("level", Shape::Choice(LEVELS), "What `acyclic` looks at; modules when left out."),
    key("severity", Shape::Choice(SEVERITIES), "Whether it fails a check; error when left out."),
    key(
        "owner",
        Shape::Name,
        "Who may approve exemptions; whoever owns the file it is written in when left out.",
    ),
    key("because", Shape::Name, "The reason, or the decision record that gives it."),
];

const CHANGE_RULE: &[Key] = &[
    required("id", Shape::Name, "The rule's name."),
    key("modules", Shape::Texts, "The modules it concerns; all when left out."),
    key("max_teams", Shape::Number, "The most teams one change may need."),
    key("max_approvals", Shape::Number, "The most approvals one change may need."),
    key(
        "no_undeclared_boundary",
        Shape::Boolean,
        "Whether a change may touch two modules of which neither declares to depend on the other.",
    ),
    key(
        "usual_partner",
        Shape::Share,
        "A file that went along with another in this share of its changes is missed when it does not.",
    ),
    key(
        "no_new_hidden_constraint",
        Shape::Boolean,
        "Whether modules may begin to change together where none names the other.",
    ),
    key("min_independence", Shape::Share, "The least share of changes that need one team."),
    key("severity", Shape::Choice(SEVERITIES), "Whether it fails a check; error when left out."),
    key("window", Shape::Days, "How much history it looks at, as `180d`."),
    key("because", Shape::Name, "The reason, or the decision record that gives it."),
];

const EXEMPTION: &[Key] = &[
    required("rule", Shape::Name, "The id of the rule, or the code or name of a built-in one."),
    required("from", Shape::Name, "The file or module that is exempt."),
    required("to", Shape::Name, "What it may reach all the same."),
    required("reason", Shape::Name, "Why."),
    required("owner", Shape::Name, "Who answers for it."),
    required("expires", Shape::Date, "The last day it applies."),
];

const CHECK: &[Key] = &[
    key(
        "charge",
        Shape::Choice(CHARGES),
        "Whose debt a dependency is that breaks a rule; depending when left out.",
    ),
    key(
        "kinds",
        Shape::Choices(KINDS),
        "Kinds of dependency that count; runtime, type-only and dev when left out.",
    ),
    key("allow", Shape::Texts, "Rules that are not held, by code or name."),
    key("warn", Shape::Texts, "Rules that are told and fail nothing, by code or name."),
];

const OWNERSHIP: &[Key] = &[
    key(
        "sources",
        Shape::Texts,
        "Which sources answer, in order: manifest, CODEOWNERS, OWNERS, MAINTAINERS, catalog-info.yaml, or a dialect's name.",
    ),
    key("emit", Shape::Tables(EMIT), "Ownership files that are written from this manifest."),
    key("require_owner", Shape::Globs, "Paths that must have an owner."),
    key(
        "require_lead",
        Shape::Boolean,
        "Whether of several owners of a module one must make most of the changes.",
    ),
    key("teams", Shape::Name, "A CSV file `team,person[,since,until]` with further members."),
];

const EMIT: &[Key] = &[
    required("dialect", Shape::Choice(EMITTED), "The dialect to write."),
    key("path", Shape::Name, "The file to write; the dialect's usual place when left out."),
];
