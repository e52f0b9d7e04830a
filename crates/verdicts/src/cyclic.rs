//! Cycles over modules: none of them can be changed, tested or given away alone.

use facts::Lens;
use measures::{Cycle, Evidence, Picture, Quantity, Subject};

use crate::{
    coupled,
    finding::{Finding, FindingKind, Severity, id},
};

/// A cycle of so many files is the core of the system.
const LARGE_FILES: usize = 50;
const MOST: usize = 2;

pub(crate) fn findings(lens: &Lens<'_>, picture: &Picture) -> Vec<Finding> {
    picture
        .cycle_list
        .iter()
        .filter(|cycle| cycle.modules.len() > 1 && !cycle.witness.is_empty())
        .take(MOST)
        .map(|cycle| finding(lens, cycle))
        .collect()
}

fn finding(lens: &Lens<'_>, cycle: &Cycle) -> Finding {
    let mut round: Vec<&str> = cycle
        .witness
        .iter()
        .filter_map(|&file| lens.structure.module(file))
        .map(|module| coupled::name(lens, module))
        .collect();
    round.dedup();
    if round.first() == round.last() && round.len() > 1 {
        round.pop();
    }
    let way = match round.first() {
        Some(first) if round.len() > 1 => format!("; a shortest way round: {} → {first}", round.join(" → ")),
        _ => String::new(),
    };
    let names: Vec<&str> = cycle.modules.iter().map(|&module| coupled::name(lens, module)).collect();
    Finding {
        id: id(FindingKind::Cycle, &names),
        kind: FindingKind::Cycle,
        severity: if cycle.files.len() >= LARGE_FILES { Severity::Medium } else { Severity::Low },
        subject: cycle.modules.first().map_or(Subject::System, |&module| Subject::Module(module)),
        title: format!(
            "a cycle of {} files runs through {} modules{way}",
            cycle.files.len(),
            cycle.modules.len()
        ),
        advice: "Cut where the fewest names lead the wrong way: move what is named to the side that is named most, or put an interface between.".into(),
        quantities: vec![
            Quantity { name: "files", value: Some(cycle.files.len() as f64) },
            Quantity { name: "modules", value: Some(cycle.modules.len() as f64) },
            Quantity { name: "way_round_files", value: Some(cycle.witness.len() as f64) },
        ],
        evidence: Evidence { files: cycle.witness.clone(), ..Evidence::default() },
    }
}
