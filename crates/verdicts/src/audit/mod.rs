//! Whether what is declared about ownership is true, complete and does anything: each finding with what to write instead.

mod coverage;
mod owners;
mod reality;
mod rules;

pub use coverage::Coverage;

use std::collections::BTreeMap;

use facts::{Lens, Manifest, RuleBook, Structure, TeamId, structure::TeamKind};
use measures::Picture;

use crate::{Severity, finding};

/// What sort of audit finding, in the order in which they are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AuditKind {
    /// Files the manifest says must have an owner have none.
    Required,
    /// Files nobody owns.
    Unowned,
    /// The declared owner does little of the work while others do most of it.
    Absent,
    /// Several owners, none of whom leads.
    Leaderless,
    /// A rule or section that asks for an approval nobody can give, or for none.
    Void,
    /// A line or file that does nothing because of how it is written or where it lies.
    Broken,
    /// Two sources that name different owners for the same files.
    Conflicting,
    /// A rule that speaks of no file.
    Dead,
    /// A rule that others decide for, wherever it speaks.
    Shadowed,
    /// A pattern written twice.
    Duplicated,
    /// An owner nobody in the history answers to.
    UnknownOwner,
    /// An owner who has had no part in any change for a year.
    LeftOwner,
    /// A team whose members cannot be seen.
    Opaque,
}

impl AuditKind {
    /// Every kind, in order.
    pub const ALL: [Self; 13] = [
        Self::Required,
        Self::Unowned,
        Self::Absent,
        Self::Leaderless,
        Self::Void,
        Self::Broken,
        Self::Conflicting,
        Self::Dead,
        Self::Shadowed,
        Self::Duplicated,
        Self::UnknownOwner,
        Self::LeftOwner,
        Self::Opaque,
    ];

    /// The name in JSON `findings[].kind`, and the first part of every id.
    pub fn name(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Unowned => "unowned",
            Self::Absent => "absent",
            Self::Leaderless => "leaderless",
            Self::Void => "void",
            Self::Broken => "broken",
            Self::Conflicting => "conflicting",
            Self::Dead => "dead",
            Self::Shadowed => "shadowed",
            Self::Duplicated => "duplicated",
            Self::UnknownOwner => "unknown-owner",
            Self::LeftOwner => "left-owner",
            Self::Opaque => "opaque",
        }
    }

    /// What the kind means, in a few words.
    pub fn title(self) -> &'static str {
        match self {
            Self::Required => "must have an owner, and have none",
            Self::Unowned => "nobody owns",
            Self::Absent => "declared owner is not who does the work",
            Self::Leaderless => "several may decide, nobody leads",
            Self::Void => "nobody can or need approve",
            Self::Broken => "does nothing as it is written",
            Self::Conflicting => "sources disagree",
            Self::Dead => "speaks of no file",
            Self::Shadowed => "always overridden",
            Self::Duplicated => "written twice",
            Self::UnknownOwner => "owner unknown to the history",
            Self::LeftOwner => "owner had no part in a change for a year",
            Self::Opaque => "team whose members cannot be seen",
        }
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditFinding {
    /// Stable: made from the kind and the names of what it is about.
    pub id: String,
    /// What sort.
    pub kind: AuditKind,
    /// How much it matters.
    pub severity: Severity,
    /// The ownership file and line it stands in; line 0 for the file as a whole.
    pub place: Option<(String, u32)>,
    /// What is so, in one line with its numbers. May hold untrusted names.
    pub title: String,
    /// What to write instead.
    pub instead: String,
    /// Files it concerns.
    pub files: u64,
    /// Their share of the touches of the last year; `None` where nothing was touched, or where no file is concerned.
    pub share: Option<f64>,
    /// A few of them.
    pub paths: Vec<String>,
}

/// Everything an audit says.
#[derive(Clone, Debug, PartialEq)]
pub struct Audit {
    /// How much is owned.
    pub coverage: Coverage,
    /// The most pressing first.
    pub findings: Vec<AuditFinding>,
}

