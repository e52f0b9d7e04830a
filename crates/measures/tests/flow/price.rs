//! The price on systems where it is known; two hundred of each in examples/price.rs.

use measures::price::Price;

use crate::planted::{By, planted, told};

fn holds(price: &Result<Price, String>, truth: f64) -> bool {
    price.as_ref().is_ok_and(|price| price.interval.0 <= truth && truth <= price.interval.1)
}

#[test]
fn a_planted_price_is_recovered_from_git_and_from_events() {
    let seen = told(planted(2.5, By::Git, 1));
    assert!(holds(&seen.lead_time, 2.5), "{:?}", seen.lead_time);
    assert!(seen.pickup.is_none());
    let seen = told(planted(2.5, By::Events, 1));
    assert!(holds(&seen.lead_time, 2.5), "{:?}", seen.lead_time);
    assert!(holds(seen.pickup.as_ref().expect("there are events"), 2.5), "{:?}", seen.pickup);
}

#[test]
fn where_nothing_is_planted_nothing_is_told() {
    for by in [By::Git, By::Events] {
        let seen = told(planted(1.0, by, 1));
        let why = seen.lead_time.expect_err("there is no price");
        assert!(why.contains("no difference beyond chance"), "{why}");
        assert!(seen.pickup.is_none_or(|price| price.is_err()));
    }
}
