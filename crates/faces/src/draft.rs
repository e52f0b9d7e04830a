//! A manifest to sign: what the repository shows, each guess marked as one with what it rests on.

use std::fmt::Write as _;

use crate::{
    numbers::{count, percent},
    plain::plain,
};

/// A manifest in the making.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// The system's name.
    pub system: String,
    /// The commit it was read at, shortened, and its day.
    pub read_at: String,
    /// Where ownership is declared already, as `[ownership] sources` names it.
    pub declared_in: Option<String>,
    /// Whether some files of a module are declared to belong to others than the module's owner.
    pub owners_differ: bool,
    /// Files that were read of which not one names another; 0 where one does.
    pub read_in_vain: u64,
    /// Teams.
    pub teams: Vec<DraftTeam>,
    /// Modules.
    pub modules: Vec<DraftModule>,
}

/// A team of a [`Draft`].
#[derive(Clone, Debug, Default)]
pub struct DraftTeam {
    /// Its id.
    pub id: String,
    /// Its names in ownership files.
    pub handles: Vec<String>,
    /// Its members.
    pub members: Vec<String>,
    /// What makes it one, where nobody declared it.
    pub guess: Option<String>,
}

/// A module of a [`Draft`].
#[derive(Clone, Debug, Default)]
pub struct DraftModule {
    /// Its id.
    pub id: String,
    /// Its patterns.
    pub paths: Vec<String>,
    /// What made it a module: a build file, or nothing but its directory.
    pub declared_by: Option<String>,
    /// Its owner.
    pub owner: Option<DraftOwner>,
    /// Files in it.
    pub files: u64,
    /// The modules it depends on today, sorted; `None` where none of its code could be read.
    pub depends_on: Option<Vec<String>>,
}

/// An owner of a [`DraftModule`].
#[derive(Clone, Debug)]
pub enum DraftOwner {
    /// Declared for some of the module's files by an ownership file.
    Declared {
        /// The team's id or the handle.
        owner: String,
        /// The file and line of the rule most of them fall under.
        by: String,
        /// Files it owns.
        files: u64,
        /// Others who may approve the same files.
        alternatives: Vec<String>,
        /// Other owners of the module's files, and how many they own; nobody is empty.
        others: Vec<(String, u64)>,
    },
    /// The team that makes most of the changes.
    Steward {
        /// The team's id.
        owner: String,
        /// Its share of the changes.
        share: f64,
        /// Changes in the last year.
        changes: u64,
    },
}

/// The whole manifest.
pub fn render(draft: &Draft) -> String {
    let mut out = String::new();
    let guesses = draft.teams.iter().any(|team| team.guess.is_some())
        || draft.modules.iter().any(|module| matches!(module.owner, Some(DraftOwner::Steward { .. })));
    let _ = writeln!(
        out,
        "# The structure of {}, drafted by `unsnarl init` at {}.",
        plain(&draft.system),
        draft.read_at
    );
    if guesses {
        out.push_str("# A line marked `guess` rests on history alone: check it, then take the mark away.\n");
    }
    let observed = draft.modules.iter().any(|module| module.depends_on.is_some());
    if observed {
        out.push_str(OBSERVED);
    }
    out.push_str("\nversion = 1\n\n");
    let _ = writeln!(out, "[system]\nname = {}", quoted(&draft.system));
    if let Some(source) = &draft.declared_in {
        let source = plain(source);
        let (says, also) = if draft.owners_differ {
            ("the owners below answer for a module's boundary", "")
        } else {
            ("the owners below answer where it says nothing", ", \"manifest\"")
        };
        let _ = writeln!(
            out,
            "\n# {source} decides who owns a path; {says}.\n[ownership]\nsources = [{}{also}]",
            quoted(&source)
        );
    }
    if draft.read_in_vain > 0 {
        let _ = writeln!(
            out,
            "\n# {} were read, and none names another. Where one should, take this out.\n[check]\nallow = [\"nothing-resolved\"]",
            files(draft.read_in_vain)
        );
    }
    out.push_str(&teams(&draft.teams));
    out.push_str(&modules(&draft.modules));
    if observed && draft.modules.len() > 1 {
        out.push_str(NO_NEW_CYCLES);
    }
    out
}

