//! A tree of paths as an outline: a value for most of a directory, and exceptions below.
//!
//! ```text
//! a/1 → X   a/2 → X   a/b/3 → Y   a/b/4 → Y   c → X
//! outline: (root) X, a/b Y
//! ```

use std::collections::BTreeMap;

/// Sorted paths, each with its value.
type Paths<'s, 'a, V> = &'s [(&'a [u8], V)];

/// One line of an outline: everything below a directory, or one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line<'a, V> {
    /// The directory with a slash at its end (the root is empty), or the file.
    pub(super) path: &'a [u8],
    pub(super) is_directory: bool,
    pub(super) value: V,
}

/// The outline of sorted paths; what comes later decides. `nothing` needs no line at the root.
pub(super) fn outline<'a, V: Clone + Ord>(paths: &[(&'a [u8], V)], nothing: &V) -> Vec<Line<'a, V>> {
    let mut out = Vec::new();
    directory(paths, 0, nothing, &mut out);
    out
}

fn directory<'a, V: Clone + Ord>(
    paths: &[(&'a [u8], V)],
    depth: usize,
    inherited: &V,
    out: &mut Vec<Line<'a, V>>,
) {
    let mut counts: BTreeMap<&V, usize> = BTreeMap::new();
    for (_, value) in paths {
        *counts.entry(value).or_default() += 1;
    }
    let most = counts.values().copied().max().unwrap_or(0);
    let keeps = counts.get(inherited).is_some_and(|count| *count == most);
    let base = match counts.iter().find(|(_, count)| **count == most) {
        Some((value, _)) if !keeps => (*value).clone(),
        _ => inherited.clone(),
    };
    if base != *inherited {
        out.push(Line { path: &paths[0].0[..depth], is_directory: true, value: base.clone() });
    }
    if counts.len() == 1 && base == paths[0].1 {
        return;
    }
    for (name, children) in entries(paths, depth) {
        match name {
            Some(end) => directory(children, end, &base, out),
            None => {
                let (path, value) = &children[0];
                if *value != base {
                    out.push(Line { path, is_directory: false, value: value.clone() });
                }
            }
        }
    }
}

/// The entries of a directory: for each subdirectory where its name ends and the paths below, for each file itself.
pub(super) fn entries<'s, 'a, V>(
    paths: Paths<'s, 'a, V>,
    depth: usize,
) -> Vec<(Option<usize>, Paths<'s, 'a, V>)> {
    let mut out = Vec::new();
    let mut rest = paths;
    while let Some((first, _)) = rest.first() {
        match first[depth..].iter().position(|&byte| byte == b'/') {
            None => {
                out.push((None, &rest[..1]));
                rest = &rest[1..];
            }
            Some(slash) => {
                let end = depth + slash + 1;
                let prefix = &first[..end];
                let same = rest.iter().take_while(|(path, _)| path.starts_with(prefix)).count();
                out.push((Some(end), &rest[..same]));
                rest = &rest[same..];
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outline_says_the_same_with_less() {
        let paths: Vec<(&[u8], char)> =
            [("a/1", 'x'), ("a/2", 'x'), ("a/b/3", 'y'), ("a/b/4", 'y'), ("c", 'x'), ("d", '-')]
                .map(|(path, value)| (path.as_bytes(), value))
                .to_vec();
        let lines: Vec<(&str, char)> = outline(&paths, &'-')
            .into_iter()
            .map(|line| (std::str::from_utf8(line.path).unwrap(), line.value))
            .collect();
        assert_eq!(lines, [("", 'x'), ("a/b/", 'y'), ("d", '-')]);
        assert!(outline(&paths[..0], &'-').is_empty());
    }

    proptest::proptest! {
        #[test]
        fn reading_it_back_gives_every_value(raw in proptest::collection::btree_map("[ab](/[ab]){0,3}x", 0..3u8, 0..30)) {
            let paths: Vec<(&[u8], u8)> = raw.iter().map(|(path, value)| (path.as_bytes(), *value)).collect();
            let lines = outline(&paths, &0);
            for (path, value) in &paths {
                let hit = lines.iter().rev().find(|line| if line.is_directory { path.starts_with(line.path) } else { *path == line.path });
                proptest::prop_assert_eq!(hit.map_or(0, |line| line.value), *value);
            }
        }
    }
}
