//! The whole ledger of a report: what every step left out, in the order of the steps.

use facts::Omission;

use crate::Report;

/// Every line, mining first.
pub(crate) fn lines<'r>(report: &'r Report<'_>) -> Vec<&'r Omission> {
    let measured = report.picture.measurements().into_iter().flat_map(|measurement| &measurement.ledger);
    report
        .facts
        .ledger
        .iter()
        .chain(&report.structure.ledger)
        .chain(&report.lens.ledger)
        .chain(&report.picture.ledger)
        .chain(measured)
        .collect()
}
