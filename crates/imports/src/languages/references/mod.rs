//! Edges between files that are no import: what builds, deployments and descriptions name by path.
//!
//! | format | written | means |
//! |---|---|---|
//! | Protocol Buffers | `import "a/b.proto"` | the nearest file whose path ends so |
//! | | `x.pb.go`, `x_pb2.py`, `x.pb.h` and their like | the `.proto` their head says they are made from |
//! | GraphQL | `#import "./x.graphql"`, `# import X from "./x.graphql"` | that file |
//! | JSON, YAML | `$ref: ./x.yaml#/y` of OpenAPI and JSON Schema | that file; with a host, that host |
//! | Dockerfile | `COPY a b`, `ADD a b` | `a` beside the Dockerfile or at the root, where it is a file |
//! | Compose | `build`, `dockerfile`, `env_file`, `extends`, `include`, `file`, bind mounts | that file; of a directory, its Dockerfile |
//! | Kustomize | `resources`, `bases`, `components`, `patches`, generators … | that file; of a directory, its kustomization |
//! | Terraform | `source = "./x"` of a module | `main.tf` there, or the first of its usual files |
//! | | `file("${path.module}/x")`, `templatefile(…)` and their like | that file |
//! | GitHub Actions | `uses: ./x` | that workflow, or the action there; of another repository, that |
//! | Shell | `source x`, `. x`, `bash x`, `./x` | that file, beside the script or at the root |
//!
//! An edge is told only where the file is there. Where the format demands a file and there is none, it is unresolved;
//! where it may mean something else as well (`COPY`, shell, bind mounts, a `$ref` without `./`), nothing is told. In shell
//! scripts, variables are known that are set to the script's own directory, to the root (`git rev-parse
//! --show-toplevel`), or to a directory seen from one of those.
//!
//! Not told: directories as a whole (`COPY src/ .`), patterns, Helm templates, what a build made before, and tables that
//! several SQL migrations name: that they follow each other is true of all of them.

mod compose;
mod dockerfile;
mod graphql;
mod kustomize;
mod proto;
mod schema;
mod shell;
mod terraform;
mod workflow;
mod yaml;

use std::cmp::Reverse;

use facts::dependencies::{DependencyKind, Target};
use rustc_hash::FxHashMap;

use crate::{
    Language, Meant, Name, Resolve, Scan,
    project::{Project, directory, join, resolve},
};

pub(super) const LANGUAGES: &[Language] = &[
    compose::LANGUAGE,
    dockerfile::LANGUAGE,
    graphql::LANGUAGE,
    kustomize::LANGUAGE,
    proto::LANGUAGE,
    schema::JSON,
    schema::YAML,
    shell::LANGUAGE,
    terraform::LANGUAGE,
    workflow::LANGUAGE,
];

/// Where a named path is looked for.
#[derive(Clone, Copy)]
enum Place {
    /// From the file's directory.
    Here,
    /// From the root of the tree.
    Root,
    /// Anywhere: the nearest file whose path ends so.
    Anywhere,
    /// Outside of the tree; the path is a name.
    Outside,
}

impl Place {
    /// A path with the mark of its place, as a name holds it.
    fn mark(self, path: &str) -> String {
        let mark = match self {
            Self::Here => '.',
            Self::Root => '/',
            Self::Anywhere => '~',
            Self::Outside => '@',
        };
        format!("{mark}{path}")
    }

    fn unmark(marked: &str) -> Option<(Self, &str)> {
        let place = match marked.chars().next()? {
            '.' => Self::Here,
            '/' => Self::Root,
            '~' => Self::Anywhere,
            _ => Self::Outside,
        };
        Some((place, &marked[1..]))
    }
}

/// A reference: the text as written, and where it is looked for, in order.
fn reference(text: &str, line: u32, places: &[(Place, &str)]) -> Name {
    let symbols = places.iter().map(|(place, path)| place.mark(path)).collect();
    Name { text: text.to_owned(), symbols, line, kind: DependencyKind::Runtime, ..Name::default() }
}

