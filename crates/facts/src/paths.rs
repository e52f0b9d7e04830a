//! Repository paths, interned once and compared as numbers.
//!
//! Git paths are bytes, not text: a path may be any byte string without NUL. It becomes text only at the
//! edge, through [`display`], which is lossless.

use rustc_hash::FxHashMap;

use crate::PathId;

/// Interned paths, in the order in which they were first seen.
#[derive(Clone, Debug, Default)]
pub struct Paths {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    known: FxHashMap<Box<[u8]>, PathId>,
}

impl Paths {
    /// The id of `path`, interning it when it is new.
    pub fn intern(&mut self, path: &[u8]) -> PathId {
        if let Some(&id) = self.known.get(path) {
            return id;
        }
        let id = PathId::from_index(self.ends.len());
        self.bytes.extend_from_slice(path);
        self.ends.push(self.bytes.len());
        self.known.insert(path.into(), id);
        id
    }

    /// The id of `path`, if it was ever interned.
    pub fn get(&self, path: &[u8]) -> Option<PathId> {
        self.known.get(path).copied()
    }

    /// The bytes of a path.
    pub fn bytes(&self, id: PathId) -> &[u8] {
        let start = if id.0 == 0 { 0 } else { self.ends[id.index() - 1] };
        &self.bytes[start..self.ends[id.index()]]
    }

    /// The path as text, quoted as [`display`] does.
    pub fn text(&self, id: PathId) -> String {
        display(self.bytes(id))
    }

    /// How many distinct paths there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether no path was interned.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

/// A path as text without loss.
///
/// Valid UTF-8 stands as it is. Anything else, and a path that itself begins with `"`, is written as git
/// quotes paths: in double quotes, with `\"`, `\\` and three-digit octal escapes, so that
/// [`parse_displayed`] gives the same bytes back.
pub fn display(path: &[u8]) -> String {
    match std::str::from_utf8(path) {
        Ok(text) if !text.starts_with('"') => text.to_owned(),
        _ => {
            let mut out = String::with_capacity(path.len() + 8);
            out.push('"');
            for chunk in path.utf8_chunks() {
                for c in chunk.valid().chars() {
                    if matches!(c, '"' | '\\') {
                        out.push('\\');
                    }
                    out.push(c);
                }
                for byte in chunk.invalid() {
                    out.push_str(&format!("\\{byte:03o}"));
                }
            }
            out.push('"');
            out
        }
    }
}

/// The bytes of a path written by [`display`].
pub fn parse_displayed(text: &str) -> Vec<u8> {
    let Some(inner) = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return text.as_bytes().to_vec();
    };
    let bytes = inner.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at..] {
            [b'\\', a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', ..] => {
                out.push((a - b'0') * 64 + (b - b'0') * 8 + (c - b'0'));
                at += 4;
            }
            [b'\\', escaped, ..] => {
                out.push(escaped);
                at += 2;
            }
            _ => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interning_is_stable() {
        let mut paths = Paths::default();
        let a = paths.intern(b"a/b");
        let empty = paths.intern(b"");
        let c = paths.intern(b"c");
        assert_eq!(paths.intern(b"a/b"), a);
        assert_eq!(paths.bytes(a), b"a/b");
        assert_eq!(paths.bytes(empty), b"");
        assert_eq!(paths.bytes(c), b"c");
        assert_eq!(paths.len(), 3);
        assert_eq!(paths.get(b"zz"), None);
    }

    #[test]
    fn text_is_lossless() {
        for path in [
            &b"src/main.rs"[..],
            b"caf\xe9.txt",
            b"\"quoted\"",
            b"a\\b",
            b"\xff\"\\x",
            b"new\nline",
            b"",
            b"\"",
        ] {
            assert_eq!(parse_displayed(&display(path)), path, "{}", display(path));
        }
        assert_eq!(display(b"caf\xe9.txt"), r#""caf\351.txt""#);
    }
}
