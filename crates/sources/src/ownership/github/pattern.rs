//! One pattern of a GitHub CODEOWNERS file, compiled.
//!
//! What GitHub matches, stated by its documentation and settled by the 153 cases of the conformance table:
//!
//! - A pattern with a slash anywhere but at its end is anchored at the root; any other floats to any depth.
//! - A trailing slash means everything below that directory.
//! - A pattern whose last part has no wildcard, or is a name with one (`f*`), also covers everything below what it
//!   matches; a last part that is only `*` covers one level (`docs/*` is not recursive).
//! - `**` as a whole part spans any number of parts; `*` and `?` stay within one part.
//! - `[`, `]` and `!` are plain characters; a backslash takes the next character as it is.
//!
//! Matching a part against its wildcard is linear with one restart point, and parts against `**` likewise, so no
//! pattern takes exponential time.

use facts::globs::matches_parts;

use crate::ownership::index::Filed;

/// A character of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    Byte(u8),
    Any,
    Star,
}

/// A part between slashes.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// `**`: any number of parts, none included.
    Deep,
    /// No wildcard: the usual case, one comparison.
    Plain(Vec<u8>),
    /// With wildcards.
    Wild(Vec<Token>),
}

/// What may follow the last part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tail {
    /// Nothing, or anything below.
    SelfOrBelow,
    /// Something below: a trailing slash, or `/**`.
    Below,
    /// Nothing.
    Exactly,
}

/// A compiled pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    parts: Vec<Part>,
    tail: Tail,
}

impl Pattern {
    /// Compiles a pattern; an error says in a few words why GitHub would not take it.
    pub(super) fn new(text: &[u8]) -> Result<Self, &'static str> {
        if text.is_empty() {
            return Err("the pattern is empty");
        }
        if text.windows(3).any(|three| three == b"***") {
            return Err("`***` is no pattern");
        }
        if text == b"/" {
            return Err("`/` alone matches nothing");
        }
        let anchored = text[..text.len() - 1].contains(&b'/');
        let body = text.strip_prefix(b"/").unwrap_or(text);
        let directory = body.ends_with(b"/");
        let body = body.strip_suffix(b"/").unwrap_or(body);
        let mut parts: Vec<Part> = Vec::new();
        if !anchored {
            parts.push(Part::Deep);
        }
        parts.extend(body.split(|&byte| byte == b'/').map(part));
        let tail = if directory {
            Tail::Below
        } else {
            match parts.last() {
                Some(Part::Deep) => {
                    parts.pop();
                    Tail::Below
                }
                // `*` alone as the last of several parts is one level, as `docs/*`; by itself it is everything.
                Some(Part::Wild(tokens)) if tokens.as_slice() == [Token::Star] && anchored => Tail::Exactly,
                _ => Tail::SelfOrBelow,
            }
        };
        parts.dedup_by(|next, kept| *next == Part::Deep && *kept == Part::Deep);
        // `foo/**/` is everything below `foo`.
        if tail == Tail::Below {
            while parts.last() == Some(&Part::Deep) {
                parts.pop();
            }
        }
        Ok(Self { parts, tail })
    }

    /// Whether it matches a path of parts.
    pub(super) fn matches(&self, path: &[&[u8]]) -> bool {
        matches_parts(&self.parts, &Part::Deep, path, matches_part, |rest| self.tail_allows(rest))
    }

    fn tail_allows(&self, rest: usize) -> bool {
        match self.tail {
            Tail::SelfOrBelow => true,
            Tail::Below => rest > 0,
            Tail::Exactly => rest == 0,
        }
    }

    /// Something every path it matches must have.
    pub(super) fn filed(&self) -> Filed {
        fn plain(part: &Part) -> Option<&[u8]> {
            if let Part::Plain(name) = part { Some(name) } else { None }
        }
        let first: Vec<Vec<u8>> = self.parts.iter().map_while(plain).map(<[u8]>::to_vec).collect();
        if !first.is_empty() {
            return Filed::Below(first);
        }
        if let Some(name) = self.parts.iter().filter_map(plain).next_back() {
            return Filed::Part(name.to_vec());
        }
        let Some(Part::Wild(tokens)) = self.parts.last() else { return Filed::Anywhere };
        let bytes = |token: &Token| if let Token::Byte(byte) = token { Some(*byte) } else { None };
        let mut ending: Vec<u8> = tokens.iter().rev().map_while(bytes).collect();
        ending.reverse();
        match ending.iter().rposition(|&byte| byte == b'.') {
            Some(dot) => Filed::Ending(ending.split_off(dot + 1)),
            None => Filed::Anywhere,
        }
    }
}

fn part(text: &[u8]) -> Part {
    if text == b"**" {
        return Part::Deep;
    }
    let mut tokens = Vec::with_capacity(text.len());
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        let token = match byte {
            b'\\' => Token::Byte(bytes.next().unwrap_or(b'\\')),
            b'*' => Token::Star,
            b'?' => Token::Any,
            other => Token::Byte(other),
        };
        if token != Token::Star || tokens.last() != Some(&Token::Star) {
            tokens.push(token);
        }
    }
    let plain: Option<Vec<u8>> =
        tokens.iter().map(|token| if let Token::Byte(byte) = token { Some(*byte) } else { None }).collect();
    plain.map_or(Part::Wild(tokens), Part::Plain)
}

