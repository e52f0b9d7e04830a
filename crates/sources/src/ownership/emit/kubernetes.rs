//! OWNERS: owners add up towards the root, so each directory names those whom everything below it has and no directory
//! above it named; where files of one directory differ, filters name the rest. A file that says so already stays as it
//! is, for reviewers, labels and comments stand in it too.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use super::{super::kubernetes::normal, Names, Need, outline::entries};
use crate::yaml::{self, Node};

/// `ours` are the OWNERS files there are now: where two places would do, theirs is kept.
pub(super) fn emit(
    needs: &[(&[u8], Need)],
    names: &Names<'_>,
    ours: &BTreeSet<Vec<u8>>,
) -> BTreeMap<String, String> {
    let owners: Vec<(&[u8], BTreeSet<String>)> = needs
        .iter()
        .map(|(path, need)| {
            let claim = need.claims.first();
            (*path, claim.map_or(BTreeSet::new(), |claim| claim.owners.iter().cloned().collect()))
        })
        .collect();
    let mut files = BTreeMap::new();
    directory(&owners, 0, &BTreeSet::new(), ours, &mut files);
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

/// `said` are the owners named in the directories above: every path below has them.
fn directory(
    owners: &[(&[u8], BTreeSet<String>)],
    depth: usize,
    said: &BTreeSet<String>,
    ours: &BTreeSet<Vec<u8>>,
    files: &mut BTreeMap<String, String>,
) {
    let Some((first, some)) = owners.first() else { return };
    let place = [&first[..depth], b"OWNERS"].concat();
    let inside = entries(owners, depth);
    // What holds of a directory that has nothing beside it is said there.
    if let [(Some(end), below)] = inside[..]
        && !ours.contains(&place)
    {
        return directory(below, end, said, ours, files);
    }
    let mut said = said.clone();
    let common: BTreeSet<String> = some
        .iter()
        .filter(|owner| !said.contains(*owner) && owners.iter().all(|(_, others)| others.contains(*owner)))
        .cloned()
        .collect();
    said.extend(common.iter().cloned());
    let mut by_owners: BTreeMap<BTreeSet<String>, Vec<String>> = BTreeMap::new();
    for (end, below) in inside {
        match end {
            Some(end) => directory(below, end, &said, ours, files),
            None => {
                let (path, owners) = &below[0];
                let rest: BTreeSet<String> = owners.difference(&said).cloned().collect();
                if !rest.is_empty() {
                    let name = regex::escape(&String::from_utf8_lossy(&path[depth..]));
                    by_owners.entry(rest).or_default().push(name);
                }
            }
        }
    }
    let mut out = String::new();
    if by_owners.is_empty() && !common.is_empty() {
        let _ = write!(out, "approvers:\n{}", list(&common, ""));
    } else if !by_owners.is_empty() {
        out.push_str("filters:\n");
        // Plain approvers beside filters would silence the filters.
        let everything = (!common.is_empty()).then(|| (".*".to_owned(), common));
        let differing =
            by_owners.into_iter().map(|(owners, names)| (format!("^({})$", names.join("|")), owners));
        for (pattern, owners) in everything.into_iter().chain(differing) {
            let _ = write!(out, "  {}:\n    approvers:\n{}", quoted(&pattern), list(&owners, "    "));
        }
    }
    if !out.is_empty() {
        files.insert(String::from_utf8_lossy(&place).into_owned(), out);
    }
}

/// Whether a file as it stands names the same owners as one that would be written in its place.
pub(super) fn says_so_already(old: &[u8], new: &str) -> bool {
    let (Some(old), Some(new)) = (Said::of(old), Said::of(new.as_bytes())) else { return false };
    old.approvers == new.approvers
        && old.filters == new.filters
        && new.aliases.iter().all(|(alias, members)| old.aliases.get(alias) == Some(members))
}

/// What a file says about owners.
#[derive(Default)]
struct Said {
    approvers: BTreeSet<String>,
    filters: BTreeMap<String, BTreeSet<String>>,
    aliases: BTreeMap<String, BTreeSet<String>>,
}

impl Said {
    /// `None` for what cannot be read, and for a file that closes itself off from those above it.
    fn of(content: &[u8]) -> Option<Self> {
        let documents = yaml::parse(content).ok()?;
        let Some(node) = documents.first() else { return Some(Self::default()) };
        let closed = node.get("options").and_then(|options| options.get("no_parent_owners"));
        let names = |list: &Node| list.list().iter().filter_map(Node::text).map(normal).collect();
        let under = |key: &str| node.get(key).map_or(&[][..], Node::map).iter();
        closed.is_none_or(|closed| !closed.is_true()).then(|| Self {
            approvers: node.get("approvers").map(names).unwrap_or_default(),
            filters: under("filters")
                .map(|(pattern, _, one)| {
                    (pattern.clone(), one.get("approvers").map(names).unwrap_or_default())
                })
                .collect(),
            aliases: under("aliases").map(|(alias, _, members)| (normal(alias), names(members))).collect(),
        })
    }
}

fn list(owners: &BTreeSet<String>, indent: &str) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_all_below_a_directory_have_is_said_there_once() {
        let needs = [
            ("a/x.rs", &["ana", "web"][..]),
            ("a/y.rs", &["ana", "web"]),
            ("b/c/z.rs", &["ana", "cy"]),
            ("b/z.rs", &["ana", "bo"]),
            ("d/only/x.rs", &["ana", "eve"]),
            ("e/only/x.rs", &["ana", "eve"]),
            ("top.rs", &["ana"]),
        ];
        let owners: Vec<(&[u8], BTreeSet<String>)> = needs
            .iter()
            .map(|(path, owners)| (path.as_bytes(), owners.iter().map(|&owner| owner.to_owned()).collect()))
            .collect();
        let mut files = BTreeMap::new();
        let ours = BTreeSet::from([b"e/OWNERS".to_vec()]);
        directory(&owners, 0, &BTreeSet::new(), &ours, &mut files);
        let files: Vec<(&str, &str)> =
            files.iter().map(|(path, content)| (path.as_str(), content.as_str())).collect();
        assert_eq!(
            files,
            [
                ("OWNERS", "approvers:\n- ana\n"),
                ("a/OWNERS", "approvers:\n- web\n"),
                ("b/OWNERS", "filters:\n  \"^(z\\\\.rs)$\":\n    approvers:\n    - bo\n"),
                ("b/c/OWNERS", "approvers:\n- cy\n"),
                ("d/only/OWNERS", "approvers:\n- eve\n"),
                ("e/OWNERS", "approvers:\n- eve\n"),
            ]
        );
    }

    #[test]
    fn a_file_that_says_so_already_stays() {
        let old = b"# why\nreviewers: [dee]\napprovers: ['@Bo', ana]\n";
        assert!(says_so_already(old, "approvers:\n- ana\n- bo\n"));
        assert!(!says_so_already(old, "approvers:\n- ana\n"));
        assert!(says_so_already(b"reviewers: [dee]\n", ""), "nobody is named, and nobody was");
        assert!(!says_so_already(
            b"approvers: [ana]\noptions: {no_parent_owners: true}\n",
            "approvers: [ana]\n"
        ));
        let aliases = b"aliases:\n  # who\n  web: [bo, ana]\n  other: [cy]\n";
        assert!(says_so_already(aliases, "aliases:\n  web:\n  - ana\n  - bo\n"));
        assert!(!says_so_already(aliases, "aliases:\n  web:\n  - ana\n"));
        assert!(!says_so_already(b"approvers: [", "approvers: [ana]\n"));
    }
}
