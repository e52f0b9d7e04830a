//! Moves: small edits of a structure, and the structure that comes of them.
//!
//! ```text
//! give       a module, directory or files to another team       ownership alone
//! relocate   a directory or files to another module             and to whoever owns that
//! split      a directory or files out of their module           under a name, to a team where one is named
//! merge      a module into another                              and to whoever owns that
//! interface  what outsiders may use of a module                 changes nobody's owner
//! share      a module, directory or files with a further team   any one of the owners will do
//! ```
//!
//! Moves name everything as people do, so that they hold for the next commit, too. They are laid over whatever the
//! structure was read from; nothing is written.

use std::path::Path;

use rustc_hash::FxHashMap;

use crate::{
    Basis, Facts, FileId, Module, ModuleId, Ownership, Structure, TeamId,
    structure::{REST, Source},
};

/// What is moved.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Every file of a module, by its name.
    Module(String),
    /// Everything below a directory, without slashes at its ends.
    Directory(String),
    /// These files, by their paths.
    Files(Vec<String>),
}

/// One edit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Move {
    /// A part gets this team for its only owner.
    Give {
        /// What.
        part: Part,
        /// The team, by its name.
        team: String,
    },
    /// A part's code goes to another module, and to its owner.
    Relocate {
        /// A directory or files.
        part: Part,
        /// The module, by its name.
        module: String,
    },
    /// A part becomes a module of its own.
    Split {
        /// A directory or files.
        part: Part,
        /// The new module's name.
        name: String,
        /// Who owns it; as before where nobody is named.
        team: Option<String>,
    },
    /// A module becomes a part of another.
    Merge {
        /// The module that goes.
        module: String,
        /// The one that stays.
        into: String,
    },
    /// Outsiders use nothing else of a module any more.
    Interface {
        /// The module.
        module: String,
        /// What they may use; none where all they use today is to be hidden behind something new.
        files: Vec<String>,
    },
    /// A part gets this team for a further owner, any one of whom will do.
    Share {
        /// What.
        part: Part,
        /// The team, by its name.
        team: String,
    },
}

impl Move {
    /// What is moved, shared or gets an interface.
    pub fn what(&self) -> Part {
        match self {
            Self::Give { part, .. }
            | Self::Relocate { part, .. }
            | Self::Split { part, .. }
            | Self::Share { part, .. } => part.clone(),
            Self::Merge { module, .. } | Self::Interface { module, .. } => Part::Module(module.clone()),
        }
    }

    /// `give`, `relocate`, `split`, `merge`, `interface` or `share`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Give { .. } => "give",
            Self::Relocate { .. } => "relocate",
            Self::Split { .. } => "split",
            Self::Merge { .. } => "merge",
            Self::Interface { .. } => "interface",
            Self::Share { .. } => "share",
        }
    }
}

/// Why a move does not fit a structure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// There is no such team.
    Team(String),
    /// There is no such module.
    Module(String),
    /// No file lies there, living or dead.
    Nothing(Part),
    /// There is such a module already.
    Taken(String),
    /// A module cannot become a part of itself.
    Itself(String),
}

/// Finds what parts of a structure hold.
#[derive(Debug)]
pub struct Parts<'a> {
    facts: &'a Facts,
    /// Every file with its path, by path.
    by_path: Vec<(&'a [u8], FileId)>,
}

impl<'a> Parts<'a> {
    /// Looks at the paths of facts.
    pub fn new(facts: &'a Facts) -> Self {
        let path = |file: FileId| (facts.paths.bytes(facts.files.path[file.index()]), file);
        let mut by_path: Vec<(&[u8], FileId)> = facts.files.ids().map(path).collect();
        by_path.sort_unstable();
        Self { facts, by_path }
    }

