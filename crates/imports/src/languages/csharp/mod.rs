//! C#, read as tokens.
//!
//! | written | means |
//! |---|---|
//! | `using A.B;`, `global using A.B;`, `<Using Include="A.B" />` | nothing by itself, where files of the tree declare `A.B`; else external |
//! | `using static A.B.C;`, `using X = A.B.C;` | the file that declares `A.B.C` |
//! | `C` where a type stands: `C c`, `new C()`, `List<C>`, `C.M()`, `[C]`, `: C` | the file that declares a `C` that is visible there |
//! | `A.B.C` and `global::A.B.C` in code | the same |
//! | `x.M()` | the file that declares an extension method `M` that is visible there, where it is the only file and nothing else is called so |
//!
//! Visible is what the namespaces and types around the place hold, then what the file's usings and its project's global
//! usings hold. A project is the nearest directory with a `.csproj`; a type of another project is visible where a
//! `ProjectReference` leads to it, over others too, or where none of the two has a project. `Foo` and `Foo<T>` are two
//! types.
//!
//! Something else is called as an extension method where another method of the tree is, or where it is called in a file in
//! which no extension of that name is visible.
//!
//! One dependency a file, however much of it is named. A partial type stands for the file that is called as the type is;
//! where there is none, and where several files declare the same, for the nearest by path. Of a using of which
//! nothing is named there is no dependency. An external namespace is named by its first two parts, `System` by one.
//!
//! Not told: what is used without being named (`var`, `new()`, inherited members), types whose names begin with a
//! small letter, code that generators add, Razor pages. All branches of an `#if` count.

mod positions;
mod projects;
mod scan;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use facts::dependencies::Target;
use rustc_hash::{FxHashMap, FxHashSet};

use self::projects::Projects;
use crate::{Family, Language, Meant, Name, Resolve, Scan, project::Project};

pub(super) const FAMILY: Family = Family {
    languages: &[Language { name: "c#", endings: &[".cs"], descends: false, scan: scan::scan }],
    resolver,
};

fn resolver<'p>(project: &'p Project<'p>, scans: &'p [(u32, Scan)]) -> Box<dyn Resolve + 'p> {
    Box::new(Types::new(project, scans))
}

/// How [`Scan::defines`] says that a file declares an extension method: with its namespace before it.
const EXTENSION: char = '+';
/// How it says that a file declares another method.
const METHOD: char = '!';

struct Types<'p> {
    project: &'p Project<'p>,
    projects: Projects,
    /// Files by the full names of the types they declare.
    types: FxHashMap<&'p str, Vec<u32>>,
    /// Every namespace, with all above it.
    namespaces: FxHashSet<&'p str>,
    /// Files by namespace and name of the extension methods they declare.
    extensions: FxHashMap<(&'p str, &'p str), Vec<u32>>,
    /// Extension methods that are called as something else is.
    ambiguous: FxHashSet<&'p str>,
    /// Usings that hold for a whole project.
    global: FxHashMap<u32, Vec<Using<'p>>>,
}

/// What a using says.
#[derive(Clone, Debug)]
enum Using<'p> {
    Namespace(String),
    Members(String),
    Alias(&'p str, String),
}

/// What names mean within one file.
struct View<'v> {
    from: u32,
    usings: Vec<&'v Using<'v>>,
}

