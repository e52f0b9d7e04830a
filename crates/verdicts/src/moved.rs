//! What lies elsewhere now: broken things under a new name, told from broken things that are new.
//!
//! ```text
//! gone, and broken before        b/y.py  → c/m.py      celery/events → celery
//! new here, and broken now       b/yy.py → c/m.py      celery/evt    → celery
//!                                one of each: moved
//! ```
//!
//! A side is the same, or its old name is gone and its new one was not there before. Where several could be meant, the
//! same content decides, then the same file name; nothing is guessed beyond that.

use std::collections::{BTreeMap, BTreeSet};

use crate::debt::Key;

/// What is known of names then and now.
pub(crate) struct Names<'a> {
    /// Whether a name stands for nothing any more.
    pub(crate) gone: &'a dyn Fn(&str) -> bool,
    /// Whether a name was not there before; where that is not known, whether nothing recorded speaks of it.
    pub(crate) new: &'a dyn Fn(&str) -> bool,
    /// The path a file had, by its path now, where its content says so.
    pub(crate) renamed: &'a BTreeMap<String, String>,
}

/// For each of the keys of now that is one of then under another name, that one. Each is used once.
pub(crate) fn pair_up<'k>(
    then: impl Iterator<Item = &'k Key>,
    now: impl Iterator<Item = &'k Key>,
    names: &Names<'_>,
) -> BTreeMap<Key, Key> {
    // Nearly everything stays where it is.
    let mut open: BTreeSet<&Key> =
        then.filter(|key| (names.gone)(&key.from) || (names.gone)(&key.to)).collect();
    let mut left: Vec<&Key> = now.filter(|key| (names.new)(&key.from) || (names.new)(&key.to)).collect();
    let mut out = BTreeMap::new();
    // The surest evidence first, so that a guess takes nothing away from it.
    for likeness in [Likeness::Content, Likeness::Name, Likeness::Alone] {
        let fits = |old: &Key, new: &Key| {
            old.rule == new.rule
                && old != new
                && side(&old.from, &new.from, names, likeness)
                && side(&old.to, &new.to, names, likeness)
        };
        let mut still = Vec::new();
        for new in &left {
            let candidates: Vec<&Key> = open.iter().copied().filter(|old| fits(old, new)).collect();
            let rivals =
                left.iter().filter(|other| candidates.first().is_some_and(|old| fits(old, other))).count();
            match candidates.as_slice() {
                [old, ..] if likeness != Likeness::Alone || (candidates.len() == 1 && rivals == 1) => {
                    open.remove(old);
                    out.insert((*new).clone(), (*old).clone());
                }
                _ => still.push(*new),
            }
        }
        left = still;
    }
    out
}

/// What makes a name that is gone and one that is new the same thing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Likeness {
    /// The same content.
    Content,
    /// The same file name.
    Name,
    /// The same directory, and no other could be meant.
    Alone,
}

fn side(old: &str, new: &str, names: &Names<'_>, likeness: Likeness) -> bool {
    if old == new {
        return true;
    }
    if old.is_empty() || new.is_empty() || !(names.gone)(old) || !(names.new)(new) {
        return false;
    }
    let parts = |path: &str| {
        path.rsplit_once('/').map_or((String::new(), path.to_owned()), |(a, b)| (a.to_owned(), b.to_owned()))
    };
    let ((old_directory, old_name), (new_directory, new_name)) = (parts(old), parts(new));
    match likeness {
        Likeness::Content => names.renamed.get(new).is_some_and(|was| was == old),
        Likeness::Name => old_name == new_name,
        Likeness::Alone => old_directory == new_directory,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(from: &str, to: &str) -> Key {
        Key { rule: "r".to_owned(), from: from.to_owned(), to: to.to_owned() }
    }

    fn moved(then: &[(&str, &str)], now: &[(&str, &str)], there_before: &[&str]) -> usize {
        let keys = |all: &[(&str, &str)]| all.iter().map(|(from, to)| key(from, to)).collect::<Vec<_>>();
        let (then, now) = (keys(then), keys(now));
        let stands: BTreeSet<&str> =
            now.iter().flat_map(|key| [key.from.as_str(), key.to.as_str()]).collect();
        let names = Names {
            gone: &|name| !stands.contains(name),
            new: &|name| !there_before.contains(&name),
            renamed: &BTreeMap::new(),
        };
        pair_up(then.iter(), now.iter(), &names).len()
    }

    #[test]
    fn what_moved_is_told_from_what_is_new() {
        let all = [
            ("another name", &[("b/y", "c/m")][..], &[("b/yy", "c/m")][..], &["c/m"][..], 1),
            ("another directory", &[("b/y", "c/m")], &[("d/y", "c/m")], &["c/m"], 1),
            ("both sides", &[("b/y", "c/m")], &[("b/yy", "d/m")], &[], 0),
            ("both in another directory", &[("b/y", "c/m")], &[("d/y", "e/m")], &[], 1),
            (
                "it was there before",
                &[("web/foo/index", "c/m")],
                &[("web/bar/index", "c/m")],
                &["web/bar/index", "c/m"],
                0,
            ),
            ("two could be meant", &[("b/y", "c/m")], &[("b/1", "c/m"), ("b/2", "c/m")], &["c/m"], 0),
            (
                "one for one",
                &[("b/y", "c/m"), ("b/y", "c/n")],
                &[("b/z", "c/m"), ("b/z", "c/n")],
                &["c/m", "c/n"],
                2,
            ),
            ("one is not two", &[("b/y", "c/m")], &[("a/y", "c/m"), ("d/y", "c/m")], &["c/m"], 1),
        ];
        for (name, then, now, before, expected) in all {
            assert_eq!(moved(then, now, before), expected, "{name}");
        }
    }
}
