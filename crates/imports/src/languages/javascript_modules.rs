//! The files JavaScript's specifiers mean.
//!
//! | written | means |
//! |---|---|
//! | `./x`, `../x` | the file; with an ending left out; `x.ts` for `x.js`; `x/index.ts`; what the directory's `package.json` says |
//! | `#x` | an entry of `imports` in the nearest `package.json` |
//! | `x` that matches `paths` or lies below `baseUrl` | the file, by the nearest `tsconfig.json` or `jsconfig.json` and what they extend |
//! | `p`, `p/x`, where `p` is a package of the tree | its entry, or what `exports` makes of `x` |
//! | `@/x`, `~/x`, `$lib/x`, `src/x`, `/x` | below the nearest `package.json`, or `src` or `app` beside it, where there is such a file |
//! | `https://host/x` | external `host` |
//! | any other `p`, `p/x`, `@s/p/x` | external `p`, `@s/p` |
//!
//! Where a package of the tree offers what a build makes, its source of the same name is taken (`dist/x.js` →
//! `src/x.ts`). What a `tsconfig.json` extends from packages that are not in the tree is left out, and it counts for
//! every file below it, whatever it includes, unless it refers to others. A query (`./x?raw`) and loaders before `!` are the
//! bundler's and are taken off. Packages among fixtures and mocks are not taken for those of their names.
//!
//! Not told: aliases that only a bundler's configuration knows, and modules it makes up.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use facts::dependencies::{DependencyKind, Target};
use oxc_resolver::{
    FileMetadata, FileSystem, ResolveError, ResolveOptions, ResolverGeneric, TsconfigDiscovery,
};
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;

use super::javascript::ENDINGS;
use crate::{
    Meant, Resolve, Scan,
    project::{Project, directories_up, directory, join, resolve},
};

pub(super) fn resolver<'p>(project: &'p Project<'p>, _scans: &'p [(u32, Scan)]) -> Box<dyn Resolve + 'p> {
    Box::new(Modules::new(project))
}

struct Modules<'p> {
    project: &'p Project<'p>,
    packages: Arc<FxHashMap<String, String>>,
    resolver: ResolverGeneric<Tree>,
}

/// Where the tree lies for the resolver.
const ROOT: &str = "/tree";

/// Endings that may be left out, the likeliest first.
const LEFT_OUT: [&str; 13] = [
    ".ts", ".tsx", ".d.ts", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json", ".vue", ".svelte",
    ".astro",
];

/// What an ending may stand for.
const STANDS_FOR: [(&str, &[&str]); 4] = [
    (".js", &[".js", ".ts", ".tsx", ".d.ts", ".jsx"]),
    (".jsx", &[".jsx", ".tsx"]),
    (".mjs", &[".mjs", ".mts"]),
    (".cjs", &[".cjs", ".cts"]),
];

impl<'p> Modules<'p> {
    fn new(project: &'p Project<'p>) -> Self {
        let strings = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let options = ResolveOptions {
            tsconfig: Some(TsconfigDiscovery::Auto),
            condition_names: strings(&[
                "source", "import", "module", "require", "browser", "node", "types", "default",
            ]),
            extensions: strings(&LEFT_OUT),
            extension_alias: STANDS_FOR
                .iter()
                .map(|(ending, others)| ((*ending).to_owned(), strings(others)))
                .collect(),
            main_fields: strings(&["source", "module", "main", "types"]),
            symlinks: false,
            ..ResolveOptions::default()
        };
        let packages = Arc::new(packages(project));
        let tree = Tree::new(project, Arc::clone(&packages));
        Self { project, packages, resolver: ResolverGeneric::new_with_file_system(tree, options) }
    }

    fn target(&self, path: &str, specifier: &str) -> Target<u32> {
        let project = self.project;
        let plain = specifier.rsplit('!').next().unwrap_or(specifier);
        let plain = match plain.find(['?', '#']) {
            Some(end) if end > 0 => &plain[..end],
            _ => plain,
        };
        let at = directory(path);
        if is_relative(plain)
            && let Some(file) = resolve(at, plain).and_then(|path| file_at(project, &path))
        {
            return Target::File(file);
        }
        let found = self.resolver.resolve_file(format!("{ROOT}/{path}"), plain);
        if let Ok(found) = &found
            && let Some(file) = in_tree(found.path(), &self.packages).and_then(|path| project.find(&path))
        {
            return Target::File(file);
        }
        if is_relative(plain) {
            return match resolve(at, plain) {
                Some(path) => Target::Unresolved(format!("no file for {path}")),
                None => Target::Unresolved("it leads out of the tree".to_owned()),
            };
        }
        let package = package_of(plain);
        if let Some(at) = self.packages.get(package) {
            let inside = plain[package.len()..].trim_start_matches('/');
            return match source_of(project, at, inside) {
                Some(file) => Target::File(file),
                None => Target::Unresolved(format!("the package in {at}/ has no such file in the tree")),
            };
        }
        if matches!(found, Err(ResolveError::Builtin { .. })) {
            return Target::External(package.to_owned());
        }
        match by_custom(project, at, plain) {
            Some(file) => Target::File(file),
            None => outside(plain),
        }
    }
}

