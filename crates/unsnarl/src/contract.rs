//! A rule as a repository's own manifest writes it, with the decision behind it.

use faces::rules::Contract;
use facts::{
    Manifest,
    manifest::{ChangeRule, DeclaredRule, Place},
};
use sources::tree::Tree;
use verdicts::rules::{self, Rule};

/// The rule or change rule of an id, with what stands behind it.
pub(crate) fn of<'m>(manifest: &'m Manifest, tree: &dyn Tree, id: &str) -> Option<Contract<'m>> {
    if let Some(rule) = manifest.rules.iter().find(|rule| rule.id == id) {
        return Some(Contract {
            id: &rule.id,
            kind: format!("a [[rule]] of type {}", rule.kind),
            file: &rule.place.file,
            line: rule.place.line,
            written: written(tree, &rule.place),
            level: rule.level,
            because: rule.because.as_deref(),
            decision: rule.because.as_deref().and_then(|because| title(tree, because)),
            held_by: holding(rule),
        });
    }
    let rule = manifest.change_rules.iter().find(|rule| rule.id == id)?;
    Some(Contract {
        id: &rule.id,
        kind: "a [[change_rule]]".to_owned(),
        file: &rule.place.file,
        line: rule.place.line,
        written: written(tree, &rule.place),
        level: rule.level,
        because: rule.because.as_deref(),
        decision: rule.because.as_deref().and_then(|because| title(tree, because)),
        held_by: holding_change(rule),
    })
}

/// The rules that hold a contract.
fn holding(rule: &DeclaredRule) -> Vec<&'static Rule> {
    let name = match (rule.kind.as_str(), rule.transitive, rule.by_file) {
        ("forbidden", false, _) => "forbidden-dependency",
        ("forbidden", true, _) => "forbidden-path",
        ("reachable", ..) => "missing-dependency",
        ("independence", ..) => "broken-independence",
        ("acyclic", _, false) => "module-cycle",
        ("acyclic", _, true) => "core-growth",
        _ => return Vec::new(),
    };
    rules::named(name).into_iter().collect()
}

fn holding_change(rule: &ChangeRule) -> Vec<&'static Rule> {
    let asked = [
        (rule.max_teams.is_some(), "too-many-teams"),
        (rule.no_undeclared_boundary, "undeclared-boundary-crossed"),
        (rule.usual_partner.is_some(), "usual-partner-missing"),
        (rule.no_new_hidden_constraint, "new-hidden-constraint"),
        (rule.min_independence.is_some(), "independence-below-budget"),
        (rule.max_approvals.is_some(), "too-many-approvals"),
    ];
    asked.into_iter().filter(|(asked, _)| *asked).filter_map(|(_, name)| rules::named(name)).collect()
}

/// The lines of a table: from its head, or from where it begins in a list, to before the next.
fn written(tree: &dyn Tree, place: &Place) -> String {
    let content = tree.read(place.file.as_bytes()).unwrap_or_default();
    let text = String::from_utf8_lossy(&content);
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().skip(place.line.saturating_sub(1) as usize) {
        if !lines.is_empty() && line.starts_with('[') {
            break;
        }
        lines.push(line);
    }
    // What is said of the next table stands before its head.
    while lines.last().is_some_and(|line| line.trim().is_empty() || line.starts_with('#')) {
        lines.pop();
    }
    lines.join("\n")
}

/// The title of a decision record: its first heading.
pub(crate) fn title(tree: &dyn Tree, because: &str) -> Option<String> {
    let path = because.split('#').next().unwrap_or(because);
    let content = tree.read(path.as_bytes()).ok()?;
    let text = String::from_utf8_lossy(&content);
    let heading = text.lines().find_map(|line| line.trim_start().strip_prefix('#'))?;
    let title = heading.trim_start_matches('#').trim();
    (!title.is_empty()).then(|| title.to_owned())
}
