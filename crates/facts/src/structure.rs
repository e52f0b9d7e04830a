//! Structure: modules, teams and who owns what, each either declared by someone or inferred from history.
//!
//! The two are never mixed up: every module and team carries its [`Source`], and ownership comes as separate
//! [`Ownership`] layers, one declared and one inferred, each measured by itself.

use rustc_hash::FxHashMap;

use crate::{Facts, FileId, ModuleId, Omission, PersonId, TeamId, time::Seconds};

/// The module of what no other module holds.
pub const REST: &str = "(root)";

/// On what a number rests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Basis {
    /// Somebody wrote it down.
    Declared,
    /// Read from what the history shows.
    Inferred,
    /// Neither: there is nothing to go by.
    #[default]
    None,
}

impl Basis {
    /// `declared`, `inferred` or `none`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Declared => "declared",
            Self::Inferred => "inferred",
            Self::None => "none",
        }
    }
}

/// Where a module or team was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Declared or inferred.
    pub basis: Basis,
    /// What it was read from: `Cargo.toml`, `CODEOWNERS`, `directories`, `history`.
    pub from: String,
}

/// A set of paths with one purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// Its name, unique in the structure: the directory it lies in (`services/billing`), [`REST`] for what no other holds.
    pub name: String,
    /// Where it was read from.
    pub source: Source,
}

/// What sort of owner a team is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TeamKind {
    /// A team by name, as `@acme/payments`.
    Team,
    /// A single person written as an owner.
    Person,
    /// A group of people found by what they change together.
    Group,
}

/// A set of people who own modules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// As written in the ownership file, or named for the modules its people change.
    pub name: String,
    /// What sort of owner.
    pub kind: TeamKind,
    /// Where it was read from.
    pub source: Source,
}

/// A person in a team, for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The team.
    pub team: TeamId,
    /// The person.
    pub person: PersonId,
    /// First moment; `None` for always.
    pub since: Option<Seconds>,
    /// First moment after; `None` for still.
    pub until: Option<Seconds>,
}

impl Membership {
    /// Whether it held at a moment; a moment that is not known is as good as any.
    pub fn covers(&self, moment: Option<Seconds>) -> bool {
        moment.is_none_or(|moment| {
            self.since.is_none_or(|since| since <= moment) && self.until.is_none_or(|until| moment < until)
        })
    }
}

/// Someone declared to be in a team whom the history does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unresolved {
    /// The team.
    pub team: TeamId,
    /// As written.
    pub person: String,
}

/// The rule that decided an owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerRule {
    /// The ownership file.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The pattern as written.
    pub pattern: String,
    /// The owners as written; empty when the rule says "no owner".
    pub owners: Vec<TeamId>,
}

/// One layer of ownership over the files.
#[derive(Clone, Debug, Default)]
pub struct Ownership {
    /// Declared or inferred.
    pub basis: Basis,
    /// Distinct sets of alternative owners, each sorted; any one of a set may approve.
    pub sets: Vec<Vec<TeamId>>,
    /// How many approvals each set asks for; beyond its end one.
    pub approvals: Vec<u32>,
    /// The set of each file, indexed by [`FileId`]; `None` when nobody owns it.
    pub set_of_file: Vec<Option<u32>>,
    /// The rule that decided each file, as an index into [`rules`](Self::rules); empty for inferred ownership.
    pub rule_of_file: Vec<Option<u32>>,
    /// The rules, in file order.
    pub rules: Vec<OwnerRule>,
    /// Files that need more than one set: each of these, too (GitLab's sections).
    pub further_sets: FxHashMap<FileId, Vec<u32>>,
    /// Where ownership is taken as it stood at each change: the sets of each touch, indexed by row.
    pub sets_of_touch: Option<Vec<Vec<u32>>>,
    /// The dialects it was read from, the first that speaks of a path decides; empty for inferred ownership.
    pub dialects: Vec<String>,
}

impl Ownership {
    /// The alternative owners of a file, those of its first set; empty when nobody owns it.
    pub fn owners(&self, file: FileId) -> &[TeamId] {
        self.set_of_file.get(file.index()).copied().flatten().map_or(&[], |set| &self.sets[set as usize])
    }

