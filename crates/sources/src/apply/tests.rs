//! Each kind of move over each kind of file, and files nobody thought of.

use facts::{Change, ChangeId, CommitId, PathId, Touch, TouchKind, moves::Part};
use proptest::prelude::*;

use super::*;
use crate::{ownership::Layers, patch, structure, tree::literal::LiteralTree};

const PATHS: [&str; 8] =
    ["billing/a", "billing/b", "billing/pdf/c", "billing/pdf/d", "docs/e", "web/f", "web/g", "web/ui/h"];

/// A history that touched each of these files once.
fn facts() -> Facts {
    let mut facts = Facts::default();
    facts.changes.push(Change {
        files: PATHS.len() as u32,
        ..Change::new(CommitId::from_bytes(&[1; 20]).unwrap(), 0)
    });
    for (at, path) in PATHS.iter().enumerate() {
        let path = facts.paths.intern(path.as_bytes());
        assert_eq!(path, PathId(at as u32));
        let file = facts.files.push(path, ChangeId(0));
        let (change, kind) = (ChangeId(0), TouchKind::Added);
        facts.touches.push(Touch { change, file, path, kind, previous_path: None });
    }
    facts.touches.index(1);
    facts
}

fn tree(files: &[(&str, &str)]) -> LiteralTree {
    let all: Vec<(&str, &str)> = PATHS.iter().map(|path| (*path, "")).chain(files.iter().copied()).collect();
    let built = ["billing", "docs", "web"].map(|module| format!("{module}/Cargo.toml"));
    let built: Vec<(&str, &str)> =
        built.iter().map(|path| (path.as_str(), "[package]\nname = \"a\"\n")).collect();
    LiteralTree::new(&[all, built].concat())
}

/// Writes moves over some files; the first of them as it is then, and what is beside it.
fn written(files: &[(&str, &str)], moves: &[Move]) -> Result<(String, Applied), Refused> {
    let (tree, facts) = (tree(files), facts());
    let declared = structure::read_declared(&tree, None, Vec::new());
    assert_eq!(declared.mistakes, [], "the example is sound");
    let structure = structure::read_structure(&facts, &tree, &declared);
    let ground =
        Ground { tree: &tree, facts: &facts, structure: &structure, declared: &declared, only: None };
    let applied = apply(&ground, moves)?;
    let text = applied.files.get(files[0].0).cloned().unwrap_or_else(|| files[0].1.to_owned());
    Ok((text, applied))
}

fn read(moves: &str) -> Vec<Move> {
    patch::read(format!("{{\"moves\": [{moves}]}}").as_bytes(), &[]).unwrap()
}

/// What a file says after some moves, and what could not be said.
fn after(files: &[(&str, &str)], moves: &str) -> (String, Vec<String>) {
    let (text, applied) = written(files, &read(moves)).unwrap_or_else(|refused| panic!("{moves}: {refused}"));
    assert_eq!(applied.checked, PATHS.len() as u64);
    (text, applied.unsaid)
}

fn refused(files: &[(&str, &str)], moves: &str) -> String {
    written(files, &read(moves)).map(|(text, _)| text).unwrap_err().to_string()
}

const GITHUB: &str = "# who answers\n/billing/      @s/pay   # money\n/billing/pdf/  @s/pay @s/web\n\n/web/ @s/web\n/docs @s/docs\n";

