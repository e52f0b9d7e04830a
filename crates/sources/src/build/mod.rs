//! Modules that somebody declared by a build file: a directory that carries one is a module.

mod gradle;

use facts::{Omission, Omitted};

use crate::tree::Tree;

/// A build system: the files that make a directory a module. A new one is a row here.
struct System {
    /// Shown as where the module was read from.
    name: &'static str,
    is_build_file: fn(&[u8]) -> bool,
}

const SYSTEMS: &[System] = &[
    System { name: "Cargo.toml", is_build_file: |name| name == b"Cargo.toml" },
    System { name: "package.json", is_build_file: |name| name == b"package.json" },
    System { name: "go.mod", is_build_file: |name| name == b"go.mod" },
    System { name: "pom.xml", is_build_file: |name| name == b"pom.xml" },
    System {
        name: "build.gradle",
        is_build_file: |name| name == b"build.gradle" || name == b"build.gradle.kts",
    },
    System {
        name: "pyproject.toml",
        is_build_file: |name| matches!(name, b"pyproject.toml" | b"setup.py" | b"setup.cfg"),
    },
    System {
        name: ".NET project",
        is_build_file: |name| ends_with_any(name, &[b".csproj", b".fsproj", b".vbproj"]),
    },
    System { name: "gemspec", is_build_file: |name| name.ends_with(b".gemspec") },
    System { name: "composer.json", is_build_file: |name| name == b"composer.json" },
    System { name: "Package.swift", is_build_file: |name| name == b"Package.swift" },
    System { name: "mix.exs", is_build_file: |name| name == b"mix.exs" },
    System { name: "pubspec.yaml", is_build_file: |name| name == b"pubspec.yaml" },
];

/// Bazel packages are directories, thousands of them: they say something only where nothing else does.
const BAZEL: System =
    System { name: "Bazel", is_build_file: |name| matches!(name, b"BUILD" | b"BUILD.bazel") };

/// Directories whose build files describe examples, test data or other people's code.
const NOT_OURS: [&[u8]; 17] = [
    b"__fixtures__",
    b"__tests__",
    b"archetype-resources",
    b"example",
    b"examples",
    b"fixtures",
    b"node_modules",
    b"sample",
    b"samples",
    b"template",
    b"templates",
    b"test-data",
    b"test_data",
    b"testdata",
    b"third_party",
    b"vendor",
    b"playground",
];

fn ends_with_any(name: &[u8], endings: &[&[u8]]) -> bool {
    endings.iter().any(|ending| name.ends_with(ending))
}

/// A directory declared a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Declared {
    /// Without a trailing slash; empty for the root.
    pub(crate) directory: Vec<u8>,
    pub(crate) from: &'static str,
}

/// Every directory that a build file of the head declares a module, sorted.
pub(crate) fn declared(tree: &dyn Tree, ledger: &mut Vec<Omission>) -> Vec<Declared> {
    let mut found = by_name(tree, SYSTEMS);
    found.extend(gradle::included(tree, &mut |why| ledger.push(Omission::new(Omitted::BuildFiles, 1, why))));
    if found.iter().filter(|module| !module.directory.is_empty()).count() < 2 {
        found.extend(by_name(tree, &[BAZEL]));
    }
    found.sort_by(|a, b| a.directory.cmp(&b.directory));
    found.dedup_by(|next, kept| next.directory == kept.directory);
    found
}

fn by_name(tree: &dyn Tree, systems: &[System]) -> Vec<Declared> {
    let mut out = Vec::new();
    for path in tree.paths() {
        let (directory, name) = match path.iter().rposition(|&byte| byte == b'/') {
            Some(slash) => (&path[..slash], &path[slash + 1..]),
            None => (&path[..0], path.as_slice()),
        };
        let Some(system) = systems.iter().find(|system| (system.is_build_file)(name)) else { continue };
        let theirs = directory.split(|&byte| byte == b'/').any(|part| NOT_OURS.contains(&part));
        if !theirs {
            out.push(Declared { directory: directory.to_vec(), from: system.name });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::literal::LiteralTree;

    #[test]
    fn build_files_make_modules() {
        let tree = LiteralTree::new(&[
            ("Cargo.toml", "[workspace]"),
            ("crates/a/Cargo.toml", ""),
            ("crates/a/tests/fixtures/x/Cargo.toml", ""),
            ("web/package.json", ""),
            ("web/node_modules/y/package.json", ""),
            ("src/App/App.csproj", ""),
            ("settings.gradle.kts", "include(\":core\", \"streams:api\")\ninclude(\"gone\")"),
            ("core/x.java", ""),
            ("streams/api/x.java", ""),
            ("lib/BUILD", ""),
        ]);
        let mut ledger = Vec::new();
        let found = declared(&tree, &mut ledger);
        let names: Vec<_> =
            found.iter().map(|module| String::from_utf8_lossy(&module.directory).into_owned()).collect();
        assert_eq!(names, ["", "core", "crates/a", "src/App", "streams/api", "web"]);
        assert_eq!(ledger, []);
    }

    #[test]
    fn bazel_speaks_where_nothing_else_does() {
        let tree = LiteralTree::new(&[("BUILD", ""), ("lib/BUILD.bazel", ""), ("app/BUILD", "")]);
        assert_eq!(declared(&tree, &mut Vec::new()).len(), 3);
    }
}
