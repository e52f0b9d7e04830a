//! What Ruby's paths and constants mean in a tree.

use std::cmp::Reverse;

use facts::dependencies::Target;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{CONSTANT, RELATIVE};
use crate::{
    Meant, Name, Resolve, Scan,
    project::{Project, directories_up, directory, join, resolve},
};

/// Ruby's own classes and those of its standard library, which programs reopen.
const OWN: &[&str] = &[
    "Abbrev",
    "ArgumentError",
    "Array",
    "BasicObject",
    "Base64",
    "Benchmark",
    "BigDecimal",
    "Binding",
    "CGI",
    "CSV",
    "Class",
    "Comparable",
    "Complex",
    "Coverage",
    "Data",
    "Date",
    "DateTime",
    "Delegator",
    "Digest",
    "Dir",
    "ENV",
    "EOFError",
    "ERB",
    "Encoding",
    "Enumerable",
    "Enumerator",
    "Errno",
    "Etc",
    "Exception",
    "FalseClass",
    "Fiber",
    "File",
    "FileTest",
    "FileUtils",
    "Find",
    "Float",
    "Forwardable",
    "FrozenError",
    "GC",
    "Hash",
    "IO",
    "IOError",
    "IPAddr",
    "IRB",
    "IndexError",
    "Integer",
    "Io",
    "JSON",
    "Kernel",
    "KeyError",
    "LoadError",
    "Logger",
    "Marshal",
    "MatchData",
    "Math",
    "Matrix",
    "Method",
    "Module",
    "Monitor",
    "Mutex",
    "NameError",
    "Net",
    "NilClass",
    "NoMethodError",
    "NotImplementedError",
    "Numeric",
    "Object",
    "ObjectSpace",
    "Observable",
    "Open3",
    "OpenSSL",
    "OpenStruct",
    "OptionParser",
    "PP",
    "Pathname",
    "Proc",
    "Process",
    "Psych",
    "Queue",
    "RUBY_PLATFORM",
    "RUBY_VERSION",
    "Ractor",
    "Random",
    "Range",
    "RangeError",
    "Rational",
    "Readline",
    "Refinement",
    "Regexp",
    "Ripper",
    "RubyVM",
    "RuntimeError",
    "STDERR",
    "STDIN",
    "STDOUT",
    "ScriptError",
    "SecureRandom",
    "Set",
    "Shellwords",
    "Signal",
    "SimpleDelegator",
    "Singleton",
    "SizedQueue",
    "Socket",
    "StandardError",
    "StopIteration",
    "String",
    "StringIO",
    "StringScanner",
    "Struct",
    "Symbol",
    "SyntaxError",
    "SystemExit",
    "TCPServer",
    "TCPSocket",
    "TSort",
    "Tempfile",
    "Thread",
    "ThreadError",
    "Time",
    "Timeout",
    "TracePoint",
    "TrueClass",
    "TypeError",
    "URI",
    "UnboundMethod",
    "WeakRef",
    "YAML",
    "ZeroDivisionError",
    "Zlib",
];

/// What Rails brings under other names than its gems'.
const RAILS: &[&str] = &[
    "abstractcontroller",
    "actioncable",
    "actioncontroller",
    "actiondispatch",
    "actionmailbox",
    "actionmailer",
    "actionpack",
    "actiontext",
    "actionview",
    "activejob",
    "activemodel",
    "activerecord",
    "activestorage",
    "activesupport",
    "arel",
    "railties",
];

/// What stands beside directories from which paths are looked up.
const BUILDS: [&str; 3] = [".gemspec", "Gemfile", "package.yml"];

pub(in crate::languages) fn resolver<'p>(
    project: &'p Project<'p>,
    scans: &'p [(u32, Scan)],
) -> Box<dyn Resolve + 'p> {
    Box::new(Tree::new(project, scans))
}

/// A file that defines a constant.
#[derive(Clone, Copy)]
struct Definer {
    file: u32,
    rank: Rank,
    test: bool,
}

/// How surely a file is the one that is meant, the surest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// Autoloading would take it.
    Autoloaded,
    /// Its path ends like the constant.
    Called,
    Defines,
    /// It only opens it to hold others.
    Opens,
}

struct Tree<'p> {
    project: &'p Project<'p>,
    /// Directories that tests are run in and paths are looked up from.
    homes: FxHashSet<&'p str>,
    /// Files by their path below a load root, without its ending.
    required: FxHashMap<&'p str, Vec<u32>>,
    /// Directories below load roots that have a file of the same name beside them.
    libraries: FxHashSet<&'p str>,
    constants: FxHashMap<&'p str, Vec<Definer>>,
    /// Gems the tree depends on, without `-` and `_`.
    gems: FxHashSet<String>,
}

