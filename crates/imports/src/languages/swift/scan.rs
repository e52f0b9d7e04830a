//! Imports, declarations, and the names of types.

use rustc_hash::FxHashSet;

use super::within;
use crate::{
    Name, Scan,
    lex::{Lexicon, Quote, Token, balanced, nothing_special, tokens},
};

pub(super) const LEXICON: Lexicon = Lexicon {
    line_comments: &["//"],
    block_comments: &[("/*", "*/")],
    nested_comments: true,
    quotes: &[
        Quote::raw("#\"\"\"", "\"\"\"#").hole("\\#(", b')'),
        Quote::raw("#\"", "\"#").hole("\\#(", b')'),
        Quote { escapes: true, ..Quote::raw("\"\"\"", "\"\"\"") }.hole("\\(", b')'),
        Quote::plain("\"").hole("\\(", b')'),
    ],
    word_marks: b"`",
    special: nothing_special,
};

/// What an import may name besides a module.
const SORTS: &[&str] =
    &["actor", "class", "enum", "func", "let", "macro", "protocol", "struct", "typealias", "var"];

pub(super) fn scan(_path: &str, source: &str) -> Scan {
    let all = tokens(source, &LEXICON);
    let mut reader = Reader {
        tokens: &all,
        scope: String::new(),
        open: Vec::new(),
        pending: None,
        parameters: FxHashSet::default(),
        seen: FxHashSet::default(),
        out: Scan::default(),
    };
    reader.run();
    let mut out = reader.out;
    out.names.retain(|name| !(name.soft && reader.parameters.contains(name.text.as_str())));
    out.defines.sort();
    out.defines.dedup();
    // A branch may hold an opening bracket that another branch holds too.
    let branches = all.windows(2).any(|two| two[0].is("#") && (two[1].is("else") || two[1].is("elseif")));
    out.broken = !branches && !balanced(&all);
    out
}

struct Reader<'t, 's> {
    tokens: &'t [Token<'s>],
    /// The types around.
    scope: String,
    /// Scopes to go back to, one for each open brace.
    open: Vec<Option<String>>,
    /// The scope the next `{` begins.
    pending: Option<String>,
    /// Names that stand for any type.
    parameters: FxHashSet<&'s str>,
    seen: FxHashSet<(String, String)>,
    out: Scan,
}