    /// The files of a part, sorted; those that are gone, too, for they are part of its history.
    pub fn files(&self, structure: &Structure, part: &Part) -> Result<Vec<FileId>, Misfit> {
        let mut files: Vec<FileId> = match part {
            Part::Module(name) => {
                let module = module(structure, name)?;
                let own = |file: &FileId| structure.module(*file) == Some(module);
                self.facts.files.ids().filter(own).collect()
            }
            Part::Directory(path) => {
                let below = format!("{}/", path.trim_matches('/'));
                let from = self.by_path.partition_point(|(path, _)| *path < below.as_bytes());
                let own = self.by_path[from..].iter();
                own.take_while(|(path, _)| path.starts_with(below.as_bytes()))
                    .map(|(_, file)| *file)
                    .collect()
            }
            Part::Files(paths) => {
                let at = |path: &String| {
                    let from = self.by_path.partition_point(|(own, _)| *own < path.as_bytes());
                    let own = self.by_path[from..].iter();
                    own.take_while(|(own, _)| *own == path.as_bytes())
                        .map(|(_, file)| *file)
                        .collect::<Vec<_>>()
                };
                let mut files = Vec::new();
                for path in paths {
                    let found = at(path);
                    if found.is_empty() {
                        return Err(Misfit::Nothing(Part::Files(vec![path.clone()])));
                    }
                    files.extend(found);
                }
                files
            }
        };
        if files.is_empty() {
            return Err(Misfit::Nothing(part.clone()));
        }
        files.sort_unstable();
        files.dedup();
        Ok(files)
    }

    /// The structure some moves lead to, one after another.
    pub fn apply(&self, structure: &Structure, moves: &[Move]) -> Result<Structure, Misfit> {
        let mut out = structure.clone();
        for one in moves {
            self.apply_one(&mut out, one)?;
        }
        Ok(out)
    }

    fn apply_one(&self, structure: &mut Structure, one: &Move) -> Result<(), Misfit> {
        match one {
            Move::Give { part, team } => {
                let owner = find_team(structure, team)?;
                let files = self.files(structure, part)?;
                let ownership = in_force(structure);
                let set = set_of(ownership, vec![owner]);
                own(ownership, &files, &[set]);
            }
            Move::Share { part, team } => {
                let further = find_team(structure, team)?;
                let files = self.files(structure, part)?;
                share(in_force(structure), &files, further);
            }
            Move::Relocate { part: Part::Directory(path), module: name }
                if Path::new(name).starts_with(path.trim_matches('/')) =>
            {
                return Err(Misfit::Itself(path.clone()));
            }
            Move::Relocate { part, module: name } => {
                let files = self.files(structure, part)?;
                let to = module(structure, name)?;
                self.settle_in(structure, &files, to);
            }
            Move::Merge { module: name, into } => {
                let (from, to) = (module(structure, name)?, module(structure, into)?);
                if from == to {
                    return Err(Misfit::Itself(name.clone()));
                }
                let files = self.files(structure, &Part::Module(name.clone()))?;
                self.settle_in(structure, &files, to);
            }
            Move::Split { part, name, team } => {
                if structure.modules.iter().any(|module| module.name == *name) {
                    return Err(Misfit::Taken(name.clone()));
                }
                let owner = team.as_ref().map(|team| find_team(structure, team)).transpose()?;
                let files = self.files(structure, part)?;
                let source = Source { basis: Basis::Declared, from: "moves".to_owned() };
                let new = ModuleId::from_index(structure.modules.len());
                structure.modules.push(Module { name: name.clone(), source });
                files.iter().for_each(|file| structure.module_of_file[file.index()] = Some(new));
                if let Some(owner) = owner {
                    let ownership = in_force(structure);
                    let set = set_of(ownership, vec![owner]);
                    own(ownership, &files, &[set]);
                }
            }
            Move::Interface { module: name, files } => {
                module(structure, name)?;
                if !files.is_empty() {
                    self.files(structure, &Part::Files(files.clone()))?;
                }
            }
        }
        Ok(())
    }

    /// Files become a module's, and its owner's.
    fn settle_in(&self, structure: &mut Structure, files: &[FileId], to: ModuleId) {
        let sets = self.usual_sets(structure, to);
        files.iter().for_each(|file| structure.module_of_file[file.index()] = Some(to));
        own(in_force(structure), files, &sets);
    }

    /// The sets most living files of a module need, the first of equals; of a module without any, those of the dead.
    pub fn usual_sets(&self, structure: &Structure, module: ModuleId) -> Vec<u32> {
        let mut counts = Counts::default();
        for file in self.facts.files.ids().filter(|&file| structure.module(file) == Some(module)) {
            counts.count(self.facts, structure.ownership(), file);
        }
        counts.usual()
    }

    /// The same of every module.
    pub fn usual_sets_of_all(&self, structure: &Structure) -> Vec<Vec<u32>> {
        let mut counts: Vec<Counts> = structure.modules.iter().map(|_| Counts::default()).collect();
        for file in self.facts.files.ids() {
            if let Some(module) = structure.module(file) {
                counts[module.index()].count(self.facts, structure.ownership(), file);
            }
        }
        counts.into_iter().map(Counts::usual).collect()
    }
}

