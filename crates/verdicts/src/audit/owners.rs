//! Owners who do not exist in the history, who left, or whose members nobody can see.

use std::collections::BTreeMap;

use facts::{
    PersonId, TeamId,
    rulebook::RuleUse,
    structure::TeamKind,
    time::{self, DAY, Seconds},
};

use super::{AuditFinding, AuditKind, Subject, count, id};
use crate::Severity;

const GONE_AFTER: Seconds = 365 * DAY;

pub(super) fn check(subject: &Subject<'_>) -> Vec<AuditFinding> {
    let mut rules: BTreeMap<TeamId, Vec<&RuleUse>> = BTreeMap::new();
    for rule in subject.book.rules.iter().filter(|rule| subject.book.sources[rule.source as usize].asked) {
        for owner in &rule.owners {
            if let Some(&team) = subject.structure.team_of_owner.get(owner) {
                rules.entry(team).or_default().push(rule);
            }
        }
    }
    let mut out = Vec::new();
    let mut opaque: Vec<(&str, u64)> = Vec::new();
    let last = last_parts(subject);
    let files = files_of(subject);
    for (&team, rules) in &rules {
        let members: Vec<PersonId> = {
            let all = subject.structure.memberships.iter().filter(|one| one.team == team);
            all.map(|one| one.person).collect()
        };
        let unresolved: Vec<&str> = {
            let all = subject.structure.unresolved.iter().filter(|one| one.team == team);
            all.map(|one| one.person.as_str()).collect()
        };
        let decided = files.get(&team).copied().unwrap_or(0);
        let about = About { team, rules, decided };
        match subject.structure.teams[team.index()].kind {
            TeamKind::Person if members.is_empty() => out.push(unknown_person(subject, &about)),
            TeamKind::Team if members.is_empty() && unresolved.is_empty() => {
                // An alias without members is told by itself.
                let handle = subject.handle(team);
                if !subject
                    .book
                    .sources
                    .iter()
                    .any(|source| source.empty_groups.iter().any(|one| one == handle))
                {
                    opaque.push((handle, decided));
                }
            }
            TeamKind::Team if !unresolved.is_empty() => {
                out.push(unknown_members(subject, &about, &unresolved, members.len()));
            }
            _ => out.extend(left(subject, &about, &last)),
        }
    }
    out.extend(see_nobody(&mut opaque));
    out.sort_by(|a, b| b.files.cmp(&a.files).then_with(|| a.title.cmp(&b.title)));
    out
}

/// How many living files each team is an owner of.
fn files_of(subject: &Subject<'_>) -> BTreeMap<TeamId, u64> {
    let mut out = BTreeMap::new();
    let facts = subject.lens.facts;
    let Some(declared) = &subject.structure.declared else { return out };
    for file in facts.files.ids().filter(|&file| facts.files.alive(file)) {
        let mut owners: Vec<TeamId> =
            declared.sets(file).flat_map(|set| declared.sets[set as usize].iter().copied()).collect();
        owners.sort_unstable();
        owners.dedup();
        owners.into_iter().for_each(|team| *out.entry(team).or_default() += 1);
    }
    out
}

struct About<'a> {
    team: TeamId,
    rules: &'a [&'a RuleUse],
    decided: u64,
}

impl About<'_> {
    fn finding(
        &self,
        subject: &Subject<'_>,
        kind: AuditKind,
        title: String,
        instead: String,
    ) -> AuditFinding {
        // Whoever is the only owner somewhere leaves nobody when missing.
        let alone = self.rules.iter().any(|rule| rule.owners.len() == 1 && rule.decides > 0);
        let first = self.rules.iter().max_by_key(|rule| rule.decides).expect("an owner stands in a rule");
        AuditFinding {
            id: id(kind, &[subject.handle(self.team)]),
            kind,
            severity: if alone { Severity::Medium } else { Severity::Low },
            place: Some((first.file.clone(), first.line)),
            title,
            instead,
            files: self.decided,
            share: None,
            paths: first.examples.clone(),
        }
    }

    fn stands_in(&self) -> String {
        format!("in {}, for {}", count(self.rules.len() as u64, "rule"), count(self.decided, "file"))
    }
}

