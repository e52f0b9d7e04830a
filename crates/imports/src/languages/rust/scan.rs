//! What a Rust file says: its modules, what it uses, names and defines, and where.

use facts::dependencies::DependencyKind;
use rustc_hash::FxHashSet;

use super::{
    attributes::Attributes,
    tokens::{self, is_keyword, is_known},
    uses,
};
use crate::{
    Name, Scan,
    lex::{Kind, Token, balanced, partners},
};

/// What a name of a scan is: its first symbol. `mod` has the value of `#[path]` as second.
pub(super) const MOD: &str = "mod";
/// The second symbol is the name it gets here, the third [`LOCAL`] within a function, [`PUBLIC`] with a `pub`, [`MACROS`]
/// for `#[macro_use]`.
pub(super) const USE: &str = "use";
pub(super) const LOCAL: &str = "local";
pub(super) const PUBLIC: &str = "pub";
pub(super) const MACROS: &str = "macros";
/// A path in code.
pub(super) const PATH: &str = "path";
/// A name without a path, that a glob may bring.
pub(super) const ALONE: &str = "alone";
/// `name!` of a macro called without a path.
pub(super) const CALL: &str = "call";
/// The second symbol is `package` where the path is seen from the package's directory, the third [`CODE`] for `include!`.
pub(super) const INCLUDE: &str = "include";
pub(super) const CODE: &str = "code";

/// `defines` has `module::Name` of every item within the file, `module::name/` of every module, `name!` of every macro, and
/// `crate::name!` of those that are exported.
pub(super) fn scan(_path: &str, text: &str) -> Scan {
    let tokens = tokens::read(text);
    let broken = !balanced(&tokens);
    let mut reader = Reader::new(&tokens);
    reader.run();
    let (names, defines) = reader.finish();
    Scan { names, defines, broken, ..Scan::default() }
}

/// Modules in modules in one file; nobody writes more.
const DEEPEST: usize = 64;

/// What stands within brackets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// Items others may name.
    Items,
    /// The same, in a macro: its own marks may stand around them.
    ItemsOfMacro,
    /// Code; items in it are known there alone.
    Body,
    /// Tokens of a macro or an attribute, which declare nothing.
    Tokens,
}

struct Open {
    holds: Holds,
    /// How many modules it lies in.
    modules: usize,
    test: bool,
    /// Whether what follows is for tests until this item ends: a `;`, a `}`, or where it is no item a `,`.
    item: Option<Item>,
}

#[derive(Clone, Copy)]
struct Item {
    test_before: bool,
    ends_with_comma: bool,
    ends_with_brace: bool,
}

struct Reader<'t, 's> {
    tokens: &'t [Token<'s>],
    partner: Vec<usize>,
    names: Vec<Name>,
    defines: Vec<String>,
    modules: Vec<&'s str>,
    open: Vec<Open>,
    test: bool,
    attributes: Attributes<'s>,
    /// The `]` of the last attribute.
    attribute_end: usize,
    seen: FxHashSet<(usize, bool, String)>,
    has_globs: bool,
}

