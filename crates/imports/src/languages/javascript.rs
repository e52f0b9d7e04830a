//! JavaScript and TypeScript with JSX, and the scripts of Vue, Svelte and Astro files, parsed by oxc.
//!
//! | written | is |
//! |---|---|
//! | `import … from "x"`, `export … from "x"`, `import("x")`, `require("x")`, `require.resolve("x")`, `import x = require("x")` | runtime |
//! | `define(["x"], …)`, `require(["x"], …)` | runtime |
//! | `new URL("x", import.meta.url)`, `new Worker("x")` | runtime, where `x` is a file |
//! | `import type`, `export type`, `import("x")` in a type, every name of it marked `type`, all of a `.d.ts` | type-only |
//! | `/// <reference path="x" />`, `/// <reference types="x" />` | type-only |
//! | `jest.mock("x")`, `vi.mock("x")` and their kin | test |
//! | any of these in a `*.config.*` file of a tool | dev |
//!
//! Specifiers are resolved as bundlers do, see [`javascript_modules`](super::javascript_modules). A `require` that is a
//! parameter of a function, as in bundles, is not the module's own. Code that is not valid JavaScript is read once more
//! as TypeScript, as much of Flow is.
//!
//! Not told: specifiers that are computed, `import.meta.glob`, types named in comments, and what a template names.

use facts::dependencies::DependencyKind;
use oxc_allocator::Allocator;
use oxc_ast::ast::{
    Argument, ArrowFunctionExpression, CallExpression, Expression, FormalParameters, Function,
    ImportExpression, NewExpression, TSImportEqualsDeclaration, TSImportType, TSModuleReference,
};
use oxc_ast_visit::{Visit, walk};
use oxc_parser::Parser;
use oxc_span::{GetSpan, SourceType, Span};
use oxc_syntax::{module_record::ModuleRecord, scope::ScopeFlags};

use super::Lines;
pub(super) use super::javascript_modules::resolver;
use crate::{Language, Name, Scan};

pub(super) const ENDINGS: [&str; 11] =
    [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".vue", ".svelte", ".astro"];

pub(super) const LANGUAGE: Language =
    Language { name: "javascript", endings: &ENDINGS, descends: true, scan };

fn scan(path: &str, text: &str) -> Scan {
    if [".vue", ".svelte", ".astro"].iter().any(|ending| path.ends_with(ending)) {
        return scan_blocks(text, path.ends_with(".astro"));
    }
    let source = SourceType::from_path(path).unwrap_or_default();
    if !source.is_javascript() {
        return parse(text, source, 0);
    }
    // Plain JavaScript often holds JSX, or what only scripts may, or types that a build takes out.
    let first = parse(text, source.with_jsx(true), 0);
    if !first.broken {
        return first;
    }
    let others = [SourceType::cjs(), SourceType::tsx()];
    others.iter().map(|other| parse(text, *other, 0)).find(|scan| !scan.broken).unwrap_or(first)
}

/// The scripts of a file that is mostly markup.
fn scan_blocks(text: &str, astro: bool) -> Scan {
    let mut whole = Scan::default();
    let fences = if astro { front_matter(text) } else { None };
    for (script, tag, begin) in fences.into_iter().chain(blocks(text)) {
        let lines_before = Lines::new(&text[..begin]).of(begin) - 1;
        if let Some(source) = attribute(tag, "src") {
            whole.names.push(Name { text: source.to_owned(), line: lines_before + 1, ..Name::default() });
        }
        // A script for pages, or data.
        if attribute(tag, "type").is_some_and(|kind| kind.contains("json") || kind.contains("template")) {
            continue;
        }
        let jsx = attribute(tag, "lang").is_some_and(|lang| lang.ends_with('x'));
        let one = parse(script, SourceType::ts().with_jsx(jsx), lines_before);
        whole.names.extend(one.names);
        whole.broken |= one.broken;
    }
    whole
}

