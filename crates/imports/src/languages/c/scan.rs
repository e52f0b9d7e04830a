//! Directives and module declarations.

use rustc_hash::FxHashMap;

use crate::{
    Name, Scan,
    lex::{Kind, Lexicon, Quote, Token, tokens},
};

const LEXICON: Lexicon = Lexicon {
    line_comments: &["//"],
    block_comments: &[("/*", "*/")],
    nested_comments: false,
    quotes: &[Quote::plain("\""), Quote::plain("'")],
    word_marks: b"",
    special: raw_text,
};

/// `R"x(…)x"`, with any of C++'s prefixes.
fn raw_text(_before: Option<&Token<'_>>, rest: &str) -> Option<usize> {
    let prefix =
        ["R\"", "LR\"", "u8R\"", "uR\"", "UR\""].into_iter().find(|prefix| rest.starts_with(prefix))?;
    let body = &rest[prefix.len()..];
    let open = body.bytes().take(17).position(|byte| byte == b'(')?;
    let delimiter = body.get(..open)?;
    if delimiter.contains(['"', ' ', '\\', ')', '\n']) {
        return None;
    }
    let close = format!("){delimiter}\"");
    Some(body.find(&close).map_or(rest.len(), |at| prefix.len() + at + close.len()))
}

pub(super) fn c(_path: &str, source: &str) -> Scan {
    let mut reader = Reader::new(source);
    reader.directives();
    reader.finish()
}

pub(super) fn cpp(_path: &str, source: &str) -> Scan {
    let mut reader = Reader::new(source);
    reader.directives();
    reader.modules();
    reader.finish()
}

pub(super) fn objective_c(_path: &str, source: &str) -> Scan {
    let mut reader = Reader::new(source);
    reader.directives();
    reader.at_imports();
    reader.finish()
}

/// A conditional that is open.
struct Conditional {
    /// Nothing in this branch is ever built.
    dead: bool,
}

struct Reader<'s> {
    source: &'s str,
    tokens: Vec<Token<'s>>,
    /// Macros that say a header.
    headers: FxHashMap<&'s str, String>,
    out: Scan,
}

impl<'s> Reader<'s> {
    fn new(source: &'s str) -> Self {
        let tokens = tokens(source, &LEXICON);
        Self { source, tokens, headers: FxHashMap::default(), out: Scan::default() }
    }

    fn finish(mut self) -> Scan {
        for name in self.out.names.iter_mut().filter(|name| name.scope.iter().any(|scope| scope == "macro")) {
            if let Some(header) = self.headers.get(name.text.as_str()) {
                name.text.clone_from(header);
                name.scope.clear();
            }
        }
        self.out.names.sort_by_key(|name| name.line);
        self.out
    }

    fn directives(&mut self) {
        let mut open: Vec<Conditional> = Vec::new();
        let mut line = 0;
        for at in 0..self.tokens.len() {
            let token = self.tokens[at];
            let first = token.line != std::mem::replace(&mut line, token.line);
            if !(first && token.is("#")) {
                continue;
            }
            let Some(word) = self.behind(at).map(|at| self.tokens[at]) else { continue };
            match word.text {
                "if" | "ifdef" | "ifndef" => {
                    let condition = self.behind(at + 1).map(|at| self.tokens[at]);
                    let zero = condition
                        .is_some_and(|one| matches!(one.text, "0" | "false") && self.ends_line(one.end()));
                    open.push(Conditional { dead: word.text == "if" && zero });
                }
                "elif" | "else" | "elifdef" | "elifndef" => match open.last_mut() {
                    Some(one) => one.dead = false,
                    None => self.out.broken = true,
                },
                "endif" => self.out.broken |= open.pop().is_none(),
                "define" => self.define(at + 1),
                "include" | "include_next" | "import" | "embed" if !open.iter().any(|one| one.dead) => {
                    self.include(at + 1, word);
                }
                _ => {}
            }
        }
        self.out.broken |= !open.is_empty();
    }

    /// Whether nothing but white space follows on the line.
    fn ends_line(&self, at: usize) -> bool {
        self.source[at..].split('\n').next().is_none_or(|rest| rest.trim().is_empty() || rest.contains("//"))
    }

