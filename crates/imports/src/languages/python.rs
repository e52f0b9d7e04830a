//! Python, parsed by ruff.
//!
//! | written | means |
//! |---|---|
//! | `import a.b` | the module `a.b`, and no less |
//! | `from a import b` | the module `a.b` where there is one, else `a` |
//! | `from ..a import b` | the same, from the directory above the file's own |
//! | `importlib.import_module("a.b")`, `__import__("a")` | the same as `import`, where the name is written out |
//! | `pytest_plugins = ["a.b"]` | the same as `import` |
//! | `import_module(".a", __package__)`, `import_module(".a", "b")` | `.a` from the file's own package, and `b.a` |
//!
//! A module is `a/__init__.py`, `a.py`, or the stub of either, in this order; a directory without `__init__.py` is a
//! namespace package. Modules are looked for below roots: directories that hold a top-level package, a build file
//! (`pyproject.toml`, `setup.py`, `setup.cfg`), `src` beside one, or a `conftest.py` outside of packages, and the root of
//! the tree. The roots above the file come first, the nearest before the others; before them comes the file's own
//! directory where it is no package, as a script sees what lies beside it. Of the rest, those that share most of
//! their path with the file come first. A root below a directory of tests, examples, documentation or tools is seen from
//! within that directory alone. What one root lacks of a package the next may have, as packages can be spread over several.
//!
//! What no root holds is external, by the first part of its name. So is a module of Python's own library, unless a module
//! beside the file or in a root above it shadows it. Where a package is in the tree and the module in it is not, as it is
//! compiled or written by a build, the name is unresolved.
//!
//! Imports under `if TYPE_CHECKING:`, by whatever name, and all of a stub are for types alone. Imports within functions,
//! conditions and `try` count as any other.
//!
//! Not told: where a name that `__init__.py` takes from elsewhere is defined (the edge leads to `__init__.py`), module
//! names that are computed, entry points, and paths a program adds to `sys.path`.

use facts::dependencies::{DependencyKind, Target};
use ruff_python_ast::{
    BoolOp, Expr, ExprCall, Stmt, StmtIf, StmtImportFrom, UnaryOp,
    visitor::{Visitor, walk_expr, walk_stmt},
};
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};
use ruff_text_size::{Ranged, TextSize};
use rustc_hash::{FxHashMap, FxHashSet};

use super::{Lines, python_library};
use crate::{
    Language, Meant, Name, Resolve, Scan,
    project::{Project, directories_up, directory, join},
};

pub(super) const LANGUAGE: Language = Language { name: "python", endings: &ENDINGS, descends: true, scan };

const ENDINGS: [&str; 2] = [".py", ".pyi"];

fn scan(path: &str, text: &str) -> Scan {
    let parsed = parse_unchecked(text, ParseOptions::from(Mode::Module));
    let broken = parsed.has_invalid_syntax();
    let mut finder = Finder {
        lines: Lines::new(text),
        names: Vec::new(),
        types_alone: path.ends_with(".pyi"),
        flags: vec!["TYPE_CHECKING".to_owned()],
    };
    if let Some(module) = parsed.try_into_module() {
        finder.visit_body(module.suite());
    }
    Scan { names: finder.names, broken, ..Scan::default() }
}

struct Finder {
    lines: Lines,
    names: Vec<Name>,
    /// Whether what is read now is for types alone.
    types_alone: bool,
    /// What `TYPE_CHECKING` is called here.
    flags: Vec<String>,
}

impl Finder {
    fn push(&mut self, text: String, symbols: Vec<String>, offset: TextSize) {
        let kind = if self.types_alone { DependencyKind::TypeOnly } else { DependencyKind::Runtime };
        let line = self.lines.of(offset.to_usize());
        self.names.push(Name { text, symbols, kind, line, ..Name::default() });
    }

