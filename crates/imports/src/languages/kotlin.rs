//! Kotlin, read as tokens.
//!
//! | written | means |
//! |---|---|
//! | `import a.b.C`, `import a.b.C.Companion.x`, `import a.b.C as D` | the file that declares `a.b.C` |
//! | `import a.b.f`, a function or property, also an extension | the files of that package that declare it |
//! | `import a.b.*` | the files of that package of which something is used by name here |
//! | `C`, `f()`, `x` without an import | the file of the same package that declares it |
//! | `y.f()` without an import | the file of the same package that declares an extension `f`, if no type has a member `f` |
//! | `Inner`, `x`, declared in a type that this file's types extend | the file that declares it |
//! | `a.b.C` in code | the file that declares it, where there is one |
//! | `@file:JvmName("C")`, else the file's name and `Kt` | what Java calls the functions of this file |
//!
//! Aliases (`typealias`) are declared as types are. Private declarations outside of types are the file's own. A simple name
//! is looked for among what the file declares around it, what its types inherit, imports, the package, imports of whole
//! packages. How packages and types are found, and Java's files among them, is told in [`super::jvm`]. Scripts declare
//! nothing for others; those of Gradle name files for the build alone.
//!
//! Not told: what is used without its name (operators, delegates, types of chained calls), `$name` within texts, functions
//! with their whole name in code. Of an extension that is called like a member from a library, only types could tell.

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
    Language { name: "kotlin", endings: &[".kt", ".kts"], descends: false, scan };

const KOTLIN: Lexicon = Lexicon {
    nested_comments: true,
    quotes: &[
        Quote::raw("\"\"\"", "\"\"\"").hole("${", b'}'),
        Quote::plain("\"").hole("${", b'}'),
        Quote::plain("'"),
    ],
    word_marks: b"`",
    special: quoted_words,
    ..LEXICON
};

const KEYWORDS: &[&str] = &[
    "abstract",
    "actual",
    "annotation",
    "as",
    "break",
    "by",
    "catch",
    "class",
    "companion",
    "const",
    "constructor",
    "continue",
    "crossinline",
    "data",
    "do",
    "else",
    "enum",
    "expect",
    "external",
    "false",
    "final",
    "finally",
    "for",
    "fun",
    "get",
    "if",
    "in",
    "infix",
    "init",
    "inline",
    "inner",
    "interface",
    "internal",
    "is",
    "it",
    "lateinit",
    "noinline",
    "null",
    "object",
    "open",
    "operator",
    "out",
    "override",
    "package",
    "private",
    "protected",
    "public",
    "reified",
    "return",
    "sealed",
    "set",
    "super",
    "suspend",
    "tailrec",
    "this",
    "throw",
    "true",
    "try",
    "typealias",
    "val",
    "value",
    "var",
    "vararg",
    "when",
    "where",
    "while",
];
/// How many tokens a function's receiver and name take at the most.
const HEADING: usize = 80;

fn scan(path: &str, source: &str) -> Scan {
    let tokens = lex::tokens(source, &KOTLIN);
    let mut reader = Reader { source, tokens: &tokens, outline: Outline::new(), heading: 0 };
    let mut at = 0;
    while at < tokens.len() {
        at = reader.step(at);
    }
    let mut out = Scan { broken: !lex::balanced(&tokens), ..reader.outline.finish() };
    if path.ends_with(".kts") {
        out.defines.clear();
    }
    out
}

struct Reader<'t, 's> {
    source: &'s str,
    tokens: &'t [Token<'s>],
    outline: Outline<'s>,
    /// How far the latest heading is indented.
    heading: usize,
}

