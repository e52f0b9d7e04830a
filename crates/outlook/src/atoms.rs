//! History in atoms: what somebody without the facts needs to lay moves over it and count again.
//!
//! ```text
//! files ──same module, same owners, same parts of moves──▶ atoms
//! change ──the atoms of the files it touches──▶ sets of alternative owners ──smallest cover──▶ teams
//! ```
//!
//! Files of one atom never part under moves of whole modules, nor under the parts it was made for, so a few numbers a
//! change stand for all it touches, and what is counted over them is what is counted over files.

use facts::{
    ChangeId, FileId, Lens, ModuleId,
    moves::{Move, Part, Parts},
};
use rustc_hash::{FxHashMap, FxHashSet};

/// Directories that can be moved beside the parts that are asked for, and those of one module.
const MOST_DIRECTORIES: usize = 240;
const MOST_OF_A_MODULE: usize = 12;
/// What changed less often is no part anybody would move.
const FEWEST_CHANGES: u64 = 10;

/// Files that only move together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Atom {
    /// Their module.
    pub module: Option<ModuleId>,
    /// Their sets of owners: each is asked, any one of each will do.
    pub sets: Vec<u32>,
    /// Which of [`Atoms::parts`] they lie in, sorted.
    pub parts: Vec<u32>,
    /// How many live.
    pub living: u64,
    /// How many there are, the dead among them.
    pub files: u64,
}

/// What files of one atom have in common: their module, their sets of owners, the parts they lie in.
type Alike<'a> = (Option<ModuleId>, Vec<u32>, &'a [u32]);

/// A history in atoms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Atoms {
    /// Parts of modules that can be moved.
    pub parts: Vec<Part>,
    /// The atoms, as files first lie in them.
    pub atoms: Vec<Atom>,
    /// The counted changes, oldest first, with the atoms each touches, sorted.
    pub changes: Vec<(ChangeId, Vec<u32>)>,
}

/// The history as a lens sees it, fit for moves of whole modules, of the parts `moves` speak of, and of the directories
/// within modules that change most. `None` where changes are judged by the ownership of their time: no move of today's
/// changes that.
pub fn of(lens: &Lens<'_>, moves: &[Move]) -> Option<Atoms> {
    if lens.ownership.sets_of_touch.is_some() {
        return None;
    }
    let (parts, inside) = parts_of(lens, moves);
    let mut known: FxHashMap<Alike<'_>, u32> = FxHashMap::default();
    let mut atoms: Vec<Atom> = Vec::new();
    let mut atom_of_file = Vec::with_capacity(lens.facts.files.len());
    for file in lens.facts.files.ids() {
        let (module, inside) = (lens.structure.module(file), inside[file.index()].as_slice());
        let sets: Vec<u32> = lens.ownership.sets(file).collect();
        let at = *known.entry((module, sets.clone(), inside)).or_insert_with(|| {
            atoms.push(Atom { module, sets, parts: inside.to_vec(), living: 0, files: 0 });
            atoms.len() as u32 - 1
        });
        atoms[at as usize].files += 1;
        atoms[at as usize].living += u64::from(lens.facts.files.alive(file));
        atom_of_file.push(at);
    }
    let touched = |change: ChangeId| {
        let touches = lens.facts.touches.of(change);
        let mut atoms: Vec<u32> =
            touches.map(|at| atom_of_file[lens.facts.touches.file[at].index()]).collect();
        atoms.sort_unstable();
        atoms.dedup();
        (change, atoms)
    };
    Some(Atoms { changes: lens.counted.iter().map(|&change| touched(change)).collect(), parts, atoms })
}

/// The parts that can be moved, and in which of them each file lies.
fn parts_of(lens: &Lens<'_>, moves: &[Move]) -> (Vec<Part>, Vec<Vec<u32>>) {
    let finder = Parts::new(lens.facts);
    let mut parts: Vec<Part> = Vec::new();
    let mut inside = vec![Vec::new(); lens.facts.files.len()];
    // A whole module is told apart anyway.
    for part in moves.iter().map(Move::what).chain(busy_directories(lens)) {
        if matches!(part, Part::Module(_)) || parts.contains(&part) {
            continue;
        }
        if let Ok(files) = finder.files(lens.structure, &part) {
            files.iter().for_each(|file| inside[file.index()].push(parts.len() as u32));
            parts.push(part);
        }
    }
    (parts, inside)
}

