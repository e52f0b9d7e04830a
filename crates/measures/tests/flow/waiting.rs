//! Who waits for whom.

use facts::{
    EventKind::{Approved, Merged, Opened},
    FileId, TeamId,
    structure::TeamKind,
};
use measures::{
    party::Party,
    review::{
        Journeys,
        waiting::{Waiting, waiting},
    },
};

use crate::shop::{HOUR, START, Shop};

/// A request by `author` that needs some teams and is picked up after some hours.
fn ask(shop: &mut Shop, author: u32, modules: &[u32], hours: i64) {
    let change = shop.change(modules, START, START + hours * HOUR);
    let reviewer = if author == shop.guest() { 0 } else { shop.guest() };
    let story = [(0, Opened, author), (hours, Approved, reviewer), (hours, Merged, author)];
    shop.request(author, Some(change), &story);
}

fn of(shop: &mut Shop) -> Waiting {
    shop.seen(|lens| waiting(lens, &Journeys::new(lens).expect("there are reviews")))
}

const fn team(id: u32) -> Party {
    Party::Team(TeamId(id))
}

#[test]
fn authors_wait_for_the_teams_they_are_not_in() {
    let mut shop = Shop::new(3);
    ask(&mut shop, 0, &[0, 1], 10);
    ask(&mut shop, 0, &[0, 1], 20);
    ask(&mut shop, 0, &[0], 1);
    ask(&mut shop, 1, &[0, 2], 5);
    let guest = shop.guest();
    ask(&mut shop, guest, &[2], 7);
    shop.request(0, None, &[(0, Opened, 0)]).files = vec![FileId(0), FileId(1)];
    shop.request(0, None, &[(0, Opened, 0)]);
    let waiting = of(&mut shop);
    let rows: Vec<(Party, Party, u64, u64)> =
        waiting.queues.iter().map(|one| (one.from, one.on, one.took.waits, one.now)).collect();
    assert_eq!(
        rows,
        [
            (team(0), team(1), 3, 1),
            (team(1), team(0), 1, 0),
            (team(1), team(2), 1, 0),
            (Party::NoTeam, team(2), 1, 0),
            (team(0), team(0), 1, 0),
        ]
    );
    // Two of three ended, after 10 and 20 hours: half are through with the second.
    assert_eq!(waiting.queues[0].took.median.map(|one| one.value), Some(20.0));
    let meetings: Vec<((Party, Party), u64, u64)> =
        waiting.meetings.iter().map(|one| (one.parties, one.took.waits, one.now)).collect();
    assert_eq!(meetings, [((team(0), team(1)), 3, 1), ((team(0), team(2)), 1, 0)]);
    assert_eq!(waiting.ledger.len(), 1, "one request touches nothing: {:?}", waiting.ledger);
}

#[test]
fn single_owners_are_one_party() {
    let mut shop = Shop::new(4);
    for at in [1, 2, 3] {
        shop.structure.teams[at].kind = TeamKind::Person;
    }
    ask(&mut shop, 0, &[1, 2], 3);
    ask(&mut shop, 0, &[3], 3);
    ask(&mut shop, 2, &[1], 3);
    let waiting = of(&mut shop);
    let rows: Vec<(Party, Party, u64)> =
        waiting.queues.iter().map(|one| (one.from, one.on, one.took.waits)).collect();
    assert_eq!(rows, [(team(0), Party::SingleOwners, 2), (Party::SingleOwners, Party::SingleOwners, 1)]);
    assert_eq!(waiting.meetings[0].parties, (Party::SingleOwners, Party::SingleOwners));
}