/// How a dialect says that an owner owns a directory (`true`), or the files directly in it: dialect, directory, owner.
pub type WriteRule<'a> = &'a dyn Fn(&str, &str, bool, &str) -> String;

/// What the checks look at.
struct Subject<'a> {
    lens: &'a Lens<'a>,
    structure: &'a Structure,
    picture: &'a Picture,
    book: &'a RuleBook,
    manifest: &'a Manifest,
    write: WriteRule<'a>,
    /// Touches of each file in the last year.
    touches: Vec<u64>,
    all_touches: u64,
    /// The name a team has in the ownership files that answer.
    handles: BTreeMap<TeamId, String>,
}

impl Subject<'_> {
    /// A share of the last year's touches.
    fn share(&self, touches: u64) -> Option<f64> {
        (self.all_touches > 0).then(|| touches as f64 / self.all_touches as f64)
    }

    /// The dialect new rules are best written in: that of the source asked first.
    fn dialect(&self) -> &'static str {
        self.book.sources.iter().find(|source| source.asked).map_or("manifest", |source| source.dialect)
    }

    /// A team as the subject of a sentence; a lone group is everybody else.
    fn who(&self, team: TeamId) -> &str {
        let one = &self.structure.teams[team.index()];
        let lone = self.structure.teams.iter().filter(|other| other.kind == TeamKind::Group).count() == 1;
        if one.kind == TeamKind::Group && lone { "others" } else { self.handle(team) }
    }

    /// The name to write for a team.
    fn handle(&self, team: TeamId) -> &str {
        self.handles.get(&team).map_or(self.structure.teams[team.index()].name.as_str(), String::as_str)
    }
}

/// Judges what is declared. `write` says how the dialect in use writes a rule.
pub fn audit(
    lens: &Lens<'_>,
    picture: &Picture,
    book: &RuleBook,
    manifest: &Manifest,
    write: WriteRule<'_>,
) -> Audit {
    let mut touches = vec![0; lens.facts.files.len()];
    for change in lens.recent() {
        lens.facts.touches.of(change).for_each(|at| touches[lens.facts.touches.file[at].index()] += 1);
    }
    let living = lens.facts.files.ids().filter(|&file| lens.facts.files.alive(file));
    let all_touches = living.map(|file| touches[file.index()]).sum();
    let mut handles = BTreeMap::new();
    for rule in book.rules.iter().filter(|rule| book.sources[rule.source as usize].asked) {
        for owner in &rule.owners {
            if let Some(&team) = lens.structure.team_of_owner.get(owner) {
                handles.entry(team).or_insert_with(|| owner.clone());
            }
        }
    }
    for declared in &manifest.teams {
        let team =
            lens.structure.team_ids().find(|team| lens.structure.teams[team.index()].name == declared.id);
        if let (Some(team), Some(handle)) = (team, declared.handles.first()) {
            handles.entry(team).or_insert_with(|| handle.clone());
        }
    }
    let subject = Subject {
        lens,
        structure: lens.structure,
        picture,
        book,
        manifest,
        write,
        touches,
        all_touches,
        handles,
    };
    let (coverage, mut findings) = coverage::check(&subject);
    findings.extend(reality::check(&subject));
    findings.extend(rules::check(&subject));
    findings.extend(owners::check(&subject));
    // Stable: within a kind, findings keep the order of their weight.
    findings.sort_by_key(|finding| (finding.severity, finding.kind));
    Audit { coverage, findings }
}

/// Whole percent as text.
fn percent(share: f64) -> String {
    match share * 100.0 {
        small if small > 0.0 && small < 1.0 => "under 1 %".to_owned(),
        whole => format!("{whole:.0} %"),
    }
}

/// `1 file`, `12 files`.
pub(crate) fn count(number: u64, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{} {thing}s", facts::counts::grouped(number)) }
}

/// `1 dependency`, `1,200 dependencies`.
pub(crate) fn dependencies(number: u64) -> String {
    if number == 1 {
        "1 dependency".to_owned()
    } else {
        format!("{} dependencies", facts::counts::grouped(number))
    }
}

fn id(kind: AuditKind, names: &[&str]) -> String {
    finding::id_of(kind.name(), names)
}
