//! Prints the edges of a directory: `cargo run --example edges -- DIRECTORY [LANGUAGE]`, for comparing with other readers.

use std::{
    io::{Write, stdout},
    path::{Path, PathBuf},
};

use facts::dependencies::Target;

struct Directory {
    root: PathBuf,
    paths: Vec<Vec<u8>>,
}

impl imports::Files for Directory {
    fn paths(&self) -> &[Vec<u8>] {
        &self.paths
    }

    fn read(&self, path: &[u8]) -> Result<Vec<u8>, String> {
        std::fs::read(self.root.join(String::from_utf8_lossy(path).as_ref()))
            .map_err(|error| error.to_string())
    }
}

fn collect(root: &Path, at: &Path, out: &mut Vec<Vec<u8>>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(at)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        if kind.is_dir() {
            collect(root, &path, out)?;
        } else if kind.is_file() {
            let below = path.strip_prefix(root).unwrap_or(&path);
            out.push(below.to_string_lossy().into_owned().into_bytes());
        }
    }
    Ok(())
}

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let root = PathBuf::from(arguments.next().unwrap_or_else(|| ".".to_owned()));
    let wanted = arguments.next();
    let mut paths = Vec::new();
    collect(&root, &root, &mut paths)?;
    paths.sort();
    let directory = Directory { root, paths };
    let read = imports::read(&directory, 2, &mut imports::Scans::default());
    let path = |file: u32| String::from_utf8_lossy(&directory.paths[file as usize]).into_owned();
    let mut out = stdout().lock();
    for edge in read.edges.iter().filter(|edge| wanted.as_deref().is_none_or(|one| one == edge.language)) {
        let (sort, to) = match &edge.to {
            Target::File(file) => ("file", path(*file)),
            Target::External(name) => ("external", name.clone()),
            Target::Unresolved(why) => ("unresolved", why.clone()),
        };
        let (from, kind) = (path(edge.from), edge.kind.name());
        writeln!(out, "{}\t{from}\t{}\t{kind}\t{sort}\t{to}\t{}", edge.language, edge.line, edge.specifier)?;
    }
    for language in &read.languages {
        let (name, files, broken) = (language.language, language.files, language.broken);
        writeln!(
            out,
            "# {name}: {files} files, {broken} with mistakes, {} not read",
            language.skipped.len()
        )?;
    }
    Ok(())
}
