//! Declared teams: those of the manifest and of `team,person` tables, and every owner an ownership file names.
//!
//! An owner that is a team's id or one of its handles is that team. Aliases and groups (OWNERS_ALIASES, MAINTAINERS
//! sections, Backstage groups) are teams with the members their files give. Any other name is a team of its own when
//! it is written as one (`@org/team`, `@@role`), else a person.

use std::collections::BTreeMap;

use facts::{
    Basis, Facts, Manifest, Omission, Omitted, Team, TeamId,
    manifest::Member,
    structure::{Membership, Source, TeamKind, Unresolved},
};
use rustc_hash::FxHashMap;

use crate::{manifest::TeamRow, ownership::Layer, people::PeopleIndex};

/// Declared teams and who is in them.
#[derive(Debug, Default)]
pub(crate) struct Roster {
    pub(crate) teams: Vec<Team>,
    pub(crate) memberships: Vec<Membership>,
    pub(crate) unresolved: Vec<Unresolved>,
    pub(crate) by_name: FxHashMap<String, TeamId>,
}

impl Roster {
    /// The team an owner's name means; `None` for `*`, anybody.
    pub(crate) fn team(&self, owner: &str) -> Option<TeamId> {
        self.by_name.get(owner).copied()
    }
}

struct Draft {
    kind: TeamKind,
    from: String,
    members: Vec<Member>,
}

pub(crate) fn settle(
    facts: &Facts,
    manifest: &Manifest,
    rows: &[TeamRow],
    layers: &[&Layer],
    ledger: &mut Vec<Omission>,
) -> Roster {
    let mut drafts: BTreeMap<String, Draft> = BTreeMap::new();
    let mut alias: FxHashMap<&str, &str> = FxHashMap::default();
    for team in &manifest.teams {
        let draft =
            Draft { kind: TeamKind::Team, from: team.place.file.clone(), members: team.members.clone() };
        drafts.insert(team.id.clone(), draft);
        team.handles.iter().for_each(|handle| {
            alias.insert(handle, &team.id);
        });
    }
    for row in rows {
        let id = alias.get(row.team.as_str()).map_or(row.team.as_str(), |id| id);
        let draft = drafts.entry(id.to_owned()).or_insert_with(|| Draft {
            kind: TeamKind::Team,
            from: "teams table".to_owned(),
            members: Vec::new(),
        });
        draft.members.push(row.member.clone());
    }
    let mut by_name: Vec<(String, String)> = Vec::new();
    for layer in layers {
        let rules = layer.resolver.rules();
        for name in rules.names.iter().filter(|name| *name != "*") {
            let id = alias.get(name.as_str()).map_or(name.as_str(), |id| id);
            by_name.push((name.clone(), id.to_owned()));
            let members = rules.groups.get(name);
            let draft = drafts.entry(id.to_owned()).or_insert_with(|| Draft {
                kind: if rules.is_team(name) { TeamKind::Team } else { TeamKind::Person },
                from: rules.files.first().cloned().unwrap_or_default(),
                members: Vec::new(),
            });
            // What the manifest says of a team it has said for itself.
            if draft.members.is_empty() {
                let person = |person: &String| Member { person: person.clone(), ..Member::default() };
                draft.members = members.map_or(Vec::new(), |members| members.iter().map(person).collect());
            }
        }
    }
    let mut roster = Roster::default();
    let people = PeopleIndex::new(facts);
    let mut persons_not_found = 0;
    for (at, (name, draft)) in drafts.iter().enumerate() {
        let team = TeamId::from_index(at);
        roster.by_name.insert(name.clone(), team);
        roster.teams.push(Team {
            name: name.clone(),
            kind: draft.kind,
            source: Source { basis: Basis::Declared, from: draft.from.clone() },
        });
        let own = Member { person: name.clone(), ..Member::default() };
        let alone = draft.kind == TeamKind::Person;
        for member in if alone { std::slice::from_ref(&own) } else { draft.members.as_slice() } {
            match people.find(&member.person) {
                Some(person) => roster.memberships.push(Membership {
                    team,
                    person,
                    since: member.since,
                    until: member.until,
                }),
                None => {
                    persons_not_found += u64::from(alone);
                    roster.unresolved.push(Unresolved { team, person: member.person.clone() });
                }
            }
        }
    }
    for (name, id) in by_name {
        if let Some(&team) = roster.by_name.get(&id) {
            roster.by_name.insert(name, team);
        }
    }
    let members_not_found = roster.unresolved.len() as u64 - persons_not_found;
    if persons_not_found > 0 {
        ledger.push(Omission::new(
            Omitted::OwnersNotFound,
            persons_not_found,
            "owners written as a person could not be found among those who made changes; whether they lead cannot be told",
        ));
    }
    if members_not_found > 0 {
        ledger.push(Omission::new(
            Omitted::OwnersNotFound,
            members_not_found,
            "members of declared teams could not be found among those who made changes (unsnarl owners --audit lists them)",
        ));
    }
    roster
}
