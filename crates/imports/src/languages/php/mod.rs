//! PHP, read as tokens.
//!
//! | written | means |
//! |---|---|
//! | `use A\B;`, `use A\{B, C as D};` | the file that declares the class `A\B`; where `A\B` is a namespace, nothing yet |
//! | `use function A\f;`, `use const A\C;` | the file that declares it |
//! | `new B`, `B::x`, `extends B`, `implements B`, `instanceof B`, `catch (B)`, `use B;` in a class, `#[B]`, types | the same for `B`, by the imports above it, then the namespace it stands in |
//! | `f()` | the file that declares the function, in the namespace or in none |
//! | `require`, `include` of `'x.php'`, `__DIR__ . '/x.php'`, `dirname(__FILE__) . '/x.php'`, `A . 'x.php'` | that file; `A` by its `define('A', …)` of the same form |
//!
//! Classes are found by what files declare, without case. Where several declare one, the file that a `composer.json`
//! (`psr-4`, `psr-0`, `autoload-dev` alike) would load is meant, then the nearest. An imported name that no file declares
//! is unresolved where a `composer.json` of the tree claims its beginning, else external, by the package a
//! `composer.lock` says it comes from or the first part of its namespace. A name used without import counts only where a file of the tree declares it. A function that is declared
//! behind `function_exists` stands in for one that PHP may have, and is not meant by its name. A class within `vendor` is
//! external. A path that is put together otherwise cannot be told and is not listed.
//!
//! Not told: names in texts and in comments (`@var B`), services by their id, views and translations by their name,
//! methods.

mod classes;
mod imports;
mod paths;
mod tokens;
mod types;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    Language, Name, Scan,
    lex::{Kind, Token, balanced},
};

pub(super) use classes::resolver;

const ENDINGS: [&str; 5] = [".php", ".phtml", ".inc", ".phpt", ".php5"];

pub(super) const LANGUAGE: Language = Language { name: "php", endings: &ENDINGS, descends: false, scan };

/// How a name is meant, in its first symbol.
const IMPORT: &str = "import";
const CLASS: &str = "class";
const FUNCTION: &str = "function";
const CONSTANT: &str = "constant";
/// A path; its pieces follow.
const PATH: &str = "path";
/// A constant that is a path; its pieces follow.
const DEFINES_PATH: &str = "defines path";

/// Words that stand before a variable or `::` and are no types.
const NO_CLASSES: &str = " abstract and array as bool break callable case catch class clone const continue \
    declare default die do echo else elseif empty enddeclare endfor endforeach endif endswitch endwhile exit \
    extends false final finally float fn for foreach function global goto if implements include include_once instanceof \
    insteadof int interface isset iterable list match mixed namespace never new null object or print \
    private protected public readonly require require_once return self static string switch throw trait true \
    try unset use var void while xor yield from parent ";

fn is_keyword(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    NO_CLASSES.split_ascii_whitespace().any(|one| one == word)
}

fn scan(_path: &str, text: &str) -> Scan {
    let begin = tokens::page(text);
    let lines_before = text[..begin].bytes().filter(|byte| *byte == b'\n').count();
    let code = &text[begin..];
    let tokens = tokens::tokens(code);
    let mut reader = Reader {
        code,
        tokens: &tokens,
        closes: closes(&tokens),
        namespace: String::new(),
        imports: FxHashMap::default(),
        depth: 0,
        classes: Vec::new(),
        seen: FxHashSet::default(),
        stands_in: FxHashSet::default(),
        scan: Scan::default(),
    };
    reader.run();
    let mut scan = reader.scan;
    for name in &mut scan.names {
        name.line += u32::try_from(lines_before).unwrap_or(u32::MAX);
    }
    Scan { broken: !balanced(&tokens), ..scan }
}

/// Where the bracket closes that each token opens.
fn closes(tokens: &[Token<'_>]) -> Vec<usize> {
    let mut out = vec![0; tokens.len()];
    let mut open: Vec<usize> = Vec::new();
    for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.kind == Kind::Mark) {
        let opener = match token.text {
            "(" | "[" | "{" => {
                open.push(at);
                continue;
            }
            ")" => "(",
            "]" => "[",
            "}" => "{",
            _ => continue,
        };
        if let Some(begin) = open.pop_if(|begin| tokens[*begin].is(opener)) {
            out[begin] = at;
        }
    }
    out
}

struct Reader<'s, 't> {
    code: &'s str,
    tokens: &'t [Token<'s>],
    /// Where each bracket closes; 0 for what is none, or not closed.
    closes: Vec<usize>,
    namespace: String,
    /// Names that stand for others, in lower case; functions with `()`.
    imports: FxHashMap<String, String>,
    /// How many braces are open.
    depth: usize,
    /// At which depth each open class stands.
    classes: Vec<usize>,
    /// Names used so far.
    seen: FxHashSet<String>,
    /// Functions that are asked for before they are declared.
    stands_in: FxHashSet<&'s str>,
    scan: Scan,
}

