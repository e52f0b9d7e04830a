//! What a `Cargo.toml` says: the names of other crates, and the files crates begin with.

use std::collections::BTreeMap;

use facts::dependencies::DependencyKind;
use rustc_hash::FxHashMap;
use toml_edit::{DocumentMut, Item, TableLike};

use crate::project::{Project, directories_up, directory, join, resolve};

/// A package of the tree.
#[derive(Debug, Default)]
pub(super) struct Manifest {
    pub(super) at: String,
    /// How other crates call its library.
    pub(super) library_name: String,
    /// Paths of `use` begin at the root of the crate.
    pub(super) rooted: bool,
    pub(super) dependencies: Vec<Dependency>,
    /// Files that crates begin with, the library first.
    pub(super) roots: Vec<(u32, DependencyKind)>,
    pub(super) has_library: bool,
}

#[derive(Debug)]
pub(super) struct Dependency {
    /// The name it has in code, unless its library is called otherwise.
    pub(super) name: String,
    /// The name of its package.
    pub(super) package: String,
    pub(super) renamed: bool,
    /// Its directory, where it is of the tree.
    pub(super) inside: Option<String>,
}

/// Every package of a tree, by directory.
pub(super) fn read(project: &Project<'_>) -> Vec<Manifest> {
    let documents: BTreeMap<String, DocumentMut> = project
        .files_called("Cargo.toml")
        .into_iter()
        .filter_map(|file| {
            let path = project.text(file);
            Some((directory(path).to_owned(), project.read_text(path)?.parse().ok()?))
        })
        .collect();
    let conventional = conventional_roots(project);
    let packages = documents.iter().filter(|(_, document)| document.get("package").is_some());
    let manifest = |(at, document): (&String, &DocumentMut)| {
        let workspace = workspace_of(at, document, &documents);
        manifest(project, at, document, workspace, &conventional)
    };
    packages.map(manifest).collect()
}

