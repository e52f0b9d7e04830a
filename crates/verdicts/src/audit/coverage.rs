//! How much is owned, and where the rest lies: the largest directories nobody owns, by how much changes in them.

use std::collections::BTreeMap;

use facts::{FileId, globs::Glob, structure::TeamKind};

use super::{AuditFinding, AuditKind, Subject, count, id, percent};
use crate::Severity;

const MOST: usize = 12;
const HIGH: f64 = 0.1;
const MEDIUM: f64 = 0.02;

/// Files and touches by whether somebody owns them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Files in the tree.
    pub files: u64,
    /// Files with an owner.
    pub owned_files: u64,
    /// Files a rule says nobody has to be asked for.
    pub exempt_files: u64,
    /// Touches of those files in the last year.
    pub touches: u64,
    /// Touches of files with an owner.
    pub owned_touches: u64,
    /// Touches of files a rule says nobody has to be asked for.
    pub exempt_touches: u64,
}

#[derive(Default)]
struct Directory {
    files: u64,
    unowned: u64,
    touches: u64,
    /// Unowned files directly in it.
    own: Vec<FileId>,
}

pub(super) fn check(subject: &Subject<'_>) -> (Coverage, Vec<AuditFinding>) {
    let facts = subject.lens.facts;
    let declared = subject.structure.declared.as_ref();
    let mut coverage = Coverage { touches: subject.all_touches, ..Coverage::default() };
    let mut directories: BTreeMap<&[u8], Directory> = BTreeMap::new();
    let mut unowned: Vec<FileId> = Vec::new();
    for file in facts.files.ids().filter(|&file| facts.files.alive(file)) {
        let touches = subject.touches[file.index()];
        let owned = declared.is_some_and(|declared| declared.sets(file).next().is_some());
        let ruled = declared
            .is_some_and(|declared| declared.rule_of_file.get(file.index()).copied().flatten().is_some());
        coverage.files += 1;
        if owned {
            coverage.owned_files += 1;
            coverage.owned_touches += touches;
        } else if ruled {
            coverage.exempt_files += 1;
            coverage.exempt_touches += touches;
        } else {
            unowned.push(file);
        }
        let free = !owned && !ruled;
        let path = facts.paths.bytes(facts.files.path[file.index()]);
        let mut at = parent(path);
        if free {
            directories.entry(at).or_default().own.push(file);
        }
        loop {
            let directory = directories.entry(at).or_default();
            directory.files += 1;
            directory.unowned += u64::from(free);
            directory.touches += if free { touches } else { 0 };
            if at.is_empty() {
                break;
            }
            at = parent(at);
        }
    }
    let mut findings = required(subject, &unowned);
    findings.extend(places(subject, &directories));
    (coverage, findings)
}

fn parent(path: &[u8]) -> &[u8] {
    path.iter().rposition(|&byte| byte == b'/').map_or(&[][..], |slash| &path[..slash])
}

/// Files `require_owner` names.
fn required(subject: &Subject<'_>, unowned: &[FileId]) -> Vec<AuditFinding> {
    let patterns = &subject.manifest.ownership.require_owner;
    let place = subject.manifest.files.first().map(|file| (file.clone(), 0));
    let finding = |pattern: &String| {
        let glob = Glob::new(pattern).ok()?;
        let facts = subject.lens.facts;
        let path = |file: &FileId| facts.paths.bytes(facts.files.path[file.index()]);
        let hit: Vec<FileId> = unowned.iter().copied().filter(|file| glob.matches(path(file))).collect();
        if hit.is_empty() {
            return None;
        }
        let files = hit.len() as u64;
        Some(AuditFinding {
            id: id(AuditKind::Required, &[pattern]),
            kind: AuditKind::Required,
            severity: Severity::High,
            place: place.clone(),
            title: format!(
                "{} of `{pattern}` have no owner, and `require_owner` says they must",
                count(files, "file")
            ),
            instead: "give each a rule; the places nobody owns are listed below".to_owned(),
            files,
            share: subject.share(hit.iter().map(|file| subject.touches[file.index()]).sum()),
            paths: examples(subject, &hit),
        })
    };
    patterns.iter().filter_map(finding).collect()
}

