//! One request's way, event by event.

use facts::EventKind::{
    self, Approved, ChangesRequested, Closed, Drafted, Merged, Opened, Ready, Reopened, ReviewRequested,
    Reviewed,
};
use measures::{
    review::{Journeys, Phase, phases::phases},
    stats::survival::Wait,
};

use crate::shop::{HOUR, START, Shop};

/// Hours and whether it ended, of pickup, review and approved.
type Way = [Option<(f64, bool)>; 3];

/// The way of a request by person 0, told in hours; actor 1 is another person, 2 a bot, 3 a guest.
fn way(story: &[(i64, EventKind, u32)]) -> Way {
    let mut shop = Shop::new(2);
    let merged = story.iter().find(|(_, kind, _)| *kind == Merged).map(|(hours, _, _)| START + hours * HOUR);
    let change = merged.map(|at| shop.change(&[0], START, at));
    shop.request(0, change, story);
    let journeys = shop.seen(Journeys::new).expect("there are reviews");
    let wait = |phase| journeys.told[0].wait(phase).map(|Wait { length, ended }| (length, ended));
    [Phase::Pickup, Phase::Review, Phase::Approved].map(wait)
}

/// Hours until now: what is open has waited so long.
const OPEN: f64 = 2400.0;

#[test]
fn each_phase_ends_where_the_next_begins() {
    let story =
        [(0, Opened, 0), (5, Reviewed, 1), (7, ChangesRequested, 1), (20, Approved, 1), (23, Merged, 0)];
    assert_eq!(way(&story), [Some((5.0, true)), Some((15.0, true)), Some((3.0, true))]);
}

#[test]
fn the_last_approval_counts_and_what_comes_after_the_merge_does_not() {
    let story = [(0, Opened, 0), (2, Approved, 1), (6, Approved, 3), (8, Merged, 0), (9, Approved, 1)];
    assert_eq!(way(&story), [Some((2.0, true)), Some((4.0, true)), Some((2.0, true))]);
}

#[test]
fn authors_and_programs_do_not_review() {
    let story = [(0, Opened, 0), (1, Reviewed, 0), (2, Approved, 2), (9, Approved, 1), (9, Merged, 0)];
    assert_eq!(way(&story), [Some((9.0, true)), Some((0.0, true)), Some((0.0, true))]);
    let alone = [(0, Opened, 0), (1, Approved, 2), (2, Merged, 0)];
    assert_eq!(way(&alone), [None, None, None]);
}

#[test]
fn an_author_s_second_login_is_the_author() {
    let mut shop = Shop::new(2);
    shop.request(0, None, &[(0, Opened, 0), (1, Approved, 3)]);
    let same = shop.facts.people.ids().next();
    shop.facts.reviews.as_mut().expect("one was added").actors[3].person = same;
    let journeys = shop.seen(Journeys::new).expect("there are reviews");
    assert_eq!(journeys.told[0].wait(Phase::Pickup), Some(Wait { length: OPEN, ended: false }));
}

#[test]
fn nobody_waits_for_a_draft_unless_asked() {
    let begun_as_draft = [(0, Opened, 0), (10, Ready, 0), (14, Approved, 1), (14, Merged, 0)];
    assert_eq!(way(&begun_as_draft)[0], Some((4.0, true)));
    let back = [(0, Opened, 0), (2, Drafted, 0), (12, Ready, 0), (15, Reviewed, 1), (16, Merged, 0)];
    assert_eq!(way(&back)[0], Some((5.0, true)));
    let asked = [(0, Opened, 0), (0, Drafted, 0), (3, ReviewRequested, 1), (7, Reviewed, 1), (8, Ready, 0)];
    assert_eq!(way(&asked)[0], Some((4.0, true)));
    let unasked = [(0, Opened, 0), (0, Drafted, 0), (7, Reviewed, 1), (8, Ready, 0), (9, Merged, 0)];
    assert_eq!(way(&unasked)[0], None);
    assert_eq!(way(&[(0, Opened, 0), (0, Drafted, 0)])[0], None, "an open draft waits for nobody");
}

