//! Tickets: changes that name the same key are one piece of work.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::{
    Change, ChangeId, ChangeTable, Facts, FileId, Omission, Omitted, Participation, Touch, TouchKind,
    TouchTable, Unit,
};

/// Joins changes by ticket; a change without one stays by itself.
///
/// A ticket stands where the last of its changes stood and carries that change's commit; a file is touched once,
/// with the path it ended at.
pub fn by_ticket(facts: Facts) -> Facts {
    let group_of = groups(&facts.changes);
    let members = members(&group_of);
    let alone = facts.changes.ticket.iter().filter(|ticket| ticket.is_none()).count() as u64;
    let touches = join_touches(&facts, &members);
    let mut changes = join_changes(&facts.changes, &members);
    for row in 0..members.len() {
        changes.files[row] = u32::try_from(touches.of(ChangeId::from_index(row)).len()).unwrap_or(u32::MAX);
    }
    let mut participations: Vec<Participation> = facts
        .participations
        .iter()
        .map(|part| Participation { change: group_of[part.change.index()], ..*part })
        .collect();
    participations.sort_unstable();
    participations.dedup_by_key(|part| (part.change, part.role, part.person));
    let mut files = facts.files;
    files.born.iter_mut().for_each(|born| *born = group_of[born.index()]);
    files.died.iter_mut().flatten().for_each(|died| *died = group_of[died.index()]);
    let mut reviews = facts.reviews;
    for request in reviews.iter_mut().flat_map(|reviews| &mut reviews.requests) {
        request.change = request.change.map(|change| group_of[change.index()]);
    }
    let mut ledger = facts.ledger;
    if alone > 0 {
        let why = "changes name no ticket; each stands for itself";
        ledger.push(Omission::new(Omitted::WithoutTicket, alone, why));
    }
    let mut unit = facts.unit;
    unit.unit = Unit::Ticket;
    unit.why = format!(
        "asked for; {} changes became {} tickets and single changes",
        facts.changes.len(),
        changes.len()
    );
    Facts { changes, touches, files, participations, reviews, ledger, unit, ..facts }
}

/// The new row of each change: groups are ordered by their last change.
fn groups(changes: &ChangeTable) -> Vec<ChangeId> {
    let mut last_of: FxHashMap<&str, usize> = FxHashMap::default();
    for (row, ticket) in changes.ticket.iter().enumerate() {
        if let Some(ticket) = ticket {
            last_of.insert(ticket, row);
        }
    }
    let last: Vec<usize> = changes
        .ticket
        .iter()
        .enumerate()
        .map(|(row, ticket)| ticket.as_deref().map_or(row, |ticket| last_of[ticket]))
        .collect();
    let mut rank = vec![0; changes.len()];
    let mut next = 0;
    for (row, &last) in last.iter().enumerate() {
        if row == last {
            rank[row] = next;
            next += 1;
        }
    }
    last.into_iter().map(|last| ChangeId::from_index(rank[last])).collect()
}

fn members(group_of: &[ChangeId]) -> Vec<Vec<ChangeId>> {
    let count = group_of.iter().map(|group| group.index() + 1).max().unwrap_or(0);
    let mut members = vec![Vec::new(); count];
    for (row, group) in group_of.iter().enumerate() {
        members[group.index()].push(ChangeId::from_index(row));
    }
    members
}

fn join_changes(old: &ChangeTable, members: &[Vec<ChangeId>]) -> ChangeTable {
    let mut new = ChangeTable::default();
    for group in members {
        let rows = || group.iter().map(|change| change.index());
        let (Some(first), Some(last)) = (rows().next(), rows().next_back()) else { continue };
        new.push(Change {
            commit: old.commit[last],
            parent: old.parent[first],
            authored_at: rows().map(|row| old.authored_at[row]).min().unwrap_or_default(),
            committed_at: rows().map(|row| old.committed_at[row]).max().unwrap_or_default(),
            merged_at: old.merged_at[last],
            commits: rows().map(|row| old.commits[row]).fold(0, u32::saturating_add),
            files: 0,
            bulk: false,
            ignored: rows().all(|row| old.ignored[row]),
            revert_of: old.revert_of[last],
            ticket: old.ticket[last].clone(),
            pull_request: old.pull_request[last],
            message_kind: old.message_kind[first],
            subject: old.subject[first].clone(),
        });
    }
    new
}

fn join_touches(facts: &Facts, members: &[Vec<ChangeId>]) -> TouchTable {
    let mut joined = TouchTable::default();
    for (row, group) in members.iter().enumerate() {
        let change = ChangeId::from_index(row);
        let mut by_file: BTreeMap<FileId, Touch> = BTreeMap::new();
        for at in group.iter().flat_map(|&member| facts.touches.of(member)) {
            let touch = Touch { change, ..facts.touches.row(at) };
            by_file.entry(touch.file).and_modify(|known| *known = after(*known, touch)).or_insert(touch);
        }
        let mut touches: Vec<Touch> = by_file.into_values().collect();
        touches.sort_by(|a, b| {
            facts.paths.bytes(a.path).cmp(facts.paths.bytes(b.path)).then(a.file.cmp(&b.file))
        });
        touches.into_iter().for_each(|touch| joined.push(touch));
    }
    joined.index(members.len());
    joined
}

/// Two touches of one file as one.
fn after(first: Touch, second: Touch) -> Touch {
    let kind = match (first.kind, second.kind) {
        (_, TouchKind::Deleted) => TouchKind::Deleted,
        (TouchKind::Added, _) => TouchKind::Added,
        (TouchKind::Renamed, _) | (_, TouchKind::Renamed) => TouchKind::Renamed,
        (_, kind) => kind,
    };
    let previous_path =
        if kind == TouchKind::Renamed { first.previous_path.or(second.previous_path) } else { None };
    Touch { kind, previous_path, ..second }
}
