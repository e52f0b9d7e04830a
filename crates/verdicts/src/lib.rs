//! Whether it holds: measurements become findings. Thresholds live here, never in measures.

mod allows;
pub mod audit;
mod boundary;
pub mod check;
pub mod compare;
mod coupled;
mod cyclic;
pub mod debt;
pub mod drift;
pub mod finding;
mod fingerprint;
mod hidden;
mod knowledge;
mod loosened;
mod moved;
pub mod moving;
mod ownership;
pub mod rules;
pub mod tally;
pub mod trust;

pub use allows::allows;
pub use finding::{Finding, FindingKind, Severity};
pub use loosened::loosened;

use facts::Lens;
use measures::Picture;

/// More findings than this are a list nobody reads; the rest stays in the measurements.
const MOST: usize = 12;

/// What is worth a person's time, the most pressing first.
pub fn findings(lens: &Lens<'_>, picture: &Picture) -> Vec<Finding> {
    let mut all: Vec<Finding> = [
        ownership::findings(lens, picture),
        boundary::findings(lens, picture),
        hidden::findings(lens, picture),
        coupled::findings(lens, picture),
        cyclic::findings(lens, picture),
        knowledge::findings(lens, picture),
    ]
    .into_iter()
    .flatten()
    .collect();
    // Stable: within a severity, kinds keep the order above and findings the order of their weight.
    all.sort_by_key(|finding| finding.severity);
    all.truncate(MOST);
    all
}
