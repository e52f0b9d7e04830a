//! GitLab CODEOWNERS: sections, each of which decides by itself; a change waits for all that are required.
//!
//! ```text
//! * @all              the unnamed first section
//! [Docs][2] @writers  two of @writers, for entries that name nobody else
//! docs/
//! ^[Data] @data       optional: asked, not waited for
//! *.sql
//! !vendor/            nothing in vendor/ belongs to this section
//! ```
//!
//! What the documentation (docs.gitlab.com, "Syntax of CODEOWNERS file") leaves open follows GitLab's own behaviour:
//!
//! - A section keeps its entries by normalised pattern: written again, a pattern keeps its first place and takes the
//!   last value, so it can lose to one written in between.
//! - An exclusion voids its section for what it matches, wherever it stands.
//! - Sections of one name, whatever its case, are one; it is optional only if every heading says so.
//! - There are no comments behind an entry: names after `#` own too.
//! - A heading that cannot be understood is skipped; what follows it belongs to the section before.
//! - An entry without owners in a section without default owners asks for nobody.

mod fnmatch;

use rustc_hash::FxHashMap;

use self::fnmatch::Pattern;
use super::{
    Candidate, Claim, Decision, Fate, Resolver, Rule, Rules,
    index::Index,
    resolver::{Dialect, Found, Source},
};
use crate::tree::{self, Tree};

pub(super) const DIALECT: Dialect = Dialect {
    name: "gitlab",
    title: "GitLab CODEOWNERS",
    file: "CODEOWNERS",
    find,
    read,
    write: super::github::write,
};

/// GitLab checks no more references than this in one file.
const MOST_REFERENCES: usize = 200;

fn find(tree: &dyn Tree) -> Found {
    let found = Found::first_of(tree, &["CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"]);
    if found.places.first().is_some_and(|place| speaks(tree, place)) { found } else { Found::default() }
}

/// Whether a CODEOWNERS file is GitLab's: by its place, by what only GitLab understands, or by the company it keeps.
pub(super) fn speaks(tree: &dyn Tree, place: &[u8]) -> bool {
    if place.starts_with(b".gitlab/") {
        return true;
    }
    let below = |directory: &[u8]| {
        let at = tree.paths().partition_point(|path| path.as_slice() < directory);
        tree.paths().get(at).is_some_and(|path| path.starts_with(directory))
    };
    if place.starts_with(b".github/") || below(b".github/") {
        return false;
    }
    if tree::holds(tree, b".gitlab-ci.yml") || below(b".gitlab/") {
        return true;
    }
    let content = tree::read_through_links(tree, place).unwrap_or_default();
    content.split(|&byte| byte == b'\n').any(|line| {
        let line = String::from_utf8_lossy(line);
        let line = line.trim();
        matches!(heading(line), Some(Ok(_)))
            || line.split_whitespace().skip(1).any(|word| word.starts_with("@@"))
    })
}

fn read(source: &Source<'_>) -> Box<dyn Resolver> {
    let mut file = CodeOwners::default();
    for (number, _, content) in source.contents(&mut file.rules) {
        file.parse(number, &content);
    }
    Box::new(file)
}

#[derive(Debug, Default)]
struct CodeOwners {
    rules: Rules,
    sections: Vec<Section>,
}

#[derive(Debug)]
struct Section {
    name: Option<String>,
    optional: bool,
    entries: Vec<Entry>,
    by_pattern: FxHashMap<String, usize>,
    index: Index,
    exclusions: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    pattern: Pattern,
    rule: u32,
    approvals: u32,
}

#[derive(Debug, PartialEq, Eq)]
struct Heading<'a> {
    name: &'a str,
    optional: bool,
    approvals: Option<&'a str>,
    owners: &'a str,
}