#[test]
fn while_closed_nobody_waits() {
    let story = [
        (0, Opened, 0),
        (1, Closed, 0),
        (11, Reopened, 0),
        (13, Reviewed, 1),
        (14, Closed, 0),
        (24, Reopened, 0),
        (25, Approved, 1),
        (26, Merged, 0),
    ];
    assert_eq!(way(&story), [Some((3.0, true)), Some((2.0, true)), Some((1.0, true))]);
}

#[test]
fn what_is_open_or_was_closed_has_waited_at_least_so_long() {
    assert_eq!(way(&[(0, Opened, 0)]), [Some((OPEN, false)), None, None]);
    assert_eq!(way(&[(0, Opened, 0), (30, Closed, 0)]), [Some((30.0, false)), None, None]);
    let reviewed = [(0, Opened, 0), (4, Reviewed, 1)];
    assert_eq!(way(&reviewed), [Some((4.0, true)), Some((OPEN - 4.0, false)), None]);
    let withdrawn = [(0, Opened, 0), (4, Approved, 1), (6, ChangesRequested, 1)];
    assert_eq!(way(&withdrawn), [Some((4.0, true)), Some((OPEN - 4.0, false)), None]);
    let agreed = [(0, Opened, 0), (4, Approved, 1)];
    assert_eq!(way(&agreed), [Some((4.0, true)), Some((0.0, true)), Some((OPEN - 4.0, false))]);
}

#[test]
fn order_and_repetition_change_nothing() {
    let story =
        [(0, Opened, 0), (5, Reviewed, 1), (7, ChangesRequested, 1), (20, Approved, 1), (23, Merged, 0)];
    let mut turned = story.to_vec();
    turned.reverse();
    turned.extend(story);
    assert_eq!(way(&turned), way(&story));
}

#[test]
fn clocks_that_disagree_go_to_the_ledger() {
    let mut shop = Shop::new(2);
    let change = shop.change(&[0], START, START + 9 * HOUR);
    shop.request(0, Some(change), &[(-3, Reviewed, 1), (0, Opened, 0), (4, Approved, 1), (9, Merged, 0)])
        .written_at = Some(START + HOUR);
    shop.request(0, None, &[(-9, Closed, 0)]);
    shop.request(0, None, &[]).opened_at = i64::MAX;
    let bot = shop.bot();
    shop.request(bot, None, &[(0, Opened, bot)]);
    shop.request(0, None, &[(1, Merged, 0)]);
    let journeys = shop.seen(Journeys::new).expect("there are reviews");
    assert_eq!((journeys.told.len(), journeys.of), (1, 5));
    assert_eq!(journeys.told[0].wait(Phase::Pickup), Some(Wait { length: 4.0, ended: true }));
    assert_eq!(journeys.told[0].wait(Phase::Coding), None);
    let counts: Vec<u64> = journeys.ledger.iter().map(|line| line.count).collect();
    // By a bot, merged elsewhere, ended before they began, an early event, written after opened.
    assert_eq!(counts, [1, 1, 2, 1, 1], "{:?}", journeys.ledger);
}

#[test]
fn phases_count_what_is_open_as_open() {
    let mut shop = Shop::new(2);
    for hours in 1..=9 {
        let change = shop.change(&[0], START, START + hours * HOUR);
        shop.request(0, Some(change), &[(0, Opened, 0), (hours, Approved, 1), (hours, Merged, 0)])
            .written_at = Some(START - 2 * HOUR);
    }
    shop.request(0, None, &[(0, Opened, 0)]);
    let journeys = shop.seen(Journeys::new).expect("there are reviews");
    let phases = phases(&journeys);
    assert_eq!(phases.iter().map(|one| one.phase).collect::<Vec<_>>(), Phase::ALL);
    let pickup = phases[1].took;
    assert_eq!((pickup.waits, pickup.open), (10, 1));
    // Of ten, the fifth is the first after which no more than half still wait; the one that is open keeps the ninth.
    assert_eq!(pickup.median.map(|one| one.value), Some(5.0));
    assert_eq!(pickup.p90.map(|one| one.value), Some(9.0));
    assert_eq!(phases[0].took.median.map(|one| one.value), Some(2.0));
}

#[test]
fn without_events_nothing_is_said() {
    assert_eq!(Shop::new(1).seen(Journeys::new), None);
}