/// What is known of a directory.
#[derive(Default)]
struct Directory {
    /// The module of all its living files; none where they are of several, or of none.
    module: Option<ModuleId>,
    living: u64,
    changes: u64,
}

/// Directories within one module that are neither all of it nor all that lies above them, those with most changes.
fn busy_directories(lens: &Lens<'_>) -> Vec<Part> {
    let files = &lens.facts.files;
    let path = |file: FileId| lens.facts.paths.bytes(files.path[file.index()]);
    let mut of_module = vec![0u64; lens.structure.modules.len()];
    let mut directories: FxHashMap<&[u8], Directory> = FxHashMap::default();
    for file in files.ids().filter(|&file| files.alive(file)) {
        let module = lens.structure.module(file);
        if let Some(module) = module {
            of_module[module.index()] += 1;
        }
        for above in ancestors(path(file)) {
            let own = directories.entry(above).or_insert(Directory { module, ..Directory::default() });
            own.living += 1;
            own.module = own.module.filter(|_| own.module == module);
        }
    }
    let mut touched: Vec<&[u8]> = Vec::new();
    for &change in &lens.counted {
        touched.clear();
        let touches = lens.facts.touches.of(change);
        touched.extend(touches.flat_map(|at| ancestors(path(lens.facts.touches.file[at]))));
        touched.sort_unstable();
        touched.dedup();
        for above in &touched {
            if let Some(own) = directories.get_mut(above) {
                own.changes += 1;
            }
        }
    }
    let only_child = |path: &[u8], own: &Directory| {
        ancestors(path)
            .next()
            .and_then(|above| directories.get(above))
            .is_some_and(|above| above.living == own.living)
    };
    let through: FxHashSet<&[u8]> = directories
        .iter()
        .filter(|(path, own)| only_child(path, own))
        .filter_map(|(path, _)| ancestors(path).next())
        .collect();
    let mut busy: Vec<(&[u8], ModuleId, u64)> = directories
        .iter()
        .filter(|(path, own)| own.changes >= FEWEST_CHANGES && !through.contains(*path))
        .filter_map(|(path, own)| {
            let module = own.module?;
            (own.living < of_module[module.index()]).then_some((*path, module, own.changes))
        })
        .collect();
    busy.sort_unstable_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(b.0)));
    let mut of_module = vec![0; lens.structure.modules.len()];
    busy.retain(|(_, module, _)| {
        of_module[module.index()] += 1;
        of_module[module.index()] <= MOST_OF_A_MODULE
    });
    // A move names what it moves as text.
    let named = busy.into_iter().filter_map(|(path, ..)| std::str::from_utf8(path).ok());
    named.take(MOST_DIRECTORIES).map(|path| Part::Directory(path.to_owned())).collect()
}

/// The directories above a path, the nearest first.
fn ancestors(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    let slashes = (0..path.len()).rev().filter(|&at| path[at] == b'/');
    slashes.map(|at| &path[..at])
}

#[cfg(test)]
mod tests {
    use facts::{
        Basis, Change, CommitId, Facts, Module, Ownership, PathId, Structure, Team, TeamId, Touch, TouchKind,
        lens::{Range, smallest_cover},
        structure::{Source, TeamKind},
        time::DAY,
    };

    use super::*;

    const NOW: i64 = 1_700_000_000;

    /// Four files in two modules: `a/x` and `a/y` are team 0's, `a/z` that of 0 or 1, `b/w` team 1's.
    fn shop() -> (Facts, Structure) {
        let mut facts = Facts::default();
        for path in ["a/x", "a/y", "a/z", "b/w"] {
            let path = facts.paths.intern(path.as_bytes());
            facts.files.push(path, ChangeId(0));
        }
        for (number, files) in [&[0u32, 1][..], &[1, 2], &[0, 3], &[2, 3], &[3]].into_iter().enumerate() {
            let change = ChangeId::from_index(number);
            let commit = CommitId::from_bytes(&[number as u8; 20]).expect("twenty bytes");
            let at = NOW - 10 * DAY + number as i64 * DAY;
            facts.changes.push(Change { files: files.len() as u32, ..Change::new(commit, at) });
            for &file in files {
                facts.touches.push(Touch {
                    change,
                    file: FileId(file),
                    path: PathId(file),
                    kind: TouchKind::Modified,
                    previous_path: None,
                });
            }
        }
        facts.touches.index(5);
        let source = Source { basis: Basis::Declared, from: "CODEOWNERS".to_owned() };
        let module = |name: &str| Module { name: name.to_owned(), source: source.clone() };
        let team = |name: &str| Team { name: name.to_owned(), kind: TeamKind::Team, source: source.clone() };
        let declared = Ownership {
            basis: Basis::Declared,
            sets: vec![vec![TeamId(0)], vec![TeamId(0), TeamId(1)], vec![TeamId(1)]],
            set_of_file: vec![Some(0), Some(0), Some(1), Some(2)],
            ..Ownership::default()
        };
        let structure = Structure {
            modules: vec![module("a"), module("b")],
            module_of_file: [0, 0, 0, 1].map(|at| Some(ModuleId(at))).to_vec(),
            teams: vec![team("pay"), team("web")],
            declared: Some(declared),
            ..Structure::default()
        };
        (facts, structure)
    }

