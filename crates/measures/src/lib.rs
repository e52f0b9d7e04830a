//! What it amounts to: one pure function a file, from facts seen through a lens to a [`Measurement`].
//!
//! No measure reads a file, a clock, the environment or a random source.

pub mod measurement;
pub mod picture;

pub use measurement::{Estimate, Evidence, Measurement, Part, Point, Quantity, Subject, UnitOfValue};
pub use picture::{Coupling, CouplingKind, FilePair, Picture};
