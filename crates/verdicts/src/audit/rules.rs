//! Rules that do nothing, do it twice, or say what another source denies.

use std::collections::{BTreeMap, BTreeSet};

use facts::{
    rulebook::{Lost, RuleConflict, RuleUse},
    time,
};

use super::{AuditFinding, AuditKind, Subject, count, id};
use crate::Severity;

pub(super) fn check(subject: &Subject<'_>) -> Vec<AuditFinding> {
    let void_sections = void_sections(subject);
    let mut out = sections(&void_sections);
    out.extend(void(subject));
    out.extend(broken(subject));
    out.extend(conflicting(subject));
    let asked = |rule: &&RuleUse| subject.book.sources[rule.source as usize].asked;
    let told: BTreeSet<(String, u32)> = out.iter().filter_map(|finding| finding.place.clone()).collect();
    for rule in subject.book.rules.iter().filter(asked) {
        if told.contains(&(rule.file.clone(), rule.line)) {
            continue;
        }
        if let Some(by) = rule.replaced_by {
            out.push(duplicated(rule, &subject.book.rules[by as usize]));
        } else if let Some(lost) = &rule.lost {
            let section = rule.section.as_deref().map(|section| (rule.source, section));
            if section.is_none_or(|section| !void_sections.contains_key(&section)) {
                out.push(dead(subject, rule, lost));
            }
        } else if rule.matches.is_some_and(|matches| matches > 0) && rule.decides == 0 {
            out.push(shadowed(subject, rule));
        }
    }
    out
}

fn place(rule: &RuleUse) -> Option<(String, u32)> {
    Some((rule.file.clone(), rule.line))
}

