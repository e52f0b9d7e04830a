//! dependency-cruiser: forbidden, allowed and required dependencies, circles, what is known.

use super::{Tally, hold};

#[test]
fn contracts_of_dependency_cruiser() {
    let table = include_str!("../../contracts/dependency_cruiser.json");
    assert_eq!(hold(table), Tally { agree: 37, differ: 10 });
}
