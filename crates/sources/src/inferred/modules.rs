//! Modules: what build files declare, split by directories until no module swallows the system.
//!
//! 1. Every declared directory is a module; the nearest one above a file is the file's.
//! 2. A module that carries more than [`LARGEST`] of all touches is split: each directory below it that carries
//!    at least [`SMALLEST`] of them becomes a module, the rest stays. A directory with nothing beside it is looked
//!    through, so that `src/main/java/org/acme` does not stand in the way. Again, until nothing can be split.
//!    What a build file declares below the root is somebody's decision and is split only past
//!    [`LARGEST_DECLARED`]. Tests stay with what they test.
//! 3. A module with less than [`TRIVIAL`] of all touches is given back to the one above it, and so are the
//!    lightest beyond [`MOST`]: a picture of three hundred modules shows nothing.
//!
//! Only files that live at the head and count as hand-written are weighed: a vendored tree is no architecture.
//! A file that is gone belongs to the module its path would belong to now; where its whole top directory is gone
//! it belongs to none, lest the root stand for every system the repository ever held.

use facts::{Basis, Facts, FileId, Manifest, Module, ModuleId, standing::ModulePatterns, structure::Source};
use rustc_hash::FxHashMap;

use crate::build::Declared;

/// A module above this share of all touches is split where it can be.
const LARGEST: f64 = 0.12;
/// A declared module may be this large: it stands for the system only beyond.
const LARGEST_DECLARED: f64 = 0.5;
/// Directories of tests: split from the code they test, the two would change together and tell nothing.
const TESTS: [&[u8]; 8] =
    [b"__tests__", b"androidTest", b"it", b"integration-tests", b"spec", b"test", b"testing", b"tests"];
/// A directory below this share is not worth a module of its own.
const SMALLEST: f64 = 0.015;
/// A declared module below this share is given back.
const TRIVIAL: f64 = 0.002;
/// More modules than this cannot be read by a person.
const MOST: usize = 100;
/// Fewer touches than this tell nothing about a directory.
const FEWEST_TOUCHES: u64 = 10;

/// Modules and the module of each file.
pub(crate) struct Modules {
    pub(crate) modules: Vec<Module>,
    pub(crate) of_file: Vec<Option<ModuleId>>,
}

/// Settles the modules; `weights` are the touches of each file.
pub(crate) fn settle(facts: &Facts, declared: &[Declared], weights: &[u64]) -> Modules {
    let tree = Tree::new(facts, weights);
    let mut roots: FxHashMap<Vec<u8>, Source> = FxHashMap::default();
    for module in declared {
        let source = Source { basis: Basis::Declared, from: module.from.to_owned() };
        roots.insert(module.directory.clone(), source);
    }
    roots.entry(Vec::new()).or_insert_with(inferred);
    split_large(&tree, &mut roots);
    give_back_small(&tree, &mut roots);
    number(facts, &tree, roots)
}

/// Lays the modules of a manifest over those that were found; what it leaves out stays as it was.
pub(crate) fn overlay(modules: &mut Modules, facts: &Facts, manifest: &Manifest) {
    if manifest.modules.is_empty() {
        return;
    }
    let patterns = ModulePatterns::new(manifest);
    let declared: Vec<Option<usize>> = facts
        .files
        .ids()
        .map(|file| patterns.module(facts.paths.bytes(facts.files.path[file.index()])))
        .collect();
    // A found module stays where it still holds a living file.
    let mut stays = vec![false; modules.modules.len()];
    for file in facts.files.ids().filter(|&file| facts.files.alive(file) && declared[file.index()].is_none())
    {
        if let Some(module) = modules.of_file[file.index()] {
            stays[module.index()] = true;
        }
    }
    let mut all: Vec<(Module, Option<usize>, Option<usize>)> = manifest
        .modules
        .iter()
        .enumerate()
        .map(|(at, module)| {
            let source = Source { basis: Basis::Declared, from: module.place.file.clone() };
            (Module { name: module.id.clone(), source }, Some(at), None)
        })
        .collect();
    for (at, module) in modules.modules.iter().enumerate().filter(|(at, _)| stays[*at]) {
        let mut module = module.clone();
        if manifest.modules.iter().any(|declared| declared.id == module.name) {
            module.name.push_str(" (rest)");
        }
        all.push((module, None, Some(at)));
    }
    all.sort_by(|a, b| a.0.name.cmp(&b.0.name));
    let position = |wanted: (Option<usize>, Option<usize>)| {
        all.iter().position(|(_, declared, found)| (*declared, *found) == wanted).map(ModuleId::from_index)
    };
    let of_declared: Vec<_> = (0..manifest.modules.len()).map(|at| position((Some(at), None))).collect();
    let of_found: Vec<_> = (0..modules.modules.len()).map(|at| position((None, Some(at)))).collect();
    for (file, of_file) in modules.of_file.iter_mut().enumerate() {
        *of_file = match declared[file] {
            Some(at) => of_declared[at],
            None => of_file.and_then(|found| of_found[found.index()]),
        };
    }
    modules.modules = all.into_iter().map(|(module, _, _)| module).collect();
}

