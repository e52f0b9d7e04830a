//! Which files of a package are meant by what is taken from it.

use facts::dependencies::Target;
use rustc_hash::FxHashMap;

use super::{
    modules::{Modules, Place},
    scan::EMBED,
};
use crate::{
    Meant, Name, Resolve, Scan,
    project::{Project, directory, resolve},
};

pub(in super::super) fn resolver<'p>(
    project: &'p Project<'p>,
    scans: &'p [(u32, Scan)],
) -> Box<dyn Resolve + 'p> {
    Box::new(Packages::new(project, scans))
}

struct Packages<'p> {
    project: &'p Project<'p>,
    modules: Modules,
    /// By directory, the packages in it: usually one, and the one of its outer tests.
    packages: FxHashMap<&'p str, Vec<Package<'p>>>,
}

#[derive(Default)]
struct Package<'p> {
    name: &'p str,
    /// Files that are no tests, by path.
    files: Vec<u32>,
    /// Name → the files that define it; several where the platform decides. Tests are apart.
    defined: FxHashMap<&'p str, Vec<u32>>,
    defined_by_tests: FxHashMap<&'p str, Vec<u32>>,
}

impl<'p> Packages<'p> {
    fn new(project: &'p Project<'p>, scans: &'p [(u32, Scan)]) -> Self {
        let mut packages: FxHashMap<&str, Vec<Package<'_>>> = FxHashMap::default();
        for (file, scan) in scans {
            let path = project.text(*file);
            let all = packages.entry(directory(path)).or_default();
            let at = all.iter().position(|package| package.name == scan.package).unwrap_or_else(|| {
                all.push(Package { name: &scan.package, ..Package::default() });
                all.len() - 1
            });
            let package = &mut all[at];
            let test = is_test(path);
            if !test {
                package.files.push(*file);
            }
            let defined = if test { &mut package.defined_by_tests } else { &mut package.defined };
            for name in &scan.defines {
                let files = defined.entry(name).or_default();
                if files.last() != Some(file) {
                    files.push(*file);
                }
            }
        }
        Self { project, modules: Modules::new(project, scans), packages }
    }

    /// The package importing a directory brings: not a program beside it that is run by hand.
    fn importable(&self, at: &str) -> Option<&Package<'p>> {
        let all = self.packages.get(at)?.iter().filter(|package| !package.files.is_empty());
        all.max_by_key(|package| {
            (package.name != "main", package.files.len(), std::cmp::Reverse(package.name))
        })
    }

    fn missing(&self, at: &str) -> String {
        match self.packages.get(at) {
            Some(_) => format!("{at}/ holds no Go file but tests"),
            None if self.project.is_directory(at) => format!("no Go file in {at}/; they may be generated"),
            None => format!("no directory {at}/; it may be generated"),
        }
    }

    /// What an import means, and by which name what is taken from it is found.
    fn import<'s>(
        &self,
        from: u32,
        name: &'s Name,
        scan: &'s Scan,
        selected: &FxHashMap<&str, &Name>,
        out: &mut Vec<Meant<'s>>,
    ) {
        let path = self.project.text(from);
        let at = match self.modules.place(directory(path), &name.text) {
            Place::Inside(at) => at,
            Place::Outside(module) => return out.push(Meant { name, target: Target::External(module) }),
        };
        let Some(package) = self.importable(&at) else {
            return out.push(Meant { name, target: Target::Unresolved(self.missing(&at)) });
        };
        // A test sees what other tests of its directory add to the package.
        let beside = is_test(path) && directory(path) == at;
        let local = name.symbols.first().map_or(package.name, String::as_str);
        let mut files: Vec<u32> = match local {
            "_" => package.files_of("init", false),
            "." => scan
                .names
                .iter()
                .flat_map(|name| package.files_of(name.text.trim_end_matches('.'), beside))
                .collect(),
            local => {
                let selected = selected.get(local).into_iter().flat_map(|uses| &uses.symbols);
                selected.flat_map(|symbol| package.files_of(symbol, beside)).collect()
            }
        };
        files.sort_unstable();
        files.dedup();
        if files.is_empty() {
            files.extend(self.face(package, &at));
        }
        out.extend(
            files
                .into_iter()
                .filter(|file| *file != from)
                .map(|file| Meant { name, target: Target::File(file) }),
        );
    }

    /// The file that stands for a package.
    fn face(&self, package: &Package<'_>, at: &str) -> Option<u32> {
        let called = |name: &str| {
            let is =
                |file: &&u32| self.project.text(**file).rsplit('/').next() == Some(&format!("{name}.go"));
            package.files.iter().find(is)
        };
        let last = at.rsplit('/').next().unwrap_or(at);
        called(package.name).or_else(|| called(last)).or_else(|| package.files.first()).copied()
    }

    /// Files of the own package that define a name.
    fn within<'s>(&self, from: u32, package: &Package<'_>, name: &'s Name, out: &mut Vec<Meant<'s>>) {
        let test = is_test(self.project.text(from));
        let files = package.files_of(name.text.trim_end_matches('.'), test);
        out.extend(
            files
                .into_iter()
                .filter(|file| *file != from)
                .map(|file| Meant { name, target: Target::File(file) }),
        );
    }
}

impl Package<'_> {
    /// The files that define a name.
    fn files_of(&self, name: &str, tests_too: bool) -> Vec<u32> {
        let found = self.defined.get(name).or_else(|| self.defined_by_tests.get(name).filter(|_| tests_too));
        found.cloned().unwrap_or_default()
    }
}

fn is_test(path: &str) -> bool {
    path.ends_with("_test.go")
}

impl Resolve for Packages<'_> {
    fn resolve<'s>(&self, from: u32, scan: &'s Scan, out: &mut Vec<Meant<'s>>) {
        let at = directory(self.project.text(from));
        let own =
            self.packages.get(at).and_then(|all| all.iter().find(|package| package.name == scan.package));
        let selected = scan.names.iter().filter(|name| name.soft);
        let selected = selected.filter_map(|name| Some((name.text.strip_suffix('.')?, name))).collect();
        for name in &scan.names {
            if name.symbols.first().is_some_and(|first| first == EMBED) {
                let file = resolve(at, &name.text).and_then(|path| self.project.find(&path));
                out.extend(file.map(|file| Meant { name, target: Target::File(file) }));
            } else if !name.soft {
                self.import(from, name, scan, &selected, out);
            } else if let Some(own) = own {
                self.within(from, own, name, out);
            }
        }
    }
}
