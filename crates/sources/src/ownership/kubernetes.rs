//! Kubernetes OWNERS: YAML in any directory; approvers add up from a file's directory to the root.
//!
//! ```yaml
//! approvers: [alice, sig-network]     # an alias of the root OWNERS_ALIASES
//! options: {no_parent_owners: true}   # stop here
//! ---                                 # or, instead of plain approvers:
//! filters:
//!   "\\.go$": {approvers: [bob]}      # a Go regular expression on the path below this directory
//! ```
//!
//! As prow reads it (kubernetes-sigs/prow, pkg/repoowners), where that differs from the guide:
//!
//! - Filters count only in a file that has no plain approvers, reviewers, required reviewers or labels.
//! - `no_parent_owners` stops only when somebody was found; in a directory that names no approver for the path, the
//!   parents' approvers still count.
//! - Names are compared in lower case and without `@`; aliases are taken apart once, at the root only.
//! - A file that is no valid OWNERS counts for nothing.
//!
//! Any one approver may approve, so a path has one claim. Reviewers, labels and emeritus approvers are not owners.

use regex::bytes::Regex;
use rustc_hash::FxHashMap;

use super::{
    Candidate, Decision, Fate, Resolver, Rule, Rules,
    resolver::{Dialect, Found, Source, directories_up, directory},
};
use crate::{
    tree::{self, Tree},
    yaml::{self, Node},
};

pub(super) const DIALECT: Dialect =
    Dialect { name: "kubernetes", title: "Kubernetes OWNERS", file: "OWNERS", find, read, write };

const ALIASES: &str = "OWNERS_ALIASES";
const KEYS: [&str; 4] = ["approvers", "reviewers", "required_reviewers", "labels"];

fn find(tree: &dyn Tree) -> Found {
    let found = Found::everywhere(tree, &["OWNERS"]);
    let nearest = found.places.iter().min_by_key(|place| place.iter().filter(|&&byte| byte == b'/').count());
    let speaks = nearest
        .is_some_and(|place| tree::read_through_links(tree, place).is_ok_and(|content| speaks(&content)));
    if speaks { found } else { Found::default() }
}

/// Whether an OWNERS file is YAML of this dialect rather than lines of another.
pub(super) fn speaks(content: &[u8]) -> bool {
    content.split(|&byte| byte == b'\n').any(|line| {
        ["approvers:", "reviewers:", "filters:", "options:", "labels:"]
            .iter()
            .any(|key| line.starts_with(key.as_bytes()))
    })
}

fn read(source: &Source<'_>) -> Box<dyn Resolver> {
    let mut owners = Owners::default();
    owners.rules.bare_names_are_people = true;
    owners.read_aliases(source.tree);
    let contents = source.contents(&mut owners.rules);
    for (file, place, content) in contents {
        match yaml::parse(&content) {
            Ok(documents) => {
                if let Some(node) = documents.first() {
                    owners.push_file(file, directory(place), node);
                }
            }
            Err((line, why)) => {
                owners.rules.problem(file, line, format!("the file counts for nothing: {why}"))
            }
        }
    }
    Box::new(owners)
}

#[derive(Debug, Default)]
struct Owners {
    rules: Rules,
    /// Alias in lower case → as written; its members are the rules' groups.
    aliases: FxHashMap<String, String>,
    directories: FxHashMap<Vec<u8>, Directory>,
}

#[derive(Debug, Default)]
struct Directory {
    entries: Vec<(Option<Regex>, u32)>,
    no_parent_owners: bool,
}

impl Owners {
    fn read_aliases(&mut self, tree: &dyn Tree) {
        if !tree::holds(tree, ALIASES.as_bytes()) {
            return;
        }
        let file = self.rules.add_file(ALIASES.as_bytes());
        let documents = tree::read_through_links(tree, ALIASES.as_bytes())
            .map_err(|why| (0, why))
            .and_then(|content| yaml::parse(&content));
        match documents {
            Ok(documents) => {
                let aliases = documents.first().and_then(|node| node.get("aliases"));
                for (alias, _, members) in aliases.map_or(&[][..], Node::map) {
                    let alias = normal(alias);
                    let members = members.list().iter().filter_map(Node::text).map(normal).collect();
                    self.rules.groups.insert(alias.clone(), members);
                    self.aliases.insert(alias.clone(), alias);
                }
            }
            Err((line, why)) => self.rules.problem(file, line, format!("no alias is known: {why}")),
        }
    }