fn inferred() -> Source {
    Source { basis: Basis::Inferred, from: "directories".to_owned() }
}

/// Directories with the touches of everything below them.
struct Tree {
    below: FxHashMap<Vec<u8>, u64>,
    children: FxHashMap<Vec<u8>, Vec<Vec<u8>>>,
    total: u64,
}

impl Tree {
    fn new(facts: &Facts, weights: &[u64]) -> Self {
        let mut below: FxHashMap<Vec<u8>, u64> = FxHashMap::default();
        let mut total = 0;
        for file in facts.files.ids() {
            let row = file.index();
            if !facts.files.alive(file) || facts.files.generated[row] {
                continue;
            }
            total += weights[row];
            for directory in ancestors(facts.paths.bytes(facts.files.path[row])) {
                match below.get_mut(directory) {
                    Some(weight) => *weight += weights[row],
                    None => {
                        below.insert(directory.to_vec(), weights[row]);
                    }
                }
            }
        }
        let mut children: FxHashMap<Vec<u8>, Vec<Vec<u8>>> = FxHashMap::default();
        for directory in below.keys().filter(|directory| !directory.is_empty()) {
            children.entry(parent(directory).to_vec()).or_default().push(directory.clone());
        }
        children.values_mut().for_each(|list| list.sort());
        Self { below, children, total }
    }

    fn share(&self, weight: u64) -> f64 {
        weight as f64 / self.total.max(1) as f64
    }

    /// What a module carries itself: everything below it that is not below another module.
    fn own(&self, directory: &[u8], roots: &FxHashMap<Vec<u8>, Source>) -> u64 {
        let all = self.below.get(directory).copied().unwrap_or(0);
        let nested: u64 = roots
            .keys()
            .filter(|root| root.as_slice() != directory && nearest_above(root, roots) == directory)
            .map(|root| self.below.get(root).copied().unwrap_or(0))
            .sum();
        all.saturating_sub(nested)
    }
}

/// The nearest module strictly above a module's directory.
fn nearest_above<'d>(directory: &'d [u8], roots: &FxHashMap<Vec<u8>, Source>) -> &'d [u8] {
    ancestors(directory).find(|above| roots.contains_key(*above)).unwrap_or_default()
}

/// The directories above a path, nearest first, the root (empty) last.
fn ancestors(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::successors((!path.is_empty()).then(|| parent(path)), |directory| {
        (!directory.is_empty()).then(|| parent(directory))
    })
}

fn parent(path: &[u8]) -> &[u8] {
    path.iter().rposition(|&byte| byte == b'/').map_or(&[], |slash| &path[..slash])
}

fn split_large(tree: &Tree, roots: &mut FxHashMap<Vec<u8>, Source>) {
    let mut settled: Vec<Vec<u8>> = Vec::new();
    loop {
        let largest = roots
            .iter()
            .filter(|(directory, _)| !settled.contains(directory))
            .map(|(directory, source)| {
                (tree.own(directory, roots), directory.clone(), limit(directory, source))
            })
            .filter(|(own, _, limit)| tree.share(*own) > *limit)
            .map(|(own, directory, _)| (own, directory))
            .max_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.cmp(&a.1)));
        let Some((own, directory)) = largest else { return };
        let parts = parts(tree, &directory, own, roots);
        if parts.is_empty() {
            settled.push(directory);
        }
        for part in parts {
            roots.insert(part, inferred());
        }
    }
}

/// Above which share of all touches a module is split.
fn limit(directory: &[u8], source: &Source) -> f64 {
    let declared = source.basis == Basis::Declared && !directory.is_empty();
    if declared { LARGEST_DECLARED } else { LARGEST }
}

/// The directories a module falls into; empty when it cannot be split.
fn parts(tree: &Tree, directory: &[u8], own: u64, roots: &FxHashMap<Vec<u8>, Source>) -> Vec<Vec<u8>> {
    let mut at = directory.to_vec();
    let mut rest = own;
    loop {
        let open = tree.children.get(&at).into_iter().flatten().filter(|child| !roots.contains_key(*child));
        let (tests, code): (Vec<_>, Vec<_>) = open
            .map(|child| (child, tree.own(child, roots)))
            .partition(|(child, _)| !at.is_empty() && is_tests(child));
        rest -= tests.iter().map(|(_, weight)| weight).sum::<u64>().min(rest);
        let large: Vec<(&Vec<u8>, u64)> = code
            .into_iter()
            .filter(|&(_, weight)| tree.share(weight) >= SMALLEST && weight >= FEWEST_TOUCHES)
            .collect();
        match large.as_slice() {
            [] => return Vec::new(),
            // Nearly everything lies in one directory: look through it, its name alone tells nothing.
            [(only, weight)] if *weight as f64 >= 0.9 * rest as f64 => at = (*only).clone(),
            // One part that is nearly as large: cutting it off gains something only where it can be cut itself.
            [(only, weight)] if *weight as f64 >= 0.7 * rest as f64 => {
                let can_be_cut = !parts(tree, only, *weight, roots).is_empty();
                return if can_be_cut { vec![(*only).clone()] } else { Vec::new() };
            }
            _ => return large.into_iter().map(|(child, _)| child.clone()).collect(),
        }
    }
}

