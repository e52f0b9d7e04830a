//! Scala 2 and 3, read as tokens.
//!
//! | written | means |
//! |---|---|
//! | `import a.b.C`, `import a.b.{C, D => E}`, `import a.b.C as D`, `export a.b.C` | the file that declares `a.b.C` |
//! | `import a.b._`, `import a.b.*`, `import a.b.given` | the files of that package of which something is used by name here; if nothing is, its package object |
//! | `import a.b.Obj._`, `import a.b.Obj.x` | the file that declares `a.b.Obj` |
//! | `import b.C` | the same, where `b` is in one of the packages around, or imported |
//! | `C`, `x` without an import | the file that declares it, in one of the packages the clauses of this file open |
//! | `Inner`, `x`, declared in a type that this file's types extend | the file that declares it |
//! | `b.C` in code | the file that declares it, `b` being found as in an import |
//!
//! `package a.b` opens `a.b`; `package a` and then `package b` opens `a` also. What a package object holds is in its
//! package. Imports count for the whole file, wherever they stand. A simple name is looked for among what the file
//! declares around it, what its types inherit, imports, imports of whole packages, the packages. Bodies are told by braces
//! or, where there are none, by how lines are indented. How packages and types are found, and files of Java and Kotlin
//! among them, is told in [`super::jvm`]. Imports from a value of the file's own are no dependency.
//!
//! Not told: which implicit values, givens and extension methods are used, as they are not named.

use super::jvm::{
    Declared, LEXICON, column,
    outline::{Body, Outline, is_type_name},
    path_to_type, quoted_words,
};
use crate::{
    Language, Name, Scan,
    lex::{self, Kind, Lexicon, Quote, Token},
};

pub(super) const LANGUAGE: Language =
    Language { name: "scala", endings: &[".scala", ".sc"], descends: false, scan };

const SCALA: Lexicon = Lexicon {
    nested_comments: true,
    quotes: &[
        Quote { only_prefixed: true, ..Quote::raw("\"\"\"", "\"\"\"").hole("${", b'}') },
        Quote { only_prefixed: true, ..Quote::plain("\"").hole("${", b'}') },
    ],
    word_marks: b"`$",
    special,
    ..LEXICON
};

fn special(before: Option<&Token<'_>>, rest: &str) -> Option<usize> {
    quoted_words(before, rest).or_else(|| lex::character(before, rest))
}

const KEYWORDS: &[&str] = &[
    "abstract",
    "as",
    "case",
    "catch",
    "class",
    "def",
    "derives",
    "do",
    "else",
    "end",
    "enum",
    "export",
    "extends",
    "extension",
    "false",
    "final",
    "finally",
    "for",
    "forSome",
    "given",
    "if",
    "implicit",
    "import",
    "infix",
    "inline",
    "lazy",
    "macro",
    "match",
    "new",
    "null",
    "object",
    "opaque",
    "open",
    "override",
    "package",
    "private",
    "protected",
    "return",
    "sealed",
    "super",
    "then",
    "this",
    "throw",
    "trait",
    "transparent",
    "true",
    "try",
    "type",
    "using",
    "val",
    "var",
    "while",
    "with",
    "yield",
    "_",
];
/// How many tokens type parameters take at the most.
const HEADING: usize = 120;

fn scan(_path: &str, source: &str) -> Scan {
    let tokens = lex::tokens(source, &SCALA);
    let mut reader = Reader {
        source,
        tokens: &tokens,
        outline: Outline::new(),
        line: 0,
        heading: 0,
        columns: vec![None],
        indented: Vec::new(),
        blocks: Vec::new(),
        block: None,
    };
    let mut at = 0;
    while at < tokens.len() {
        at = reader.step(at);
    }
    Scan { broken: !lex::balanced(&tokens), ..reader.outline.finish() }
}

