//! Java, read as tokens.
//!
//! | written | means |
//! |---|---|
//! | `import a.b.C;`, `import a.b.C.Inner;`, `import static a.b.C.m;` | the file that declares `a.b.C` |
//! | `import a.b.*;` | the files of that package whose types are used by name here |
//! | `import static a.b.C.*;`, `import a.b.C.*;` | the file that declares `a.b.C` |
//! | `C`, `@C`, `C.m()`, `C::m`, without an import | the file of the same package that declares it |
//! | `Inner`, declared in a type that this file's types extend | the file that declares it |
//! | `a.b.C` in code | the file that declares it, where there is one |
//! | `requires a.b;` in `module-info.java` | the `module-info.java` of that module, else the external module |
//! | `uses a.b.C;`, `provides a.b.C with d.E;` | the files of these types |
//!
//! A simple name is looked for as the language does: among what the file declares around it (nested types, type
//! parameters), what its types inherit, single imports, the package, imports of whole packages. How packages and types
//! are found is told in [`super::jvm`]. An import of something that no file declares, from a package that is here, is
//! unresolved: mostly a build writes it.
//!
//! Not told: types that are used without being named, as those of chained calls; which constants were inlined.

use super::jvm::{
    Declared, LEXICON,
    outline::{Body, Outline, is_type_name},
    path_to_type,
};
use crate::{
    Language, Name, Scan,
    lex::{self, Lexicon, Quote, Token},
};

pub(super) const LANGUAGE: Language = Language { name: "java", endings: &[".java"], descends: false, scan };

const JAVA: Lexicon = Lexicon {
    quotes: &[Quote { lines: true, ..Quote::plain("\"\"\"") }, Quote::plain("\""), Quote::plain("'")],
    ..LEXICON
};

/// Words that a type's name can follow, and that are none themselves.
const KEYWORDS: &[&str] = &[
    "abstract",
    "assert",
    "case",
    "catch",
    "class",
    "default",
    "do",
    "else",
    "enum",
    "extends",
    "final",
    "finally",
    "for",
    "goto",
    "if",
    "implements",
    "import",
    "instanceof",
    "interface",
    "native",
    "new",
    "package",
    "permits",
    "private",
    "protected",
    "provides",
    "public",
    "record",
    "return",
    "sealed",
    "static",
    "strictfp",
    "super",
    "switch",
    "synchronized",
    "this",
    "throw",
    "throws",
    "transient",
    "try",
    "uses",
    "var",
    "volatile",
    "when",
    "while",
    "with",
    "yield",
];
const PRIMITIVES: &[&str] = &["boolean", "byte", "char", "double", "float", "int", "long", "short", "void"];
/// Words behind which a type's name may begin with a small letter.
const BEFORE_TYPES: &[&str] = &["new", "extends", "implements", "throws", "instanceof", "@", "permits"];

fn scan(_path: &str, source: &str) -> Scan {
    let tokens = lex::tokens(source, &JAVA);
    let mut reader =
        Reader { tokens: &tokens, outline: Outline::new(), member: 0, assigned: false, annotation: None };
    let mut at = 0;
    while at < tokens.len() {
        at = reader.step(at);
    }
    Scan { broken: !lex::balanced(&tokens), ..reader.outline.finish() }
}

struct Reader<'t, 's> {
    tokens: &'t [Token<'s>],
    outline: Outline<'s>,
    /// Where the member or statement begins.
    member: usize,
    /// Whether a `=` stands in it.
    assigned: bool,
    /// The last token of the latest annotation's name.
    annotation: Option<usize>,
}

