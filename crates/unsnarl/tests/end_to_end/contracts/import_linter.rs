//! import-linter: layers, forbidden, independence, protected, private modules, acyclic siblings.

use super::{Tally, hold};

#[test]
fn contracts_of_import_linter() {
    assert_eq!(hold(include_str!("../../contracts/import_linter.json")), Tally { agree: 39, differ: 10 });
}
