//! Whether code may go where a move would have it: no new cycle of modules, no package torn apart, not away from what it
//! uses.

use std::collections::BTreeSet;

use facts::{
    FileId, ModuleId,
    dependencies::{Dependencies, DependencyKind, Target},
    test_files::is_test,
};
use measures::stats::graph::{Graph, components};
use rustc_hash::{FxHashMap, FxHashSet};

use super::Ground;

/// Languages whose directories are packages: what lies in one may use what no other can.
const PACKAGES: [&str; 5] = ["Go", "Java", "Kotlin", "Scala", "Groovy"];

/// The design where proposals are made.
pub(crate) struct Design<'a> {
    ground: &'a Ground<'a>,
    /// Which file uses which, tests and containment left out.
    edges: Vec<(FileId, FileId)>,
    /// Which file declares which to be a part of itself.
    contains: Vec<(FileId, FileId)>,
    read: bool,
}

impl<'a> Design<'a> {
    pub(crate) fn new(ground: &'a Ground<'a>) -> Self {
        let none = Dependencies::default();
        let dependencies = ground.dependencies.unwrap_or(&none);
        let tests: FxHashSet<FileId> =
            dependencies.files.iter().filter(|one| one.test).map(|one| one.file).collect();
        let mut edges = Vec::new();
        let mut contains = Vec::new();
        for edge in &dependencies.edges {
            let Target::File(to) = edge.to else { continue };
            if edge.kind == DependencyKind::Contains {
                contains.push((edge.from, to));
            } else if edge.from != to && edge.kind != DependencyKind::Test && !tests.contains(&edge.from) {
                edges.push((edge.from, to));
            }
        }
        edges.sort_unstable();
        edges.dedup();
        Self { ground, edges, contains, read: !dependencies.files.is_empty() }
    }

    /// Who uses each file.
    pub(crate) fn users(&self) -> FxHashMap<FileId, Vec<FileId>> {
        let mut users: FxHashMap<FileId, Vec<FileId>> = FxHashMap::default();
        for &(from, to) in &self.edges {
            users.entry(to).or_default().push(from);
        }
        users
    }

    /// Whether the code of some files may go to a module. Where no code was read it may not: nobody knows.
    pub(crate) fn may_go(&self, files: &[FileId], to: ModuleId) -> bool {
        self.read
            && self.is_production(files)
            && !self.tears_a_package(files)
            && !self.leaves_a_part(files)
            && self.belongs(files, to)
            && !self.closes_a_cycle(files, to)
    }

    fn moved(files: &[FileId], file: FileId) -> bool {
        files.binary_search(&file).is_ok()
    }

    /// Whether it is code that runs: change logs, build files and tests lie where tools look for them. Of a directory most
    /// files must be.
    fn is_production(&self, files: &[FileId]) -> bool {
        let places = self.ground.places;
        let runs = |file: &&FileId| {
            let path = places.paths.text(places.files.path[file.index()]);
            places.files.is_code(**file) && !is_test(&path)
        };
        files.iter().filter(runs).count() * 2 > files.len()
    }

    /// Whether a package would lie in two places.
    fn tears_a_package(&self, files: &[FileId]) -> bool {
        let places = self.ground.places;
        let directory = |file: FileId| {
            let path = places.paths.bytes(places.files.path[file.index()]);
            path[..path.iter().rposition(|byte| *byte == b'/').unwrap_or(0)].to_vec()
        };
        let packaged = |file: FileId| {
            places.files.language[file.index()].is_some_and(|language| PACKAGES.contains(&language))
        };
        let torn: BTreeSet<Vec<u8>> =
            files.iter().filter(|file| packaged(**file)).map(|&file| directory(file)).collect();
        !torn.is_empty()
            && places.files.ids().any(|file| {
                places.files.alive(file)
                    && packaged(file)
                    && !Self::moved(files, file)
                    && torn.contains(&directory(file))
            })
    }

    /// Whether a file would go without what it declares to be a part of itself.
    fn leaves_a_part(&self, files: &[FileId]) -> bool {
        self.contains.iter().any(|&(whole, part)| Self::moved(files, whole) && !Self::moved(files, part))
    }

    /// Whether the files use and are used by the module they would go to at least as much as by the one they leave.
    fn belongs(&self, files: &[FileId], to: ModuleId) -> bool {
        let structure = self.ground.lens.structure;
        let (mut there, mut here) = (0, 0);
        for &(a, b) in &self.edges {
            let other = match (Self::moved(files, a), Self::moved(files, b)) {
                (true, false) => b,
                (false, true) => a,
                _ => continue,
            };
            if structure.module(other) == Some(to) {
                there += 1;
            } else if files.iter().any(|&file| structure.module(file) == structure.module(other)) {
                here += 1;
            }
        }
        there >= here
    }

    /// Whether modules that could be understood one without the other no longer could.
    fn closes_a_cycle(&self, files: &[FileId], to: ModuleId) -> bool {
        let structure = self.ground.lens.structure;
        let modules = structure.modules.len();
        let graph = |after: bool| {
            let module = |file: FileId| {
                if after && Self::moved(files, file) { Some(to) } else { structure.module(file) }
            };
            let edges: Vec<(u32, u32)> = self
                .edges
                .iter()
                .filter_map(|&(a, b)| Some((module(a)?.0, module(b)?.0)))
                .filter(|(a, b)| a != b)
                .collect();
            components(&Graph::new(modules, &edges))
        };
        let (before, after) = (graph(false), graph(true));
        after.members.iter().any(|members| {
            members.iter().any(|&module| before.of[module as usize] != before.of[members[0] as usize])
        })
    }
}
