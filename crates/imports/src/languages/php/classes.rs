//! What PHP's names and paths mean in a tree.

use std::cmp::Reverse;

use facts::dependencies::Target;
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;

use super::{CLASS, CONSTANT, DEFINES_PATH, FUNCTION, PATH};
use crate::{
    Meant, Name, Resolve, Scan,
    project::{Project, directories_up, directory, join, resolve},
};

/// Classes a tree may declare for older versions of PHP, which are PHP's own for all who name them.
const OWN: &str = " arrayaccess attribute closure countable datetime datetimeimmutable datetimeinterface error exception \
    generator iterator iteratoraggregate jsonserializable normalizer sensitiveparameter stdclass stringable throwable \
    traversable unitenum backedenum valueerror typeerror weakmap override ";

pub(in crate::languages) fn resolver<'p>(
    project: &'p Project<'p>,
    scans: &'p [(u32, Scan)],
) -> Box<dyn Resolve + 'p> {
    Box::new(Tree::new(project, scans))
}

struct Tree<'p> {
    project: &'p Project<'p>,
    /// Files by what they declare, in lower case: classes, functions with `()`, constants with `=`.
    declared: FxHashMap<String, Vec<u32>>,
    /// Every namespace of the tree, in lower case.
    namespaces: FxHashSet<String>,
    /// What each `composer.json` loads: the beginning of names, and the directory.
    loaded: Vec<(String, String)>,
    /// What each package of a `composer.lock` loads: the beginning of names, and the package.
    locked: Vec<(String, String)>,
    /// Packages that are depended upon, by their names without `-`.
    wanted: FxHashMap<String, String>,
    /// Constants that are paths, with the file that says so.
    paths: FxHashMap<&'p str, Vec<(u32, &'p [String])>>,
}

impl<'p> Tree<'p> {
    fn new(project: &'p Project<'p>, scans: &'p [(u32, Scan)]) -> Self {
        let mut declared: FxHashMap<String, Vec<u32>> = FxHashMap::default();
        let mut namespaces = FxHashSet::default();
        let mut paths: FxHashMap<&str, Vec<(u32, &[String])>> = FxHashMap::default();
        for (file, scan) in scans {
            for name in &scan.names {
                if let Some((sort, pieces)) = name.symbols.split_first()
                    && sort == DEFINES_PATH
                {
                    paths.entry(&name.text).or_default().push((*file, pieces));
                }
            }
            if is_vendored(project.text(*file)) {
                continue;
            }
            for name in &scan.defines {
                let name = name.to_lowercase();
                for (end, _) in name.match_indices('\\') {
                    namespaces.insert(name[..end].to_owned());
                }
                let files = declared.entry(name).or_default();
                if files.last() != Some(file) {
                    files.push(*file);
                }
            }
        }
        let (locked, wanted) = (locked(project), wanted(project));
        Self { project, declared, namespaces, loaded: loaded(project), locked, wanted, paths }
    }

    /// The file that declares a name, as seen from another.
    fn declares(&self, from: &str, name: &str) -> Option<u32> {
        let lower = name.to_lowercase();
        let files = self.declared.get(&lower)?;
        if let [only] = files.as_slice() {
            return Some(*only);
        }
        let by_composer = files.iter().copied().find(|&file| self.is_loaded(name, self.project.text(file)));
        // A class of a test does not stand for one of the program.
        let in_test = self.project.find(from).is_some_and(|file| self.project.is_test(file));
        by_composer.or_else(|| {
            files.iter().copied().min_by_key(|&file| {
                let path = self.project.text(file);
                let shared = from.split('/').zip(path.split('/')).take_while(|(a, b)| a == b).count();
                (!in_test && self.project.is_test(file), Reverse(shared), path.matches('/').count(), file)
            })
        })
    }

    /// Whether a `composer.json` loads a class from a path.
    fn is_loaded(&self, name: &str, path: &str) -> bool {
        self.loaded.iter().any(|(prefix, at)| {
            let below =
                name.strip_prefix(prefix.as_str()).map(|rest| format!("{}.php", rest.replace('\\', "/")));
            below.is_some_and(|below| join(at, &below) == path)
        })
    }

