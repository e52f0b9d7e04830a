//! Rules on dependencies: first by hand, then nothing, one of a kind, and ties.

use facts::{
    Manifest,
    manifest::{CheckSettings, DeclaredModule, Layers},
};

use crate::land::{Extended as _, Land, modules, words};

/// What is asked, a tree, what is declared, what breaks the rule.
pub(crate) type Row = (&'static str, &'static str, Manifest, &'static [&'static str]);

/// Holds each row.
pub(crate) fn hold(code: &str, rows: Vec<Row>) {
    for (name, tree, manifest, expected) in rows {
        assert_eq!(Land::new(tree, manifest).broken(code), expected, "{code}: {name}");
    }
}

fn listing(depends_on: &[&str]) -> impl FnOnce(&mut DeclaredModule) + use<> {
    let depends_on = words(depends_on);
    |module| module.depends_on = Some(depends_on)
}

fn seen_by(visible_to: &[&str]) -> impl FnOnce(&mut DeclaredModule) + use<> {
    let visible_to = words(visible_to);
    |module| module.visible_to = Some(visible_to)
}

pub(crate) fn offering(interface: &[&str]) -> impl FnOnce(&mut DeclaredModule) + use<> {
    let interface = words(interface);
    |module| module.interface = interface
}

fn counting(kinds: &[&str], manifest: Manifest) -> Manifest {
    Manifest { check: CheckSettings { kinds: Some(words(kinds)), ..CheckSettings::default() }, ..manifest }
}

#[test]
fn undeclared_dependencies() {
    let ab = || modules(&["a", "b", "c"]).with("a", listing(&["b"]));
    hold(
        "U101",
        vec![
            ("one is listed and one is not", "a/1 -> b/1, a/1 -> c/1, b/1 -> c/1", ab(), &["a/1 -> c/1"]),
            ("nothing", "", ab(), &[]),
            ("one file", "a/1", ab(), &[]),
            ("without a list", "a/1 -> b/1", modules(&["a", "b"]), &[]),
            ("an empty list", "a/1 -> b/1", modules(&["a", "b"]).with("a", listing(&[])), &["a/1 -> b/1"]),
            ("itself", "a/1 -> a/2", modules(&["a"]).with("a", listing(&[])), &[]),
            ("no module on either side", "a/1 -> x, x -> a/1", ab(), &[]),
            (
                "a layer is listed",
                "a/1 -> c/1",
                {
                    let mut manifest = modules(&["a", "b", "c"]).layered(&["c"]);
                    manifest.modules[0].depends_on = Some(words(&["layer:c"]));
                    manifest
                },
                &[],
            ),
            ("two lines are one", "a/1 -> c/1, a/1 -> c/1", ab(), &["a/1 -> c/1"]),
            ("tests do not count", "a/1 -tests-> c/1, a/1 -contains-> c/1", ab(), &[]),
            ("types count", "a/1 -types-> c/1", ab(), &["a/1 -> c/1"]),
            ("types do not", "a/1 -types-> c/1", counting(&["runtime"], ab()), &[]),
            ("tests do", "a/1 -tests-> c/1", counting(&["test"], ab()), &["a/1 -> c/1"]),
        ],
    );
}

#[test]
fn unused_dependencies() {
    let ab = || modules(&["a", "b", "c"]).with("a", listing(&["b", "c"]));
    hold(
        "U111",
        vec![
            ("one of two is used", "a/1 -> b/1, c/1", ab(), &["a -> c"]),
            ("both are, one by a test", "a/1 -> b/1, a/1 -tests-> c/1", ab(), &[]),
            ("nothing is read", "", ab(), &[]),
            ("the other is not read", "a/1 -> b/1", ab(), &[]),
            ("without a list", "a/1, b/1", modules(&["a", "b"]), &[]),
            ("an empty list", "a/1, b/1", modules(&["a", "b"]).with("a", listing(&[])), &[]),
        ],
    );
}

#[test]
fn private_interfaces() {
    let b = || modules(&["a", "b"]).with("b", offering(&["b/api"]));
    hold(
        "U102",
        vec![
            ("past it and through it", "a/1 -> b/api/1, a/1 -> b/in/1", b(), &["a/1 -> b/in/1"]),
            ("nothing", "", b(), &[]),
            ("one file", "b/in/1", b(), &[]),
            ("itself", "b/1 -> b/in/1", b(), &[]),
            ("from no module", "x -> b/in/1", b(), &["x -> b/in/1"]),
            ("no interface", "a/1 -> b/in/1", modules(&["a", "b"]), &[]),
        ],
    );
}

#[test]
fn invisible_modules() {
    let b = || modules(&["a", "b", "c"]).with("b", seen_by(&["a"]));
    hold(
        "U103",
        vec![
            ("one may and one may not", "a/1 -> b/1, c/1 -> b/1", b(), &["c/1 -> b/1"]),
            ("nothing", "", b(), &[]),
            ("one file", "b/1", b(), &[]),
            ("itself", "b/1 -> b/2", b(), &[]),
            ("from no module", "x -> b/1", b(), &["x -> b/1"]),
            ("nobody may", "a/1 -> b/1", modules(&["a", "b"]).with("b", seen_by(&[])), &["a/1 -> b/1"]),
        ],
    );
}

