//! Whether it holds: measurements become findings. Thresholds live here, never in measures.

pub mod finding;

pub use finding::{Finding, FindingKind, Severity};