    fn names_taken(&mut self, import: &StmtImportFrom) {
        let module = import.module.as_ref().map_or("", |module| module.as_str());
        let text = format!("{}{module}", ".".repeat(import.level as usize));
        for alias in &import.names {
            if let Some(called) = alias.asname.as_ref().filter(|_| alias.name.as_str() == "TYPE_CHECKING") {
                self.flags.push(called.to_string());
            }
            self.push(text.clone(), vec![alias.name.to_string()], alias.start());
        }
    }

    fn branches(&mut self, branch: &StmtIf) {
        let before = self.types_alone;
        let otherwise = before || self.denies_types(&branch.test);
        self.visit_expr(&branch.test);
        self.types_alone = before || self.asks_for_types(&branch.test);
        self.visit_body(&branch.body);
        for clause in &branch.elif_else_clauses {
            self.types_alone = otherwise;
            if let Some(test) = &clause.test {
                self.visit_expr(test);
                self.types_alone |= self.asks_for_types(test);
            }
            self.visit_body(&clause.body);
        }
        self.types_alone = before;
    }

    /// Whether a condition holds for type checkers alone.
    fn asks_for_types(&self, test: &Expr) -> bool {
        match test {
            Expr::Name(name) => self.flags.iter().any(|flag| flag == name.id.as_str()),
            Expr::Attribute(attribute) => attribute.attr.as_str() == "TYPE_CHECKING",
            Expr::BoolOp(both) if both.op == BoolOp::And => {
                both.values.iter().any(|value| self.asks_for_types(value))
            }
            _ => false,
        }
    }

    /// Whether a condition holds for everything but type checkers.
    fn denies_types(&self, test: &Expr) -> bool {
        matches!(test, Expr::UnaryOp(not) if not.op == UnaryOp::Not && self.asks_for_types(&not.operand))
    }

    /// Modules a test suite loads, by name.
    fn plugins(&mut self, value: &Expr) {
        match value {
            Expr::StringLiteral(name) => self.push(name.value.to_str().to_owned(), Vec::new(), value.start()),
            Expr::List(list) => list.elts.iter().for_each(|one| self.plugins(one)),
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|one| self.plugins(one)),
            _ => {}
        }
    }

    fn import_call(&mut self, call: &ExprCall) {
        let Some(Expr::StringLiteral(name)) = call.arguments.find_argument_value("name", 0) else { return };
        let name = name.value.to_str();
        let package = call.arguments.find_argument_value("package", 1);
        let text = match package {
            Some(Expr::StringLiteral(package)) if name.starts_with('.') => {
                format!("{}{name}", package.value.to_str())
            }
            Some(Expr::Name(own)) if matches!(own.id.as_str(), "__package__" | "__name__") => name.to_owned(),
            // A relative name is told only from a package that is.
            _ if name.starts_with('.') => return,
            _ => name.to_owned(),
        };
        self.push(text, Vec::new(), call.func.start());
    }
}

impl<'a> Visitor<'a> for Finder {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::Import(import) => {
                for alias in &import.names {
                    self.push(alias.name.to_string(), Vec::new(), alias.start());
                }
            }
            Stmt::ImportFrom(import) => self.names_taken(import),
            Stmt::If(branch) => self.branches(branch),
            Stmt::Assign(assign) => {
                if assign
                    .targets
                    .iter()
                    .any(|target| matches!(target, Expr::Name(name) if name.id.as_str() == "pytest_plugins"))
                {
                    self.plugins(&assign.value);
                }
                walk_stmt(self, stmt);
            }
            _ => walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::Call(call) = expr
            && is_import_call(&call.func)
        {
            self.import_call(call);
        }
        walk_expr(self, expr);
    }
}

fn is_import_call(func: &Expr) -> bool {
    match func {
        Expr::Name(name) => matches!(name.id.as_str(), "__import__" | "import_module"),
        Expr::Attribute(attribute) => {
            attribute.attr.as_str() == "import_module"
                && matches!(&*attribute.value, Expr::Name(module) if module.id.as_str() == "importlib")
        }
        _ => false,
    }
}