#[test]
fn layers() {
    let order = || modules(&["a", "b", "c", "x"]).layered(&["a", "b", "c"]);
    let with = |change: fn(&mut Layers)| {
        let mut manifest = order();
        change(&mut manifest.layers);
        manifest
    };
    let through = || with(|layers| layers.transitive = true);
    hold(
        "U104",
        vec![
            ("down is in order, up is not", "a/1 -> b/1, a/1 -> c/1, c/1 -> a/1", order(), &["c/1 -> a/1"]),
            ("nothing", "", order(), &[]),
            ("one file", "c/1", order(), &[]),
            ("the same layer", "c/1 -> c/2", order(), &[]),
            (
                "past a closed one",
                "a/1 -> c/1",
                with(|layers| layers.closed = words(&["b"])),
                &["a/1 -> c/1"],
            ),
            ("to a closed one", "a/1 -> b/1", with(|layers| layers.closed = words(&["b"])), &[]),
            ("through no layer", "c/1 -> x/1, x/1 -> a/1", order(), &[]),
            ("the same, transitive", "c/1 -> x/1, x/1 -> y, y -> a/1", through(), &["c/1 -> x/1"]),
            ("through no layer downwards", "a/1 -> x/1, x/1 -> c/1", through(), &[]),
            ("two ways up are one step", "c/1 -> x/1, x/1 -> a/1, x/1 -> b/1", through(), &["c/1 -> x/1"]),
        ],
    );
}

#[test]
fn forbidden_dependencies() {
    let rule = || modules(&["a", "b", "c"]).rule("forbidden", &["a"], &["b", "external:lib"]);
    hold(
        "U105",
        vec![
            ("by itself alone", "a/1 -> b/1, a/2 -> c/1, c/1 -> b/1", rule(), &["a/1 -> b/1"]),
            ("nothing", "", rule(), &[]),
            ("one file", "a/1", rule(), &[]),
            ("the other way", "b/1 -> a/1", rule(), &[]),
            (
                "a package outside",
                "a/1 -> external:lib.x, b/1 -> external:lib",
                rule(),
                &["a/1 -> external:lib.x"],
            ),
            ("twice", "a/1 -> external:lib, a/1 -> external:lib", rule(), &["a/1 -> external:lib"]),
            (
                "a module may use itself",
                "a/1 -> a/2, a/1 -> b/1",
                modules(&["a", "b"]).rule("forbidden", &["a"], &["a", "b"]),
                &["a/1 -> b/1"],
            ),
            (
                "files of one pattern may not",
                "a/1 -> a/2",
                modules(&["a"]).rule("forbidden", &["a/*"], &["a/*"]),
                &["a/1 -> a/2"],
            ),
        ],
    );
}

#[test]
fn forbidden_ways() {
    let rule = || modules(&["a", "b", "c"]).rule("forbidden transitive", &["a"], &["b", "external:lib"]);
    hold(
        "U106",
        vec![
            (
                "by itself and through another",
                "a/1 -> b/1, a/2 -> c/1, c/1 -> b/1",
                rule(),
                &["a/1 -> b/1", "a/2 -> c/1"],
            ),
            ("nothing", "", rule(), &[]),
            ("one file", "a/1", rule(), &[]),
            ("the step that leaves", "a/1 -> a/2, a/2 -> c/1, c/1 -> b/1", rule(), &["a/2 -> c/1"]),
            (
                "two ways of one length",
                "a/1 -> c/1, a/1 -> c/2, c/1 -> b/1, c/2 -> b/1",
                rule(),
                &["a/1 -> c/1", "a/1 -> c/2"],
            ),
            ("back into itself first", "a/1 -> c/1, c/1 -> a/2, a/2 -> b/1", rule(), &["a/2 -> b/1"]),
            ("a package outside", "a/1 -> c/1, c/1 -> external:lib", rule(), &["a/1 -> c/1"]),
            ("a dead end", "a/1 -> c/1, c/1 -> ?", rule(), &[]),
            (
                "a circle on the way",
                "a/1 -> c/1, c/1 -> c/2, c/2 -> c/1, c/2 -> b/1",
                rule(),
                &["a/1 -> c/1"],
            ),
            (
                "out and home again",
                "a/1 -> c/1, c/1 -> a/2",
                modules(&["a", "b", "c"]).rule("forbidden transitive", &["a"], &["a", "b"]),
                &[],
            ),
            (
                "each of a layer",
                "a/1 -> c/1, c/1 -> a/2, c/1 -> b/1",
                modules(&["a", "b", "c"]).rule("forbidden transitive", &["a", "b"], &["a", "b"]),
                &["a/1 -> c/1"],
            ),
        ],
    );
}

