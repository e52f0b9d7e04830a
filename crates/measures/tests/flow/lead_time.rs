//! What tells lead times, and what does not.

use facts::{
    EventKind::{Merged, Opened},
    time::DAY,
};
use measures::lead_time::LeadTimes;

use crate::shop::{HOUR, START, Shop};

/// Reasons in the ledger, with their counts.
fn why(times: &LeadTimes, word: &str) -> u64 {
    times.ledger.iter().filter(|line| line.why.contains(word)).map(|line| line.count).sum()
}

#[test]
fn events_tell_before_git() {
    let mut shop = Shop::new(2);
    let squashed = shop.change(&[0], START + 5 * HOUR, START + 5 * HOUR);
    let branch = shop.change(&[0], START - 40 * HOUR, START + 5 * HOUR);
    shop.change(&[0], START, START + 7 * HOUR);
    shop.request(0, Some(squashed), &[(0, Opened, 0), (5, Merged, 0)]).written_at = Some(START - 3 * HOUR);
    shop.request(0, Some(branch), &[(0, Opened, 0), (5, Merged, 0)]);
    let times = shop.seen(LeadTimes::new);
    let hours: Vec<f64> = times.told.iter().map(|(_, hours)| *hours).collect();
    assert_eq!(hours, [8.0, 5.0, 7.0]);
    assert_eq!(times.by_events, 2);
}

#[test]
fn what_is_no_one_change_s_time_is_left_out_and_said() {
    let mut shop = Shop::new(2);
    for at in 0..4 {
        let merge = shop.change(&[0], START, START + at * DAY);
        let subject =
            ["Merge branch '5.4' into 6.0", "Merge branch 'old'", "Merge branch 'old'", "Merge branch 'old'"];
        shop.facts.changes.subject[merge.index()] = subject[at as usize].to_owned();
        shop.facts.changes.commits[merge.index()] = 3;
    }
    let topic = shop.change(&[0], START, START + HOUR);
    shop.facts.changes.subject[topic.index()] = "Merge branch 'topic'".to_owned();
    let large = shop.change(&[0], START, START + HOUR);
    shop.facts.changes.commits[large.index()] = 101;
    // A rebase of sixty commits in one minute, written over sixty days.
    for at in 0..60 {
        shop.change(&[0], START - at * DAY, (START + DAY).div_euclid(60) * 60 + at % 60);
    }
    let times = shop.seen(LeadTimes::new);
    assert_eq!(times.told.iter().map(|(change, _)| *change).collect::<Vec<_>>(), [topic]);
    // The first merge took no time at all.
    assert_eq!(why(&times, "long-lived"), 3);
    assert_eq!((why(&times, "hundred"), why(&times, "one go"), why(&times, "in place")), (1, 60, 1));
    assert_eq!(times.of, 66);
}

/// A ticket stands where the last of its changes stood, and so do the requests of them all.
#[test]
fn requests_follow_their_change_into_its_ticket() {
    let mut shop = Shop::new(2);
    let first = shop.change(&[0], START, START + 2 * HOUR);
    let alone = shop.change(&[0], START, START + 3 * HOUR);
    let last = shop.change(&[1], START, START + 5 * HOUR);
    for change in [first, last] {
        shop.facts.changes.ticket[change.index()] = Some("SHOP-1".to_owned());
    }
    shop.request(0, Some(first), &[(0, Opened, 0), (2, Merged, 0)]);
    shop.request(0, Some(alone), &[(0, Opened, 0), (3, Merged, 0)]);
    shop.request(0, Some(last), &[(0, Opened, 0), (5, Merged, 0)]);
    shop.facts.touches.index(3);
    shop.facts = facts::units::by_ticket(shop.facts);
    let times = shop.seen(LeadTimes::new);
    let hours: Vec<f64> = times.told.iter().map(|(_, hours)| *hours).collect();
    assert_eq!((hours, times.by_events), (vec![3.0, 5.0], 2));
}

#[test]
fn dates_that_cannot_be_true_tell_nothing() {
    let mut shop = Shop::new(2);
    let change = shop.change(&[0], START, START + 5 * HOUR);
    shop.request(0, Some(change), &[(0, Opened, 0), (5, Merged, 0)]).opened_at = i64::MIN;
    let backwards = shop.change(&[0], START, START + 5 * HOUR);
    shop.request(0, Some(backwards), &[(0, Opened, 0), (-5, Merged, 0)]);
    shop.change(&[0], i64::MIN / 2, START);
    let times = shop.seen(LeadTimes::new);
    // The request's date is absurd, so git tells the first; the second was merged before it was opened.
    assert_eq!(times.told.iter().map(|(change, _)| *change).collect::<Vec<_>>(), [change]);
    assert_eq!((times.by_events, why(&times, "clock"), why(&times, "two years")), (0, 1, 1));
}
