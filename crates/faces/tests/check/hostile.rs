//! Paths, names and messages of strangers: whatever they hold, no format breaks and nothing of them becomes markup.

use faces::check;
use proptest::prelude::*;
use verdicts::{
    check::State,
    rules::{OwnedBy, Site},
};

use crate::{
    cases::{Case, broken},
    read, schemas,
};

/// Pieces that mean something to one format or another.
const PIECES: &[&str] = &[
    "\0",
    "\u{1b}[31m",
    "\u{9b}2J",
    "\u{7f}",
    "\u{feff}",
    "\u{fffe}",
    "\u{ffff}",
    "\u{202e}",
    "\u{2028}",
    "-->",
    "<!--",
    "]]>",
    "\n",
    "\r\n",
    "\t",
    "\n::error::x",
    "::",
    "::add-mask::x",
    "%0A",
    "%",
    ",",
    ":",
    "|",
    "\\|",
    "\\",
    "`",
    "``",
    "@acme/all",
    "@",
    "#12",
    "acme/shop#1",
    "!7",
    "<script>",
    "</code>",
    "<img src=x>",
    "&amp;",
    "&#64;",
    "\"",
    "'",
    "https://x.example",
    "www.x.example",
    "a@x.example",
    "__init__",
    "_a_",
    "*b*",
    "**",
    "~~c~~",
    "[a](https://x.example)",
    "![](x)",
    "[^1]",
    "{0}",
    "$(x)",
    "${{ x }}",
    "- ",
    "# ",
    "> ",
    "1. ",
    "---",
    "é",
    "𐐀",
    " ",
    "a",
    "/",
    "..",
    "external:",
    ".py",
];

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![4 => proptest::sample::select(PIECES).prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)];
    proptest::collection::vec(piece, 1..8).prop_map(|pieces| pieces.concat())
}

/// The case with these texts wherever a stranger may have written.
fn written_by_a_stranger(texts: &[String]) -> Case {
    let mut case = broken();
    let mut next = texts.iter().cycle().cloned();
    let mut text = || next.next().expect("a circle does not end");
    for one in &mut case.check.outcomes {
        let violation = &mut one.violation;
        violation.from = text();
        violation.to = text();
        violation.what = format!("`{}` depends on `{}`, {}", text(), text(), text());
        violation.way_out = text();
        violation.because = Some(text());
        violation.other_side = Some(OwnedBy { owners: vec![text(), text()], by: (text(), 3) });
        if violation.contract.is_some() {
            violation.contract = Some(text());
        }
        for site in &mut violation.sites {
            // No path of git begins with a slash.
            *site = Site { path: format!("p{}", text()), specifier: text(), ..site.clone() };
        }
        violation.chain.iter_mut().for_each(|file| *file = text());
        if let (Some(first), Some(site)) = (violation.chain.first_mut(), violation.sites.first()) {
            first.clone_from(&site.path);
        }
        if let State::Moved(key) = &mut one.state {
            key.from = text();
        }
    }
    for used in &mut case.check.uses {
        used.contract = Some(text());
        used.matched = text();
    }
    case.check.allowed = vec![text()];
    case.notes = vec![text()];
    case.line = text();
    for module in &mut case.manifest.modules {
        module.id = text();
    }
    case.manifest.files = vec![format!("p{}", text())];
    case.manifest.exemptions[0].reason = text();
    case.manifest.exemptions[0].place.file = text();
    case
}

/// Whether a forge would call somebody, or refer to something.
fn calls(text: &str) -> bool {
    let signs: Vec<char> = text.chars().collect();
    signs.windows(2).any(|pair| matches!(pair[0], '@' | '#' | '!') && pair[1].is_alphanumeric())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn no_format_breaks(texts in proptest::collection::vec(text(), 3..12)) {
        let case = written_by_a_stranger(&texts);
        let own = schemas::own(&case.shown(check::json::render));
        prop_assert_eq!(own["outcomes"][0]["from"].as_str(), Some(case.check.outcomes[0].violation.from.as_str()));
        schemas::sarif_log(&case.shown(check::sarif));
        schemas::rdjson(&case.shown(check::rdjson));
        schemas::gitlab(&case.shown(check::gitlab));
        let (_, failed, skipped) = read::junit(&case.shown(check::junit));
        prop_assert_eq!((failed, skipped), (4, 1));
        let commands = read::github(&case.shown(check::github));
        prop_assert_eq!(commands.len(), 6);
        for command in &commands[..5] {
            let names: Vec<&str> = command.properties.iter().map(|(name, _)| name.as_str()).collect();
            prop_assert!(matches!(names.as_slice(), ["file", "line", .., "title"]), "{:?}", names);
            prop_assert!(command.message.lines().count() >= 2);
        }
        for page in [case.shown(check::comment), case.shown(|checked| check::markdown(checked, true))] {
            let read = read::markdown(&page);
            prop_assert_eq!(read.cells, [5; 6]);
            prop_assert!(!calls(&read.outside_code), "{}", read.outside_code);
        }
    }
}
