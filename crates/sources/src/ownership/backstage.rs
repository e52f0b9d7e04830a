//! Backstage: `catalog-info.yaml` in any directory says who owns it; the nearest one decides.
//!
//! Component, System, API, Resource and Domain carry `spec.owner`, one reference to a Group or User
//! (`[kind:][namespace/]name`, a Group in `default` unless it says otherwise). The catalog knows entities, not paths:
//! a file owns the directory it lies in, as the catalog's own source location does. Of several entities in one file
//! the first Component with an owner speaks for the directory, else the first entity with one.
//!
//! Groups and Users in the tree give teams their members: `spec.members`, `spec.memberOf`, `spec.profile.email`.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::{
    Candidate, Decision, Resolver, Rule, Rules,
    resolver::{Dialect, Found, Source, directories_up, directory},
};
use crate::{
    tree::Tree,
    yaml::{self, Node},
};

pub(super) const DIALECT: Dialect = Dialect {
    name: "backstage",
    title: "Backstage catalog-info.yaml",
    file: "catalog-info.yaml",
    find,
    read,
    write,
};

fn find(tree: &dyn Tree) -> Found {
    Found::everywhere(tree, &["catalog-info.yaml", "catalog-info.yml"])
}

fn read(source: &Source<'_>) -> Box<dyn Resolver> {
    let mut catalog = Catalog::default();
    let mut members = Members::default();
    let contents = source.contents(&mut catalog.rules);
    for (file, place, content) in contents {
        match yaml::parse(&content) {
            Ok(documents) => {
                documents.iter().for_each(|node| members.read(node));
                catalog.push_file(file, directory(place), &documents);
            }
            Err((line, why)) => {
                catalog.rules.problem(file, line, format!("the file counts for nothing: {why}"))
            }
        }
    }
    for (group, people) in members.settle() {
        catalog.rules.groups.insert(group, people);
    }
    Box::new(catalog)
}

#[derive(Debug, Default)]
struct Catalog {
    rules: Rules,
    directories: FxHashMap<Vec<u8>, u32>,
}

impl Catalog {
    fn push_file(&mut self, file: u32, place: &[u8], documents: &[Node]) {
        const OWNED: [&str; 5] = ["component", "api", "resource", "system", "domain"];
        let entities: Vec<(String, u32, String)> = documents
            .iter()
            .filter_map(|node| {
                let kind = node.get("kind")?.text()?.to_lowercase();
                let owner = node.get("spec")?.get("owner")?;
                let namespace =
                    node.get("metadata").and_then(|data| data.get("namespace")).and_then(Node::text);
                OWNED.contains(&kind.as_str()).then_some(())?;
                Some((kind, owner.line, reference(owner.text()?, "group", namespace.unwrap_or("default"))))
            })
            .collect();
        let speaker = entities.iter().find(|(kind, _, _)| kind == "component").or(entities.first());
        let Some((_, line, owner)) = speaker else { return };
        if let Some((_, other, name)) = entities.iter().find(|(_, _, name)| name != owner) {
            let why = format!(
                "`{name}` owns another entity of this file; `{owner}` on line {line} speaks for the directory"
            );
            self.rules.problem(file, *other, why);
        }
        let shown = String::from_utf8_lossy(place);
        let pattern = if place.is_empty() { "**".to_owned() } else { format!("{shown}/**") };
        let owners = self.rules.name_all([owner]);
        let rule = self.rules.push(Rule { file, line: *line, pattern, owners, section: None, status: None });
        self.directories.entry(place.to_vec()).or_insert(rule);
    }

    fn matching<'a>(&'a self, path: &'a [u8]) -> impl Iterator<Item = u32> + 'a {
        directories_up(path).filter_map(|at| self.directories.get(at).copied())
    }
}

impl Resolver for Catalog {
    fn rules(&self) -> &Rules {
        &self.rules
    }

    fn decide(&self, path: &[u8]) -> Decision {
        let Some(rule) = self.matching(path).next() else { return Decision::default() };
        Decision::one(rule, self.rules.rules[rule as usize].owners.clone())
    }

    fn candidates(&self, path: &[u8]) -> Vec<Candidate> {
        Candidate::first_decides(self.matching(path))
    }
}

/// An entity reference in full and in lower case: `kind:namespace/name`.
fn reference(text: &str, kind: &str, namespace: &str) -> String {
    let (kind, rest) = text.split_once(':').unwrap_or((kind, text));
    let (namespace, name) = rest.split_once('/').unwrap_or((namespace, rest));
    format!("{kind}:{namespace}/{name}").to_lowercase()
}

