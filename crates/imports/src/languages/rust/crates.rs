//! Crates and their modules: which file each module is, and which modules a file is.
//!
//! ```text
//! src/lib.rs   mod a;                     crate        src/lib.rs
//! src/a.rs     mod b { mod c; }    ──▶    crate::a     src/a.rs
//! src/a/b/c.rs                            crate::a::b  src/a.rs, within b
//!                                         crate::a::b::c  src/a/b/c.rs
//! ```

use facts::dependencies::DependencyKind;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    manifest::{self, Dependency, Manifest},
    scan::{CODE, INCLUDE, MACROS, MOD, USE},
};
use crate::{
    Name, Scan,
    project::{Project, directories_up, directory, join, resolve},
};

/// Deeper modules, or the same file more often in one crate, are a mistake.
const DEEPEST: usize = 64;
const MOST_OFTEN: usize = 8;

/// A crate: a root with every module reached from it.
pub(super) struct Crate<'p> {
    /// None where no `Cargo.toml` lies above.
    pub(super) package: Option<usize>,
    /// Whether a `Cargo.toml` leads to it.
    pub(super) known: bool,
    pub(super) root: usize,
    pub(super) is_library: bool,
    /// Macros by name, and those that are exported.
    pub(super) macros: FxHashMap<&'p str, Vec<u32>>,
    pub(super) exported: FxHashMap<&'p str, u32>,
    /// What `extern crate` says: by the name here, the name of the crate.
    pub(super) extern_crates: FxHashMap<&'p str, &'p str>,
    /// Names of the crates all macros are taken from.
    pub(super) macros_of: Vec<&'p str>,
}

pub(super) struct Module<'p> {
    pub(super) of: usize,
    pub(super) parent: Option<usize>,
    /// By name; several where `cfg` chooses.
    pub(super) children: FxHashMap<&'p str, Vec<usize>>,
    /// Its file, and the modules it lies in there; then those it includes.
    pub(super) parts: Vec<(u32, String)>,
    pub(super) kind: DependencyKind,
    depth: usize,
}

pub(super) struct Package {
    pub(super) manifest: Manifest,
    pub(super) library: Option<usize>,
    /// The name in code → what it is.
    pub(super) dependencies: FxHashMap<String, Known>,
}

pub(super) enum Known {
    /// A crate of the tree.
    Inside(usize),
    /// A package outside of it.
    Outside(String),
}