/// Code between two lines of dashes at the head of a file, and where it begins.
fn front_matter(text: &str) -> Option<(&str, &str, usize)> {
    let begin = text.len() - text.trim_start().strip_prefix("---")?.len();
    let end = text[begin..].find("\n---")? + begin;
    Some((&text[begin..end], "", begin))
}

/// Each `<script>` block: its content, its tag, and where its content begins.
fn blocks(text: &str) -> impl Iterator<Item = (&str, &str, usize)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let open = text[at..].find("<script").map(|found| at + found)?;
        let begin = end_of_tag(text, open)?;
        let tag = &text[open..begin];
        let end = text[begin..].find("</script").map_or(text.len(), |found| begin + found);
        at = if tag.ends_with("/>") { begin } else { end };
        Some((&text[begin..at], tag, begin))
    })
}

/// After the `>` that ends a tag, which is none in quotes.
fn end_of_tag(text: &str, open: usize) -> Option<usize> {
    let mut quote = None;
    let end = text[open..].bytes().position(|byte| match quote {
        Some(other) => {
            if byte == other {
                quote = None;
            }
            false
        }
        None => {
            if matches!(byte, b'"' | b'\'') {
                quote = Some(byte);
            }
            byte == b'>'
        }
    })?;
    Some(open + end + 1)
}

/// `value` of `name="value"` in a tag.
fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let at = tag.match_indices(name).find(|(at, _)| tag[..*at].ends_with(char::is_whitespace))?.0;
    let value = tag[at + name.len()..].trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    value[1..].split(quote).next()
}

fn parse(text: &str, source: SourceType, lines_before: u32) -> Scan {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, text, source).parse();
    let mut finder = Finder {
        lines: Lines::new(text),
        lines_before,
        declares: source.is_typescript_definition(),
        bound: 0,
        wrapper: false,
        names: Vec::new(),
    };
    for (specifier, requests) in &parsed.module_record.requested_modules {
        for request in requests {
            let types = request.is_type || takes_types_alone(&parsed.module_record, request.statement_span);
            finder.push_kind(specifier.as_str(), request.span.start, types);
        }
    }
    for comment in &parsed.program.comments {
        finder.reference(text, comment.span);
    }
    // Most files name others at their head alone; the rest of them need not be walked.
    if ["require", "import(", "import (", "define", "ock(", "Actual(", "URL", "Worker"]
        .iter()
        .any(|word| text.contains(word))
    {
        finder.visit_program(&parsed.program);
    }
    finder.names.sort_by(|a, b| (a.line, &a.text).cmp(&(b.line, &b.text)));
    Scan { names: finder.names, broken: parsed.panicked || !parsed.diagnostics.is_empty(), ..Scan::default() }
}

/// Whether every name an import statement takes is marked as a type.
fn takes_types_alone(record: &ModuleRecord<'_>, statement: Span) -> bool {
    let mut own = record.import_entries.iter().filter(|entry| entry.statement_span == statement).peekable();
    own.peek().is_some() && own.all(|entry| entry.is_type)
}

struct Finder {
    lines: Lines,
    lines_before: u32,
    /// Whether all of the file is for types alone.
    declares: bool,
    /// How many functions around this place call a parameter `require`.
    bound: u32,
    /// Whether the next function is handed to `define`, whose `require` is the module's own.
    wrapper: bool,
    names: Vec<Name>,
}

impl Finder {
    fn push(&mut self, specifier: &str, offset: u32) {
        self.push_kind(specifier, offset, false);
    }

    fn push_kind(&mut self, specifier: &str, offset: u32, types_alone: bool) {
        let types_alone = types_alone || self.declares;
        let kind = if types_alone { DependencyKind::TypeOnly } else { DependencyKind::Runtime };
        let line = self.lines.of(offset as usize) + self.lines_before;
        self.names.push(Name { text: specifier.to_owned(), kind, line, ..Name::default() });
    }