pub(super) fn resolver<'p>(project: &'p Project<'p>, _scans: &'p [(u32, Scan)]) -> Box<dyn Resolve + 'p> {
    Box::new(Packages::new(project))
}

struct Packages<'p> {
    project: &'p Project<'p>,
    /// Files by their path without its ending; a package by its directory.
    modules: FxHashMap<&'p str, u32>,
    /// Top-level names and the roots that hold them.
    tops: FxHashMap<&'p str, Vec<&'p str>>,
}

impl<'p> Packages<'p> {
    fn new(project: &'p Project<'p>) -> Self {
        let mut modules: FxHashMap<&str, u32> = FxHashMap::default();
        let files = project.files_ending(&ENDINGS);
        for &file in &files {
            let other = modules.entry(module_path(project.text(file))).or_insert(file);
            if precedence(project.text(file)) < precedence(project.text(*other)) {
                *other = file;
            }
        }
        let roots = roots(project);
        let mut tops: FxHashMap<&str, Vec<&str>> = FxHashMap::default();
        for &file in &files {
            let path = project.text(file);
            for root in directories_up(directory(path)).filter(|at| roots.contains(at)) {
                let Some(below) = below(path, root) else { continue };
                let top = below.split_once('/').map_or_else(|| module_path(below), |(top, _)| top);
                let holders = tops.entry(top).or_default();
                if !holders.contains(&root) {
                    holders.push(root);
                }
            }
        }
        Self { project, modules, tops }
    }

    /// The file of a module below a directory.
    fn file(&self, root: &str, module: &str) -> Option<u32> {
        self.modules.get(join(root, &module.replace('.', "/")).as_str()).copied()
    }

    /// Roots in which a name is looked up from a file, in this order.
    fn roots_for<'s>(&'s self, from: &'s str, top: &str) -> Vec<&'s str> {
        let holders = self.tops.get(top).map_or(&[][..], Vec::as_slice);
        let own = python_library::is_own(top);
        let mut out: Vec<&str> = holders.iter().copied().filter(|root| is_seen(root, from)).collect();
        if own {
            out.retain(|root| below(from, root).is_some() && self.file(root, top).is_some());
        }
        out.sort_by_key(|root| {
            let above = below(from, root).is_some();
            (!above, std::cmp::Reverse(if above { root.len() } else { shared(root, from) }), *root)
        });
        let beside = directory(from);
        if self.file(beside, top).is_some() && !is_package(self.project, beside) {
            out.retain(|root| *root != beside);
            out.insert(0, beside);
        }
        out
    }

    fn absolute(&self, from: &str, module: &str, symbol: Option<&str>) -> Target<u32> {
        let top = module.split('.').next().unwrap_or(module);
        let roots = self.roots_for(from, top);
        if let Some(file) = roots.iter().find_map(|root| self.within(root, module, symbol)) {
            return Target::File(file);
        }
        if roots.iter().any(|root| self.file(root, top).is_some()) {
            return Target::Unresolved(format!("no file for the module {module}"));
        }
        Target::External(top.to_owned())
    }

    /// `from module import symbol` below a root.
    fn within(&self, root: &str, module: &str, symbol: Option<&str>) -> Option<u32> {
        let own = match module {
            "" => self.modules.get(root).copied(),
            module => self.file(root, module),
        };
        // A module that is one file has no modules in it, whatever directory lies beside it.
        let holds = own.is_none_or(|file| precedence(self.project.text(file)).is_multiple_of(2));
        let longer = symbol.filter(|symbol| holds && *symbol != "*").map(|symbol| match module {
            "" => symbol.to_owned(),
            module => format!("{module}.{symbol}"),
        });
        longer.and_then(|longer| self.file(root, &longer)).or(own)
    }

