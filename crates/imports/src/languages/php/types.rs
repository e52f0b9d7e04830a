//! Types in the heads of functions and in `catch`.

use super::Reader;

/// More tokens before a variable are no type.
const LONGEST_TYPE: usize = 256;

impl Reader<'_, '_> {
    /// `?A|B`, `(A&B)|null` up to what is no type.
    pub(super) fn types(&mut self, mut at: usize) -> usize {
        while let Some(token) = self.tokens.get(at).copied() {
            if (token.is_word() && !token.text.starts_with('$')) || token.is("\\") {
                let (name, next) = self.qualified(at);
                self.class(&name, token.line);
                at = next.max(at + 1);
            } else if ["?", "|", "&", "("].iter().any(|mark| token.is(mark))
                || (token.is(")") && self.is(at + 1, "|"))
            {
                at += 1;
            } else {
                break;
            }
        }
        at
    }

    /// `function &f(A $x): B`, `fn (A $x): B => …`; its parameters are read as they come, so is what follows its types.
    pub(super) fn function(&mut self, at: usize) -> usize {
        let mut next = at + 1;
        if self.is(next, "&") {
            next += 1;
        }
        if let Some(name) = self.tokens.get(next).filter(|name| name.is_word() && self.is(next + 1, "(")) {
            if self.classes.is_empty() {
                let name = self.full(name.text);
                self.scan.defines.push(format!("{name}()"));
            }
            next += 1;
        }
        let Some(mut close) = self.closing(next).filter(|_| self.is(next, "(")) else { return next };
        self.parameters(next + 1, close);
        if self.is_word(close + 1, "use")
            && let Some(behind) = self.closing(close + 2)
        {
            close = behind;
        }
        if self.is(close + 1, ":") {
            self.types(close + 2);
        }
        next
    }

    /// Types before `&$x` and `...$x`, which elsewhere are operators.
    fn parameters(&mut self, from: usize, to: usize) {
        let mut at = from;
        while at < to {
            let begins = at == from
                || ["(", ",", "]"].iter().any(|mark| self.is(at - 1, mark))
                || self.is_modifier(at - 1);
            let is_type = self.tokens[at].is_word() && !self.is_variable(at) && !self.is_modifier(at);
            if begins
                && (is_type || self.is(at, "?") || self.is(at, "\\") || self.is(at, "("))
                && !self.is(at + 1, "(")
            {
                let mut behind = at;
                // Up to the variable, if there is one.
                let end = to.min(at + LONGEST_TYPE);
                while behind < end
                    && !self.is_variable(behind)
                    && !self.is(behind, ",")
                    && !self.is(behind, "=")
                {
                    behind += 1;
                }
                if self.is_variable(behind) {
                    self.types(at);
                    at = behind;
                }
            }
            // What is in brackets belongs to a value or an attribute.
            at = self.closing(at).unwrap_or(at) + 1;
        }
    }

    fn is_modifier(&self, at: usize) -> bool {
        ["public", "protected", "private", "readonly"].iter().any(|word| self.is_word(at, word))
    }
}