    fn push_argument(&mut self, argument: Option<&Argument<'_>>) -> bool {
        let found = argument.and_then(Argument::as_expression).and_then(literal);
        found.inspect(|(specifier, offset)| self.push(specifier, *offset)).is_some()
    }

    /// A file that counts only where it is one.
    fn push_soft(&mut self, argument: Option<&Argument<'_>>) {
        if self.push_argument(argument)
            && let Some(name) = self.names.last_mut()
        {
            name.soft = true;
        }
    }

    /// The list of modules an asynchronous module asks for.
    fn push_list(&mut self, call: &CallExpression<'_>) {
        let lists = call.arguments.iter().take(2).filter_map(|argument| match argument {
            Argument::ArrayExpression(list) => Some(list),
            _ => None,
        });
        for element in lists.flat_map(|list| &list.elements) {
            if let Some((specifier, offset)) = element.as_expression().and_then(literal)
                && !matches!(specifier, "require" | "exports" | "module")
            {
                self.push(specifier, offset);
            }
        }
    }

    /// `/// <reference path="x" />`
    fn reference(&mut self, text: &str, comment: Span) {
        let Some(tag) = text[comment.start as usize..comment.end as usize].strip_prefix("///") else {
            return;
        };
        let Some(tag) = tag.trim_start().strip_prefix("<reference") else { return };
        match (attribute(tag, "path"), attribute(tag, "types")) {
            (Some(path), _) if path.starts_with('.') => self.push_kind(path, comment.start, true),
            (Some(path), _) => self.push_kind(&format!("./{path}"), comment.start, true),
            (None, Some(package)) => self.push_kind(package, comment.start, true),
            (None, None) => {}
        }
    }

    /// Walks a function, within which `require` may be a parameter.
    fn within(&mut self, parameters: &FormalParameters<'_>, walk: impl FnOnce(&mut Self)) {
        let wrapper = std::mem::take(&mut self.wrapper);
        let mut names = parameters.items.iter().filter_map(|one| one.pattern.get_identifier_name());
        let bound = !wrapper && names.any(|name| name == "require");
        self.bound += u32::from(bound);
        walk(self);
        self.bound -= u32::from(bound);
    }
}

/// A text written out, and where.
fn literal<'e>(expression: &'e Expression<'_>) -> Option<(&'e str, u32)> {
    match expression {
        Expression::StringLiteral(text) => Some((text.value.as_str(), text.span.start)),
        Expression::TemplateLiteral(text) => Some((text.single_quasi()?.as_str(), text.span.start)),
        _ => None,
    }
}

/// `object.property`, where the object is a name.
fn member<'e>(callee: &'e Expression<'_>) -> Option<(&'e str, &'e str)> {
    match callee {
        Expression::StaticMemberExpression(member) => match &member.object {
            Expression::Identifier(object) => Some((object.name.as_str(), member.property.name.as_str())),
            _ => None,
        },
        _ => None,
    }
}

impl<'a> Visit<'a> for Finder {
    fn visit_call_expression(&mut self, call: &CallExpression<'a>) {
        let first = call.arguments.first();
        match &call.callee {
            Expression::Identifier(name) => match name.name.as_str() {
                "require" if self.bound == 0 => {
                    self.push_argument(first);
                    self.push_list(call);
                }
                "requirejs" => self.push_list(call),
                "define" => {
                    self.push_list(call);
                    self.visit_expression(&call.callee);
                    for argument in &call.arguments {
                        self.wrapper = true;
                        self.visit_argument(argument);
                        self.wrapper = false;
                    }
                    return;
                }
                _ => {}
            },
            callee => match member(callee) {
                Some(("require", "resolve")) if self.bound == 0 => {
                    self.push_argument(first);
                }
                Some((
                    "jest" | "vi" | "vitest",
                    "mock"
                    | "doMock"
                    | "unmock"
                    | "setMock"
                    | "unstable_mockModule"
                    | "requireActual"
                    | "requireMock"
                    | "importActual"
                    | "importMock",
                )) => {
                    if self.push_argument(first)
                        && let Some(name) = self.names.last_mut()
                    {
                        name.kind = DependencyKind::Test;
                    }
                }
                _ => {}
            },
        }
        walk::walk_call_expression(self, call);
    }

