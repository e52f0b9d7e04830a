//! Statistics without a word of the domain. Each file names its source; tests hold it to a reference.

pub mod chance;
pub mod concentration;
pub mod discovery;
pub mod graph;
pub mod interval;
pub mod tail;
