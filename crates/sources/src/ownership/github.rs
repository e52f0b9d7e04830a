//! GitHub CODEOWNERS: one pattern and its owners a line; the last line that matches decides.
//!
//! Several owners on a line are alternatives. A line without owners takes ownership away. A line that cannot be
//! understood does nothing and is told, as GitHub itself does (docs.github.com, "About code owners"). The file is
//! looked for in `.github/`, at the root and in `docs/`, in this order; the first that exists counts.

mod pattern;

use self::pattern::Pattern;
use super::{
    Candidate, Decision, Resolver, Rule, Rules, gitlab,
    index::Index,
    resolver::{Dialect, Found, Source},
};
use crate::tree::Tree;

pub(super) const DIALECT: Dialect =
    Dialect { name: "github", title: "GitHub CODEOWNERS", file: "CODEOWNERS", find, read, write };

/// GitHub does not load a larger file.
const LIMIT_BYTES: usize = 3 << 20;

fn find(tree: &dyn Tree) -> Found {
    let found = Found::first_of(tree, &[".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"]);
    if found.places.first().is_some_and(|place| gitlab::speaks(tree, place)) {
        Found::default()
    } else {
        found
    }
}

fn read(source: &Source<'_>) -> Box<dyn Resolver> {
    let mut file = CodeOwners::default();
    for (number, _, content) in source.contents(&mut file.rules) {
        if content.len() > LIMIT_BYTES {
            let why = format!(
                "the file has {} bytes; GitHub loads no CODEOWNERS over 3 MB, so nobody is declared",
                content.len()
            );
            file.rules.problem(number, 0, why);
        } else {
            file.parse(number, &content);
        }
    }
    Box::new(file)
}

/// A parsed CODEOWNERS file.
#[derive(Debug, Default)]
struct CodeOwners {
    rules: Rules,
    /// One a rule.
    patterns: Vec<Pattern>,
    index: Index,
}

impl CodeOwners {
    fn parse(&mut self, file: u32, content: &[u8]) {
        let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
        for (at, line) in content.split(|&byte| byte == b'\n').enumerate() {
            let number = u32::try_from(at + 1).unwrap_or(u32::MAX);
            if let Err(why) = self.push_line(file, number, line) {
                self.rules.problem(file, number, why);
            }
        }
    }

    fn push_line(&mut self, file: u32, line: u32, text: &[u8]) -> Result<(), String> {
        let words = words(text);
        let Some((pattern, owners)) = words.split_first() else { return Ok(()) };
        if pattern.starts_with(b"!") {
            return Err("a pattern cannot begin with `!`: CODEOWNERS has no negation".into());
        }
        let compiled = Pattern::new(pattern).map_err(str::to_owned)?;
        let owners: Vec<String> = owners.iter().map(|owner| owner_name(owner)).collect::<Result<_, _>>()?;
        let owners = self.rules.name_all(owners);
        let pattern = String::from_utf8_lossy(pattern).into_owned();
        let rule = self.rules.push(Rule { file, line, pattern, owners, section: None, status: None });
        self.index.add(rule, compiled.filed());
        self.patterns.push(compiled);
        Ok(())
    }

    /// Every rule that matches, the last of the file first.
    fn matching<'a>(&'a self, path: &'a [u8]) -> impl Iterator<Item = u32> + 'a {
        let parts: Vec<&[u8]> = path.split(|&byte| byte == b'/').collect();
        self.index.candidates(&parts).filter(move |&rule| self.patterns[rule as usize].matches(&parts))
    }
}

impl Resolver for CodeOwners {
    fn rules(&self) -> &Rules {
        &self.rules
    }

    fn decide(&self, path: &[u8]) -> Decision {
        let Some(rule) = self.matching(path).next() else { return Decision::default() };
        Decision::one(rule, self.rules.rules[rule as usize].owners.clone())
    }

    fn candidates(&self, path: &[u8]) -> Vec<Candidate> {
        Candidate::first_decides(self.matching(path))
    }
}

/// The words of a line up to a comment; a backslash keeps the next space or `#` in its word.
fn words(line: &[u8]) -> Vec<Vec<u8>> {
    let mut out: Vec<Vec<u8>> = Vec::new();
    let mut word: Vec<u8> = Vec::new();
    let mut bytes = line.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'#' if word.is_empty() => break,
            b'\\' if bytes.peek().is_some_and(|next| matches!(next, b' ' | b'#' | b'\t')) => {
                word.extend(bytes.next());
            }
            b' ' | b'\t' | b'\r' => {
                if !word.is_empty() {
                    out.push(std::mem::take(&mut word));
                }
            }
            other => word.push(other),
        }
    }
    if !word.is_empty() {
        out.push(word);
    }
    out
}