impl<'s> Reader<'s, '_> {
    fn run(&mut self) {
        let mut at = 0;
        // Whether the next brace opens a class.
        let mut class_opens = false;
        while let Some(token) = self.tokens.get(at).copied() {
            match (token.kind, token.text) {
                (Kind::Mark, "{") => {
                    self.depth += 1;
                    if std::mem::take(&mut class_opens) {
                        self.classes.push(self.depth);
                    }
                }
                (Kind::Mark, "}") => {
                    if self.classes.last() == Some(&self.depth) {
                        self.classes.pop();
                    }
                    self.depth = self.depth.saturating_sub(1);
                }
                (Kind::Mark, "#") if self.is(at + 1, "[") => self.attributes(at + 1),
                // `"{$name}"`
                (Kind::Word, _) if self.code[..token.at as usize].ends_with("{$") => {}
                (Kind::Word, _) if !self.is_member(at) => {
                    let (next, opens) = self.word(at);
                    class_opens |= opens;
                    at = next.max(at + 1);
                    continue;
                }
                // `\A\b`
                (Kind::Mark, "\\") if !self.is_member(at) => {
                    at = self.name(at).max(at + 1);
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        let stands_in = std::mem::take(&mut self.stands_in);
        self.scan.defines.retain(|name| {
            name.strip_suffix("()")
                .is_none_or(|name| !stands_in.contains(name.rsplit('\\').next().unwrap_or(name)))
        });
    }

    fn is(&self, at: usize, text: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is(text))
    }

    fn is_word(&self, at: usize, word: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is_word() && token.text.eq_ignore_ascii_case(word))
    }

    fn is_variable(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is_word() && token.text.starts_with('$'))
    }

    /// Whether `->`, `?->` or `::` stands before, which makes any word a member.
    fn is_member(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map(|before| self.tokens[before]);
        let source = &self.code[..self.tokens[at].at as usize];
        before.is_some_and(|before| match before.text {
            ">" => source.trim_end().ends_with("->"),
            ":" => source.trim_end().ends_with("::"),
            _ => false,
        })
    }

    /// Reads what begins with a word; returns the token behind it, and whether a class begins.
    fn word(&mut self, at: usize) -> (usize, bool) {
        let token = self.tokens[at];
        let next_is_name = self.tokens.get(at + 1).is_some_and(Token::is_word);
        match token.text.to_ascii_lowercase().as_str() {
            "namespace" if next_is_name || self.is(at + 1, "{") => {
                let (name, next) = self.qualified(at + 1);
                self.namespace = name;
                self.imports.clear();
                self.seen.clear();
                return (next, false);
            }
            "use" if self.is(at + 1, "(") => {}
            "use" if self.classes.is_empty() => return (self.import(at + 1), false),
            "use" => return (self.list(at + 1), false),
            "class" | "interface" | "trait" | "enum"
                if next_is_name
                    && !self.is_word(at + 1, "extends")
                    && !self.is_word(at + 1, "implements") =>
            {
                let name = self.full(self.tokens[at + 1].text);
                self.scan.defines.push(name);
                return (at + 2, true);
            }
            // `new class {`
            "class"
                if at > 0
                    && (self.is_word(at - 1, "new")
                        || self.is_word(at - 1, "readonly")
                        || self.is(at - 1, "]")) =>
            {
                return (at + 1, true);
            }
            "extends" | "implements" => return (self.list(at + 1), false),
            "new" if self.is_word(at + 1, "class") || self.is_word(at + 1, "readonly") => {}
            "new" | "instanceof" | "insteadof" => {
                let (name, next) = self.qualified(at + 1);
                self.class(&name, token.line);
                return (next.max(at + 1), false);
            }
            "catch" if self.is(at + 1, "(") => return (self.types(at + 2), false),
            "function" | "fn" => return (self.function(at), false),
            "const" if self.classes.is_empty() => {
                if let Some(name) = self.tokens.get(at + 1).filter(|name| name.is_word()) {
                    let name = self.full(name.text);
                    self.scan.defines.push(format!("{name}="));
                    return (at + 2, false);
                }
            }
            "require" | "require_once" | "include" | "include_once" => self.require(at),
            "define" if self.is(at + 1, "(") => self.define(at + 2),
            "function_exists" => {
                if let Some(name) = self.tokens.get(at + 2).filter(|name| name.kind == Kind::Text) {
                    self.stands_in.insert(name.text);
                }
            }
            _ => return (self.name(at), false),
        }
        (at + 1, false)
    }

    /// `A\B`, `\A\B` from its first token on, and the token behind it.
    fn qualified(&self, mut at: usize) -> (String, usize) {
        let mut name = String::new();
        if self.is(at, "\\") {
            name.push('\\');
            at += 1;
        }
        while let Some(word) =
            self.tokens.get(at).filter(|token| token.is_word() && !token.text.starts_with('$'))
        {
            name.push_str(word.text);
            at += 1;
            // `private \A` is two words.
            if !(self.is(at, "\\")
                && word.end() == self.tokens[at].at as usize
                && self.tokens.get(at + 1).is_some_and(Token::is_word))
            {
                break;
            }
            name.push('\\');
            at += 1;
        }
        (name, at)
    }

    /// A name of this file, in its namespace.
    fn full(&self, name: &str) -> String {
        if self.namespace.is_empty() { name.to_owned() } else { format!("{}\\{name}", self.namespace) }
    }

    /// What a name means by the imports above it and the namespace.
    fn meaning(&self, name: &str) -> String {
        if let Some(absolute) = name.strip_prefix('\\') {
            return absolute.to_owned();
        }
        let (first, rest) = name.split_once('\\').map_or((name, ""), |(first, rest)| (first, rest));
        if first.eq_ignore_ascii_case("namespace") && !rest.is_empty() {
            return self.full(rest);
        }
        match self.imports.get(&first.to_lowercase()) {
            Some(known) if rest.is_empty() => known.clone(),
            Some(known) => format!("{known}\\{rest}"),
            None => self.full(name),
        }
    }

    fn push(&mut self, text: String, symbols: Vec<String>, line: u32, soft: bool) {
        self.scan.names.push(Name { text, symbols, line, soft, ..Name::default() });
    }

    /// A class that is used, where it is used first.
    fn class(&mut self, name: &str, line: u32) {
        if name.is_empty() || is_keyword(name) {
            return;
        }
        let meant = self.meaning(name);
        if self.seen.insert(meant.clone()) {
            self.push(meant, vec![CLASS.to_owned()], line, true);
        }
    }

    /// A name in code: a class where `::` or a variable follows, a function where `(` does.
    fn name(&mut self, at: usize) -> usize {
        let token = self.tokens[at];
        let (name, next) = self.qualified(at);
        if name.is_empty() || name == "\\" {
            return at + 1;
        }
        if self.is(next, ":") && self.is(next + 1, ":") || self.types_a_variable(next) {
            self.class(&name, token.line);
        } else if self.is(next, "(") && !is_keyword(&name) && !self.is_word(at.wrapping_sub(1), "function") {
            self.call(&name, token.line);
        }
        next
    }

    /// Whether a variable follows, with other types between at the most: `A|B $x`.
    fn types_a_variable(&self, mut at: usize) -> bool {
        let mut after_mark = false;
        for _ in 0..64 {
            let Some(token) = self.tokens.get(at) else { return false };
            if token.is_word() && token.text.starts_with('$') {
                return !after_mark;
            }
            let between = token.is("|") || token.is("&");
            // `A || B`, `a & $b` are no types.
            if !(between && !after_mark || token.is_word() && after_mark || token.is("\\")) {
                return false;
            }
            after_mark = between || token.is("\\");
            at += 1;
        }
        false
    }

    fn call(&mut self, name: &str, line: u32) {
        let imported = self.imports.get(&format!("{}()", name.to_lowercase())).cloned();
        let meant = match imported {
            Some(known) => known,
            None if name.contains('\\') => self.meaning(name),
            None => self.full(name),
        };
        let meant = format!("{meant}()");
        if self.seen.insert(meant.clone()) {
            self.push(meant, vec![FUNCTION.to_owned(), format!("{name}()")], line, true);
        }
    }

    /// `A, B {` or `A, B;`: parents, interfaces, traits.
    fn list(&mut self, mut at: usize) -> usize {
        loop {
            let line = self.tokens.get(at).map_or(0, |token| token.line);
            let (name, next) = self.qualified(at);
            self.class(&name, line);
            if !self.is(next, ",") {
                return next;
            }
            at = next + 1;
        }
    }

    /// Where the bracket closes that opens here.
    fn closing(&self, at: usize) -> Option<usize> {
        self.closes.get(at).copied().filter(|close| *close > 0)
    }

    /// `A, B(x)]`; what is in brackets is read as it comes.
    fn attributes(&mut self, open: usize) {
        let Some(end) = self.closing(open) else { return };
        let mut at = open + 1;
        let mut begins = true;
        while at < end {
            let line = self.tokens[at].line;
            if begins {
                let (name, next) = self.qualified(at);
                self.class(&name, line);
                at = next.max(at + 1);
                begins = false;
                continue;
            }
            begins = self.is(at, ",");
            at = self.closing(at).unwrap_or(at) + 1;
        }
    }
}
