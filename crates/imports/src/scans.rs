//! Scans kept by blob: a file that did not change is not read again, in whatever commit it stands.

use crate::{Scan, project::Project};
use std::collections::hash_map::Entry;

use rustc_hash::FxHashMap;

/// What files said, by their content.
#[derive(Debug, Default)]
pub struct Scans {
    by_content: FxHashMap<Key, Result<Scan, String>>,
    read_anew: usize,
}

/// A blob's id, how the name of its file ends, and as what it was read: one text can be several.
type Key = (Vec<u8>, String, String);

impl Scans {
    /// Scans as they were kept; `None` when it is not such.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        Some(Self { by_content: postcard::from_bytes(bytes).ok()?, read_anew: 0 })
    }

    /// Bytes for keeping, the same for the same scans.
    pub fn encode(&self) -> Vec<u8> {
        let mut all: Vec<_> = self.by_content.iter().collect();
        all.sort_by_key(|(key, _)| *key);
        // A map of known length is its entries one after the other.
        let mut out = postcard::to_allocvec(&all.len()).unwrap_or_default();
        for entry in all {
            out.extend(postcard::to_allocvec(&entry).unwrap_or_default());
        }
        out
    }

    /// How many files the last reading had to read because they were not among these.
    pub fn read_anew(&self) -> usize {
        self.read_anew
    }

    pub(crate) fn note_read_anew(&mut self, files: usize) {
        self.read_anew += files;
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_content.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_content.is_empty()
    }

    /// Takes out what files of these languages said.
    pub(crate) fn split_off(&mut self, languages: Vec<&str>) -> Self {
        // They come in the order of their hashes: in a table that grows they would all be put into its first half.
        let mut by_content = FxHashMap::with_capacity_and_hasher(self.by_content.len(), Default::default());
        by_content
            .extend(self.by_content.extract_if(|(_, _, language), _| languages.contains(&language.as_str())));
        Self { by_content, read_anew: 0 }
    }

    /// Takes what a file said out, where it was met before. What is short stays for other files of the same content:
    /// half of a tree of packages may be one empty file.
    pub(crate) fn take(
        &mut self,
        project: &Project<'_>,
        file: u32,
        language: &'static str,
    ) -> Option<Result<Scan, String>> {
        const SHORT: usize = 8;
        let Entry::Occupied(entry) = self.by_content.entry(key(project, file, language)?) else {
            return None;
        };
        let short = entry.get().as_ref().is_ok_and(|scan| scan.names.len() + scan.defines.len() <= SHORT);
        let found = if short { entry.get().clone() } else { entry.remove() };
        Some(found.map(|scan| Scan { language, ..scan }))
    }

    pub(crate) fn keep(
        &mut self,
        project: &Project<'_>,
        file: u32,
        language: &'static str,
        scan: Result<Scan, String>,
    ) {
        if let Some(key) = key(project, file, language) {
            self.by_content.insert(key, scan);
        }
    }
}

fn key(project: &Project<'_>, file: u32, language: &str) -> Option<Key> {
    let path = project.text(file);
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.find('.').map_or(name, |dot| &name[dot..]);
    Some((project.id(file)?.to_vec(), ending.to_owned(), language.to_owned()))
}

/// Kinds as their names.
pub(crate) mod kind {
    use facts::dependencies::DependencyKind;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(crate) fn serialize<S: Serializer>(kind: &DependencyKind, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_u8(*kind as u8)
    }

    pub(crate) fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<DependencyKind, D::Error> {
        let number = u8::deserialize(from)?;
        DependencyKind::ALL
            .into_iter()
            .find(|kind| *kind as u8 == number)
            .ok_or_else(|| D::Error::custom("no kind of dependency"))
    }
}
