//! What must hold of every tree.

use std::collections::{BTreeMap, BTreeSet};

use facts::{Manifest, dependencies::DependencyKind, manifest::Layers};
use proptest::prelude::*;
use verdicts::rules::Violation;

use crate::land::{Extended as _, Land, line, modules, standing, words};

const MODULES: [&str; 4] = ["a", "b", "c", "d"];
/// Files of each module, and of none.
const FILES: usize = 4;

/// Who names whom, with the kind.
type Edge = (usize, usize, DependencyKind);
type Step = (String, DependencyKind, Option<String>);

/// A file by its number: `a/0` to `d/3`, then `x0` to `x3`, which are in no module.
fn file(at: usize) -> String {
    match MODULES.get(at / FILES) {
        Some(module) => format!("{module}/{}", at % FILES),
        None => format!("x{}", at % FILES),
    }
}

fn edges() -> impl Strategy<Value = Vec<Edge>> {
    let kind = prop_oneof![
        6 => Just(DependencyKind::Runtime),
        1 => Just(DependencyKind::TypeOnly),
        1 => Just(DependencyKind::Test),
        1 => Just(DependencyKind::Contains),
    ];
    let count = (MODULES.len() + 1) * FILES;
    // One target beyond the files is a package outside.
    prop::collection::vec((0..count, 0..=count, kind), 0..40)
}

fn steps(edges: &[Edge]) -> Vec<Step> {
    let outside = (MODULES.len() + 1) * FILES;
    let to = |at: usize| if at == outside { "external:lib".to_owned() } else { file(at) };
    // Every file is there, so that taking an edge away takes no file away.
    let all = (0..outside).map(|at| (file(at), DependencyKind::Runtime, None));
    all.chain(edges.iter().map(|&(from, end, kind)| (file(from), kind, Some(to(end))))).collect()
}

fn land(edges: &[Edge], manifest: &Manifest) -> Land {
    let standing = standing(&steps(edges), manifest);
    Land { manifest: manifest.clone(), standing, ..Land::default() }
}

/// Some of the modules.
fn some() -> impl Strategy<Value = Vec<&'static str>> {
    prop::sample::subsequence(MODULES.to_vec(), 1..=MODULES.len())
}

/// A manifest that asks for a bit of everything.
fn manifest() -> impl Strategy<Value = Manifest> {
    let kind = prop_oneof![
        Just("forbidden"),
        Just("forbidden transitive"),
        Just("independence"),
        Just("independence transitive"),
        Just("reachable"),
        Just("acyclic"),
        Just("acyclic file"),
    ];
    let listed = prop::collection::vec((prop::option::of(some()), prop::option::of(some())), 4);
    let rules = prop::collection::vec((kind, some(), some(), any::<bool>()), 0..4);
    let layers = (Just(MODULES.to_vec()).prop_shuffle(), 0..=4usize, any::<bool>(), any::<bool>());
    (listed, rules, layers).prop_map(|(listed, rules, (mut order, count, closed, transitive))| {
        let mut manifest = modules(&MODULES);
        for (module, (depends_on, visible_to)) in manifest.modules.iter_mut().zip(listed) {
            module.depends_on = depends_on.map(|some| words(&some));
            module.visible_to = visible_to.map(|some| words(&some));
            module.interface = words(&[&format!("{}/0", module.id), &format!("{}/1", module.id)]);
        }
        order.truncate(count);
        manifest = manifest.layered(&order);
        let closed = order.get(1).filter(|_| closed).map(|layer| words(&[layer])).unwrap_or_default();
        manifest.layers = Layers { closed, transitive, ..manifest.layers };
        for (kind, from, mut to, outside) in rules {
            if outside {
                to.push("external:lib");
            }
            manifest = manifest.rule(kind, &from, &to);
        }
        manifest
    })
}

/// Rule or contract, and where it is broken.
fn keys(land: &Land) -> BTreeSet<String> {
    keys_of(land, |_| true)
}

