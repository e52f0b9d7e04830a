//! What could be: predictions from facts, each judged on a future it has not seen.
//!
//! | module | holds |
//! |---|---|
//! | [`atoms`] | a history small enough to be replayed by a page |
//! | [`impact`] | which further files a change is likely to need |
//! | [`redesign`] | few moves that would undo the knot |
//! | [`replay`] | what the same changes would have needed under another structure |
//! | [`simulate`] | what changes would take with other approvals, people, teams or load |
//! | [`learn`] | what is learned from examples, without a word of the domain |

pub mod atoms;
pub mod impact;
pub mod learn;
pub mod redesign;
pub mod replay;
pub mod simulate;
