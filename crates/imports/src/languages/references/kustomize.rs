//! Kustomize: what a kustomization is put together from.

use super::{Place, host, if_there, or_within, reference, yaml};
use crate::{Language, Name, Scan};

const FILES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

pub(super) const LANGUAGE: Language = Language { name: "kustomize", endings: &FILES, descends: false, scan };

/// Lists of paths.
const LISTS: [&str; 10] = [
    "resources",
    "bases",
    "components",
    "crds",
    "configurations",
    "patchesStrategicMerge",
    "generators",
    "transformers",
    "validators",
    "patches",
];

fn scan(_path: &str, text: &str) -> Scan {
    let mut names = Vec::new();
    for entry in yaml::entries(text) {
        let (value, line) = (entry.value, entry.line);
        if value.is_empty() || value.contains(['\n', '{']) {
            continue;
        }
        let keys = entry.keys.as_str();
        if LISTS.contains(&keys) {
            names.push(named(value, line));
            continue;
        }
        match keys {
            "patches.path"
            | "patchesJson6902.path"
            | "replacements.path"
            | "openapi.path"
            | "helmCharts.valuesFile" => {
                names.push(Name { scope: Vec::new(), ..named(value, line) });
            }
            // `files: [key=path]`
            "configMapGenerator.files"
            | "secretGenerator.files"
            | "configMapGenerator.envs"
            | "secretGenerator.envs"
            | "configMapGenerator.env"
            | "secretGenerator.env" => {
                let path = value.split_once('=').map_or(value, |(_, path)| path);
                names.push(if_there(reference(value, line, &[(Place::Here, path)])));
            }
            _ => {}
        }
    }
    Scan { names, ..Scan::default() }
}

fn named(value: &str, line: u32) -> Name {
    // `https://…`, `git@host:…`, `github.com/owner/name//x?ref=y`
    let first = value.split('/').next().unwrap_or(value);
    let remote = value.contains("://")
        || value.contains("?ref=")
        || value.starts_with("git@")
        || first.ends_with(".com");
    if remote {
        return reference(value, line, &[(Place::Outside, host(value))]);
    }
    or_within(reference(value, line, &[(Place::Here, value)]), &FILES)
}