pub(super) struct Crates<'p> {
    pub(super) project: &'p Project<'p>,
    pub(super) scans: FxHashMap<u32, &'p Scan>,
    pub(super) packages: Vec<Package>,
    pub(super) crates: Vec<Crate<'p>>,
    pub(super) modules: Vec<Module<'p>>,
    /// File → the modules it is.
    pub(super) places: FxHashMap<u32, Vec<usize>>,
    /// The file of a `mod`, by the file it stands in, its name and its line.
    pub(super) mods: FxHashMap<(u32, &'p str, u32), u32>,
    /// A file's names as `module::Name`.
    pub(super) defines: FxHashSet<(u32, &'p str)>,
    /// What a `use` means by a name, by the file and the modules within it.
    pub(super) uses: FxHashMap<(u32, String), FxHashMap<&'p str, Vec<&'p Name>>>,
}

impl<'p> Crates<'p> {
    pub(super) fn new(project: &'p Project<'p>, scans: &'p [(u32, Scan)]) -> Self {
        let mut out = Self {
            project,
            scans: scans.iter().map(|(file, scan)| (*file, scan)).collect(),
            packages: Vec::new(),
            crates: Vec::new(),
            modules: Vec::new(),
            places: FxHashMap::default(),
            mods: FxHashMap::default(),
            defines: FxHashSet::default(),
            uses: FxHashMap::default(),
        };
        for (file, scan) in scans {
            out.defines.extend(scan.defines.iter().map(|name| (*file, name.as_str())));
            for name in scan.names.iter().filter(|name| name.symbols[0] == USE) {
                let here = out.uses.entry((*file, name.scope.join("::"))).or_default();
                here.entry(name.symbols[1].as_str()).or_default().push(name);
            }
        }
        for manifest in manifest::read(project) {
            out.add_package(manifest);
        }
        out.link();
        out.add_strays(scans);
        out
    }

    fn add_package(&mut self, manifest: Manifest) {
        let number = self.packages.len();
        let roots = manifest.roots.clone();
        let library = manifest.has_library.then_some(self.crates.len());
        self.packages.push(Package { manifest, library, dependencies: FxHashMap::default() });
        for (at, (file, kind)) in roots.into_iter().enumerate() {
            let is_library = at == 0 && library.is_some();
            let children = directory(self.project.text(file)).to_owned();
            self.add_crate(Some(number), true, is_library, (file, children), kind);
        }
    }

    /// Finds the libraries dependencies mean.
    fn link(&mut self) {
        let by_directory: FxHashMap<&str, usize> = self
            .packages
            .iter()
            .enumerate()
            .map(|(at, package)| (package.manifest.at.as_str(), at))
            .collect();
        let known = |dependency: &Dependency| {
            let package = dependency.inside.as_ref().and_then(|at| by_directory.get(at.as_str()));
            let package = package.map(|&at| &self.packages[at]);
            match package.and_then(|package| Some((package, package.library?))) {
                Some((package, library)) => {
                    let own = &package.manifest.library_name;
                    (if dependency.renamed { &dependency.name } else { own }.clone(), Known::Inside(library))
                }
                None => (dependency.name.clone(), Known::Outside(dependency.package.clone())),
            }
        };
        let all: Vec<FxHashMap<String, Known>> = self
            .packages
            .iter()
            .map(|package| package.manifest.dependencies.iter().map(known).collect())
            .collect();
        for (package, dependencies) in self.packages.iter_mut().zip(all) {
            package.dependencies = dependencies;
        }
    }

    /// Files no `Cargo.toml` leads to: those no other of them names begin a crate, then what is left in circles.
    fn add_strays(&mut self, scans: &[(u32, Scan)]) {
        let strays: Vec<u32> =
            scans.iter().map(|(file, _)| *file).filter(|file| !self.places.contains_key(file)).collect();
        let mut named: FxHashSet<u32> = FxHashSet::default();
        for &file in &strays {
            let children = self.children_of_stray(file);
            let modules = self.scans[&file].names.iter().filter(|name| name.symbols[0] == MOD);
            named.extend(
                modules
                    .filter_map(|name| module_file(self.project, file, &children, name))
                    .filter(|&to| to != file),
            );
        }
        let (inner, outer): (Vec<u32>, Vec<u32>) = strays.into_iter().partition(|file| named.contains(file));
        for file in outer.into_iter().chain(inner) {
            if self.places.contains_key(&file) {
                continue;
            }
            let above = directories_up(directory(self.project.text(file)));
            let package = above
                .filter_map(|at| self.packages.binary_search_by(|one| one.manifest.at.as_str().cmp(at)).ok())
                .next();
            let children = self.children_of_stray(file);
            self.add_crate(package, false, false, (file, children), DependencyKind::Runtime);
        }
    }

    /// Whether it is a root or another module cannot be told but by what lies beside it.
    fn children_of_stray(&self, file: u32) -> String {
        let path = self.project.text(file);
        let stem = path.trim_end_matches(".rs");
        if self.project.is_directory(stem) { stem.to_owned() } else { directory(path).to_owned() }
    }

    fn add_crate(
        &mut self,
        package: Option<usize>,
        known: bool,
        is_library: bool,
        (file, children): (u32, String),
        kind: DependencyKind,
    ) {
        let number = self.crates.len();
        let root = self.add_module(number, None, kind);
        self.crates.push(Crate {
            package,
            known,
            root,
            is_library,
            macros: FxHashMap::default(),
            exported: FxHashMap::default(),
            extern_crates: FxHashMap::default(),
            macros_of: Vec::new(),
        });
        let mut often: FxHashMap<u32, usize> = FxHashMap::default();
        // Each file with the module it is, and the directory its modules lie in.
        let mut open = vec![(file, root, children)];
        while let Some((file, module, children)) = open.pop() {
            let times = often.entry(file).or_default();
            *times += 1;
            if *times <= MOST_OFTEN && self.modules[module].depth <= DEEPEST {
                self.attach(file, module, &children, &mut open);
            }
        }
    }

    fn add_module(&mut self, of: usize, parent: Option<usize>, kind: DependencyKind) -> usize {
        let depth = parent.map_or(0, |parent| self.modules[parent].depth + 1);
        self.modules.push(Module {
            of,
            parent,
            children: FxHashMap::default(),
            parts: Vec::new(),
            kind,
            depth,
        });
        self.modules.len() - 1
    }

    /// Makes a file part of a module, and finds the files it leads to.
    fn attach(&mut self, file: u32, module: usize, children: &str, open: &mut Vec<(u32, usize, String)>) {
        let of = self.modules[module].of;
        self.modules[module].parts.push((file, String::new()));
        self.places.entry(file).or_default().push(module);
        let Some(&scan) = self.scans.get(&file) else { return };
        for name in &scan.defines {
            match name.split_once("!") {
                None => {
                    let parts = name.split("::").collect::<Vec<_>>();
                    self.inner(module, file, &parts[..parts.len() - 1], DependencyKind::Runtime);
                }
                Some((name, _)) => match name.strip_prefix("crate::") {
                    Some(name) => {
                        self.crates[of].exported.insert(name, file);
                    }
                    None => self.crates[of].macros.entry(name).or_default().push(file),
                },
            }
        }
        for name in &scan.names {
            let scope: Vec<&str> = name.scope.iter().map(String::as_str).collect();
            match name.symbols[0].as_str() {
                MOD => {
                    let Some(child) = module_file(self.project, file, children, name) else { continue };
                    self.mods.entry((file, &name.text, name.line)).or_insert(child);
                    let parent = self.inner(module, file, &scope, name.kind);
                    let kind = self.modules[parent].kind.max(name.kind);
                    let made = self.add_module(of, Some(parent), kind);
                    self.modules[parent].children.entry(&name.text).or_default().push(made);
                    open.push((child, made, children_of(self.project.text(child), name.symbols.len() > 1)));
                }
                USE => {
                    self.inner(module, file, &scope, name.kind);
                    if let Some(to) =
                        name.text.strip_prefix("::").filter(|to| !to.contains("::") && scope.is_empty())
                    {
                        let here = if name.symbols[1] == "_" { to } else { name.symbols[1].as_str() };
                        self.crates[of].extern_crates.insert(here, to);
                        if name.symbols.get(2).is_some_and(|third| third == MACROS) {
                            self.crates[of].macros_of.push(to);
                        }
                    }
                }
                INCLUDE if name.symbols.get(2).is_some_and(|third| third == CODE) => {
                    if let Some(included) = self.included(module, file, name).filter(|&to| to != file) {
                        let into = self.inner(module, file, &scope, name.kind);
                        open.push((included, into, children_of(self.project.text(included), true)));
                    }
                }
                _ => {}
            }
        }
    }

    /// The module within a file by its names.
    pub(super) fn inner(
        &mut self,
        mut module: usize,
        file: u32,
        names: &[&'p str],
        kind: DependencyKind,
    ) -> usize {
        for depth in 1..=names.len().min(DEEPEST) {
            let name = names[depth - 1];
            let children = self.modules[module].children.get(name).into_iter().flatten();
            let scope = names[..depth].join("::");
            let is = |child: &&usize| {
                self.modules[**child].parts.iter().any(|part| *part == (file, scope.clone()))
            };
            let known = children.clone().find(is).copied();
            module = match known {
                Some(child) => child,
                None => {
                    let kind = self.modules[module].kind.max(kind);
                    let child = self.add_module(self.modules[module].of, Some(module), kind);
                    self.modules[module].children.entry(name).or_default().push(child);
                    self.modules[child].parts.push((file, scope));
                    child
                }
            };
        }
        module
    }

    /// The file of an `include!`.
    pub(super) fn included(&self, module: usize, from: u32, name: &Name) -> Option<u32> {
        let package =
            self.crates[self.modules[module].of].package.map(|at| self.packages[at].manifest.at.as_str());
        let base = match name.symbols[1].as_str() {
            "package" => package?,
            "file" => directory(self.project.text(from)),
            _ => return None,
        };
        self.project.find(&resolve(base, &name.text)?)
    }
}

/// The directory the modules of a module's file lie in.
fn children_of(path: &str, by_path: bool) -> String {
    if by_path || path.ends_with("/mod.rs") { directory(path) } else { path.trim_end_matches(".rs") }
        .to_owned()
}

/// The file of `mod name;`.
fn module_file(project: &Project<'_>, file: u32, children: &str, name: &Name) -> Option<u32> {
    let inline = name.scope.join("/");
    if let Some(path) = name.symbols.get(1) {
        let from = if inline.is_empty() {
            directory(project.text(file)).to_owned()
        } else {
            join(children, &inline)
        };
        let found = resolve(&from, path).and_then(|path| project.find(&path));
        if found.is_some() {
            return found;
        }
    }
    let stem = join(&join(children, &inline), &name.text);
    project.find(&format!("{stem}.rs")).or_else(|| project.find(&format!("{stem}/mod.rs")))
}
