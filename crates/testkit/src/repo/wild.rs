//! Random histories with everything git allows in them: branches and merges, edits in merges, renames with and
//! without edits, mode and type changes, links, submodules, deletions, files that become directories, odd paths.

use std::collections::BTreeMap;

use super::{Commit, History, Mark, random::Random};

/// Directories and names that have broken tools before: spaces, quotes, line ends, bytes that are no UTF-8, names
/// that sort differently as a file and as a directory.
const DIRECTORIES: [&[u8]; 8] =
    [b"", b"src/", b"src/deep/er/", b"lib/", b"lib.d/", b"a b/", b"\xff\xfe/", b"\xc3\xa9t\xc3\xa9/"];
const NAMES: [&[u8]; 10] = [
    b"a.rs",
    b"b.py",
    b"lib",
    b"lib-x",
    b"new\nline",
    b"tab\there",
    b"quo\"te",
    b"back\\slash",
    b"\xe9.txt",
    b"$(x) '",
];

/// What a branch holds: path to mode and content.
type Tree = BTreeMap<Vec<u8>, (&'static str, Vec<u8>)>;

/// A history of about `commits` commits.
pub fn history(seed: u64, commits: usize) -> History {
    let mut random = Random::new(seed);
    let mut out = History::default();
    let mut main = Tree::new();
    let mut tip = step(&mut out, "main", None, &mut main, &mut random, "root");
    let mut made = 1;
    while made < commits {
        if random.percent(30) {
            made += branch(&mut out, &mut main, &mut tip, &mut random, made);
        } else {
            tip = step(&mut out, "main", Some(tip), &mut main, &mut random, &format!("change {made}"));
            made += 1;
        }
    }
    out
}

/// One to four commits beside the mainline, while it goes on or not, and their merge; returns how many were made.
fn branch(out: &mut History, main: &mut Tree, tip: &mut Mark, random: &mut Random, number: usize) -> usize {
    let name = format!("topic-{number}");
    let mut tree = main.clone();
    let mut end = *tip;
    let length = 1 + random.below(4);
    for at in 0..length {
        end = step(out, &name, Some(end), &mut tree, random, &format!("topic {number}.{at}"));
    }
    let mut made = length + 1;
    if random.percent(50) {
        *tip = step(out, "main", Some(*tip), main, random, &format!("meanwhile {number}"));
        made += 1;
    }
    let mut merge = Commit::new(format!("Merge branch '{name}'")).from(*tip).merge(end);
    // A merge that keeps neither side whole: the branch's files win, and sometimes one more edit is slipped in.
    for path in main.keys().filter(|path| !tree.contains_key(*path)) {
        merge = merge.delete(path);
    }
    for (path, (mode, content)) in &tree {
        merge = write(merge, path, mode, content);
    }
    *main = tree;
    if random.percent(30) {
        merge = edit(merge, main, random);
    }
    *tip = out.commit("main", merge);
    made
}

fn step(
    out: &mut History,
    branch: &str,
    from: Option<Mark>,
    tree: &mut Tree,
    random: &mut Random,
    message: &str,
) -> Mark {
    let mut commit = Commit::new(message);
    if let Some(from) = from {
        commit = commit.from(from);
    }
    for _ in 0..1 + random.below(5) {
        commit = edit(commit, tree, random);
    }
    out.commit(branch, commit)
}

fn edit(commit: Commit, tree: &mut Tree, random: &mut Random) -> Commit {
    let existing: Vec<Vec<u8>> = tree.keys().cloned().collect();
    if existing.is_empty() || random.percent(35) {
        let path = [*random.pick(&DIRECTORIES), *random.pick(&NAMES)].concat();
        const MODES: [&str; 4] = ["100644", "100755", "120000", "160000"];
        return put(commit, tree, path, MODES[random.below(MODES.len())], text(random));
    }
    let path = random.pick(&existing).clone();
    let (mode, content) = tree[&path].clone();
    match random.below(5) {
        0 => {
            tree.remove(&path);
            commit.delete(path)
        }
        1 => {
            let to = [*random.pick(&DIRECTORIES), b"moved-", *random.pick(&NAMES)].concat();
            let mut content = content;
            if mode == "100644" && random.percent(50) {
                content.extend_from_slice(b"one more line\n");
            }
            tree.remove(&path);
            put(commit.delete(path), tree, to, mode, content)
        }
        2 => put(commit, tree, path, if mode == "100644" { "100755" } else { "100644" }, content),
        3 => put(commit, tree, path, "120000", b"elsewhere".to_vec()),
        _ => put(commit, tree, path, mode, text(random)),
    }
}

/// Writes a path, and removes what cannot stand beside it: files on its way, files below it.
fn put(mut commit: Commit, tree: &mut Tree, path: Vec<u8>, mode: &'static str, content: Vec<u8>) -> Commit {
    let below = [path.as_slice(), b"/"].concat();
    let in_the_way: Vec<Vec<u8>> = tree
        .keys()
        .filter(|other| other.starts_with(&below) || path.starts_with(&[other.as_slice(), b"/"].concat()))
        .cloned()
        .collect();
    for other in in_the_way {
        tree.remove(&other);
        commit = commit.delete(other);
    }
    commit = write(commit, &path, mode, &content);
    tree.insert(path, (mode, content));
    commit
}

fn write(commit: Commit, path: &[u8], mode: &'static str, content: &[u8]) -> Commit {
    if mode == "160000" {
        // Any content makes some commit id; the commit itself need not exist.
        let digit = content.len() % 10;
        return commit.submodule(path, &digit.to_string().repeat(40));
    }
    commit.write_as(mode, path, content)
}

fn text(random: &mut Random) -> Vec<u8> {
    (0..3 + random.below(20)).flat_map(|_| format!("line {}\n", random.below(1000)).into_bytes()).collect()
}
