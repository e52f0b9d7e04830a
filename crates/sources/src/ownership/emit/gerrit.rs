//! Gerrit OWNERS: one in each topmost directory whose files all have the same owners; where files of one directory
//! differ, per-file lines name them. Every file closes itself off from those above it.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{Need, outline::entries};

pub(super) fn emit(needs: &[(&[u8], Need)]) -> BTreeMap<String, String> {
    let owners: Vec<(&[u8], Vec<String>)> = needs
        .iter()
        .map(|(path, need)| (*path, need.claims.first().map_or(Vec::new(), |claim| claim.owners.clone())))
        .collect();
    let mut files = BTreeMap::new();
    directory(&owners, 0, false, &mut files);
    files
}

fn directory(
    owners: &[(&[u8], Vec<String>)],
    depth: usize,
    something_above: bool,
    files: &mut BTreeMap<String, String>,
) {
    let Some((first, same)) = owners.first() else { return };
    let place = format!("{}OWNERS", String::from_utf8_lossy(&first[..depth]));
    let close = if something_above { "set noparent\n" } else { "" };
    if owners.iter().all(|(_, other)| other == same) {
        if !same.is_empty() || something_above {
            files.insert(
                place,
                format!("{close}{}", same.iter().map(|owner| format!("{owner}\n")).collect::<String>()),
            );
        }
        return;
    }
    let mut by_owners: BTreeMap<&Vec<String>, Vec<String>> = BTreeMap::new();
    let inside = entries(owners, depth);
    for (end, below) in &inside {
        if end.is_none() && !below[0].1.is_empty() {
            by_owners
                .entry(&below[0].1)
                .or_default()
                .push(escaped(&String::from_utf8_lossy(&below[0].0[depth..])));
        }
    }
    let here = something_above || !by_owners.is_empty();
    if here {
        let mut out = close.to_owned();
        for (owners, names) in &by_owners {
            let _ = writeln!(out, "per-file {}={}", names.join(","), owners.join(","));
        }
        files.insert(place, out);
    }
    for (end, below) in inside {
        if let Some(end) = end {
            directory(below, end, here, files);
        }
    }
}

/// A name as a glob that matches nothing else; `=` and `#` cannot be said, and reading back will tell.
fn escaped(name: &str) -> String {
    name.chars().fold(String::new(), |mut out, c| {
        if matches!(c, '*' | '?' | '[' | ']' | '{' | '}' | '\\') {
            out.push('\\');
        }
        out.push(c);
        out
    })
}