fn matches_part(part: &Part, name: &[u8]) -> bool {
    match part {
        Part::Deep => true,
        Part::Plain(wanted) => wanted == name,
        Part::Wild(tokens) => matches_tokens(tokens, name),
    }
}

fn matches_tokens(tokens: &[Token], name: &[u8]) -> bool {
    let (mut token, mut at) = (0, 0);
    let mut restart: Option<(usize, usize)> = None;
    while at < name.len() {
        match tokens.get(token) {
            Some(Token::Star) => {
                restart = Some((token + 1, at));
                token += 1;
            }
            Some(Token::Any) => {
                token += 1;
                at += 1;
                // A character may take several bytes.
                while name.get(at).is_some_and(|byte| byte & 0xc0 == 0x80) {
                    at += 1;
                }
            }
            Some(Token::Byte(byte)) if *byte == name[at] => {
                token += 1;
                at += 1;
            }
            _ => match restart {
                Some((after, from)) => {
                    restart = Some((after, from + 1));
                    token = after;
                    at = from + 1;
                }
                None => return false,
            },
        }
    }
    tokens[token..].iter().all(|token| *token == Token::Star)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, path: &str) -> bool {
        let parts: Vec<&[u8]> = path.as_bytes().split(|&byte| byte == b'/').collect();
        Pattern::new(pattern.as_bytes()).unwrap().matches(&parts)
    }

    #[test]
    fn no_pattern_takes_exponential_time() {
        let path = vec!["a"; 2_000].join("/");
        assert!(!matches(&format!("{}b", "**/a/".repeat(200)), &path));
        assert!(!matches(&format!("{}b", "a*".repeat(200)), &"a".repeat(5_000)));
    }

    #[test]
    fn a_question_mark_is_one_character() {
        assert!(matches("/?.md", "é.md") && matches("/a?b", "a語b"));
        assert!(!matches("/??.md", "é.md"));
    }

    /// The rules of the module doc, written as plainly as possible and without regard to time.
    fn slow(pattern: &str, path: &str) -> bool {
        fn glob(pattern: &[u8], name: &[u8]) -> bool {
            match pattern {
                [] => name.is_empty(),
                [b'*', rest @ ..] => (0..=name.len()).any(|skip| glob(rest, &name[skip..])),
                [b'?', rest @ ..] => !name.is_empty() && glob(rest, &name[1..]),
                [b'\\', byte, rest @ ..] => name.first() == Some(byte) && glob(rest, &name[1..]),
                [byte, rest @ ..] => name.first() == Some(byte) && glob(rest, &name[1..]),
            }
        }
        fn walk(parts: &[&str], path: &[&str], tail: u8) -> bool {
            match parts {
                [] => tail == 0 || (tail == 1 && !path.is_empty()) || (tail == 2 && path.is_empty()),
                ["**", rest @ ..] => (0..=path.len()).any(|skip| walk(rest, &path[skip..], tail)),
                [part, rest @ ..] => {
                    !path.is_empty()
                        && glob(part.as_bytes(), path[0].as_bytes())
                        && walk(rest, &path[1..], tail)
                }
            }
        }
        let anchored = pattern[..pattern.len() - 1].contains('/');
        let body = pattern.strip_prefix('/').unwrap_or(pattern);
        let (body, directory) = body.strip_suffix('/').map_or((body, false), |body| (body, true));
        let mut parts: Vec<&str> = body.split('/').collect();
        let mut tail = u8::from(directory);
        if !directory && *parts.last().unwrap() == "*" && anchored {
            tail = 2;
        }
        if *parts.last().unwrap() == "**" {
            parts.pop();
            tail = 1;
        }
        if !anchored {
            parts.insert(0, "**");
        }
        walk(&parts, &path.split('/').collect::<Vec<_>>(), tail)
    }

    proptest::proptest! {
        #[test]
        fn agrees_with_the_slow_reading(pattern in "/?([ab*?]|\\*\\*/|a/|/\\*\\*/){1,6}/?", path in "[ab]{1,3}(/[ab]{1,2}){0,4}") {
            proptest::prop_assume!(!pattern.contains("***") && !pattern.contains("//") && pattern != "/");
            let stars = pattern.split('/').any(|part| part.contains("**") && part != "**");
            proptest::prop_assume!(!stars);
            proptest::prop_assert_eq!(matches(&pattern, &path), slow(&pattern, &path), "{} {}", pattern, path);
        }

        #[test]
        fn no_bytes_make_it_panic(pattern in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..20)) {
            if let Ok(pattern) = Pattern::new(&pattern) {
                pattern.matches(&[b"a", b"b"]);
            }
        }
    }
}