impl<'p> Types<'p> {
    fn new(project: &'p Project<'p>, scans: &'p [(u32, Scan)]) -> Self {
        let methods: FxHashSet<&str> = scans
            .iter()
            .flat_map(|(_, scan)| &scan.defines)
            .filter_map(|name| name.strip_prefix(METHOD))
            .collect();
        let mut out = Self {
            project,
            projects: Projects::read(project),
            types: FxHashMap::default(),
            namespaces: FxHashSet::default(),
            extensions: FxHashMap::default(),
            ambiguous: FxHashSet::default(),
            global: FxHashMap::default(),
        };
        for (file, scan) in scans {
            for name in &scan.defines {
                if let Some((namespace, method)) =
                    name.strip_prefix(EXTENSION).and_then(|name| name.rsplit_once('.'))
                {
                    if !methods.contains(method) {
                        out.extensions.entry((namespace, method)).or_default().push(*file);
                    }
                } else if !name.starts_with(METHOD) {
                    out.types.entry(name).or_default().push(*file);
                }
            }
            for namespace in scan.package.split(' ') {
                out.namespaces.extend(outward(namespace).filter(|namespace| !namespace.is_empty()));
            }
        }
        for (file, scan) in scans {
            let global = scan.names.iter().filter(|name| name.symbols.iter().any(|word| word == "global"));
            let global: Vec<Using<'_>> = global.filter_map(|name| out.using(name)).collect();
            if let Some(of) = out.projects.of(project.text(*file)) {
                out.global.entry(of).or_default().extend(global);
            }
        }
        for (of, namespaces) in &out.projects.usings {
            let global = out.global.entry(*of).or_default();
            global.extend(namespaces.iter().map(|namespace| Using::Namespace(namespace.clone())));
        }
        out.ambiguous = out.ambiguous(scans);
        out
    }