/// A line that means to be a heading: read, or why it cannot be.
fn heading(line: &str) -> Option<Result<Heading<'_>, &'static str>> {
    let (optional, rest) = line.strip_prefix('^').map_or((false, line), |rest| (true, rest));
    let rest = rest.strip_prefix('[')?;
    let Some((name, rest)) = rest.split_once(']') else {
        return Some(Err("the heading is not closed with `]`"));
    };
    let (approvals, owners) = match rest.strip_prefix('[').map(|rest| rest.split_once(']')) {
        Some(Some((number, rest))) => (Some(number), rest),
        Some(None) => return Some(Err("the number of approvals is not closed with `]`")),
        None => (None, rest),
    };
    if name.trim().is_empty() {
        return Some(Err("the section has no name"));
    }
    if !owners.is_empty() && !owners.starts_with(char::is_whitespace) {
        // `[ab].md` is a pattern.
        return None;
    }
    Some(Ok(Heading { name: name.trim(), optional, approvals, owners: owners.trim() }))
}

/// Where new entries go, and what they inherit.
struct At {
    section: usize,
    approvals: u32,
    owners: Vec<u32>,
}

impl CodeOwners {
    fn parse(&mut self, file: u32, content: &[u8]) {
        let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
        let mut at = At { section: self.section(None, false), approvals: 1, owners: Vec::new() };
        for (number, line) in content.split(|&byte| byte == b'\n').enumerate() {
            let number = u32::try_from(number + 1).unwrap_or(u32::MAX);
            let Ok(line) = std::str::from_utf8(line) else {
                self.rules.problem(file, number, "the line is not UTF-8");
                continue;
            };
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match heading(line) {
                Some(Ok(heading)) => at = self.open(file, number, &heading),
                Some(Err(why)) => self.rules.problem(file, number, why),
                None => self.push_entry(file, number, line, &at),
            }
        }
        if self.rules.names.len() > MOST_REFERENCES {
            let why = format!(
                "the file names {} owners; GitLab checks the first {MOST_REFERENCES}",
                self.rules.names.len()
            );
            self.rules.problem(file, 0, why);
        }
    }

    fn open(&mut self, file: u32, line: u32, heading: &Heading<'_>) -> At {
        let approvals = match heading.approvals {
            None => 1,
            Some(_) if heading.optional => {
                self.rules.problem(
                    file,
                    line,
                    "an optional section waits for no approval; the number does nothing",
                );
                1
            }
            Some(text) => text.trim().parse().ok().filter(|&number| number > 0).unwrap_or_else(|| {
                let why = format!("`{text}` is no number of approvals from 1 on; GitLab takes it for 1");
                self.rules.problem(file, line, why);
                1
            }),
        };
        let owners = self.owners(file, line, heading.owners);
        At { section: self.section(Some(heading.name), heading.optional), approvals, owners }
    }

    fn section(&mut self, name: Option<&str>, optional: bool) -> usize {
        let same =
            |section: &Section| section.name.as_deref().map(str::to_lowercase) == name.map(str::to_lowercase);
        if let Some(known) = self.sections.iter().position(same) {
            self.sections[known].optional &= optional;
            return known;
        }
        self.sections.push(Section {
            name: name.map(str::to_owned),
            optional,
            entries: Vec::new(),
            by_pattern: FxHashMap::default(),
            index: Index::default(),
            exclusions: Vec::new(),
        });
        self.sections.len() - 1
    }

    fn push_entry(&mut self, file: u32, line: u32, text: &str, at: &At) {
        let (pattern, owners) = split_pattern(text);
        let excluded = pattern.strip_prefix('!');
        let normal = normalise(excluded.unwrap_or(pattern));
        let mut owners = self.owners(file, line, owners);
        if excluded.is_some() && !owners.is_empty() {
            self.rules.problem(file, line, "an exclusion has no owners; those named here own nothing");
            owners.clear();
        } else if owners.is_empty() && excluded.is_none() {
            owners.clone_from(&at.owners);
        }
        let section = &mut self.sections[at.section];
        let rule = self.rules.push(Rule {
            file,
            line,
            pattern: pattern.to_owned(),
            owners,
            section: section.name.clone(),
            status: None,
        });
        let entry = Entry { pattern: Pattern::new(&normal), rule, approvals: at.approvals };
        if excluded.is_some() {
            section.exclusions.push(entry);
        } else if let Some(&known) = section.by_pattern.get(&normal) {
            self.rules.replaced.push((section.entries[known].rule, rule));
            section.entries[known] = entry;
        } else {
            section.by_pattern.insert(normal, section.entries.len());
            section.index.add(section.entries.len() as u32, entry.pattern.filed());
            section.entries.push(entry);
        }
    }

