//! One way to lay a manifest out: a blank line before each table, `key = value`, lists on one line where they fit.
//! Comments stay where they are and nothing is put in another order.

use toml_edit::{Array, Decor, DocumentMut, Item, RawString, Table, Value};

/// Longer lists get a line for each entry.
const WIDTH: usize = 100;

/// Lays a manifest out; an error is the reason it is no TOML.
pub fn format(text: &str) -> Result<String, String> {
    let mut document: DocumentMut =
        text.parse().map_err(|error: toml_edit::TomlError| error.message().to_owned())?;
    let mut first = true;
    table(document.as_table_mut(), &mut first);
    let blank = document.trailing().as_str().is_some_and(|text| text.starts_with('\n'));
    let trailing = comments(document.trailing());
    document.set_trailing(if blank && !trailing.is_empty() { format!("\n{trailing}") } else { trailing });
    let out = document.to_string();
    Ok(format!("{}\n", out.trim()))
}

fn table(table: &mut Table, first: &mut bool) {
    for (mut key, item) in table.iter_mut() {
        match item {
            Item::Value(one) => {
                let prefix = lead(key.leaf_decor().prefix(), *first);
                *first = false;
                *key.leaf_decor_mut() = Decor::new(prefix, " ");
                value(one, key.get().len());
            }
            Item::Table(inner) => heading(inner, first),
            Item::ArrayOfTables(array) => array.iter_mut().for_each(|one| heading(one, first)),
            Item::None => {}
        }
    }
}

fn heading(one: &mut Table, first: &mut bool) {
    if !one.is_implicit() && !one.is_dotted() {
        let comments = one.decor().prefix().map_or(String::new(), comments);
        let gap = if *first { "" } else { "\n" };
        let suffix = end_comment(one.decor().suffix());
        *one.decor_mut() = Decor::new(format!("{gap}{comments}"), suffix);
        *first = true;
    }
    table(one, first);
    *first = false;
}

/// What stands before a key: its comments, and a blank line in front of them where there was one.
fn lead(prefix: Option<&RawString>, first: bool) -> String {
    let Some(prefix) = prefix else { return String::new() };
    let text = prefix.as_str().unwrap_or_default();
    let begins_blank = text.split_once('\n').is_some_and(|(line, _)| line.trim().is_empty());
    let blank = !first && begins_blank;
    format!("{}{}", if blank { "\n" } else { "" }, comments(prefix))
}

/// The comment lines of white space, without indentation; blank lines between and after them become one.
fn comments(space: &RawString) -> String {
    let mut out = String::new();
    let mut blank = false;
    for line in space.as_str().unwrap_or_default().split_inclusive('\n') {
        let text = line.trim();
        if text.is_empty() {
            // What does not end is the indentation of what follows.
            blank |= !out.is_empty() && line.ends_with('\n');
            continue;
        }
        if std::mem::take(&mut blank) {
            out.push('\n');
        }
        out.push_str(text);
        out.push('\n');
    }
    if blank {
        out.push('\n');
    }
    out
}

fn end_comment(suffix: Option<&RawString>) -> String {
    let text = suffix.and_then(RawString::as_str).unwrap_or_default().trim();
    if text.is_empty() { String::new() } else { format!("  {text}") }
}

fn value(one: &mut Value, key: usize) {
    let suffix = end_comment(one.decor().suffix());
    if let Value::Array(array) = one {
        list(array, key);
    }
    *one.decor_mut() = Decor::new(" ", suffix);
}