impl<'p> Tree<'p> {
    fn new(project: &'p Project<'p>, scans: &'p [(u32, Scan)]) -> Self {
        let homes = homes(project);
        let load_roots = load_roots(project, &homes);
        let mut required: FxHashMap<&str, Vec<u32>> = FxHashMap::default();
        let mut constants: FxHashMap<&str, Vec<Definer>> = FxHashMap::default();
        for (file, scan) in scans {
            let path = project.text(*file);
            let stem = path.strip_suffix(".rb").unwrap_or(path);
            let mut autoloaded = Vec::new();
            for root in directories_up(directory(path)).filter(|at| load_roots.contains(*at)) {
                let below = stem.get(if root.is_empty() { 0 } else { root.len() + 1 }..).unwrap_or_default();
                required.entry(below).or_default().push(*file);
                autoloaded.push(plain(below));
            }
            let test = project.is_test(*file);
            let whole = plain(stem);
            let ranks: Vec<(&str, Rank)> =
                scan.defines.iter().map(|defined| rank(defined, &whole, &autoloaded)).collect();
            // A file that is called like a class is about that class, whatever it adds to what surrounds it.
            let main = ranks.iter().filter(|(_, rank)| *rank <= Rank::Called).map(|(name, _)| *name).max();
            for (name, rank) in ranks {
                let surrounds =
                    main.and_then(|main| main.strip_prefix(name)).is_some_and(|rest| rest.starts_with("::"));
                let rank = if surrounds && rank == Rank::Defines { Rank::Opens } else { rank };
                constants.entry(name).or_default().push(Definer { file: *file, rank, test });
                // What surrounds it is known to be there, though nobody may say so.
                for (end, _) in name.match_indices("::") {
                    constants.entry(&name[..end]).or_default();
                }
            }
        }
        let libraries = required.keys().filter_map(|below| below.rfind('/').map(|end| &below[..end]));
        let libraries = libraries.filter(|at| required.contains_key(at)).collect();
        let gems = gems(project);
        Self { project, homes, required, libraries, constants, gems }
    }

    /// What a path means that is looked up in all load roots.
    fn required(&self, from: &str, text: &str) -> Target<u32> {
        if text.starts_with(['.', '/']) {
            let found = directories_up(directory(from))
                .filter(|at| self.homes.contains(at) || *at == directory(from))
                .find_map(|at| self.file(at, text.trim_start_matches('/')));
            return found.map_or_else(
                || Target::Unresolved(format!("no file for {text} here or above")),
                Target::File,
            );
        }
        let stem = text.strip_suffix(".rb").unwrap_or(text);
        if let Some(files) = self.required.get(stem)
            && let Some(file) = files.iter().copied().min_by_key(|&file| self.far(from, file))
        {
            return Target::File(file);
        }
        let at_home = directories_up(directory(from))
            .filter(|at| self.homes.contains(at))
            .find_map(|at| self.file(at, text));
        if let Some(file) = at_home {
            return Target::File(file);
        }
        let first = stem.split('/').next().unwrap_or(stem);
        if first != stem && self.libraries.contains(first) && !self.gems.contains(&plain(first)) {
            return Target::Unresolved(format!(
                "no Ruby file {stem} in any lib/: it may be compiled or built"
            ));
        }
        Target::External(first.to_owned())
    }

    fn file(&self, at: &str, text: &str) -> Option<u32> {
        let path = resolve(at, text)?;
        self.project.find(&format!("{path}.rb")).or_else(|| self.project.find(&path))
    }

    fn relative(&self, from: &str, text: &str) -> Target<u32> {
        match self.file(directory(from), text) {
            Some(file) => Target::File(file),
            None => {
                Target::Unresolved(format!("no Ruby file for {text} from here: it may be compiled or built"))
            }
        }
    }

    /// How far a file lies from another: the less they share, then the deeper, then by order.
    fn far(&self, from: &str, file: u32) -> (Reverse<usize>, usize, u32) {
        let path = self.project.text(file);
        let shared = from.split('/').zip(path.split('/')).take_while(|(a, b)| a == b).count();
        (Reverse(shared), path.matches('/').count(), file)
    }

    /// The file a constant means, if it is another one of the tree.
    fn constant(&self, from: u32, name: &Name) -> Option<u32> {
        let first = name.text.split("::").next()?;
        let around = name.scope.iter().map(|scope| format!("{scope}::{first}"));
        let base =
            around.chain([first.to_owned()]).find(|full| self.constants.contains_key(full.as_str()))?;
        let full = format!("{base}{}", &name.text[first.len()..]);
        let parts = std::iter::successors(Some(full.as_str()), |part| Some(part.rsplit_once("::")?.0));
        let longest = parts
            .take_while(|part| part.len() >= base.len())
            .find_map(|part| self.constants.get(part).filter(|all| !all.is_empty()).map(|all| (part, all)));
        let (full, definers) = longest?;
        self.choose(from, full, definers)
    }