fn owner_name(word: &[u8]) -> Result<String, String> {
    let text = std::str::from_utf8(word).map_err(|_| "an owner is not UTF-8".to_owned())?;
    let name =
        |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    let valid = match text.strip_prefix('@') {
        Some(handle) => match handle.split_once('/') {
            Some((organisation, team)) => name(organisation) && name(team),
            None => name(handle),
        },
        None => text.split_once('@').is_some_and(|(local, host)| !local.is_empty() && host.contains('.')),
    };
    if valid {
        Ok(text.to_owned())
    } else {
        Err(format!("`{text}` is no owner: expected @user, @org/team or an e-mail address"))
    }
}

/// A line; `/dir/*` is one level here and in GitLab's dialect.
pub(super) fn write(directory: &str, whole: bool, owner: &str) -> String {
    let directory = directory.replace(' ', "\\ ");
    match (directory.as_str(), whole) {
        ("", true) => format!("* {owner}"),
        ("", false) => format!("/* {owner}"),
        (at, true) => format!("/{at}/ {owner}"),
        (at, false) => format!("/{at}/* {owner}"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::Fate, *};

    fn parse(content: &[u8]) -> CodeOwners {
        let mut file = CodeOwners::default();
        let number = file.rules.add_file(b"CODEOWNERS");
        file.parse(number, content);
        file
    }

    fn owners(file: &CodeOwners, path: &str) -> Option<Vec<String>> {
        let claims = file.decide(path.as_bytes()).claims;
        claims
            .first()
            .map(|claim| file.rules.names_of(&claim.owners).into_iter().map(str::to_owned).collect())
    }

    #[test]
    fn the_last_match_decides() {
        let file =
            parse(b"\xef\xbb\xbf* @all\r\n/src/ @org/core # inline\r\n/src/gen/\n*.md docs@x.org @b\n");
        assert!(file.rules.problems.is_empty(), "{:?}", file.rules.problems);
        assert_eq!(owners(&file, "x.c"), Some(vec!["@all".to_owned()]));
        assert_eq!(owners(&file, "src/a/b.c"), Some(vec!["@org/core".to_owned()]));
        assert_eq!(owners(&file, "src/gen/b.c"), Some(vec![]), "no owners takes ownership away");
        assert_eq!(owners(&file, "src/gen/b.md").unwrap().len(), 2);
        assert_eq!(file.rules.rules[1].line, 2);
        let fates: Vec<_> = file.candidates(b"src/gen/b.md").iter().map(|one| (one.rule, one.fate)).collect();
        let by_last = Fate::Overridden(3);
        assert_eq!(fates, [(3, Fate::Decides), (2, by_last), (1, by_last), (0, by_last)]);
    }

    #[test]
    fn bad_lines_do_nothing_and_are_told() {
        let file = parse(b"!a @x\nok @x\nb not-an-owner\n*** @x\n\xff\xfe @x\nc \xff\n");
        assert_eq!(file.rules.problems.iter().map(|one| one.line).collect::<Vec<_>>(), [1, 3, 4, 6]);
        assert_eq!(file.rules.rules.len(), 2);
    }

    #[test]
    fn spaces_can_be_escaped() {
        let file = parse(b"my\\ file.txt @x\n\\#hash @x\n");
        assert!(owners(&file, "d/my file.txt").is_some());
        assert!(owners(&file, "#hash").is_some());
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(content in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            let file = parse(&content);
            file.decide(b"a/b");
            proptest::prop_assert!(file.rules.rules.len() + file.rules.problems.len() <= 201);
        }
    }

    /// A pattern or path of a small alphabet, in which much matches.
    fn text(of: &'static [&'static str]) -> impl Strategy<Value = String> {
        proptest::collection::vec(proptest::sample::select(of), 1..6).prop_map(|pieces| pieces.concat())
    }

    proptest::proptest! {
        #[test]
        fn rules_are_filed_where_they_are_found(
            patterns in proptest::collection::vec(text(&["a", "b", "/", "*", "**/", ".", "?", "/**", ".rs"]), 1..20),
            path in text(&["a", "b", "a/", "b/", "a.rs", ".b/", "ab/"]),
        ) {
            let lines: Vec<String> = patterns.iter().map(|pattern| format!("{pattern} @o\n")).collect();
            let file = parse(lines.concat().as_bytes());
            let path = path.trim_matches('/').as_bytes();
            let parts: Vec<&[u8]> = path.split(|&byte| byte == b'/').collect();
            let all = (0..file.patterns.len()).rev().filter(|&at| file.patterns[at].matches(&parts));
            let all: Vec<u32> = all.map(|at| at as u32).collect();
            proptest::prop_assert_eq!(file.matching(path).collect::<Vec<_>>(), all);
        }
    }
}
