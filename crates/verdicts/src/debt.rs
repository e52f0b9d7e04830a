//! Recorded debt: violations that were there when a rule was adopted. It is written by `unsnarl check --accept`, apart
//! from the manifest, and only shrinks.
//!
//! ```text
//! .unsnarl/debt/services/billing.txt
//!   # header
//!   U101 services/billing/pdf.py -> services/web/render.py
//!   no-domain-to-ui services/billing/tax.py -> services/web/cart.py
//! ```
//!
//! One file a module, one line a violation, sorted, without line numbers: two branches that pay off debt on
//! lines that do not touch merge without a conflict, and moving code within a file changes nothing. The first word is the `[[rule]]` that is
//! broken, or the code of a built-in one. Names with spaces or quotes are written as JSON strings.

use std::collections::{BTreeMap, BTreeSet};

use crate::rules::Violation;

/// Where debt lies, from the root.
pub const DIRECTORY: &str = ".unsnarl/debt";

/// Why a file that git could not merge cannot be read.
pub const CONFLICT: &str = "a merge left its conflict marks here";

const HEADER: &str = "# Recorded by `unsnarl check --accept`: violations that were there when their rule was adopted.\n# It only shrinks: a line that no longer holds fails the check until it is taken out, by --accept again.\n";

/// What tells one violation from another, whatever line it stands on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The `[[rule]]`'s id, or the built-in rule's code.
    pub rule: String,
    /// What it starts from.
    pub from: String,
    /// Where it leads; may be empty.
    pub to: String,
}

impl Key {
    /// The key of a violation.
    pub fn of(violation: &Violation) -> Self {
        Self {
            rule: violation.contract.clone().unwrap_or_else(|| violation.rule.code.to_owned()),
            from: violation.from.clone(),
            to: violation.to.clone(),
        }
    }
}

/// One recorded violation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// What it records.
    pub key: Key,
    /// The file it is recorded in, from the root.
    pub file: String,
    /// Its line, from 1.
    pub line: u32,
}

/// Everything that is recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Debt {
    /// By key; of a key that is recorded twice the first.
    pub entries: BTreeMap<Key, Entry>,
    /// The files that were read.
    pub files: BTreeSet<String>,
}

/// A line that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The file.
    pub file: String,
    /// From 1.
    pub line: u32,
    /// In one sentence.
    pub why: String,
}

impl Debt {
    /// Adds what a file records.
    pub fn read(&mut self, file: &str, text: &str) -> Result<(), Unreadable> {
        self.files.insert(file.to_owned());
        for (at, line) in text.lines().enumerate() {
            let line = line.strip_suffix('\r').unwrap_or(line);
            let place =
                |why: &str| Unreadable { file: file.to_owned(), line: at as u32 + 1, why: why.to_owned() };
            if ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|mark| line.starts_with(mark)) {
                return Err(place(CONFLICT));
            }
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let key = parse(line).ok_or_else(|| {
                place("it should read `RULE FROM -> TO`, as unsnarl check --accept writes it")
            })?;
            let entry = Entry { key: key.clone(), file: file.to_owned(), line: at as u32 + 1 };
            self.entries.entry(key).or_insert(entry);
        }
        Ok(())
    }

    /// Whether a violation is recorded.
    pub fn holds(&self, key: &Key) -> bool {
        self.entries.contains_key(key)
    }
}

/// The files that record these violations, each with its whole text; `module` is the module each is charged to.
pub fn write<'v>(violations: impl Iterator<Item = (Key, Option<&'v str>)>) -> BTreeMap<String, String> {
    let mut files: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (key, module) in violations {
        files.entry(file_of(module)).or_default().insert(line(&key));
    }
    let text = |lines: BTreeSet<String>| {
        lines.into_iter().fold(HEADER.to_owned(), |mut text, line| {
            text.push_str(&line);
            text.push('\n');
            text
        })
    };
    files.into_iter().map(|(file, lines)| (file, text(lines))).collect()
}