impl<'s> Reader<'_, 's> {
    fn is(&self, at: usize, text: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is(text))
    }

    /// The word at a place.
    fn at(&self, at: usize) -> Option<&'s str> {
        self.tokens.get(at).filter(|token| token.is_word()).map(|token| token.text.trim_matches('`'))
    }

    fn run(&mut self) {
        let mut at = 0;
        while let Some(token) = self.tokens.get(at) {
            let member = at > 0 && self.is(at - 1, ".");
            at = match token.text {
                "#" if self.is(at + 1, "if") || self.is(at + 1, "elseif") => self.condition(at),
                _ if !token.is_word() => {
                    self.mark(token);
                    at + 1
                }
                _ if member => at + 1,
                "import" => self.import(at),
                "class" | "struct" | "enum" | "protocol" | "actor" => self.declaration(at),
                "extension" => self.extension(at),
                "typealias" | "macro" => self.alias(at),
                "associatedtype" => {
                    self.parameters.extend(self.at(at + 1));
                    at + 2
                }
                "func" | "init" | "subscript" => {
                    let named = (at + 1..at + 4).find(|at| self.is(*at, "<") || self.is(*at, "("));
                    self.generic(named.unwrap_or(at));
                    at + 1
                }
                word if word.trim_start_matches(['`', '_']).starts_with(char::is_uppercase) => {
                    self.type_name(at)
                }
                _ => at + 1,
            };
        }
    }

    /// `#if os(Linux)`: what stands there are no types.
    fn condition(&self, at: usize) -> usize {
        let line = self.tokens[at].line;
        at + self.tokens[at..].iter().take_while(|token| token.line == line).count()
    }

    fn mark(&mut self, token: &Token<'s>) {
        if token.is("{") {
            let scope = self.pending.take().map(|scope| std::mem::replace(&mut self.scope, scope));
            self.open.push(scope);
        } else if token.is("}")
            && let Some(Some(scope)) = self.open.pop()
        {
            self.scope = scope;
        }
    }

    /// `import M`, `import struct M.A`; attributes and access stand before it.
    fn import(&mut self, at: usize) -> usize {
        let line = self.tokens[at].line;
        let sort = self.at(at + 1).is_some_and(|word| SORTS.contains(&word)) && self.at(at + 2).is_some();
        let module = at + 1 + usize::from(sort);
        let Some(text) = self.at(module).filter(|_| self.tokens[module].line == line) else { return at + 1 };
        let symbol = self.is(module + 1, ".").then(|| self.at(module + 2)).flatten();
        let exports = self.exported(at) || at > 0 && self.is(at - 1, "public") && self.exported(at - 1);
        self.out.names.push(Name {
            text: text.to_owned(),
            symbols: symbol.filter(|_| sort).map(str::to_owned).into_iter().collect(),
            scope: if exports { vec!["export".to_owned()] } else { Vec::new() },
            line,
            ..Name::default()
        });
        if symbol.is_some() { module + 3 } else { module + 1 }
    }

    fn exported(&self, at: usize) -> bool {
        at > 0 && self.is(at - 1, "_exported")
    }

    fn declaration(&mut self, at: usize) -> usize {
        let Some(name) = self.at(at + 1) else { return at + 1 };
        let declares =
            ["{", ":", "<"].iter().any(|mark| self.is(at + 2, mark)) || self.at(at + 2) == Some("where");
        if !declares {
            return at + 1;
        }
        let whole = within(&self.scope, name);
        self.out.defines.push(whole.clone());
        self.pending = Some(whole);
        self.generic(at + 2);
        at + 2
    }

    /// `extension A.B {`: what is in it is in `A.B`.
    fn extension(&mut self, at: usize) -> usize {
        let mut name = String::new();
        let mut next = at + 1;
        while let Some(word) = self.at(next) {
            name = within(&name, word);
            if !self.is(next + 1, ".") {
                break;
            }
            next += 2;
        }
        if !name.is_empty() {
            self.pending = Some(name);
        }
        at + 1
    }

    /// `typealias A = …`, `macro A(…)`
    fn alias(&mut self, at: usize) -> usize {
        let declares = ["=", "<", "("].iter().any(|mark| self.is(at + 2, mark));
        let Some(name) = self.at(at + 1).filter(|_| declares) else { return at + 1 };
        self.out.defines.push(within(&self.scope, name));
        self.generic(at + 2);
        at + 2
    }

    /// Parameters `<A, B: C>` behind a declared name.
    fn generic(&mut self, open: usize) {
        if !self.is(open, "<") {
            return;
        }
        let mut depth = 0usize;
        for (at, token) in self.tokens.iter().enumerate().skip(open).take(200) {
            match token.text {
                "<" => depth += 1,
                ">" if !self.is(at - 1, "-") => depth = depth.saturating_sub(1),
                "{" | "(" if depth == 1 => return,
                _ => {}
            }
            if depth == 0 {
                return;
            }
            if depth == 1 && (token.is("<") || token.is(",")) {
                let each = usize::from(self.at(at + 1) == Some("each") || self.at(at + 1) == Some("let"));
                self.parameters.extend(self.at(at + 1 + each));
            }
        }
    }

    /// `A.B.C`, as far as the words are written as types are; `A<X>.B` is `A.B` as well.
    fn type_name(&mut self, at: usize) -> usize {
        let mut text = String::new();
        let mut next = at;
        while let Some(word) = self.at(next) {
            text = within(&text, word);
            if !self.goes_on(next + 1) {
                break;
            }
            next += 2;
        }
        let line = self.tokens[at].line;
        let behind = self.behind_arguments(next + 1).filter(|behind| self.goes_on(*behind));
        if let Some(inner) = behind.and_then(|behind| self.at(behind + 1)) {
            self.push(within(&text, inner), line);
        } else {
            self.push(text, line);
        }
        next + 1
    }

    /// Whether a `.` and a word written as types are stand there.
    fn goes_on(&self, at: usize) -> bool {
        let upper = |word: &str| word.trim_start_matches('_').starts_with(char::is_uppercase);
        self.is(at, ".") && self.at(at + 1).is_some_and(upper)
    }

    /// What follows the arguments of a generic type.
    fn behind_arguments(&self, open: usize) -> Option<usize> {
        let mut depth = 0usize;
        for (at, token) in self.tokens.iter().enumerate().skip(open).take(100) {
            match token.text {
                "<" => depth += 1,
                ">" if !self.is(at - 1, "-") => depth = depth.checked_sub(1)?,
                "{" | "}" | ";" => return None,
                _ => {}
            }
            if depth == 0 {
                return (at > open).then_some(at + 1);
            }
        }
        None
    }

    fn push(&mut self, text: String, line: u32) {
        if self.seen.insert((text.clone(), self.scope.clone())) {
            let scope = vec![self.scope.clone()];
            self.out.names.push(Name { text, scope, soft: true, line, ..Name::default() });
        }
    }
}