    fn push_file(&mut self, file: u32, place: &[u8], node: &Node) {
        let shown = String::from_utf8_lossy(place);
        let below = if place.is_empty() { "**".to_owned() } else { format!("{shown}/**") };
        let mut directory = Directory {
            no_parent_owners: node
                .get("options")
                .and_then(|options| options.get("no_parent_owners"))
                .is_some_and(Node::is_true),
            ..Directory::default()
        };
        if KEYS.iter().any(|key| node.get(key).is_some_and(|list| !list.list().is_empty())) {
            if let Some(rule) = self.approvers(file, node, below) {
                directory.entries.push((None, rule));
            }
            if let Some((line, _)) = node.entry("filters") {
                self.rules.problem(
                    file,
                    line,
                    "filters do nothing in a file that also has plain approvers, reviewers or labels",
                );
            }
        } else {
            for (pattern, line, config) in node.get("filters").map_or(&[][..], Node::map) {
                let Some(rule) = self.approvers(file, config, format!("{below} ~ {pattern}")) else {
                    continue;
                };
                match filter(pattern) {
                    Ok(filter) => directory.entries.push((filter, rule)),
                    Err(why) => self.rules.problem(file, *line, why),
                }
            }
        }
        self.directories.insert(place.to_vec(), directory);
    }

    fn approvers(&mut self, file: u32, node: &Node, pattern: String) -> Option<u32> {
        let (line, list) = node.entry("approvers")?;
        let names: Vec<String> = list.list().iter().filter_map(Node::text).map(normal).collect();
        if names.is_empty() {
            return None;
        }
        let owners = self.rules.name_all(names);
        Some(self.rules.push(Rule { file, line, pattern, owners, section: None, status: None }))
    }

    /// For each directory from the file's to the root: its rules that match, and whether it wants to stop.
    fn levels<'a>(&'a self, path: &'a [u8]) -> impl Iterator<Item = (Vec<u32>, bool)> + 'a {
        directories_up(path).filter_map(move |at| {
            let directory = self.directories.get(at)?;
            let relative = if at.is_empty() { path } else { &path[at.len() + 1..] };
            let hit = |filter: &Option<Regex>| filter.as_ref().is_none_or(|filter| filter.is_match(relative));
            let rules = directory.entries.iter().filter(|(filter, _)| hit(filter)).map(|&(_, rule)| rule);
            Some((rules.collect(), directory.no_parent_owners))
        })
    }
}

impl Resolver for Owners {
    fn rules(&self) -> &Rules {
        &self.rules
    }

    fn decide(&self, path: &[u8]) -> Decision {
        let mut nearest = None;
        let mut owners: Vec<u32> = Vec::new();
        for (rules, stops) in self.levels(path) {
            for rule in rules {
                nearest.get_or_insert(rule);
                for &owner in &self.rules.rules[rule as usize].owners {
                    if !owners.contains(&owner) {
                        owners.push(owner);
                    }
                }
            }
            if stops && nearest.is_some() {
                break;
            }
        }
        nearest.map_or_else(Decision::default, |rule| Decision::one(rule, owners))
    }

    fn candidates(&self, path: &[u8]) -> Vec<Candidate> {
        let mut out = Vec::new();
        let mut stopped: Option<u32> = None;
        for (rules, stops) in self.levels(path) {
            for &rule in &rules {
                let fate = match stopped {
                    Some(by) => Fate::Stopped(by),
                    None if out.is_empty() => Fate::Decides,
                    None => Fate::Adds,
                };
                out.push(Candidate { rule, fate });
            }
            if stops && stopped.is_none() {
                stopped = rules.first().copied().or_else(|| out.last().map(|one| one.rule));
            }
        }
        out
    }
}

pub(super) fn normal(login: &str) -> String {
    login.strip_prefix('@').unwrap_or(login).to_lowercase()
}

fn filter(pattern: &str) -> Result<Option<Regex>, String> {
    if pattern == ".*" {
        return Ok(None);
    }
    regex::bytes::RegexBuilder::new(pattern).size_limit(1 << 20).build().map(Some).map_err(|_| {
        format!("`{pattern}` is no regular expression that can be used; the filter does nothing")
    })
}

