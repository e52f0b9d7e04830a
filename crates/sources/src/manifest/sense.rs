//! What a table of keys cannot see: names that nothing has, names two things have, patterns that match nothing.

use std::collections::BTreeMap;

use facts::{
    BUILT_IN_RULES,
    globs::Glob,
    manifest::{ChangeRule, DeclaredRule, Place},
};

use super::{
    check::{self, Mistake, suggest, words},
    parse::Read,
};
use crate::{ownership::DIALECTS, tree::Tree};

/// Names a source of ownership may have besides those of the dialects.
pub(crate) const FILE_NAMES: [&str; 4] = ["CODEOWNERS", "OWNERS", "MAINTAINERS", "catalog-info.yaml"];

pub(super) fn check(read: &mut Read, tree: &dyn Tree) {
    let mut found = Vec::new();
    names_are_unique(read, &mut found);
    names_exist(read, &mut found);
    dates_are_in_order(read, &mut found);
    patterns_match(read, tree, &mut found);
    read.mistakes.extend(found);
}

fn mistake(place: &Place, what: String, hint: Option<String>) -> Mistake {
    Mistake { file: place.file.clone(), line: place.line, column: 1, what, hint, warning: false }
}

fn names_are_unique(read: &Read, out: &mut Vec<Mistake>) {
    let manifest = &read.manifest;
    let modules = manifest.modules.iter().map(|one| ("module", one.id.as_str(), &one.place));
    let teams = manifest.teams.iter().map(|one| ("team", one.id.as_str(), &one.place));
    let rules = manifest.rules.iter().map(|one| ("rule", one.id.as_str(), &one.place));
    let change_rules = manifest.change_rules.iter().map(|one| ("rule", one.id.as_str(), &one.place));
    let mut seen: BTreeMap<(&str, &str), &Place> = BTreeMap::new();
    for (kind, id, place) in modules.chain(teams).chain(rules).chain(change_rules) {
        match seen.get(&(kind, id)) {
            Some(first) => {
                let what =
                    format!("two {kind}s are called `{id}`; the first is {}:{}", first.file, first.line);
                out.push(mistake(place, what, Some("give one of them another id".to_owned())));
            }
            None => {
                seen.insert((kind, id), place);
            }
        }
    }
    let mut handles: BTreeMap<&str, &str> = BTreeMap::new();
    for team in &manifest.teams {
        for handle in &team.handles {
            if let Some(first) = handles.insert(handle, &team.id).filter(|first| *first != team.id) {
                let what = format!("handle `{handle}` already stands for team `{first}`");
                out.push(mistake(&team.place, what, Some("one handle means one team".to_owned())));
            }
        }
    }
}