    /// The references in a text; whatever else stands there does nothing.
    fn owners(&mut self, file: u32, line: u32, text: &str) -> Vec<u32> {
        let (owners, rest): (Vec<&str>, Vec<&str>) =
            text.split_whitespace().partition(|word| is_reference(word));
        if let Some(first) = rest.first() {
            let why = if first.starts_with('#') {
                "GitLab has no comments behind an entry: names after `#` are owners too".to_owned()
            } else {
                format!("`{first}` is no owner: expected @user, @group/subgroup, @@role or an e-mail address")
            };
            self.rules.problem(file, line, why);
        }
        self.rules.name_all(owners)
    }

    /// What each section says of a path: its exclusion or its last entry that matches.
    fn verdicts<'a>(
        &'a self,
        path: &'a [&'a [u8]],
    ) -> impl Iterator<Item = (&'a Section, Option<u32>, Option<&'a Entry>)> {
        self.sections.iter().map(move |section| {
            let hit = |entry: &&Entry| entry.pattern.matches(path);
            let excluded = section.exclusions.iter().find(hit).map(|entry| entry.rule);
            let entry = if excluded.is_none() { section.matching(path).next() } else { None };
            (section, excluded, entry)
        })
    }
}

impl Section {
    /// The entries that match, the last first.
    fn matching<'a>(&'a self, path: &'a [&'a [u8]]) -> impl Iterator<Item = &'a Entry> {
        let entries = self.index.candidates(path).map(|at| &self.entries[at as usize]);
        entries.filter(move |entry| entry.pattern.matches(path))
    }
}

fn parts(path: &[u8]) -> Vec<&[u8]> {
    path.split(|&byte| byte == b'/').collect()
}

impl Resolver for CodeOwners {
    fn rules(&self) -> &Rules {
        &self.rules
    }

    fn decide(&self, path: &[u8]) -> Decision {
        let mut claims: Vec<Claim> = self
            .verdicts(&parts(path))
            .filter_map(|(section, _, entry)| {
                let entry = entry?;
                Some(Claim {
                    rule: entry.rule,
                    owners: self.rules.rules[entry.rule as usize].owners.clone(),
                    approvals: entry.approvals,
                    required: !section.optional,
                })
            })
            .collect();
        claims.sort_by_key(|claim| (!claim.required, claim.owners.is_empty()));
        Decision { claims }
    }

    fn candidates(&self, path: &[u8]) -> Vec<Candidate> {
        let path = parts(path);
        let mut out = Vec::new();
        for (section, excluded, winner) in self.verdicts(&path) {
            out.extend(excluded.map(|rule| Candidate { rule, fate: Fate::Decides }));
            for entry in section.matching(&path) {
                let fate = match (excluded, winner) {
                    (Some(by), _) => Fate::Excluded(by),
                    (None, Some(winner)) if winner.rule != entry.rule => Fate::Overridden(winner.rule),
                    _ => Fate::Decides,
                };
                out.push(Candidate { rule: entry.rule, fate });
            }
        }
        out
    }
}

/// The pattern, up to the first white space no backslash stands before, and the rest.
fn split_pattern(line: &str) -> (&str, &str) {
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        if c.is_whitespace() && !escaped {
            return (&line[..at], &line[at..]);
        }
        escaped = c == '\\' && !escaped;
    }
    (line, "")
}

fn normalise(pattern: &str) -> String {
    if pattern == "*" {
        return "/**/*".to_owned();
    }
    let pattern = pattern.strip_prefix("\\#").map_or_else(|| pattern.to_owned(), |rest| format!("#{rest}"));
    let pattern = pattern.replace("\\ ", " ");
    let pattern = if pattern.starts_with('/') { pattern } else { format!("/**/{pattern}") };
    if pattern.ends_with('/') { format!("{pattern}**/*") } else { pattern }
}