/// The file a module's debt lies in.
fn file_of(module: Option<&str>) -> String {
    let Some(module) = module else { return format!("{DIRECTORY}/_no-module.txt") };
    let part = |part: &str| match part {
        "" => "_".to_owned(),
        "." | ".." => part.replace('.', "%2E"),
        part => part.chars().fold(String::new(), |mut out, c| {
            if c.is_control() || "%\\:*?\"<>|".contains(c) {
                let mut bytes = [0; 4];
                c.encode_utf8(&mut bytes).bytes().for_each(|byte| out.push_str(&format!("%{byte:02X}")));
            } else {
                out.push(c);
            }
            out
        }),
    };
    let parts: Vec<String> = module.split('/').map(part).collect();
    format!("{DIRECTORY}/{}.txt", parts.join("/"))
}

fn line(key: &Key) -> String {
    let head = format!("{} {}", word(&key.rule), word(&key.from));
    if key.to.is_empty() { head } else { format!("{head} -> {}", word(&key.to)) }
}

/// A name as it is written: as it is, or as a JSON string where it could be misread.
fn word(name: &str) -> String {
    let plain = !name.is_empty()
        && name != "->"
        && !name.starts_with(['"', '#', '<', '=', '>', '|'])
        && !name.contains(|c: char| c.is_whitespace() || c.is_control());
    if plain { name.to_owned() } else { quoted(name) }
}

fn quoted(name: &str) -> String {
    let mut out = String::from("\"");
    for c in name.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() || (c.is_whitespace() && c != ' ') => {
                let mut units = [0; 2];
                c.encode_utf16(&mut units).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn parse(line: &str) -> Option<Key> {
    let mut rest = line;
    let rule = take(&mut rest)?;
    let from = take(&mut rest)?;
    if rest.trim().is_empty() {
        return Some(Key { rule, from, to: String::new() });
    }
    rest = rest.trim_start().strip_prefix("->")?;
    let to = take(&mut rest)?;
    rest.trim().is_empty().then_some(Key { rule, from, to })
}

/// The next word of a line.
fn take(rest: &mut &str) -> Option<String> {
    *rest = rest.trim_start();
    let Some(body) = rest.strip_prefix('"') else {
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        *rest = after;
        return (!word.is_empty()).then(|| word.to_owned());
    };
    let mut out = String::new();
    let mut chars = body.char_indices();
    loop {
        match chars.next()? {
            (at, '"') => {
                *rest = &body[at + 1..];
                return Some(out);
            }
            (_, '\\') => match chars.next()?.1 {
                'u' => {
                    let digits: String = chars.by_ref().take(4).map(|(_, c)| c).collect();
                    out.push(char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?);
                }
                c => out.push(c),
            },
            (_, c) => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(rule: &str, from: &str, to: &str) -> Key {
        Key { rule: rule.to_owned(), from: from.to_owned(), to: to.to_owned() }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let keys = [
            key("U101", "a/b.py", "c/d.py"),
            key("no-ui", "a b.py", "-> x"),
            key("U110", "a\"b\\c\n.py", ""),
            key("U201", "", "->"),
            key("U101", "#x", "<<<<<<< HEAD"),
            key("U101", "é/語.py", "\u{a0}"),
        ];
        let files = write(keys.iter().cloned().map(|key| (key, Some("services/billing"))));
        assert_eq!(files.keys().collect::<Vec<_>>(), [".unsnarl/debt/services/billing.txt"]);
        let mut debt = Debt::default();
        for (file, text) in &files {
            debt.read(file, text).unwrap();
        }
        let mut expected = keys.to_vec();
        expected.sort();
        assert_eq!(debt.entries.keys().cloned().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn modules_cannot_lead_out_of_the_directory() {
        assert_eq!(file_of(Some("../../etc")), ".unsnarl/debt/%2E%2E/%2E%2E/etc.txt");
        assert_eq!(file_of(Some("a//b:c")), ".unsnarl/debt/a/_/b%3Ac.txt");
        assert_eq!(file_of(None), ".unsnarl/debt/_no-module.txt");
    }

    #[test]
    fn what_cannot_be_read_is_told_by_line() {
        for (text, line, word) in [
            ("U101 a -> b\n<<<<<<< HEAD\nU101 c -> d\n", 2, "conflict"),
            ("U101\n", 1, "RULE FROM"),
            ("U101 a b\n", 1, "RULE FROM"),
            ("U101 a -> b c\n", 1, "RULE FROM"),
            ("U101 \"a -> b\n", 1, "RULE FROM"),
        ] {
            let error = Debt::default().read("f", text).unwrap_err();
            assert!(error.line == line && error.why.contains(word), "{text}: {error:?}");
        }
    }
}