    #[test]
    fn what_is_counted_over_atoms_is_what_is_counted_over_files() {
        let (facts, structure) = shop();
        let range = Range { now: NOW, ..Range::default() };
        let lens = Lens::new(&facts, &structure, structure.ownership(), range);
        let atoms = of(&lens, &[]).expect("ownership is today's");
        assert_eq!(atoms.atoms.len(), 3, "`a/x` and `a/y` never part");
        for (change, touched) in &atoms.changes {
            let sets = touched.iter().flat_map(|&atom| &atoms.atoms[atom as usize].sets);
            let owners: Vec<&[TeamId]> =
                sets.map(|&set| lens.ownership.sets[set as usize].as_slice()).collect();
            assert_eq!(smallest_cover(owners.iter().copied()).0, lens.teams_of(*change));
        }
    }

    #[test]
    fn files_that_a_move_parts_are_two_atoms() {
        let (facts, structure) = shop();
        let range = Range { now: NOW, ..Range::default() };
        let lens = Lens::new(&facts, &structure, structure.ownership(), range);
        let part = Part::Files(vec!["a/y".to_owned()]);
        let moves = [Move::Give { part: part.clone(), team: "web".to_owned() }];
        let atoms = of(&lens, &moves).expect("ownership is today's");
        assert_eq!(atoms.parts, [part]);
        let inside: Vec<&[u32]> = atoms.atoms.iter().map(|atom| atom.parts.as_slice()).collect();
        assert_eq!(inside, [&[][..], &[0], &[], &[]]);
    }

    #[test]
    fn busy_directories_of_a_module_are_parts() {
        let (mut facts, _) = shop();
        let mut facts_of = |paths: &[&str], changes: usize| {
            facts = Facts::default();
            for path in paths {
                let path = facts.paths.intern(path.as_bytes());
                facts.files.push(path, ChangeId(0));
            }
            for number in 0..changes {
                let commit = CommitId::from_bytes(&[number as u8; 20]).expect("twenty bytes");
                facts.changes.push(Change { files: 2, ..Change::new(commit, NOW - number as i64) });
                for file in [number % 3, 3] {
                    facts.touches.push(Touch {
                        change: ChangeId::from_index(number),
                        file: FileId::from_index(file),
                        path: PathId::from_index(file),
                        kind: TouchKind::Modified,
                        previous_path: None,
                    });
                }
            }
            facts.touches.index(changes);
        };
        facts_of(&["a/src/x/one", "a/src/y/two", "a/src/y/three", "b/four"], 40);
        let (_, structure) = shop();
        let structure =
            Structure { module_of_file: [0, 0, 0, 1].map(|at| Some(ModuleId(at))).to_vec(), ..structure };
        let range = Range { now: NOW, ..Range::default() };
        let lens = Lens::new(&facts, &structure, structure.ownership(), range);
        let atoms = of(&lens, &[]).expect("ownership is today's");
        // `a/src` is all of `a`, and `b` all of its own.
        let directory = |path: &str| Part::Directory(path.to_owned());
        assert_eq!(atoms.parts, [directory("a/src/y"), directory("a/src/x")]);
        let inside: Vec<&[u32]> = atoms.atoms.iter().map(|atom| atom.parts.as_slice()).collect();
        assert!(inside.contains(&[0].as_slice()) && inside.contains(&[1].as_slice()));
    }
}
