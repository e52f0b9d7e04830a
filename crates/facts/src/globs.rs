//! Paths of a manifest: patterns from the root, `/` between parts.
//!
//! - A pattern is anchored: `docs` is the file or directory `docs` at the root, and everything below it.
//! - `*` and `?` stay within a part, `**` as a whole part spans any number of parts; everything else is itself.
//! - `dir/**` and `dir/` are everything below `dir`; `dir/*` is one level.
//!
//! Of several patterns that match a path the most specific is meant: the one with more plain parts at its start,
//! then the one with more parts, then the one without wildcards.
//!
//! Matching keeps one restart point a level, so no pattern takes exponential time.

use std::cmp::Reverse;

/// A compiled pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob {
    parts: Vec<Part>,
    below: Below,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Deep,
    Plain(String),
    Wild(String),
}

/// What may follow the last part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Below {
    /// Nothing, or anything below.
    Maybe,
    /// Something below.
    Only,
    /// Nothing.
    Never,
}

/// How specific a pattern is; the greater is meant.
pub type Specificity = (usize, usize, Reverse<bool>);

impl Glob {
    /// Compiles a pattern; an error says what is wrong with it and what would be right.
    pub fn new(text: &str) -> Result<Self, String> {
        let body = text.strip_prefix("./").unwrap_or(text);
        if body.is_empty() {
            return Err("the pattern is empty; `**` is everything".to_owned());
        }
        if body.starts_with('/') {
            return Err(format!(
                "patterns begin at the root without a slash: write `{}`",
                body.trim_start_matches('/')
            ));
        }
        if body.starts_with('!') {
            return Err("patterns cannot be negated; give the exception a module of its own".to_owned());
        }
        let directory = body.ends_with('/');
        let names: Vec<&str> = body.trim_end_matches('/').split('/').collect();
        if let Some(bad) = names.iter().find(|name| name.is_empty() || **name == "." || **name == "..") {
            return Err(format!("`{bad}` is no part of a path from the root"));
        }
        if let Some(bad) = names.iter().find(|name| name.contains("**") && **name != "**") {
            return Err(format!("`**` stands alone between slashes; in `{bad}` write `*`"));
        }
        let mut parts: Vec<Part> = Vec::new();
        for name in names {
            match name {
                "**" if parts.last() == Some(&Part::Deep) => {}
                "**" => parts.push(Part::Deep),
                name if name.contains(['*', '?']) => parts.push(Part::Wild(name.to_owned())),
                name => parts.push(Part::Plain(name.to_owned())),
            }
        }
        let below = match parts.last() {
            Some(Part::Deep) => {
                parts.pop();
                Below::Only
            }
            _ if directory => Below::Only,
            Some(Part::Wild(_)) => Below::Never,
            _ => Below::Maybe,
        };
        Ok(Self { parts, below })
    }

    /// Whether it matches a path.
    pub fn matches(&self, path: &[u8]) -> bool {
        let path: Vec<&[u8]> = path.split(|&byte| byte == b'/').collect();
        matches_parts(&self.parts, &Part::Deep, &path, Part::matches, |rest| self.may_follow(rest))
    }

    /// Which of some paths, sorted by bytes, it matches.
    pub fn among<'p>(&'p self, paths: &'p [Vec<u8>]) -> impl Iterator<Item = usize> + 'p {
        // Paths that begin alike lie side by side.
        let prefix = self.plain_prefix().into_bytes();
        let first = paths.partition_point(|path| path.as_slice() < prefix.as_slice());
        let rest = paths[first..].iter().take_while(move |path| path.starts_with(&prefix));
        rest.enumerate().filter(|(_, path)| self.matches(path)).map(move |(at, _)| first + at)
    }

    fn may_follow(&self, rest: usize) -> bool {
        match self.below {
            Below::Maybe => true,
            Below::Only => rest > 0,
            Below::Never => rest == 0,
        }
    }

    /// How specific it is.
    pub fn specificity(&self) -> Specificity {
        let plain = self.parts.iter().take_while(|part| matches!(part, Part::Plain(_))).count();
        let wild = plain < self.parts.len() || self.below == Below::Only;
        (plain, self.parts.len(), Reverse(wild))
    }

    /// The plain parts at its start, joined: every matching path is this or lies below it.
    pub fn plain_prefix(&self) -> String {
        let plain = self
            .parts
            .iter()
            .map_while(|part| if let Part::Plain(part) = part { Some(part.as_str()) } else { None });
        plain.collect::<Vec<_>>().join("/")
    }

