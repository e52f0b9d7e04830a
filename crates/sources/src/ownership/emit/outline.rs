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

/// The shortest outline of sorted paths; what comes later decides. `nothing` needs no line at the root.
///
/// A directory's best values are those most of its entries can have for nothing, told bottom up; each directory then
/// keeps its parent's value where that is one of them (Fitch 1971, for trees with any number of branches). Of several
/// that are as short, the value most files have is taken.
pub(super) fn outline<'a, V: Clone + Ord>(paths: &[(&'a [u8], V)], nothing: &V) -> Vec<Line<'a, V>> {
    let mut out = Vec::new();
    if !paths.is_empty() {
        write(&node(paths, Some(0)), nothing, &mut out);
    }
    out
}

/// A file, or a directory with what lies below it.
struct Node<'s, 'a, V> {
    path: &'a [u8],
    is_directory: bool,
    /// Values it can have at the least number of lines below it; the one most files have first.
    best: Vec<&'s V>,
    entries: Vec<Node<'s, 'a, V>>,
}

fn node<'s, 'a, V: Ord>(paths: Paths<'s, 'a, V>, end: Option<usize>) -> Node<'s, 'a, V> {
    let Some(depth) = end else {
        let (path, value) = &paths[0];
        return Node { path, is_directory: false, best: vec![value], entries: Vec::new() };
    };
    let below: Vec<Node<'s, 'a, V>> =
        entries(paths, depth).into_iter().map(|(end, paths)| node(paths, end)).collect();
    let mut free: BTreeMap<&V, usize> = BTreeMap::new();
    below.iter().flat_map(|entry| &entry.best).for_each(|value| *free.entry(value).or_default() += 1);
    let most = free.values().copied().max().unwrap_or(0);
    let mut files: BTreeMap<&V, usize> = BTreeMap::new();
    paths.iter().for_each(|(_, value)| *files.entry(value).or_default() += 1);
    let mut best: Vec<&V> =
        free.iter().filter(|(_, count)| **count == most).map(|(value, _)| *value).collect();
    best.sort_by_key(|value| (std::cmp::Reverse(files[value]), *value));
    Node { path: &paths[0].0[..depth], is_directory: true, best, entries: below }
}

fn write<'a, V: Clone + Ord>(node: &Node<'_, 'a, V>, inherited: &V, out: &mut Vec<Line<'a, V>>) {
    let value = if node.best.contains(&inherited) { inherited } else { node.best[0] };
    if value != inherited {
        out.push(Line { path: node.path, is_directory: node.is_directory, value: value.clone() });
    }
    node.entries.iter().for_each(|entry| write(entry, value, out));
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
        // Most files are x's, yet one line for y at the top and one for x's directory say all.
        let paths: Vec<(&[u8], char)> = [("a/1", 'x'), ("a/2", 'x'), ("a/3", 'x'), ("b", 'y'), ("c", 'y')]
            .map(|(path, value)| (path.as_bytes(), value))
            .to_vec();
        let lines: Vec<_> = outline(&paths, &'-').into_iter().map(|line| (line.path, line.value)).collect();
        assert_eq!(lines, [(&b""[..], 'y'), (b"a/", 'x')]);
    }

    /// The least number of lines, tried out: each directory with every value there is.
    fn shortest(paths: &[(&[u8], u8)], depth: usize, inherited: &u8) -> usize {
        let with = |value: &u8| -> usize {
            let below = entries(paths, depth).into_iter();
            below
                .map(|(end, paths)| match end {
                    Some(end) => shortest(paths, end, value),
                    None => usize::from(paths[0].1 != *value),
                })
                .sum::<usize>()
                + usize::from(value != inherited)
        };
        (0..3u8).map(|value| with(&value)).min().unwrap_or(0)
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
            if !paths.is_empty() {
                proptest::prop_assert_eq!(lines.len(), shortest(&paths, 0, &0), "no outline is shorter");
            }
        }
    }
}
