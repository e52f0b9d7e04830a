//! Docker Compose: what services are built from and read.

use rustc_hash::FxHashMap;

use super::{Place, for_building, if_there, or_within, reference, yaml};
use crate::{Language, Name, Scan};

const ENDINGS: [&str; 6] = [
    "compose.yml",
    "compose.yaml",
    "docker-compose.*.yml",
    "docker-compose.*.yaml",
    "compose.*.yml",
    "compose.*.yaml",
];

pub(super) const LANGUAGE: Language = Language { name: "compose", endings: &ENDINGS, descends: false, scan };

fn scan(_path: &str, text: &str) -> Scan {
    let entries = yaml::entries(text);
    let mut names = Vec::new();
    // By what is built: its context, then its Dockerfile.
    let mut builds: FxHashMap<&str, (&str, Option<&str>, u32)> = FxHashMap::default();
    for entry in &entries {
        let (key, value, line) = (entry.key(), entry.value, entry.line);
        if value.is_empty() || value.contains(['$', '{']) {
            continue;
        }
        let parts = entry.keys.matches('.').count();
        match key {
            "context" if entry.holder().ends_with(".build") => {
                builds.entry(entry.holder()).or_insert((".", None, line)).0 = value
            }
            "dockerfile" if entry.holder().ends_with(".build") => {
                builds.entry(entry.holder()).or_insert((".", None, line)).1 = Some(value);
            }
            "build" => {
                builds.insert(&entry.keys, (value, None, line));
            }
            "env_file" | "include" => names.push(here(value, line)),
            "path" if entry.holder().ends_with("env_file") || entry.holder() == "include" => {
                names.push(here(value, line))
            }
            "file" if entry.holder().ends_with(".extends") => names.push(here(value, line)),
            "file" if parts == 2 && ["configs.", "secrets."].iter().any(|at| entry.keys.starts_with(at)) => {
                names.push(if_there(here(value, line)));
            }
            // `./a.conf:/etc/a.conf`
            "volumes" if value.starts_with('.') => {
                names.push(if_there(here(value.split(':').next().unwrap_or(value), line)));
            }
            _ => {}
        }
    }
    names.extend(builds.into_values().filter_map(|(context, file, line)| built(context, file, line)));
    names.sort_by(|a, b| (a.line, &a.text).cmp(&(b.line, &b.text)));
    Scan { names, ..Scan::default() }
}

fn here(value: &str, line: u32) -> Name {
    reference(value, line, &[(Place::Here, value)])
}

fn built(context: &str, file: Option<&str>, line: u32) -> Option<Name> {
    // Another repository.
    if context.contains("://") || context.starts_with("git@") {
        return None;
    }
    let name = match file {
        Some(file) => {
            let path = format!("{context}/{file}");
            reference(&path, line, &[(Place::Here, &path)])
        }
        None => or_within(here(context, line), &["Dockerfile", "Containerfile"]),
    };
    Some(for_building(name))
}
