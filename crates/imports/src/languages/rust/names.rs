//! What a path means: followed through modules, `use` and globs to the file that defines it.

use facts::dependencies::{DependencyKind, Target};
use rustc_hash::FxHashSet;

use super::{
    crates::{Crates, Known},
    scan::{ALONE, CALL, INCLUDE, LOCAL, MOD, PUBLIC, USE},
};
use crate::{Meant, Name, Resolve, Scan, project::Project};

pub(in super::super) fn resolver<'p>(
    project: &'p Project<'p>,
    scans: &'p [(u32, Scan)],
) -> Box<dyn Resolve + 'p> {
    Box::new(Crates::new(project, scans))
}

/// A file may be a module of many crates; beyond these they are alike.
const PLACES: usize = 4;
/// So many steps no path needs.
const STEPS: usize = 400;

/// Where a path leads.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Leads {
    Module(usize),
    /// To something a file defines.
    Item(u32),
    Outside(String),
}

/// From where a module is looked at.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Seen {
    /// By itself, by modules within it, or by a path that names it.
    Within,
    /// By a glob elsewhere, which brings only what is public.
    Outside,
}

/// The way of one path.
struct Way<'c> {
    crates: &'c Crates<'c>,
    /// What is being looked up, as paths may go in circles.
    open: FxHashSet<(usize, &'c str, Seen)>,
    /// What was looked up and not found.
    vain: FxHashSet<(usize, &'c str, Seen)>,
    steps: usize,
}

impl<'c> Way<'c> {
    fn new(crates: &'c Crates<'c>) -> Self {
        Self { crates, open: FxHashSet::default(), vain: FxHashSet::default(), steps: 0 }
    }

    /// What a path means in a module; more than one thing where `cfg` chooses.
    fn path(&mut self, module: usize, text: &'c str, in_use: bool) -> Vec<Leads> {
        let text = text.strip_suffix("::*").unwrap_or(text);
        let global = text.starts_with("::");
        let mut parts = text.trim_start_matches("::").split("::").peekable();
        let Some(first) = parts.next() else { return Vec::new() };
        let mut at = match first {
            "crate" => vec![Leads::Module(self.crates.root(module))],
            "self" => vec![Leads::Module(module)],
            "super" => {
                let mut above = self.crates.modules[module].parent;
                while parts.next_if_eq(&"super").is_some() {
                    above = above.and_then(|at| self.crates.modules[at].parent);
                }
                above.map(Leads::Module).into_iter().collect()
            }
            _ => self.first(module, first, global, in_use, parts.peek().is_some()),
        };
        for part in parts {
            // Of a module and a function called the same, the module goes on.
            if at.iter().any(|one| matches!(one, Leads::Module(_))) {
                at.retain(|one| !matches!(one, Leads::Item(_)));
            }
            at = self.step(at, part, first == "crate");
        }
        // Code calls the function; a `use` brings both.
        if !in_use && at.iter().any(|one| matches!(one, Leads::Item(_))) {
            at.retain(|one| !matches!(one, Leads::Module(_)));
        }
        at
    }

    /// What the first name of a path means: a name of the module, or another crate.
    fn first(
        &mut self,
        module: usize,
        name: &'c str,
        global: bool,
        in_use: bool,
        goes_on: bool,
    ) -> Vec<Leads> {
        let crates = self.crates;
        let of = crates.modules[module].of;
        let outer = || crates.outer(of, name).into_iter().collect::<Vec<_>>();
        let rooted = crates.package(of).is_some_and(|package| package.manifest.rooted);
        if global && !rooted {
            return outer();
        }
        let from = if global || (in_use && rooted) { crates.root(module) } else { module };
        let found = self.find(from, name, Seen::Within);
        // A function that is taken in from a crate of the same name is no way into it.
        let no_way = goes_on && is_small(name) && found.iter().all(|one| matches!(one, Leads::Item(_)));
        if found.is_empty() || no_way {
            let outer = outer();
            if !outer.is_empty() {
                return outer;
            }
        }
        found
    }

    fn step(&mut self, from: Vec<Leads>, part: &'c str, by_crate: bool) -> Vec<Leads> {
        let (mut exact, mut vague) = (Vec::new(), Vec::new());
        for one in from {
            let Leads::Module(module) = one else {
                add(&mut exact, one);
                continue;
            };
            // In a circle nothing is found that is not found elsewhere.
            let circle = self.open.contains(&(module, part, Seen::Within));
            let found = self.find(module, part, Seen::Within);
            // A macro may define it: the module is meant. A stray root need not be the root of its crate.
            if found.is_empty() && !circle && !(by_crate && self.crates.is_stray_root(module)) {
                vague.extend(self.crates.file(module).map(Leads::Item));
            }
            found.into_iter().for_each(|one| add(&mut exact, one));
        }
        if exact.is_empty() { vague } else { exact }
    }

    /// What a name means that a module has: its own, taken in, or brought by a glob.
    fn find(&mut self, module: usize, name: &'c str, seen: Seen) -> Vec<Leads> {
        let crates = self.crates;
        let here = &crates.modules[module];
        let children = here.children.get(name).into_iter().flatten().take(ALTERNATIVES);
        let mut found: Vec<Leads> = children.copied().map(Leads::Module).collect();
        let empty = found.is_empty();
        let defining = here.parts.iter().find(|(file, scope)| crates.defines_in(*file, scope, name, empty));
        found.extend(defining.map(|(file, _)| Leads::Item(*file)));
        self.steps += 1;
        let key = (module, name, seen);
        if self.steps > STEPS || self.vain.contains(&key) || !self.open.insert(key) {
            return found;
        }
        self.take_in(module, name, seen, &mut found);
        if found.is_empty() {
            found = self.brought(module, name, seen);
        }
        self.open.remove(&key);
        if found.is_empty() {
            self.vain.insert(key);
        }
        found
    }

    /// Adds what `use`s of a module mean by a name.
    fn take_in(&mut self, module: usize, name: &'c str, seen: Seen, found: &mut Vec<Leads>) {
        let all = self.crates.uses_of(module, name.trim_end_matches('!'), seen);
        let (local, own): (Vec<&Name>, Vec<&Name>) = all.partition(|one| is(one, LOCAL));
        for one in own {
            if self.steps > STEPS {
                return;
            }
            self.path(module, &one.text, true).into_iter().for_each(|one| add(found, one));
        }
        // What functions take in may mean another thing in each.
        for one in local.into_iter().take(ALTERNATIVES) {
            if found.is_empty() {
                *found = self.path(module, &one.text, true);
            }
        }
    }

    /// What a module has by a glob, or by macros.
    fn brought(&mut self, module: usize, name: &'c str, seen: Seen) -> Vec<Leads> {
        let crates = self.crates;
        let here = &crates.modules[module];
        let bare = name.trim_end_matches('!');
        let is_root = here.parent.is_none();
        if let Some(&file) = crates.crates[here.of].exported.get(bare).filter(|_| is_root) {
            return vec![Leads::Item(file)];
        }
        let mut found = Vec::new();
        for glob in crates.uses_of(module, "*", seen) {
            if self.steps > STEPS {
                break;
            }
            for one in self.path(module, &glob.text, true) {
                if let Leads::Module(brought) = one {
                    let seen = if crates.is_within(module, brought) { Seen::Within } else { Seen::Outside };
                    self.find(brought, name, seen).into_iter().for_each(|one| add(&mut found, one));
                }
            }
        }
        // `pub(crate) use m;` behind `macro_rules! m`; at the root also those a macro exports.
        if let Some(rules) = crates.crates[here.of].macros.get(bare).filter(|_| found.is_empty()) {
            let own = here.parts.iter().map(|(file, _)| *file).find(|file| rules.contains(file));
            found.extend(own.or(rules.first().copied().filter(|_| is_root)).map(Leads::Item));
        }
        found
    }

    /// The macro called by a name alone: of the crate, wherever it stands, or of a crate all macros are taken from.
    fn macro_called(&mut self, module: usize, name: &'c str) -> Vec<Leads> {
        let found = self.find(module, name, Seen::Within);
        if !found.is_empty() {
            return found;
        }
        let crates = self.crates;
        let name = name.trim_end_matches('!');
        let of = crates.modules[module].of;
        if let Some(files) = crates.crates[of].macros.get(name) {
            let mut above = std::iter::successors(Some(module), |&at| crates.modules[at].parent);
            let above = above.find_map(|at| crates.file(at).filter(|file| files.contains(file)));
            return above.or(files.first().copied()).map(Leads::Item).into_iter().collect();
        }
        let others =
            crates.crates[of].macros_of.iter().filter_map(|other| match crates.outer(of, other)? {
                Leads::Module(root) => crates.crates[crates.modules[root].of].exported.get(name).copied(),
                _ => None,
            });
        others.take(1).map(Leads::Item).collect()
    }
}

/// More alternatives nobody offers.
const ALTERNATIVES: usize = 8;

fn add(all: &mut Vec<Leads>, one: Leads) {
    if all.len() < ALTERNATIVES && !all.contains(&one) {
        all.push(one);
    }
}

/// Whether a `use` is of a sort.
fn is(one: &Name, sort: &str) -> bool {
    one.symbols.get(2).is_some_and(|third| third == sort)
}

/// Whether a name is one of a module or a function rather than of a type.
fn is_small(name: &str) -> bool {
    name.starts_with(|first: char| first.is_lowercase())
}

impl Crates<'_> {
    fn package(&self, of: usize) -> Option<&super::crates::Package> {
        Some(&self.packages[self.crates[of].package?])
    }

    /// What `use`s of a module bring under a name.
    fn uses_of<'c>(
        &'c self,
        module: usize,
        name: &str,
        seen: Seen,
    ) -> impl Iterator<Item = &'c Name> + use<'c> {
        let parts = self.modules[module].parts.iter();
        let all: Vec<&Name> =
            parts.filter_map(|part| self.uses.get(part)?.get(name)).flatten().copied().collect();
        all.into_iter().filter(move |one| seen == Seen::Within || is(one, PUBLIC))
    }

    /// Whether a module is another or lies in it.
    fn is_within(&self, module: usize, other: usize) -> bool {
        std::iter::successors(Some(module), |&at| self.modules[at].parent).any(|at| at == other)
    }

    fn root(&self, module: usize) -> usize {
        self.crates[self.modules[module].of].root
    }

    fn file(&self, module: usize) -> Option<u32> {
        self.modules[module].parts.first().map(|(file, _)| *file)
    }

    fn is_stray_root(&self, module: usize) -> bool {
        self.modules[module].parent.is_none() && !self.crates[self.modules[module].of].known
    }

    /// Whether modules of a file define a name: an item, or `or_module` a module there is no file for.
    fn defines_in(&self, file: u32, scope: &str, name: &str, or_module: bool) -> bool {
        let has = |name: &str| match scope {
            "" => self.defines.contains(&(file, name)),
            scope => self.defines.contains(&(file, format!("{scope}::{name}").as_str())),
        };
        has(name) || (or_module && has(&format!("{name}/")))
    }

    /// Another crate by its name in a crate.
    fn outer(&self, of: usize, name: &str) -> Option<Leads> {
        let own = &self.crates[of];
        let declared = own.extern_crates.get(name).copied();
        let name = declared.unwrap_or(name);
        let package = self.package(of);
        let module = |of: usize| Leads::Module(self.crates[of].root);
        match package.and_then(|package| package.dependencies.get(name)) {
            Some(Known::Inside(library)) => return Some(module(*library)),
            Some(Known::Outside(package)) => return Some(Leads::Outside(package.clone())),
            None => {}
        }
        // Binaries, tests and examples see the library of their package.
        let library = package.filter(|package| package.manifest.library_name == name && !own.is_library);
        if let Some(library) = library.and_then(|package| package.library) {
            return Some(module(library));
        }
        match (name, declared) {
            ("std" | "core" | "alloc" | "proc_macro" | "test", _) => Some(Leads::Outside("std".to_owned())),
            // A crate nobody depends on comes with the compiler.
            (_, Some(name)) if own.known => Some(Leads::Outside(name.to_owned())),
            _ => None,
        }
    }

    /// What a name means in one of the modules its file is.
    fn targets(&self, from: u32, place: usize, name: &Name) -> Vec<Target<u32>> {
        let mut module = place;
        for part in &name.scope {
            // Of modules called the same, the one in this file.
            let children = self.modules[module].children.get(part.as_str()).into_iter().flatten();
            let mut here =
                children.filter(|&&child| self.modules[child].parts.iter().any(|(file, _)| *file == from));
            let Some(&child) = here.next() else { return Vec::new() };
            module = child;
        }
        let mut way = Way::new(self);
        let leads = match name.symbols[0].as_str() {
            MOD => {
                let file = self.mods.get(&(from, name.text.as_str(), name.line));
                return file.map(|&file| Target::File(file)).into_iter().collect();
            }
            INCLUDE => return self.included(place, from, name).map(Target::File).into_iter().collect(),
            USE => way.path(module, &name.text, true),
            CALL => way.macro_called(module, &name.text),
            ALONE => way.find(module, &name.text, Seen::Within),
            _ => way.path(module, &name.text, false),
        };
        let target = |leads| match leads {
            Leads::Module(module) => self.file(module).map(Target::File),
            Leads::Item(file) => Some(Target::File(file)),
            Leads::Outside(name) => Some(Target::External(name)),
        };
        leads.into_iter().filter_map(target).collect()
    }

    fn reason(&self, name: &Name, known: bool) -> String {
        let first = name.text.trim_start_matches("::").split("::").next().unwrap_or_default();
        match name.symbols[0].as_str() {
            MOD => format!("no file for the module {}", name.text),
            INCLUDE if name.symbols[1] == "build" => "the build script writes it".to_owned(),
            INCLUDE => "no such file".to_owned(),
            _ if !known => format!("no Cargo.toml leads to this file, so {first} cannot be told"),
            _ if first == "super" => "there is no module above".to_owned(),
            _ => format!("neither a module nor a dependency is called {first}"),
        }
    }
}

