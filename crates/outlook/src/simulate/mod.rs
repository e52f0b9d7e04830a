//! Changes flowing through teams, and what they would take if something were otherwise.
//!
//! ```text
//! history ─▶ model ─▶ flow ◀─ queue          one run: every change asks whom it needs, waits, is looked at
//!              │        ▲
//!           what-if    fit ─▶ check           parameters that give what was seen; held to what was not
//!              └────────┴──▶ answer           many runs, and what they agree on
//! ```
//!
//! [`queue`] knows no word of the domain. [`calibrated`] puts the rest together.

pub mod answer;
pub mod calibrated;
pub mod check;
pub mod fit;
pub mod flow;
pub mod model;
#[cfg(test)]
mod planted;
pub mod queue;
pub mod whatif;

pub use calibrated::{Calibrated, Curve, Scenario, Standard};
pub use model::{Approval, MergeQueue};
pub use whatif::{More, WhatIf};