fn unknown_person(subject: &Subject<'_>, about: &About<'_>) -> AuditFinding {
    let name = subject.handle(about.team);
    let title = format!(
        "{name} stands {}, and nobody of that name or address made or reviewed a change",
        about.stands_in()
    );
    let instead = format!(
        "check the spelling; for an account that commits under another address: [[team]] handles = [\"{name}\"], members = [{{ person = \"ADDRESS\" }}]"
    );
    about.finding(subject, AuditKind::UnknownOwner, title, instead)
}

fn unknown_members(
    subject: &Subject<'_>,
    about: &About<'_>,
    unresolved: &[&str],
    known: usize,
) -> AuditFinding {
    let shown = unresolved.iter().take(5).copied().collect::<Vec<_>>().join(", ");
    let more =
        if unresolved.len() > 5 { format!(" and {} more", unresolved.len() - 5) } else { String::new() };
    let title = format!(
        "{} of {} in {}, {}, made or reviewed no change: {shown}{more}",
        unresolved.len(),
        count((unresolved.len() + known) as u64, "member"),
        subject.handle(about.team),
        about.stands_in()
    );
    let mut one = about.finding(
        subject,
        AuditKind::UnknownOwner,
        title,
        "write the address or account they commit with, or take them out".to_owned(),
    );
    if known > 0 {
        one.severity = Severity::Low;
    }
    one
}

/// When each person last had a part in a change.
fn last_parts(subject: &Subject<'_>) -> Vec<Option<Seconds>> {
    let facts = subject.lens.facts;
    let mut last = vec![None; facts.people.len()];
    for part in &facts.participations {
        let at = subject.lens.at(part.change);
        last[part.person.index()] = last[part.person.index()].max(at);
    }
    last
}

/// Owners all of whose people have had no part in a change for a year, or are declared to be out of the team.
fn left(subject: &Subject<'_>, about: &About<'_>, last: &[Option<Seconds>]) -> Option<AuditFinding> {
    let (since, until) = subject.lens.span?;
    if until - since < GONE_AFTER {
        return None;
    }
    let members = subject.structure.memberships.iter().filter(|one| one.team == about.team);
    let mut latest = None;
    for one in members {
        let at = last[one.person.index()]?;
        if at > until - GONE_AFTER && one.covers(Some(until)) {
            return None;
        }
        latest = latest.max(Some(at));
    }
    let name = subject.handle(about.team);
    let since = time::date(latest?);
    let stands = about.stands_in();
    let title = if subject.structure.teams[about.team.index()].kind == TeamKind::Person {
        format!("{name} has had no part in a change since {since}, and stands {stands}")
    } else {
        format!("nobody of {name} has had a part in a change since {since}; it stands {stands}")
    };
    let instead = "name somebody who is there (`unsnarl owners PATH` says who knows it), or the address they commit with now".to_owned();
    Some(about.finding(subject, AuditKind::LeftOwner, title, instead))
}

/// All teams that are names only, in one finding.
fn see_nobody(opaque: &mut [(&str, u64)]) -> Option<AuditFinding> {
    opaque.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let (most, _) = opaque.first()?;
    let shown = opaque.iter().take(4).map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let more = if opaque.len() > 4 { format!(" and {} more", opaque.len() - 4) } else { String::new() };
    Some(AuditFinding {
        id: id(AuditKind::Opaque, &["teams"]),
        kind: AuditKind::Opaque,
        severity: Severity::Low,
        place: None,
        title: format!("{}: nothing here says who is in {shown}{more}", count(opaque.len() as u64, "team")),
        instead: format!(
            "[[team]] handles = [\"{most}\"], members = […], or --teams CSV: then it can be told whether they do the work"
        ),
        files: opaque.iter().map(|(_, files)| files).sum(),
        share: None,
        paths: Vec::new(),
    })
}
