//! C, C++ and Objective-C, read as tokens.
//!
//! | written | means |
//! |---|---|
//! | `#include "a/b.h"` | the file beside the one that names it, else below an include root |
//! | `#include <a/b.h>`, `#import`, `#include_next` | the file below an include root |
//! | `#embed "a.bin"` | the same as `#include` |
//! | `#include <vector>`, `<stdio.h>`, `<sys/types.h>` | external, as `std`, unless the tree is itself such a library |
//! | `#include MACRO` | what the file's own `#define MACRO "a.h"` says; else unresolved: a macro says which file |
//! | `#include "a.pb.h"`, `"ui_a.h"`, `"config.h"` | `a.proto`, `a.ui`, `config.h.in`, where only what it is generated from is in the tree |
//! | `import a.b;`, `import :part;`, `module a.b;` | the file with `export module a.b;` or `export module a:part;` |
//! | `import <vector>;`, `import "a.h";` | the same as `#include` |
//! | `@import A;` | the header `A/A.h` |
//!
//! Include roots are what `compile_commands.json` says, for the files it speaks of. Else every directory that holds the
//! file named is taken for one. Of several, the nearest is meant: the one that shares the deepest directory with the file
//! that names, or that files of the deepest directory around it are known to use, by names that only one file of the
//! tree can stand for. Where both say the same, use decides, then how often it is used.
//!
//! A name between `<>` that no file of the tree ends with is external, by its first part. A name in quotes is
//! external when it is named elsewhere between `<>`, or when its first directory is nowhere in the tree; else it is
//! unresolved. `<Framework/Header.h>` after `#import` also means `Header.h` anywhere below a directory `Framework`.
//!
//! Not told: which branch of an `#if` is built. All count, but for `#if 0`. A header is a declaration, so naming
//! it is a dependency on the header and not on the file that defines what it declares. `.h` counts as C whatever it holds.

mod commands;
mod scan;
mod standard;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use facts::dependencies::Target;
use rustc_hash::{FxHashMap, FxHashSet};

use self::{commands::Commands, standard::is_standard};
use crate::{
    Family, Language, Meant, Name, Resolve, Scan,
    project::{Project, directories_up, directory, join, resolve},
};

pub(super) const FAMILY: Family = Family {
    languages: &[
        Language { name: "c", endings: &[".c", ".h"], descends: false, scan: scan::c },
        Language {
            name: "c++",
            endings: &[
                ".cc", ".cpp", ".cxx", ".c++", ".hh", ".hpp", ".hxx", ".h++", ".ipp", ".inl", ".tpp", ".tcc",
                ".txx", ".ixx", ".cppm", ".cu", ".cuh",
            ],
            descends: false,
            scan: scan::cpp,
        },
        Language { name: "objective-c", endings: &[".m", ".mm"], descends: false, scan: scan::objective_c },
    ],
    resolver,
};

fn resolver<'p>(project: &'p Project<'p>, scans: &'p [(u32, Scan)]) -> Box<dyn Resolve + 'p> {
    Box::new(Includes::new(project, scans))
}

/// How generated headers are called, and what they are generated from: prefix and ending, and the endings instead.
const GENERATED: &[(&str, &str, &[&str])] = &[
    ("", ".grpc.pb.h", &[".proto"]),
    ("", ".pb.h", &[".proto"]),
    ("ui_", ".h", &[".ui"]),
    ("moc_", ".cpp", &[".h", ".hpp"]),
    ("", ".moc", &[".cpp", ".cc", ".h"]),
    ("", ".tab.h", &[".y", ".yy", ".ypp"]),
    ("", "", &[".in", ".cmake", ".in.cmake", ".cmake.in", ".tmpl"]),
];

struct Includes<'p> {
    project: &'p Project<'p>,
    commands: Commands,
    /// Files by the last part of their path.
    by_name: FxHashMap<&'p str, Vec<u32>>,
    /// How often files below a directory name something only one root holds.
    uses: FxHashMap<(&'p str, &'p str), u32>,
    /// Roots so named between `<>`.
    system_roots: FxHashSet<&'p str>,
    /// First parts of names between `<>` that are outside.
    outside: FxHashSet<&'p str>,
    /// Files that export a module.
    modules: FxHashMap<&'p str, u32>,
}

