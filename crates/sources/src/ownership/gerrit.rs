//! Gerrit and Chromium OWNERS: lines in any directory; owners add up from a file's directory to the root.
//!
//! ```text
//! ana@example.com                          owns everything below
//! *                                        anybody may approve
//! set noparent                             owners of parent directories do not count here
//! per-file *.gn,BUILD=bob@example.com      owns those files, too
//! per-file *.proto=set noparent            only per-file owners count for those
//! file:/third_party/OWNERS                 owners of another file, without its per-file rules
//! include ../OWNERS                        the same with its per-file rules and its noparent
//! ```
//!
//! As Gerrit's code-owners plugin reads the find-owners syntax: a per-file glob matches at any depth below its
//! directory (classic depot_tools meant the directory alone). Globs are turned into regular expressions, which match
//! in linear time. Files of other projects or branches cannot be read here and are told. Importing in circles is
//! harmless: each file is taken in once.

use std::rc::Rc;

use regex::bytes::{Regex, RegexBuilder};
use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    Candidate, Decision, Fate, Resolver, Rule, Rules, kubernetes,
    resolver::{Dialect, Found, Source, directories_up, directory},
};
use crate::tree::{self, Tree};

pub(super) const DIALECT: Dialect =
    Dialect { name: "gerrit", title: "Gerrit OWNERS", file: "OWNERS", find, read, write };

fn find(tree: &dyn Tree) -> Found {
    let found = Found::everywhere(tree, &["OWNERS"]);
    let speaks = found.places.iter().take(20).any(|place| {
        tree::read_through_links(tree, place)
            .is_ok_and(|content| !kubernetes::speaks(&content) && speaks(&content))
    });
    if speaks { found } else { Found::default() }
}

fn speaks(content: &[u8]) -> bool {
    String::from_utf8_lossy(content).lines().any(|line| matches!(statement(line), Ok(Some(_))))
}

fn read(source: &Source<'_>) -> Box<dyn Resolver> {
    let mut reader = Reader { tree: source.tree, rules: Rules::default(), files: FxHashMap::default() };
    for place in source.places {
        reader.file(place);
    }
    let mut directories = FxHashMap::default();
    for place in source.places {
        let mut level = Level::default();
        reader.take_in(place, true, &mut FxHashSet::default(), &mut level);
        directories.insert(directory(place).to_vec(), level);
    }
    Box::new(Owners { rules: reader.rules, directories })
}

/// What one line says.
#[derive(Debug, PartialEq, Eq)]
enum Statement<'a> {
    Owner(&'a str),
    NoParent,
    Import { path: &'a str, whole: bool },
    PerFile { globs: &'a str, value: &'a str },
}

/// Reads a line; `Ok(None)` is blank or a comment.
fn statement(line: &str) -> Result<Option<Statement<'_>>, String> {
    let line = line.split('#').next().unwrap_or_default().trim();
    if line.is_empty() {
        return Ok(None);
    }
    let mut words = line.split_whitespace();
    let first = words.next().unwrap_or_default();
    if first == "set" && words.next() == Some("noparent") && words.next().is_none() {
        return Ok(Some(Statement::NoParent));
    }
    if let Some(rest) = line.strip_prefix("per-file").filter(|rest| rest.starts_with(char::is_whitespace)) {
        let Some((globs, value)) = rest.split_once('=') else {
            return Err("per-file wants `per-file GLOB=OWNERS`".to_owned());
        };
        return Ok(Some(Statement::PerFile { globs: globs.trim(), value: value.trim() }));
    }
    if let Some(path) = line.strip_prefix("include").filter(|rest| rest.starts_with(char::is_whitespace)) {
        return Ok(Some(Statement::Import { path: path.trim(), whole: true }));
    }
    if let Some(path) = line.strip_prefix("file:") {
        return Ok(Some(Statement::Import { path: path.trim(), whole: false }));
    }
    if is_owner(line) {
        return Ok(Some(Statement::Owner(line)));
    }
    Err(format!(
        "`{line}` is no owner and no directive: expected an e-mail address, `*`, set noparent, per-file, include or file:"
    ))
}

fn is_owner(text: &str) -> bool {
    let valid = |part: &str| {
        !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | ',' | '@'))
    };
    text == "*" || text.split_once('@').is_some_and(|(local, host)| valid(local) && valid(host))
}

