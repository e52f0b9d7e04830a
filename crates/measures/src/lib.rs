//! What it amounts to: one pure function a file, from facts seen through a lens to a [`Measurement`].
//!
//! No measure reads a file, a clock, the environment or a random source. A new measure is one file here, one line
//! in [`MEASURES`] and one field of [`Picture`].

pub mod approvals;
pub mod concentration;
pub mod coordination;
pub mod coupling;
pub mod description;
pub mod independence;
pub mod knowledge;
pub mod locality;
pub mod measurement;
mod mechanical;
mod over;
pub mod ownership_clarity;
pub mod picture;
pub mod stats;

pub use description::Description;
pub use knowledge::Method;
pub use measurement::{Estimate, Evidence, Measurement, Part, Point, Quantity, Subject, UnitOfValue};
pub use picture::{Coupling, CouplingKind, FilePair, Picture, measure};

/// Every measure, in the order in which they are shown.
pub const MEASURES: [&Description; 8] = [
    &independence::MEASURE,
    &locality::MEASURE,
    &coordination::MEASURE,
    &approvals::MEASURE,
    &coupling::MEASURE,
    &ownership_clarity::MEASURE,
    &knowledge::MEASURE,
    &concentration::MEASURE,
];
