//! The whole ledger of a report: what every step left out, in the order of the steps.

use facts::{Omission, Omitted};

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

/// The lines for where there is little room: without what one measure alone leaves out, which the page and JSON tell.
pub(crate) fn brief<'r>(report: &'r Report<'_>) -> Vec<&'r Omission> {
    let of_one = |line: &&Omission| matches!(line.what, Omitted::UnknownTeams | Omitted::MechanicalTouches);
    lines(report).into_iter().filter(|line| !of_one(line)).collect()
}
