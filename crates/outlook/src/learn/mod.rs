//! Learning from examples, deterministic and without a word of the domain.

pub mod forest;
pub mod isotonic;