impl<'s> Reader<'_, 's> {
    fn is(&self, at: usize, text: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is(text))
    }

    fn before(&self, at: usize) -> &'s str {
        at.checked_sub(1).map_or("", |at| self.tokens[at].text)
    }

    /// Reads the token there, with those it needs, and says which comes next.
    fn step(&mut self, at: usize) -> usize {
        let token = self.tokens[at];
        if token.is_word() {
            return self.word(at);
        }
        if token.kind != lex::Kind::Mark {
            return at + 1;
        }
        match token.text {
            "{" => {
                self.outline.open(true);
                self.begin_member(at + 1);
            }
            "(" | "[" => self.outline.open(false),
            "}" => {
                self.outline.close();
                self.begin_member(at + 1);
            }
            ")" | "]" => self.outline.close(),
            ";" => {
                self.outline.end_header();
                self.outline.end_constants();
                self.begin_member(at + 1);
            }
            "=" => self.assigned = true,
            "<" if self.begins_parameters(at) => {
                self.outline.begin("", Body::Code, false);
                self.type_parameters(at);
            }
            "<" => self.outline.angle(1),
            ">" => self.outline.angle(-1),
            _ => {}
        }
        at + 1
    }

    fn begin_member(&mut self, at: usize) {
        self.member = at;
        self.assigned = false;
    }

    /// Whether `<` stands where a method or constructor declares what it is generic in.
    fn begins_parameters(&self, at: usize) -> bool {
        const MODIFIERS: &[&str] = &[
            "public",
            "protected",
            "private",
            "static",
            "final",
            "abstract",
            "default",
            "synchronized",
            "native",
        ];
        if self.outline.body() != Body::Type || self.outline.in_header() || self.assigned {
            return false;
        }
        let before = self.before(at);
        at == self.member
            || MODIFIERS.contains(&before)
            || before == ")"
            || self.annotation.is_some_and(|annotation| annotation + 1 == at)
    }

    /// Declares what stands between `<` and its `>`, without what bounds it.
    fn type_parameters(&mut self, open: usize) {
        let mut depth = 0;
        for at in open..self.tokens.len() {
            match self.tokens[at].text {
                "<" => depth += 1,
                ">" => depth -= 1,
                "{" | "}" | ";" => return,
                _ => {}
            }
            if depth == 0 {
                return;
            }
            let next = |at: usize| {
                self.tokens.get(at).is_some_and(|next| matches!(next.text, "," | ">" | "extends"))
            };
            let is_first =
                depth == 1 && self.tokens[at].is_word() && self.before(at) != "extends" && next(at + 1);
            if is_first && !matches!(self.before(at), "." | "&") {
                self.outline.declare_parameter(self.tokens[at].text);
            }
        }
    }

    fn word(&mut self, at: usize) -> usize {
        let token = self.tokens[at];
        let before = self.before(at);
        if before == "." {
            return at + 1;
        }
        match token.text {
            "package" if self.outline.depth() == 1 => return self.package(at),
            "import" if self.outline.depth() == 1 => return self.import(at),
            "module" if self.outline.depth() == 1 => return self.module(at),
            "requires" if self.outline.depth() == 2 => return self.requires(at),
            "class" | "interface" | "enum" => return self.declaration(at),
            "record" if self.is_record(at) => return self.declaration(at),
            "extends" | "implements" => self.outline.expect_supertypes(),
            "permits" => {}
            _ => return self.mention(at),
        }
        at + 1
    }

    fn package(&mut self, at: usize) -> usize {
        let (package, next) = lex::path(self.tokens, at + 1, ".");
        self.outline.scan.package = package;
        next
    }

    fn import(&mut self, at: usize) -> usize {
        let is_static = self.is(at + 1, "static");
        let (mut text, mut next) = lex::path(self.tokens, at + 1 + usize::from(is_static), ".");
        if self.is(next, ".") && self.is(next + 1, "*") {
            text.push_str(".*");
            next += 2;
        }
        let scope = if is_static { vec!["static".to_owned()] } else { Vec::new() };
        if !text.is_empty() {
            self.outline.scan.names.push(Name { text, scope, line: self.tokens[at].line, ..Name::default() });
        }
        next.max(at + 1)
    }

    /// `module a.b {`
    fn module(&mut self, at: usize) -> usize {
        let (name, next) = lex::path(self.tokens, at + 1, ".");
        if name.is_empty() || !self.is(next, "{") {
            return at + 1;
        }
        self.outline.scan.defines.push(format!("module {name}"));
        next
    }

    /// `requires transitive a.b;`
    fn requires(&mut self, at: usize) -> usize {
        let modifiers =
            self.tokens[at + 1..].iter().take_while(|token| token.is("transitive") || token.is("static"));
        let begin = at + 1 + modifiers.count();
        let (text, next) = lex::path(self.tokens, begin, ".");
        if !text.is_empty() && self.is(next, ";") {
            let scope = vec!["module".to_owned()];
            self.outline.scan.names.push(Name { text, scope, line: self.tokens[at].line, ..Name::default() });
            return next;
        }
        at + 1
    }

    fn is_record(&self, at: usize) -> bool {
        self.tokens.get(at + 1).is_some_and(Token::is_word) && (self.is(at + 2, "(") || self.is(at + 2, "<"))
    }

    fn declaration(&mut self, at: usize) -> usize {
        let Some(name) = self.tokens.get(at + 1).filter(|name| name.is_word()) else { return at + 1 };
        self.outline.define(Declared::Type, name.text);
        self.outline.declare(name.text);
        self.outline.begin(name.text, Body::Type, self.tokens[at].text == "enum");
        if self.is(at + 2, "<") {
            self.type_parameters(at + 2);
        }
        at + 2
    }

    /// A name in code or in a heading.
    fn mention(&mut self, at: usize) -> usize {
        let token = self.tokens[at];
        let before = self.before(at);
        let next = self.tokens.get(at + 1).map_or("", |next| next.text);
        if before == "@" {
            self.annotation = Some(at);
        }
        let behind_word = at > 0 && self.tokens[at - 1].is_word() && self.annotation != Some(at - 1);
        if !is_type_name(token.text) {
            if KEYWORDS.contains(&token.text) || PRIMITIVES.contains(&token.text) {
                return at + 1;
            }
            if next == "."
                && let Some((path, end)) = path_to_type(self.tokens, at)
            {
                if before == "@" {
                    self.annotation = Some(end - 1);
                }
                if self.outline.at_supertype() {
                    self.outline.use_supertype(&path, token.line);
                }
                self.outline.use_path(path, token.line);
                return end;
            }
            let declares =
                self.tokens.get(at + 1).is_some_and(|next| next.is_word() && !KEYWORDS.contains(&next.text));
            if BEFORE_TYPES.contains(&before) || (declares && !behind_word) {
                self.outline.use_name(token.text, token.line);
            }
            return at + 1;
        }
        if self.outline.among_constants()
            && matches!(before, "{" | ",") | (self.annotation == at.checked_sub(1) && at > 0)
            && before != "@"
        {
            self.outline.declare(token.text);
            return at + 1;
        }
        // `Type NAME`, `Type[] NAME`, `NAME()` declare or call something that is not a type.
        let is_named = behind_word && !KEYWORDS.contains(&before);
        let is_called = next == "(" && !matches!(before, "new" | "@" | "case" | "instanceof");
        if is_named || is_called {
            return at + 1;
        }
        if self.outline.at_supertype() && matches!(before, "extends" | "implements" | ",") {
            let (path, _) = lex::path(self.tokens, at, ".");
            self.outline.use_supertype(&path, token.line);
        }
        self.outline.use_name(token.text, token.line);
        at + 1
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{broken, edges};

    const OTHERS: &[(&str, &str)] = &[
        ("a/C.java", "package a; public class C { public static class Inner {} static void m() {} }"),
        ("a/D.java", "package a; public record D<T>(T value) {}"),
        ("a/E.java", "package a; public sealed interface E permits F {}"),
        ("a/F.java", "package a; @interface F {}"),
    ];

    /// What a file of its own says, among others.
    fn of(path: &str, text: &str) -> Vec<String> {
        let mut files = OTHERS.to_vec();
        files.push((path, text));
        edges(&files).into_iter().filter(|edge| edge.starts_with(path)).collect()
    }

    #[test]
    fn imports_name_the_file_of_the_outermost_type() {
        let text = "package b;\nimport a.C;\nimport a.C.Inner;\nimport static a.C.m;\nimport static a.C.*;\nimport a.C.*;";
        let to_c = |line| format!("b/X.java:{line} -> a/C.java");
        assert_eq!(of("b/X.java", text), [to_c(2), to_c(3), to_c(4), to_c(5), to_c(6)]);
    }

    #[test]
    fn imports_of_packages_are_the_files_whose_types_are_used() {
        let text = "package b;\nimport a.*;\nimport java.util.*;\nclass X { D<C> d; }";
        let expected =
            ["b/X.java:2 -> a/C.java", "b/X.java:2 -> a/D.java", "b/X.java:3 -> external java.util"];
        assert_eq!(of("b/X.java", text), expected);
        let unused = ["b/X.java:1 -> unresolved nothing of the package a is used by name here"];
        assert_eq!(of("b/X.java", "import a.*;"), unused);
    }

    #[test]
    fn a_package_is_seen_without_imports() {
        let text = "package a;\nclass X {\n@F void f() { C.m(); }\nObject g = D::new;\nboolean h(Object o) { return o instanceof E; } }";
        let expected = [
            "a/X.java:3 -> a/C.java",
            "a/X.java:3 -> a/F.java",
            "a/X.java:4 -> a/D.java",
            "a/X.java:5 -> a/E.java",
        ];
        assert_eq!(of("a/X.java", text), expected);
    }

    #[test]
    fn what_the_file_declares_or_imports_goes_before_the_package() {
        let none = [""; 0];
        assert_eq!(of("a/X.java", "package a; class X<C> { C c; }"), none);
        assert_eq!(of("a/X.java", "package a; class X { C c; class C {} }"), none);
        assert_eq!(of("a/X.java", "package a; class X { <C> C c(C x) { return x; } }"), none);
        assert_eq!(of("a/X.java", "package a; enum X { C, D(1), E { } }"), none);
        assert_eq!(of("a/X.java", "package a; class X { int C; void D() { C = D(); } }").len(), 1);
        assert_eq!(of("a/X.java", "package a; import z.C; class X { C c; }"), ["a/X.java:1 -> external z"]);
        let after = "package a; class X { class Y<C> { C c; }\n C d; }";
        assert_eq!(of("a/X.java", after), ["a/X.java:2 -> a/C.java"]);
    }

    #[test]
    fn inherited_types_go_before_the_package() {
        let files = [
            ("a/Base.java", "package a; class Base extends Root {}"),
            ("a/Node.java", "package a; class Node {}"),
            ("a/Root.java", "package a; class Root { static class Node {} }"),
            ("a/X.java", "package a;\nclass X extends Base {\nNode n; }"),
        ];
        let found = edges(&files);
        assert_eq!(
            found,
            ["a/Base.java:1 -> a/Root.java", "a/X.java:2 -> a/Base.java", "a/X.java:3 -> a/Root.java"]
        );
    }

    #[test]
    fn whole_names_in_code_are_found() {
        let text = "package b;\nclass X { a.C.Inner c = new a.C.Inner(); java.util.List<?> l = this.a.b; }";
        assert_eq!(of("b/X.java", text), ["b/X.java:2 -> a/C.java"]);
    }

    #[test]
    fn modules_and_packages_have_files_of_their_own() {
        let files = [
            ("p/a/C.java", "package a; public class C {}"),
            ("p/a/package-info.java", "@C\npackage a;"),
            ("p/module-info.java", "module p { exports a; uses a.C;\nprovides a.C with a.Gone; }"),
            ("q/module-info.java", "open module q {\nrequires transitive p;\nrequires java.sql; }"),
        ];
        let expected = [
            "p/a/package-info.java:1 -> p/a/C.java",
            "p/module-info.java:1 -> p/a/C.java",
            "q/module-info.java:2 -> p/module-info.java",
            "q/module-info.java:3 -> external java.sql",
        ];
        assert_eq!(edges(&files), expected);
    }

    #[test]
    fn what_no_file_declares_is_said() {
        let text = "package b;\nimport a.Made;\nimport a.Made.Part;\nimport org.x.Y;\nimport java.io.File;";
        let expected = [
            "b/X.java:2 -> unresolved no file of the package a declares it; a build or a library may",
            "b/X.java:3 -> unresolved no file of the package a declares it; a build or a library may",
            "b/X.java:4 -> external org.x",
            "b/X.java:5 -> external java.io",
        ];
        assert_eq!(of("b/X.java", text), expected);
    }

    #[test]
    fn the_nearest_of_several_is_meant_and_tests_only_by_tests() {
        let files = [
            ("m/src/main/java/a/C.java", "package a; class C {}"),
            ("m/src/main/java/a/X.java", "package a; class X { C c; T t; }"),
            ("m/src/test/java/a/T.java", "package a; class T { C c; }"),
            ("m/src/test/java/a/X.java", "package a; class X {}"),
            ("n/src/main/java/a/C.java", "package a; class C { X x; }"),
        ];
        let expected = [
            "m/src/main/java/a/X.java:1 -> m/src/main/java/a/C.java",
            "m/src/test/java/a/T.java:1 -> m/src/main/java/a/C.java (test)",
            "n/src/main/java/a/C.java:1 -> m/src/main/java/a/X.java",
        ];
        assert_eq!(edges(&files), expected);
        let apart = [("x/A.java", "class A { B b; }"), ("y/B.java", "class B {}")];
        assert_eq!(edges(&apart), [""; 0]);
    }

    #[test]
    fn any_text_is_read() {
        let text = "package a;\r\nimport a.\u{dc}ber;\r\nclass X { C c; String s = \"\"\"\n D \"E\" \"\"\"; // F\r\n}";
        let mut files = OTHERS.to_vec();
        files.extend([("a/X.java", text), ("a/\u{dc}ber.java", "package a; class \u{dc}ber {}")]);
        assert_eq!(edges(&files).iter().filter(|edge| edge.starts_with("a/X")).count(), 2);
        assert_eq!(broken(&files), 0);
        assert_eq!(broken(&[("a/X.java", "class X { void f( { }")]), 1);
        assert_eq!(broken(&[("a/X.java", "")]), 0);
        let deep = format!("package a; class X {{ C c; {} }}", "class Y { D d; ".repeat(20_000));
        assert_eq!(of("a/X.java", &deep).len(), 2);
    }
}
