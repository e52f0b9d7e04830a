//! Changes flowing through teams, and what they would take if something were otherwise.

pub mod queue;
