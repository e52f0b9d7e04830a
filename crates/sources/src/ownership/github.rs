//! GitHub CODEOWNERS: one pattern and its owners a line; the last line that matches decides.
//!
//! Several owners on a line are alternatives. A line without owners takes ownership away. A line that cannot be
//! understood does nothing and is told, as GitHub itself does (docs.github.com, "About code owners").

use rustc_hash::FxHashMap;

use super::pattern::Pattern;

/// One line that decides something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// From 1.
    pub line: u32,
    /// As written.
    pub pattern: String,
    /// As written; empty takes ownership away.
    pub owners: Vec<String>,
}

/// A parsed CODEOWNERS file.
#[derive(Clone, Debug, Default)]
pub struct CodeOwners {
    /// Rules in file order.
    pub rules: Vec<Rule>,
    /// Lines that do nothing, with the reason.
    pub errors: Vec<(u32, String)>,
    patterns: Vec<Pattern>,
    by_first_part: FxHashMap<Vec<u8>, Vec<u32>>,
    anywhere: Vec<u32>,
}

/// Parses a CODEOWNERS file; never fails, for every line stands alone.
pub fn parse(content: &[u8]) -> CodeOwners {
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    let mut file = CodeOwners::default();
    for (at, line) in content.split(|&byte| byte == b'\n').enumerate() {
        let number = u32::try_from(at + 1).unwrap_or(u32::MAX);
        if let Err(why) = file.push_line(number, line) {
            file.errors.push((number, why));
        }
    }
    file
}

impl CodeOwners {
    /// The rule that decides a path, as an index into [`rules`](Self::rules).
    pub fn rule_for(&self, path: &[u8]) -> Option<usize> {
        let parts: Vec<&[u8]> = path.split(|&byte| byte == b'/').collect();
        let filed = self.by_first_part.get(*parts.first()?).map_or(&[][..], Vec::as_slice);
        // Two lists in ascending order, walked together from the end: the first hit is the last match.
        let (mut filed, mut anywhere) = (filed, self.anywhere.as_slice());
        loop {
            let next = match (filed.split_last(), anywhere.split_last()) {
                (None, None) => return None,
                (Some((&a, rest)), other) if other.is_none_or(|(&b, _)| a > b) => {
                    filed = rest;
                    a
                }
                (_, Some((&b, rest))) => {
                    anywhere = rest;
                    b
                }
                (Some(_), None) => return None,
            } as usize;
            if self.patterns[next].matches(&parts) {
                return Some(next);
            }
        }
    }

    fn push_line(&mut self, line: u32, text: &[u8]) -> Result<(), String> {
        let words = words(text);
        let Some((pattern, owners)) = words.split_first() else { return Ok(()) };
        if pattern.starts_with(b"!") {
            return Err("a pattern cannot begin with `!`: CODEOWNERS has no negation".into());
        }
        let compiled = Pattern::new(pattern).map_err(str::to_owned)?;
        let owners: Vec<String> = owners.iter().map(|owner| owner_name(owner)).collect::<Result<_, _>>()?;
        let at = u32::try_from(self.rules.len()).map_err(|_| "too many rules".to_owned())?;
        match compiled.first_part() {
            Some(part) => self.by_first_part.entry(part.to_vec()).or_default().push(at),
            None => self.anywhere.push(at),
        }
        self.patterns.push(compiled);
        self.rules.push(Rule { line, pattern: String::from_utf8_lossy(pattern).into_owned(), owners });
        Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    fn owners<'a>(file: &'a CodeOwners, path: &str) -> Option<&'a [String]> {
        file.rule_for(path.as_bytes()).map(|at| file.rules[at].owners.as_slice())
    }

    #[test]
    fn the_last_match_decides() {
        let file =
            parse(b"\xef\xbb\xbf* @all\r\n/src/ @org/core # inline\r\n/src/gen/\n*.md docs@x.org @b\n");
        assert!(file.errors.is_empty(), "{:?}", file.errors);
        assert_eq!(owners(&file, "x.c"), Some(&["@all".to_owned()][..]));
        assert_eq!(owners(&file, "src/a/b.c"), Some(&["@org/core".to_owned()][..]));
        assert_eq!(owners(&file, "src/gen/b.c"), Some(&[][..]), "no owners takes ownership away");
        assert_eq!(owners(&file, "src/gen/b.md").unwrap().len(), 2);
        assert_eq!(file.rules[1].line, 2);
    }

    #[test]
    fn bad_lines_do_nothing_and_are_told() {
        let file = parse(b"!a @x\nok @x\nb not-an-owner\n*** @x\n\xff\xfe @x\nc \xff\n");
        assert_eq!(file.errors.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [1, 3, 4, 6]);
        assert_eq!(file.rules.len(), 2);
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
            file.rule_for(b"a/b");
            proptest::prop_assert!(file.rules.len() + file.errors.len() <= 201);
        }
    }
}
