//! A rule whose decision is not there.

use facts::manifest::Place;

use super::{Ground, Held, Rule, Violation};

pub(super) const RULE: Rule = Rule {
    code: "U302",
    name: "missing-decision",
    holds: "Where `because` of a rule names a file, the file is there.",
    why: "Whoever meets a rule asks why. A rule without its reason is worked around or obeyed for ever.",
    example: "[[rule]]\nid = \"no-domain-to-ui\"\nbecause = \"docs/decisions/0012-layers.md\"     # no such file",
    way_out: "Write the decision down where because says, or mend the path.",
    limits: "Text that is no path is a reason in itself; addresses on the web are not asked.",
};

pub(super) fn hold(ground: &Ground<'_>, held: &mut Held) {
    let manifest = ground.manifest;
    let rules = manifest.rules.iter().map(|rule| (&rule.id, &rule.because, &rule.place));
    let change = manifest.change_rules.iter().map(|rule| (&rule.id, &rule.because, &rule.place));
    let mut looked = 0;
    for (id, because, place) in rules.chain(change) {
        let Some(path) = because.as_deref().and_then(path_of) else { continue };
        looked += 1;
        if ground.standing.find(path.as_bytes()).is_none() {
            held.violations.push(missing(ground, id, path, place));
        }
    }
    if looked > 0 {
        held.used(&RULE, None, looked, crate::audit::count(looked, "rule") + " with a decision record");
    }
}

fn missing(ground: &Ground<'_>, id: &str, path: &str, place: &Place) -> Violation {
    let what = format!("rule {id} rests on `{path}`, which is not there");
    let way_out = "write the decision down, or mend the path".to_owned();
    Violation { to: path.to_owned(), ..ground.at(&RULE, (&place.file, place.line), id, what, way_out) }
}

/// The path a reason names, where it is one.
fn path_of(because: &str) -> Option<&str> {
    let path = because.split('#').next().unwrap_or(because);
    let one_word = !path.is_empty() && !path.contains(char::is_whitespace) && !path.contains("://");
    let ends = [".md", ".adoc", ".rst", ".txt", ".org", ".markdown"];
    (one_word && (path.contains('/') || ends.iter().any(|end| path.ends_with(end)))).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::path_of;

    #[test]
    fn paths_are_told_from_reasons() {
        for (because, path) in [
            ("docs/decisions/0012.md", Some("docs/decisions/0012.md")),
            ("docs/decisions/0012.md#why", Some("docs/decisions/0012.md")),
            ("ADR-0012.md", Some("ADR-0012.md")),
            ("ADR-0012", None),
            ("the domain knows no ui / we said so", None),
            ("https://wiki.example/layers", None),
            ("", None),
        ] {
            assert_eq!(path_of(because), path, "{because}");
        }
    }
}