fn keys_of(land: &Land, keep: impl Fn(&Violation) -> bool) -> BTreeSet<String> {
    let held = land.hold();
    let told = held.violations.iter().filter(|one| one.rule.code < "U2" && keep(one));
    told.map(|one| format!("{} {} {}", one.rule.code, one.contract.as_deref().unwrap_or("-"), line(one)))
        .collect()
}

fn only(kind: &str, from: &[&str], to: &[&str]) -> Manifest {
    modules(&MODULES).rule(kind, from, to)
}

/// The tree and what is declared under other names, and a key of it.
fn renamed(edges: &[Edge], manifest: &Manifest) -> (Land, impl Fn(&str) -> String) {
    let other = |word: &str| -> String {
        let of = |part: &str| match MODULES.iter().position(|module| *module == part) {
            Some(at) => MODULES[MODULES.len() - 1 - at].to_owned(),
            None => part.to_owned(),
        };
        word.split_inclusive(['/', ' ']).fold(String::new(), |mut out, part| {
            let plain = part.trim_end_matches(['/', ' ']);
            out.push_str(&of(plain));
            out.push_str(&part[plain.len()..]);
            out
        })
    };
    let all = |of: &[String]| of.iter().map(|word| other(word)).collect::<Vec<_>>();
    let mut manifest = manifest.clone();
    for module in &mut manifest.modules {
        module.id = other(&module.id);
        module.layer = module.layer.as_deref().map(other);
        module.interface = all(&module.interface);
        module.depends_on = module.depends_on.as_deref().map(all);
        module.visible_to = module.visible_to.as_deref().map(all);
        module.paths.iter_mut().for_each(|(path, _)| *path = other(path));
    }
    manifest.layers.order = all(&manifest.layers.order);
    manifest.layers.closed = all(&manifest.layers.closed);
    for rule in &mut manifest.rules {
        rule.from = all(&rule.from);
        rule.to = all(&rule.to);
    }
    let steps: Vec<Step> = steps(edges)
        .into_iter()
        .map(|(from, kind, to)| (other(&from), kind, to.as_deref().map(other)))
        .collect();
    let standing = standing(&steps, &manifest);
    (Land { manifest, standing, ..Land::default() }, other)
}

/// Whether the file `from` names `to`, as far as it counts.
fn names(edges: &[Edge], from: &str, to: &str) -> bool {
    steps(edges).iter().any(|(start, kind, end)| {
        start == from
            && end.as_deref() == Some(to)
            && matches!(kind, DependencyKind::Runtime | DependencyKind::TypeOnly)
    })
}

