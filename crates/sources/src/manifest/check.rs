//! Holding a parsed file against the table of keys: every mistake is told, with its line and a way out.

use std::{collections::BTreeSet, ops::Range};

use facts::{globs::Glob, time};
use toml_edit::{Item, TableLike, Value};

use super::keys::{Key, Shape};

/// A mistake in a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The file.
    pub file: String,
    /// From 1; 0 for the file as a whole.
    pub line: u32,
    /// From 1.
    pub column: u32,
    /// In one sentence.
    pub what: String,
    /// What to write instead, where that can be told.
    pub hint: Option<String>,
    /// Whether the manifest means something all the same.
    pub warning: bool,
}

/// A file's text, for lines from offsets.
pub(super) struct Text<'a> {
    pub(super) file: &'a str,
    text: &'a str,
    /// Where each line begins: a place is asked for with every key, and counting anew each time would be quadratic.
    lines: Vec<usize>,
}

impl<'a> Text<'a> {
    pub(super) fn new(file: &'a str, text: &'a str) -> Self {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { file, text, lines }
    }

    /// Line and column of an offset, from 1.
    pub(super) fn at(&self, offset: usize) -> (u32, u32) {
        let offset = floor_char(self.text, offset);
        let line = self.lines.partition_point(|&start| start <= offset);
        let column = self.text[self.lines[line - 1]..offset].chars().count() + 1;
        (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
    }

    pub(super) fn mistake(&self, span: Option<Range<usize>>, what: String, hint: Option<String>) -> Mistake {
        let (line, column) = span.map_or((0, 0), |span| self.at(span.start));
        Mistake { file: self.file.to_owned(), line, column, what, hint, warning: false }
    }
}

fn floor_char(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// The known word nearest to one that is not.
pub fn suggest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&word.to_lowercase(), &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// Holds one table against its keys.
pub(super) fn table(
    text: &Text<'_>,
    name: &str,
    table: &dyn TableLike,
    span: Option<Range<usize>>,
    keys: &[Key],
    out: &mut Vec<Mistake>,
) {
    for (word, item) in table.iter() {
        let span = table.key(word).and_then(toml_edit::Key::span).or_else(|| item.span());
        match keys.iter().find(|key| key.name == word) {
            Some(key) => value(text, key, item, span, out),
            None => {
                let hint = match suggest(word, keys.iter().map(|key| key.name)) {
                    Some(known) => format!("did you mean `{known}`?"),
                    None => format!("known keys are {}", words(keys.iter().map(|key| key.name))),
                };
                out.push(text.mistake(span, format!("unknown key `{word}` in {name}"), Some(hint)));
            }
        }
    }
    for key in keys.iter().filter(|key| key.required && !table.contains_key(key.name)) {
        let what = format!("{name} lacks `{}`", key.name);
        out.push(text.mistake(span.clone(), what, Some(format!("{} = {}", key.name, example(key.shape)))));
    }
}

fn value(text: &Text<'_>, key: &Key, item: &Item, span: Option<Range<usize>>, out: &mut Vec<Mistake>) {
    let at = item.span().or(span.clone());
    let heading = format!("[{}]", key.name);
    let mut wrong = |what: String, hint: Option<String>| out.push(text.mistake(at.clone(), what, hint));
    let expected = |shape: &str| {
        (
            format!("`{}`: expected {shape}, not {}", key.name, written(item)),
            Some(format!("{} = {}", key.name, example(key.shape))),
        )
    };
    match key.shape {
        Shape::Name => match item.as_str() {
            None => {
                let (what, hint) = expected("text");
                wrong(what, hint);
            }
            Some(text) if text.trim().is_empty() => {
                wrong(
                    format!("`{}` is empty", key.name),
                    Some(format!("{} = {}", key.name, example(key.shape))),
                );
            }
            Some(_) => {}
        },
        Shape::Choice(choices) => match item.as_str() {
            Some(word) if choices.contains(&word) => {}
            Some(word) => {
                let hint = match suggest(word, choices.iter().copied()) {
                    Some(known) => format!("did you mean `{known}`?"),
                    None => format!("one of {}", words(choices.iter().copied())),
                };
                wrong(format!("`{word}` is no value of `{}`", key.name), Some(hint));
            }
            None => {
                let (what, hint) = expected("text");
                wrong(what, hint);
            }
        },
        Shape::Number => {
            if item.as_integer().is_none_or(|number| u32::try_from(number).is_err()) {
                let (what, hint) = expected("a whole number from 0 on");
                wrong(what, hint);
            }
        }
        Shape::Days => {
            if item.as_str().and_then(days).is_none() {
                let (what, hint) = expected("a number of days as \"180d\"");
                wrong(what, hint);
            }
        }
        Shape::Boolean => {
            if item.as_bool().is_none() {
                let (what, hint) = expected("true or false");
                wrong(what, hint);
            }
        }
        Shape::Date => {
            if date(item).is_none() {
                let (what, hint) = expected("a day as 2024-03-01");
                wrong(what, hint);
            }
        }
        Shape::Share => {
            if share(item).is_none() {
                let (what, hint) = expected("a number from 0 to 1");
                wrong(what, hint);
            }
        }
        Shape::Texts | Shape::Choices(_) | Shape::Globs => list(text, key, item, span, out),
        Shape::Table(keys) => match item.as_table_like() {
            Some(inner) => table(text, &heading, inner, span, keys, out),
            None => {
                let (what, hint) = expected("a table");
                wrong(what, hint);
            }
        },
        Shape::Tables(keys) => tables(text, key, item, span, keys, false, out),
        Shape::NamesOrTables(keys) => tables(text, key, item, span, keys, true, out),
    }
}

fn list(text: &Text<'_>, key: &Key, item: &Item, span: Option<Range<usize>>, out: &mut Vec<Mistake>) {
    let hint = || Some(format!("{} = {}", key.name, example(key.shape)));
    let Some(array) = item.as_array() else {
        let what = format!("`{}`: expected a list of texts, not {}", key.name, written(item));
        out.push(text.mistake(span, what, hint()));
        return;
    };
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    for one in array.iter() {
        // Elsewhere a word that stands twice means what it means once; of layers the second place contradicts the first.
        if let Some(word) = one.as_str().filter(|_| ["order", "closed"].contains(&key.name))
            && !seen.insert(word)
        {
            let what = format!("`{word}` stands twice in `{}`", key.name);
            out.push(text.mistake(
                one.span(),
                what,
                Some("a layer has one place: take one of them out".to_owned()),
            ));
        }
        match one.as_str() {
            None => {
                let what = format!(
                    "`{}`: expected texts alone, not {}",
                    key.name,
                    written(&Item::Value(one.clone()))
                );
                out.push(text.mistake(one.span(), what, hint()));
            }
            Some(word) if matches!(key.shape, Shape::Choices(choices) if !choices.contains(&word)) => {
                let Shape::Choices(choices) = key.shape else { continue };
                let what = format!("`{word}` is no value of `{}`", key.name);
                let hint = format!("some of {}", words(choices.iter().copied()));
                out.push(text.mistake(one.span(), what, Some(hint)));
            }
            Some(pattern) if matches!(key.shape, Shape::Globs) => {
                if let Err(why) = Glob::new(pattern.strip_prefix("//").unwrap_or(pattern)) {
                    out.push(text.mistake(one.span(), format!("`{pattern}` is no pattern: {why}"), None));
                }
            }
            Some(_) => {}
        }
    }
}

fn tables(
    text: &Text<'_>,
    key: &Key,
    item: &Item,
    span: Option<Range<usize>>,
    keys: &[Key],
    names: bool,
    out: &mut Vec<Mistake>,
) {
    let heading = format!("[[{}]]", key.name);
    if let Some(array) = item.as_array_of_tables() {
        array.iter().for_each(|one| table(text, &heading, one, one.span(), keys, out));
        return;
    }
    let Some(array) = item.as_array() else {
        let what = format!("`{}`: expected a list of tables, not {}", key.name, written(item));
        let hint = if names {
            format!("{} = {}", key.name, example(key.shape))
        } else {
            format!("write `{heading}` where it says `[{}]`", key.name)
        };
        out.push(text.mistake(span.or_else(|| item.span()), what, Some(hint)));
        return;
    };
    for one in array.iter() {
        match one {
            Value::InlineTable(inner) => table(text, &heading, inner, one.span(), keys, out),
            Value::String(_) if names => {}
            _ => {
                let what = format!(
                    "`{}`: expected tables alone, not {}",
                    key.name,
                    written(&Item::Value(one.clone()))
                );
                out.push(text.mistake(
                    one.span(),
                    what,
                    Some(format!("{} = {}", key.name, example(key.shape))),
                ));
            }
        }
    }
}

/// A day written as a TOML date or as text; its first second.
pub(super) fn date(item: &Item) -> Option<i64> {
    let text = match item.as_value()? {
        Value::String(text) => text.value().clone(),
        Value::Datetime(date) => date.value().date?.to_string(),
        _ => return None,
    };
    time::parse_date(&text)
}

/// A number from 0 to 1.
pub(super) fn share(item: &Item) -> Option<f64> {
    let number = item.as_float().or_else(|| item.as_integer().map(|whole| whole as f64))?;
    (0.0..=1.0).contains(&number).then_some(number)
}

/// Days of `180d`.
pub(super) fn days(text: &str) -> Option<u32> {
    text.strip_suffix('d')?.parse().ok()
}

/// What stands there: a single value as it is written, else what it is.
fn written(item: &Item) -> String {
    match item {
        Item::Value(Value::Array(_)) => "a list".to_owned(),
        Item::Value(Value::InlineTable(_)) | Item::Table(_) => "a table".to_owned(),
        Item::ArrayOfTables(_) => "a list of tables".to_owned(),
        Item::Value(value) => {
            let text = value.clone().decorated("", "").to_string();
            match text.char_indices().nth(40) {
                Some((end, _)) => format!("{}…", &text[..end]),
                None => text,
            }
        }
        Item::None => "nothing".to_owned(),
    }
}

fn example(shape: Shape) -> String {
    match shape {
        Shape::Name => "\"...\"".to_owned(),
        Shape::Choice(choices) => format!("\"{}\"", choices[0]),
        Shape::Number => "1".to_owned(),
        Shape::Days => "\"180d\"".to_owned(),
        Shape::Boolean => "true".to_owned(),
        Shape::Date => "2027-04-01".to_owned(),
        Shape::Share => "0.8".to_owned(),
        Shape::Choices(choices) => format!("[\"{}\"]", choices[0]),
        Shape::Texts => "[\"...\"]".to_owned(),
        Shape::Globs => "[\"src/billing/**\"]".to_owned(),
        Shape::Table(keys) | Shape::NamesOrTables(keys) | Shape::Tables(keys) => {
            let key = &keys[0];
            let inner = format!("{{ {} = {} }}", key.name, example(key.shape));
            if matches!(shape, Shape::Table(_)) { inner } else { format!("[{inner}]") }
        }
    }
}

pub(super) fn words<'a>(all: impl Iterator<Item = &'a str>) -> String {
    all.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