    fn visit_new_expression(&mut self, new: &NewExpression<'a>) {
        if let Expression::Identifier(name) = &new.callee {
            let relative = || {
                let base = new.arguments.get(1).and_then(Argument::as_expression);
                matches!(base, Some(Expression::StaticMemberExpression(base))
                    if base.property.name == "url" && matches!(base.object, Expression::ImportMeta(_)))
            };
            match name.name.as_str() {
                "URL" if relative() => self.push_soft(new.arguments.first()),
                "Worker" | "SharedWorker" => self.push_soft(new.arguments.first()),
                _ => {}
            }
        }
        walk::walk_new_expression(self, new);
    }

    fn visit_function(&mut self, function: &Function<'a>, flags: ScopeFlags) {
        self.within(&function.params, |finder| walk::walk_function(finder, function, flags));
    }

    fn visit_arrow_function_expression(&mut self, function: &ArrowFunctionExpression<'a>) {
        self.within(&function.params, |finder| walk::walk_arrow_function_expression(finder, function));
    }

    fn visit_import_expression(&mut self, import: &ImportExpression<'a>) {
        if let Some((specifier, _)) = literal(&import.source) {
            self.push(specifier, import.source.span().start);
        }
        walk::walk_import_expression(self, import);
    }

    fn visit_ts_import_equals_declaration(&mut self, import: &TSImportEqualsDeclaration<'a>) {
        if let TSModuleReference::ExternalModuleReference(module) = &import.module_reference {
            let name = &module.expression;
            self.push_kind(name.value.as_str(), name.span.start, import.import_kind.is_type());
        }
    }

