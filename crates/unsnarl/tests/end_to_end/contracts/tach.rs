//! tach: dependencies, layers, interfaces, visibility and what is ignored.

use super::{Tally, hold};

#[test]
fn contracts_of_tach() {
    assert_eq!(hold(include_str!("../../contracts/tach.json")), Tally { agree: 43, differ: 13 });
}
