//! How it is learned: the only input I/O. Every source returns facts, and what was skipped.
//!
//! | module | learns |
//! |---|---|
//! | [`git`] | changes, touches, files, people and participations, from the object store |
//! | [`languages`] | what a path's name tells |

pub mod git;
pub mod languages;
