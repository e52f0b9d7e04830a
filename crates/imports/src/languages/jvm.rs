//! What Java, Kotlin and Scala share: packages, and the files that declare what is in them.
//!
//! A type is found by its package declaration, not by its directory, so source roots need not be known. Of several files
//! that declare the same, the nearest by path is meant, and a test only by a test: modules, source sets and versions of
//! one type live side by side. Functions that several files of that directory declare by one name are all meant, as an
//! import takes all of them. What is in a package that no file of the tree declares is external.

pub(super) mod outline;

use facts::dependencies::{DependencyKind, Target};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    Meant, Name, Resolve, Scan,
    lex::{Lexicon, Token},
    project::{Project, directory},
};

/// The packages of standard libraries and build tools, into which a tree may put files of its own.
const LIBRARIES: &[&str] = &["java.", "javax.", "jdk.", "kotlin.", "org.gradle.", "scala."];

/// What others can name of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Declared {
    /// A class, object, alias.
    Type,
    /// A function or property; of a package, or of a type.
    Value,
    /// A function or property of a package, to be used as if it were a member of something else.
    Extension,
}

impl Declared {
    /// As it stands in [`Scan::defines`]: `A.B`, `f()`, `.f()`, behind `a.b/` where the package is not the file's.
    fn written(self, path: &str) -> String {
        match self {
            Self::Type => path.to_owned(),
            Self::Extension if !path.contains('.') => format!(".{path}()"),
            Self::Value | Self::Extension => format!("{path}()"),
        }
    }

    fn read<'s>(written: &'s str, package: &'s str) -> (&'s str, &'s str, Self) {
        let (package, path) = written.rsplit_once('/').unwrap_or((package, written));
        match (path.strip_prefix('.'), path.strip_suffix("()")) {
            (Some(path), _) => (package, path.trim_end_matches("()"), Self::Extension),
            (None, Some(path)) => (package, path, Self::Value),
            (None, None) => (package, path, Self::Type),
        }
    }
}

/// How a language writes comments and texts, as far as the family agrees.
pub(super) const LEXICON: Lexicon = Lexicon {
    line_comments: &["//"],
    block_comments: &[("/*", "*/")],
    nested_comments: false,
    quotes: &[],
    word_marks: b"$",
    special: crate::lex::nothing_special,
};

/// `` `any words` ``, the name of something that only its own file uses; one that is a plain word is told as a word.
pub(super) fn quoted_words(_before: Option<&Token<'_>>, rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('`')?;
    let end = inner.find(['`', '\n']).filter(|end| inner.as_bytes()[*end] == b'`')?;
    let is_plain = inner[..end].chars().all(|c| c.is_alphanumeric() || c == '_' || c == '$');
    (!is_plain).then_some(end + 2)
}

/// How far a token stands from the beginning of its line.
pub(super) fn column(source: &str, token: &Token<'_>) -> usize {
    let at = token.at as usize;
    at - source[..at].rfind('\n').map_or(0, |end| end + 1)
}

/// `a.b.C` from a token on, up to the first name written as a type is; with how many tokens it takes.
pub(super) fn path_to_type(tokens: &[Token<'_>], at: usize) -> Option<(String, usize)> {
    let mut out = tokens[at].text.trim_matches('`').to_owned();
    let mut end = at + 1;
    while tokens.get(end).is_some_and(|dot| dot.is(".")) {
        let word = tokens.get(end + 1).filter(|token| token.is_word())?;
        out.push('.');
        out.push_str(word.text.trim_matches('`'));
        end += 2;
        if outline::is_type_name(word.text) {
            return Some((out, end));
        }
    }
    None
}

pub(super) fn resolver<'p>(project: &'p Project<'p>, scans: &'p [(u32, Scan)]) -> Box<dyn Resolve + 'p> {
    let mut out = Packages {
        project,
        packages: FxHashMap::default(),
        tests: scans.iter().map(|(file, _)| *file).filter(|&file| project.is_test(file)).collect(),
        outer: FxHashSet::default(),
        types: Vec::new(),
        type_at: FxHashMap::default(),
        members: FxHashSet::default(),
        modules: FxHashMap::default(),
    };
    for (file, scan) in scans {
        out.outer.insert(&scan.package);
        out.packages.entry(&scan.package).or_default();
        for written in &scan.defines {
            out.add(*file, scan, written);
        }
    }
    let inner: Vec<&str> = out.packages.keys().copied().collect();
    for package in inner {
        let around = package.match_indices('.').map(|(dot, _)| &package[..dot]);
        out.outer.extend(around);
    }
    for (file, scan) in scans {
        let extends = scan.names.iter().filter_map(|name| Some((extending(name)?, &name.text)));
        let extends: Vec<(&str, &String)> = extends.collect();
        if extends.is_empty() {
            continue;
        }
        let view = out.view(*file, scan);
        for (own, path) in extends {
            let parent = out.type_named(&view, scan, own, path);
            let own = out.type_at.get(&(*file, own)).copied();
            if let (Some(own), Some(parent)) = (own, parent)
                && own != parent
            {
                out.types[own].extends.push(parent);
            }
        }
    }
    Box::new(out)
}

