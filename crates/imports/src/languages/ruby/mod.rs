//! Ruby, read as tokens.
//!
//! | written | means |
//! |---|---|
//! | `require "a/b"`, `require_dependency "a/b"`, `load "a/b.rb"`, `autoload :X, "a/b"` | `a/b.rb` below a load root |
//! | `require_relative "b"`, `require File.expand_path("../b", __FILE__)`, `File.join(__dir__, "b")` | the file from here |
//! | `A::B`, `autoload :B` within `A`, `class_name: "A::B"` | the file that defines the constant `A::B` |
//! | `belongs_to :order_line`, `has_one`, `has_many`, `has_and_belongs_to_many` | the constant `OrderLine` |
//!
//! Load roots are `lib`, `test` and `spec` at the root and beside a `.gemspec`, a `Gemfile` or an `app`, and what lies
//! directly in an `app`, with its `concerns`. What no root holds is external, by the first part of its name, unless a
//! root holds a library of that name. `require "./a"` is looked for in the directories above the file. A path that is put
//! together otherwise cannot be told and is not listed.
//!
//! A constant is looked up as Ruby does: in the innermost module that surrounds it, then outward, then at the top. Of a
//! path, the longest part that is defined counts. Where several files define it, the one that autoloading by path would
//! take is meant (compared without case and `_`, so acronyms need no rule), then the one whose path ends like the
//! constant, then the nearest; a module that several files open to hold their own is nobody's without such a path. Ruby's own classes,
//! and those of gems the tree depends on, are not files of the tree even where it reopens them.
//!
//! Not told: constants found through a superclass or an included module alone, names that are put together
//! (`const_get`), methods, Rails routes and helpers, templates (ERB, Haml, Slim).

mod constants;
mod tokens;

use rustc_hash::FxHashSet;

use crate::{
    Language, Name, Scan,
    lex::{Kind, Token, balanced},
};

pub(super) use constants::resolver;

const ENDINGS: [&str; 8] = [".rb", ".rake", ".gemspec", ".ru", ".jbuilder", "Gemfile", "Rakefile", ".thor"];

pub(super) const LANGUAGE: Language = Language { name: "ruby", endings: &ENDINGS, descends: false, scan };

/// How a name is meant, in its first symbol.
const REQUIRED: &str = "required";
const RELATIVE: &str = "relative";
const CONSTANT: &str = "constant";

fn scan(_path: &str, text: &str) -> Scan {
    let tokens = tokens::tokens(text);
    let mut reader = Reader {
        text,
        tokens: &tokens,
        scopes: Vec::new(),
        seen: FxHashSet::default(),
        scan: Scan::default(),
    };
    reader.run();
    Scan { broken: !balanced(&tokens), ..reader.scan }
}

/// A class or module that is open.
struct Scope {
    /// With all that surrounds it.
    name: String,
    /// Where its line begins, behind white space.
    column: usize,
    line: u32,
    /// Whether it holds classes and modules.
    holds: bool,
    /// Whether it holds more than those.
    defines: bool,
}

struct Reader<'s, 't> {
    text: &'s str,
    tokens: &'t [Token<'s>],
    scopes: Vec<Scope>,
    /// Constants named so far, each in its scope.
    seen: FxHashSet<(String, String)>,
    scan: Scan,
}

