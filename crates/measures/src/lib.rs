//! What it amounts to: one pure function a file, from facts seen through a lens to a [`Measurement`].
//!
//! No measure reads a file, a clock, the environment or a random source. A new measure is one file here, one line
//! in [`MEASURES`] and one field of [`Picture`].

pub mod approvals;
pub mod around;
mod author_teams;
pub mod boundaries;
pub mod capacity;
mod carried;
pub mod causes;
pub mod compare;
pub mod concentration;
pub mod coordination;
pub mod coupling;
pub mod cycles;
pub mod description;
mod design;
pub mod drift;
pub mod extent;
pub mod fan_out;
pub mod handoffs;
pub mod independence;
pub mod interface;
pub mod knowledge;
pub mod lead_time;
pub mod locality;
pub mod measurement;
mod mechanical;
mod over;
pub mod ownership_clarity;
pub mod party;
mod passes;
pub mod picture;
pub mod price;
pub mod process_load;
pub mod propagation;
pub mod release;
pub mod review;
pub mod rework;
pub mod stats;
pub mod took;

pub use boundaries::{Boundary, BoundaryKind, Names};
pub use causes::{Cause, CauseKind};
pub use cycles::Cycle;
pub use description::Description;
pub use knowledge::Method;
pub use measurement::{Estimate, Evidence, Measurement, Part, Point, Quantity, Subject, UnitOfValue};
pub use picture::{Coupling, CouplingKind, FilePair, Parameters, Picture, measure};

/// Every measure, in the order in which they are shown.
pub const MEASURES: [&Description; 16] = [
    &independence::MEASURE,
    &locality::MEASURE,
    &coordination::MEASURE,
    &approvals::MEASURE,
    &handoffs::MEASURE,
    &rework::MEASURE,
    &process_load::MEASURE,
    &coupling::MEASURE,
    &boundaries::MEASURE,
    &fan_out::MEASURE,
    &interface::MEASURE,
    &propagation::MEASURE,
    &cycles::MEASURE,
    &ownership_clarity::MEASURE,
    &knowledge::MEASURE,
    &concentration::MEASURE,
];

/// What commands measure in depth, of which the report holds a line at most.
pub const IN_DEPTH: [&Description; 5] =
    [&lead_time::MEASURE, &price::MEASURE, &drift::MEASURE, &capacity::MEASURE, &compare::MEASURE];
