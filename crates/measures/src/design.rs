//! The design as measures of dependencies see it: the graph of files where history ends, and as it stood before.

use std::collections::BTreeMap;

use facts::{FileId, Lens, ModuleId, dependencies::FileGraph, time::Period};

use crate::{Measurement, UnitOfValue, stats::graph::Graph};

/// One module uses another: the user, the used, the user's files that do, the other's files that are used.
pub(crate) type Between = (ModuleId, ModuleId, Vec<FileId>, Vec<FileId>);

/// The files that are designed by hand and no tests, and which uses which; `None` where the code does not tell.
pub(crate) fn now(lens: &Lens<'_>) -> Option<FileGraph> {
    let dependencies = lens.facts.dependencies.as_ref()?;
    is_read(lens).then(|| dependencies.graph(|file| lens.facts.files.is_code(file)))
}

/// Whether code was read, and at least half of what there is: the rest would be taken for a system that depends on nothing.
pub(crate) fn is_read(lens: &Lens<'_>) -> bool {
    let Some(dependencies) = &lens.facts.dependencies else { return false };
    let files = &lens.facts.files;
    let is_living_source = |file: FileId| files.alive(file) && is_source(lens, file);
    let all = files.ids().filter(|&file| is_living_source(file)).count();
    let read = dependencies.files.iter().filter(|one| is_living_source(one.file)).count();
    dependencies.files.iter().any(|one| !one.test && files.is_code(one.file)) && read * 2 >= all
}

/// Whether a file is code that could name other code: templates and styles name what they style.
pub(crate) fn is_source(lens: &Lens<'_>, file: FileId) -> bool {
    const MARKUP: [&str; 8] = [".css", ".scss", ".sass", ".less", ".erb", ".haml", ".slim", ".html"];
    let path = lens.facts.paths.bytes(lens.facts.files.path[file.index()]);
    lens.facts.files.is_code(file) && !MARKUP.iter().any(|ending| path.ends_with(ending.as_bytes()))
}

/// Earlier designs, each with the calendar period that ended with it.
pub(crate) fn before<'a>(lens: &'a Lens<'_>) -> impl Iterator<Item = (Period, &'a FileGraph)> {
    lens.facts.snapshots.iter().filter(|one| !one.graph.files.is_empty()).map(|one| {
        // The moment a snapshot is of is the first after its period.
        (lens.grain.period(one.at - 1), &one.graph)
    })
}

/// The graph for the formulas.
pub(crate) fn graph(files: &FileGraph) -> Graph {
    Graph::new(files.files.len(), &files.edges)
}

/// Which modules use which, each pair once.
pub(crate) fn between_modules(lens: &Lens<'_>, files: &FileGraph) -> Vec<Between> {
    let mut pairs: BTreeMap<(ModuleId, ModuleId), (Vec<FileId>, Vec<FileId>)> = BTreeMap::new();
    for &(from, to) in &files.edges {
        let (from, to) = (files.files[from as usize], files.files[to as usize]);
        let (Some(user), Some(used)) = (lens.structure.module(from), lens.structure.module(to)) else {
            continue;
        };
        if user != used {
            let (users, useds) = pairs.entry((user, used)).or_default();
            users.push(from);
            useds.push(to);
        }
    }
    let settled = |mut files: Vec<FileId>| {
        files.sort_unstable();
        files.dedup();
        files
    };
    pairs
        .into_iter()
        .map(|((user, used), (users, useds))| (user, used, settled(users), settled(useds)))
        .collect()
}

/// How many files of a design each module has.
pub(crate) fn files_of_modules(lens: &Lens<'_>, files: &FileGraph) -> Vec<u64> {
    let mut own = vec![0u64; lens.structure.modules.len()];
    let modules = files.files.iter().filter_map(|&file| lens.structure.module(file));
    modules.for_each(|module| own[module.index()] += 1);
    own
}

/// Why there is nothing to measure.
const NO_CODE: &str = "most code is of languages whose imports are not read (see unsnarl deps)";

/// What a measure of dependencies says where no code was read.
pub(crate) fn nothing(name: &'static str, unit: UnitOfValue) -> Measurement {
    Measurement::untold(name, unit, NO_CODE)
}