fn names_exist(read: &Read, out: &mut Vec<Mistake>) {
    let manifest = &read.manifest;
    let modules: Vec<&str> = manifest.modules.iter().map(|module| module.id.as_str()).collect();
    let teams: Vec<&str> = manifest.teams.iter().map(|team| team.id.as_str()).collect();
    let layers: Vec<&str> = manifest.layers.order.iter().map(String::as_str).collect();
    let unknown = |kind: &str, word: &str, known: &[&str]| {
        let hint = match suggest(word, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => format!("no {kind} is declared"),
            None => format!("declared are {}", words(known.iter().copied().take(12))),
        };
        (format!("`{word}` is no {kind} of this manifest"), Some(hint))
    };
    // A handle as owner needs no team; nor does anything where a broken file may declare it.
    let whole = read.is_sound();
    for module in &manifest.modules {
        if let Some((owner, line)) = &module.owner
            && !teams.contains(&owner.as_str())
            && !owner.contains(['@', ':'])
            && whole
        {
            let (what, hint) = unknown("team", owner, &teams);
            out.push(Mistake { line: *line, ..mistake(&module.place, what, hint) });
        }
        if let Some(layer) = module.layer.as_deref().filter(|layer| !layers.contains(layer) && whole) {
            let (what, hint) = unknown("layer", layer, &layers);
            out.push(mistake(&module.place, what, hint));
        }
        let named = module.depends_on.iter().chain(&module.visible_to).flatten();
        for name in
            named.filter(|name| !modules.contains(&name.as_str()) && !name.starts_with("layer:") && whole)
        {
            let (what, hint) = unknown("module", name, &modules);
            out.push(mistake(&module.place, what, hint));
        }
        if module.paths.is_empty() {
            let hint = Some(format!("paths = [\"{}/**\"]", module.id));
            out.push(mistake(&module.place, format!("module `{}` has no paths", module.id), hint));
        }
    }
    let rules: Vec<&str> = manifest
        .rules
        .iter()
        .map(|rule| rule.id.as_str())
        .chain(manifest.change_rules.iter().map(|rule| rule.id.as_str()))
        .collect();
    for layer in manifest.layers.closed.iter().filter(|layer| !layers.contains(&layer.as_str()) && whole) {
        let (what, hint) = unknown("layer", layer, &layers);
        out.push(mistake(&manifest.layers.place, what, hint));
    }
    for rule in &manifest.rules {
        for selector in rule.from.iter().chain(&rule.to).filter(|_| whole) {
            if let Err((what, hint)) = selector_means_something(selector, &modules, &layers) {
                out.push(mistake(&rule.place, what, hint));
            }
        }
        if let Some((what, hint)) = ends_missing(rule) {
            out.push(mistake(&rule.place, what, Some(hint)));
        }
    }
    for rule in &manifest.change_rules {
        for name in rule.modules.iter().filter(|name| !modules.contains(&name.as_str()) && whole) {
            let (what, hint) = unknown("module", name, &modules);
            out.push(mistake(&rule.place, what, hint));
        }
        if !asks_something(rule) {
            let what = format!("change rule `{}` asks for nothing", rule.id);
            out.push(mistake(&rule.place, what, Some("max_teams = 2".to_owned())));
        }
    }
    let built_in = || BUILT_IN_RULES.iter().flat_map(|(code, name)| [*code, *name]);
    let known: Vec<&str> = rules.iter().copied().chain(built_in()).collect();
    let unknown_rule = |word: &str| {
        let hint = check::suggest(word, known.iter().copied()).map_or_else(
            || "unsnarl explain rules lists those that are built in".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        (format!("`{word}` is no rule"), Some(hint))
    };
    for exemption in manifest.exemptions.iter().filter(|one| !known.contains(&one.rule.as_str()) && whole) {
        let (what, hint) = unknown_rule(&exemption.rule);
        out.push(mistake(&exemption.place, what, hint));
    }
    for word in manifest.check.allow.iter().chain(&manifest.check.warn) {
        if !known.contains(&word.as_str()) && whole {
            let (what, hint) = unknown_rule(word);
            out.push(mistake(&manifest.check.place, what, hint));
        }
    }
    let dialects: Vec<&str> = DIALECTS.iter().map(|dialect| dialect.name).chain(FILE_NAMES).collect();
    for source in
        manifest.ownership.sources.iter().flatten().filter(|name| !dialects.contains(&name.as_str()))
    {
        let hint = check::suggest(source, dialects.iter().copied()).map_or_else(
            || format!("known are {}", words(dialects.iter().copied())),
            |near| format!("did you mean `{near}`?"),
        );
        out.push(mistake(
            &manifest.ownership.place,
            format!("`{source}` is no source of ownership"),
            Some(hint),
        ));
    }
}

/// Whether a word may stand in `from` or `to` of a rule.
fn selector_means_something(
    word: &str,
    modules: &[&str],
    layers: &[&str],
) -> Result<(), (String, Option<String>)> {
    if let Some(layer) = word.strip_prefix("layer:") {
        let hint =
            check::suggest(layer, layers.iter().copied()).map(|near| format!("did you mean `layer:{near}`?"));
        return if layers.contains(&layer) {
            Ok(())
        } else {
            Err((format!("`{layer}` is no layer of this manifest"), hint))
        };
    }
    // A word without a slash or wildcard that is no module is more likely a misspelt one than a file at the root.
    if word.starts_with("external:") || modules.contains(&word) || word.contains(['/', '*', '.']) {
        return match word.starts_with("external:") || modules.contains(&word) {
            true => Ok(()),
            false => {
                Glob::new(word).map(|_| ()).map_err(|why| (format!("`{word}` is no pattern: {why}"), None))
            }
        };
    }
    let hint = check::suggest(word, modules.iter().copied()).map_or_else(
        || format!("write a module, `layer:NAME`, `external:PACKAGE`, or a pattern as `{word}/**`"),
        |near| format!("did you mean `{near}`?"),
    );
    Err((format!("`{word}` is no module of this manifest"), Some(hint)))
}

/// What a rule of this type needs and does not say.
fn ends_missing(rule: &DeclaredRule) -> Option<(String, String)> {
    let lacks = |end: &str, example: &str| {
        Some((format!("rule `{}` of type `{}` lacks {end}", rule.id, rule.kind), example.to_owned()))
    };
    match rule.kind.as_str() {
        "forbidden" | "reachable" if rule.from.is_empty() => lacks("`from`", "from = [\"billing\"]"),
        "forbidden" | "reachable" if rule.to.is_empty() => lacks("`to`", "to = [\"web\"]"),
        "independence" if rule.from.len() < 2 => {
            lacks("`from`: two or more that may not depend on each other", "from = [\"billing\", \"web\"]")
        }
        _ => None,
    }
}

fn asks_something(rule: &ChangeRule) -> bool {
    rule.max_teams.is_some()
        || rule.max_approvals.is_some()
        || rule.no_undeclared_boundary
        || rule.usual_partner.is_some()
        || rule.no_new_hidden_constraint
        || rule.min_independence.is_some()
}

fn dates_are_in_order(read: &Read, out: &mut Vec<Mistake>) {
    for team in &read.manifest.teams {
        for member in &team.members {
            if let (Some(since), Some(until)) = (member.since, member.until)
                && since >= until
            {
                let what =
                    format!("`{}` leaves team `{}` before the first day there", member.person, team.id);
                out.push(mistake(
                    &team.place,
                    what,
                    Some("since is the first day, until the last".to_owned()),
                ));
            }
        }
    }
}

/// A pattern that matches no file declares nothing: a warning, for the file may come.
fn patterns_match(read: &Read, tree: &dyn Tree, out: &mut Vec<Mistake>) {
    let mut owners_of_pattern: BTreeMap<&str, &str> = BTreeMap::new();
    for module in &read.manifest.modules {
        for (pattern, line) in &module.paths {
            let place = Place { file: module.place.file.clone(), line: *line };
            if let Some(first) =
                owners_of_pattern.insert(pattern, &module.id).filter(|first| *first != module.id)
            {
                let what = format!("`{pattern}` already belongs to module `{first}`");
                out.push(mistake(&place, what, Some("a path belongs to one module".to_owned())));
            }
            let Ok(glob) = Glob::new(pattern) else { continue };
            if glob.among(tree.paths()).next().is_none() {
                let what = format!("`{pattern}` of module `{}` matches no file", module.id);
                out.push(Mistake { warning: true, ..mistake(&place, what, None) });
            }
        }
    }
}