#[test]
fn missing_dependencies() {
    let files = |kind: &str| modules(&["a", "b", "c"]).rule(kind, &["a/*"], &["b", "external:lib"]);
    let whole = || modules(&["a", "b", "c"]).rule("reachable", &["a"], &["b"]);
    hold(
        "U107",
        vec![
            (
                "file by file",
                "a/1 -> b/1, a/2 -> c/1, a/3 -> external:lib",
                files("reachable"),
                &["a/2 -> b or external:lib"],
            ),
            ("nothing", "", files("reachable"), &[]),
            ("one file", "a/1", files("reachable"), &["a/1 -> b or external:lib"]),
            ("a module as a whole", "a/1 -> b/1, a/2 -> c/1", whole(), &[]),
            ("a module that does not", "a/1 -> c/1", whole(), &["a -> b"]),
            ("through another", "a/1 -> c/1, c/1 -> b/1", files("reachable"), &["a/1 -> b or external:lib"]),
            ("the same, transitive", "a/1 -> c/1, c/1 -> b/1", files("reachable transitive"), &[]),
            ("tests are not asked", "a/test_1 -> c/1", files("reachable"), &[]),
            ("nor what is not read", "= a/README", files("reachable"), &[]),
        ],
    );
}

#[test]
fn independent_parts() {
    let rule = |kind: &str| modules(&["a", "b", "c", "x"]).rule(kind, &["a", "b", "c"], &[]);
    let alone = || rule("independence");
    let wholly = || rule("independence transitive");
    hold(
        "U108",
        vec![
            ("one names another", "a/1 -> b/1, a/1 -> x/1", alone(), &["a/1 -> b/1"]),
            ("nothing", "", alone(), &[]),
            ("one file", "a/1", alone(), &[]),
            ("each other", "a/1 -> b/1, b/1 -> a/1", alone(), &["a/1 -> b/1", "b/1 -> a/1"]),
            ("through what all use", "a/1 -> x/1, x/1 -> b/1", alone(), &[]),
            ("the same, transitive", "a/1 -> x/1, x/1 -> b/1", wholly(), &["a/1 -> x/1"]),
            ("one step to two parts", "a/1 -> x/1, x/1 -> b/1, x/1 -> c/1", wholly(), &["a/1 -> x/1"]),
            ("through a part", "a/1 -> b/1, b/1 -> c/1", wholly(), &["a/1 -> b/1", "b/1 -> c/1"]),
            ("home again", "a/1 -> x/1, x/1 -> a/2", wholly(), &[]),
        ],
    );
}

#[test]
fn circles_of_modules() {
    let all = || modules(&["a", "b", "c", "d"]).rule("acyclic", &[], &[]);
    let some = || modules(&["a", "b", "c"]).rule("acyclic", &["a", "c"], &[]);
    hold(
        "U109",
        vec![
            ("each step", "a/1 -> b/1, b/1 -> a/2, b/1 -> c/1", all(), &["a -> b", "b -> a"]),
            ("nothing", "", all(), &[]),
            ("one file", "a/1", all(), &[]),
            ("of files and not of modules", "a/1 -> a/2, a/2 -> a/1", all(), &[]),
            ("of modules and not of files", "a/1 -> b/1, b/2 -> a/2", all(), &["a -> b", "b -> a"]),
            (
                "three round, and a short cut",
                "a/1 -> b/1, b/1 -> c/1, c/1 -> a/1, a/1 -> c/1",
                all(),
                &["a -> b", "a -> c", "b -> c", "c -> a"],
            ),
            (
                "two that touch",
                "a/1 -> b/1, b/1 -> a/1, b/1 -> c/1, c/1 -> d/1, d/1 -> c/1",
                all(),
                &["a -> b", "b -> a", "c -> d", "d -> c"],
            ),
            ("through one that is not asked", "a/1 -> b/1, b/1 -> a/1, c/1 -> a/1", some(), &[]),
            ("through no module", "a/1 -> x, x -> b/1, b/1 -> a/1", all(), &[]),
        ],
    );
}

#[test]
fn circles_of_files() {
    let all = || modules(&["a", "b"]).rule("acyclic file", &[], &[]);
    let some = || modules(&["a", "b"]).rule("acyclic file", &["a"], &[]);
    hold(
        "U110",
        vec![
            ("every file of it", "a/1 -> b/1, b/1 -> a/1, a/1 -> a/2", all(), &["a/1", "b/1"]),
            ("nothing", "", all(), &[]),
            ("one file", "a/1 -> a/1", all(), &[]),
            ("two circles", "a/1 -> a/2, a/2 -> a/1, x -> y, y -> x", all(), &["a/1", "a/2", "x", "y"]),
            ("those of some", "a/1 -> a/2, a/2 -> a/1, b/1 -> b/2, b/2 -> b/1", some(), &["a/1", "a/2"]),
            ("a part is no dependency", "a/1 -contains-> a/2, a/2 -> a/1", all(), &[]),
        ],
    );
}