/// One file, before imports are followed.
#[derive(Debug, Default)]
struct File {
    /// The rule for everything below, when it names an owner.
    rule: Option<u32>,
    no_parent: bool,
    imports: Vec<(Vec<u8>, bool)>,
    per_file: Vec<PerFile>,
}

#[derive(Clone, Debug)]
struct PerFile {
    globs: Vec<Glob>,
    rule: u32,
    no_parent: bool,
    /// Files whose general owners it takes.
    imports: Vec<Vec<u8>>,
}

/// What a per-file line speaks of, at any depth. Most name a file, and a regular expression for each of a hundred
/// thousand names would take a minute to build.
#[derive(Clone, Debug)]
enum Glob {
    Name(Vec<u8>),
    Pattern(Regex),
}

impl Glob {
    fn new(text: &str) -> Result<Self, String> {
        if text.contains(['*', '?', '{', '}', '[', ']', '\\']) {
            glob(text).map(Self::Pattern)
        } else {
            Ok(Self::Name(text.as_bytes().to_vec()))
        }
    }

    fn is_match(&self, path: &[u8]) -> bool {
        match self {
            Self::Name(name) => path
                .strip_suffix(name.as_slice())
                .is_some_and(|above| above.is_empty() || above.ends_with(b"/")),
            Self::Pattern(pattern) => pattern.is_match(path),
        }
    }
}

/// One directory, imports followed.
#[derive(Debug, Default)]
struct Level {
    general: Vec<u32>,
    no_parent: bool,
    per_file: Vec<(PerFile, Vec<u32>)>,
}

struct Reader<'a> {
    tree: &'a dyn Tree,
    rules: Rules,
    files: FxHashMap<Vec<u8>, Option<Rc<File>>>,
}