impl<'s> Reader<'_, 's> {
    fn is(&self, at: usize, text: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is(text))
    }

    fn before(&self, at: usize) -> &'s str {
        at.checked_sub(1).map_or("", |at| self.tokens[at].text)
    }

    fn is_first_of_line(&self, at: usize) -> bool {
        at == 0 || self.tokens[at - 1].line != self.tokens[at].line
    }

    /// Reads the token there, with those it needs, and says which comes next.
    fn step(&mut self, at: usize) -> usize {
        let token = self.tokens[at];
        if token.is_word() {
            // A declaration without a body ends with its line.
            let ends = self.outline.in_header() && self.is_first_of_line(at) && !token.is("where");
            if ends && column(self.source, &token) <= self.heading {
                self.outline.end_header();
            }
            return self.word(at);
        }
        if token.kind != Kind::Mark {
            return at + 1;
        }
        match token.text {
            "{" => self.outline.open(true),
            "(" | "[" => self.outline.open(false),
            "}" | ")" | "]" => self.outline.close(),
            ";" => {
                self.outline.end_header();
                self.outline.end_constants();
            }
            ":" if !self.is(at + 1, ":") => self.outline.expect_supertypes(),
            "<" => self.outline.angle(1),
            ">" if self.before(at) == "-" => self.parameters_of_lambda(at - 1),
            ">" => self.outline.angle(-1),
            _ => {}
        }
        at + 1
    }

    fn word(&mut self, at: usize) -> usize {
        let token = self.tokens[at];
        let before = self.before(at);
        if before == "." {
            if !is_type_name(token.text) {
                self.outline.use_member(token.text.trim_matches('`'), token.line);
            }
            return at + 1;
        }
        let next = self.tokens.get(at + 1);
        let names = next.is_some_and(Token::is_word);
        match token.text {
            "package" if names && self.outline.depth() == 1 => {
                let (package, next) = lex::path(self.tokens, at + 1, ".");
                self.outline.scan.package = package;
                return next;
            }
            "import" if names && self.outline.depth() == 1 => return self.import(at),
            "class" | "interface" if names && before != ":" => return self.declaration(at),
            "object" if before == "companion" => {
                self.begin("", Body::Type, at, false);
                return at + 1 + usize::from(names && self.is_name(at + 1));
            }
            "object" if names && self.is_name(at + 1) => return self.declaration(at),
            "typealias" if names => return self.alias(at),
            "fun" if !self.is(at + 1, "interface") => return self.function(at),
            "val" | "var" => return self.property(at),
            "JvmName" if before == ":" && self.outline.depth() == 1 => {
                // `@file:JvmName("Name")`: what Java calls the functions of this file.
                let name = self.tokens.get(at + 2).filter(|name| name.kind == Kind::Text);
                self.outline.scan.defines.extend(name.map(|name| name.text.to_owned()));
            }
            "init" | "constructor" => self.outline.end_header(),
            _ => return self.mention(at),
        }
        at + 1
    }

    fn is_name(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is_word())
    }

    fn begin(&mut self, name: &'s str, body: Body, at: usize, constants: bool) {
        self.outline.begin(name, body, constants);
        let line = self.tokens[at].line;
        let mut first = at;
        while first > 0 && self.tokens[first - 1].line == line {
            first -= 1;
            // Long lines need no exact answer.
            if at - first > HEADING {
                break;
            }
        }
        self.heading = column(self.source, &self.tokens[first]);
    }

    /// `import a.b.C as D`
    fn import(&mut self, at: usize) -> usize {
        let line = self.tokens[at].line;
        let (mut text, mut next) = lex::path(self.tokens, at + 1, ".");
        let mut symbols = Vec::new();
        if self.is(next, ".") && self.is(next + 1, "*") {
            text.push_str(".*");
            next += 2;
        } else if self.is(next, "as") && self.is_name(next + 1) {
            symbols.push(self.tokens[next + 1].text.trim_matches('`').to_owned());
            next += 2;
        }
        self.outline.scan.names.push(Name { text, symbols, line, ..Name::default() });
        next
    }

    /// Whether the declaration that begins here is the file's own.
    fn is_private(&self, at: usize) -> bool {
        let modifiers = self.tokens[..at].iter().rev().take_while(|token| KEYWORDS.contains(&token.text));
        modifiers.take(8).any(|token| token.text == "private") && self.outline.body() == Body::Package
    }

    fn define(&mut self, sort: Declared, name: &'s str, at: usize) {
        self.outline.declare(name);
        if !self.is_private(at) {
            let sort = if self.outline.body() == Body::Package || sort == Declared::Type {
                sort
            } else {
                Declared::Value
            };
            self.outline.define(sort, name);
        }
    }

    fn declaration(&mut self, at: usize) -> usize {
        let name = self.tokens[at + 1].text.trim_matches('`');
        let enumerates = self.before(at) == "enum";
        self.outline.end_header();
        self.define(Declared::Type, name, at);
        self.begin(name, Body::Type, at, enumerates);
        self.type_parameters(at + 2);
        at + 2
    }

    fn alias(&mut self, at: usize) -> usize {
        let name = self.tokens[at + 1].text.trim_matches('`');
        self.outline.end_header();
        self.define(Declared::Type, name, at);
        self.begin(name, Body::Code, at, false);
        self.type_parameters(at + 2);
        at + 2
    }

    /// Declares what stands between `<` and its `>`, without what bounds it; says what comes behind.
    fn type_parameters(&mut self, open: usize) -> usize {
        if !self.is(open, "<") {
            return open;
        }
        let mut depth = 0;
        for at in open..self.tokens.len().min(open + HEADING) {
            let token = self.tokens[at];
            match token.text {
                "<" => depth += 1,
                ">" if self.before(at) != "-" => depth -= 1,
                "{" | "}" | ";" => break,
                _ => {}
            }
            if depth == 0 {
                return at + 1;
            }
            let begins = matches!(self.before(at), "<" | "," | "reified" | "out" | "in");
            if depth == 1 && token.is_word() && begins && !KEYWORDS.contains(&token.text) {
                self.outline.declare_parameter(token.text);
            }
        }
        open
    }

    /// `fun <T> Receiver<T>.name(`
    fn function(&mut self, at: usize) -> usize {
        self.outline.end_header();
        // Type parameters are known before the name is.
        self.begin("", Body::Code, at, false);
        let begin = self.type_parameters(at + 1);
        let (mut angles, mut brackets, mut extends) = (0usize, 0usize, false);
        for next in begin..self.tokens.len().min(begin + HEADING) {
            let token = self.tokens[next];
            match token.text {
                "(" if brackets == 0 && angles == 0 && next > begin && self.tokens[next - 1].is_word() => {
                    let name = self.tokens[next - 1].text.trim_matches('`');
                    let sort = if extends { Declared::Extension } else { Declared::Value };
                    self.define(sort, name, at);
                    break;
                }
                "(" => brackets += 1,
                ")" => brackets = brackets.saturating_sub(1),
                "<" => angles += 1,
                ">" if self.before(next) != "-" => angles = angles.saturating_sub(1),
                "." if angles == 0 && brackets == 0 => extends = true,
                "{" | "}" | "=" | ";" | "fun" => break,
                _ => {}
            }
        }
        at + 1
    }

    /// `val <T> Receiver<T>.name: …`, `val (a, b) = …`
    fn property(&mut self, at: usize) -> usize {
        self.outline.end_header();
        let line = self.tokens[at].line;
        let mut begin = at + 1;
        if self.is(begin, "<") {
            self.begin("", Body::Code, at, false);
            begin = self.type_parameters(begin);
        }
        if self.is(begin, "(") {
            let inside = self.tokens[begin..].iter().take(HEADING).take_while(|token| !token.is(")"));
            let names: Vec<&'s str> =
                inside.filter(|token| token.is_word()).map(|token| token.text).collect();
            names.into_iter().filter(|name| !is_type_name(name)).for_each(|name| self.outline.declare(name));
            return at + 1;
        }
        let (mut angles, mut extends, mut name) = (0usize, false, None);
        for next in begin..self.tokens.len().min(begin + HEADING) {
            let token = self.tokens[next];
            match token.text {
                "<" => angles += 1,
                ">" => angles = angles.saturating_sub(1),
                "." if angles == 0 => extends = true,
                ":" | "=" | "by" | "in" | "{" | "}" | "(" | ")" | "," | ";" if angles == 0 => break,
                "get" | "set" if name.is_some() && self.before(next) != "." => break,
                _ if token.line != line && angles == 0 && self.before(next) != "." => break,
                text if token.is_word() && angles == 0 => name = Some(text.trim_matches('`')),
                _ => {}
            }
        }
        if let Some(name) = name {
            self.define(if extends { Declared::Extension } else { Declared::Value }, name, at);
            if self.outline.body() == Body::Code {
                self.outline.declare_parameter(name);
            }
        }
        at + 1
    }

    /// `{ a, (b, c), d: T ->`: what stands before the arrow at `at`.
    fn parameters_of_lambda(&mut self, at: usize) {
        for token in self.tokens[..at].iter().rev().take(HEADING) {
            match token.text {
                "," | "(" | ")" | ":" | "<" | ">" | "." | "?" | "_" => {}
                text if token.is_word() && !KEYWORDS.contains(&text) => {
                    if !is_type_name(text) {
                        self.outline.declare(text);
                    }
                }
                _ => return,
            }
        }
    }

    /// A name in code or in a heading.
    fn mention(&mut self, at: usize) -> usize {
        let token = self.tokens[at];
        let before = self.before(at);
        let text = token.text.trim_matches('`');
        let next = self.tokens.get(at + 1).map_or("", |next| next.text);
        if self.outline.among_constants() && matches!(before, "{" | ",") {
            self.outline.declare(text);
            self.outline.define(Declared::Value, text);
            return at + 1;
        }
        // `this@Outer`, `return@label`, `@file:`
        let labelled = before == "@"
            && at > 1
            && matches!(self.tokens[at - 2].text, "this" | "super" | "return" | "break" | "continue");
        if labelled || text.is_empty() {
            return at + 1;
        }
        if is_type_name(text) {
            if self.outline.at_supertype() && matches!(before, ":" | ",") {
                let (path, _) = lex::path(self.tokens, at, ".");
                self.outline.use_supertype(&path, token.line);
            }
            self.outline.use_name(text, token.line);
            return at + 1;
        }
        if KEYWORDS.contains(&text) {
            return at + 1;
        }
        let is_colon = next == ":" && !self.is(at + 2, ":");
        if is_colon || before == "for" {
            if before != "@" {
                self.outline.declare_parameter(text);
            }
            return at + 1;
        }
        let is_iterated = next == "in" && before == "(" && at > 1 && self.tokens[at - 2].text == "for";
        if is_iterated {
            self.outline.declare_around(text);
            return at + 1;
        }
        // `f(name = 1)`
        if next == "=" && !self.is(at + 2, "=") && matches!(before, "(" | ",") {
            return at + 1;
        }
        if next == "."
            && let Some((path, end)) = path_to_type(self.tokens, at)
        {
            if self.outline.at_supertype() && matches!(before, ":" | ",") {
                self.outline.use_supertype(&path, token.line);
            }
            self.outline.use_path(path, token.line);
            self.outline.use_name(text, token.line);
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
        ("a/C.kt", "package a\nclass C<T>(val t: T) { companion object { val x = 1 } fun held() {} }"),
        ("a/J.java", "package a; public class J { public static class Part {} }"),
        (
            "a/more.kt",
            "package a\nfun Int.g() = 2\nfun <T> List<T>.held() {}\ntypealias Alias = Map<String, Int>",
        ),
        (
            "a/tools.kt",
            "package a\nfun f() {}\nval Int.g get() = 1\nprivate fun hidden() {}\nfun interface Act",
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
        let text =
            "package b\nimport a.C\nimport a.C.Companion.x\nimport a.C as D\nimport a.J.Part\nimport a.Alias";
        let expected = [":2 -> a/C.kt", ":3 -> a/C.kt", ":4 -> a/C.kt", ":5 -> a/J.java", ":6 -> a/more.kt"];
        assert_eq!(of("b/X.kt", text), expected);
    }

    #[test]
    fn an_import_of_functions_takes_all_of_the_name() {
        let expected = [":1 -> a/tools.kt", ":2 -> a/more.kt", ":2 -> a/tools.kt"];
        assert_eq!(of("b/X.kt", "import a.f\nimport a.g"), expected);
        let unseen = [":1 -> unresolved no file of the package a declares it; a build or a library may"];
        assert_eq!(of("b/X.kt", "import a.hidden"), unseen);
    }

    #[test]
    fn imports_of_packages_are_the_files_of_which_something_is_used() {
        assert_eq!(of("b/X.kt", "import a.*\nval c: C<J> = f()").len(), 3);
        assert_eq!(of("b/X.kt", "import a.*\nval c = 1.g()").len(), 2);
        // `held` may be the member of C; that nothing else of the package is used speaks for the extension.
        assert_eq!(of("b/X.kt", "import a.*\nfun x(y: Any) = y.held()"), [":1 -> a/more.kt"]);
        let unused = [":1 -> unresolved nothing of the package a is used by name here"];
        assert_eq!(of("b/X.kt", "import a.*"), unused);
    }

    #[test]
    fn a_package_is_seen_without_imports() {
        let text = "package a\nclass X : J() {\nfun h() = f()\nval i = \"${C(1)}\"\nval k = 1.g() }";
        let expected =
            [":2 -> a/J.java", ":3 -> a/tools.kt", ":4 -> a/C.kt", ":5 -> a/more.kt", ":5 -> a/tools.kt"];
        assert_eq!(of("a/X.kt", text), expected);
        assert_eq!(of("a/X.kt", "package a\nfun x(y: Any) = y.held()"), [""; 0]);
    }

    #[test]
    fn what_the_file_declares_or_imports_goes_before_the_package() {
        for text in [
            "class X<C>(val c: C)",
            "class X { lateinit var c: C; class C }",
            "fun <C> x(c: C): C = c",
            "enum class X { C, J { } }",
            "fun x(f: () -> Unit) = f()",
            "fun x() { val f = 1; print(f) }",
            "fun x() = listOf(1).map { f -> f + 1 }",
            "fun x() = y(f = 1)",
            "fun `C or J`() {}",
            "fun String.f() = 1",
        ] {
            assert_eq!(of("a/X.kt", &format!("package a\n{text}")), [""; 0], "{text}");
        }
        assert_eq!(of("a/X.kt", "package a\nimport z.C\nval c: C"), [":2 -> external z"]);
    }

    #[test]
    fn what_types_inherit_is_theirs() {
        let files = [
            ("a/Base.kt", "package a\nopen class Base : Root() { fun f() {} }"),
            ("a/Root.kt", "package a\nopen class Root { class Node }"),
            ("a/X.kt", "package a\nclass X : Base() {\nval n: Node = y()\n}"),
            ("a/others.kt", "package a\nclass Node\nfun f() {}"),
        ];
        let found = edges(&files);
        assert_eq!(found, ["a/Base.kt:2 -> a/Root.kt", "a/X.kt:2 -> a/Base.kt", "a/X.kt:3 -> a/Root.kt"]);
    }

    #[test]
    fn java_calls_functions_by_their_file() {
        let files = [
            ("a/X.java", "package a;\nimport static a.ToolsKt.f;\nclass X { Object o = Named.g(); }"),
            ("a/named.kt", "@file:JvmName(\"Named\")\npackage a\nfun g() {}"),
            ("a/tools.kt", "package a\nfun f() {}"),
        ];
        assert_eq!(edges(&files), ["a/X.java:2 -> a/tools.kt", "a/X.java:3 -> a/named.kt"]);
    }

    #[test]
    fn the_nearest_source_set_is_meant() {
        let files = [
            ("src/commonMain/C.kt", "package a\nexpect class C"),
            ("src/jvmMain/C.kt", "package a\nactual class C"),
            ("src/jvmMain/X.kt", "package a\nval c = a.C()"),
            ("src/jvmTest/Y.kt", "package a\nval c = C()"),
        ];
        let expected =
            ["src/jvmMain/X.kt:2 -> src/jvmMain/C.kt", "src/jvmTest/Y.kt:2 -> src/jvmMain/C.kt (test)"];
        assert_eq!(edges(&files), expected);
    }

    #[test]
    fn scripts_declare_nothing() {
        let files = [
            ("build.gradle.kts", "import a.C\nval one = C()"),
            ("buildSrc/src/C.kt", "package a\nclass C"),
            ("other.kts", "println(one)"),
        ];
        assert_eq!(edges(&files), ["build.gradle.kts:1 -> buildSrc/src/C.kt (dev)"]);
    }

    #[test]
    fn any_text_is_read() {
        let text = "package a\r\nimport a.\u{dc}ber\r\nval c: C<Int>? = null // J\r\n/* /* J */ */";
        let files = [OTHERS[0], ("a/X.kt", text), ("a/\u{dc}ber.kt", "package a\nclass \u{dc}ber")];
        assert_eq!(edges(&files), ["a/X.kt:2 -> a/\u{dc}ber.kt", "a/X.kt:3 -> a/C.kt"]);
        assert_eq!(broken(&[("a/X.kt", "class X { fun f( { }"), ("a/Y.kt", "")]), 1);
        let deep = format!("package a\nval c: J\n{}", "class Y { val d = C() ".repeat(20_000));
        assert_eq!(of("a/X.kt", &deep).len(), 2);
    }
}