impl Resolve for Modules<'_> {
    fn resolve<'s>(&self, from: u32, scan: &'s Scan, out: &mut Vec<Meant<'s>>) {
        let path = self.project.text(from);
        for name in &scan.names {
            let target = self.target(path, &name.text);
            if !name.soft || matches!(target, Target::File(_)) {
                out.push(Meant { name, target });
            }
        }
    }

    fn kind_of(&self, file: u32) -> DependencyKind {
        let path = self.project.text(file);
        let name = path.rsplit('/').next().unwrap_or(path);
        // These two are read by the program itself.
        let own = name.starts_with("app.config.") || name.starts_with("content.config.");
        if name.contains(".config.") && !own { DependencyKind::Dev } else { DependencyKind::Runtime }
    }
}

fn is_relative(specifier: &str) -> bool {
    specifier == "." || specifier == ".." || specifier.starts_with("./") || specifier.starts_with("../")
}

/// The file of a path that may leave out its ending.
fn file_at(project: &Project<'_>, path: &str) -> Option<u32> {
    let aliased = || {
        STANDS_FOR.iter().find_map(|(ending, others)| {
            let stem = path.strip_suffix(ending)?;
            others.iter().find_map(|other| project.find(&format!("{stem}{other}")))
        })
    };
    let with = |stem: &str| LEFT_OUT.iter().find_map(|ending| project.find(&format!("{stem}{ending}")));
    let index = || {
        // The manifest of a directory has the first word on it.
        let directory = project.is_directory(path) && project.find(&join(path, "package.json")).is_none();
        directory.then(|| with(&join(path, "index"))).flatten()
    };
    project.find(path).or_else(aliased).or_else(|| with(path)).or_else(index)
}

/// A file meant by what many bundlers are told: `@` and `~` for a package's source, `/` for the package itself.
fn by_custom(project: &Project<'_>, from: &str, specifier: &str) -> Option<u32> {
    let (inside, below): (&str, &[&str]) = if let Some(inside) = specifier.strip_prefix("$lib") {
        (inside.trim_start_matches('/'), &["src/lib"])
    } else if let Some(inside) = specifier.strip_prefix("@/").or_else(|| specifier.strip_prefix("~/")) {
        (inside, &["src", "app", ""])
    } else if let Some(inside) = specifier.strip_prefix('/') {
        (inside, &["", "public", "src"])
    } else if specifier.starts_with("src/") || specifier.starts_with("app/") {
        (specifier, &[""])
    } else {
        return None;
    };
    let package = directories_up(from).find(|at| project.find(&join(at, "package.json")).is_some())?;
    below.iter().find_map(|below| file_at(project, &join(&join(package, below), inside)))
}

/// What a specifier that means no file of the tree says of itself.
fn outside(specifier: &str) -> Target<u32> {
    let unresolved = |why: &str| Target::Unresolved(why.to_owned());
    if let Some(host) = specifier.strip_prefix("https://").or_else(|| specifier.strip_prefix("http://")) {
        return Target::External(host.split('/').next().unwrap_or(host).to_owned());
    }
    match specifier.split_once(':') {
        Some(("npm" | "jsr", name)) => {
            let name = name.trim_start_matches('/');
            let version = name.rfind('@').filter(|at| *at > 0).unwrap_or(name.len());
            return Target::External(package_of(&name[..version]).to_owned());
        }
        Some(("data", _)) => return Target::External("data".to_owned()),
        Some(("virtual", _)) => return unresolved("a module the bundler makes up"),
        _ => {}
    }
    match specifier {
        "" => unresolved("an empty name"),
        specifier if specifier.starts_with('/') => unresolved("an absolute path"),
        specifier if specifier.starts_with('#') => unresolved("no such entry in imports of package.json"),
        specifier if ["@/", "~/", "$lib/"].iter().any(|alias| specifier.starts_with(alias)) => {
            unresolved("an alias only the bundler knows")
        }
        specifier => Target::External(package_of(specifier).to_owned()),
    }
}