impl Reader<'_> {
    /// A file by its path, read once; `None` when it cannot be.
    fn file(&mut self, path: &[u8]) -> Option<Rc<File>> {
        if let Some(known) = self.files.get(path) {
            return known.clone();
        }
        let number = self.rules.add_file(path);
        let file = match tree::read_through_links(self.tree, path) {
            Ok(content) if content.len() > super::LIMIT_BYTES => {
                self.rules.problem(number, 0, "the file is larger than 16 MiB and was not read");
                None
            }
            Ok(content) => Some(Rc::new(self.parse(number, path, &content))),
            Err(why) => {
                self.rules.problem(number, 0, why);
                None
            }
        };
        self.files.insert(path.to_vec(), file.clone());
        file
    }

    fn parse(&mut self, number: u32, path: &[u8], content: &[u8]) -> File {
        let place = directory(path);
        let shown = String::from_utf8_lossy(place);
        let below = if place.is_empty() { "**".to_owned() } else { format!("{shown}/**") };
        let mut file = File::default();
        let mut owners: Vec<(u32, String)> = Vec::new();
        for (at, line) in content.split(|&byte| byte == b'\n').enumerate() {
            let at = u32::try_from(at + 1).unwrap_or(u32::MAX);
            let line = String::from_utf8_lossy(line);
            match statement(&line) {
                Ok(None) => {}
                Ok(Some(Statement::NoParent)) => file.no_parent = true,
                Ok(Some(Statement::Owner(owner))) => owners.push((at, owner.to_owned())),
                Ok(Some(Statement::Import { path, whole })) => {
                    if let Some(path) = self.imported(number, at, place, path) {
                        file.imports.push((path, whole));
                    }
                }
                Ok(Some(Statement::PerFile { globs, value })) => {
                    if let Some(per_file) = self.per_file(number, at, place, globs, value) {
                        file.per_file.push(per_file);
                    }
                }
                Err(why) => self.rules.problem(number, at, why),
            }
        }
        if let Some(&(line, _)) = owners.first() {
            let owners = self.rules.name_all(owners.iter().map(|(_, owner)| owner));
            file.rule = Some(self.rules.push(Rule {
                file: number,
                line,
                pattern: below,
                owners,
                section: None,
                status: None,
            }));
        }
        file
    }

    fn per_file(&mut self, file: u32, line: u32, place: &[u8], globs: &str, value: &str) -> Option<PerFile> {
        let mut compiled = Vec::new();
        for one in split_globs(globs) {
            match Glob::new(one) {
                Ok(glob) => compiled.push(glob),
                Err(why) => self.rules.problem(file, line, why),
            }
        }
        let (mut owners, mut imports, mut no_parent) = (Vec::new(), Vec::new(), false);
        for word in value.split(',').map(str::trim) {
            if word.split_whitespace().eq(["set", "noparent"]) {
                no_parent = true;
            } else if let Some(path) = word.strip_prefix("file:").or_else(|| word.strip_prefix("include ")) {
                imports.extend(self.imported(file, line, place, path.trim()));
            } else if is_owner(word) {
                owners.push(word);
            } else {
                self.rules.problem(
                    file,
                    line,
                    format!("`{word}` is no owner: expected an e-mail address or `*`"),
                );
            }
        }
        if compiled.is_empty() {
            return None;
        }
        let owners = self.rules.name_all(owners);
        let pattern = format!("per-file {globs}");
        let rule = self.rules.push(Rule { file, line, pattern, owners, section: None, status: None });
        Some(PerFile { globs: compiled, rule, no_parent, imports })
    }

    /// Where an import leads; `None`, told, where that is not in this tree.
    fn imported(&mut self, file: u32, line: u32, place: &[u8], path: &str) -> Option<Vec<u8>> {
        if path.contains(':') {
            self.rules.problem(
                file,
                line,
                format!("`{path}` lies in another project or branch, which cannot be read here"),
            );
            return None;
        }
        let found = match path.strip_prefix('/') {
            Some(from_root) => tree::resolve(b"", from_root.as_bytes()),
            None => tree::resolve(place, path.as_bytes()),
        };
        let found = found.filter(|path| tree::holds(self.tree, path));
        if found.is_none() {
            self.rules.problem(file, line, format!("`{path}` is imported and is not in the tree"));
        }
        found
    }

    fn take_in(&mut self, path: &[u8], whole: bool, seen: &mut FxHashSet<Vec<u8>>, level: &mut Level) {
        if !seen.insert(path.to_vec()) {
            return;
        }
        let Some(file) = self.file(path) else { return };
        level.general.extend(file.rule);
        if whole {
            level.no_parent |= file.no_parent;
            for per_file in &file.per_file {
                let mut taken = Level::default();
                let mut seen = FxHashSet::default();
                for path in &per_file.imports {
                    self.take_in(path, false, &mut seen, &mut taken);
                }
                level.per_file.push((per_file.clone(), taken.general));
            }
        }
        for (path, import_whole) in &file.imports {
            self.take_in(path, whole && *import_whole, seen, level);
        }
    }
}

#[derive(Debug)]
struct Owners {
    rules: Rules,
    directories: FxHashMap<Vec<u8>, Level>,
}

/// What one directory says of a path.
struct Said {
    rules: Vec<u32>,
    /// Rules that would speak but for a per-file `set noparent` of the same directory.
    kept_out: Vec<u32>,
    stops: bool,
}

impl Owners {
    fn levels<'a>(&'a self, path: &'a [u8]) -> impl Iterator<Item = Said> + 'a {
        directories_up(path).filter_map(move |at| {
            let level = self.directories.get(at)?;
            let relative = if at.is_empty() { path } else { &path[at.len() + 1..] };
            let mut said = Said { rules: Vec::new(), kept_out: Vec::new(), stops: level.no_parent };
            let mut only_per_file = false;
            for (per_file, taken) in &level.per_file {
                if per_file.globs.iter().any(|glob| glob.is_match(relative)) {
                    only_per_file |= per_file.no_parent;
                    said.rules.push(per_file.rule);
                    said.rules.extend(taken);
                }
            }
            if only_per_file {
                said.stops = true;
                said.kept_out.extend(&level.general);
            } else {
                said.rules.extend(&level.general);
            }
            Some(said)
        })
    }
}

impl Resolver for Owners {
    fn rules(&self) -> &Rules {
        &self.rules
    }

    fn decide(&self, path: &[u8]) -> Decision {
        let mut owners: Vec<u32> = Vec::new();
        let (mut first, mut first_with_owners) = (None, None);
        for said in self.levels(path) {
            for rule in said.rules {
                first.get_or_insert(rule);
                for &owner in &self.rules.rules[rule as usize].owners {
                    first_with_owners.get_or_insert(rule);
                    if !owners.contains(&owner) {
                        owners.push(owner);
                    }
                }
            }
            if said.stops {
                break;
            }
        }
        first_with_owners.or(first).map_or_else(Decision::default, |rule| Decision::one(rule, owners))
    }

