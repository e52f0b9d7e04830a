//! Arrivals whose time is nobody's lead time: what git tells of them is when a branch began, not when a piece of work did.
//!
//! - **Merges of long-lived branches**: `Merge branch '5.4' into 6.0` brings what was long finished there. A branch is
//!   long-lived if its name is a version's or one of the usual ones, or if three merges name it.
//! - **Merges of more than a hundred commits**: whole lines of development, imports.
//! - **Commits carried over in one go**: more than fifty committed within the same minute are a rebase or an import.

use facts::{ChangeTable, Lens};
use rustc_hash::FxHashMap;

/// Merges of more commits are no one change.
const MOST_COMMITS: u32 = 100;
/// More commits of one minute were carried over together.
const MOST_A_MINUTE: usize = 50;
/// So many merges that name a branch say that it lives on.
const FEWEST_MERGES: usize = 3;

/// Why a change's time is not its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carried {
    LongLived,
    Large,
    Together,
}

/// By row of the change.
pub(crate) fn carried(lens: &Lens<'_>) -> Vec<Option<Carried>> {
    let changes = &lens.facts.changes;
    let mut named: FxHashMap<&str, usize> = FxHashMap::default();
    for merge in changes.subject.iter().filter_map(|subject| Merge::read(subject)) {
        *named.entry(merge.source).or_default() += 1;
        if let Some(target) = merge.target.filter(|target| *target != merge.source) {
            *named.entry(target).or_default() += 1;
        }
    }
    let mut minutes: FxHashMap<i64, usize> = FxHashMap::default();
    for row in 0..changes.len() {
        if carried_over(changes, row) {
            *minutes.entry(minute(changes, row)).or_default() += 1;
        }
    }
    let of = |row: usize| {
        let merge = Merge::read(&changes.subject[row]);
        let lives_on = |name: &str| {
            is_version(name) || is_usual(name) || named.get(name).is_some_and(|count| *count >= FEWEST_MERGES)
        };
        if merge.is_some_and(|merge| lives_on(merge.source)) {
            Some(Carried::LongLived)
        } else if changes.commits[row] > MOST_COMMITS {
            Some(Carried::Large)
        } else if carried_over(changes, row)
            && minutes.get(&minute(changes, row)).is_some_and(|count| *count > MOST_A_MINUTE)
        {
            Some(Carried::Together)
        } else {
            None
        }
    };
    (0..changes.len()).map(of).collect()
}

/// Whether a single commit was written earlier than it was committed.
fn carried_over(changes: &ChangeTable, row: usize) -> bool {
    changes.commits[row] <= 1 && changes.committed_at[row] != changes.authored_at[row]
}

fn minute(changes: &ChangeTable, row: usize) -> i64 {
    changes.committed_at[row].div_euclid(60)
}

/// What a merge's first line says it merges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Merge<'s> {
    source: &'s str,
    target: Option<&'s str>,
}

impl<'s> Merge<'s> {
    /// `Merge branch 'x' into y`, `Merge remote-tracking branch 'origin/x'`, `Merge tag 'v1'`, and
    /// `Merge pull request #1 from owner/2.x` where what it merges is called like a version.
    fn read(subject: &'s str) -> Option<Self> {
        let rest = subject.strip_prefix("Merge ").or_else(|| subject.strip_prefix("Merged "))?;
        if let Some((_, from)) = rest.strip_prefix("pull request ").and_then(|rest| rest.split_once(" from "))
        {
            let branch = from.split_once('/').map_or(from, |(_, branch)| branch).trim();
            return is_version(branch).then_some(Self { source: branch, target: None });
        }
        let starts = ["branch ", "remote-tracking branch ", "remote branch ", "tag "];
        let rest = starts.iter().find_map(|start| rest.strip_prefix(start))?;
        let (source, rest) = match rest.strip_prefix(['\'', '"', '`']) {
            Some(quoted) => quoted.split_once(['\'', '"', '`'])?,
            None => rest.split_once(' ').unwrap_or((rest, "")),
        };
        let target = rest.split_once("into ").map(|(_, target)| target.trim_matches(['\'', '"', '`', ' ']));
        let source =
            source.strip_prefix("origin/").or_else(|| source.strip_prefix("upstream/")).unwrap_or(source);
        (!source.is_empty()).then_some(Self { source, target: target.filter(|name| !name.is_empty()) })
    }
}

fn is_usual(name: &str) -> bool {
    ["dev", "develop", "development", "main", "master", "next", "stable", "staging", "trunk"].contains(&name)
}

/// Whether a branch or tag is called like a version: `5.4`, `v2.0.x`, `4-2-stable`, `release-1.6`, `release/7`.
fn is_version(name: &str) -> bool {
    const AROUND: [&str; 11] = [
        "branch",
        "maint",
        "maintenance",
        "rel",
        "release",
        "stable",
        "support",
        "v",
        "version",
        "x",
        "series",
    ];
    let mut numbers = 0;
    let mut words = 0;
    for part in name.split(['.', '-', '_', '/']).filter(|part| !part.is_empty()) {
        let bare = part.strip_prefix('v').unwrap_or(part);
        if bare.len() <= 4 && !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_digit()) {
            numbers += 1;
        } else if AROUND.contains(&part) {
            words += 1;
        } else {
            return false;
        }
    }
    // A bare number is as likely an issue's.
    numbers > 0 && numbers + words > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merges_name_their_branches() {
        for (subject, source, target) in [
            ("Merge branch '5.4' into 6.0", "5.4", Some("6.0")),
            ("Merge branch 'master' of github.com:a/b", "master", None),
            ("Merge remote-tracking branch 'origin/release-1.0' into 'main'", "release-1.0", Some("main")),
            ("Merge branch '2.0'", "2.0", None),
            ("Merge tag 'v6.1' of git://x", "v6.1", None),
            ("Merge pull request #5 from acme/release-2.3", "release-2.3", None),
        ] {
            assert_eq!(Merge::read(subject), Some(Merge { source, target }), "{subject}");
        }
        for subject in
            ["Merge pull request #1 from ana/fix-x", "Merge branch ''", "Merge", "merged branch ana/x", "x"]
        {
            assert_eq!(Merge::read(subject), None, "{subject}");
        }
    }

    #[test]
    fn versions_and_topics() {
        for name in ["5.4", "v2.0.x", "4-2-stable", "release-1.6", "release/7", "2.x", "stable_3"] {
            assert!(is_version(name), "{name}");
        }
        for name in ["1234", "fix-12", "release-notes", "issue-5.4", "", "v", "20240101-x"] {
            assert!(!is_version(name), "{name}");
        }
    }
}