/// The type in whose heading a supertype is named.
fn extending(name: &Name) -> Option<&str> {
    let own = name.scope.first()?.strip_suffix(" extends")?;
    Some(own.rsplit('/').next().unwrap_or(own))
}

/// What a name of a package means in one file.
#[derive(Clone, Copy)]
struct Entry {
    file: u32,
    sort: Declared,
}

/// A type, with its members and the types of the tree it extends.
struct Type<'p> {
    file: u32,
    members: Vec<&'p str>,
    extends: Vec<usize>,
}

struct Packages<'p> {
    project: &'p Project<'p>,
    packages: FxHashMap<&'p str, FxHashMap<String, Vec<Entry>>>,
    /// The files that are tests.
    tests: FxHashSet<u32>,
    /// Every package and those around it.
    outer: FxHashSet<&'p str>,
    types: Vec<Type<'p>>,
    /// Types and members within types, by file and path.
    type_at: FxHashMap<(u32, &'p str), usize>,
    /// What any type has a member called.
    members: FxHashSet<&'p str>,
    /// Java's modules.
    modules: FxHashMap<&'p str, u32>,
}

/// What a file sees without saying where it is from.
struct View<'s> {
    from: u32,
    /// The file's package and those its clauses open, the innermost first.
    packages: Vec<&'s str>,
    /// What is imported, by the name it has here, with its whole name.
    imported: FxHashMap<&'s str, &'s str>,
    /// Imports of all there is in something, with what that may mean.
    stars: Vec<(&'s Name, Vec<String>)>,
}