/// Groups and who is in them.
#[derive(Debug, Default)]
struct Members {
    of_group: BTreeMap<String, Vec<String>>,
    email_of_user: FxHashMap<String, String>,
}

impl Members {
    fn read(&mut self, node: &Node) {
        let text = |node: Option<&Node>| node.and_then(Node::text).map(str::to_owned);
        let (Some(kind), Some(data)) = (text(node.get("kind")), node.get("metadata")) else { return };
        let Some(name) = text(data.get("name")) else { return };
        let namespace = text(data.get("namespace")).unwrap_or_else(|| "default".to_owned());
        let own = reference(&name, &kind.to_lowercase(), &namespace);
        let Some(spec) = node.get("spec") else { return };
        let listed = |key: &str| spec.get(key).map_or(&[][..], Node::list).iter().filter_map(Node::text);
        match kind.to_lowercase().as_str() {
            "group" => {
                let members = listed("members").map(|member| reference(member, "user", &namespace));
                self.of_group.entry(own).or_default().extend(members);
            }
            "user" => {
                for group in listed("memberOf") {
                    let group = reference(group, "group", &namespace);
                    self.of_group.entry(group).or_default().push(own.clone());
                }
                if let Some(email) = text(spec.get("profile").and_then(|profile| profile.get("email"))) {
                    self.email_of_user.insert(own, email);
                }
            }
            _ => {}
        }
    }

    /// Members by e-mail address where a User gives one, else by user name.
    fn settle(self) -> BTreeMap<String, Vec<String>> {
        let name = |user: String| {
            let email = self.email_of_user.get(&user).cloned();
            email.unwrap_or_else(|| user.rsplit('/').next().unwrap_or(&user).to_owned())
        };
        self.of_group
            .into_iter()
            .map(|(group, mut users)| {
                users.sort();
                users.dedup();
                (group, users.into_iter().map(name).collect())
            })
            .collect()
    }
}

/// A component in the directory.
fn write(directory: &str, _whole: bool, owner: &str) -> String {
    let slash = if directory.is_empty() { "" } else { "/" };
    format!("{directory}{slash}catalog-info.yaml: a Component with spec.owner: {owner}")
}

#[cfg(test)]
mod tests {
    use super::{super::Fate, *};
    use crate::tree::literal::LiteralTree;

    fn resolver(files: &[(&str, &str)]) -> Box<dyn Resolver> {
        let tree = LiteralTree::new(files);
        read(&Source { tree: &tree, places: &find(&tree).places })
    }

    fn owner(files: &[(&str, &str)], path: &str) -> String {
        let catalog = resolver(files);
        catalog.rules().names_of(&catalog.decide(path.as_bytes()).owners()).join(" ")
    }

    const COMPONENT: &str =
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: shop\nspec:\n  owner: ";

    #[test]
    fn the_nearest_directory_decides() {
        let root = format!("{COMPONENT}team-a\n");
        let nested = format!("{COMPONENT}user:default/Guest\n");
        let files = [("catalog-info.yaml", root.as_str()), ("plugins/x/catalog-info.yaml", nested.as_str())];
        assert_eq!(owner(&files, "src/a.ts"), "group:default/team-a");
        assert_eq!(owner(&files, "plugins/x/src/a.ts"), "user:default/guest");
        assert_eq!(resolver(&files).candidates(b"plugins/x/a")[1].fate, Fate::Overridden(1));
    }

    #[test]
    fn a_component_speaks_for_its_file() {
        let file = format!(
            "kind: System\nmetadata: {{name: s}}\nspec: {{owner: sys}}\n---\n{COMPONENT}comp\n---\nkind: Location\nspec: {{owner: no}}\n"
        );
        let files = [("a/catalog-info.yml", file.as_str())];
        assert_eq!(owner(&files, "a/x"), "group:default/comp");
        assert_eq!(resolver(&files).rules().problems.len(), 1);
        assert_eq!(owner(&files, "b/x"), "");
    }

    #[test]
    fn groups_have_members() {
        let org = "kind: Group\nmetadata: {name: Team-A}\nspec: {members: [ana]}\n---\nkind: User\nmetadata: {name: bob}\nspec: {memberOf: [team-a], profile: {email: bob@x.org}}\n";
        let component = format!("{COMPONENT}team-a\n");
        let catalog = resolver(&[("catalog-info.yaml", component.as_str()), ("org/catalog-info.yaml", org)]);
        assert_eq!(catalog.rules().expanded(&catalog.decide(b"x").owners()), ["ana", "bob@x.org"]);
    }
}