    /// Every set of a file: each must be asked, any one of each will do.
    pub fn sets(&self, file: FileId) -> impl Iterator<Item = u32> + '_ {
        let first = self.set_of_file.get(file.index()).copied().flatten();
        let further = first.and_then(|_| self.further_sets.get(&file)).map_or(&[][..], Vec::as_slice);
        first.into_iter().chain(further.iter().copied())
    }
}

/// Modules, teams and ownership over one repository's files.
#[derive(Clone, Debug, Default)]
pub struct Structure {
    /// Modules, sorted by name.
    pub modules: Vec<Module>,
    /// The module of each file, indexed by [`FileId`].
    pub module_of_file: Vec<Option<ModuleId>>,
    /// Declared teams first, then inferred ones, then those only earlier ownership files name; each part sorted by name.
    pub teams: Vec<Team>,
    /// Who is in which team. Bots and agents never are.
    pub memberships: Vec<Membership>,
    /// The team each owner's name means, as ownership files write it.
    pub team_of_owner: FxHashMap<String, TeamId>,
    /// Members and owners who could not be found among those who made changes.
    pub unresolved: Vec<Unresolved>,
    /// What an ownership file declares; `None` when there is no such file.
    pub declared: Option<Ownership>,
    /// Stewards: for each module the inferred team that makes most of its changes.
    pub inferred: Ownership,
    /// Why declared ownership cannot tell who must talk to whom, in one sentence; `None` when it can.
    pub declared_cannot_tell: Option<String>,
    /// What was found but could not be used.
    pub ledger: Vec<Omission>,
}

impl Structure {
    /// The ownership to measure by: declared where it can tell, else inferred.
    pub fn ownership(&self) -> &Ownership {
        match &self.declared {
            Some(declared) if self.declared_cannot_tell.is_none() => declared,
            _ => &self.inferred,
        }
    }

    /// The same with every living file that is touched at least so often a module of its own.
    #[must_use]
    pub fn by_file(&self, facts: &Facts, fewest_touches: usize) -> Self {
        let mut touches = vec![0usize; facts.files.len()];
        facts.touches.file.iter().for_each(|file| touches[file.index()] += 1);
        let mut files: Vec<FileId> = facts
            .files
            .ids()
            .filter(|&file| facts.files.alive(file) && touches[file.index()] >= fewest_touches)
            .collect();
        files.sort_by_key(|file| facts.paths.bytes(facts.files.path[file.index()]));
        let name = |file: &FileId| facts.paths.text(facts.files.path[file.index()]);
        let source = Source { basis: Basis::Declared, from: "files".to_owned() };
        let modules = files.iter().map(|file| Module { name: name(file), source: source.clone() }).collect();
        let mut module_of_file = vec![None; facts.files.len()];
        for (at, file) in files.iter().enumerate() {
            module_of_file[file.index()] = Some(ModuleId::from_index(at));
        }
        Self { modules, module_of_file, ..self.clone() }
    }

    /// The same with everything a team owns one module; of alternative owners the first counts.
    #[must_use]
    pub fn by_team(&self) -> Self {
        let ownership = self.ownership();
        let mut owners: Vec<TeamId> = (0..self.module_of_file.len())
            .filter_map(|at| ownership.owners(FileId::from_index(at)).first().copied())
            .collect();
        owners.sort_by(|a, b| self.teams[a.index()].name.cmp(&self.teams[b.index()].name));
        owners.dedup();
        let place: FxHashMap<TeamId, ModuleId> =
            owners.iter().enumerate().map(|(at, &team)| (team, ModuleId::from_index(at))).collect();
        let module = |team: &TeamId| {
            let team = &self.teams[team.index()];
            Module { name: team.name.clone(), source: team.source.clone() }
        };
        let module_of_file = (0..self.module_of_file.len())
            .map(|at| ownership.owners(FileId::from_index(at)).first().map(|team| place[team]))
            .collect();
        Self { modules: owners.iter().map(module).collect(), module_of_file, ..self.clone() }
    }

    /// The module of a file.
    pub fn module(&self, file: FileId) -> Option<ModuleId> {
        self.module_of_file.get(file.index()).copied().flatten()
    }

    /// Every module.
    pub fn module_ids(&self) -> impl ExactSizeIterator<Item = ModuleId> + use<> {
        (0..self.modules.len()).map(ModuleId::from_index)
    }

    /// Every team.
    pub fn team_ids(&self) -> impl ExactSizeIterator<Item = TeamId> + use<> {
        (0..self.teams.len()).map(TeamId::from_index)
    }
}
