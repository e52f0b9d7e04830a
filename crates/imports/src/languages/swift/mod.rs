//! Swift, read as tokens.
//!
//! | written | means |
//! |---|---|
//! | `import M`, `@testable import M` | the files of the module `M` that declare what is named in the file; else its first file |
//! | `import struct M.A` | the file of `M` that declares `A` |
//! | `@_exported import M` | the same, and whoever imports this module sees `M` as well |
//! | `A` in code, `@A` | the file that declares a type or macro `A`, in the same module or in one that is imported |
//! | `A.B` in code | the same, and the file that declares `B` in `A` or in an extension of `A` |
//! | `M.A` in code | the file of the module `M` that declares `A` |
//! | `extension A` | the file that declares `A` |
//!
//! A module is a target of a `Package.swift`, in the directory its `path:` says or in `Sources/M`, `Tests/M` and their
//! like. Files no package lists belong to the module that their directory below `Sources` or `Tests` is called as, or,
//! beside an Xcode project, to the directory at its side. A module that is written in C stands for its header. A module
//! nobody in the tree declares is external.
//!
//! A name means what the types around the place hold, then what the file's module holds, then what is imported. Where
//! several files declare it, as for several systems, the nearest by path is meant. One dependency a file, however
//! much of it is named.
//!
//! Not told: functions and variables outside of types, members (so what an extension adds), operators, types whose names
//! begin with a small letter, types that are inherited from a superclass or protocol. All branches of an `#if` count.

mod modules;
mod scan;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use facts::dependencies::Target;
use rustc_hash::{FxHashMap, FxHashSet};

use self::modules::Modules;
use crate::{Family, Language, Meant, Name, Resolve, Scan, project::Project};

pub(super) const FAMILY: Family = Family {
    languages: &[Language { name: "swift", endings: &[".swift"], descends: false, scan: scan::scan }],
    resolver,
};

fn resolver<'p>(project: &'p Project<'p>, scans: &'p [(u32, Scan)]) -> Box<dyn Resolve + 'p> {
    Box::new(Types::new(project, scans))
}

struct Types<'p> {
    project: &'p Project<'p>,
    modules: Modules,
    /// Files by module and by the name of a type they declare, with the types around it.
    types: FxHashMap<(u32, &'p str), Vec<u32>>,
    /// What modules import for whoever imports them.
    exports: FxHashMap<u32, Vec<u32>>,
}

impl<'p> Types<'p> {
    fn new(project: &'p Project<'p>, scans: &'p [(u32, Scan)]) -> Self {
        let modules = Modules::read(project);
        let mut types: FxHashMap<(u32, &str), Vec<u32>> = FxHashMap::default();
        let mut exports: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
        for (file, scan) in scans {
            let path = project.text(*file);
            let Some(module) = modules.of(*file) else { continue };
            for name in &scan.defines {
                types.entry((module, name)).or_default().push(*file);
            }
            let exported = scan.names.iter().filter(|name| name.scope.iter().any(|scope| scope == "export"));
            let exported = exported.filter_map(|name| modules.called(path, &name.text));
            exports.entry(module).or_default().extend(exported);
        }
        Self { project, modules, types, exports }
    }

    /// Modules with all that they export.
    fn with_exports(&self, modules: &mut Vec<u32>) {
        let mut at = 0;
        while let Some(module) = modules.get(at) {
            for export in self.exports.get(module).into_iter().flatten() {
                if !modules.contains(export) {
                    modules.push(*export);
                }
            }
            at += 1;
        }
    }

    /// The file that declares a type, in the first of some modules that has it.
    fn find(&self, from: u32, modules: &[u32], name: &str) -> Option<u32> {
        let files = modules.iter().find_map(|module| self.types.get(&(*module, name)))?;
        let path = self.project.text(from);
        let key = |file: &u32| {
            let other = self.project.text(*file);
            let common = other.split('/').zip(path.split('/')).take_while(|(a, b)| a == b).count();
            (*file == from, common, Reverse(*file))
        };
        files.iter().copied().max_by_key(key)
    }

    /// The files that declare the parts of `A.B`, as it is written in a place.
    fn mean(&self, from: u32, visible: &[u32], scope: &str, name: &str) -> Vec<u32> {
        for around in outward(scope) {
            let ends = name.match_indices('.').map(|(at, _)| at).chain([name.len()]);
            let parts = ends.filter_map(|end| self.find(from, visible, &within(around, &name[..end])));
            let found: Vec<u32> = parts.collect();
            if !found.is_empty() {
                return found;
            }
        }
        let Some((module, rest)) = name.split_once('.') else { return Vec::new() };
        let module = self.modules.called(self.project.text(from), module).filter(|one| visible.contains(one));
        module.map_or_else(Vec::new, |module| self.mean(from, &[module], "", rest))
    }
}

impl Resolve for Types<'_> {
    fn resolve<'s>(&self, from: u32, scan: &'s Scan, out: &mut Vec<Meant<'s>>) {
        let own = self.modules.of(from);
        let path = self.project.text(from);
        let mut visible: Vec<u32> = own.into_iter().collect();
        let mut imports: Vec<(&Name, u32)> = Vec::new();
        let mut met: FxHashSet<u32> = FxHashSet::from_iter([from]);
        for name in scan.names.iter().filter(|name| !name.soft) {
            let Some(module) = self.modules.called(path, &name.text) else {
                out.push(Meant { name, target: Target::External(name.text.clone()) });
                continue;
            };
            match name.symbols.first().and_then(|symbol| self.find(from, &[module], symbol)) {
                Some(file) if met.insert(file) => out.push(Meant { name, target: Target::File(file) }),
                Some(_) => {}
                None => imports.push((name, module)),
            }
            visible.push(module);
        }
        self.with_exports(&mut visible);
        let mut used: FxHashSet<u32> = own.into_iter().collect();
        for name in scan.names.iter().filter(|name| name.soft) {
            let scope = name.scope.first().map_or("", String::as_str);
            for file in self.mean(from, &visible, scope, &name.text) {
                used.extend(self.modules.of(file));
                if met.insert(file) {
                    out.push(Meant { name, target: Target::File(file) });
                }
            }
        }
        for (name, module) in imports.into_iter().filter(|(_, module)| !used.contains(module)) {
            match self.modules.first(module) {
                Some(file) if met.insert(file) => out.push(Meant { name, target: Target::File(file) }),
                Some(_) => {}
                None => {
                    let why = "the module's directory holds no Swift file and no header".to_owned();
                    out.push(Meant { name, target: Target::Unresolved(why) });
                }
            }
        }
    }
}

/// `a.b.c`, `a.b`, `a` and the empty name.
fn outward(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |at| {
        (!at.is_empty()).then(|| at.rsplit_once('.').map_or("", |(above, _)| above))
    })
}

fn within(around: &str, name: &str) -> String {
    if around.is_empty() { name.to_owned() } else { format!("{around}.{name}") }
}
