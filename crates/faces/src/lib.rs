//! How it is shown: pure functions from a [`Report`] to bytes. Faces compute no number.

pub mod report;

pub use report::Report;
