//! What a file declares, what it uses, and the names of types in it.

use rustc_hash::FxHashSet;

use super::{
    EXTENSION, METHOD,
    positions::{Around, Position, arguments, position},
    within,
};
use crate::{
    Name, Scan,
    lex::{Lexicon, Quote, Token, balanced, path, tokens},
};

const VERBATIM: Quote = Quote { doubles: true, ..Quote::raw("@\"", "\"") };

const LEXICON: Lexicon = Lexicon {
    line_comments: &["//"],
    block_comments: &[("/*", "*/")],
    nested_comments: false,
    quotes: &[
        Quote::raw("$$\"\"\"", "\"\"\"").hole("{{", b'}'),
        Quote::raw("$\"\"\"", "\"\"\"").hole("{", b'}'),
        Quote::raw("\"\"\"", "\"\"\""),
        Quote { open: "$@\"", ..VERBATIM }.hole("{", b'}'),
        Quote { open: "@$\"", ..VERBATIM }.hole("{", b'}'),
        VERBATIM,
        Quote { open: "$\"", ..Quote::plain("\"") }.hole("{", b'}'),
        Quote::plain("\""),
        Quote::plain("'"),
    ],
    word_marks: b"",
    special: long_raw_text,
};

/// `""""…""""`, with four quotes or more.
fn long_raw_text(_before: Option<&Token<'_>>, rest: &str) -> Option<usize> {
    let quotes = rest.bytes().take_while(|byte| *byte == b'"').count();
    if quotes < 4 {
        return None;
    }
    let end = rest[quotes..].find(&rest[..quotes]);
    Some(end.map_or(rest.len(), |at| quotes + at + quotes))
}

pub(super) fn scan(_path: &str, source: &str) -> Scan {
    let all = tokens(source, &LEXICON);
    let (tokens, branches) = without_directives(&all);
    let mut reader = Reader::new(&tokens);
    reader.run();
    let mut out = reader.finish();
    // A branch may hold an opening bracket that another branch holds too.
    out.broken = !branches && !balanced(&tokens);
    out
}

/// The tokens that are no part of `#` lines, and whether those say other branches.
fn without_directives<'s>(all: &[Token<'s>]) -> (Vec<Token<'s>>, bool) {
    let mut out: Vec<Token<'s>> = Vec::with_capacity(all.len());
    let (mut directive, mut line, mut branches) = (0, 0, false);
    for (at, token) in all.iter().enumerate() {
        if token.line != line && token.is("#") {
            directive = token.line;
            branches |= all.get(at + 1).is_some_and(|word| word.text == "else" || word.text == "elif");
        }
        line = token.line;
        if token.line != directive {
            out.push(*token);
        }
    }
    (out, branches)
}

/// An open bracket.
struct Open {
    bracket: u8,
    /// The scope around it, to go back to.
    scope: Option<String>,
    attributes: bool,
}

struct Reader<'t, 's> {
    tokens: &'t [Token<'s>],
    /// The namespace and the types around.
    scope: String,
    namespace: String,
    open: Vec<Open>,
    /// The scope the next `{` begins.
    pending: Option<String>,
    /// Base types or constraints are listed, outside of any parentheses.
    listing: Option<usize>,
    /// Where type arguments end that are being read.
    arguments_end: usize,
    members: FxHashSet<&'s str>,
    typed: FxHashSet<&'s str>,
    /// Names that may be members, with their first word.
    heads: Vec<(usize, &'s str)>,
    seen: FxHashSet<(String, String)>,
    namespaces: Vec<String>,
    out: Scan,
}