/// Packages of the repository by name, with their directories; of equal names the shallowest.
fn packages(project: &Project<'_>) -> FxHashMap<String, String> {
    let mut manifests = project.files_called("package.json");
    manifests.sort_by_key(|file| project.text(*file).matches('/').count());
    let mut out = FxHashMap::default();
    for file in manifests {
        let at = directory(project.text(file));
        if at.split('/').any(is_aside) {
            continue;
        }
        let content = project.read(file).unwrap_or_default();
        let Ok(Value::Object(json)) = serde_json::from_slice(&content) else { continue };
        if let Some(Value::String(name)) = json.get("name") {
            out.entry(name.clone()).or_insert_with(|| at.to_owned());
        }
    }
    out
}

/// Whether packages in a directory of this name are for those around them, not for the whole tree.
fn is_aside(directory: &str) -> bool {
    matches!(
        directory,
        "node_modules" | "fixtures" | "__fixtures__" | "fixture" | "testdata" | "__tests__" | "__mocks__"
    )
}

/// The package a bare specifier names: `a`, `@s/a`.
fn package_of(specifier: &str) -> &str {
    let mut slashes = specifier.match_indices('/').map(|(at, _)| at);
    let end = if specifier.starts_with('@') { slashes.nth(1) } else { slashes.next() };
    end.map_or(specifier, |end| &specifier[..end])
}

/// A path of the resolver as one of the tree.
fn in_tree(path: &Path, packages: &FxHashMap<String, String>) -> Option<String> {
    let path = path.to_str()?.strip_prefix(ROOT)?.strip_prefix('/')?;
    let Some(below) = path.strip_prefix("node_modules/") else { return Some(path.to_owned()) };
    let package = package_of(below);
    let at = packages.get(package)?;
    Some(join(at, below[package.len()..].trim_start_matches('/')))
}

/// The source of something a package of the repository offers built: `dist/x.js` from `src/x.ts`.
fn source_of(project: &Project<'_>, at: &str, inside: &str) -> Option<u32> {
    let name = match inside {
        "" => "index",
        inside => ENDINGS.iter().find_map(|ending| inside.strip_suffix(ending)).unwrap_or(inside),
    };
    let built = ["dist/", "lib/", "build/", "esm/", "cjs/", "es/"];
    let name = built.iter().find_map(|built| name.strip_prefix(built)).unwrap_or(name);
    ["src/", "", "lib/", "source/"].iter().find_map(|directory| {
        let stem = join(at, &format!("{directory}{name}"));
        ENDINGS.iter().find_map(|ending| {
            project
                .find(&format!("{stem}{ending}"))
                .or_else(|| project.find(&format!("{stem}/index{ending}")))
        })
    })
}

/// The tree as the resolver sees it, with the repository's own packages below `node_modules`. The resolver keeps it for
/// itself, so it holds what it needs of the tree.
#[derive(Default)]
struct Tree {
    files: FxHashSet<Box<str>>,
    directories: FxHashSet<Box<str>>,
    /// Manifests and configurations by path, as the resolver is to read them.
    texts: FxHashMap<String, String>,
    packages: Arc<FxHashMap<String, String>>,
}

impl Tree {
    fn new(project: &Project<'_>, packages: Arc<FxHashMap<String, String>>) -> Self {
        let mut texts = FxHashMap::default();
        for file in project.files_called("package.json") {
            let path = project.text(file);
            if let Some(text) = project.read_text(path) {
                texts.insert(path.to_owned(), text);
            }
        }
        let mut open: Vec<String> = Vec::new();
        for name in ["tsconfig.json", "jsconfig.json"] {
            open.extend(project.files_called(name).iter().map(|&file| project.text(file).to_owned()));
        }
        while let Some(path) = open.pop() {
            if texts.contains_key(&path) {
                continue;
            }
            let Some(text) = project.read_text(&path) else { continue };
            let (text, others) = configuration(project, &packages, directory(&path), text);
            texts.insert(path, text);
            open.extend(others);
        }
        Self {
            files: project.paths().map(Into::into).collect(),
            directories: project.directories().into_iter().map(Into::into).collect(),
            texts,
            packages,
        }
    }

    /// A path of the tree; that of `jsconfig.json` for a `tsconfig.json` that is not there.
    fn path(&self, path: &Path) -> io::Result<String> {
        if path == Path::new(ROOT) {
            return Ok(String::new());
        }
        let path = in_tree(path, &self.packages).ok_or(io::ErrorKind::NotFound)?;
        match path.strip_suffix("tsconfig.json") {
            Some(at) if (at.is_empty() || at.ends_with('/')) && !self.files.contains(path.as_str()) => {
                Ok(format!("{at}jsconfig.json"))
            }
            _ => Ok(path),
        }
    }
}

