//! Ruby's `File.fnmatch` with `FNM_PATHNAME | FNM_DOTMATCH`, which is what GitLab matches by.
//!
//! - `**/` as a whole part spans any number of directories; anywhere else two stars are one.
//! - `*` and `?` stay within a part and match a leading dot too.
//! - `[a-c]`, `[^a]`, `[!a]` are sets; one that is not closed matches nothing. A backslash takes the next character as
//!   it is.
//!
//! The pattern is taken apart at its slashes first, so a slash within brackets ends a part, where Ruby would look on;
//! no path can contain one. Matching keeps one restart point a level and is never exponential.

use facts::globs::matches_parts;

use crate::ownership::index::Filed;

/// A compiled pattern; paths are matched as if they began with a slash.
#[derive(Debug)]
pub(super) struct Pattern {
    parts: Vec<Part>,
}

#[derive(Debug, PartialEq)]
enum Part {
    Deep,
    Plain(String),
    Wild(Vec<Token>),
    /// Matches nothing.
    Never,
}

#[derive(Debug, PartialEq)]
enum Token {
    Char(char),
    Any,
    Star,
    Set { negated: bool, ranges: Vec<(char, char)> },
}

impl Pattern {
    pub(super) fn new(normalised: &str) -> Self {
        let texts: Vec<&str> = normalised.split('/').skip(1).collect();
        let last = texts.len().saturating_sub(1);
        let mut parts: Vec<Part> = Vec::new();
        for (at, text) in texts.iter().enumerate() {
            if *text == "**" && at < last {
                if !matches!(parts.last(), Some(Part::Deep)) {
                    parts.push(Part::Deep);
                }
            } else {
                parts.push(part(text));
            }
        }
        Self { parts }
    }

    /// Whether it matches a path of parts.
    pub(super) fn matches(&self, path: &[&[u8]]) -> bool {
        matches_parts(&self.parts, &Part::Deep, path, Part::matches, |rest| rest == 0)
    }
}

impl Pattern {
    /// Something every path it matches must have.
    pub(super) fn filed(&self) -> Filed {
        fn plain(part: &Part) -> Option<&str> {
            if let Part::Plain(name) = part { Some(name) } else { None }
        }
        let first: Vec<Vec<u8>> =
            self.parts.iter().map_while(plain).map(|name| name.as_bytes().to_vec()).collect();
        if !first.is_empty() {
            return Filed::Below(first);
        }
        if let Some(name) = self.parts.iter().filter_map(plain).next_back() {
            return Filed::Part(name.as_bytes().to_vec());
        }
        let Some(Part::Wild(tokens)) = self.parts.last() else { return Filed::Anywhere };
        let char_of = |token: &Token| if let Token::Char(c) = token { Some(*c) } else { None };
        let ending: Vec<char> = tokens.iter().rev().map_while(char_of).collect();
        let after_dot: Vec<char> = ending.iter().copied().take_while(|&c| c != '.').collect();
        if after_dot.len() == ending.len() {
            return Filed::Anywhere;
        }
        Filed::Ending(after_dot.into_iter().rev().collect::<String>().into_bytes())
    }
}

fn part(text: &str) -> Part {
    let mut tokens = Vec::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => tokens.push(Token::Char(rest.next().unwrap_or('\\'))),
            '*' if tokens.last() == Some(&Token::Star) => {}
            '*' => tokens.push(Token::Star),
            '?' => tokens.push(Token::Any),
            '[' => match set(&mut rest) {
                Some(set) => tokens.push(set),
                None => return Part::Never,
            },
            other => tokens.push(Token::Char(other)),
        }
    }
    let plain: Option<String> =
        tokens.iter().map(|token| if let Token::Char(c) = token { Some(*c) } else { None }).collect();
    plain.map_or(Part::Wild(tokens), Part::Plain)
}