impl<'t, 's> Reader<'t, 's> {
    fn new(tokens: &'t [Token<'s>]) -> Self {
        let file = Open { holds: Holds::Items, modules: 0, test: false, item: None };
        Self {
            tokens,
            partner: partners(tokens),
            names: Vec::new(),
            defines: Vec::new(),
            modules: Vec::new(),
            open: vec![file],
            test: false,
            attributes: Attributes::default(),
            attribute_end: usize::MAX,
            seen: FxHashSet::default(),
            has_globs: false,
        }
    }

    fn is(&self, at: usize, text: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is(text))
    }

    fn before_is(&self, at: usize, back: usize, text: &str) -> bool {
        at.checked_sub(back).is_some_and(|before| self.is(before, text))
    }

    fn word(&self, at: usize) -> Option<&Token<'s>> {
        self.tokens.get(at).filter(|token| token.is_word())
    }

    fn holds(&self) -> Holds {
        self.open.last().map_or(Holds::Items, |open| open.holds)
    }

    fn in_items(&self) -> bool {
        matches!(self.holds(), Holds::Items | Holds::ItemsOfMacro)
    }

    fn run(&mut self) {
        let mut at = 0;
        while let Some(token) = self.tokens.get(at) {
            at = match (token.kind, token.text) {
                (Kind::Mark, "#") => self.attribute(at),
                (Kind::Mark, "(" | "[" | "{") => self.opens(at),
                (Kind::Mark, ")" | "]" | "}") => self.closes(token),
                (Kind::Mark, ";" | ",") => {
                    self.ends(token.text);
                    0
                }
                (Kind::Word, _) => self.reads(at),
                _ => 0,
            }
            .max(at + 1);
        }
    }

    /// Reads what an attribute says; its tokens are read as others are.
    fn attribute(&mut self, at: usize) -> usize {
        let inner = self.is(at + 1, "!");
        let open = at + 1 + usize::from(inner);
        if !self.is(open, "[") || self.holds() == Holds::Tokens {
            return at + 1;
        }
        let within = &self.tokens[open + 1..self.partner[open].max(open + 1)];
        if inner {
            let mut file = Attributes::default();
            file.read(within);
            self.test |= file.test;
        } else if let Some(derive) = self.attributes.read(within) {
            self.define(derive);
        }
        self.attribute_end = self.partner[open];
        self.push(Holds::Tokens);
        open + 1
    }

    fn opens(&mut self, at: usize) -> usize {
        let outer = self.holds();
        if outer != Holds::Tokens {
            self.begins_item(at);
        }
        let brace = self.is(at, "{");
        let called = self.before_is(at, 1, "!")
            && at.checked_sub(2).and_then(|name| self.word(name)).is_some_and(|name| !is_keyword(name.text));
        let holds = if outer == Holds::Tokens {
            Holds::Tokens
        } else if called {
            if self.in_items() { Holds::ItemsOfMacro } else { Holds::Tokens }
        } else if brace && self.is_foreign(at) {
            Holds::Items
        } else if brace && outer == Holds::ItemsOfMacro && self.is_branch(at) {
            Holds::ItemsOfMacro
        } else {
            Holds::Body
        };
        self.push(holds);
        // `pub(crate)` stands between attributes and what they are said of.
        if brace && holds != Holds::Tokens {
            self.attributes = Attributes::default();
        }
        at + 1
    }

    fn push(&mut self, holds: Holds) {
        self.open.push(Open { holds, modules: self.modules.len(), test: self.test, item: None });
    }

    /// `extern "C" {`
    fn is_foreign(&self, brace: usize) -> bool {
        self.before_is(brace, 1, "extern")
            || (self.before_is(brace, 2, "extern") && self.tokens[brace - 1].kind == Kind::Text)
    }

    /// `#[cfg(…)] {`, `else {`, `=> {`: how macros that choose items are written.
    fn is_branch(&self, brace: usize) -> bool {
        brace.checked_sub(1) == Some(self.attribute_end)
            || self.before_is(brace, 1, "else")
            || (self.before_is(brace, 1, ">") && self.before_is(brace, 2, "="))
    }

    fn closes(&mut self, token: &Token<'_>) -> usize {
        if self.open.len() > 1
            && let Some(open) = self.open.pop()
        {
            self.test = open.test;
            self.modules.truncate(open.modules);
            if token.is("}") {
                self.ends("}");
            }
        }
        0
    }

    /// An item may end here.
    fn ends(&mut self, mark: &str) {
        if self.holds() != Holds::Tokens {
            self.attributes = Attributes::default();
        }
        let Some(open) = self.open.last_mut() else { return };
        let ends = open.item.is_some_and(|item| match mark {
            "," => item.ends_with_comma,
            "}" => item.ends_with_brace,
            _ => true,
        });
        if let Some(item) = open.item.take_if(|_| ends) {
            self.test = item.test_before;
        }
    }

    /// The first token behind attributes begins what they are said of.
    fn begins_item(&mut self, at: usize) {
        if !std::mem::take(&mut self.attributes.test) {
            return;
        }
        let word = self.tokens[at].text;
        let is_item = ITEMS.contains(&word);
        let item = Item { test_before: self.test, ends_with_comma: !is_item, ends_with_brace: word != "let" };
        if let Some(open) = self.open.last_mut().filter(|open| open.item.is_none()) {
            open.item = Some(item);
            self.test = true;
        }
    }

    /// Reads from a word on, and says where to go on.
    fn reads(&mut self, at: usize) -> usize {
        if self.holds() != Holds::Tokens {
            self.begins_item(at);
            let next = self.declares(at);
            if next > 0 {
                return next;
            }
        }
        self.names_something(at)
    }

    fn declares(&mut self, at: usize) -> usize {
        let tokens = self.tokens;
        let text = tokens[at].text;
        match (text, self.word(at + 1).map(|word| word.text)) {
            ("mod", Some(name)) if self.is(at + 2, ";") => {
                let symbols = std::iter::once(MOD).chain(self.attributes.path);
                let symbols = symbols.map(str::to_owned).collect();
                self.define(&format!("{name}/"));
                self.push_name(name.to_owned(), symbols, tokens[at].line, false);
                at + 2
            }
            ("mod", Some(name)) if self.is(at + 2, "{") => {
                self.define(&format!("{name}/"));
                self.attributes = Attributes::default();
                if self.modules.len() < DEEPEST {
                    self.push(Holds::Items);
                    self.modules.push(name);
                } else {
                    self.push(Holds::Body);
                }
                at + 3
            }
            ("use", _) if !self.before_is(at, 1, ".") && !self.is(at + 1, "<") => {
                // `pub use`, `pub(crate) use`
                let public = self.before_is(at, 1, "pub") || self.before_is(at, 1, ")");
                let how = if self.in_items() { public.then_some(PUBLIC) } else { Some(LOCAL) };
                let (used, next) = uses::read(tokens, at + 1);
                for one in used {
                    self.has_globs |= one.name == "*";
                    let symbols = [USE, &one.name].into_iter().chain(how).map(str::to_owned).collect();
                    self.push_name(one.path, symbols, one.line, false);
                }
                // The mark behind it may end the item.
                if next > at + 1 && self.is(next - 1, ";") { next - 1 } else { next }
            }
            ("extern", Some("crate")) => self.extern_crate(at),
            ("macro_rules", _) if self.is(at + 1, "!") => {
                if let Some(name) = self.word(at + 2).map(|name| name.text) {
                    self.defines.push(format!("{name}!"));
                    if self.attributes.exports {
                        self.defines.push(format!("crate::{name}!"));
                    }
                }
                if self.tokens.get(at + 3).is_some_and(|open| matches!(open.text, "{" | "(" | "[")) {
                    self.attributes = Attributes::default();
                    self.push(Holds::Tokens);
                    return at + 4;
                }
                at + 3
            }
            ("static", Some("mut" | "ref")) => self.define_at(at + 2),
            (
                "fn" | "struct" | "enum" | "union" | "trait" | "type" | "const" | "static" | "macro",
                Some(name),
            ) if !is_keyword(name) && !self.before_is(at, 1, "<") && !self.before_is(at, 1, ",") => {
                self.define_at(at + 1)
            }
            _ => 0,
        }
    }

    fn define_at(&mut self, at: usize) -> usize {
        if self.in_items()
            && let Some(name) = self.word(at)
        {
            self.define(name.text);
        }
        at + 1
    }

    fn define(&mut self, name: &str) {
        let whole: Vec<&str> = self.modules.iter().copied().chain([name]).collect();
        self.defines.push(whole.join("::"));
    }

    fn extern_crate(&mut self, at: usize) -> usize {
        let Some(name) = self.word(at + 2) else { return at + 2 };
        let alias = self.word(at + 4).filter(|_| self.is(at + 3, "as")).unwrap_or(name);
        let path = if name.is("self") { "crate".to_owned() } else { format!("::{}", name.text) };
        let public = (self.before_is(at, 1, "pub") || self.before_is(at, 1, ")")).then_some(PUBLIC);
        let how = if self.attributes.uses_macros { Some(MACROS) } else { public };
        let symbols = [USE, alias.text].into_iter().chain(how).map(str::to_owned).collect();
        self.push_name(path, symbols, name.line, false);
        at + 3
    }

    /// Paths, macro calls, and names alone.
    fn names_something(&mut self, at: usize) -> usize {
        let tokens = self.tokens;
        let token = &tokens[at];
        let colons = |at: usize| self.is(at, ":") && self.is(at + 1, ":");
        let follows = at >= 2 && colons(at - 2);
        // `::a::b` begins with its crate; `<T>::a` and `a::<T>::b` go on with something before.
        let global = follows
            && at.checked_sub(3).is_none_or(|before| {
                let before = &tokens[before];
                before.kind == Kind::Mark && !matches!(before.text, ">" | "}" | ")" | "]")
            });
        if (follows && !global) || self.before_is(at, 1, ".") || self.before_is(at, 1, "'") {
            return at + 1;
        }
        if self.before_is(at, 1, "$") && !token.is("crate") {
            return at + 1;
        }
        let mut end = at;
        while end < at + 64 && colons(end + 1) && self.word(end + 3).is_some() {
            end += 3;
        }
        let called = self.is(end + 1, "!")
            && tokens.get(end + 2).is_some_and(|open| matches!(open.text, "(" | "[" | "{"));
        if end == at && !global {
            return if called { self.calls(at) } else { self.alone(at, end) };
        }
        if token.text.starts_with(|first: char| first.is_uppercase()) && !global {
            self.alone(at, end);
            return end + 1;
        }
        let words = tokens[at..=end].iter().filter(|token| token.is_word()).map(|token| token.text);
        let path = words.collect::<Vec<_>>().join("::");
        let path = format!("{}{path}{}", if global { "::" } else { "" }, if called { "!" } else { "" });
        self.name_once(path, PATH, token.line);
        end + 1
    }

    /// `name!(…)`
    fn calls(&mut self, at: usize) -> usize {
        let name = &self.tokens[at];
        match name.text {
            "include" | "include_str" | "include_bytes" => self.includes(at),
            known if is_known(known) => {}
            _ => self.name_once(format!("{}!", name.text), CALL, name.line),
        }
        at + 2
    }

    /// `include_str!("a")`, `include!(concat!(env!("CARGO_MANIFEST_DIR"), "/a"))`
    fn includes(&mut self, at: usize) {
        let within = &self.tokens[at + 3..self.partner[at + 2].max(at + 3)];
        let texts: Vec<&Token<'_>> = within.iter().filter(|token| token.kind == Kind::Text).take(3).collect();
        let (path, from) = match (within, texts.as_slice()) {
            ([path] | [path, _], [_]) => (path.text, "file"),
            ([concat, ..], [root, path]) if concat.is("concat") && root.text == "CARGO_MANIFEST_DIR" => {
                (path.text.trim_start_matches('/'), "package")
            }
            ([concat, ..], [root, path]) if concat.is("concat") && root.text == "OUT_DIR" => {
                (path.text, "build")
            }
            _ => return,
        };
        let path = path.trim_start_matches(['r', '#']).trim_matches(['"', '#']).to_owned();
        let in_attribute =
            self.holds() == Holds::Tokens && self.attribute_end != usize::MAX && at < self.attribute_end;
        // In a macro's rules and in functions' macros the path may be seen from elsewhere.
        let soft = self.holds() == Holds::Tokens;
        let code = self.is(at, "include").then_some(CODE);
        let symbols = [INCLUDE, from].into_iter().chain(code).map(str::to_owned).collect();
        self.push_name(path, symbols, self.tokens[at].line, soft);
        if let Some(name) = self.names.last_mut().filter(|_| in_attribute) {
            name.kind = DependencyKind::Dev;
        }
    }

    /// A type, or a function that is called, by one name.
    fn alone(&mut self, at: usize, end: usize) -> usize {
        let token = &self.tokens[at];
        let called = end == at && self.is(at + 1, "(") && !self.before_is(at, 1, "fn");
        let capital = token.text.starts_with(|first: char| first.is_uppercase()) && !token.is("Self");
        if (capital || called) && !is_keyword(token.text) {
            self.name_once(token.text.to_owned(), ALONE, token.line);
        }
        at + 1
    }

    fn name_once(&mut self, text: String, sort: &str, line: u32) {
        if self.seen.insert((self.modules.len(), self.test, text.clone())) {
            self.push_name(text, vec![sort.to_owned()], line, true);
        }
    }

    fn push_name(&mut self, text: String, symbols: Vec<String>, line: u32, soft: bool) {
        self.names.push(Name {
            text,
            contains: symbols[0] == MOD,
            symbols,
            scope: self.modules.iter().map(|name| (*name).to_owned()).collect(),
            kind: if self.test { DependencyKind::Test } else { DependencyKind::Runtime },
            line,
            soft,
        });
    }

    /// Names that stand alone count only where they may come from elsewhere unseen.
    fn finish(self) -> (Vec<Name>, Vec<String>) {
        let mut own: FxHashSet<String> = FxHashSet::default();
        for name in self.names.iter().filter(|name| name.symbols[0] == USE) {
            own.insert(name.symbols[1].clone());
        }
        for defined in &self.defines {
            let name = defined.rsplit("::").next().unwrap_or(defined);
            own.insert(name.trim_end_matches('/').to_owned());
        }
        let counts = |name: &Name| match name.symbols[0].as_str() {
            ALONE => self.has_globs && !own.contains(&name.text),
            CALL => !own.contains(&name.text) && !own.contains(name.text.trim_end_matches('!')),
            _ => true,
        };
        (self.names.into_iter().filter(counts).collect(), self.defines)
    }
}

/// What begins an item.
const ITEMS: [&str; 18] = [
    "pub",
    "mod",
    "fn",
    "use",
    "impl",
    "struct",
    "enum",
    "union",
    "trait",
    "type",
    "const",
    "static",
    "extern",
    "unsafe",
    "async",
    "macro_rules",
    "macro",
    "default",
];
