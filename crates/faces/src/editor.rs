//! Who answers for the file that is open and what usually changes with it, as an editor shows it above the code.
//!
//! ```text
//! owner: @acme/payments · usually changes with: pdf.py (62 %), test_pdf.py (55 %)
//! ```

use crate::{numbers, owners::Answer, plain::plain};

/// Names on the line above the code, and in full.
const ON_THE_LINE: usize = 3;

/// A file that usually changes with another.
#[derive(Clone, Debug, PartialEq)]
pub struct Partner {
    /// Its path, from the root.
    pub path: String,
    /// How probable it is that a change of the other needs it; 0 to 1.
    pub probability: f64,
}

/// The line above the code.
pub fn line(answer: &Answer, partners: &[Partner]) -> String {
    let mut parts = vec![format!("owner: {}", owners(answer))];
    parts.extend(absent_steward(answer).map(|steward| format!("steward: {}", plain(steward))));
    if !partners.is_empty() {
        let partners = &partners[..partners.len().min(ON_THE_LINE)];
        let shown = partners.iter().map(|one| {
            let called = called(&one.path, &answer.path, partners);
            format!("{} ({})", plain(called), numbers::percent(one.probability))
        });
        parts.push(format!("usually changes with: {}", shown.collect::<Vec<_>>().join(", ")));
    }
    parts.join(" · ")
}

/// The same in full. Plain text: not every editor shows Markdown, and names from strangers shall stay names.
pub fn page(answer: &Answer, partners: &[Partner]) -> String {
    let by = match (&answer.source, answer.line, &answer.rule) {
        (Some(source), Some(line), Some(rule)) => {
            format!(", by {}:{line} {}", plain(source), plain(rule))
        }
        _ => String::new(),
    };
    let mut lines = vec![format!("owner: {}{by}", owners(answer))];
    lines.extend(answer.module.as_ref().map(|module| format!("module: {}", plain(module))));
    if let (Some(steward), Some(share), Some(changes)) =
        (absent_steward(answer), answer.steward_share, answer.recent_changes)
    {
        lines.push(format!(
            "steward: {}, with {} of {} changes to the module in the last year",
            plain(steward),
            numbers::percent(share),
            numbers::count(changes)
        ));
    }
    if !partners.is_empty() {
        lines.push("usually changes with:".to_owned());
    }
    lines.extend(
        partners.iter().map(|one| format!("{:>6} {}", numbers::percent(one.probability), plain(&one.path))),
    );
    lines.extend(answer.note.as_ref().map(|note| format!("note: {}", plain(note))));
    lines.join("\n")
}

fn owners(answer: &Answer) -> String {
    let names: Vec<String> = answer.owners.iter().map(|name| plain(name)).collect();
    match (answer.kind, names.as_slice()) {
        ("unowned", _) => "nobody, by rule".to_owned(),
        (_, []) => "nobody".to_owned(),
        (_, names) if names.len() > ON_THE_LINE => {
            format!("{} or {} more", names[..ON_THE_LINE].join(", "), names.len() - ON_THE_LINE)
        }
        (_, names) => names.join(", "),
    }
}

/// The steward, where it is not the owner who does the work.
fn absent_steward(answer: &Answer) -> Option<&str> {
    let others = answer.kind != "declared" || answer.agrees == Some(false);
    answer.steward.as_deref().filter(|steward| others && !answer.owners.iter().any(|owner| owner == steward))
}

/// The name of a file or, where it is not the only one of that name, its path from where the open file lies in common.
fn called<'p>(path: &'p str, open: &str, partners: &[Partner]) -> &'p str {
    let name = |path: &'p str| path.rsplit('/').next().unwrap_or(path);
    let same =
        |other: &str| other != path && (other == name(path) || other.ends_with(&format!("/{}", name(path))));
    if !same(open) && !partners.iter().any(|one| same(&one.path)) {
        return name(path);
    }
    let common = open.bytes().zip(path.bytes()).take_while(|(a, b)| a == b).count();
    let directory = path.as_bytes()[..common].iter().rposition(|byte| *byte == b'/');
    &path[directory.map_or(0, |slash| slash + 1)..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer() -> Answer {
        Answer {
            path: "billing/api/pdf.py".to_owned(),
            owners: vec!["@acme/payments".to_owned()],
            kind: "declared",
            source: Some("CODEOWNERS".to_owned()),
            line: Some(4),
            rule: Some("/billing/".to_owned()),
            ..Answer::default()
        }
    }

    fn partner(path: &str, probability: f64) -> Partner {
        Partner { path: path.to_owned(), probability }
    }

    #[test]
    fn the_line_names_owner_and_partners() {
        assert_eq!(line(&answer(), &[]), "owner: @acme/payments");
        let partners = [
            partner("billing/api/page.py", 0.62),
            partner("billing/tests/test_pdf.py", 0.55),
            partner("web/pdf.py", 0.3),
            partner("docs/api.md", 0.2),
        ];
        assert_eq!(
            line(&answer(), &partners),
            "owner: @acme/payments · usually changes with: page.py (62 %), test_pdf.py (55 %), web/pdf.py (30 %)"
        );
        let full = page(&answer(), &partners);
        assert!(full.starts_with("owner: @acme/payments, by CODEOWNERS:4 /billing/\nusually"), "{full}");
        assert!(full.ends_with("\n  30 % web/pdf.py\n  20 % docs/api.md"), "{full}");
    }

    #[test]
    fn a_steward_is_named_where_the_owner_is_not_the_one() {
        let steward = |agrees| Answer {
            steward: Some("web-people".to_owned()),
            steward_share: Some(0.7),
            recent_changes: Some(20),
            agrees,
            ..answer()
        };
        assert_eq!(line(&steward(Some(true)), &[]), "owner: @acme/payments");
        assert_eq!(line(&steward(None), &[]), "owner: @acme/payments");
        assert_eq!(line(&steward(Some(false)), &[]), "owner: @acme/payments · steward: web-people");
        assert!(page(&steward(Some(false)), &[]).contains("steward: web-people, with 70 % of 20 changes"));
        let none = Answer { kind: "none", owners: Vec::new(), ..steward(None) };
        assert_eq!(line(&none, &[]), "owner: nobody · steward: web-people");
    }

    #[test]
    fn names_from_strangers_are_only_names() {
        let hostile = Answer {
            owners: vec!["[x](y)\n\u{202e}".to_owned(), "b".to_owned(), "c".to_owned(), "d".to_owned()],
            ..answer()
        };
        assert_eq!(line(&hostile, &[]), "owner: [x](y) , b, c or 1 more");
        assert_eq!(page(&hostile, &[partner("a\nb", 0.5)]).lines().count(), 3);
    }

    #[test]
    fn a_name_that_is_not_the_only_one_is_a_path() {
        let partners = [partner("a/b/x.py", 0.5), partner("a/c/x.py", 0.5), partner("a/xx.py", 0.5)];
        let called = |path, open| called(path, open, &partners);
        assert_eq!(called("a/c/x.py", "a/b/y.py"), "c/x.py");
        assert_eq!(called("a/xx.py", "a/b/y.py"), "xx.py");
        assert_eq!(called("a/xx.py", "b/xx.py"), "a/xx.py");
        assert_eq!(called("è/x.py", "é/y.py"), "è/x.py");
    }
}
