//! Files that change because something else did: what tools write, and what every release touches.

use facts::{Facts, FileId};

/// Written by hand, but touched by every release, dependency bump or merge for reasons of form.
const BY_FORM: [&str; 22] = [
    "cargo.toml",
    "changelog",
    "changelog.md",
    "changelog.rst",
    "changes",
    "changes.md",
    "changes.rst",
    "composer.json",
    "dependencies.gradle",
    "gemfile",
    "go.mod",
    "history.md",
    "news",
    "news.md",
    "package.json",
    "pom.xml",
    "release-notes.md",
    "releases.md",
    "requirements.txt",
    "version",
    "version.go",
    "version.txt",
];

/// Directories of notes that every change leaves one in.
const NOTES: [&str; 7] =
    [".changeset", ".changes", "changelog.d", "changelogs", "newsfragments", "release-notes", "releasenotes"];

/// Whether changes of this file say something about form, not about design.
pub(crate) fn is_mechanical(facts: &Facts, file: FileId) -> bool {
    if facts.files.generated[file.index()] {
        return true;
    }
    let path = facts.paths.bytes(facts.files.path[file.index()]);
    let name = path.rsplit(|&byte| byte == b'/').next().unwrap_or(path);
    let mut directories = path[..path.len() - name.len()].split(|&byte| byte == b'/');
    BY_FORM.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
        || directories.any(|part| NOTES.iter().any(|known| part.eq_ignore_ascii_case(known.as_bytes())))
}
