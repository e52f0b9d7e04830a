//! Statistics without a word of the domain. Each file names its source; tests hold it to a reference.

pub mod chance;
pub mod concentration;
pub mod discovery;
pub mod forecast;
pub mod graph;
pub mod interval;
pub mod kendall;
pub mod kolmogorov;
pub mod onset;
pub mod quantile;
pub mod random;
pub mod regression;
pub mod scaling;
pub mod slope;
pub mod steps;
pub mod survival;
pub mod tail;
pub mod trend;