/// How many files need which sets: living ones, and all.
#[derive(Default)]
struct Counts(FxHashMap<Vec<u32>, (u64, u64)>);

impl Counts {
    fn count(&mut self, facts: &Facts, ownership: &Ownership, file: FileId) {
        let entry = self.0.entry(ownership.sets(file).collect()).or_default();
        entry.0 += u64::from(facts.files.alive(file));
        entry.1 += 1;
    }

    fn usual(self) -> Vec<u32> {
        let best = self.0.into_iter().max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(&a.0)));
        best.map_or(Vec::new(), |(sets, _)| sets)
    }
}

/// The layer that counts.
fn in_force(structure: &mut Structure) -> &mut Ownership {
    let declared = structure.declared_cannot_tell.is_none();
    match &mut structure.declared {
        Some(own) if declared => own,
        _ => &mut structure.inferred,
    }
}

/// The number of a set of alternative owners, one approval of whom will do.
fn set_of(ownership: &mut Ownership, mut owners: Vec<TeamId>) -> u32 {
    owners.sort_unstable();
    owners.dedup();
    let asks_one = |at: usize| ownership.approvals.get(at).copied().unwrap_or(1) == 1;
    let known = (0..ownership.sets.len()).find(|&at| ownership.sets[at] == owners && asks_one(at));
    known.unwrap_or_else(|| {
        ownership.approvals.resize(ownership.sets.len(), 1);
        ownership.approvals.push(1);
        ownership.sets.push(owners);
        ownership.sets.len() - 1
    }) as u32
}

fn own(ownership: &mut Ownership, files: &[FileId], sets: &[u32]) {
    for &file in files {
        ownership.set_of_file[file.index()] = sets.first().copied();
        if let Some(rule) = ownership.rule_of_file.get_mut(file.index()) {
            *rule = None;
        }
        match sets {
            [_, further @ ..] if !further.is_empty() => {
                ownership.further_sets.insert(file, further.to_vec());
            }
            _ => {
                ownership.further_sets.remove(&file);
            }
        }
    }
}

/// Adds an alternative to every set of some files; what nobody owns stays nobody's.
fn share(ownership: &mut Ownership, files: &[FileId], further: TeamId) {
    let mut widened: FxHashMap<u32, u32> = FxHashMap::default();
    for &file in files {
        let sets: Vec<u32> = ownership.sets(file).collect();
        let mut wide = Vec::with_capacity(sets.len());
        for set in sets {
            let known = widened.get(&set).copied();
            let new = known.unwrap_or_else(|| {
                let mut owners = ownership.sets[set as usize].clone();
                owners.push(further);
                set_of(ownership, owners)
            });
            widened.insert(set, new);
            wide.push(new);
        }
        own(ownership, &[file], &wide);
    }
}

fn module(structure: &Structure, name: &str) -> Result<ModuleId, Misfit> {
    let at = structure.modules.iter().position(|module| module.name == name);
    at.map(ModuleId::from_index).ok_or_else(|| Misfit::Module(name.to_owned()))
}

/// A team by its name, those of the layer that counts first, or as an ownership file writes it.
fn find_team(structure: &Structure, name: &str) -> Result<TeamId, Misfit> {
    let basis = structure.ownership().basis;
    let named = |of: &dyn Fn(Basis) -> bool| {
        structure.teams.iter().position(|team| team.name == name && of(team.source.basis))
    };
    let at = named(&|own| own == basis).or_else(|| named(&|_| true)).map(TeamId::from_index);
    at.or_else(|| structure.team_of_owner.get(name).copied()).ok_or_else(|| Misfit::Team(name.to_owned()))
}