    /// The part every matching path begins with, where there is one.
    pub fn first_part(&self) -> Option<&str> {
        if let Some(Part::Plain(part)) = self.parts.first() { Some(part) } else { None }
    }
}

impl Part {
    fn matches(&self, name: &[u8]) -> bool {
        match self {
            Self::Deep => true,
            Self::Plain(wanted) => wanted.as_bytes() == name,
            Self::Wild(pattern) => matches_name(pattern, &String::from_utf8_lossy(name)),
        }
    }
}

/// Whether a path of parts is a pattern of parts, in which `deep` stands for any number of them; `may_follow` says of how
/// many parts behind the last of the pattern that they may be there.
pub fn matches_parts<P: PartialEq>(
    pattern: &[P],
    deep: &P,
    path: &[&[u8]],
    matches: impl Fn(&P, &[u8]) -> bool,
    may_follow: impl Fn(usize) -> bool,
) -> bool {
    let (mut part, mut at) = (0, 0);
    let mut restart: Option<(usize, usize)> = None;
    loop {
        match pattern.get(part) {
            None if may_follow(path.len() - at) => return true,
            Some(wanted) if wanted == deep => {
                part += 1;
                restart = Some((part, at));
                continue;
            }
            Some(wanted) if at < path.len() && matches(wanted, path[at]) => {
                part += 1;
                at += 1;
                continue;
            }
            _ => {}
        }
        // Let the last `deep` take one part more; what came before it is settled.
        match restart {
            Some((after, from)) if from < path.len() => {
                restart = Some((after, from + 1));
                part = after;
                at = from + 1;
            }
            _ => return false,
        }
    }
}

/// Whether a name as a whole is the pattern: `*` is any run of characters, `?` any one.
pub fn matches_name(pattern: &str, name: &str) -> bool {
    let (mut pattern, mut name) = (pattern.chars(), name.chars());
    let mut restart: Option<(std::str::Chars<'_>, std::str::Chars<'_>)> = None;
    loop {
        let (mut wanted, mut found) = (pattern.clone(), name.clone());
        match (wanted.next(), found.next()) {
            (None, None) => return true,
            (Some('*'), _) => {
                pattern = wanted;
                restart = Some((pattern.clone(), name.clone()));
            }
            (Some(c), Some(other)) if c == '?' || c == other => {
                pattern = wanted;
                name = found;
            }
            _ => {
                let Some((after, from)) = &mut restart else { return false };
                if from.next().is_none() {
                    return false;
                }
                pattern = after.clone();
                name = from.clone();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, path: &str) -> bool {
        Glob::new(pattern).unwrap().matches(path.as_bytes())
    }

    #[test]
    fn patterns_match_from_the_root() {
        for (pattern, path, expected) in [
            ("docs", "docs", true),
            ("docs", "docs/a/b", true),
            ("docs", "a/docs", false),
            ("docs/", "docs/a", true),
            ("docs/", "docs", false),
            ("docs/**", "docs/a/b", true),
            ("docs/**", "docs", false),
            ("docs/*", "docs/a", true),
            ("docs/*", "docs/a/b", false),
            ("**/*.rs", "a.rs", true),
            ("**/*.rs", "a/b/c.rs", true),
            ("**/*.rs", "a.rs/x", false),
            ("a/**/z", "a/z", true),
            ("a/**/z", "a/b/c/z/below", true),
            ("**", "anything/at/all", true),
            ("*", "top", true),
            ("*", "top/below", false),
            ("a?c", "a語c", true),
            ("a[b", "a[b", true),
            ("./src", "src/x", true),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn the_more_specific_pattern_is_greater() {
        let order = ["**", "**/*.rs", "a/**", "a/*/x", "a/b/**", "a/b", "a/b/c.rs"];
        let specificity = |text: &str| Glob::new(text).unwrap().specificity();
        for pair in order.windows(2) {
            assert!(specificity(pair[0]) < specificity(pair[1]), "{pair:?}");
        }
    }

    #[test]
    fn wrong_patterns_say_what_is_right() {
        for text in ["", "/src", "!src", "a//b", "a/../b", "src/**.rs", "."] {
            assert!(Glob::new(text).is_err(), "{text}");
        }
    }

    #[test]
    fn no_pattern_takes_exponential_time() {
        let path = vec!["a"; 2_000].join("/");
        assert!(!matches(&format!("{}b", "**/a/".repeat(200)), &path));
        assert!(!matches(&format!("{}b", "a*".repeat(200)), &"a".repeat(5_000)));
    }
}