fn is_reference(word: &str) -> bool {
    let name = |text: &str| {
        !text.is_empty()
            && text.split('/').all(|part| {
                !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c))
            })
    };
    match word.strip_prefix('@') {
        Some(rest) => name(rest.strip_prefix('@').unwrap_or(rest)),
        None => word.split_once('@').is_some_and(|(local, host)| !local.is_empty() && host.contains('.')),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(content: &str) -> CodeOwners {
        let mut file = CodeOwners::default();
        let number = file.rules.add_file(b"CODEOWNERS");
        file.parse(number, content.as_bytes());
        file
    }

    /// Each claim as `section: owners`, with `?` for optional and `xN` for several approvals.
    fn claims(file: &CodeOwners, path: &str) -> Vec<String> {
        let one = |claim: &Claim| {
            let rule = &file.rules.rules[claim.rule as usize];
            format!(
                "{}{}{}:{}",
                rule.section.as_deref().unwrap_or("-"),
                if claim.required { "" } else { "?" },
                if claim.approvals > 1 { format!(" x{}", claim.approvals) } else { String::new() },
                file.rules.names_of(&claim.owners).join(",")
            )
        };
        file.decide(path.as_bytes()).claims.iter().map(one).collect()
    }

    fn matches(pattern: &str, path: &str) -> bool {
        !claims(&parse(&format!("{pattern} @o\n")), path).is_empty()
    }

    /// The documentation's statements about paths.
    #[test]
    fn paths_match_as_documented() {
        for (pattern, path, expected) in [
            ("README.md", "README.md", true),
            ("README.md", "internal/README.md", true),
            ("README.md", "app/lib/README.md", true),
            ("/README.md", "README.md", true),
            ("/README.md", "docs/README.md", false),
            ("/docs/", "docs/a/b.md", true),
            ("/docs/", "other/docs/b.md", false),
            ("docs/", "other/docs/b.md", true),
            ("/docs/*", "docs/index.md", true),
            ("/docs/*", "docs/a/index.md", false),
            ("/docs/**/*.md", "docs/a/b/index.md", true),
            ("/docs/**/*.md", "docs/index.md", true),
            ("/docs/*.md", "docs/a/index.md", false),
            ("*", "a/b/.hidden", true),
            ("*.rb", "a/b/c.rb", true),
            // What GitHub reads otherwise.
            ("foo", "foo/bar", false),
            ("/foo", "foo/bar", false),
            ("foo/bar", "a/foo/bar", true),
            ("f*", "foo/bar", false),
            ("foo/**", "foo/a/b", false),
            ("foo/**", "foo/a", true),
            ("[ab].md", "a.md", true),
            ("[ab].md", "c.md", false),
            ("Foo", "foo", false),
            ("path\\ with\\ spaces/", "x/path with spaces/a", true),
            ("\\#file", "#file", true),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn sections_add_up_and_the_last_entry_of_each_decides() {
        let file = parse(
            "* @admin\n[README Owners]\nREADME.md @user1 @user2\ninternal/README.md @user4\n[README other]\nREADME.md @user3\n",
        );
        assert_eq!(
            claims(&file, "README.md"),
            ["-:@admin", "README Owners:@user1,@user2", "README other:@user3"]
        );
        assert_eq!(
            claims(&file, "internal/README.md"),
            ["-:@admin", "README Owners:@user4", "README other:@user3"]
        );
    }

    #[test]
    fn default_owners_approvals_and_optional_sections() {
        let file = parse("[Docs][2] @docs\ndocs/\n*.md @writers\n^[Data] @db\n*.sql\n[None]\nfree/\n");
        assert_eq!(claims(&file, "docs/a.txt"), ["Docs x2:@docs"]);
        assert_eq!(claims(&file, "docs/a.md"), ["Docs x2:@writers"]);
        assert_eq!(claims(&file, "docs/a.sql"), ["Docs x2:@docs", "Data?:@db"]);
        assert_eq!(claims(&file, "free/x"), ["None:"], "nobody is asked");
        assert!(file.rules.problems.is_empty(), "{:?}", file.rules.problems);
    }

    #[test]
    fn sections_of_one_name_are_one() {
        let file = parse("[Docs]\na/ @a\n[DOCS]\na/b/ @b\n^[docs]\nc/ @c\n");
        assert_eq!(claims(&file, "a/b/x"), ["Docs:@b"]);
        assert_eq!(claims(&file, "c/x"), ["Docs:@c"], "one heading without `^` makes all required");
        assert_eq!(claims(&parse("^[A]\na @a\n^[a]\nb @b\n"), "b"), ["A?:@b"]);
    }

    #[test]
    fn a_pattern_written_again_keeps_its_first_place() {
        let file = parse("*.rb @first\n/lib/ @lib\n*.rb @last\n");
        assert_eq!(claims(&file, "lib/a.rb"), ["-:@lib"]);
        assert_eq!(claims(&file, "a.rb"), ["-:@last"]);
        assert_eq!(claims(&parse("foo @a\n/**/foo @b\n"), "foo"), ["-:@b"], "both normalise to one");
    }

    #[test]
    fn an_exclusion_voids_its_section_wherever_it_stands() {
        let file = parse("* @all\n!pom.xml\n[Ruby]\n!/config/\n*.rb @ruby\n/config/routes.rb @ops\n");
        assert_eq!(claims(&file, "pom.xml"), [""; 0]);
        assert_eq!(claims(&file, "config/routes.rb"), ["-:@all"]);
        assert_eq!(claims(&file, "lib/x.rb"), ["-:@all", "Ruby:@ruby"]);
        let fates: Vec<Fate> = file.candidates(b"config/routes.rb").iter().map(|one| one.fate).collect();
        assert_eq!(fates, [Fate::Decides, Fate::Decides, Fate::Excluded(2), Fate::Excluded(2)]);
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        let file = parse("[]\n[Open\n[Zero][0] @z\na\n^[Opt][2]\nb @b\n*.c @x # @y\nd word\n");
        let lines: Vec<u32> = file.rules.problems.iter().map(|one| one.line).collect();
        assert_eq!(lines, [1, 2, 3, 5, 7, 8]);
        assert_eq!(claims(&file, "a"), ["Zero:@z"]);
        assert_eq!(claims(&file, "x.c"), ["Opt?:@x,@y"], "a comment's names own too");
        assert_eq!(claims(&parse("/config/ @@maintainer a@b.org\n"), "config/x"), ["-:@@maintainer,a@b.org"]);
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(content in "\\PC{0,80}", path in "\\PC{0,20}") {
            parse(&content).candidates(path.as_bytes());
        }
    }

    /// A pattern or path of a small alphabet, in which much matches.
    fn text(of: &'static [&'static str]) -> impl Strategy<Value = String> {
        proptest::collection::vec(proptest::sample::select(of), 1..6).prop_map(|pieces| pieces.concat())
    }

    proptest::proptest! {
        #[test]
        fn rules_are_filed_where_they_are_found(
            patterns in proptest::collection::vec(text(&["a", "b", "/", "*", "**/", ".", "?", "/**", ".rs", "[ab]", "\\a"]), 1..20),
            path in text(&["a", "b", "a/", "b/", "a.rs", ".b/", "ab/"]),
        ) {
            let lines: Vec<String> = patterns.iter().map(|pattern| format!("{pattern} @o\n")).collect();
            let file = parse(&lines.concat());
            let path = parts(path.trim_matches('/').as_bytes());
            let section = &file.sections[0];
            let all = section.entries.iter().rev().filter(|entry| entry.pattern.matches(&path));
            let all: Vec<u32> = all.map(|entry| entry.rule).collect();
            let found: Vec<u32> = section.matching(&path).map(|entry| entry.rule).collect();
            proptest::prop_assert_eq!(found, all);
        }
    }
}