/// The rest of a set after its opening bracket; `None` when it is never closed or is empty.
fn set(rest: &mut std::str::Chars<'_>) -> Option<Token> {
    let negated = rest.as_str().starts_with(['!', '^']);
    if negated {
        rest.next();
    }
    let mut ranges = Vec::new();
    loop {
        let low = match rest.next()? {
            ']' => break,
            '\\' => rest.next()?,
            c => c,
        };
        let mut ahead = rest.clone();
        let high = match (ahead.next(), ahead.next()) {
            (Some('-'), Some(high)) if high != ']' => {
                *rest = ahead.clone();
                if high == '\\' { rest.next()? } else { high }
            }
            _ => low,
        };
        ranges.push((low, high));
    }
    // Ruby's empty set matches nothing, negated everything.
    Some(Token::Set { negated, ranges })
}

impl Part {
    fn matches(&self, name: &[u8]) -> bool {
        match self {
            Self::Deep => true,
            Self::Never => false,
            Self::Plain(wanted) => wanted.as_bytes() == name,
            Self::Wild(tokens) => matches_tokens(tokens, &String::from_utf8_lossy(name)),
        }
    }
}

fn matches_tokens(tokens: &[Token], name: &str) -> bool {
    let (mut token, mut rest) = (0, name.chars());
    let mut restart: Option<(usize, std::str::Chars<'_>)> = None;
    loop {
        if tokens.get(token) == Some(&Token::Star) {
            token += 1;
            restart = Some((token, rest.clone()));
            continue;
        }
        let mut ahead = rest.clone();
        match (tokens.get(token), ahead.next()) {
            (None, None) => return true,
            (Some(wanted), Some(c)) if wanted.takes(c) => {
                token += 1;
                rest = ahead;
            }
            _ => {
                let Some((after, from)) = &mut restart else { return false };
                if from.next().is_none() {
                    return false;
                }
                token = *after;
                rest = from.clone();
            }
        }
    }
}

impl Token {
    fn takes(&self, c: char) -> bool {
        match self {
            Self::Char(wanted) => *wanted == c,
            Self::Any | Self::Star => true,
            Self::Set { negated, ranges } => {
                ranges.iter().any(|&(low, high)| (low..=high).contains(&c) || c == low || c == high)
                    != *negated
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(path: &str) -> Vec<&[u8]> {
        path.as_bytes().split(|&byte| byte == b'/').collect()
    }

    /// Ruby 3.1 `File.fnmatch(pattern, "/" + path, File::FNM_PATHNAME | File::FNM_DOTMATCH)`.
    #[test]
    fn agrees_with_ruby() {
        for (pattern, path, expected) in [
            ("/**/*", "a", true),
            ("/**/*", "a/.b/c", true),
            ("/a/**/b", "a/b", true),
            ("/a/**/b", "a/x/y/b", true),
            ("/a/**", "a/b", true),
            ("/a/**", "a/b/c", false),
            ("/a/**b", "a/xb", true),
            ("/a/**b", "a/x/b", false),
            ("/**/**/a", "x/a", true),
            ("/[a-c]x", "bx", true),
            ("/[^a-c]x", "bx", false),
            ("/[!a-c]x", "dx", true),
            ("/[a", "[a", false),
            ("/\\[a", "[a", true),
            ("/[]", "]", false),
            ("/[a-]", "-", true),
            ("/[\\]]", "]", true),
            ("/?", "é", true),
            ("/??", "é", false),
            ("/*a*b", "xaxbxb", true),
            ("/{a,b}", "a", false),
        ] {
            assert_eq!(Pattern::new(pattern).matches(&parts(path)), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn no_pattern_takes_exponential_time() {
        let path = vec!["a"; 2_000].join("/");
        assert!(!Pattern::new(&format!("/{}b", "**/a/".repeat(200))).matches(&parts(&path)));
        assert!(!Pattern::new(&format!("/{}b", "a*".repeat(200))).matches(&parts(&"a".repeat(5_000))));
    }
}
