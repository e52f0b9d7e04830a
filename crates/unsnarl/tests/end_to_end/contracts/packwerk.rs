//! packwerk and its extensions: dependencies, privacy, visibility, folder privacy, layers, strict packages, what is
//! recorded.

use super::{Tally, hold};

#[test]
fn contracts_of_packwerk() {
    assert_eq!(hold(include_str!("../../contracts/packwerk.json")), Tally { agree: 47, differ: 7 });
}