    fn relative(&self, from: &str, text: &str, symbol: Option<&str>) -> Target<u32> {
        let module = text.trim_start_matches('.');
        let level = text.len() - module.len();
        let mut at = Some(directory(from));
        for _ in 1..level {
            at = at.filter(|at| !at.is_empty()).map(directory);
        }
        let Some(at) = at else { return Target::Unresolved("it leads out of the tree".to_owned()) };
        match self.within(at, module, symbol) {
            Some(file) => Target::File(file),
            None if module.is_empty() => Target::Unresolved(format!("no package in {at}/")),
            None => Target::Unresolved(format!("no file for {}", join(at, &module.replace('.', "/")))),
        }
    }
}

/// Directories from which top-level names are looked up.
fn roots<'p>(project: &'p Project<'p>) -> FxHashSet<&'p str> {
    let mut roots = FxHashSet::from_iter([""]);
    for init in project.files_called("__init__.py") {
        // Above the topmost package.
        let packages = directories_up(directory(project.text(init))).take_while(|at| is_package(project, at));
        if let Some(top) = packages.last().filter(|top| !top.is_empty()) {
            roots.insert(directory(top));
        }
    }
    for build in ["pyproject.toml", "setup.py", "setup.cfg"] {
        for file in project.files_called(build) {
            let at = directory(project.text(file));
            roots.insert(at);
            roots.extend(project.directory(&join(at, "src")));
        }
    }
    // The test runner puts them on the path.
    let tests = project.files_called("conftest.py");
    roots.extend(
        tests.iter().map(|&file| directory(project.text(file))).filter(|at| !is_package(project, at)),
    );
    roots
}

fn is_package(project: &Project<'_>, at: &str) -> bool {
    project.find(&join(at, "__init__.py")).is_some()
}

/// A path without its ending; a package's directory for its `__init__`.
fn module_path(path: &str) -> &str {
    let stem = path.strip_suffix(".py").or_else(|| path.strip_suffix(".pyi")).unwrap_or(path);
    match stem.strip_suffix("__init__") {
        Some(package) if package.is_empty() || package.ends_with('/') => package.trim_end_matches('/'),
        _ => stem,
    }
}

/// Which of several files is the module, the least first; even for packages.
fn precedence(path: &str) -> u8 {
    let package = path.rsplit('/').next().is_some_and(|name| name.starts_with("__init__."));
    match (package, path.ends_with(".pyi")) {
        (true, false) => 0,
        (false, false) => 1,
        (true, true) => 2,
        (false, true) => 3,
    }
}

/// Whether a file may take top-level names from a root: what lies with tests or examples is theirs alone.
fn is_seen(root: &str, from: &str) -> bool {
    let aside = |part: &str| {
        matches!(
            part,
            "test"
                | "tests"
                | "testing"
                | "example"
                | "examples"
                | "demo"
                | "demos"
                | "sample"
                | "samples"
                | "doc"
                | "docs"
                | "script"
                | "scripts"
                | "tool"
                | "tools"
                | "benchmark"
                | "benchmarks"
                | "bench"
                | "template"
                | "templates"
                | "fixtures"
                | "testdata"
        )
    };
    let mut end = 0;
    for part in root.split('/') {
        end += part.len();
        if aside(part) {
            return below(from, &root[..end]).is_some();
        }
        end += 1;
    }
    true
}

/// How many bytes of whole directories two paths share.
fn shared(one: &str, other: &str) -> usize {
    let parts = one.split('/').zip(other.split('/'));
    parts.take_while(|(one, other)| one == other).map(|(part, _)| part.len() + 1).sum()
}

/// What of a path lies below a directory.
fn below<'a>(path: &'a str, directory: &str) -> Option<&'a str> {
    if directory.is_empty() {
        return Some(path);
    }
    path.strip_prefix(directory)?.strip_prefix('/')
}

