//! Asks a forge what it says of pull requests: the one place that uses the network, and only when it is told to.
//!
//! A crate of its own, so that nothing else is built with, or linked to, a network client. It hands on what the forge
//! answered, a page at a time; `sources` knows what the answers mean.
//!
//! | file | does |
//! |---|---|
//! | [`client`] | one question over HTTP: who may ask, how long to wait, when to try again |
//! | [`pulls`] | all pull requests, the latest updated first, from a place to go on at |
//! | [`error`] | why there is no answer |

pub mod client;
pub mod error;
pub mod pulls;

pub use client::{Client, Patience, Token};
pub use error::Error;
pub use pulls::{Page, Pulls};
