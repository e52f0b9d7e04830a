//! What could be: predictions from facts, each judged on a future it has not seen.
//!
//! | module | holds |
//! |---|---|
//! | [`impact`] | which further files a change is likely to need |
//! | [`redesign`] | few moves that would undo the knot |
//! | [`learn`] | what is learned from examples, without a word of the domain |
//! | [`simulate`] | what changes would take with other approvals, people, teams or load |

pub mod impact;
pub mod learn;
pub mod redesign;
pub mod simulate;
//! | [`replay`] | what the same changes would have needed under another structure |

pub mod impact;
pub mod learn;
pub mod replay;