fn dialect(subject: &Subject<'_>, rule: &RuleUse) -> &'static str {
    subject.book.sources[rule.source as usize].dialect
}

fn finding(
    kind: AuditKind,
    severity: Severity,
    rule: &RuleUse,
    title: String,
    instead: String,
) -> AuditFinding {
    let section = rule.section.as_deref().unwrap_or_default();
    AuditFinding {
        id: id(kind, &[&rule.file, section, &rule.pattern]),
        kind,
        severity,
        place: place(rule),
        title,
        instead,
        files: rule.matches.unwrap_or(0),
        share: None,
        paths: rule.examples.clone(),
    }
}

fn dead(subject: &Subject<'_>, rule: &RuleUse, lost: &Lost) -> AuditFinding {
    let owner = rule.owners.join(" ");
    let (severity, instead) = match lost {
        Lost::Moved { directory, files, of } => {
            let lies =
                if directory.is_empty() { "at the root".to_owned() } else { format!("in `{directory}/`") };
            let moved = format!("its files lie {lies} now ({files} of {of})");
            let instead = if directory.is_empty() {
                format!("{moved}: name them anew, or delete the line")
            } else {
                format!("{}  {moved}", (subject.write)(dialect(subject, rule), directory, true, &owner))
            };
            (Severity::Medium, instead)
        }
        Lost::Alike(name) => (Severity::Medium, format!("`{name}` is there: is it meant?")),
        Lost::Gone(Some(at)) if time::plausible(*at, i64::MAX) => {
            (Severity::Low, format!("delete it: its last file went on {}", time::date(*at)))
        }
        Lost::Gone(_) => (Severity::Low, "delete it: its files are gone".to_owned()),
        Lost::Never => (Severity::Low, "delete it: no file it speaks of is in this history".to_owned()),
    };
    finding(AuditKind::Dead, severity, rule, format!("`{}` speaks of no file", rule.pattern), instead)
}

fn shadowed(subject: &Subject<'_>, rule: &RuleUse) -> AuditFinding {
    let by = rule.overridden_by.iter().max_by_key(|&(rule, files)| (files, std::cmp::Reverse(rule)));
    let files = count(rule.matches.unwrap_or(0), "file");
    let Some(by) = by.map(|(&by, _)| &subject.book.rules[by as usize]) else {
        let title = format!("`{}` decides none of its {files}", rule.pattern);
        return finding(AuditKind::Shadowed, Severity::Low, rule, title, "delete it".to_owned());
    };
    let at =
        if by.file == rule.file { format!("line {}", by.line) } else { format!("{}:{}", by.file, by.line) };
    let others = if rule.overridden_by.len() > 1 { " and others" } else { "" };
    let title =
        format!("`{}` decides none of its {files}: {at}, `{}`{others}, decides", rule.pattern, by.pattern);
    let instead = if by.owners == rule.owners && others.is_empty() {
        format!("delete it: {at} names the same owners")
    } else if matches!(dialect(subject, rule), "github" | "gitlab") && by.line > rule.line {
        format!("move it below {at} if it is meant to decide, else delete it")
    } else {
        "delete it, or narrow what overrides it".to_owned()
    };
    let severity = if by.owners == rule.owners { Severity::Low } else { Severity::Medium };
    finding(AuditKind::Shadowed, severity, rule, title, instead)
}

fn duplicated(rule: &RuleUse, by: &RuleUse) -> AuditFinding {
    let title = format!("`{}` stands on line {} again, and that line alone counts", rule.pattern, by.line);
    let (severity, instead) = if by.owners == rule.owners {
        (Severity::Low, "delete one of them".to_owned())
    } else {
        let mut owners = rule.owners.clone();
        owners.extend(by.owners.iter().filter(|owner| !rule.owners.contains(owner)).cloned());
        (
            Severity::Medium,
            format!("delete it, or write both owners on one line: {} {}", rule.pattern, owners.join(" ")),
        )
    };
    finding(AuditKind::Duplicated, severity, rule, title, instead)
}

/// Sections none of whose patterns speaks of a file.
fn sections(void: &BTreeMap<(u32, &str), Vec<&RuleUse>>) -> Vec<AuditFinding> {
    void.iter()
        .map(|((_, section), rules)| {
            let first = rules[0];
            let title = format!(
                "no pattern of section `{section}` speaks of a file ({})",
                count(rules.len() as u64, "line")
            );
            let moved = rules.iter().find_map(|rule| match &rule.lost {
                Some(Lost::Moved { directory, .. }) if !directory.is_empty() => Some(directory),
                _ => None,
            });
            let instead = match moved {
                Some(directory) => {
                    format!("point it to `{directory}/`, where its files lie now, or delete it")
                }
                None => "delete it".to_owned(),
            };
            let severity = if moved.is_some() { Severity::Medium } else { Severity::Low };
            finding(AuditKind::Void, severity, first, title, instead)
        })
        .collect()
}

/// Sections of several lines, all of them dead, by source and name.
fn void_sections<'a>(subject: &'a Subject<'_>) -> BTreeMap<(u32, &'a str), Vec<&'a RuleUse>> {
    let mut by_section: BTreeMap<(u32, &str), Vec<&RuleUse>> = BTreeMap::new();
    for rule in &subject.book.rules {
        let source = &subject.book.sources[rule.source as usize];
        if let Some(section) =
            rule.section.as_deref().filter(|_| source.asked && source.dialect != "manifest")
        {
            by_section.entry((rule.source, section)).or_default().push(rule);
        }
    }
    by_section.retain(|_, rules| rules.len() > 1 && rules.iter().all(|rule| rule.lost.is_some()));
    by_section
}

/// Rules whose approval nobody can or need give.
fn void(subject: &Subject<'_>) -> Vec<AuditFinding> {
    let mut out = Vec::new();
    let mut orphans: BTreeMap<(u32, &str), (&RuleUse, &str, u64)> = BTreeMap::new();
    for rule in &subject.book.rules {
        let source = &subject.book.sources[rule.source as usize];
        if !source.asked || rule.decides == 0 {
            continue;
        }
        let files = count(rule.decides, "file");
        let empty =
            !rule.owners.is_empty() && rule.owners.iter().all(|owner| source.empty_groups.contains(owner));
        let orphaned = rule.status.as_deref().filter(|status| status.to_lowercase().contains("orphan"));
        if empty {
            // In this dialect those of the directories above may approve, too.
            let (severity, rest) = if rule.pattern == "**" {
                (Severity::High, "nobody can approve")
            } else {
                (Severity::Medium, "only owners of the directories above can approve")
            };
            let title = format!(
                "{} has no members: {rest} for {files} of `{}`",
                rule.owners.join(", "),
                rule.pattern
            );
            out.push(finding(
                AuditKind::Void,
                severity,
                rule,
                title,
                "give it members, or name another owner".to_owned(),
            ));
        } else if source.dialect == "gitlab" && rule.owners.is_empty() && !rule.pattern.starts_with('!') {
            let section =
                rule.section.as_deref().map_or(String::new(), |section| format!(" in section `{section}`"));
            let title = format!(
                "`{}`{section} names nobody: GitLab counts it as approved, for {files}",
                rule.pattern
            );
            out.push(finding(
                AuditKind::Void,
                Severity::Medium,
                rule,
                title,
                format!("{} @OWNER", rule.pattern),
            ));
        } else if let Some(status) = orphaned {
            let section = rule.section.as_deref().unwrap_or_default();
            orphans.entry((rule.source, section)).or_insert((rule, status, 0)).2 += rule.decides;
        }
    }
    let mut orphans: Vec<_> = orphans.into_values().collect();
    orphans.sort_by_key(|&(rule, _, files)| (std::cmp::Reverse(files), rule.line));
    out.extend(orphans.into_iter().map(|(rule, status, files)| {
        let section = rule.section.as_deref().unwrap_or_default();
        let title = format!("`{section}` is declared {status}: nobody answers for {}", count(files, "file"));
        finding(
            AuditKind::Void,
            Severity::Medium,
            rule,
            title,
            "find somebody, or delete the code".to_owned(),
        )
    }));
    out
}