    fn import(&self, from: &str, name: &Name, sort: &str) -> Option<Target<u32>> {
        let text = &name.text;
        let key = match sort {
            FUNCTION => format!("{text}()"),
            CONSTANT => format!("{text}="),
            _ => text.clone(),
        };
        if let Some(file) = self.declares(from, &key) {
            return Some(Target::File(file));
        }
        // What is used of a namespace is told where it is used.
        if self.namespaces.contains(&text.to_lowercase()) {
            return None;
        }
        let Some((first, _)) = text.split_once('\\') else { return Some(Target::External("php".to_owned())) };
        let claim =
            self.loaded.iter().find(|(prefix, _)| !prefix.is_empty() && text.starts_with(prefix.as_str()));
        let package = self.locked.iter().find(|(prefix, _)| text.starts_with(prefix.as_str()));
        Some(match (claim, package) {
            // The longer beginning says more.
            (Some((claim, _)), Some((prefix, package))) if prefix.len() > claim.len() => {
                Target::External(package.clone())
            }
            (Some(_), _) => match self.wanted.get(&vendor_and_name(text)) {
                Some(package) => Target::External(package.clone()),
                None => {
                    Target::Unresolved(format!("no file declares {text}, which a composer.json says is here"))
                }
            },
            (None, Some((_, package))) => Target::External(package.clone()),
            (None, None) => Target::External(first.to_owned()),
        })
    }

    fn used(&self, from: &str, name: &Name, sort: &str) -> Option<u32> {
        if sort == CLASS {
            if OWN.split_ascii_whitespace().any(|own| own.eq_ignore_ascii_case(&name.text)) {
                return None;
            }
            return self.declares(from, &name.text);
        }
        // A function is looked up in the namespace, then in none.
        let bare = name.symbols.get(1).filter(|bare| !bare.contains('\\'));
        std::iter::once(&name.text).chain(bare).find_map(|name| self.declares(from, name))
    }

    /// The path that pieces make, from a file; `None` where one of them is not known.
    fn put_together(&self, from: &str, pieces: &[String], depth: usize) -> Option<Vec<String>> {
        let mut made = vec![String::new()];
        for piece in pieces {
            let choices: Vec<String> = match piece.split_at_checked(1)? {
                ("'", text) => vec![text.to_owned()],
                ("^", more) => {
                    let at = directories_up(from).nth(1 + more.len())?;
                    vec![format!("/{at}")]
                }
                (_, constant) if depth < 4 => {
                    let known = self.paths.get(constant)?.iter();
                    let each = known.filter_map(|(file, pieces)| {
                        self.put_together(self.project.text(*file), pieces, depth + 1)
                    });
                    each.flatten().take(8).collect()
                }
                _ => return None,
            };
            made = made
                .iter()
                .flat_map(|made| choices.iter().map(move |choice| format!("{made}{choice}")))
                .take(64)
                .collect();
        }
        Some(made)
    }

    fn required(&self, from: &str, name: &Name) -> Option<Target<u32>> {
        let pieces = name.symbols.get(1..)?;
        let made = self.put_together(from, pieces, 0)?;
        let find = |path: &String| match path.strip_prefix('/') {
            Some(path) => self.project.find(&resolve("", path)?),
            None => directories_up(directory(from)).find_map(|at| self.project.find(&resolve(at, path)?)),
        };
        if let Some(file) = made.iter().find_map(find) {
            return Some(Target::File(file));
        }
        let path = made.first()?;
        if is_vendored(&format!("{path}/")) {
            return Some(Target::External("composer".to_owned()));
        }
        Some(match path.strip_prefix('/') {
            Some(path) => Target::Unresolved(format!("no file {path}: it may be generated")),
            None if path.starts_with('.') => Target::Unresolved(format!("no file {path} here or above")),
            // It is looked for where PHP is told to.
            None => Target::External(path.split('/').next().unwrap_or(path).to_owned()),
        })
    }
}