proptest! {
    #[test]
    fn the_order_in_which_edges_are_found_changes_nothing(
        (edges, shuffled) in edges().prop_flat_map(|edges| (Just(edges.clone()), Just(edges).prop_shuffle())),
        manifest in manifest(),
    ) {
        prop_assert_eq!(keys(&land(&edges, &manifest)), keys(&land(&shuffled, &manifest)));
    }

    #[test]
    fn the_names_of_modules_change_nothing(edges in edges(), manifest in manifest()) {
        let (renamed, other) = renamed(&edges, &manifest);
        let expected: BTreeSet<String> = keys(&land(&edges, &manifest)).iter().map(|key| other(key)).collect();
        prop_assert_eq!(keys(&renamed), expected);
    }

    #[test]
    fn a_tree_apart_adds_nothing(edges in edges(), apart in edges(), manifest in manifest()) {
        let mut all = steps(&edges);
        let far = |name: String| if name.starts_with("external:") { name } else { format!("z/{name}") };
        all.extend(steps(&apart).into_iter().map(|(from, kind, to)| (far(from), kind, to.map(far))));
        let both = Land { manifest: manifest.clone(), standing: standing(&all, &manifest), ..Land::default() };
        let here = keys_of(&both, |one| !one.from.starts_with("z/"));
        prop_assert_eq!(here, keys(&land(&edges, &manifest)));
        // What is apart is in no module: circles of files alone can be found in it.
        prop_assert!(keys_of(&both, |one| one.from.starts_with("z/")).iter().all(|key| key.starts_with("U110")));
    }

    #[test]
    fn an_edge_less_is_no_violation_more(edges in edges(), at in any::<prop::sample::Index>(), manifest in manifest()) {
        prop_assume!(!edges.is_empty());
        let mut fewer = edges.clone();
        fewer.remove(at.index(edges.len()));
        // These two ask for edges.
        let keep = |one: &Violation| !matches!(one.rule.code, "U107" | "U111");
        let (before, after) = (keys_of(&land(&edges, &manifest), keep), keys_of(&land(&fewer, &manifest), keep));
        prop_assert!(after.is_subset(&before), "{:?}", after.difference(&before).collect::<Vec<_>>());
    }

    #[test]
    fn ways_through_others_hold_what_is_named_directly(edges in edges(), from in some(), to in some()) {
        let broken = |kind: &str, code: &str| {
            land(&edges, &only(kind, &from, &to)).broken(code).into_iter().collect::<BTreeSet<_>>()
        };
        prop_assert!(broken("forbidden", "U105").is_subset(&broken("forbidden transitive", "U106")));
        prop_assert!(broken("independence", "U108").is_subset(&broken("independence transitive", "U108")));
        // What is asked for is there sooner.
        prop_assert!(broken("reachable transitive", "U107").is_subset(&broken("reachable", "U107")));
        let mut layered = modules(&MODULES).layered(&["a", "b"]);
        let direct: BTreeSet<_> = land(&edges, &layered).broken("U104").into_iter().collect();
        layered.layers.transitive = true;
        prop_assert!(direct.is_subset(&land(&edges, &layered).broken("U104").into_iter().collect()));
    }

    #[test]
    fn a_way_that_is_told_can_be_gone(edges in edges(), manifest in manifest()) {
        for one in land(&edges, &manifest).hold().violations {
            let chain = &one.chain;
            if chain.is_empty() || one.rule.code == "U109" {
                continue;
            }
            prop_assert_eq!(&chain[0], &one.from);
            for step in chain.windows(2) {
                prop_assert!(names(&edges, &step[0], &step[1]), "{:?}", chain);
            }
            let end = chain.last().expect("it is not empty");
            if one.rule.code == "U110" {
                prop_assert_eq!(end, &one.from);
                continue;
            }
            prop_assert_eq!(&chain[1], &one.to);
            let module = |path: &str| path.split_once('/').map(|(module, _)| module.to_owned());
            let ends: Vec<String> = match one.rule.code {
                "U104" => manifest.layers.order.clone(),
                _ => {
                    let rule = manifest.rules.iter().find(|rule| Some(&rule.id) == one.contract.as_ref());
                    let rule = rule.expect("it names its contract");
                    if one.rule.code == "U108" { rule.from.clone() } else { rule.to.clone() }
                }
            };
            prop_assert!(ends.contains(end) || module(end).is_some_and(|module| ends.contains(&module)));
            prop_assert!(chain.iter().collect::<BTreeSet<_>>().len() == chain.len(), "{:?}", chain);
        }
    }

    #[test]
    fn a_circle_of_modules_that_is_told_can_be_gone(edges in edges()) {
        let land = land(&edges, &only("acyclic", &[], &[]));
        let module = |path: &str| path.split_once('/').map(|(module, _)| module.to_owned());
        let mut between: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (from, kind, to) in steps(&edges) {
            if matches!(kind, DependencyKind::Runtime | DependencyKind::TypeOnly)
                && let (Some(from), Some(to)) = (module(&from), to.as_deref().and_then(module))
            {
                between.entry(from).or_default().insert(to);
            }
        }
        for one in land.hold().violations.iter().filter(|one| one.rule.code == "U109") {
            prop_assert_eq!((&one.chain[0], &one.chain[1]), (&one.from, &one.to));
            prop_assert_eq!(one.chain.first(), one.chain.last());
            for step in one.chain.windows(2) {
                prop_assert!(between[&step[0]].contains(&step[1]), "{:?}", one.chain);
            }
        }
    }
}
