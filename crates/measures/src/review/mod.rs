//! What review events tell of waiting.
//!
//! | module | says |
//! |---|---|
//! | [`journey`] | what each request went through, in hours |
//! | [`phases`] | how long each phase takes |
//! | [`waiting`] | who waits for whom |

pub mod journey;
pub mod phases;
pub mod waiting;

pub use journey::{Journey, Journeys, Phase};