    fn visit_ts_import_type(&mut self, import: &TSImportType<'a>) {
        self.push_kind(import.source.value.as_str(), import.source.span.start, true);
        walk::walk_ts_import_type(self, import);
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{broken, edges};

    /// What one file names, beside `a.ts` and `b.ts`.
    fn named(path: &str, text: &str) -> Vec<String> {
        let found = edges(&[("a.ts", ""), ("b.ts", ""), (path, text)]);
        let own = format!("{path}:");
        found.iter().filter_map(|edge| edge.strip_prefix(&own)).map(str::to_owned).collect()
    }

    #[test]
    fn statements_and_calls_name_modules() {
        let text = "import x from './a'\nimport './a'\nexport * as y from './a'\nimport('./a')\n\
            import(`./b`)\nrequire('./a')\nrequire.resolve('./a')\nimport z = require('./a')\nimport('./' + x)";
        assert_eq!(
            named("x.ts", text),
            [
                "1 -> a.ts",
                "2 -> a.ts",
                "3 -> a.ts",
                "4 -> a.ts",
                "5 -> b.ts",
                "6 -> a.ts",
                "7 -> a.ts",
                "8 -> a.ts"
            ]
        );
    }

    #[test]
    fn what_is_marked_as_a_type_is_for_types() {
        let text = "/// <reference path=\"b.ts\" />\n/// <reference types='node' />\nimport type { X } from './a'\n\
            export type { Y } from './a'\nlet z: import('./a').Z\nimport { type A, type B } from './a'\n\
            import { type C, d } from './a'\nimport type e = require('./b')";
        assert_eq!(
            named("x.ts", text),
            [
                "1 -> b.ts (type-only)",
                "2 -> external node (type-only)",
                "3 -> a.ts (type-only)",
                "4 -> a.ts (type-only)",
                "5 -> a.ts (type-only)",
                "6 -> a.ts (type-only)",
                "7 -> a.ts",
                "8 -> b.ts (type-only)"
            ]
        );
        assert_eq!(named("x.d.ts", "import { A } from './a'"), ["1 -> a.ts (type-only)"]);
    }

    #[test]
    fn mocks_are_for_tests_and_configurations_for_development() {
        assert_eq!(
            named("x.ts", "vi.mock('./a')\nawait vi.importActual('./b')\njest.fn('./a')"),
            ["1 -> a.ts (test)", "2 -> b.ts (test)"]
        );
        assert_eq!(named("vite.config.ts", "import './a'"), ["1 -> a.ts (dev)"]);
        assert_eq!(named("app.config.ts", "import './a'"), ["1 -> a.ts"]);
    }

    #[test]
    fn addresses_count_where_they_are_files() {
        let text = "new URL('./a.ts', import.meta.url)\nnew URL('./gone.png', import.meta.url)\n\
            new URL('./a.ts', base)\nnew Worker(new URL('./b.ts', import.meta.url))\nnew Worker('worker.js')";
        assert_eq!(named("x.ts", text), ["1 -> a.ts", "4 -> b.ts"]);
    }

    #[test]
    fn a_bundle_has_a_require_of_its_own() {
        let text = "define(['./a', 'exports'], function (a) {})\ndefine(function (require) { require('./b') })\n\
            ({1: [function (require, module) { require('./gone') }]})\n(require => require('./gone'))()\n\
            function f() { require('./a') }";
        assert_eq!(named("x.js", text), ["1 -> a.ts", "2 -> b.ts", "5 -> a.ts"]);
    }

    #[test]
    fn scripts_within_markup_keep_their_lines() {
        let vue = "<template>\n</template>\n<script setup lang=\"ts\" generic=\"T extends Array<string>\">\n\
            import a from './a'\n</script>\n<script src='./b.ts'></script>";
        assert_eq!(named("X.vue", vue), ["4 -> a.ts", "6 -> b.ts"]);
        assert_eq!(
            named("X.svelte", "<script context='module'>import './a'</script>\n<p/>\n<script>\nimport './b'"),
            ["1 -> a.ts", "4 -> b.ts"]
        );
        let astro = "---\nimport A from './a'\n---\n<A/>\n<script>import './b'</script>\n\
            <script type=\"application/ld+json\">{</script>";
        assert_eq!(named("X.astro", astro), ["2 -> a.ts", "5 -> b.ts"]);
    }

    #[test]
    fn dialects_are_read() {
        assert_eq!(named("x.js", "import './a'\nconst f = () => <div>{b}</div>"), ["1 -> a.ts"]);
        assert_eq!(
            named("x.js", "// @flow\nimport type { A } from './a'\nfunction f(x: ?string, y: Array<A>) {}"),
            ["2 -> a.ts (type-only)"]
        );
        assert_eq!(named("x.js", "with (x) {}\nrequire('./a')"), ["2 -> a.ts"]);
        assert_eq!(named("x.ts", "import './a'\n@D() class X { @P() y!: string }"), ["1 -> a.ts"]);
    }

    #[test]
    fn whatever_is_written_is_read_to_its_end() {
        assert_eq!(named("x.ts", ""), Vec::<String>::new());
        assert_eq!(named("x.ts", "import './a'\r\n\r\nimport './b'\r\n"), ["1 -> a.ts", "3 -> b.ts"]);
        assert_eq!(broken(&[("x.ts", "import { from './a'")]), 1);
        assert_eq!(broken(&[("x.ts", &"[".repeat(5_000))]), 1);
        assert_eq!(broken(&[("x.ts", &"!".repeat(20_000))]), 1);
        assert_eq!(broken(&[("x.ts", &"[];".repeat(5_000))]), 0);
        assert_eq!(edges(&[("ñ.ts", ""), ("x.ts", "import './ñ'")]), ["x.ts:1 -> ñ.ts"]);
    }
}
