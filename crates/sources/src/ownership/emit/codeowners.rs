//! CODEOWNERS of GitHub and GitLab: directories first, exceptions after them, for the last match decides.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{Need, NeededClaim, outline::outline};

pub(super) fn github(needs: &[(&[u8], Need)], place: &str) -> BTreeMap<String, String> {
    let owners: Vec<(&[u8], Vec<String>)> = needs
        .iter()
        .map(|(path, need)| (*path, need.claims.first().map_or(Vec::new(), |claim| claim.owners.clone())))
        .collect();
    let mut out = String::from(
        "# Written by `unsnarl manifest emit --dialect github`; the last line that matches decides.\n",
    );
    section(&owners, github_escape, &mut out);
    BTreeMap::from([(place.to_owned(), out)])
}

pub(super) fn gitlab(needs: &[(&[u8], Need)], place: &str) -> BTreeMap<String, String> {
    type Head = (Option<String>, bool, u32);
    let head = |claim: &NeededClaim| -> Head { (claim.section.clone(), claim.required, claim.approvals) };
    let mut heads: Vec<Head> = needs.iter().flat_map(|(_, need)| need.claims.iter().map(head)).collect();
    heads.sort();
    heads.dedup();
    let mut out = String::from(
        "# Written by `unsnarl manifest emit --dialect gitlab`; the last line of each section that matches decides.\n",
    );
    for wanted in &heads {
        if let (Some(name), required, approvals) = wanted {
            let optional = if *required { "" } else { "^" };
            let approvals = if *approvals > 1 { format!("[{approvals}]") } else { String::new() };
            let _ = writeln!(out, "\n{optional}[{name}]{approvals}");
        }
        let owners: Vec<(&[u8], Vec<String>)> = needs
            .iter()
            .map(|(path, need)| {
                let claim = need.claims.iter().find(|claim| head(claim) == *wanted);
                (*path, claim.map_or(Vec::new(), |claim| claim.owners.clone()))
            })
            .collect();
        section(&owners, gitlab_escape, &mut out);
    }
    BTreeMap::from([(place.to_owned(), out)])
}

fn section(owners: &[(&[u8], Vec<String>)], escape: fn(&str) -> String, out: &mut String) {
    let lines = outline(owners, &Vec::new());
    let written: Vec<(String, String)> = lines
        .iter()
        .map(|line| {
            let pattern = if line.path.is_empty() {
                "*".to_owned()
            } else {
                format!("/{}", escape(&String::from_utf8_lossy(line.path)))
            };
            (pattern, line.value.join(" "))
        })
        .collect();
    let width = written.iter().map(|(pattern, _)| pattern.chars().count()).max().unwrap_or(0).min(48);
    for (pattern, owners) in written {
        let _ = writeln!(out, "{}", format!("{pattern:<width$} {owners}").trim_end());
    }
}

/// A path as a pattern of GitHub's writes it.
pub(crate) fn github_escape(path: &str) -> String {
    escaped(path, &['\\', '*', '?', ' ', '#'])
}

/// A path as a pattern of GitLab's writes it.
pub(crate) fn gitlab_escape(path: &str) -> String {
    escaped(path, &['\\', '*', '?', ' ', '[', ']'])
}

fn escaped(path: &str, special: &[char]) -> String {
    let mut out = String::with_capacity(path.len());
    for c in path.chars() {
        if special.contains(&c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