impl Resolve for Packages<'_> {
    fn resolve<'s>(&self, from: u32, scan: &'s Scan, out: &mut Vec<Meant<'s>>) {
        let path = self.project.text(from);
        for name in &scan.names {
            let symbol = name.symbols.first().map(String::as_str);
            let target = if name.text.starts_with('.') {
                self.relative(path, &name.text, symbol)
            } else {
                self.absolute(path, &name.text, symbol)
            };
            out.push(Meant { name, target });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{broken, edges};

    /// What one file names, among packages `a` and `a/b` with a module `c` each.
    fn named(path: &str, text: &str) -> Vec<String> {
        let found = edges(&[
            ("a/__init__.py", ""),
            ("a/c.py", ""),
            ("a/b/__init__.py", ""),
            ("a/b/c.py", ""),
            ("space/d.py", ""),
            (path, text),
        ]);
        let own = format!("{path}:");
        found.iter().filter_map(|edge| edge.strip_prefix(&own)).map(str::to_owned).collect()
    }

    #[test]
    fn a_module_named_whole_is_that_module_and_no_less() {
        assert_eq!(
            named("x.py", "import a.b.c, a\nimport a.b as e"),
            ["1 -> a/b/c.py", "1 -> a/__init__.py", "2 -> a/b/__init__.py"]
        );
        assert_eq!(named("x.py", "import a.missing"), ["1 -> unresolved no file for the module a.missing"]);
    }

    #[test]
    fn what_is_taken_from_a_package_is_a_module_where_there_is_one() {
        assert_eq!(
            named("x.py", "from a import (\n  c,\n  d,\n)\nfrom a.b import *"),
            ["2 -> a/c.py", "3 -> a/__init__.py", "5 -> a/b/__init__.py"]
        );
        assert_eq!(
            named("x.py", "from space import d\nimport space.d"),
            ["1 -> space/d.py", "2 -> space/d.py"]
        );
    }

    #[test]
    fn dots_go_up_and_stop_at_the_root() {
        assert_eq!(
            named("a/b/x.py", "from . import c\nfrom .. import c\nfrom ..c import d\nfrom .... import e"),
            ["1 -> a/b/c.py", "2 -> a/c.py", "3 -> a/c.py", "4 -> unresolved it leads out of the tree"]
        );
        assert_eq!(named("a/b/x.py", "from .gone import d"), ["1 -> unresolved no file for a/b/gone"]);
    }

    #[test]
    fn names_written_out_in_calls_are_imports() {
        let text = "import importlib\nimportlib.import_module('a.c')\n__import__('a')\n\
            import_module('.c', package='a.b')\nimport_module('.c', __package__)\nimport_module(f'a.{x}')\n\
            import_module('.c')\nimport_module('.c', app.name)";
        assert_eq!(
            named("a/x.py", text),
            ["1 -> external importlib", "2 -> a/c.py", "3 -> a/__init__.py", "4 -> a/b/c.py", "5 -> a/c.py"]
        );
    }

    #[test]
    fn plugins_of_a_test_suite_are_imports() {
        assert_eq!(
            named("conftest.py", "pytest_plugins = [\n  'a.c',\n  'pytester',\n]\npytest_plugins = 'a.b'"),
            ["2 -> a/c.py (test)", "3 -> external pytester (test)", "5 -> a/b/__init__.py (test)"]
        );
    }

    #[test]
    fn what_type_checkers_alone_see_is_for_types() {
        let text = "from typing import TYPE_CHECKING as TC\nif TC:\n  import a\nelse:\n  import a.c\n\
            if not typing.TYPE_CHECKING:\n  import a.b\nelif x:\n  import a.b.c\n\
            if TC and x:\n  def f(): import a.b";
        assert_eq!(
            named("x.py", text),
            [
                "1 -> external typing",
                "3 -> a/__init__.py (type-only)",
                "5 -> a/c.py",
                "7 -> a/b/__init__.py",
                "9 -> a/b/c.py (type-only)",
                "11 -> a/b/__init__.py (type-only)"
            ]
        );
        assert_eq!(named("x.pyi", "import a"), ["1 -> a/__init__.py (type-only)"]);
    }

    #[test]
    fn imports_within_functions_conditions_and_try_count() {
        let text = "try:\n  import a\nexcept ImportError:\n  import a.c\ndef f():\n  match x:\n    case 1:\n      import a.b";
        assert_eq!(named("x.py", text), ["2 -> a/__init__.py", "4 -> a/c.py", "8 -> a/b/__init__.py"]);
    }

    #[test]
    fn the_nearest_of_equal_names_is_meant_that_has_the_module() {
        let found = edges(&[
            ("one/pyproject.toml", ""),
            ("one/src/p/__init__.py", "import p.q, shared"),
            ("one/src/p/q.py", ""),
            ("two/pyproject.toml", ""),
            ("two/src/p/__init__.py", "import p.q"),
            ("two/src/shared/__init__.py", ""),
        ]);
        assert_eq!(
            found,
            [
                "one/src/p/__init__.py:1 -> one/src/p/q.py",
                "one/src/p/__init__.py:1 -> two/src/shared/__init__.py",
                "two/src/p/__init__.py:1 -> one/src/p/q.py"
            ]
        );
    }

    #[test]
    fn the_own_library_is_meant_unless_something_near_shadows_it() {
        let found = edges(&[
            ("a/__init__.py", "import logging"),
            ("jobs/logging.py", ""),
            ("jobs/run.py", "import logging"),
            ("email/x.py", "import email"),
        ]);
        assert_eq!(
            found,
            [
                "a/__init__.py:1 -> external logging",
                "email/x.py:1 -> external email",
                "jobs/run.py:1 -> jobs/logging.py"
            ]
        );
    }

    #[test]
    fn packages_of_examples_and_tests_are_theirs_alone() {
        let found = edges(&[
            ("a/__init__.py", "import pydantic"),
            ("examples/pydantic/__init__.py", ""),
            ("examples/run.py", "import pydantic"),
            ("tests/conftest.py", ""),
            ("tests/helpers.py", ""),
            ("tests/unit/test_a.py", "import helpers, a"),
        ]);
        assert_eq!(
            found,
            [
                "a/__init__.py:1 -> external pydantic",
                "examples/run.py:1 -> examples/pydantic/__init__.py",
                "tests/unit/test_a.py:1 -> tests/helpers.py (test)",
                "tests/unit/test_a.py:1 -> a/__init__.py (test)"
            ]
        );
    }

    #[test]
    fn code_comes_before_its_stub_and_a_package_before_a_module() {
        let found = edges(&[
            ("m.py", ""),
            ("m.pyi", ""),
            ("n.pyi", ""),
            ("o.py", ""),
            ("o/p.py", ""),
            ("x.py", "import m, n\nfrom o import p"),
        ]);
        assert_eq!(found, ["x.py:1 -> m.py", "x.py:1 -> n.pyi", "x.py:2 -> o.py"]);
    }

    #[test]
    fn whatever_is_written_is_read_to_its_end() {
        assert_eq!(named("x.py", ""), Vec::<String>::new());
        assert_eq!(named("x.py", "import a\r\nfrom a import c\r\n"), ["1 -> a/__init__.py", "2 -> a/c.py"]);
        assert_eq!(named("x.py", "def f(:\n  pass\nimport a.c\n"), ["3 -> a/c.py"]);
        assert_eq!(broken(&[("x.py", "def f(:")]), 1);
        assert_eq!(broken(&[("x.py", &"(".repeat(5_000))]), 1);
        assert_eq!(edges(&[("ñ.py", ""), ("x.py", "import ñ")]), ["x.py:1 -> ñ.py"]);
    }
}
