//! OWNERS: one in each topmost directory whose files all have the same owners; where files of one directory differ,
//! filters name them. Nothing is inherited, so nothing has to be taken back.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{Names, Need, outline::entries};

pub(super) fn emit(needs: &[(&[u8], Need)], names: &Names<'_>) -> BTreeMap<String, String> {
    let owners: Vec<(&[u8], Vec<String>)> = needs
        .iter()
        .map(|(path, need)| (*path, need.claims.first().map_or(Vec::new(), |claim| claim.owners.clone())))
        .collect();
    let mut files = BTreeMap::new();
    directory(&owners, 0, &mut files);
    let mut words: Vec<&String> = owners.iter().flat_map(|(_, owners)| owners).collect();
    words.sort();
    words.dedup();
    let aliases: Vec<(&String, Vec<String>)> = words
        .into_iter()
        .map(|word| (word, names.accounts_of(word)))
        .filter(|(_, members)| !members.is_empty())
        .collect();
    if !aliases.is_empty() {
        let mut out = String::from("aliases:\n");
        for (alias, members) in aliases {
            let _ = writeln!(out, "  {alias}:");
            members.iter().for_each(|member| {
                let _ = writeln!(out, "  - {member}");
            });
        }
        files.insert("OWNERS_ALIASES".to_owned(), out);
    }
    files
}

fn directory(owners: &[(&[u8], Vec<String>)], depth: usize, files: &mut BTreeMap<String, String>) {
    let Some((first, same)) = owners.first() else { return };
    let place = format!("{}OWNERS", String::from_utf8_lossy(&first[..depth]));
    if owners.iter().all(|(_, other)| other == same) {
        if !same.is_empty() {
            files.insert(place, format!("approvers:\n{}", list(same, "")));
        }
        return;
    }
    let mut by_owners: BTreeMap<&Vec<String>, Vec<String>> = BTreeMap::new();
    for (end, below) in entries(owners, depth) {
        match end {
            Some(end) => directory(below, end, files),
            None => {
                let (path, owners) = &below[0];
                if !owners.is_empty() {
                    let name = regex::escape(&String::from_utf8_lossy(&path[depth..]));
                    by_owners.entry(owners).or_default().push(name);
                }
            }
        }
    }
    if by_owners.is_empty() {
        return;
    }
    let mut out = String::from("filters:\n");
    for (owners, names) in by_owners {
        let pattern = format!("^({})$", names.join("|"));
        let _ = write!(out, "  {}:\n    approvers:\n{}", quoted(&pattern), list(owners, "    "));
    }
    files.insert(place, out);
}

fn list(owners: &[String], indent: &str) -> String {
    owners
        .iter()
        .map(|owner| {
            format!(
                "{indent}- {}\n",
                if owner.chars().all(|c| c.is_ascii_digit()) { quoted(owner) } else { owner.clone() }
            )
        })
        .collect()
}

/// A YAML text in double quotes.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a text can always be written")
}