/// Lines that cannot be read, and files nobody reads.
fn broken(subject: &Subject<'_>) -> Vec<AuditFinding> {
    let mut out: Vec<AuditFinding> = subject
        .book
        .problems
        .iter()
        .map(|problem| AuditFinding {
            id: id(AuditKind::Broken, &[&problem.file, &problem.why]),
            kind: AuditKind::Broken,
            severity: Severity::Medium,
            place: Some((problem.file.clone(), problem.line)),
            title: problem.why.clone(),
            instead: "mend the line, or delete it".to_owned(),
            files: 0,
            share: None,
            paths: Vec::new(),
        })
        .collect();
    for source in &subject.book.sources {
        out.extend(source.idle.iter().map(|file| AuditFinding {
            id: id(AuditKind::Broken, &[file]),
            kind: AuditKind::Broken,
            severity: Severity::Medium,
            place: Some((file.clone(), 0)),
            title: format!(
                "nothing reads this file: `{}` comes first",
                source.files.first().map_or("another", String::as_str)
            ),
            instead: "move what is still true into the other, and delete this one".to_owned(),
            files: 0,
            share: None,
            paths: Vec::new(),
        }));
    }
    out
}

fn conflicting(subject: &Subject<'_>) -> Vec<AuditFinding> {
    let rules = &subject.book.rules;
    // One finding for all rules that say the same against one.
    let mut said: BTreeMap<(u32, &str, &[String]), Vec<&RuleConflict>> = BTreeMap::new();
    for conflict in &subject.book.conflicts {
        let second = &rules[conflict.second as usize];
        let source = &subject.book.sources[second.source as usize];
        said.entry((conflict.first, source.dialect, second.owners.as_slice())).or_default().push(conflict);
    }
    let mut out: Vec<AuditFinding> = said
        .into_iter()
        .map(|((first, dialect, owners), conflicts)| {
            let first = &rules[first as usize];
            let second = &rules[conflicts[0].second as usize];
            let files = conflicts.iter().map(|conflict| conflict.files).sum();
            let others = match conflicts.len() {
                1 => String::new(),
                2 => " and another".to_owned(),
                many => format!(" and {} more", many - 1),
            };
            let title = format!(
                "`{}` says {}; {}:{}{others} ({dialect}) {} {}, for {}",
                first.pattern,
                first.owners.join(" "),
                second.file,
                second.line,
                if conflicts.len() == 1 { "says" } else { "say" },
                owners.join(" "),
                count(files, "file")
            );
            let instead =
                "make both name one owner; `unsnarl manifest emit` writes every file from one place"
                    .to_owned();
            let mut one = finding(AuditKind::Conflicting, Severity::Medium, first, title, instead);
            let owners = owners.join(" ");
            one.id = id(AuditKind::Conflicting, &[&first.file, &first.pattern, dialect, &owners]);
            one.files = files;
            one.paths =
                conflicts.iter().flat_map(|conflict| conflict.examples.iter().cloned()).take(5).collect();
            one
        })
        .collect();
    out.sort_by(|a, b| b.files.cmp(&a.files).then_with(|| a.title.cmp(&b.title)));
    out
}