impl<'p> Packages<'p> {
    fn add(&mut self, file: u32, scan: &'p Scan, written: &'p str) {
        if let Some(module) = written.strip_prefix("module ") {
            self.modules.insert(module, file);
            return;
        }
        let (package, path, sort) = Declared::read(written, &scan.package);
        let next = self.types.len();
        if *self.type_at.entry((file, path)).or_insert(next) == next {
            self.types.push(Type { file, members: Vec::new(), extends: Vec::new() });
        }
        if let Some((holder, member)) = path.rsplit_once('.') {
            if let Some(&holder) = self.type_at.get(&(file, holder)) {
                self.types[holder].members.push(member);
            }
            if sort != Declared::Type {
                self.members.insert(member);
            }
            return;
        }
        self.outer.insert(package);
        let names = self.packages.entry(package).or_default();
        let mut insert = |name: String, sort| {
            let all: &mut Vec<Entry> = names.entry(name).or_default();
            if !all.iter().any(|other| other.file == file && other.sort == sort) {
                all.push(Entry { file, sort });
            }
        };
        insert(path.to_owned(), sort);
        if scan.language == "kotlin" && sort != Declared::Type {
            // To Java, what a Kotlin file declares outside of types is in a type called after the file.
            let path = self.project.text(file);
            let stem = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".kt");
            let mut letters = stem.chars();
            if let Some(first) = letters.next() {
                insert(format!("{}{}Kt", first.to_uppercase(), letters.as_str()), Declared::Type);
            }
        }
    }

    /// The files that declare a name of a package, as seen from another.
    fn find(&self, from: u32, package: &str, name: &str, wanted: impl Fn(Declared) -> bool) -> Vec<u32> {
        let all = self
            .packages
            .get(package)
            .and_then(|names| names.get(name).or_else(|| names.get(name.strip_suffix('$')?)));
        let Some(all) = all else { return Vec::new() };
        let here = directory(self.project.text(from));
        // Programs without a package are whole directories.
        let is_near = |file: u32| !package.is_empty() || directory(self.project.text(file)) == here;
        // What runs does not stand on a test, which may declare what it likes.
        let is_test = |file: u32| self.tests.contains(&file);
        let all = all.iter().copied();
        let all = all.filter(|entry| {
            wanted(entry.sort) && is_near(entry.file) && (is_test(from) || !is_test(entry.file))
        });
        let all: Vec<Entry> = all.collect();
        let nearest = match all.as_slice() {
            [] => return Vec::new(),
            [only] => return vec![only.file],
            all => self.nearest(from, all),
        };
        let home = directory(self.project.text(nearest));
        let beside = |entry: &&Entry| {
            entry.file == nearest
                || (entry.sort != Declared::Type && directory(self.project.text(entry.file)) == home)
        };
        let mut out: Vec<u32> = all.iter().filter(beside).map(|entry| entry.file).collect();
        out.sort_unstable();
        out.dedup();
        out
    }

    /// Of the files that declare a name, the one whose path has most in common with another's.
    fn nearest(&self, from: u32, all: &[Entry]) -> u32 {
        let path = self.project.text(from);
        let rank = |file: u32| {
            let other = self.project.text(file);
            let parts = other.split('/').zip(path.split('/')).take_while(|(a, b)| a == b).count();
            let bytes = other.bytes().zip(path.bytes()).take_while(|(a, b)| a == b).count();
            (file == from, parts, bytes, std::cmp::Reverse(file))
        };
        all.iter().map(|entry| entry.file).max_by_key(|&file| rank(file)).unwrap_or(from)
    }

    /// `a.b.C`, `a.b.C.Inner`, `a.b.C.method`: the file of `a.b.C`.
    fn qualified(&self, from: u32, path: &str) -> Vec<u32> {
        let mut end = path.len();
        while let Some(dot) = path[..end].rfind('.') {
            let name = path[dot + 1..].split('.').next().unwrap_or_default();
            let found = self.find(from, &path[..dot], name, |_| true);
            if !found.is_empty() {
                return found;
            }
            end = dot;
        }
        Vec::new()
    }

    fn view<'s>(&self, from: u32, scan: &'s Scan) -> View<'s> {
        let is_clause = |name: &&Name| name.scope.first().is_some_and(|scope| scope == "package");
        let mut packages: Vec<&str> =
            scan.names.iter().filter(is_clause).map(|name| name.text.as_str()).collect();
        packages.push(&scan.package);
        packages.reverse();
        let mut view = View { from, packages, imported: FxHashMap::default(), stars: Vec::new() };
        let hard = || scan.names.iter().filter(|name| !name.soft);
        for name in hard().filter(|name| !name.text.ends_with(".*")) {
            let local = name.symbols.first().map(String::as_str);
            let local = local.unwrap_or_else(|| name.text.rsplit('.').next().unwrap_or(&name.text));
            view.imported.insert(local, &name.text);
        }
        for name in hard() {
            if let Some(path) = name.text.strip_suffix(".*") {
                let whole = self.readings(&view, scan, path);
                view.stars.push((name, whole));
            }
        }
        view
    }

    /// What a path may mean in whole: in Scala it may begin with anything that can be seen.
    fn readings(&self, view: &View<'_>, scan: &Scan, path: &str) -> Vec<String> {
        if scan.language != "scala" {
            return vec![path.to_owned()];
        }
        if let Some(path) = path.strip_prefix("_root_.") {
            return vec![path.to_owned()];
        }
        let first = path.split('.').next().unwrap_or(path);
        let mut out = Vec::new();
        if let Some(whole) = view.imported.get(first).filter(|whole| **whole != path) {
            out.push(format!("{whole}{}", &path[first.len()..]));
        }
        let stars = view.stars.iter().flat_map(|(_, whole)| whole).map(String::as_str);
        for around in stars.chain(view.packages.iter().copied()).filter(|package| !package.is_empty()) {
            let whole = format!("{around}.{first}");
            let declared = || !self.find(view.from, around, first, |_| true).is_empty();
            if self.outer.contains(whole.as_str()) || declared() {
                out.push(format!("{around}.{path}"));
            }
        }
        out.push(path.to_owned());
        out
    }

    /// The files a path means, by the first reading that means any.
    fn named(&self, view: &View<'_>, scan: &Scan, path: &str) -> Vec<u32> {
        let readings = self.readings(view, scan, path);
        let found = readings.iter().map(|whole| self.qualified(view.from, whole));
        found.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
    }

    /// The files of a simple name that is neither declared in the file nor imported by itself.
    fn simple<'s>(
        &self,
        view: &View<'s>,
        scan: &Scan,
        name: &str,
        wanted: fn(Declared) -> bool,
    ) -> Option<(Vec<u32>, Option<&'s Name>)> {
        let around = || {
            let found = view.packages.iter().map(|package| self.find(view.from, package, name, wanted));
            found.into_iter().find(|found| !found.is_empty()).map(|found| (found, None))
        };
        let stars = || {
            view.stars.iter().find_map(|(star, readings)| {
                let found = readings.iter().map(|package| self.find(view.from, package, name, wanted));
                found.into_iter().find(|found| !found.is_empty()).map(|found| (found, Some(*star)))
            })
        };
        // In Scala what other files of the package declare comes last.
        if scan.language == "scala" { stars().or_else(around) } else { around().or_else(stars) }
    }

    /// The type a path means in the heading of one of a file's own, what is inherited aside.
    fn type_named(&self, view: &View<'_>, scan: &Scan, heading: &str, path: &str) -> Option<usize> {
        let (first, rest) = path.split_once('.').map_or((path, ""), |(first, rest)| (first, rest));
        let around = heading.rmatch_indices('.').map(|(dot, _)| format!("{}.{path}", &heading[..dot]));
        let mut own = around.chain([path.to_owned()]);
        if let Some(own) = own.find_map(|path| self.type_at.get(&(view.from, path.as_str())).copied()) {
            return Some(own);
        }
        let inner = |file: u32, whole: &str| {
            // What of the whole name is the type's path within its file: the longest end that is declared there.
            let ends = std::iter::once(0).chain(whole.match_indices('.').map(|(dot, _)| dot + 1));
            ends.into_iter().find_map(|at| self.type_at.get(&(file, &whole[at..])).copied())
        };
        if let Some(whole) = view.imported.get(first) {
            let whole = if rest.is_empty() { (*whole).to_owned() } else { format!("{whole}.{rest}") };
            return self.named(view, scan, &whole).first().and_then(|file| inner(*file, &whole));
        }
        if let Some((files, _)) = self.simple(view, scan, first, |sort| sort == Declared::Type) {
            return files.first().and_then(|file| inner(*file, path));
        }
        let found = if rest.is_empty() { Vec::new() } else { self.named(view, scan, path) };
        found.first().and_then(|file| inner(*file, path))
    }

    /// What the types of a file inherit from types in other files, by name.
    fn inherited(&self, from: u32, scan: &Scan) -> FxHashMap<&'p str, u32> {
        let own = scan.names.iter().filter_map(|name| self.type_at.get(&(from, extending(name)?)).copied());
        let mut queue: Vec<usize> = own.collect();
        let mut met: FxHashSet<usize> = FxHashSet::default();
        let mut out = FxHashMap::default();
        while let Some(one) = queue.pop() {
            if met.insert(one) {
                let one = &self.types[one];
                queue.extend(&one.extends);
                if one.file != from {
                    out.extend(one.members.iter().map(|member| (*member, one.file)));
                }
            }
        }
        out
    }

    /// The files that declare an extension by the name of something this file uses, though a type may have a member so
    /// called: that the package is imported and nothing else of it is used speaks for the extension.
    fn extensions(&self, view: &View<'_>, scan: &Scan, packages: &[String]) -> Option<Vec<u32>> {
        let used =
            || scan.names.iter().filter(|name| name.soft).map(|name| name.text.trim_start_matches('.'));
        packages.iter().find_map(|package| {
            let found = used()
                .flat_map(|name| self.find(view.from, package, name, |sort| sort == Declared::Extension));
            let mut found: Vec<u32> = found.collect();
            found.sort_unstable();
            found.dedup();
            (!found.is_empty()).then_some(found)
        })
    }

    /// What an import means that no file of the tree declares.
    fn elsewhere(&self, scan: &Scan, name: &Name, path: &str) -> Option<Target<u32>> {
        let says = |what: &str| name.scope.iter().any(|scope| scope == what);
        // What is private to the file, or held by a value of it: `import value._`.
        if says("own") || (says("value") && scan.language == "scala") {
            return None;
        }
        let path = path.strip_prefix("_root_.").unwrap_or(path);
        let is_static = name.scope.iter().any(|scope| scope == "static");
        let package = path.rsplit_once('.').map_or(path, |(package, _)| package);
        let package = if is_static {
            package.rsplit_once('.').map_or(package, |(package, _)| package)
        } else {
            package
        };
        let is_library = LIBRARIES.iter().any(|library| path.starts_with(library));
        // Types within types are named by more than their package.
        let mut known = package;
        while !self.packages.contains_key(known)
            && let Some((outer, inner)) = known.rsplit_once('.')
            && outline::is_type_name(inner)
        {
            known = outer;
        }
        if !is_library && self.packages.contains_key(known) && !known.is_empty() {
            let why = format!("no file of the package {known} declares it; a build or a library may");
            return Some(Target::Unresolved(why));
        }
        Some(Target::External(known.to_owned()))
    }
}