impl Resolve for Tree<'_> {
    fn resolve<'s>(&self, from: u32, scan: &'s Scan, out: &mut Vec<Meant<'s>>) {
        let path = self.project.text(from);
        for name in &scan.names {
            let target = match name.symbols.first().map_or("", String::as_str) {
                DEFINES_PATH => None,
                PATH => self.required(path, name),
                sort if name.soft => {
                    self.used(path, name, sort).filter(|file| *file != from).map(Target::File)
                }
                sort => self.import(path, name, sort),
            };
            out.extend(target.map(|target| Meant { name, target }));
        }
    }
}

fn is_vendored(path: &str) -> bool {
    path.split('/').rev().skip(1).any(|part| part == "vendor")
}

/// `Composer\\XdebugHandler\\X` as `composer/xdebughandler`, which is how packages are often called.
fn vendor_and_name(class: &str) -> String {
    class.split('\\').take(2).collect::<Vec<_>>().join("/").to_lowercase()
}

/// Every file of a name outside of `vendor`, as JSON.
fn read_all(project: &Project<'_>, name: &str) -> Vec<(u32, Value)> {
    let own = project.files_called(name).into_iter().filter(|&file| !is_vendored(project.text(file)));
    own.filter_map(|file| {
        let text = project.read_text(project.text(file))?;
        Some((file, serde_json::from_str(&text).ok()?))
    })
    .collect()
}

/// The names a file loads by a standard: their beginnings, and the directories they are looked for in.
fn prefixes<'j>(autoload: &'j Value, standard: &str) -> Vec<(&'j str, &'j str)> {
    let all = autoload.get(standard).and_then(Value::as_object).into_iter().flatten();
    all.flat_map(|(prefix, at)| {
        let many = at.as_array().map_or(std::slice::from_ref(at), Vec::as_slice);
        many.iter().filter_map(Value::as_str).map(move |at| (prefix.as_str(), at))
    })
    .collect()
}

/// What every `composer.json` loads by name: the beginning of a name, and the directory it is looked for in.
fn loaded(project: &Project<'_>) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for (file, composer) in read_all(project, "composer.json") {
        let home = directory(project.text(file));
        for autoload in ["autoload", "autoload-dev"].iter().filter_map(|sort| composer.get(sort)) {
            for (prefix, at) in prefixes(autoload, "psr-4") {
                out.extend(resolve(home, at).map(|at| (prefix.to_owned(), at)));
            }
            // The older standard keeps the whole name in the path.
            for (prefix, at) in prefixes(autoload, "psr-0") {
                let whole = prefix.trim_end_matches('\\').replace('\\', "/");
                out.extend(resolve(home, at).map(|at| (prefix.to_owned(), join(&at, &whole))));
            }
        }
    }
    longest_first(out)
}

/// The longest beginning is looked at first.
fn longest_first(mut prefixes: Vec<(String, String)>) -> Vec<(String, String)> {
    prefixes.sort_by(|a, b| (Reverse(a.0.len()), a).cmp(&(Reverse(b.0.len()), b)));
    prefixes.dedup();
    prefixes
}

fn locked(project: &Project<'_>) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for (_, lock) in read_all(project, "composer.lock") {
        let lists = ["packages", "packages-dev"].iter().filter_map(|list| lock.get(list)?.as_array());
        for package in lists.flatten() {
            let Some((name, autoload)) =
                package.get("name").and_then(Value::as_str).zip(package.get("autoload"))
            else {
                continue;
            };
            for (prefix, _) in [prefixes(autoload, "psr-4"), prefixes(autoload, "psr-0")].concat() {
                out.push((prefix.to_owned(), name.to_owned()));
            }
        }
    }
    longest_first(out.into_iter().filter(|(prefix, _)| !prefix.is_empty()).collect())
}

fn wanted(project: &Project<'_>) -> FxHashMap<String, String> {
    let mut out = FxHashMap::default();
    for (_, composer) in read_all(project, "composer.json") {
        let lists = ["require", "require-dev"].iter().filter_map(|list| composer.get(list)?.as_object());
        out.extend(lists.flatten().map(|(name, _)| (name.replace('-', ""), name.clone())));
    }
    out
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