/// The same, told only where there is such a file.
fn if_there(name: Name) -> Name {
    Name { soft: true, ..name }
}

/// The same; of a directory, the first of these files in it is meant.
fn or_within(name: Name, entries: &[&str]) -> Name {
    Name { scope: entries.iter().map(|entry| (*entry).to_owned()).collect(), ..name }
}

/// The same, needed while building alone.
fn for_building(name: Name) -> Name {
    Name { kind: DependencyKind::Dev, ..name }
}

/// The host of an address, or what else stands before its first `/`.
fn host(address: &str) -> &str {
    let behind = address.split_once("://").map_or(address, |(_, behind)| behind);
    behind.split('/').next().unwrap_or(behind)
}

pub(super) fn resolver<'p>(project: &'p Project<'p>, _scans: &'p [(u32, Scan)]) -> Box<dyn Resolve + 'p> {
    let mut protos: FxHashMap<&str, Vec<u32>> = FxHashMap::default();
    for file in project.files_ending(&[".proto"]) {
        let path = project.text(file);
        protos.entry(path.rsplit('/').next().unwrap_or(path)).or_default().push(file);
    }
    Box::new(Tree { project, protos })
}

struct Tree<'p> {
    project: &'p Project<'p>,
    /// Files that are named by the end of their path, by their name.
    protos: FxHashMap<&'p str, Vec<u32>>,
}

impl Tree<'_> {
    fn target(&self, from: &str, name: &Name) -> Option<Target<u32>> {
        let mut bare_directory = None;
        for (place, path) in name.symbols.iter().filter_map(|marked| Place::unmark(marked)) {
            let base = match place {
                Place::Here => directory(from),
                Place::Root => "",
                Place::Anywhere => match self.anywhere(from, path) {
                    Some(file) => return Some(Target::File(file)),
                    None if !name.soft && !self.is_own(path) => {
                        return Some(Target::External(host(path).to_owned()));
                    }
                    None => continue,
                },
                Place::Outside => return Some(Target::External(path.to_owned())),
            };
            let Some(path) = resolve(base, path) else { continue };
            let within = || name.scope.iter().find_map(|entry| self.project.find(&join(&path, entry)));
            if let Some(file) = self.project.find(&path).or_else(within) {
                return Some(Target::File(file));
            }
            if self.project.is_directory(&path) {
                bare_directory.get_or_insert(path);
            }
        }
        if name.soft {
            return None;
        }
        Some(Target::Unresolved(match bare_directory {
            Some(at) if !name.scope.is_empty() => format!("no {} in {at}/", name.scope.join(" or ")),
            _ => format!("no file for {}: it may be generated, or not be committed", name.text),
        }))
    }

    /// The nearest file whose path ends so.
    fn anywhere(&self, from: &str, end: &str) -> Option<u32> {
        let files = self.protos.get(end.rsplit('/').next()?)?;
        let ends =
            |path: &str| path.strip_suffix(end).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'));
        files.iter().copied().filter(|&file| ends(self.project.text(file))).min_by_key(|&file| {
            let path = self.project.text(file);
            let shared = from.split('/').zip(path.split('/')).take_while(|(a, b)| a == b).count();
            (Reverse(shared), path.matches('/').count(), file)
        })
    }

    /// Whether files that are named by the end of their path lie in a directory so called.
    fn is_own(&self, path: &str) -> bool {
        let wanted = directory(path);
        let ends =
            |at: &str| at.strip_suffix(wanted).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'));
        wanted.is_empty()
            || self.protos.values().flatten().any(|&file| ends(directory(self.project.text(file))))
    }
}

impl Resolve for Tree<'_> {
    fn resolve<'s>(&self, from: u32, scan: &'s Scan, out: &mut Vec<Meant<'s>>) {
        let path = self.project.text(from);
        for name in &scan.names {
            let target = self.target(path, name).filter(|target| *target != Target::File(from));
            out.extend(target.map(|target| Meant { name, target }));
        }
    }
}

#[cfg(test)]
mod tests;