const OBSERVED: &str = "\
# depends_on is what the code names today, tests apart; nobody decided it. Take out what should not be: what it
# does not list fails `unsnarl check`, and `unsnarl check --accept` records what is there already.
";

const NO_NEW_CYCLES: &str = "
# Circles there are today can be recorded; a new step in one, or a new one, fails.
[[rule]]
id = \"no-new-cycles\"
type = \"acyclic\"
";

/// The tables of some teams.
pub fn teams(teams: &[DraftTeam]) -> String {
    let mut out = String::new();
    for team in teams {
        out.push('\n');
        if let Some(guess) = &team.guess {
            let _ = writeln!(out, "# guess: {}", plain(guess));
        }
        let _ = writeln!(out, "[[team]]\nid = {}", quoted(&team.id));
        if !team.handles.is_empty() {
            let _ = writeln!(out, "handles = {}", list("handles", &team.handles));
        }
        if !team.members.is_empty() {
            let _ = writeln!(out, "members = {}", list("members", &team.members));
        }
    }
    out
}

/// The tables of some modules.
pub fn modules(modules: &[DraftModule]) -> String {
    let mut out = String::new();
    for module in modules {
        out.push('\n');
        let why = match &module.declared_by {
            Some(by) => format!(" ({by})"),
            None if module.paths == ["**"] => "; everything no other module holds".to_owned(),
            None => "; guess: a directory that changes as one".to_owned(),
        };
        let _ = writeln!(out, "# {}{why}", files(module.files));
        if let Some(DraftOwner::Declared { files: owned, alternatives, others, .. }) = &module.owner {
            if !alternatives.is_empty() {
                let names: Vec<String> = alternatives.iter().map(|name| plain(name)).collect();
                let _ = writeln!(out, "# or instead of the owner: {}", names.join(", "));
            }
            if !others.is_empty() {
                let names: Vec<String> = others
                    .iter()
                    .take(4)
                    .map(|(name, files)| {
                        format!(
                            "{} {}",
                            if name.is_empty() { "nobody".to_owned() } else { plain(name) },
                            count(*files)
                        )
                    })
                    .collect();
                let more =
                    if others.len() > 4 { format!(", {} more", others.len() - 4) } else { String::new() };
                let _ = writeln!(
                    out,
                    "# the owner has {} of {}; also {}{more}",
                    count(*owned),
                    count(module.files),
                    names.join(", ")
                );
            }
        }
        if module.owner.is_none() {
            out.push_str("# no owner: nobody is declared, and no team stands out\n");
        }
        let _ = writeln!(
            out,
            "[[module]]\nid = {}\npaths = {}",
            quoted(&module.id),
            list("paths", &module.paths)
        );
        match &module.owner {
            Some(DraftOwner::Declared { owner, by, .. }) => {
                let _ = writeln!(out, "owner = {}  # {}", quoted(owner), plain(by));
            }
            Some(DraftOwner::Steward { owner, share, changes }) => {
                let _ = writeln!(
                    out,
                    "owner = {}  # guess: makes {} of {} in the last year",
                    quoted(owner),
                    percent(*share),
                    changes_of(*changes)
                );
            }
            None => {}
        }
        if let Some(modules) = &module.depends_on {
            let _ = writeln!(out, "depends_on = {}  # observed", list("depends_on", modules));
        }
    }
    out
}

fn files(number: u64) -> String {
    if number == 1 { "1 file".to_owned() } else { format!("{} files", count(number)) }
}

fn changes_of(number: u64) -> String {
    if number == 1 { "1 change".to_owned() } else { format!("{} changes", count(number)) }
}

/// A TOML basic string.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn list(key: &str, texts: &[String]) -> String {
    let all: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    let line = format!("[{}]", all.join(", "));
    if key.len() + 3 + line.chars().count() <= 100 {
        return line;
    }
    format!("[\n{}]", all.iter().map(|text| format!("    {text},\n")).collect::<String>())
}