/// A configuration of TypeScript without what it takes from outside of the tree and for all files below it, and the
/// configurations it names.
fn configuration(
    project: &Project<'_>,
    packages: &FxHashMap<String, String>,
    at: &str,
    mut text: String,
) -> (String, Vec<String>) {
    let mut others = Vec::new();
    let stripped = json_strip_comments::strip(&mut text);
    let parsed = stripped.ok().and_then(|()| serde_json::from_str(&text).ok());
    let Some(Value::Object(mut json)) = parsed else { return ("{}".to_owned(), others) };
    let mut is_here = |specifier: &Value| {
        let found = specifier.as_str().and_then(|name| named_configuration(project, packages, at, name));
        others.extend(found.clone());
        found.is_some()
    };
    if let Some(extends) = json.remove("extends") {
        let all = if let Value::Array(all) = extends { all } else { vec![extends] };
        json.insert("extends".to_owned(), all.into_iter().filter(&mut is_here).collect());
    }
    let mut refers = false;
    if let Some(Value::Array(references)) = json.get_mut("references") {
        references.retain(|one| is_here(&one["path"]));
        refers = !references.is_empty();
    }
    if !refers {
        ["files", "include", "exclude"].iter().for_each(|key| drop(json.remove(*key)));
    }
    let options = json.entry("compilerOptions").or_insert_with(|| Value::Object(serde_json::Map::new()));
    if let Value::Object(options) = options {
        options.insert("allowJs".to_owned(), true.into());
    }
    (Value::Object(json).to_string(), others)
}

/// The path of a configuration that another one names.
fn named_configuration(
    project: &Project<'_>,
    packages: &FxHashMap<String, String>,
    at: &str,
    specifier: &str,
) -> Option<String> {
    let path = if packages.contains_key(package_of(specifier)) {
        let package = package_of(specifier);
        join(&packages[package], specifier[package.len()..].trim_start_matches('/'))
    } else {
        resolve(at, specifier)?
    };
    let endings = ["", ".json", "/tsconfig.json"];
    endings.iter().map(|ending| format!("{path}{ending}")).find(|path| project.find(path).is_some())
}

impl FileSystem for Tree {
    fn new() -> Self {
        Self::default()
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.read_to_string(path).map(String::into_bytes)
    }

    fn read_to_string(&self, path: &Path) -> io::Result<String> {
        let path = self.path(path)?;
        Ok(self.texts.get(&path).cloned().ok_or(io::ErrorKind::NotFound)?)
    }

