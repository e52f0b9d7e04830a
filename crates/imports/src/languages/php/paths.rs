//! Paths of other files, put together of texts, the file's own directory and constants.

use super::{DEFINES_PATH, PATH, Reader};
use crate::lex::Kind;

impl Reader<'_, '_> {
    /// `require __DIR__ . '/x.php';`, `include('x.php')`
    pub(super) fn require(&mut self, at: usize) {
        let open = usize::from(self.is(at + 1, "("));
        let Some((pieces, next)) = self.pieces(at + 1 + open) else { return };
        // What follows must end the path.
        if [";", ")", ",", "?"].iter().any(|mark| self.is(next, mark))
            || next >= self.tokens.len()
            || self.tokens[next].is_word()
        {
            let text =
                pieces.iter().map(|piece| piece.get(1..).unwrap_or_default()).collect::<Vec<_>>().concat();
            let symbols = std::iter::once(PATH.to_owned()).chain(pieces).collect();
            self.push(text, symbols, self.tokens[at].line, false);
        }
    }

    /// `define('A', __DIR__ . '/x')`
    pub(super) fn define(&mut self, at: usize) {
        let Some(name) = self.tokens.get(at).filter(|name| name.kind == Kind::Text && self.is(at + 1, ","))
        else {
            return;
        };
        self.scan.defines.push(format!("{}=", name.text));
        if let Some((pieces, next)) = self.pieces(at + 2)
            && self.is(next, ")")
        {
            let symbols = std::iter::once(DEFINES_PATH.to_owned()).chain(pieces).collect();
            self.push(name.text.to_owned(), symbols, name.line, true);
        }
    }

    /// A path put together of texts (`'…`), the directories above the file (`^`, one each), and constants (`=A`).
    fn pieces(&self, mut at: usize) -> Option<(Vec<String>, usize)> {
        let mut out = Vec::new();
        loop {
            let token = self.tokens.get(at)?;
            match token.text {
                text if token.kind == Kind::Text => {
                    let end = token.end();
                    if self.code[end..].starts_with("{$")
                        || (text.contains('$') && self.code[end..].starts_with('"'))
                    {
                        return None;
                    }
                    out.push(format!("'{text}"));
                    at += 1;
                }
                "__DIR__" => {
                    out.push("^".to_owned());
                    at += 1;
                }
                "dirname" => {
                    let (up, next) = self.dirname(at)?;
                    out.push("^".repeat(up));
                    at = next;
                }
                name if token.is_word() && !name.starts_with('$') && !self.is(at + 1, "(") => {
                    out.push(format!("={name}"));
                    at += 1;
                }
                _ => return None,
            }
            if !self.is(at, ".") {
                return Some((out, at));
            }
            at += 1;
        }
    }

    /// `dirname(__FILE__)`, `dirname(__DIR__, 2)`, `dirname(dirname(__FILE__))`: how many steps up from the file.
    fn dirname(&self, at: usize) -> Option<(usize, usize)> {
        let (mut begin, mut dirnames) = (at, 0);
        while self.is(begin, "dirname") && self.is(begin + 1, "(") {
            dirnames += 1;
            begin += 2;
        }
        let mut up = match self.tokens.get(begin)?.text {
            "__FILE__" => 0,
            "__DIR__" => 1,
            _ => return None,
        };
        let mut next = begin + 1;
        for _ in 0..dirnames {
            if self.is(next, ",") {
                up += self
                    .tokens
                    .get(next + 1)?
                    .text
                    .parse::<usize>()
                    .ok()
                    .filter(|steps| (1..20).contains(steps))?;
                next += 2;
            } else {
                up += 1;
            }
            if !self.is(next, ")") {
                return None;
            }
            next += 1;
        }
        Some((up, next))
    }
}
