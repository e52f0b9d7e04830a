//! Systems whose price is known: what needs another team takes so many times as long, whatever its size.

use facts::{
    Event,
    EventKind::{Approved, Merged, Opened},
    time::{DAY, Seconds},
};
use measures::{
    lead_time::LeadTimes,
    price::{self, Price},
    review::Journeys,
    stats::random::Random,
};

use crate::shop::{NOW, Shop};

/// Changes of each system, over two years.
const CHANGES: i64 = 600;
const TEAMS: u64 = 4;

/// What is told of a planted system: the price of lead time, and that of a first review.
pub(crate) struct Told {
    pub(crate) lead_time: Result<Price, String>,
    pub(crate) pickup: Option<Result<Price, String>>,
}

/// Where lead times are to be read from.
#[derive(Clone, Copy)]
pub(crate) enum By {
    /// Commits that were carried over.
    Git,
    /// Review events; commits tell nothing.
    Events,
}

/// Changes of one team take eight hours, times files to the 0.3, times a spread of lognormal noise in which one of twenty
/// lies ten times as long; a third need a second team and some a third, and are larger, too.
pub(crate) fn planted(price: f64, by: By, seed: u64) -> Shop {
    let mut random = Random::new(seed);
    let mut unit = || random.below(1_000_000) as f64 / 1e6;
    let mut shop = Shop::new(TEAMS as u32);
    for at in 0..CHANGES {
        let merged = NOW - (CHANGES - at) * 730 * DAY / CHANGES;
        let home = (unit() * TEAMS as f64) as u32;
        let further = if unit() < 0.33 { 1 + u32::from(unit() < 0.2) } else { 0 };
        let modules: Vec<u32> = (0..=further).map(|step| (home + step) % TEAMS as u32).collect();
        let files = (1.0 + unit() * 8.0 * f64::from(1 + further)).floor();
        // Twelve uniform numbers less six are nearly normal.
        let noise: f64 = (0..12).map(|_| unit()).sum::<f64>() - 6.0;
        let tail = if unit() < 0.05 { 10.0 } else { 1.0 };
        let hours = 8.0 * files.powf(0.3) * price.powi(further as i32) * noise.exp() * tail;
        let begun = merged - (hours * 3600.0) as Seconds;
        let written = if matches!(by, By::Git) { begun } else { merged };
        let change = shop.change(&modules, written, merged);
        shop.facts.changes.files[change.index()] = files as u32;
        if matches!(by, By::Events) {
            let reviewer = shop.guest();
            // The first review comes after a part of the way that does not hang on the teams.
            let reviewed = begun + ((merged - begun) as f64 * (0.3 + 0.4 * unit())) as Seconds;
            let event = |at, kind, actor| Event { at, kind, actor: Some(actor) };
            let request = shop.request(home, Some(change), &[]);
            (request.opened_at, request.merged_at, request.closed_at) = (begun, Some(merged), Some(merged));
            request.events = vec![
                event(begun, Opened, home),
                event(reviewed, Approved, reviewer),
                event(merged, Merged, home),
            ];
        }
    }
    shop
}

/// What is told of it.
pub(crate) fn told(mut shop: Shop) -> Told {
    shop.seen(|lens| Told {
        lead_time: price::price(lens, &LeadTimes::new(lens)),
        pickup: Journeys::new(lens).map(|journeys| price::of_pickup(lens, &journeys)),
    })
}
