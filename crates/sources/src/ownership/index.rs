//! Which rules to try on a path: each is filed under something every path it matches must have.
//!
//! | pattern | filed under |
//! |---|---|
//! | `/services/billing/` | the directories it begins with, as a tree |
//! | `Makefile`, `**/docs/` | a part that must be somewhere in the path |
//! | `*.rs`, `*_test.go` | what follows the last dot of some part |
//! | anything else | the rest, which is tried on every path |

use rustc_hash::FxHashMap;

/// Something every path that a pattern matches must have.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Filed {
    /// The path begins with these parts.
    Below(Vec<Vec<u8>>),
    /// Some part of the path is this.
    Part(Vec<u8>),
    /// This follows the last dot of some part of the path.
    Ending(Vec<u8>),
    /// Nothing in particular.
    Anywhere,
}

/// Rules by what a path must have; every list in ascending order.
#[derive(Debug, Default)]
pub(super) struct Index {
    root: Directory,
    by_part: FxHashMap<Vec<u8>, Vec<u32>>,
    by_ending: FxHashMap<Vec<u8>, Vec<u32>>,
    rest: Vec<u32>,
}

#[derive(Debug, Default)]
struct Directory {
    rules: Vec<u32>,
    below: FxHashMap<Vec<u8>, Directory>,
}

impl Index {
    /// Files a rule; rules come in ascending order.
    pub(super) fn add(&mut self, rule: u32, filed: Filed) {
        match filed {
            Filed::Below(parts) => {
                let mut at = &mut self.root;
                for part in parts {
                    at = at.below.entry(part).or_default();
                }
                at.rules.push(rule);
            }
            Filed::Part(part) => self.by_part.entry(part).or_default().push(rule),
            Filed::Ending(ending) => self.by_ending.entry(ending).or_default().push(rule),
            Filed::Anywhere => self.rest.push(rule),
        }
    }

    /// Every rule that may match a path of parts, the last of the file first, none twice.
    pub(super) fn candidates<'a>(&'a self, parts: &[&[u8]]) -> impl Iterator<Item = u32> + use<'a> {
        let mut lists: Vec<&'a [u32]> = vec![&self.rest];
        let mut add = |list: Option<&'a Vec<u32>>| lists.extend(list.map(Vec::as_slice));
        let mut at = Some(&self.root);
        for &part in parts {
            at = at.and_then(|directory| directory.below.get(part));
            add(at.map(|directory| &directory.rules));
            if !self.by_part.is_empty() {
                add(self.by_part.get(part));
            }
            if !self.by_ending.is_empty()
                && let Some(dot) = part.iter().rposition(|&byte| byte == b'.')
            {
                add(self.by_ending.get(&part[dot + 1..]));
            }
        }
        lists.retain(|list| !list.is_empty());
        let mut before = None;
        std::iter::from_fn(move || {
            loop {
                let (list, rule) = lists
                    .iter_mut()
                    .filter_map(|list| list.last().copied().map(|rule| (list, rule)))
                    .max_by_key(|(_, rule)| *rule)?;
                *list = &list[..list.len() - 1];
                // A part that stands in the path twice gives its rules twice.
                if before != Some(rule) {
                    before = Some(rule);
                    return before;
                }
            }
        })
    }
}