fn is_tests(directory: &[u8]) -> bool {
    let name = directory.rsplit(|&byte| byte == b'/').next().unwrap_or(directory);
    TESTS.contains(&name)
}

fn give_back_small(tree: &Tree, roots: &mut FxHashMap<Vec<u8>, Source>) {
    let mut by_weight: Vec<(u64, Vec<u8>)> = roots
        .keys()
        .filter(|directory| !directory.is_empty())
        .map(|directory| (tree.own(directory, roots), directory.clone()))
        .collect();
    by_weight.sort();
    let mut count = by_weight.len();
    let enough = |weight: u64| weight > 0 && tree.share(weight) >= TRIVIAL;
    for (weight, directory) in by_weight {
        if !enough(weight) || count > MOST {
            roots.remove(&directory);
            count -= 1;
        }
    }
}

fn number(facts: &Facts, tree: &Tree, roots: FxHashMap<Vec<u8>, Source>) -> Modules {
    let mut named: Vec<(Vec<u8>, Source)> = roots.into_iter().collect();
    named.sort_by(|a, b| a.0.cmp(&b.0));
    let id_of: FxHashMap<&[u8], usize> =
        named.iter().enumerate().map(|(at, (name, _))| (name.as_slice(), at)).collect();
    let mut of_file: Vec<Option<usize>> = Vec::with_capacity(facts.files.len());
    for file in facts.files.ids() {
        of_file.push(module_of(facts, tree, &id_of, file));
    }
    // A root that nothing is left in is no module.
    let mut used = vec![false; named.len()];
    of_file.iter().flatten().for_each(|&at| used[at] = true);
    let mut new_id = vec![None; named.len()];
    let mut modules = Vec::new();
    for (at, (directory, source)) in named.iter().enumerate() {
        if used[at] {
            new_id[at] = Some(ModuleId::from_index(modules.len()));
            let name = if directory.is_empty() {
                facts::structure::REST.to_owned()
            } else {
                facts::paths::display(directory)
            };
            modules.push(Module { name, source: source.clone() });
        }
    }
    let of_file = of_file.into_iter().map(|at| at.and_then(|at| new_id[at])).collect();
    Modules { modules, of_file }
}

fn module_of(facts: &Facts, tree: &Tree, id_of: &FxHashMap<&[u8], usize>, file: FileId) -> Option<usize> {
    let path = facts.paths.bytes(facts.files.path[file.index()]);
    let found = ancestors(path).find_map(|directory| id_of.get(directory).map(|&at| (at, directory)));
    let (at, directory) = found?;
    let top = path.split(|&byte| byte == b'/').next().unwrap_or_default();
    let gone = directory.is_empty()
        && !facts.files.alive(file)
        && top.len() < path.len()
        && !tree.below.contains_key(top);
    (!gone).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files of so many touches each, without build files.
    fn modules_of(files: &[(&str, u64)]) -> Vec<String> {
        let mut facts = Facts::default();
        for (path, _) in files {
            let path = facts.paths.intern(path.as_bytes());
            let file = facts.files.push(path, facts::ChangeId(0));
            facts.files.language[file.index()] = Some("Python");
        }
        let weights: Vec<u64> = files.iter().map(|(_, weight)| *weight).collect();
        settle(&facts, &[], &weights).modules.into_iter().map(|module| module.name).collect()
    }

    #[test]
    fn a_package_that_is_most_of_the_system_is_cut_all_the_same() {
        let package = [("shop/order/a.py", 40), ("shop/user/a.py", 40), ("shop/a.py", 10), ("setup.py", 25)];
        assert_eq!(modules_of(&package), ["(root)", "shop", "shop/order", "shop/user"]);
        // What cannot be cut itself is not cut off: two modules, one of them everything, tell nothing.
        assert_eq!(modules_of(&[("shop/a.py", 40), ("shop/b.py", 40), ("setup.py", 25)]), ["(root)"]);
    }

    #[test]
    fn ancestors_go_up_to_the_root() {
        let all: Vec<&[u8]> = ancestors(b"a/b/c").collect();
        assert_eq!(all, [&b"a/b"[..], b"a", b""]);
        assert_eq!(ancestors(b"a").collect::<Vec<_>>(), [&b""[..]]);
        assert_eq!(ancestors(b"").count(), 0);
    }
}