struct Reader<'t, 's> {
    source: &'s str,
    tokens: &'t [Token<'s>],
    outline: Outline<'s>,
    /// How far this line is indented.
    line: usize,
    /// How far the line of the latest heading is.
    heading: usize,
    /// How far the members of each open body are, as the first of them shows.
    columns: Vec<Option<usize>>,
    /// Bodies without braces: how many are open with it, and how far the lines outside of it are indented.
    indented: Vec<(usize, usize)>,
    /// Packages whose bodies are open: how many are open with it, and its whole name.
    blocks: Vec<(usize, String)>,
    /// The package whose body begins next.
    block: Option<String>,
}

impl<'s> Reader<'_, 's> {
    fn is(&self, at: usize, text: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is(text))
    }

    fn before(&self, at: usize) -> &'s str {
        at.checked_sub(1).map_or("", |at| self.tokens[at].text)
    }

    fn is_name(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is_word() && !KEYWORDS.contains(&token.text))
    }

    /// Reads the token there, with those it needs, and says which comes next.
    fn step(&mut self, at: usize) -> usize {
        let token = self.tokens[at];
        if at == 0 || self.tokens[at - 1].line != token.line {
            self.begin_line(&token);
        }
        if token.is_word() {
            return self.word(at);
        }
        if token.kind != Kind::Mark {
            return at + 1;
        }
        match token.text {
            "{" => self.open(true),
            "(" | "[" => self.open(false),
            "}" | ")" | "]" => {
                self.close_indented(0);
                self.close();
            }
            ":" if self.begins_indented(at) => {
                self.indented.push((self.outline.depth() + 1, self.heading));
                self.open(true);
            }
            ";" => self.outline.end_header(),
            _ => {}
        }
        at + 1
    }

    fn begin_line(&mut self, token: &Token<'_>) {
        self.line = column(self.source, token);
        self.close_indented(self.line);
        let goes_on = matches!(token.text, "extends" | "with" | "derives" | "(" | "{" | "[" | ")" | "]");
        if self.outline.in_header() && !goes_on && self.line <= self.heading {
            self.outline.end_header();
        }
        if let Some(column @ None) = self.columns.last_mut() {
            *column = Some(self.line);
        }
    }

    fn open(&mut self, is_body: bool) {
        match self.block.take().filter(|_| is_body) {
            Some(package) => {
                self.outline.open_package(&package);
                self.blocks.push((self.outline.depth(), package));
            }
            None => self.outline.open(is_body),
        }
        self.columns.push(None);
    }

    fn close(&mut self) {
        if self.blocks.last().is_some_and(|(depth, _)| *depth == self.outline.depth()) {
            self.blocks.pop();
        }
        self.outline.close();
        if self.columns.len() > 1 {
            self.columns.pop();
        }
    }

    /// Closes the bodies without braces that are innermost and whose lines stand further right than this.
    fn close_indented(&mut self, column: usize) {
        while let Some(&(depth, outside)) = self.indented.last()
            && depth >= self.outline.depth()
            && column <= outside
        {
            self.indented.pop();
            self.close();
        }
    }

    /// Whether `:` ends the heading of a body without braces.
    fn begins_indented(&self, at: usize) -> bool {
        let token = self.tokens[at];
        let next = self.tokens.get(at + 1).filter(|next| next.line > token.line);
        (self.outline.in_header() || self.block.is_some())
            && next.is_some_and(|next| column(self.source, next) > self.heading)
    }

    fn word(&mut self, at: usize) -> usize {
        let token = self.tokens[at];
        let before = self.before(at);
        if before == "." {
            return at + 1;
        }
        match token.text {
            "package" => return self.package(at),
            "import" => return self.imports(at + 1),
            "export" if self.is_name(at + 1) => return self.imports(at + 1),
            "class" | "trait" | "object" | "enum" if self.is_name(at + 1) => return self.declaration(at),
            "case" if self.outline.body() == Body::Type && self.is_constant(at + 1) => {
                return self.constant(at + 1);
            }
            "type" if self.is_name(at + 1) => {
                self.named(at, Declared::Type);
                return at + 2;
            }
            "def" => {
                self.named(at, Declared::Value);
                return at + 1 + usize::from(self.is_name(at + 1));
            }
            "given" if self.is_name(at + 1) && (self.is(at + 2, ":") || self.is(at + 2, "[")) => {
                self.named(at, Declared::Value);
                return at + 2;
            }
            "val" | "var" => self.values(at),
            "extends" | "with" => self.outline.expect_supertypes(),
            _ => return self.mention(at),
        }
        at + 1
    }

    /// `package a.b`, `package a.b {`, `package object b {`
    fn package(&mut self, at: usize) -> usize {
        let is_object = self.is(at + 1, "object");
        let (path, next) = lex::path(self.tokens, at + 1 + usize::from(is_object), ".");
        if path.is_empty() {
            return at + 1;
        }
        let around =
            self.blocks.last().map_or(self.outline.scan.package.clone(), |(_, package)| package.clone());
        let whole = if around.is_empty() { path } else { format!("{around}.{path}") };
        let is_block = self.is(next, "{") || (self.is(next, ":") && !is_object);
        self.heading = self.line;
        if is_object {
            self.outline.define(Declared::Type, self.tokens[next - 1].text);
        }
        if is_object || is_block {
            self.sees(whole.clone(), at);
            self.block = Some(whole);
        } else {
            if !around.is_empty() {
                self.sees(around, at);
            }
            self.outline.scan.package = whole;
        }
        next
    }

    /// What is in a package can be named here by its own name.
    fn sees(&mut self, package: String, at: usize) {
        let scope = vec!["package".to_owned()];
        let name = Name { text: package, scope, line: self.tokens[at].line, soft: true, ..Name::default() };
        self.outline.scan.names.push(name);
    }

    /// `a.b.C, d.{E, F => G}`
    fn imports(&mut self, mut at: usize) -> usize {
        loop {
            at = self.import(at);
            if !(self.is(at, ",") && self.is_name(at + 1)) {
                return at;
            }
            at += 1;
        }
    }

    fn import(&mut self, at: usize) -> usize {
        let line = self.tokens.get(at).map_or(1, |token| token.line);
        let (path, next) = lex::path(self.tokens, at, ".");
        if path.is_empty() {
            return at;
        }
        let star = path.strip_suffix("._").or_else(|| path.strip_suffix(".given"));
        if let Some(path) = star {
            self.imported(path, "*", None, line);
            // `given T` names the type as code does.
            return next;
        }
        if self.is(next, ".") && self.is(next + 1, "*") {
            self.imported(&path, "*", None, line);
            return next + 2;
        }
        if self.is(next, ".") && self.is(next + 1, "{") {
            return self.selectors(&path, next + 2);
        }
        let Some((path, name)) = path.rsplit_once('.') else { return next };
        if self.is(next, "as") && self.tokens.get(next + 1).is_some_and(Token::is_word) {
            self.imported(path, name, Some(self.tokens[next + 1].text), line);
            return next + 2;
        }
        self.imported(path, name, None, line);
        next
    }

    /// `C, D => E, F as G, _}`
    fn selectors(&mut self, path: &str, mut at: usize) -> usize {
        let mut star = false;
        while let Some(token) = self.tokens.get(at) {
            if token.is("}") {
                return at + 1;
            }
            if token.is("*") || token.is("_") || token.is("given") {
                if !star {
                    self.imported(path, "*", None, token.line);
                }
                star = true;
            } else if token.is_word() && !matches!(self.before(at), "given" | "." | "[") {
                let arrow = if self.is(at + 1, "as") { 2 } else { 3 };
                let renames = arrow == 2 || (self.is(at + 1, "=") && self.is(at + 2, ">"));
                let local = self.tokens.get(at + arrow).filter(|local| renames && local.is_word());
                let name = token.text.trim_matches('`');
                self.imported(path, name, local.map(|local| local.text), token.line);
                at += local.map_or(0, |_| arrow);
            } else if matches!(token.text, ";" | "{") {
                return at;
            }
            at += 1;
        }
        at
    }

    fn imported(&mut self, path: &str, name: &str, local: Option<&str>, line: u32) {
        let symbols = local.map(|local| local.trim_matches('`').to_owned()).into_iter().collect();
        let text = format!("{path}.{name}");
        self.outline.scan.names.push(Name { text, symbols, line, ..Name::default() });
    }

    /// Something that has a name is declared; others can use it where it is a member of the body around it.
    fn define(&mut self, sort: Declared, name: &'s str) {
        self.outline.declare(name);
        let members = self.columns.last().copied().flatten();
        if members.is_none_or(|members| self.line <= members) {
            self.outline.define(sort, name);
        }
    }

    fn declaration(&mut self, at: usize) -> usize {
        let name = self.tokens[at + 1].text.trim_matches('`');
        self.outline.end_header();
        self.define(Declared::Type, name);
        self.outline.begin(name, Body::Type, false);
        self.heading = self.line;
        self.type_parameters(at + 2);
        at + 2
    }

    /// `def name[T](`, `type Name[T]`, `given name: T`
    fn named(&mut self, at: usize, sort: Declared) {
        self.outline.end_header();
        if self.is_name(at + 1) {
            self.define(sort, self.tokens[at + 1].text.trim_matches('`'));
        }
        self.outline.begin("", Body::Code, false);
        self.heading = self.line;
        self.type_parameters(at + 2);
    }

    /// `val a, b = …`, `val (a, B(c)) = …`
    fn values(&mut self, at: usize) {
        self.outline.end_header();
        let line = self.tokens[at].line;
        let heading = self.tokens[at + 1..].iter().take(HEADING);
        let heading =
            heading.take_while(|token| !matches!(token.text, "=" | ":" | "}" | ";") && token.line == line);
        let mut names: Vec<&'s str> =
            heading.filter(|token| token.is_word()).map(|token| token.text.trim_matches('`')).collect();
        let only = names.len() == 1;
        names.retain(|name| only || !is_type_name(name));
        for name in names {
            self.define(Declared::Value, name);
        }
    }

    fn is_constant(&self, at: usize) -> bool {
        self.is_name(at) && is_type_name(self.tokens[at].text)
    }

    /// `case A, B(x: T)` of an enumeration.
    fn constant(&mut self, mut at: usize) -> usize {
        while self.is_constant(at) {
            self.define(Declared::Type, self.tokens[at].text);
            at += 1;
            if !(self.is(at, ",") && self.is_constant(at + 1)) {
                break;
            }
            at += 1;
        }
        at
    }

    /// Declares what stands between `[` and its `]`, without what bounds it.
    fn type_parameters(&mut self, open: usize) {
        if !self.is(open, "[") {
            return;
        }
        let mut depth = 0;
        for at in open..self.tokens.len().min(open + HEADING) {
            match self.tokens[at].text {
                "[" => depth += 1,
                "]" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return;
            }
            let begins = matches!(self.before(at), "[" | "," | "+" | "-");
            if depth == 1 && begins && self.is_name(at) {
                self.outline.declare_parameter(self.tokens[at].text);
            }
        }
    }

    fn is_operand(&self, token: &Token<'_>) -> bool {
        token.kind != Kind::Mark && !KEYWORDS.contains(&token.text)
    }

    /// A name in code or in a heading.
    fn mention(&mut self, at: usize) -> usize {
        let token = self.tokens[at];
        let before = self.before(at);
        let text = token.text.trim_matches('`');
        let next = self.tokens.get(at + 1).map_or("", |next| next.text);
        if text.is_empty() || KEYWORDS.contains(&text) {
            return at + 1;
        }
        let is_supertype = self.outline.at_supertype() && matches!(before, "extends" | "with" | ",");
        if is_type_name(text) {
            if is_supertype {
                let (path, _) = lex::path(self.tokens, at, ".");
                self.outline.use_supertype(&path, token.line);
            }
            self.outline.use_name(text, token.line);
            return at + 1;
        }
        // `private[b]`, and `x op y`, which is a member of something.
        let qualifies =
            before == "[" && at > 1 && matches!(self.tokens[at - 2].text, "private" | "protected");
        let operand = |token: &Token<'_>| {
            token.line == self.tokens[at].line && (token.is(")") || self.is_operand(token))
        };
        let is_infix = at > 0
            && operand(&self.tokens[at - 1])
            && self.tokens.get(at + 1).is_some_and(|next| operand(next) && !next.is(")"));
        if qualifies || is_infix {
            return at + 1;
        }
        let is_bound = next == ":" && !self.is(at + 2, ":");
        if is_bound {
            self.outline.declare_parameter(text);
            return at + 1;
        }
        if next == "<" && self.is(at + 2, "-") {
            self.outline.declare_around(text);
            return at + 1;
        }
        if next == "=" && self.is(at + 2, ">") {
            self.outline.declare(text);
            return at + 1;
        }
        if next == "."
            && let Some((path, end)) = path_to_type(self.tokens, at)
        {
            if is_supertype {
                self.outline.use_supertype(&path, token.line);
            }
            self.outline.use_path(path, token.line);
            return end;
        }
        self.outline.use_name(text, token.line);
        at + 1
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{broken, edges};

    const OTHERS: &[(&str, &str)] = &[
        ("a/C.scala", "package a\nclass C[T]\nobject C { def x = 1 }"),
        ("a/J.java", "package a; public class J { public static class Part {} }"),
        ("a/b/package.scala", "package a\npackage object b { type Alias = Int; def helper = 1 }"),
        ("a/b/T.scala", "package a.b\ntrait T { class Inner; def given1 = 1 }"),
        (
            "a/top.scala",
            "package a\n\ndef top(x: Int) =\n  val local = x\n  local\n\nenum Hue:\n  case Red, Blue",
        ),
    ];

    /// What a file of its own says, among others.
    fn of(path: &str, text: &str) -> Vec<String> {
        let mut files = OTHERS.to_vec();
        files.push((path, text));
        let cut = |edge: String| edge.strip_prefix(path).map(str::to_owned);
        edges(&files).into_iter().filter_map(cut).collect()
    }

    #[test]
    fn imports_name_the_file_of_the_outermost_type() {
        let text = "package z\nimport a.C\nimport a.{J, C => D}\nimport a.C._, a.J.Part\nimport a.C.x\nexport a.C as E";
        let expected = [
            ":2 -> a/C.scala",
            ":3 -> a/J.java",
            ":3 -> a/C.scala",
            ":4 -> a/J.java",
            ":4 -> a/C.scala",
            ":5 -> a/C.scala",
            ":6 -> a/C.scala",
        ];
        assert_eq!(of("z/X.scala", text), expected);
    }

    #[test]
    fn imports_of_packages_are_the_files_of_which_something_is_used() {
        for star in ["a._", "a.*", "a.{given, *}", "a.{C => _, _}"] {
            let found = of("z/X.scala", &format!("package z\nimport {star}\nval j: J = top(1)"));
            assert!(found.contains(&":2 -> a/J.java".to_owned()), "{star}: {found:?}");
            assert!(found.contains(&":2 -> a/top.scala".to_owned()), "{star}: {found:?}");
        }
        assert_eq!(of("z/X.scala", "import a.b._\nval t: Alias = 1"), [":1 -> a/b/package.scala"]);
        // Nothing is named: what an implicit value is from, the package object holds.
        assert_eq!(of("z/X.scala", "import a.b._"), [":1 -> a/b/package.scala"]);
        assert_eq!(of("z/X.scala", "import a._").len(), 1);
    }

    #[test]
    fn package_clauses_open_packages() {
        let nested = "package a\npackage b\nclass X(c: C[J]) extends T";
        assert_eq!(of("a/b/X.scala", nested), [":3 -> a/C.scala", ":3 -> a/J.java", ":3 -> a/b/T.scala"]);
        assert_eq!(of("a/b/X.scala", "package a.b\nclass X(c: C[J]) extends T"), [":2 -> a/b/T.scala"]);
        assert_eq!(of("z/X.scala", "package a {\n package b {\n class X(c: J) extends T } }").len(), 2);
        let files =
            [("x/A.scala", "package p { class A }\npackage q { class B }"), ("y/C.scala", "import p.A, q.B")];
        assert_eq!(edges(&files), ["y/C.scala:1 -> x/A.scala", "y/C.scala:1 -> x/A.scala"]);
    }

    #[test]
    fn names_may_begin_with_what_is_seen() {
        let text = "package a\nimport b.T\nimport b.{Alias, helper}\nval x: b.T = y";
        let expected =
            [":2 -> a/b/T.scala", ":3 -> a/b/package.scala", ":3 -> a/b/package.scala", ":4 -> a/b/T.scala"];
        assert_eq!(of("a/X.scala", text), expected);
        assert_eq!(
            of("z/X.scala", "import a.b\nimport b.T"),
            [":1 -> a/b/package.scala", ":2 -> a/b/T.scala"]
        );
        assert_eq!(of("z/X.scala", "import a.C\nimport C._"), [":1 -> a/C.scala", ":2 -> a/C.scala"]);
        assert_eq!(of("a/X.scala", "package a\nimport _root_.b.T"), [":2 -> external b"]);
        assert_eq!(of("z/X.scala", "class X(v: V) { import v._ }"), [""; 0]);
    }

    #[test]
    fn what_the_file_declares_or_imports_goes_before_the_package() {
        for text in [
            "class X[C](c: C)",
            "class X:\n  class C\n  val c: C = y",
            "def x[C](c: C): C = c",
            "def x(top: Int) = top",
            "def x = y.map(top => top)",
            "val x = for (top <- y) yield top",
            "val x = \"C $J ${C}\"",
            "val x = y top z",
            "private[top] val x = 1",
        ] {
            assert_eq!(of("a/X.scala", &format!("package a\n{text}")), [""; 0], "{text}");
        }
        assert_eq!(of("a/X.scala", "package a\nval x = s\"${new C}\""), [":2 -> a/C.scala"]);
        assert_eq!(of("a/X.scala", "package a\nimport z.C\nval c: C"), [":2 -> external z"]);
    }

    #[test]
    fn bodies_may_have_no_braces() {
        let text = "package a\nclass X:\n  class C\n\nval c: C[Int] = y\nval r = Hue";
        assert_eq!(of("a/X.scala", text), [":5 -> a/C.scala", ":6 -> a/top.scala"]);
        // What is declared within a function is nobody else's.
        assert_eq!(of("a/X.scala", "package a\nval y = local"), [""; 0]);
    }

    #[test]
    fn what_types_inherit_is_theirs() {
        let text = "package z\nimport a.b.T\nclass X extends T {\nval i: Inner = y }";
        assert_eq!(of("z/X.scala", text), [":2 -> a/b/T.scala", ":4 -> a/b/T.scala"]);
    }

    #[test]
    fn any_text_is_read() {
        let text = "package a\r\nimport a.\u{dc}ber\r\nval c: C[Int] = 'x' // J\r\n/* /* J */ */ val q = 'J";
        let files = [OTHERS[0], ("a/X.scala", text), ("a/\u{dc}ber.scala", "package a\nclass \u{dc}ber")];
        assert_eq!(edges(&files), ["a/X.scala:2 -> a/\u{dc}ber.scala", "a/X.scala:3 -> a/C.scala"]);
        assert_eq!(broken(&[("a/X.scala", "class X { def f( { }"), ("a/Y.scala", "")]), 1);
        let deep = format!("package a\nval c: J\n{}", "class Y { val d = new C ".repeat(20_000));
        assert_eq!(of("a/X.scala", &deep).len(), 2);
    }
}
