//! Which further files a change is likely to need, learned from the history of its repository.
//!
//! ```text
//! past ─▶ candidates ─▶ signals ─▶ model ─▶ suggestions
//!   └───▶ decay, tarmaq, rose: one formula each, to compare with
//! ```
//!
//! A [`Lesson`] is what a [`Predictor`] learns from; [`suggest`](fn@suggest) asks it about a change in hand, and [`mod@backtest`] tells how well that
//! would have gone.

pub mod backtest;
pub mod candidates;
pub mod decay;
pub mod model;
pub mod pace;
pub mod past;
#[cfg(test)]
pub(crate) mod planted;
pub mod predictor;
pub mod question;
pub mod ranking;
pub mod rose;
pub mod rota;
pub mod signals;
pub mod split;
pub mod suggest;
pub mod tarmaq;
pub mod ties;
pub mod wiring;

pub use candidates::Query;
pub use past::Past;
pub use predictor::{Lesson, Predictor};
pub use suggest::{Because, Suggestion, Suggestions, suggest};