#[test]
fn githubs_file_says_each_kind() {
    let file = (".github/CODEOWNERS", GITHUB);
    let table = [
        // A line that is there gets another owner; its comment and its columns stay.
        (
            r#"{"kind": "give", "directory": "billing/pdf", "to": "@s/web"}"#,
            GITHUB.replace("@s/pay @s/web\n", "@s/web\n"),
        ),
        (
            r#"{"kind": "give", "module": "web", "to": "@s/docs"}"#,
            GITHUB.replace("/web/ @s/web", "/web/ @s/docs"),
        ),
        // So does every line that decides a part of it.
        (
            r#"{"kind": "give", "directory": "billing", "to": "@s/docs"}"#,
            GITHUB.replace("@s/pay @s/web\n", "@s/docs\n").replace("@s/pay   #", "@s/docs   #"),
        ),
        (
            r#"{"kind": "give", "files": ["web/f", "docs/e"], "to": "@s/pay"}"#,
            GITHUB.replace("/docs @s/docs\n", "/docs @s/pay\n/web/f @s/pay\n"),
        ),
        (
            r#"{"kind": "share", "directory": "billing", "to": "@s/docs"}"#,
            GITHUB
                .replace("      @s/pay   # money", "      @s/pay @s/docs   # money")
                .replace("  @s/pay @s/web\n", "  @s/pay @s/web @s/docs\n"),
        ),
        (
            r#"{"kind": "share", "files": ["web/f"], "to": "@s/docs"}"#,
            GITHUB.replace("/web/ @s/web\n", "/web/ @s/web\n/web/f @s/web @s/docs\n"),
        ),
    ];
    for (moves, expected) in table {
        let (text, unsaid) = after(&[file], moves);
        assert_eq!(text, expected, "{moves}");
        assert_eq!(unsaid, [""; 0], "{moves}");
    }
    // What a later pattern overrides gets a line behind that; the pattern speaks of other files, too.
    let wild = "/billing/ @s/pay\n**/c    @s/web\n/web/ @s/web\n/docs/ @s/docs\n";
    let (text, _) =
        after(&[("CODEOWNERS", wild)], r#"{"kind": "give", "directory": "billing", "to": "@s/docs"}"#);
    assert_eq!(text, wild.replace("@s/web\n/web", "@s/web\n/billing/ @s/docs\n/web"));
    // Endings of lines stay as they are, and a last line without one gets it.
    let windows = GITHUB.replace('\n', "\r\n");
    let (text, _) = after(
        &[("CODEOWNERS", windows.trim_end())],
        r#"{"kind": "give", "files": ["docs/e"], "to": "@s/pay"}, {"kind": "give", "files": ["web/ui/h"], "to": "@s/pay"}"#,
    );
    assert!(text.contains("/web/ @s/web\r\n/web/ui/ @s/pay\r\n/docs @s/pay"), "{text:?}");
    assert!(!text.replace("\r\n", "").contains('\n'), "{text:?}");
}

#[test]
fn what_codeowners_cannot_say_is_told() {
    let file = ("CODEOWNERS", GITHUB);
    let interface = r#"{"kind": "interface", "module": "web", "files": ["web/f"]}"#;
    let (text, unsaid) = after(&[file], interface);
    assert_eq!((text.as_str(), unsaid.len()), (GITHUB, 1));
    assert!(unsaid[0].starts_with("move 1: no manifest is there to hold an interface of web"), "{unsaid:?}");
    let (text, unsaid) = after(&[file], r#"{"kind": "interface", "module": "web", "files": []}"#);
    assert_eq!((text.as_str(), unsaid.len()), (GITHUB, 1));
    assert!(unsaid[0].starts_with("move 1: name the files others shall use of web"), "{unsaid:?}");
    let split = r#"{"kind": "split", "directory": "billing/pdf", "name": "pdf", "to": "@s/docs"}"#;
    let (text, unsaid) = after(&[file], split);
    assert_eq!(text, GITHUB.replace("@s/pay @s/web\n", "@s/docs\n"));
    assert!(unsaid[0].contains("that pdf is one is not written"), "{unsaid:?}");
    let merge = r#"{"kind": "merge", "module": "docs", "to": "web"}"#;
    let (text, unsaid) = after(&[file], merge);
    assert_eq!((text, unsaid.len()), (GITHUB.replace("/docs @s/docs", "/docs @s/web"), 1));
    let relocate = read(r#"{"kind": "relocate", "directory": "billing/pdf", "to": "web"}"#);
    let (text, applied) = written(&[file], &relocate).unwrap();
    assert_eq!((text.as_str(), applied.unsaid.len()), (GITHUB, 0), "{:?}", applied.unsaid);
    assert!(applied.script.unwrap().ends_with("git mv -- 'billing/pdf' 'web/pdf'\n"));
}

const GITLAB: &str = "* @s/all\n/web/ @s/web\n\n[Money] @s/pay\n/billing/\n\n^[Hints]\n/web/ui/ @s/docs\n";

#[test]
fn gitlabs_sections_are_kept_apart() {
    let file = (".gitlab/CODEOWNERS", GITLAB);
    // billing/pdf needs @s/all and @s/pay; given to one, the other section excludes it.
    let (text, unsaid) = after(&[file], r#"{"kind": "give", "directory": "billing/pdf", "to": "@s/web"}"#);
    assert_eq!(
        text,
        GITLAB
            .replace("* @s/all\n", "* @s/all\n/billing/pdf/ @s/web\n")
            .replace("/billing/\n", "/billing/\n!/billing/pdf/\n")
    );
    assert_eq!(unsaid, [""; 0]);
    // One section alone is asked for web; a hint asks nobody and stays.
    let (text, _) = after(&[file], r#"{"kind": "give", "directory": "web", "to": "@s/pay"}"#);
    assert_eq!(text, GITLAB.replace("/web/ @s/web", "/web/ @s/pay"));
    let (text, _) = after(&[file], r#"{"kind": "share", "directory": "web", "to": "@s/docs"}"#);
    assert_eq!(text, GITLAB.replace("/web/ @s/web", "/web/ @s/web @s/docs"));
    let why = refused(&[file], r#"{"kind": "share", "directory": "billing", "to": "@s/docs"}"#);
    assert!(why.starts_with("move 1: several sections must agree"), "{why}");
    // Two approvals are asked by the heading, and one cannot be asked below it.
    let two = "[Web][2]\n/web/ @s/web\n[Money]\n/billing/ @s/pay\n/docs/ @s/web\n";
    let (text, _) =
        after(&[(".gitlab/CODEOWNERS", two)], r#"{"kind": "give", "directory": "web/ui", "to": "@s/pay"}"#);
    assert_eq!(
        text,
        format!("/web/ui/ @s/pay\n{}", two.replace("/web/ @s/web\n", "/web/ @s/web\n!/web/ui/\n"))
    );
}

const MANIFEST: &str = r#"version = 1 # of the format

# Money.
[[module]]
id = "billing"
paths = [
    "billing/**", # all of it
]
owner = "pay" # since May
depends_on = ["docs", "web"]

[[module]]
id = "docs"
paths = ["docs/**"]
owner = "@s/docs"

[[module]]
id = "web"
paths = ["web/**"]
owner = "@s/web"
depends_on = ["docs"]

[[team]]
id = "pay"
handles = ["@s/pay"]

[[rule]]
id = "apart"
type = "forbidden"
from = ["docs"]
to = ["billing"]
"#;

#[test]
fn a_manifest_says_each_kind_and_keeps_the_rest() {
    let file = ("unsnarl.toml", MANIFEST);
    let behind_web = |text: &str| MANIFEST.replace("\n[[team]]", &format!("\n{text}\n[[team]]"));
    let table = [
        (
            r#"{"kind": "give", "module": "billing", "to": "@s/web"}"#,
            MANIFEST.replace("owner = \"pay\" # since May", "owner = \"@s/web\" # since May"),
        ),
        (
            r#"{"kind": "give", "directory": "web/ui", "to": "pay"}"#,
            behind_web("[[module]]\nid = \"ui\"\npaths = [\"web/ui/**\"]\nowner = \"pay\"\n"),
        ),
        (
            r#"{"kind": "relocate", "directory": "web/ui", "to": "billing"}"#,
            MANIFEST.replace(
                "\"billing/**\", # all of it\n",
                "\"billing/**\", # all of it\n    \"web/ui/**\",\n",
            ),
        ),
        (
            r#"{"kind": "relocate", "files": ["web/f"], "to": "docs"}"#,
            MANIFEST.replace("[\"docs/**\"]", "[\"docs/**\", \"web/f\"]"),
        ),
        (
            r#"{"kind": "split", "directory": "billing/pdf", "name": "pdf"}"#,
            behind_web("[[module]]\nid = \"pdf\"\npaths = [\"billing/pdf/**\"]\nowner = \"pay\"\n"),
        ),
        (
            r#"{"kind": "merge", "module": "docs", "to": "web"}"#,
            MANIFEST
                .replace("[[module]]\nid = \"docs\"\npaths = [\"docs/**\"]\nowner = \"@s/docs\"\n\n", "")
                .replace("[\"web/**\"]", "[\"web/**\", \"docs/**\"]")
                .replace("depends_on = [\"docs\", \"web\"]", "depends_on = [\"web\"]")
                .replace("depends_on = [\"docs\"]", "depends_on = []")
                .replace("from = [\"docs\"]", "from = [\"web\"]"),
        ),
        (
            r#"{"kind": "interface", "module": "web", "files": ["web/f", "web/g"]}"#,
            MANIFEST.replace(
                "owner = \"@s/web\"\ndepends_on = [\"docs\"]\n",
                "owner = \"@s/web\"\ndepends_on = [\"docs\"]\ninterface = [\"web/f\", \"web/g\"]\n",
            ),
        ),
    ];
    for (moves, expected) in table {
        let (text, unsaid) = after(&[file], moves);
        assert_eq!(text, expected, "{moves}");
        assert_eq!(unsaid, [""; 0], "{moves}");
    }
    let (text, unsaid) = after(&[file], r#"{"kind": "share", "module": "web", "to": "@s/docs"}"#);
    assert_eq!((text.as_str(), unsaid.len()), (MANIFEST, 1));
    let why = refused(
        &[file],
        r#"{"kind": "relocate", "directory": "web", "to": "docs"}, {"kind": "merge", "module": "billing", "to": "web"}"#,
    );
    assert!(
        why.starts_with("the manifest would have a mistake: unsnarl.toml:10: `web/**` already belongs"),
        "{why}"
    );
}

/// A manifest that names modules, and a CODEOWNERS that names who owns them: each is told its part.
#[test]
fn modules_and_owners_may_stand_in_two_files() {
    let bare = "version = 1\n\n[[module]]\nid = \"web\"\npaths = [\"web/**\"]\n";
    let files = [("unsnarl.toml", bare), ("CODEOWNERS", GITHUB)];
    let moves = read(r#"{"kind": "relocate", "directory": "billing/pdf", "to": "web"}"#);
    let (text, applied) = written(&files, &moves).unwrap();
    assert_eq!(text, bare.replace("[\"web/**\"]", "[\"web/**\", \"billing/pdf/**\"]"));
    assert_eq!(applied.files["CODEOWNERS"], GITHUB.replace("@s/pay @s/web\n", "@s/web\n"));
    assert!(applied.script.is_some());
}

#[test]
fn nobody_is_written_down_who_was_not_declared() {
    let moves = [Move::Give { part: Part::Directory("web".into()), team: "group web".into() }];
    let why = written(&[("README", "")], &moves).map(|(text, _)| text).unwrap_err();
    assert_eq!(why.number, 0);
    assert!(why.why.starts_with("nobody is declared"), "{why}");
    // OWNERS files are read and not written.
    let owners = "approvers:\n- ana\n";
    let files = [
        ("web/OWNERS", owners),
        ("billing/OWNERS", "approvers:\n- bo\n"),
        ("docs/OWNERS", "approvers:\n- cy\n"),
        ("OWNERS_ALIASES", "aliases:\n  pay: [bo]\n"),
    ];
    let told = written(&files, &read(r#"{"kind": "give", "directory": "web", "to": "bo"}"#));
    assert!(told.is_err() || told.is_ok_and(|(text, _)| text == owners));
}

const TEAMS: [&str; 3] = ["@s/pay", "@s/web", "@s/docs"];

fn line() -> impl Strategy<Value = String> {
    let pattern = prop::sample::select(
        &[
            "*",
            "/billing/",
            "/billing/pdf/",
            "pdf/",
            "/web",
            "/web/*",
            "web/ui/",
            "/docs/e",
            "*.md",
            "# x",
            "**/c",
            "/billing/a",
        ][..],
    );
    (pattern, prop::collection::vec(prop::sample::select(&TEAMS[..]), 0..3))
        .prop_map(|(pattern, owners)| format!("{pattern} {}", owners.join("  ")))
}

fn gitlab_line() -> impl Strategy<Value = String> {
    let heading =
        prop::sample::select(&["[Web]", "[Web] @s/web", "^[Hints] @s/docs", "[Money][2]", "[Money]"][..]);
    prop_oneof![1 => heading.prop_map(str::to_owned), 3 => line(), 1 => Just("!/web/ui/".to_owned())]
}

/// What must agree to a path: each of these, by any one of its owners.
fn claims_of(layers: &Layers, path: &str) -> Vec<(Vec<String>, u32)> {
    let Some((at, decision)) = layers.decide(path.as_bytes()) else { return Vec::new() };
    let rules = layers.layers[at].resolver.rules();
    let required = decision.claims.iter().filter(|claim| claim.required && !claim.owners.is_empty());
    let mut claims: Vec<(Vec<String>, u32)> = required
        .map(|claim| {
            let mut owners: Vec<String> =
                rules.names_of(&claim.owners).iter().map(|name| (*name).to_owned()).collect();
            owners.sort();
            (owners, claim.approvals)
        })
        .collect();
    claims.sort();
    claims.dedup();
    claims
}

fn part() -> impl Strategy<Value = Part> {
    prop_oneof![
        prop::sample::select(&["billing", "billing/pdf", "web", "web/ui", "docs"][..])
            .prop_map(|path| Part::Directory(path.to_owned())),
        prop::sample::subsequence(&PATHS[..], 1..4)
            .prop_map(|paths| Part::Files(paths.into_iter().map(str::to_owned).collect())),
    ]
}

fn one_move() -> impl Strategy<Value = Move> {
    (part(), prop::sample::select(&TEAMS[..]), any::<bool>()).prop_map(|(part, team, give)| {
        let team = team.to_owned();
        if give { Move::Give { part, team } } else { Move::Share { part, team } }
    })
}

fn owners_of(layers: &Layers, path: &str) -> Vec<String> {
    let Some((at, decision)) = layers.decide(path.as_bytes()) else { return Vec::new() };
    let rules = layers.layers[at].resolver.rules();
    let mut owners: Vec<String> =
        decision.claims.iter().flat_map(|claim| rules.names_of(&claim.owners)).map(str::to_owned).collect();
    owners.sort();
    owners.dedup();
    owners
}

fn concerns(part: &Part, path: &str) -> bool {
    match part {
        Part::Directory(above) => path.starts_with(&format!("{above}/")),
        Part::Files(paths) => paths.iter().any(|own| own == path),
        Part::Module(_) => false,
    }
}

proptest! {
    /// Whatever stands in a file, afterwards it says what was asked and nothing else, or it is not written.
    #[test]
    fn githubs_file_says_what_was_asked_and_nothing_else(
        lines in prop::collection::vec(line(), 0..7), moves in prop::collection::vec(one_move(), 1..4),
    ) {
        let text = format!("{}\n/none {}\n", lines.join("\n"), TEAMS.join(" "));
        let (tree, facts) = (tree(&[("CODEOWNERS", &text)]), facts());
        let declared = structure::read_declared(&tree, None, Vec::new());
        let mut structure = structure::read_structure(&facts, &tree, &declared);
        structure.declared_cannot_tell = None;
        let ground = Ground { tree: &tree, facts: &facts, structure: &structure, declared: &declared, only: None };
        let applied = apply(&ground, &moves);
        prop_assert!(applied.is_ok(), "the last match decides, so a line can always be added: {:?}", applied);
        let applied = applied.unwrap();
        let written = applied.files.get("CODEOWNERS").unwrap_or(&text).clone();
        let edited = self::tree(&[("CODEOWNERS", &written)]);
        let layers = Layers::read(&edited, &declared.manifest, None);
        for path in PATHS {
            let mut expected = owners_of(&declared.layers, path);
            for one in &moves {
                match one {
                    Move::Give { part, team } if concerns(part, path) => expected = vec![team.clone()],
                    Move::Share { part, team } if concerns(part, path) && !expected.is_empty() => {
                        expected.push(team.clone());
                    }
                    _ => {}
                }
            }
            expected.sort();
            expected.dedup();
            prop_assert_eq!(owners_of(&layers, path), expected, "{} in\n{}\nwas\n{}", path, written, text);
        }
        // Comments and patterns stay in their order.
        let first = |line: &str| line.split_whitespace().next().unwrap_or_default().to_owned();
        let mut new = written.lines().map(first);
        for old in text.lines().map(first) {
            prop_assert!(new.any(|line| line == old), "{} is gone from\n{}", old, written);
        }
    }

    /// The same of GitLab's sections, of which several may have to agree: what cannot be said is refused.
    #[test]
    fn gitlabs_file_says_what_was_asked_or_is_not_written(
        lines in prop::collection::vec(gitlab_line(), 0..9), part in part(), team in prop::sample::select(&TEAMS[..]),
    ) {
        let text = format!("/none {}\n{}\n", TEAMS.join(" "), lines.join("\n"));
        let (tree, facts) = (tree(&[(".gitlab/CODEOWNERS", &text)]), facts());
        let declared = structure::read_declared(&tree, None, Vec::new());
        let structure = structure::read_structure(&facts, &tree, &declared);
        let ground = Ground { tree: &tree, facts: &facts, structure: &structure, declared: &declared, only: None };
        let give = Move::Give { part: part.clone(), team: team.to_owned() };
        let Ok(applied) = apply(&ground, &[give]) else { return Ok(()) };
        let written = applied.files.get(".gitlab/CODEOWNERS").unwrap_or(&text).clone();
        let edited = self::tree(&[(".gitlab/CODEOWNERS", &written)]);
        let layers = Layers::read(&edited, &declared.manifest, None);
        for path in PATHS {
            let expected = match concerns(&part, path) {
                true => vec![(vec![team.to_owned()], 1)],
                false => claims_of(&declared.layers, path),
            };
            prop_assert_eq!(claims_of(&layers, path), expected, "{} in\n{}\nwas\n{}", path, written, text);
        }
    }
}
