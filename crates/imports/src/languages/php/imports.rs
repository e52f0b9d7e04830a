//! `use` statements: what other names a file takes, and what it calls them.

use super::{CONSTANT, FUNCTION, IMPORT, Reader};

impl Reader<'_, '_> {
    /// `A\B as C, D;`, `A\{B, function c};`, `function A\f;`, `const A\C;`
    pub(super) fn import(&mut self, mut at: usize) -> usize {
        let whole = self.import_sort(&mut at);
        loop {
            let (name, next) = self.qualified(at);
            // `A\{`: the words end before the mark.
            if self.is(next, "\\") && self.is(next + 1, "{") {
                at = next + 2;
                while !self.is(at, "}") && at < self.tokens.len() {
                    let mut sort = self.import_sort(&mut at);
                    if sort == IMPORT {
                        sort = whole;
                    }
                    let begin = at;
                    at = self.import_one(&format!("{name}\\"), at, sort);
                    if self.is(at, ",") {
                        at += 1;
                    } else if !self.is(at, "}") && at <= begin {
                        return at;
                    }
                }
                at += 1;
            } else {
                at = self.import_one("", at, whole).max(at + 1);
            }
            if !self.is(at, ",") {
                return at;
            }
            at += 1;
        }
    }

    /// Whether functions or constants are imported.
    fn import_sort(&self, at: &mut usize) -> &'static str {
        let followed = self.tokens.get(*at + 1).is_some_and(|next| next.is_word() || next.is("\\"));
        let sort = match followed {
            true if self.is_word(*at, "function") => FUNCTION,
            true if self.is_word(*at, "const") => CONSTANT,
            _ => return IMPORT,
        };
        *at += 1;
        sort
    }

    fn import_one(&mut self, before: &str, at: usize, sort: &str) -> usize {
        let line = self.tokens.get(at).map_or(0, |token| token.line);
        let (name, mut next) = self.qualified(at);
        if name.is_empty() {
            return at;
        }
        let name = format!("{before}{name}").trim_start_matches('\\').to_owned();
        let mut known_as = name.rsplit('\\').next().unwrap_or(&name);
        if self.is_word(next, "as")
            && let Some(alias) = self.tokens.get(next + 1)
        {
            known_as = alias.text;
            next += 2;
        }
        match sort {
            FUNCTION => self.imports.insert(format!("{}()", known_as.to_lowercase()), name.clone()),
            CONSTANT => None,
            _ => self.imports.insert(known_as.to_lowercase(), name.clone()),
        };
        self.push(name, vec![sort.to_owned()], line, false);
        next
    }
}