    /// A using as it is meant; `None` for names that are no usings.
    fn using<'s>(&self, name: &'s Name) -> Option<Using<'s>> {
        let (word, scope) =
            (name.symbols.last().filter(|_| !name.soft)?, name.scope.first().map_or("", String::as_str));
        let known =
            |path: &String| self.namespaces.contains(path.as_str()) || self.types.contains_key(path.as_str());
        let path = outward(scope).map(|around| within(around, &name.text)).find(known);
        let path = path.unwrap_or_else(|| name.text.clone());
        Some(match word.as_str() {
            "static" => Using::Members(path),
            "using" | "global" => Using::Namespace(path),
            alias => Using::Alias(alias, path),
        })
    }

    /// The file that declares the type of a full name, as another may see it.
    fn declared(&self, from: u32, name: &str) -> Option<u32> {
        let files = self.types.get(name)?;
        if files.contains(&from) {
            return Some(from);
        }
        let simple = name.rsplit('.').next().unwrap_or(name).split('`').next().unwrap_or(name);
        self.nearest(from, files, simple)
    }

    fn nearest(&self, from: u32, files: &[u32], stem: &str) -> Option<u32> {
        let path = self.project.text(from);
        let key = |file: &u32| {
            let other = self.project.text(*file);
            let called =
                other.rsplit('/').next().and_then(|last| last.split(['.', '{', '`']).next()) == Some(stem);
            let same = self.projects.of(other) == self.projects.of(path);
            let common = other.split('/').zip(path.split('/')).take_while(|(a, b)| a == b).count();
            let whole = other.rsplit('/').next().is_some_and(|last| last.strip_suffix(".cs") == Some(stem));
            (same, called, whole, common, Reverse(*file))
        };
        let visible = files.iter().copied().filter(|file| self.projects.sees(path, self.project.text(*file)));
        visible.max_by_key(key)
    }

    /// What a name means in a place.
    fn find(&self, view: &View<'_>, scope: &str, name: &str) -> Option<u32> {
        if let Some(path) = name.strip_prefix("global::") {
            return self.below(view.from, path);
        }
        if let Some(method) = name.strip_prefix('.') {
            return self.extension(view, scope, method);
        }
        let (head, rest) = name.split_once('.').map_or((name, None), |(head, rest)| (head, Some(rest)));
        for using in &view.usings {
            if let Using::Alias(alias, path) = using
                && *alias == head
            {
                return match rest {
                    Some(rest) => self.below(view.from, &within(path, rest)),
                    None => self.below(view.from, path),
                };
            }
        }
        for around in outward(scope) {
            let path = within(around, head);
            if let Some(file) = self.declared(view.from, &path) {
                return Some(file);
            }
            if let Some(rest) = rest
                && self.namespaces.contains(path.as_str())
                && let Some(file) = self.below(view.from, &within(&path, rest))
            {
                return Some(file);
            }
        }
        view.usings.iter().find_map(|using| match using {
            Using::Namespace(path) | Using::Members(path) => self.declared(view.from, &within(path, head)),
            Using::Alias(..) => None,
        })
    }

    /// The type a full path begins with.
    fn below(&self, from: u32, path: &str) -> Option<u32> {
        let ends = path.match_indices('.').map(|(at, _)| at).chain([path.len()]);
        ends.filter_map(|end| self.declared(from, &path[..end])).next()
    }

    fn extension(&self, view: &View<'_>, scope: &str, method: &str) -> Option<u32> {
        let path = self.project.text(view.from);
        let sees = |file: &u32| self.projects.sees(path, self.project.text(*file));
        let mut seen = self.extensions_seen(view, scope, method).into_iter().filter(sees);
        // Which of several is called depends on the type of what it is called on.
        seen.next().filter(|_| seen.next().is_none() && !self.ambiguous.contains(method))
    }

    /// The files that declare an extension method, in the nearest namespace that is visible in a place.
    fn extensions_seen(&self, view: &View<'_>, scope: &str, method: &str) -> Vec<u32> {
        let used = view.usings.iter().filter_map(|using| match using {
            Using::Namespace(path) => Some(path.as_str()),
            _ => None,
        });
        let seen = |namespace| self.extensions.get(&(namespace, method));
        outward(scope).chain(used).find_map(seen).cloned().unwrap_or_default()
    }

    /// Extension methods that are called where none is visible: something else is called so as well.
    fn ambiguous(&self, scans: &'p [(u32, Scan)]) -> FxHashSet<&'p str> {
        let known: FxHashSet<&str> = self.extensions.keys().map(|(_, method)| *method).collect();
        let mut out = FxHashSet::default();
        for (from, scan) in scans {
            let own = self.own_usings(scan);
            let view = self.view(*from, &own);
            for name in scan.names.iter().filter(|name| name.soft) {
                if let Some(method) = name.text.strip_prefix('.')
                    && known.contains(method)
                    && !out.contains(method)
                    && self
                        .extensions_seen(&view, name.scope.first().map_or("", String::as_str), method)
                        .is_empty()
                {
                    out.insert(method);
                }
            }
        }
        out
    }

    fn own_usings<'s>(&self, scan: &'s Scan) -> Vec<(&'s Name, Using<'s>)> {
        scan.names.iter().filter_map(|name| Some((name, self.using(name)?))).collect()
    }

    fn view<'v>(&'v self, from: u32, own: &'v [(&'v Name, Using<'v>)]) -> View<'v> {
        let global = self.projects.of(self.project.text(from)).and_then(|of| self.global.get(&of));
        View {
            from,
            usings: own.iter().map(|(_, using)| using).chain(global.into_iter().flatten()).collect(),
        }
    }

    /// What a using depends on by itself.
    fn target(&self, from: u32, using: &Using<'_>) -> Option<Target<u32>> {
        let (Using::Namespace(path) | Using::Members(path) | Using::Alias(_, path)) = using;
        if let Some(file) = self.below(from, path) {
            return Some(Target::File(file));
        }
        if self.namespaces.contains(path.as_str()) {
            return None;
        }
        let namespace = path.rsplit_once('.').map_or("", |(namespace, _)| namespace);
        let system = path == "System" || path.starts_with("System.");
        if !system && !matches!(using, Using::Namespace(_)) && self.namespaces.contains(namespace) {
            return Some(Target::Unresolved(format!(
                "no file declares it in {namespace}; it may be generated"
            )));
        }
        let parts = if system { 1 } else { 2 };
        Some(Target::External(path.split('.').take(parts).collect::<Vec<_>>().join(".")))
    }
}

impl Resolve for Types<'_> {
    fn resolve<'s>(&self, from: u32, scan: &'s Scan, out: &mut Vec<Meant<'s>>) {
        let own = self.own_usings(scan);
        let mut met: FxHashSet<u32> = FxHashSet::from_iter([from]);
        for (name, using) in &own {
            match self.target(from, using) {
                Some(Target::File(file)) if !met.insert(file) => {}
                Some(target) => out.push(Meant { name, target }),
                None => {}
            }
        }
        let view = self.view(from, &own);
        for name in scan.names.iter().filter(|name| name.soft) {
            let scope = name.scope.first().map_or("", String::as_str);
            if let Some(file) = self.find(&view, scope, &name.text).filter(|file| met.insert(*file)) {
                out.push(Meant { name, target: Target::File(file) });
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