/// A file that a name may stand for, and the root it is below.
#[derive(Clone, Copy)]
struct Candidate<'p> {
    file: u32,
    root: &'p str,
}

impl<'p> Includes<'p> {
    fn new(project: &'p Project<'p>, scans: &'p [(u32, Scan)]) -> Self {
        let mut by_name: FxHashMap<&str, Vec<u32>> = FxHashMap::default();
        for file in project.files_ending(&[""]) {
            by_name.entry(last_part(project.text(file))).or_default().push(file);
        }
        let mut modules = FxHashMap::default();
        for (file, scan) in scans {
            scan.defines.iter().for_each(|module| {
                modules.entry(module.as_str()).or_insert(*file);
            });
        }
        let mut out = Self {
            project,
            commands: Commands::read(project),
            by_name,
            uses: FxHashMap::default(),
            system_roots: FxHashSet::default(),
            outside: FxHashSet::default(),
            modules,
        };
        for (file, scan) in scans {
            out.learn(*file, scan);
        }
        out
    }

    /// Which roots a file uses beyond doubt.
    fn learn(&mut self, file: u32, scan: &'p Scan) {
        let around = directory(self.project.text(file));
        for name in scan.names.iter().filter(|name| name.scope.is_empty()) {
            let (spec, system) = spec(name);
            if (system && is_standard(spec)) || (!system && self.beside(around, spec).is_some()) {
                continue;
            }
            match self.candidates(spec).as_slice() {
                // A wrapper named as what it wraps names something outside.
                [one] if one.file == file => {}
                [one] => {
                    if system {
                        self.system_roots.insert(one.root);
                    }
                    for above in directories_up(around) {
                        *self.uses.entry((above, one.root)).or_default() += 1;
                    }
                }
                [] if system => {
                    self.outside.insert(first_part(spec));
                }
                _ => {}
            }
        }
    }

    fn beside(&self, around: &str, spec: &str) -> Option<u32> {
        self.project.find(&resolve(around, &slashes(spec))?)
    }