    /// The token behind one on its line, or on the next where a `\` joins them.
    fn behind(&self, at: usize) -> Option<usize> {
        let line = self.tokens.get(at)?.line;
        let next = self.tokens.get(at + 1)?;
        if next.is("\\") && next.line == line {
            return (at + 2 < self.tokens.len()).then_some(at + 2);
        }
        (next.line == line).then_some(at + 1)
    }

    /// Keeps `#define MACRO "a.h"` and `#define MACRO <a.h>`.
    fn define(&mut self, at: usize) {
        let Some(name) = self.behind(at) else { return };
        let value = self.behind(name).map(|value| self.tokens[value]);
        if let Some(header) = value.and_then(|value| self.header(value)) {
            self.headers.entry(self.tokens[name].text).or_insert(header);
        }
    }

    /// What a directive names, whose word is given.
    fn include(&mut self, at: usize, directive: Token<'s>) {
        let Some(named) = self.behind(at).map(|at| self.tokens[at]) else { return };
        let symbols = if directive.text == "import" { vec!["import".to_owned()] } else { Vec::new() };
        let (text, scope) = match (named.kind, self.header(named)) {
            (_, Some(text)) => (text, Vec::new()),
            (Kind::Word, _) => (named.text.to_owned(), vec!["macro".to_owned()]),
            _ => return,
        };
        self.out.names.push(Name { text, symbols, scope, line: directive.line, ..Name::default() });
    }

    /// `"a.h"` without its quotes, or `<a.h>`.
    fn header(&self, token: Token<'s>) -> Option<String> {
        if token.kind == Kind::Text {
            return (!token.text.is_empty()).then(|| token.text.trim().to_owned());
        }
        let line = self.source[token.at as usize..].lines().next()?;
        let named = line.strip_prefix('<')?.split_once('>')?.0.trim();
        (!named.is_empty()).then(|| format!("<{named}>"))
    }

    /// `import a.b;`, `export module a:part;` and their like. They begin a line, after `export` at the most.
    fn modules(&mut self) {
        let mut own = String::new();
        let mut line = 0;
        for at in 0..self.tokens.len() {
            let token = self.tokens[at];
            let first = token.line != std::mem::replace(&mut line, token.line);
            let exports = at > 0 && self.tokens[at - 1].is("export");
            if !(first || exports) || !(token.is("import") || token.is("module")) {
                continue;
            }
            let Some(next) = self.tokens.get(at + 1).copied() else { return };
            if token.is("import")
                && let Some(text) = self.header(next)
            {
                self.out.names.push(Name { text, line: token.line, ..Name::default() });
                continue;
            }
            let Some(path) = self.module_path(at + 1) else { continue };
            let whole = if path.starts_with(':') { format!("{own}{path}") } else { path };
            if token.is("module") {
                own = whole.split(':').next().unwrap_or(&whole).to_owned();
                if exports || whole.contains(':') {
                    self.out.defines.push(whole);
                    continue;
                }
            }
            let scope = vec![token.text.to_owned()];
            self.out.names.push(Name { text: whole, scope, line: token.line, ..Name::default() });
        }
    }

    /// `a.b`, `a:part` or `:part`, where a `;` follows.
    fn module_path(&self, at: usize) -> Option<String> {
        let (mut out, mut word) = (String::new(), false);
        for token in &self.tokens[at..] {
            match token.text {
                ";" => return word.then_some(out),
                "." | ":" if word || token.is(":") => word = false,
                _ if token.is_word() && !word => word = true,
                _ => return None,
            }
            out.push_str(token.text);
        }
        None
    }

    /// `@import A.B;`
    fn at_imports(&mut self) {
        for at in 0..self.tokens.len() {
            let [sign, import, ..] = self.tokens[at..] else { return };
            if sign.is("@")
                && import.is("import")
                && let Some(text) = self.module_path(at + 2)
            {
                let scope = vec!["@".to_owned()];
                self.out.names.push(Name { text, scope, line: sign.line, ..Name::default() });
            }
        }
    }
}