    fn metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        let path = if path == Path::new("/tree/node_modules") { String::new() } else { self.path(path)? };
        if self.files.contains(path.as_str()) {
            Ok(FileMetadata::new(true, false, false))
        } else if self.directories.contains(path.as_str()) {
            Ok(FileMetadata::new(false, true, false))
        } else {
            Err(io::ErrorKind::NotFound.into())
        }
    }

    fn symlink_metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        self.metadata(path)
    }

    fn read_link(&self, _path: &Path) -> Result<PathBuf, ResolveError> {
        Err(ResolveError::from(io::Error::from(io::ErrorKind::NotFound)))
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        Ok(path.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::edges;

    /// What `at/x.ts` takes from each specifier in a tree.
    fn meant(tree: &[(&str, &str)], at: &str, specifiers: &[&str]) -> Vec<String> {
        let from = format!("{at}x.ts");
        let text: String = specifiers.iter().map(|one| format!("import '{one}'\n")).collect();
        let mut files = tree.to_vec();
        files.push((&from, &text));
        let found = edges(&files);
        let own = format!("{from}:");
        let found = found.iter().filter_map(|edge| edge.strip_prefix(&own)?.split_once(" -> "));
        found.map(|(_, to)| to.to_owned()).collect()
    }

    #[test]
    fn relative_paths_leave_out_what_can_be_told() {
        let tree = [
            ("s/a.ts", ""),
            ("s/a.css", ""),
            ("s/b/index.tsx", ""),
            ("s/c/package.json", r#"{"main": "./lib/main.js"}"#),
            ("s/c/lib/main.ts", ""),
            ("s/d.mts", ""),
            ("s/x.y.vue", ""),
        ];
        let specifiers =
            ["./a", "./a.js", "./a.css?inline", "./b", "./c", "./d.mjs", "raw!./a.css", ".", "./x.y"];
        assert_eq!(
            meant(&tree, "s/", &specifiers),
            [
                "s/a.ts",
                "s/a.ts",
                "s/a.css",
                "s/b/index.tsx",
                "s/c/lib/main.ts",
                "s/d.mts",
                "s/a.css",
                "unresolved no file for s",
                "s/x.y.vue"
            ]
        );
        assert_eq!(
            meant(&tree, "s/", &["./gone", "../../out"]),
            ["unresolved no file for s/gone", "unresolved it leads out of the tree"]
        );
    }

    #[test]
    fn paths_hold_for_every_file_below_their_configuration() {
        let tree = [
            ("tsconfig.base.json", r#"{"compilerOptions": {"paths": {"@lib/*": ["./lib/*"]}}}"#),
            (
                "app/tsconfig.json",
                r#"{ // What is extended from afar is left out.
                    "extends": ["@afar/tsconfig/strict.json", "../tsconfig.base.json"], "include": ["src"], }"#,
            ),
            ("lib/a.ts", ""),
            ("old/jsconfig.json", r#"{"compilerOptions": {"baseUrl": "."}}"#),
            ("old/util/b.js", ""),
        ];
        assert_eq!(
            meant(&tree, "app/test/", &["@lib/a", "@lib/gone"]),
            ["lib/a.ts (test)", "external @lib/gone (test)"]
        );
        assert_eq!(meant(&tree, "old/", &["util/b"]), ["old/util/b.js"]);
    }

    #[test]
    fn a_solution_hands_paths_on() {
        let tree = [
            (
                "tsconfig.json",
                r#"{"files": [], "include": [], "references": [{"path": "./tsconfig.app.json"}, {"path": "./gone"}]}"#,
            ),
            (
                "tsconfig.app.json",
                r#"{"compilerOptions": {"paths": {"@/*": ["./source/*"]}}, "include": ["source"]}"#,
            ),
            ("source/a.ts", ""),
        ];
        assert_eq!(meant(&tree, "source/", &["@/a"]), ["source/a.ts"]);
    }

    #[test]
    fn packages_of_the_tree_are_meant_by_name() {
        let tree = [
            (
                "p/one/package.json",
                r##"{"name": "@s/one", "main": "dist/index.js", "imports": {"#own": "./src/own.ts"}}"##,
            ),
            ("p/one/src/index.ts", "import '#own'"),
            ("p/one/src/own.ts", ""),
            (
                "p/two/package.json",
                r#"{"name": "two", "exports": {".": {"types": "./src/main.ts"}, "./deep/*": "./src/inner/*.ts"}}"#,
            ),
            ("p/two/src/main.ts", ""),
            ("p/two/src/inner/a.ts", ""),
            ("p/two/fixtures/react/package.json", r#"{"name": "react"}"#),
            ("p/two/fixtures/react/index.js", ""),
        ];
        assert_eq!(
            meant(&tree, "p/three/", &["@s/one", "two", "two/deep/a", "two/gone", "react"]),
            [
                "p/one/src/index.ts",
                "p/two/src/main.ts",
                "p/two/src/inner/a.ts",
                "unresolved the package in p/two/ has no such file in the tree",
                "external react"
            ]
        );
        assert!(edges(&tree).contains(&"p/one/src/index.ts:1 -> p/one/src/own.ts".to_owned()));
    }

    #[test]
    fn customs_are_guessed_where_they_lead_to_a_file() {
        let tree = [("web/package.json", "{}"), ("web/src/a.ts", ""), ("web/src/lib/b.ts", "")];
        let specifiers = ["@/a", "~/a", "src/a", "/src/a", "$lib/b", "@/gone", "/gone"];
        assert_eq!(
            meant(&tree, "web/src/", &specifiers),
            [
                "web/src/a.ts",
                "web/src/a.ts",
                "web/src/a.ts",
                "web/src/a.ts",
                "web/src/lib/b.ts",
                "unresolved an alias only the bundler knows",
                "unresolved an absolute path"
            ]
        );
    }

    #[test]
    fn what_is_outside_is_named_by_its_package() {
        let specifiers = [
            "react",
            "@s/p/deep",
            "node:fs",
            "fs",
            "https://host.org/x.js",
            "npm:p@1/x",
            "virtual:x",
            "#gone",
        ];
        assert_eq!(
            meant(&[], "", &specifiers),
            [
                "external react",
                "external @s/p",
                "external node:fs",
                "external fs",
                "external host.org",
                "external p",
                "unresolved a module the bundler makes up",
                "unresolved no such entry in imports of package.json"
            ]
        );
    }
}