    /// Every file whose path ends with a name.
    fn candidates(&self, spec: &str) -> Vec<Candidate<'p>> {
        let spec = slashes(spec);
        // From a root that is not known, `../a/b.h` is `a/b.h` from the directory above.
        let spec = spec.trim_start_matches("./").trim_start_matches("../");
        let Some(spec) = resolve("", spec).filter(|spec| !spec.is_empty()) else { return Vec::new() };
        let files = self.by_name.get(last_part(&spec)).map_or(&[][..], Vec::as_slice);
        files.iter().filter_map(|&file| self.below_root(file, &spec)).collect()
    }

    fn below_root(&self, file: u32, spec: &str) -> Option<Candidate<'p>> {
        let root = self.project.text(file).strip_suffix(spec)?;
        (root.is_empty() || root.ends_with('/'))
            .then(|| Candidate { file, root: root.strip_suffix('/').unwrap_or(root) })
    }

    /// Of several files that a name may stand for, the one meant.
    fn best(&self, from: u32, candidates: Vec<Candidate<'p>>) -> Option<u32> {
        let around = directory(self.project.text(from));
        let key = |one: &Candidate<'p>| {
            let used = directories_up(around).find(|above| self.uses.contains_key(&(*above, one.root)));
            let nearest_use = used.map(|above| parts(above).count());
            let common = parts(around).zip(parts(one.root)).take_while(|(a, b)| a == b).count();
            let beyond = parts(one.root).count() - common;
            let uses = self.uses.get(&("", one.root)).copied();
            (
                common.max(nearest_use.unwrap_or(0)),
                nearest_use,
                common,
                Reverse(beyond),
                uses,
                Reverse(one.file),
            )
        };
        let others = candidates.into_iter().filter(|one| one.file != from);
        others.max_by_key(key).map(|one| one.file)
    }

    fn include(&self, from: u32, name: &Name) -> Target<u32> {
        let (spec, system) = spec(name);
        let around = directory(self.project.text(from));
        if !system && let Some(file) = self.beside(around, spec) {
            return Target::File(file);
        }
        let slashed = slashes(spec);
        if let Some(file) = self.commands.find(self.project, from, &slashed, system) {
            return Target::File(file);
        }
        let standard = is_standard(spec);
        let mut candidates = self.candidates(spec);
        if system && standard {
            candidates.retain(|one| self.system_roots.contains(one.root));
        }
        if let Some(file) = self.best(from, candidates) {
            return Target::File(file);
        }
        if standard {
            return Target::External("std".to_owned());
        }
        let made = || self.best(from, self.generators(&slashed));
        let framework = || self.best(from, self.in_framework(&name.symbols, &slashed));
        if let Some(file) = made().or_else(framework) {
            return Target::File(file);
        }
        let first = first_part(spec);
        if system || self.outside.contains(first) || self.is_foreign(&slashed) {
            let first = first_part(&slashed);
            return Target::External(first.split('.').next().unwrap_or(first).to_owned());
        }
        Target::Unresolved(format!("no file of the tree ends with {spec}; it may be generated"))
    }

    /// What a header that is not in the tree would be generated from.
    fn generators(&self, spec: &str) -> Vec<Candidate<'p>> {
        let (at, last) = (directory(spec), last_part(spec));
        let stems = GENERATED.iter().filter_map(|(prefix, ending, sources)| {
            Some((last.strip_prefix(prefix)?.strip_suffix(ending)?, sources))
        });
        let sources =
            stems.flat_map(|(stem, sources)| sources.iter().map(move |ending| format!("{stem}{ending}")));
        sources.flat_map(|source| self.candidates(&join(at, &source))).collect()
    }

    /// `<A/b.h>` of an Objective-C framework: its headers lie anywhere below `A`.
    fn in_framework(&self, directive: &[String], spec: &str) -> Vec<Candidate<'p>> {
        let Some((framework, header)) = spec.split_once('/').filter(|_| !directive.is_empty()) else {
            return Vec::new();
        };
        let below = |one: &Candidate<'p>| parts(one.root).any(|part| part == framework);
        self.candidates(header).into_iter().filter(below).collect()
    }

    /// Whether a name begins with a directory that is nowhere in the tree.
    fn is_foreign(&self, spec: &str) -> bool {
        let Some((first, _)) = spec.split_once('/').filter(|(first, _)| !first.starts_with('.')) else {
            return false;
        };
        !self.project.has_directory_called(first)
    }

    fn module(&self, from: u32, name: &Name) -> Target<u32> {
        if let Some(&file) = self.modules.get(name.text.as_str()) {
            return Target::File(file);
        }
        let first = name.text.split(['.', ':']).next().unwrap_or(&name.text);
        if name.scope.iter().any(|scope| scope == "@") {
            let umbrella = self.best(from, self.candidates(&format!("{first}/{first}.h")));
            return umbrella.map_or_else(|| Target::External(first.to_owned()), Target::File);
        }
        let own = name.text.contains(':') || name.scope.iter().any(|scope| scope == "module");
        if own {
            return Target::Unresolved(format!("no file exports the module {}", name.text));
        }
        Target::External(first.to_owned())
    }
}

impl Resolve for Includes<'_> {
    fn resolve<'s>(&self, from: u32, scan: &'s Scan, out: &mut Vec<Meant<'s>>) {
        for name in &scan.names {
            let target = match name.scope.first().map(String::as_str) {
                None => self.include(from, name),
                Some("macro") => Target::Unresolved("a macro says which file".to_owned()),
                Some(_) => self.module(from, name),
            };
            // A file that includes itself, once for each of several settings, depends on nothing by that.
            if target != Target::File(from) {
                out.push(Meant { name, target });
            }
        }
    }
}

/// The path that is named, and whether it stands between `<>`.
fn spec(name: &Name) -> (&str, bool) {
    match name.text.strip_prefix('<') {
        Some(spec) => (spec.trim_end_matches('>').trim(), true),
        None => (name.text.as_str(), false),
    }
}

/// Some compilers take `\` for `/`.
fn slashes(spec: &str) -> std::borrow::Cow<'_, str> {
    if spec.contains('\\') { spec.replace('\\', "/").into() } else { spec.into() }
}

fn parts(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|part| !part.is_empty())
}

fn first_part(path: &str) -> &str {
    path.split('/').next().unwrap_or(path)
}

fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