/// The largest directories nobody owns, and the files left over between owned ones.
fn places(subject: &Subject<'_>, directories: &BTreeMap<&[u8], Directory>) -> Vec<AuditFinding> {
    let whole = |at: &[u8]| directories.get(at).is_some_and(|one| one.unowned == one.files);
    let mut places: Vec<(&[u8], bool, &Directory)> = Vec::new();
    for (&at, directory) in directories {
        if whole(at) && (at.is_empty() || !whole(parent(at))) {
            places.push((at, true, directory));
        } else if !whole(at) && !directory.own.is_empty() {
            places.push((at, false, directory));
        }
    }
    let touches_of = |&(_, whole, directory): &(&[u8], bool, &Directory)| {
        if whole {
            directory.touches
        } else {
            directory.own.iter().map(|file| subject.touches[file.index()]).sum()
        }
    };
    let files_of = |&(_, whole, directory): &(&[u8], bool, &Directory)| {
        if whole { directory.files } else { directory.own.len() as u64 }
    };
    places.sort_by(|a, b| {
        (touches_of(b), files_of(b)).cmp(&(touches_of(a), files_of(a))).then_with(|| a.0.cmp(b.0))
    });
    let rest = places.split_off(places.len().min(MOST));
    let mut out: Vec<AuditFinding> = places
        .iter()
        .map(|place| {
            let (at, whole, directory) = place;
            let at = String::from_utf8_lossy(at).into_owned();
            let files = files_of(place);
            let share = subject.share(touches_of(place));
            let name = match (at.as_str(), whole) {
                ("", true) => "the whole tree".to_owned(),
                ("", false) => format!("{} at the root", count(files, "file")),
                (at, true) => format!("`{at}/`, {}", count(files, "file")),
                (at, false) => format!("{} directly in `{at}/`", count(files, "file")),
            };
            let changed =
                share.map_or(String::new(), |share| format!("; {} of last year's touches", percent(share)));
            let members = below(subject, directories, &at, *whole, directory);
            AuditFinding {
                id: id(AuditKind::Unowned, &[&at, if *whole { "whole" } else { "own" }]),
                kind: AuditKind::Unowned,
                severity: match share {
                    Some(share) if share >= HIGH => Severity::High,
                    Some(share) if share >= MEDIUM => Severity::Medium,
                    _ => Severity::Low,
                },
                place: None,
                title: format!("{name}{changed}"),
                instead: instead(subject, &at, *whole, &members),
                files,
                share,
                paths: examples(subject, &members),
            }
        })
        .collect();
    if !rest.is_empty() {
        let files = rest.iter().map(files_of).sum();
        let share = subject.share(rest.iter().map(touches_of).sum());
        let changed =
            share.map_or(String::new(), |share| format!("; {} of last year's touches", percent(share)));
        out.push(AuditFinding {
            id: id(AuditKind::Unowned, &["", "rest"]),
            kind: AuditKind::Unowned,
            severity: Severity::Low,
            place: None,
            title: format!("{} in {} more places{changed}", count(files, "file"), rest.len()),
            instead: "one rule for everything at the top catches what no other rule names".to_owned(),
            files,
            share,
            paths: rest
                .iter()
                .take(5)
                .map(|(at, _, _)| format!("{}/", String::from_utf8_lossy(at)))
                .collect(),
        });
    }
    out
}

/// The unowned files of a place.
fn below(
    subject: &Subject<'_>,
    directories: &BTreeMap<&[u8], Directory>,
    at: &str,
    whole: bool,
    directory: &Directory,
) -> Vec<FileId> {
    let mut files: Vec<FileId> = if whole {
        let prefix = if at.is_empty() { String::new() } else { format!("{at}/") };
        let inside = |name: &[u8]| name == at.as_bytes() || name.starts_with(prefix.as_bytes());
        let hits = directories.iter().filter(|(name, _)| inside(name));
        hits.flat_map(|(_, directory)| directory.own.iter().copied()).collect()
    } else {
        directory.own.clone()
    };
    files.sort_by_key(|file| (std::cmp::Reverse(subject.touches[file.index()]), *file));
    files
}

fn examples(subject: &Subject<'_>, files: &[FileId]) -> Vec<String> {
    let facts = subject.lens.facts;
    files.iter().take(5).map(|file| facts.paths.text(facts.files.path[file.index()])).collect()
}

/// A rule for the place, with whoever in fact makes most of its changes.
fn instead(subject: &Subject<'_>, at: &str, whole: bool, files: &[FileId]) -> String {
    if subject.book.sources.is_empty() {
        return "`unsnarl init` drafts a manifest with the owners that history suggests".to_owned();
    }
    let dialect = subject.dialect();
    let mut weight: BTreeMap<facts::TeamId, u64> = BTreeMap::new();
    for &file in files {
        for &team in subject.structure.inferred.owners(file) {
            *weight.entry(team).or_default() += subject.touches[file.index()].max(1);
        }
    }
    let steward = weight.into_iter().max_by_key(|&(team, weight)| (weight, std::cmp::Reverse(team)));
    match steward {
        Some((team, _)) if subject.structure.teams[team.index()].kind == TeamKind::Group => format!(
            "{}  ({} makes most of its changes)",
            (subject.write)(dialect, at, whole, "OWNER"),
            subject.structure.teams[team.index()].name
        ),
        Some((team, _)) => {
            format!(
                "{}  (who makes most of its changes)",
                (subject.write)(dialect, at, whole, subject.handle(team))
            )
        }
        None => (subject.write)(dialect, at, whole, "OWNER"),
    }
}