    fn choose(&self, from: u32, full: &str, definers: &[Definer]) -> Option<u32> {
        let path = self.project.text(from);
        let foreign = self.is_foreign(full);
        let in_test = self.project.is_test(from);
        let fits = |one: &&Definer| {
            (in_test || !one.test || one.file == from) && (!foreign || one.rank == Rank::Autoloaded)
        };
        // Who defines it means himself.
        if definers.iter().any(|one| one.file == from && one.rank < Rank::Opens) {
            return None;
        }
        let best = definers.iter().filter(fits).map(|one| one.rank).min()?;
        let rank_by_path = best <= Rank::Called;
        let mut best: Vec<u32> =
            definers.iter().filter(fits).filter(|one| one.rank == best).map(|one| one.file).collect();
        best.dedup();
        // What many open to hold their own, and no file is called like, is nobody's.
        let shared = !rank_by_path && definers.iter().filter(fits).any(|one| one.rank == Rank::Opens);
        if shared && definers.iter().filter(fits).count() > 1 {
            return None;
        }
        best.into_iter().min_by_key(|&file| self.far(path, file)).filter(|&file| file != from)
    }

    /// Whether Ruby or a gem brings what a constant begins with.
    fn is_foreign(&self, full: &str) -> bool {
        let top = full.split("::").next().unwrap_or(full);
        OWN.contains(&top) || self.gems.contains(&top.to_lowercase())
    }
}

impl Resolve for Tree<'_> {
    fn resolve<'s>(&self, from: u32, scan: &'s Scan, out: &mut Vec<Meant<'s>>) {
        let path = self.project.text(from);
        for name in &scan.names {
            let target = match name.symbols.first().map(String::as_str) {
                Some(CONSTANT) => match self.constant(from, name) {
                    Some(file) => Target::File(file),
                    None => continue,
                },
                Some(RELATIVE) => self.relative(path, &name.text),
                _ => self.required(path, &name.text),
            };
            out.push(Meant { name, target });
        }
    }
}

/// How surely a file is meant by a constant it defines, by its path and what autoloading would make of that.
fn rank<'s>(defined: &'s str, path: &str, autoloaded: &[String]) -> (&'s str, Rank) {
    let opened = defined.strip_suffix("::");
    let name = opened.unwrap_or(defined);
    let wanted = plain(&name.replace("::", "/"));
    let rank = if autoloaded.contains(&wanted) {
        Rank::Autoloaded
    } else if path.strip_suffix(&wanted).is_some_and(|rest| rest.is_empty() || rest.ends_with('/')) {
        Rank::Called
    } else if opened.is_none() {
        Rank::Defines
    } else {
        Rank::Opens
    };
    (name, rank)
}

/// Without case, `_` and `-`: `html_parser` and `HTMLParser` are one.
fn plain(path: &str) -> String {
    path.chars().filter(|c| !matches!(c, '_' | '-')).flat_map(char::to_lowercase).collect()
}

/// Directories of gems, applications and parts of them.
fn homes<'p>(project: &'p Project<'p>) -> FxHashSet<&'p str> {
    let built = project.files_ending(&BUILDS).into_iter().map(|file| directory(project.text(file)));
    let with_app = project.directories().into_iter().filter_map(|at| match at {
        "app" => Some(""),
        at => at.strip_suffix("/app"),
    });
    built.chain(with_app).chain([""]).collect()
}

/// Directories below which paths are looked up.
fn load_roots(project: &Project<'_>, homes: &FxHashSet<&str>) -> FxHashSet<String> {
    let mut out = FxHashSet::default();
    for home in homes {
        out.extend(["lib", "test", "spec", "test/lib", "spec/lib"].map(|name| join(home, name)));
    }
    for at in project.directories() {
        let parts: Vec<&str> = at.rsplit('/').collect();
        let in_app = parts.get(1) == Some(&"app") || (parts[0] == "concerns" && parts.get(2) == Some(&"app"));
        if in_app && !matches!(parts[0], "assets" | "javascript" | "views") {
            out.insert(at.to_owned());
        }
    }
    out
}

/// Gems that are named as dependencies and are not of this tree.
fn gems(project: &Project<'_>) -> FxHashSet<String> {
    let mut out = FxHashSet::default();
    for file in project.files_ending(&["Gemfile", ".gemspec"]) {
        for line in project.read_text(project.text(file)).unwrap_or_default().lines() {
            let line = line.trim_start();
            let names =
                ["gem ", "gem("].iter().any(|word| line.starts_with(word)) || line.contains("dependency");
            if let Some(name) = line.split(['"', '\'']).nth(1).filter(|_| names) {
                out.insert(name.to_owned());
            }
        }
    }
    for file in project.files_called("Gemfile.lock") {
        let text = project.read_text(project.text(file)).unwrap_or_default();
        let own = text.lines().skip_while(|line| *line != "GEM").take_while(|line| !line.is_empty());
        let names = own
            .filter_map(|line| line.strip_prefix("    ")?.split(' ').next().filter(|name| !name.is_empty()));
        out.extend(names.map(str::to_owned));
    }
    for file in project.files_ending(&[".gemspec"]) {
        let name = project.text(file).rsplit('/').next().and_then(|name| name.strip_suffix(".gemspec"));
        out.remove(name.unwrap_or_default());
    }
    let with_first: Vec<String> =
        out.iter().flat_map(|name| [plain(name), plain(name.split('-').next().unwrap_or(name))]).collect();
    let mut out: FxHashSet<String> = with_first.into_iter().collect();
    if out.contains("rails") {
        out.extend(RAILS.iter().map(|name| (*name).to_owned()));
    }
    out
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