/// Whether a module's name is the name of a directory that could be written down.
pub fn is_directory(module: &str) -> bool {
    module != REST && !module.ends_with(" (rest)")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ChangeId, Team, structure::TeamKind};

    fn shop() -> (Facts, Structure) {
        let mut facts = Facts::default();
        for path in ["billing/a", "billing/b", "billing/pdf/c", "web/d", "web/e"] {
            let path = facts.paths.intern(path.as_bytes());
            facts.files.push(path, ChangeId(0));
        }
        let source = Source { basis: Basis::Declared, from: "CODEOWNERS".to_owned() };
        let module = |name: &str| Module { name: name.to_owned(), source: source.clone() };
        let team = |name: &str| Team { name: name.to_owned(), kind: TeamKind::Team, source: source.clone() };
        let declared = Ownership {
            basis: Basis::Declared,
            sets: vec![vec![TeamId(0)], vec![TeamId(1)]],
            set_of_file: vec![Some(0), Some(0), Some(0), Some(1), Some(1)],
            ..Ownership::default()
        };
        let structure = Structure {
            modules: vec![module("billing"), module("web")],
            module_of_file: [0, 0, 0, 1, 1].map(|at| Some(ModuleId(at))).to_vec(),
            teams: vec![team("@shop/pay"), team("@shop/web")],
            declared: Some(declared),
            ..Structure::default()
        };
        (facts, structure)
    }

    fn owners(structure: &Structure) -> Vec<Vec<u32>> {
        let own = |at: usize| structure.ownership().owners(FileId::from_index(at));
        (0..5).map(|at| own(at).iter().map(|team| team.0).collect()).collect()
    }

    fn modules(structure: &Structure) -> Vec<u32> {
        structure.module_of_file.iter().map(|module| module.unwrap().0).collect()
    }

    #[test]
    fn each_kind_does_what_it_says() {
        let (facts, structure) = shop();
        let parts = Parts::new(&facts);
        let after = |one: Move| parts.apply(&structure, &[one]).unwrap();
        let pdf = || Part::Directory("billing/pdf".to_owned());
        let given = after(Move::Give { part: pdf(), team: "@shop/web".to_owned() });
        assert_eq!(owners(&given), [vec![0], vec![0], vec![1], vec![1], vec![1]]);
        assert_eq!(modules(&given), [0, 0, 0, 1, 1], "ownership alone");
        let moved = after(Move::Relocate { part: pdf(), module: "web".to_owned() });
        assert_eq!((owners(&moved)[2].clone(), modules(&moved)[2]), (vec![1], 1));
        let split = after(Move::Split { part: pdf(), name: "pdf".to_owned(), team: None });
        assert_eq!((owners(&split)[2].clone(), modules(&split)[2]), (vec![0], 2));
        let merged = after(Move::Merge { module: "billing".to_owned(), into: "web".to_owned() });
        assert_eq!(owners(&merged), vec![vec![1]; 5]);
        assert_eq!(modules(&merged), [1; 5]);
        let files = Part::Files(vec!["web/d".to_owned()]);
        let shared = after(Move::Share { part: files.clone(), team: "@shop/pay".to_owned() });
        assert_eq!(owners(&shared)[3..], [vec![0, 1], vec![1]]);
        for files in [vec!["web/d".to_owned()], vec![]] {
            let interface = Move::Interface { module: "web".to_owned(), files };
            assert_eq!(owners(&after(interface)), owners(&structure));
        }
        // Moves follow each other: what was merged can be given.
        let both = parts
            .apply(
                &structure,
                &[
                    Move::Merge { module: "billing".to_owned(), into: "web".to_owned() },
                    Move::Give { part: Part::Module("web".to_owned()), team: "@shop/pay".to_owned() },
                ],
            )
            .unwrap();
        assert_eq!(owners(&both), vec![vec![0]; 5]);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let (facts, structure) = shop();
        let parts = Parts::new(&facts);
        let misfit = |one: Move| parts.apply(&structure, &[one]).unwrap_err();
        let web = || "web".to_owned();
        let part = || Part::Module(web());
        assert_eq!(misfit(Move::Give { part: part(), team: web() }), Misfit::Team(web()));
        let nowhere = Part::Directory("we".to_owned());
        let give = Move::Give { part: nowhere.clone(), team: "@shop/web".to_owned() };
        assert_eq!(misfit(give), Misfit::Nothing(nowhere), "a directory's name is whole");
        assert_eq!(misfit(Move::Merge { module: web(), into: web() }), Misfit::Itself(web()));
        assert_eq!(misfit(Move::Relocate { part: part(), module: "x".into() }), Misfit::Module("x".into()));
        assert_eq!(misfit(Move::Split { part: part(), name: web(), team: None }), Misfit::Taken(web()));
        let inside = Move::Relocate { part: Part::Directory("web/".into()), module: web() };
        assert_eq!(misfit(inside), Misfit::Itself("web/".into()));
        let gone = Part::Files(vec!["web/d".into(), "web/x".into()]);
        assert_eq!(
            misfit(Move::Share { part: gone, team: "@shop/web".into() }),
            Misfit::Nothing(Part::Files(vec!["web/x".into()]))
        );
    }
}
