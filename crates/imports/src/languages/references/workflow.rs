//! GitHub Actions: workflows and actions that use others.

use super::{Place, for_building, or_within, reference, yaml};
use crate::{Language, Scan};

const ENDINGS: [&str; 4] =
    [".github/workflows/*.yml", ".github/workflows/*.yaml", "action.yml", "action.yaml"];

pub(super) const LANGUAGE: Language = Language { name: "workflow", endings: &ENDINGS, descends: false, scan };

fn scan(_path: &str, text: &str) -> Scan {
    let entries = yaml::entries(text);
    let uses = entries.iter().filter(|entry| entry.key() == "uses" && !entry.value.is_empty());
    let names = uses.map(|entry| {
        let name = match entry.value.strip_prefix("./") {
            Some(path) => {
                let name = reference(entry.value, entry.line, &[(Place::Root, path)]);
                or_within(name, &["action.yml", "action.yaml", "Dockerfile"])
            }
            None => {
                let repository = entry.value.split('@').next().unwrap_or(entry.value);
                let repository: Vec<&str> =
                    repository.trim_start_matches("docker://").split('/').take(2).collect();
                reference(entry.value, entry.line, &[(Place::Outside, &repository.join("/"))])
            }
        };
        for_building(name)
    });
    Scan { names: names.collect(), ..Scan::default() }
}