/// An OWNERS file in the directory.
fn write(directory: &str, whole: bool, owner: &str) -> String {
    let file = if directory.is_empty() { "OWNERS".to_owned() } else { format!("{directory}/OWNERS") };
    if whole {
        format!("{file}: approvers: [{owner}]")
    } else {
        format!("{file}: filters: {{\"^[^/]*$\": {{approvers: [{owner}]}}}}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::literal::LiteralTree;

    fn owners(files: &[(&str, &str)], path: &str) -> String {
        let tree = LiteralTree::new(files);
        let found = Found::everywhere(&tree, &["OWNERS"]);
        let owners = read(&Source { tree: &tree, places: &found.places });
        let decision = owners.decide(path.as_bytes());
        let mut names = owners.rules().expanded(&decision.owners());
        names.sort_unstable();
        names.join(" ")
    }

    /// What prow's own tests say about approvers, on trees of our own.
    #[test]
    fn approvers_add_up_to_the_root() {
        let files = [
            ("OWNERS", "approvers: [cjwagner]\nreviewers: [alice, Bob]\n"),
            ("src/OWNERS", "approvers:\n- Jakub\n"),
            ("src/dir/OWNERS", "approvers: [bob]\n"),
            ("src/dir/subdir/x", ""),
            ("only/OWNERS", "reviewers: [eve]\n"),
        ];
        assert_eq!(owners(&files, "a"), "cjwagner");
        assert_eq!(owners(&files, "src/x"), "cjwagner jakub");
        assert_eq!(owners(&files, "src/dir/subdir/x"), "bob cjwagner jakub");
        assert_eq!(owners(&files, "only/x"), "cjwagner", "reviewers are no approvers");
    }

    #[test]
    fn parents_are_left_out_once_somebody_is_found() {
        let files = [
            ("OWNERS", "approvers: [root]\n"),
            ("a/OWNERS", "options: {no_parent_owners: true}\napprovers: [ana]\n"),
            ("a/b/OWNERS", "approvers: [bea]\n"),
            ("empty/OWNERS", "options:\n  no_parent_owners: true\n"),
            (
                "only/OWNERS",
                "options: {no_parent_owners: true}\nfilters:\n  \"\\\\.go$\": {approvers: [gopher]}\n",
            ),
        ];
        assert_eq!(owners(&files, "a/x"), "ana");
        assert_eq!(owners(&files, "a/b/x"), "ana bea");
        assert_eq!(owners(&files, "empty/x"), "root", "nobody was found there");
        assert_eq!(owners(&files, "only/x.go"), "gopher");
        assert_eq!(owners(&files, "only/x.md"), "root");
    }

    #[test]
    fn filters_are_unanchored_and_relative() {
        let files = [(
            "re/OWNERS",
            "filters:\n  \".*\": {approvers: [all]}\n  \"\\\\.go$\": {approvers: [go]}\n  \"^b/\": {approvers: [b]}\n  \"(\": {approvers: [broken]}\n",
        )];
        assert_eq!(owners(&files, "re/a.go"), "all go");
        assert_eq!(owners(&files, "re/b/go"), "all b");
        assert_eq!(owners(&files, "b/x.go"), "");
        let both = [("OWNERS", "approvers: [plain]\nfilters:\n  \".*\": {approvers: [never]}\n")];
        assert_eq!(owners(&both, "x"), "plain");
    }

    #[test]
    fn aliases_are_taken_apart_once_and_whatever_their_case() {
        let files = [
            (
                "OWNERS_ALIASES",
                "aliases:\n  Best-approvers: [Carl, cjwagner, other]\n  other: [never]\n  empty:\n",
            ),
            ("OWNERS", "approvers: [best-Approvers, \"@dora\"]\n"),
            ("a/OWNERS_ALIASES", "aliases: {dora: [nobody]}\n"),
        ];
        assert_eq!(owners(&files, "x"), "carl cjwagner dora other");
    }

    #[test]
    fn a_broken_file_counts_for_nothing() {
        let files = [
            ("OWNERS", "approvers: [root]\n"),
            ("a/OWNERS", "approvers: [x\n"),
            ("b/OWNERS", "approvers: x\n"),
        ];
        assert_eq!(owners(&files, "a/x"), "root");
        assert_eq!(owners(&files, "b/x"), "root");
    }
}