/// The workspace a package is of: the one it names, else the nearest above that does not exclude it.
fn workspace_of<'d>(
    at: &str,
    document: &DocumentMut,
    documents: &'d BTreeMap<String, DocumentMut>,
) -> Option<(&'d str, &'d DocumentMut)> {
    let get = |at: &str| documents.get_key_value(at).map(|(at, document)| (at.as_str(), document));
    if let Some(named) = document["package"].get("workspace").and_then(Item::as_str) {
        return get(&resolve(at, named)?);
    }
    let excludes = |root: &str, workspace: &DocumentMut| {
        let excluded = workspace["workspace"].get("exclude").and_then(Item::as_array);
        excluded.is_some_and(|all| {
            let paths = all.iter().filter_map(|one| join(root, one.as_str()?).into());
            paths.map(|path: String| path.trim_end_matches('/').to_owned()).any(|path| {
                at.strip_prefix(path.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
        })
    };
    let above = directories_up(at).filter_map(get).find(|(_, document)| document.get("workspace").is_some());
    above.filter(|(root, workspace)| !excludes(root, workspace))
}

fn manifest(
    project: &Project<'_>,
    at: &str,
    document: &DocumentMut,
    workspace: Option<(&str, &DocumentMut)>,
    conventional: &FxHashMap<&str, Vec<(u32, DependencyKind)>>,
) -> Manifest {
    let package = &document["package"];
    let text = |item: &Item, key: &str| item.get(key).and_then(Item::as_str).map(str::to_owned);
    let edition = match package.get("edition") {
        Some(own) if own.as_str().is_some() => own.as_str().map(str::to_owned),
        Some(_) => workspace.and_then(|(_, root)| text(root["workspace"].get("package")?, "edition")),
        None => None,
    };
    let library = document.get("lib");
    let library_name =
        library.and_then(|lib| text(lib, "name")).or_else(|| text(package, "name")).unwrap_or_default();
    let mut out = Manifest {
        at: at.to_owned(),
        library_name: library_name.replace('-', "_"),
        rooted: edition.is_none_or(|edition| edition == "2015"),
        dependencies: dependencies(at, document, workspace),
        ..Manifest::default()
    };
    let mut add = |path: String, kind: DependencyKind| {
        let file = project.find(&path).filter(|file| out.roots.iter().all(|(known, _)| known != file));
        out.roots.extend(file.map(|file| (file, kind)));
        file.is_some()
    };
    let path = library.and_then(|lib| text(lib, "path")).unwrap_or_else(|| "src/lib.rs".to_owned());
    let has_library = resolve(at, &path).is_some_and(|path| add(path, DependencyKind::Runtime));
    let script = text(package, "build").unwrap_or_else(|| "build.rs".to_owned());
    resolve(at, &script).map(|path| add(path, DependencyKind::Dev));
    for (table, kind) in [
        ("bin", DependencyKind::Runtime),
        ("test", DependencyKind::Test),
        ("example", DependencyKind::Test),
        ("bench", DependencyKind::Test),
    ] {
        let targets = document.get(table).and_then(Item::as_array_of_tables);
        let paths = targets.into_iter().flatten().filter_map(|target| target.get("path")?.as_str());
        paths.filter_map(|path| resolve(at, path)).for_each(|path| {
            add(path, kind);
        });
    }
    add(join(at, "src/main.rs"), DependencyKind::Runtime);
    for &(file, kind) in conventional.get(at).into_iter().flatten() {
        add(project.text(file).to_owned(), kind);
    }
    out.has_library = has_library;
    out
}

/// Files that are crates by where they lie, by the directory of their package.
fn conventional_roots<'p>(project: &Project<'p>) -> FxHashMap<&'p str, Vec<(u32, DependencyKind)>> {
    let mut out: FxHashMap<&str, Vec<(u32, DependencyKind)>> = FxHashMap::default();
    for file in project.files_ending(&[".rs"]) {
        let path = project.text(file);
        let own = directory(path);
        let place = if path.ends_with("/main.rs") { [own, directory(own)] } else { [own, own] };
        for place in place {
            for (name, kind) in [
                ("src/bin", DependencyKind::Runtime),
                ("tests", DependencyKind::Test),
                ("examples", DependencyKind::Test),
                ("benches", DependencyKind::Test),
            ] {
                let package = place.strip_suffix(name).filter(|at| at.is_empty() || at.ends_with('/'));
                if let Some(package) = package {
                    out.entry(package.trim_end_matches('/')).or_default().push((file, kind));
                }
            }
        }
    }
    out
}

fn dependencies(
    at: &str,
    document: &DocumentMut,
    workspace: Option<(&str, &DocumentMut)>,
) -> Vec<Dependency> {
    const TABLES: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];
    let mut tables: Vec<&dyn TableLike> = Vec::new();
    tables.extend(TABLES.iter().filter_map(|name| document.get(name)?.as_table_like()));
    let targets = document.get("target").and_then(Item::as_table_like);
    for (_, target) in targets.into_iter().flat_map(TableLike::iter) {
        tables.extend(TABLES.iter().filter_map(|name| target.get(name)?.as_table_like()));
    }
    let patches = patches(workspace.unwrap_or((at, document)));
    let dependency = |(name, item): (&str, &Item)| {
        let inherited = item.get("workspace").and_then(Item::as_bool) == Some(true);
        let (base, item) = match workspace.filter(|_| inherited) {
            Some((base, root)) => {
                let all = root["workspace"].get("dependencies");
                (base, all.and_then(|all| all.get(name)).unwrap_or(item))
            }
            None => (at, item),
        };
        let renamed = item.get("package").and_then(Item::as_str);
        let package = renamed.unwrap_or(name);
        let path = item.get("path").and_then(Item::as_str).and_then(|path| resolve(base, path));
        Dependency {
            name: name.replace('-', "_"),
            package: package.to_owned(),
            renamed: renamed.is_some(),
            inside: path.or_else(|| patches.get(package).cloned()),
        }
    };
    tables.into_iter().flat_map(TableLike::iter).map(dependency).collect()
}

/// `[patch.…]`: packages by name, with the directory that takes their place.
fn patches((at, root): (&str, &DocumentMut)) -> FxHashMap<String, String> {
    let sources = root.get("patch").and_then(Item::as_table_like).into_iter().flat_map(TableLike::iter);
    let all = sources.filter_map(|(_, source)| source.as_table_like()).flat_map(TableLike::iter);
    let patch = all.filter_map(|(name, item)| {
        let package = item.get("package").and_then(Item::as_str).unwrap_or(name);
        let path = item.get("path").and_then(Item::as_str)?;
        Some((package.to_owned(), resolve(at, path)?))
    });
    patch.collect()
}