fn list(array: &mut Array, key: usize) {
    let has_comments = array.iter().any(|one| {
        let space = |space: Option<&RawString>| {
            space.and_then(RawString::as_str).is_some_and(|text| text.contains('#'))
        };
        space(one.decor().prefix()) || space(one.decor().suffix())
    }) || array.trailing().as_str().is_some_and(|text| text.contains('#'));
    if has_comments {
        // Comments inside a list say which entry they mean by where they stand.
        return;
    }
    array.iter_mut().for_each(|one| one.decor_mut().clear());
    let plain: Vec<String> = array.iter().map(|one| one.to_string().trim().to_owned()).collect();
    let width = key + 5 + plain.iter().map(|one| one.chars().count() + 2).sum::<usize>();
    let several = width > WIDTH;
    for (at, one) in array.iter_mut().enumerate() {
        let prefix = if several {
            "\n    "
        } else if at == 0 {
            ""
        } else {
            " "
        };
        *one.decor_mut() = Decor::new(prefix, "");
    }
    array.set_trailing_comma(several);
    array.set_trailing(if several { "\n" } else { "" });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{manifest, tree::literal::LiteralTree};

    #[test]
    fn comments_and_order_stay() {
        let text = "# the head\n\nversion=1\n[system]\nname   =  'shop'   # why\n\n\n\n[[team]]\n  # inside\n  id=\"a\"\nhandles=[ \"@x/a\" ,\"@x/b\"]\n[[module]]\nid = \"m\"\npaths = [\n \"a\", # first\n]\n\n# the end\n";
        let wanted = "# the head\n\nversion = 1\n\n[system]\nname = 'shop'  # why\n\n[[team]]\n# inside\nid = \"a\"\nhandles = [\"@x/a\", \"@x/b\"]\n\n[[module]]\nid = \"m\"\npaths = [\n \"a\", # first\n]\n\n# the end\n";
        let formatted = format(text).unwrap();
        assert_eq!(formatted, wanted);
        assert_eq!(format(&formatted).unwrap(), wanted, "twice is once");
        assert!(format("a = ").is_err());
    }

    #[test]
    fn long_lists_get_lines() {
        let names: Vec<String> = (0..20).map(|at| format!("\"module-{at}\"")).collect();
        let formatted = format(&format!("a = [{}]\n", names.join(","))).unwrap();
        assert_eq!(formatted.lines().count(), 22);
        assert_eq!(format(&formatted).unwrap(), formatted);
    }

    /// Lines a manifest is made of, right and wrong.
    const LINES: [&str; 24] = [
        "version = 1",
        "version = 2",
        "# why",
        "",
        "   ",
        "[system]",
        "name = \"shop\"",
        "unit = \"auto\"  # so",
        "[[team]]",
        "id = \"a\"",
        "id=\"b\"",
        "members = [\"ana\", { person = \"bo\", since = 2024-01-01 }]",
        "handles = [\n  \"@o/a\", # them\n]",
        "[[module]]",
        "paths = [\"a/**\", \"**\"]",
        "paths = [\"[\"]",
        "owner = \"a\"",
        "depends_on = []",
        "[ownership]",
        "sources = [\"manifest\"]",
        "[[module]",
        "id = 3",
        "sytem = 1",
        "\u{0}",
    ];

    proptest::proptest! {
        /// Laid out once is laid out for good, nothing said is lost or added, and no text stops the reader.
        #[test]
        fn a_layout_says_the_same_and_is_final(
            lines in proptest::collection::vec(proptest::sample::select(&LINES[..]), 0..16), noise in "[ -~\n]{0,12}", at in 0usize..16,
        ) {
            let mut lines = lines;
            if at < 4 {
                lines.insert(at.min(lines.len()), &noise);
            }
            let text = lines.join("\n");
            let of = |text: &str| manifest::read(&LiteralTree::new(&[("unsnarl.toml", text)]));
            let before = of(&text);
            for mistake in &before.mistakes {
                let lines = text.lines().count() as u32 + 1;
                proptest::prop_assert!(mistake.line <= lines && !mistake.what.is_empty(), "{mistake:?}");
            }
            let Ok(once) = format(&text) else {
                proptest::prop_assert!(!before.is_sound(), "what cannot be laid out is no manifest");
                return Ok(());
            };
            let again = format(&once);
            proptest::prop_assert_eq!(again.as_ref(), Ok(&once));
            // In the order of their lines, which a layout may change.
            let whats = |read: &manifest::Read| {
                let mut whats: Vec<String> = read.mistakes.iter().map(|one| one.what.clone()).collect();
                whats.sort();
                whats
            };
            proptest::prop_assert_eq!(whats(&of(&once)), whats(&before));
            proptest::prop_assert_eq!(once.matches('#').count(), text.matches('#').count());
        }
    }
}
