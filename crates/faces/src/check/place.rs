//! Where a violation shows: a file, a line and the columns of the name that is meant, counted as each format counts.

use verdicts::rules::{Site, Violation};

use super::{Checked, text};

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// From the root.
    pub(super) path: String,
    /// From 1; 0 for the file as a whole.
    pub(super) line: u32,
    /// Where the name stands in the line; `None` where it is not found there.
    pub(super) columns: Option<Columns>,
}

/// The first column of a name and the one behind its last, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Columns {
    /// In characters.
    pub characters: (usize, usize),
    /// In UTF-16 units, as SARIF and editors count.
    pub utf16: (usize, usize),
    /// In bytes, as reviewdog counts.
    pub bytes: (usize, usize),
}

impl Columns {
    fn of(line: &str, specifier: &str) -> Option<Self> {
        let start = text::place_of(line, specifier)?;
        let end = start + text::found(line, specifier)?.len();
        Some(Self::between(line, start, end))
    }

    /// All of a line but the space before and after; `None` where there is nothing else.
    pub(super) fn of_all(line: &str) -> Option<Self> {
        let start = line.len() - line.trim_start().len();
        let end = line.trim_end().len();
        (start < end).then(|| Self::between(line, start, end))
    }

    fn between(line: &str, start: usize, end: usize) -> Self {
        let both = |count: &dyn Fn(&str) -> usize| (count(&line[..start]) + 1, count(&line[..end]) + 1);
        Self {
            characters: both(&|part| part.chars().count()),
            utf16: both(&|part| part.encode_utf16().count()),
            bytes: both(&str::len),
        }
    }
}

impl Place {
    pub(super) fn of(checked: &Checked<'_>, site: &Site) -> Self {
        let line = (site.line > 0 && !site.specifier.is_empty())
            .then(|| (checked.line)(&site.path, site.line))
            .flatten();
        Self {
            path: site.path.clone(),
            line: site.line,
            columns: line.and_then(|line| Columns::of(&line, &site.specifier)),
        }
    }
}

/// Every place of a violation.
pub(super) fn places(checked: &Checked<'_>, violation: &Violation) -> Vec<Place> {
    violation.sites.iter().map(|site| Place::of(checked, site)).collect()
}

/// The place to show a violation at, for formats that show nothing without one: its own first, else where its rule is
/// written, else the manifest.
pub(super) fn first(checked: &Checked<'_>, violation: &Violation) -> Place {
    if let Some(site) = violation.sites.first() {
        return Place::of(checked, site);
    }
    let manifest = checked.manifest;
    let named = |id: &String| {
        let rules = manifest.rules.iter().map(|rule| (&rule.id, &rule.place));
        let all = rules.chain(manifest.change_rules.iter().map(|rule| (&rule.id, &rule.place)));
        all.into_iter().find(|(known, _)| *known == id).map(|(_, place)| place)
    };
    match violation.contract.as_ref().and_then(named) {
        Some(place) => Place { path: place.file.clone(), line: place.line, columns: None },
        None => {
            let path = manifest.files.first().map_or("unsnarl.toml", String::as_str).to_owned();
            Place { path, line: 0, columns: None }
        }
    }
}

/// The ways to read a chain of files: `None` for one of modules.
pub(super) fn files_of_chain(violation: &Violation) -> Option<&[String]> {
    let starts_at = violation.sites.first().map(|site| site.path.as_str());
    let is_of_files = starts_at.is_some() && violation.chain.first().map(String::as_str) == starts_at;
    is_of_files.then_some(violation.chain.as_slice())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_as_each_format_counts() {
        let columns = Columns::of("é𐐀 from web.render import pdf", "web.render").unwrap();
        assert_eq!(columns.characters, (9, 19));
        assert_eq!(columns.utf16, (10, 20));
        assert_eq!(columns.bytes, (13, 23));
        assert_eq!(Columns::of("nothing of it", "web.render"), None);
        assert_eq!(Columns::of_all("  é x ").unwrap().characters, (3, 6));
        assert_eq!(Columns::of_all("  "), None);
    }
}