    fn candidates(&self, path: &[u8]) -> Vec<Candidate> {
        let decided = self.decide(path).claims.first().map(|claim| claim.rule);
        let mut out: Vec<Candidate> = Vec::new();
        let mut stopped: Option<u32> = None;
        for said in self.levels(path) {
            for &rule in &said.rules {
                let fate = match stopped {
                    Some(by) => Fate::Stopped(by),
                    None if Some(rule) == decided => Fate::Decides,
                    None => Fate::Adds,
                };
                out.push(Candidate { rule, fate });
            }
            let by = stopped.or_else(|| said.rules.first().copied()).or(decided);
            out.extend(by.into_iter().flat_map(|by| {
                said.kept_out.iter().map(move |&rule| Candidate { rule, fate: Fate::Stopped(by) })
            }));
            if said.stops && stopped.is_none() {
                stopped = by;
            }
        }
        out
    }
}

/// Splits at commas outside of braces and brackets.
fn split_globs(text: &str) -> Vec<&str> {
    let (mut out, mut start, mut braces, mut bracket) = (Vec::new(), 0, 0_u32, false);
    for (at, c) in text.char_indices() {
        match c {
            '{' if !bracket => braces += 1,
            '}' if !bracket => braces = braces.saturating_sub(1),
            '[' => bracket = true,
            ']' => bracket = false,
            ',' if braces == 0 && !bracket => {
                out.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    out.push(&text[start..]);
    out.into_iter().map(str::trim).filter(|glob| !glob.is_empty()).collect()
}

/// A glob as `java.nio.file` reads it, at any depth, as a regular expression.
fn glob(text: &str) -> Result<Regex, String> {
    let mut out = String::from("^(?:.*/)?");
    let mut rest = text.chars().peekable();
    let mut braces = 0;
    while let Some(c) = rest.next() {
        match c {
            '*' if rest.peek() == Some(&'*') => {
                rest.next();
                out.push_str(".*");
            }
            '*' => out.push_str("[^/]*"),
            '?' => out.push_str("[^/]"),
            '{' => {
                braces += 1;
                out.push_str("(?:");
            }
            '}' if braces > 0 => {
                braces -= 1;
                out.push(')');
            }
            ',' if braces > 0 => out.push('|'),
            '[' => {
                out.push('[');
                if rest.peek() == Some(&'!') {
                    rest.next();
                    out.push('^');
                }
                for inside in rest.by_ref() {
                    if inside == ']' {
                        break;
                    }
                    if matches!(inside, '[' | '&' | '~' | '\\' | '^') {
                        out.push('\\');
                    }
                    out.push(inside);
                }
                out.push(']');
            }
            '\\' => out.push_str(&regex::escape(&rest.next().unwrap_or('\\').to_string())),
            other => out.push_str(&regex::escape(&other.to_string())),
        }
    }
    out.push('$');
    let built = RegexBuilder::new(&out).dot_matches_new_line(true).size_limit(1 << 20).build();
    built.map_err(|_| format!("`{text}` is no glob that can be used"))
}

/// An OWNERS file in the directory.
fn write(directory: &str, whole: bool, owner: &str) -> String {
    let file = if directory.is_empty() { "OWNERS".to_owned() } else { format!("{directory}/OWNERS") };
    if whole { format!("{file}: {owner}") } else { format!("{file}: per-file *={owner}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::literal::LiteralTree;

    fn resolver(files: &[(&str, &str)]) -> Box<dyn Resolver> {
        let tree = LiteralTree::new(files);
        let found = Found::everywhere(&tree, &["OWNERS"]);
        read(&Source { tree: &tree, places: &found.places })
    }

    fn owners(files: &[(&str, &str)], path: &str) -> String {
        let owners = resolver(files);
        let decision = owners.decide(path.as_bytes());
        let mut names = owners.rules().names_of(&decision.owners());
        names.sort_unstable();
        names.join(" ").replace("@x.org", "")
    }

    #[test]
    fn owners_add_up_until_noparent() {
        let files = [
            ("OWNERS", "root@x.org # why\n"),
            ("a/OWNERS", "ana@x.org\n\n# comment\nann@x.org\n"),
            ("a/b/OWNERS", "set noparent\nbea@x.org\n"),
            ("a/b/c/OWNERS", "*\n"),
            ("closed/OWNERS", "set  noparent\n"),
        ];
        assert_eq!(owners(&files, "x"), "root");
        assert_eq!(owners(&files, "a/x"), "ana ann root");
        assert_eq!(owners(&files, "a/b/x"), "bea");
        assert_eq!(owners(&files, "a/b/c/x"), "* bea");
        assert_eq!(owners(&files, "closed/x"), "");
    }

    #[test]
    fn per_file_matches_at_any_depth() {
        let files = [
            ("OWNERS", "root@x.org\n"),
            (
                "a/OWNERS",
                "ana@x.org\nper-file BUILD,*.gn=b@x.org, c@x.org\nper-file *.proto=set noparent\nper-file *.proto=p@x.org\nper-file {foo,bar}.[ch]=fb@x.org\n",
            ),
        ];
        assert_eq!(owners(&files, "a/BUILD"), "ana b c root");
        assert_eq!(owners(&files, "a/sub/dir/x.gn"), "ana b c root");
        assert_eq!(owners(&files, "a/x.proto"), "p", "general owners and parents are kept out");
        assert_eq!(owners(&files, "a/foo.h"), "ana fb root");
        assert_eq!(owners(&files, "a/foo.cc"), "ana root");
        let fates: Vec<Fate> = resolver(&files).candidates(b"a/x.proto").iter().map(|one| one.fate).collect();
        assert_eq!(fates.iter().filter(|fate| matches!(fate, Fate::Stopped(_))).count(), 2);
    }

    #[test]
    fn files_are_imported_whole_or_in_part() {
        let files = [
            ("common/OWNERS", "com@x.org\nset noparent\nper-file *.md=docs@x.org\nfile:/deep/OWNERS\n"),
            ("deep/OWNERS", "deep@x.org\ninclude /common/OWNERS\n"),
            ("OWNERS", "root@x.org\n"),
            ("a/OWNERS", "file:/common/OWNERS\n"),
            ("b/OWNERS", "include ../common/OWNERS\n"),
            ("c/OWNERS", "per-file *.rs=file:/common/OWNERS\n"),
        ];
        assert_eq!(owners(&files, "a/x.md"), "com deep root", "file: takes general owners alone");
        assert_eq!(owners(&files, "b/x.md"), "com deep docs", "include takes noparent and per-file rules");
        assert_eq!(owners(&files, "b/x.rs"), "com deep");
        assert_eq!(owners(&files, "c/x.rs"), "com deep root");
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        let owners = resolver(&[(
            "OWNERS",
            "a@x.org\nset parent\nper-file x\nfile:other:/OWNERS\ninclude nowhere\nnot an owner\nper-file *=me\nb@x.org  # tail\n<a@b>\n",
        )]);
        let lines: Vec<u32> = owners.rules().problems.iter().map(|one| one.line).collect();
        assert_eq!(lines, [2, 3, 4, 5, 6, 7, 9]);
    }

    #[test]
    fn no_glob_takes_exponential_time() {
        let bomb = glob(&format!("{}b", "{a,a*}".repeat(50))).unwrap();
        assert!(!bomb.is_match("a".repeat(5_000).as_bytes()));
        assert!(glob(&"{a,b}{c,d}".repeat(100_000)).is_err());
        assert!(glob("[").is_err());
    }

    proptest::proptest! {
        #[test]
        fn a_name_is_found_as_its_pattern_would_be(name in "[a.b/+(é ]{1,5}", path in "[a.b/+(é ]{0,9}") {
            let Glob::Name(_) = Glob::new(&name).unwrap() else { panic!("`{name}` has nothing to match by") };
            let found = Glob::new(&name).unwrap().is_match(path.as_bytes());
            proptest::prop_assert_eq!(found, glob(&name).unwrap().is_match(path.as_bytes()));
        }

        #[test]
        fn no_text_makes_it_panic(content in "\\PC{0,80}", path in "\\PC{0,20}") {
            resolver(&[("OWNERS", &content)]).candidates(path.as_bytes());
        }
    }
}