impl<'t, 's> Reader<'t, 's> {
    fn new(tokens: &'t [Token<'s>]) -> Self {
        Self {
            tokens,
            scope: String::new(),
            namespace: String::new(),
            open: Vec::new(),
            pending: None,
            listing: None,
            arguments_end: 0,
            members: FxHashSet::default(),
            typed: FxHashSet::default(),
            heads: Vec::new(),
            seen: FxHashSet::default(),
            namespaces: Vec::new(),
            out: Scan::default(),
        }
    }

    fn finish(mut self) -> Scan {
        let unsure: FxHashSet<usize> = self
            .heads
            .iter()
            .filter(|(_, head)| self.members.contains(head) && !self.typed.contains(head))
            .map(|(at, _)| *at)
            .collect();
        let mut at = 0;
        self.out.names.retain(|_| {
            at += 1;
            !unsure.contains(&(at - 1))
        });
        self.out.package = self.namespaces.join(" ");
        self.out.defines.sort();
        self.out.defines.dedup();
        self.out
    }

    fn token(&self, at: usize) -> Option<Token<'s>> {
        self.tokens.get(at).copied()
    }

    fn is(&self, at: usize, text: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is(text))
    }

    fn is_word(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(Token::is_word)
    }

    fn run(&mut self) {
        let mut at = 0;
        while let Some(token) = self.token(at) {
            at = match (token.is_word(), token.text) {
                (true, "using") => self.using(at),
                (true, "namespace") => self.namespace(at),
                (true, "class" | "struct" | "interface" | "enum" | "record") => self.declaration(at),
                (true, "delegate") => self.delegate(at),
                (true, "where") if self.is_word(at + 1) && self.is(at + 2, ":") => {
                    self.listing = Some(self.open.len());
                    at + 3
                }
                (true, "global") if self.is(at + 1, ":") && self.is(at + 2, ":") => self.qualified(at),
                (true, _) => self.word(at),
                (false, mark) if token.is(mark) => {
                    self.mark(at, mark.as_bytes()[0]);
                    at + 1
                }
                _ => at + 1,
            };
        }
    }

    fn mark(&mut self, at: usize, mark: u8) {
        match mark {
            b'{' | b'(' | b'[' => {
                let scope = (mark == b'{').then(|| self.pending.take()).flatten();
                if mark == b'{' && self.listing.is_some_and(|depth| depth >= self.open.len()) {
                    self.listing = None;
                }
                let begins =
                    at == 0 || ["{", "}", ";", "(", ",", "]", "<"].iter().any(|mark| self.is(at - 1, mark));
                let scope = scope.map(|scope| std::mem::replace(&mut self.scope, scope));
                self.open.push(Open { bracket: mark, scope, attributes: mark == b'[' && begins });
                if mark == b'(' {
                    self.extension(at);
                }
            }
            b'}' | b')' | b']' => {
                let opener = match mark {
                    b'}' => b'{',
                    b')' => b'(',
                    _ => b'[',
                };
                // An opener another branch of an `#if` holds too is closed once.
                if self.open.last().is_some_and(|open| open.bracket == opener)
                    && let Some(Open { scope: Some(scope), .. }) = self.open.pop()
                {
                    self.scope = scope;
                }
            }
            b';' => {
                self.pending = None;
                self.listing = None;
            }
            b'=' if self.is(at + 1, ">") => self.listing = None,
            _ => {}
        }
        if self.scope.is_empty() {
            self.namespace.clear();
        }
    }

    /// `using A.B;`, `using static A.B.C;`, `using X = A.B.C;`, each perhaps behind `global`.
    fn using(&mut self, at: usize) -> usize {
        let global = at > 0 && self.is(at - 1, "global");
        let line = self.tokens[at].line;
        let mut next = at + 1;
        if self.is(next, "unsafe") {
            next += 1;
        }
        let mut word = "using".to_owned();
        if self.is(next, "static") {
            word = "static".to_owned();
            next += 1;
        } else if self.is_word(next) && self.is(next + 1, "=") && !self.is(next + 2, "=") {
            self.tokens[next].text.clone_into(&mut word);
            next += 2;
        }
        if self.is(next, "global") && self.is(next + 1, ":") {
            next += 3;
        }
        let (text, end) = path(self.tokens, next, ".");
        let (text, end) = match arguments(self.tokens, end) {
            Some((close, count)) => (format!("{text}`{count}"), close + 1),
            None => (text, end),
        };
        if text.is_empty() || !self.is(end, ";") {
            return at + 1;
        }
        let mut symbols = if global { vec!["global".to_owned()] } else { Vec::new() };
        if !(global && word == "using") {
            symbols.push(word);
        }
        let scope = vec![self.scope.clone()];
        self.out.names.push(Name { text, symbols, scope, line, ..Name::default() });
        // What stands between `<>` is used as well.
        let generic = (next..end).find(|at| self.is(*at, "<"));
        generic.inspect(|_| self.arguments_end = end).unwrap_or(end)
    }

    fn namespace(&mut self, at: usize) -> usize {
        let (name, end) = path(self.tokens, at + 1, ".");
        if name.is_empty() {
            return at + 1;
        }
        let whole = within(&self.scope, &name);
        if !self.namespaces.contains(&whole) {
            self.namespaces.push(whole.clone());
        }
        self.namespace.clone_from(&whole);
        if self.is(end, "{") {
            self.pending = Some(whole);
        } else {
            self.scope = whole;
        }
        end
    }

    fn declaration(&mut self, at: usize) -> usize {
        let mut name = at + 1;
        if self.is(at, "record") && (self.is(name, "struct") || self.is(name, "class")) {
            name += 1;
        }
        let contextual =
            self.is(at, "record") && !["(", "{", ":", "<", ";"].iter().any(|mark| self.is(name + 1, mark));
        if !self.is_word(name) || self.is(name, "where") || contextual {
            return at + 1;
        }
        let (end, arity) = self.declared_name(name);
        let whole = within(&self.scope, &format!("{}{arity}", self.tokens[name].text));
        self.out.defines.push(whole.clone());
        self.pending = Some(whole);
        // Behind the parameters of a record or class, if there are any, its base types follow a `:`.
        let bases = if self.is(end, "(") { self.closing(end) } else { end };
        if self.is(bases, ":") {
            self.listing = Some(self.open.len());
        }
        end
    }

    /// Where a declared name with its type parameters ends, and how many of these there are, as `` `2 ``.
    fn declared_name(&self, name: usize) -> (usize, String) {
        match arguments(self.tokens, name + 1) {
            Some((close, count)) => (close + 1, format!("`{count}")),
            None => (name + 1, String::new()),
        }
    }

    /// Behind the parenthesis that closes the one at `open`.
    fn closing(&self, open: usize) -> usize {
        let mut depth = 0usize;
        for (at, token) in self.tokens.iter().enumerate().skip(open).take(2_000) {
            depth += usize::from(token.is("("));
            depth -= usize::from(token.is(")"));
            if depth == 0 {
                return at + 1;
            }
        }
        open
    }

    /// `delegate R Name<T>(`: the name is what stands before the parenthesis.
    fn delegate(&mut self, at: usize) -> usize {
        let mut next = at + 1;
        while self.tokens.get(next).is_some_and(|token| token.is_word() || ".?[],*".contains(token.text)) {
            let (end, arity) = self.declared_name(next);
            if self.is(end, "(") && self.is_word(next) && next > at + 1 {
                self.out.defines.push(within(&self.scope, &format!("{}{arity}", self.tokens[next].text)));
                break;
            }
            next = end;
        }
        at + 1
    }

    /// `static R Name<T>(this X x`.
    fn extension(&mut self, open: usize) {
        if !(self.is(open + 1, "this") && self.is_word(open + 2)) {
            return;
        }
        let mut at = open;
        if at > 0 && self.is(at - 1, ">") {
            let near = at.saturating_sub(300);
            at = near + self.tokens[near..at].iter().rposition(|token| token.is("<")).unwrap_or(0);
        }
        if let Some(name) = at.checked_sub(1).and_then(|at| self.token(at)).filter(Token::is_word) {
            let method = within(&self.namespace, name.text);
            self.out.defines.push(format!("{EXTENSION}{method}"));
        }
    }

    /// `global::A.B.C`
    fn qualified(&mut self, at: usize) -> usize {
        let (text, end) = path(self.tokens, at + 3, ".");
        let (_, arity) = self.declared_name(end.saturating_sub(1));
        self.push(format!("global::{text}{arity}"), self.tokens[at].line);
        end.max(at + 3)
    }

    fn word(&mut self, at: usize) -> usize {
        let token = self.tokens[at];
        let generic = arguments(self.tokens, at + 1);
        if let Some((close, _)) = generic {
            self.arguments_end = self.arguments_end.max(close);
        }
        if !token.text.starts_with(char::is_uppercase) {
            return at + 1;
        }
        let listed = self.listing == Some(self.open.len());
        let around = Around {
            types: at < self.arguments_end || listed,
            attribute: self.open.last().is_some_and(|open| open.attributes),
        };
        let close = generic.map(|(close, _)| close);
        match position(self.tokens, at, close, around) {
            Position::Declared => {
                self.members.insert(token.text);
                let parameters = close.map_or(at + 1, |close| close + 1);
                if self.is(parameters, "(") && !self.is(parameters + 1, "this") {
                    self.out.defines.push(format!("{METHOD}{}", token.text));
                }
                at + 1
            }
            Position::Other => {
                let called = self.is(close.map_or(at + 1, |close| close + 1), "(");
                if called && at > 0 && self.is(at - 1, ".") {
                    self.push(format!(".{}", token.text), token.line);
                }
                at + 1
            }
            position => {
                if position == Position::Type {
                    self.typed.insert(token.text);
                }
                self.type_name(at, around.attribute, position == Position::Head)
            }
        }
    }

    fn type_name(&mut self, at: usize, attribute: bool, head: bool) -> usize {
        let line = self.tokens[at].line;
        let (text, end) = path(self.tokens, at, ".");
        let (close, arity) = self.declared_name(end - 1);
        self.arguments_end = self.arguments_end.max(close - 1);
        // A method at the end of the path may be an extension.
        let last = self.tokens[end - 1];
        if end > at + 1 && last.text.starts_with(char::is_uppercase) && self.is(end, "(") {
            self.push(format!(".{}", last.text), last.line);
        }
        if self.push(format!("{text}{arity}"), line) && head {
            self.heads.push((self.out.names.len() - 1, self.tokens[at].text));
        }
        if attribute {
            self.push(format!("{text}Attribute"), line);
        }
        end
    }

    /// Keeps a name, where it is new.
    fn push(&mut self, text: String, line: u32) -> bool {
        let new = self.seen.insert((text.clone(), self.scope.clone()));
        if new {
            let scope = vec![self.scope.clone()];
            self.out.names.push(Name { text, scope, line, soft: true, ..Name::default() });
        }
        new
    }
}
