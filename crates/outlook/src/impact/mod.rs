//! Which further files a change is likely to need, learned from the history of its repository.
//!
//! ```text
//! past ─▶ candidates ─▶ signals ─▶ model ─▶ suggestions
//!   └───▶ decay, tarmaq, rose: one formula each, to compare with
//! ```
//!
//! [`train`] learns from a history and [`predict`] asks it about its next change; [`backtest`] tells how well that
//! would have gone.

pub mod backtest;
pub mod candidates;
pub mod decay;
pub mod model;
pub mod past;
#[cfg(test)]
mod planted;
pub mod question;
pub mod ranking;
pub mod rose;
pub mod signals;
pub mod tarmaq;

pub use candidates::Query;
pub use model::{Model, Suggestion, predict, train};