impl Resolve for Crates<'_> {
    fn resolve<'s>(&self, from: u32, scan: &'s Scan, out: &mut Vec<Meant<'s>>) {
        let places = self.places.get(&from).map_or(&[][..], Vec::as_slice);
        let known = places.iter().any(|&place| self.crates[self.modules[place].of].known);
        for name in &scan.names {
            let mut found: Vec<Target<u32>> = Vec::new();
            for &place in places.iter().take(PLACES) {
                let targets = self.targets(from, place, name);
                let leads_on = |all: &[Target<u32>]| {
                    all.iter().any(|one| matches!(one, Target::File(file) if *file != from))
                };
                if found.is_empty() || leads_on(&targets) {
                    found = targets;
                }
                if leads_on(&found) {
                    break;
                }
            }
            // Variants of a type that a macro or a glob brings are no mistake.
            let tells = name.symbols[0] != USE || is_small(name.text.trim_start_matches("::"));
            if found.is_empty() && !name.soft && tells {
                found.push(Target::Unresolved(self.reason(name, known)));
            }
            let counts = |target: &Target<u32>| match target {
                Target::File(file) => *file != from,
                _ => !name.soft,
            };
            let begin = out.len();
            for target in found.into_iter().filter(counts) {
                if out[begin..].iter().all(|one| one.target != target) {
                    out.push(Meant { name, target });
                }
            }
        }
    }

    fn kind_of(&self, file: u32) -> DependencyKind {
        let places = self.places.get(&file).into_iter().flatten();
        places.map(|&module| self.modules[module].kind).min().unwrap_or_default()
    }
}