impl Resolve for Packages<'_> {
    fn kind_of(&self, file: u32) -> DependencyKind {
        let path = self.project.text(file);
        let builds =
            path.ends_with(".gradle.kts") || path.starts_with("buildSrc/") || path.contains("/buildSrc/");
        if builds { DependencyKind::Dev } else { DependencyKind::Runtime }
    }

    fn resolve<'s>(&self, from: u32, scan: &'s Scan, out: &mut Vec<Meant<'s>>) {
        let view = self.view(from, scan);
        let mut push = |name: &'s Name, files: Vec<u32>| {
            let others = files.into_iter().filter(|file| *file != from);
            out.extend(others.map(|file| Meant { name, target: Target::File(file) }));
        };
        let mut unmet = Vec::new();
        for name in scan.names.iter().filter(|name| !name.soft && !name.text.ends_with(".*")) {
            if name.scope.iter().any(|scope| scope == "module") {
                match self.modules.get(name.text.as_str()) {
                    Some(file) => push(name, vec![*file]),
                    None => unmet.push((name, Some(Target::External(name.text.clone())))),
                }
                continue;
            }
            let files = self.named(&view, scan, &name.text);
            if files.is_empty() {
                // A package itself is no file; what is used by its name is told where it is.
                let readings = self.readings(&view, scan, &name.text);
                if scan.language == "scala"
                    && readings.iter().any(|whole| self.outer.contains(whole.as_str()))
                {
                    continue;
                }
                unmet.push((name, self.elsewhere(scan, name, &name.text)));
            }
            push(name, files);
        }
        let inherited = self.inherited(from, scan);
        let mut met: FxHashSet<*const Name> = FxHashSet::default();
        // A supertype is used by name as well.
        for name in scan.names.iter().filter(|name| name.soft && extending(name).is_none()) {
            let text = name.text.as_str();
            let is_clause = name.scope.first().is_some_and(|scope| scope == "package");
            let member = text.strip_prefix('.');
            if member.is_none() && text.contains('.') && !is_clause {
                push(name, self.named(&view, scan, text));
                continue;
            }
            let simple = member.unwrap_or(text);
            if is_clause || view.imported.contains_key(simple) {
                continue;
            }
            if member.is_none()
                && let Some(file) = inherited.get(simple)
            {
                push(name, vec![*file]);
                continue;
            }
            let wanted: fn(Declared) -> bool = match (member, self.members.contains(simple)) {
                // Members go before extensions, and whose member is meant only types could tell.
                (Some(_), true) => continue,
                (Some(_), false) => |sort| sort == Declared::Extension,
                (None, true) => |sort| sort != Declared::Extension,
                (None, false) => |_| true,
            };
            if let Some((files, star)) = self.simple(&view, scan, simple, wanted) {
                met.extend(star.map(std::ptr::from_ref));
                push(star.unwrap_or(name), files);
            }
        }
        for (star, readings) in &view.stars {
            if met.contains(&std::ptr::from_ref(*star)) {
                continue;
            }
            // All there is in a type is in the type's file.
            let files =
                readings.iter().map(|path| self.qualified(from, path)).find(|files| !files.is_empty());
            let files = files.or_else(|| self.extensions(&view, scan, readings));
            if let Some(files) = files {
                push(star, files);
                continue;
            }
            let target = match readings.iter().find(|path| self.packages.contains_key(path.as_str())) {
                Some(package) => {
                    Some(Target::Unresolved(format!("nothing of the package {package} is used by name here")))
                }
                None => {
                    let path = readings.last().map_or("", String::as_str);
                    self.elsewhere(scan, star, &format!("{path}.*"))
                }
            };
            unmet.push((star, target));
        }
        out.extend(unmet.into_iter().filter_map(|(name, target)| Some(Meant { name, target: target? })));
    }
}