impl<'s> Reader<'s, '_> {
    fn run(&mut self) {
        let mut at = 0;
        while at < self.tokens.len() {
            at = self.one(at).max(at + 1);
        }
        while let Some(scope) = self.scopes.pop() {
            self.close(&scope);
        }
    }

    /// Reads what begins at a token; returns the token behind it.
    fn one(&mut self, at: usize) -> usize {
        let token = self.tokens[at];
        let called = self.is_called(at);
        if token.is("end") && !called && !self.is_label(at) {
            self.end(&token);
            return at + 1;
        }
        if (token.is("class") || token.is("module"))
            && !called
            && !self.is_label(at)
            && let Some(next) = self.open(at)
        {
            return next;
        }
        if let Some(scope) = self.scopes.last_mut().filter(|_| !token.is(";")) {
            scope.defines = true;
        }
        if token.kind != Kind::Word {
            return at + 1;
        }
        if token.text.starts_with(char::is_uppercase) {
            return self.constant(at);
        }
        match token.text {
            "require" | "require_dependency" | "load" | "require_relative" if !called => self.require(at),
            "autoload" => self.autoload(at),
            "class_name" => self.class_name(at),
            "belongs_to" | "has_one" | "has_many" | "has_and_belongs_to_many" if !called => {
                self.association(at)
            }
            _ => {}
        }
        at + 1
    }

    fn get(&self, at: usize) -> Option<&Token<'s>> {
        self.tokens.get(at)
    }

    fn is(&self, at: usize, text: &str) -> bool {
        self.get(at).is_some_and(|token| token.is(text))
    }

    /// Whether `a.name`, `a::name`, `:name` or `def name` makes a keyword a name.
    fn is_called(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1).and_then(|before| self.get(before)) else { return false };
        let source = &self.text[..self.tokens[at].at as usize];
        let is_range = source.ends_with("..");
        // `def A.b` names `A`.
        let defined = before.is("def") && !self.is(at + 1, ".");
        (before.is(":") && source.ends_with(':')) || (before.is(".") && !is_range) || defined
    }

    /// Whether `name:` makes it the key of a value.
    fn is_label(&self, at: usize) -> bool {
        let end = self.tokens[at].end();
        self.text[end..].starts_with(':') && !self.text[end..].starts_with("::")
    }

    /// How far a line is set in, where this is the first token on it.
    fn column(&self, token: &Token<'_>) -> Option<usize> {
        let before = &self.text[..token.at as usize];
        let line = &before[before.rfind('\n').map_or(0, |newline| newline + 1)..];
        line.trim_start().is_empty().then_some(line.len())
    }

    /// `class A::B < C`, `module A`.
    fn open(&mut self, at: usize) -> Option<usize> {
        let token = self.tokens[at];
        let absolute = self.is(at + 1, ":") && self.is(at + 2, ":");
        let (name, next) = self.path(if absolute { at + 3 } else { at + 1 })?;
        let inherits = token.is("class") && self.is(next, "<") && !self.is(next + 1, "<");
        // The superclass is named outside of the class.
        let next = if inherits && self.get(next + 1)?.text.starts_with(char::is_uppercase) {
            self.constant(next + 1)
        } else {
            next
        };
        let name = match self.scopes.last() {
            Some(around) if !absolute => format!("{}::{name}", around.name),
            _ => name,
        };
        // `class A` may stand behind something on its line; it then ends there, too.
        let column = self.column(&token).unwrap_or(usize::MAX);
        if let Some(around) = self.scopes.last_mut() {
            around.holds = true;
        }
        self.scopes.push(Scope { name, column, line: token.line, holds: false, defines: inherits });
        Some(next)
    }

    /// A class ends at the `end` that stands as far in as it does, as everybody sets it; counting every keyword that
    /// wants an `end` goes wrong for the rest of the file at the first mistake.
    fn end(&mut self, token: &Token<'_>) {
        let column = self.column(token);
        let ends = |scope: &Scope| match column {
            Some(column) => column <= scope.column && token.line > scope.line,
            None => token.line == scope.line,
        };
        while self.scopes.last().is_some_and(ends) {
            let Some(scope) = self.scopes.pop() else { return };
            self.close(&scope);
            if column.is_none_or(|column| column == scope.column) {
                return;
            }
        }
    }

    /// A module that only holds others is marked so.
    fn close(&mut self, scope: &Scope) {
        let opened = scope.holds && !scope.defines;
        self.scan.defines.push(if opened { format!("{}::", scope.name) } else { scope.name.clone() });
    }

    /// `A::B::C` from its first word on, and the token behind it.
    fn path(&self, mut at: usize) -> Option<(String, usize)> {
        let is_constant = |token: &&Token<'_>| token.is_word() && token.text.starts_with(char::is_uppercase);
        let mut name = self.get(at).filter(is_constant)?.text.to_owned();
        at += 1;
        while self.is(at, ":")
            && self.is(at + 1, ":")
            && self.tokens[at - 1].end() == self.tokens[at].at as usize
            && let Some(next) = self.get(at + 2).filter(is_constant)
        {
            // `A::B(x)` calls a method.
            if self.text[next.end()..].starts_with('(') {
                break;
            }
            name = format!("{name}::{}", next.text);
            at += 3;
        }
        Some((name, at))
    }

    /// A constant that is named or assigned.
    fn constant(&mut self, at: usize) -> usize {
        let token = self.tokens[at];
        let Some((name, next)) = self.path(at) else { return at + 1 };
        let before = &self.text[..token.at as usize];
        let absolute = before.ends_with("::");
        // `value::A` cannot be told; `:A`, `A:`, `A(x)`, `x.A` and `def A` are no constants.
        let of_value = before
            .strip_suffix("::")
            .is_some_and(|before| before.ends_with(|c: char| c.is_alphanumeric() || "_)]}?!".contains(c)));
        let is_single = next == at + 1;
        // `A(x)`, `A "x"`
        let argument = self.get(next).filter(|next| next.kind == Kind::Text && next.line == token.line);
        let calls = is_single && (self.text[token.end()..].starts_with('(') || argument.is_some());
        let symbol = before.ends_with(':') && !absolute;
        if of_value
            || calls
            || symbol
            || (!absolute && self.is_called(at))
            || (is_single && self.is_label(at))
        {
            return next;
        }
        if self.is_assigned(next) {
            let around = self.scopes.last().filter(|_| !absolute);
            self.scan.defines.push(around.map_or(name.clone(), |around| format!("{}::{name}", around.name)));
            if let Some((holder, _)) = name.rsplit_once("::") {
                self.name(holder.to_owned(), token.line, absolute);
            }
            return next;
        }
        self.name(name, token.line, absolute);
        next
    }

    /// `= x` or `||= x`, but not `==`, `=~`, `=>`.
    fn is_assigned(&self, at: usize) -> bool {
        let at = if self.is(at, "|") && self.is(at + 1, "|") { at + 2 } else { at };
        let after = self.get(at).filter(|token| token.is("=")).map(|token| &self.text[token.end()..]);
        after.is_some_and(|after| !after.starts_with(['=', '~', '>']))
    }

    /// A constant, where it is first named in its scope.
    fn name(&mut self, text: String, line: u32, absolute: bool) {
        let scope: Vec<String> = match absolute {
            true => Vec::new(),
            false => self.scopes.iter().rev().map(|scope| scope.name.clone()).collect(),
        };
        if self.seen.insert((text.clone(), scope.join("\n"))) {
            self.push(text, scope, CONSTANT, line);
        }
    }

    fn push(&mut self, text: String, scope: Vec<String>, meant: &str, line: u32) {
        let symbols = vec![meant.to_owned()];
        let soft = meant == CONSTANT;
        self.scan.names.push(Name { text, symbols, scope, line, soft, ..Name::default() });
    }

    /// A text that no code interrupts.
    fn literal(&self, at: usize) -> Option<&'s str> {
        let token = self.get(at).filter(|token| token.kind == Kind::Text)?;
        let before = self.text.as_bytes().get((token.at as usize).checked_sub(1)?)?;
        let quoted = matches!(before, b'"' | b'\'');
        (quoted && !self.text[token.end()..].starts_with("#{")).then_some(token.text)
    }

    fn require(&mut self, at: usize) {
        let token = self.tokens[at];
        let next = if self.is(at + 1, "(") { at + 2 } else { at + 1 };
        if let Some(text) = self.literal(next) {
            let meant = if token.is("require_relative") { RELATIVE } else { REQUIRED };
            // `load` is many other things, too.
            if !token.is("load") || text.contains(['/', '.']) {
                self.push(text.to_owned(), Vec::new(), meant, token.line);
            }
        } else if let Some(text) = self.put_together(next) {
            self.push(text, Vec::new(), RELATIVE, token.line);
        }
    }

    /// `File.expand_path("../b", __FILE__)`, `File.join(__dir__, "b")`: the path as seen from the file's directory.
    fn put_together(&self, at: usize) -> Option<String> {
        if !(self.is(at, "File") && self.is(at + 1, ".") && self.is(at + 3, "(")) {
            return None;
        }
        if self.is(at + 2, "expand_path") && self.is(at + 5, ",") {
            let text = self.literal(at + 4)?;
            return match self.get(at + 6)?.text {
                "__dir__" => Some(text.to_owned()),
                // From a file, the first step up leads to its directory.
                "__FILE__" => text.strip_prefix("../").map(str::to_owned),
                _ => None,
            };
        }
        if self.is(at + 2, "join") && self.is(at + 4, "__dir__") && self.is(at + 7, ")") {
            return self.literal(at + 6).map(str::to_owned);
        }
        None
    }

    /// `autoload :X, "path"`; without a path, it is found by the constant's name.
    fn autoload(&mut self, at: usize) {
        let at = if self.is(at + 1, "(") { at + 2 } else { at + 1 };
        let Some(name) = self.get(at + 1).copied().filter(|name| self.is(at, ":") && name.is_word()) else {
            return;
        };
        match self.literal(at + 3).filter(|_| self.is(at + 2, ",")) {
            Some(path) => self.push(path.to_owned(), Vec::new(), REQUIRED, name.line),
            None => {
                let around =
                    self.scopes.last().map_or_else(String::new, |around| format!("{}::", around.name));
                self.name(format!("{around}{}", name.text), name.line, true);
            }
        }
    }

    /// `class_name: "A"`, `:class_name => "A"`.
    fn class_name(&mut self, at: usize) {
        let at = if self.is_label(at) { at + 2 } else { at + 3 };
        let Some(text) = self.literal(at) else { return };
        let absolute = text.strip_prefix("::");
        self.name(absolute.unwrap_or(text).to_owned(), self.tokens[at].line, absolute.is_some());
    }

    /// `has_many :order_lines`, where no class is named.
    fn association(&mut self, at: usize) {
        let (word, line) = (self.tokens[at].text, self.tokens[at].line);
        let Some(name) = self.get(at + 2).filter(|name| self.is(at + 1, ":") && name.is_word()) else {
            return;
        };
        let mut until = at + 3;
        // The statement goes on behind a comma.
        while let Some(token) = self.get(until) {
            if token.is("class_name") || token.is("polymorphic") {
                return;
            }
            let before = self.tokens[until - 1];
            if token.line > before.line && !before.is(",") {
                break;
            }
            until += 1;
        }
        let many = word.ends_with("many");
        self.name(camelized(&if many { singular(name.text) } else { name.text.to_owned() }), line, false);
    }
}

/// `order_line` as `OrderLine`.
fn camelized(name: &str) -> String {
    name.split('_').fold(String::new(), |mut out, part| {
        let mut rest = part.chars();
        out.extend(rest.next().map(|first| first.to_ascii_uppercase()));
        out + rest.as_str()
    })
}

/// The regular singular of a word.
fn singular(word: &str) -> String {
    let endings =
        [("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"), ("ss", "ss"), ("s", "")];
    let ending = endings.iter().find(|(many, _)| word.ends_with(many));
    ending.map_or(word.to_owned(), |(many, one)| format!("{}{one}", word.strip_suffix(many).unwrap_or(word)))
}
