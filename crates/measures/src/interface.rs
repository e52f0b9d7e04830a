//! Interface breadth: how much of a module others use directly.

use facts::{Basis, FileId, Lens, ModuleId, dependencies::FileGraph};

use crate::{
    Estimate, Evidence, Measurement, Part, Point, Quantity, Subject, UnitOfValue, description::Description,
    design,
};

/// See the module.
pub const MEASURE: Description = Description {
    name: "interface_breadth",
    question: "How much of a module do others use directly?",
    definition: "A file is part of a module's interface when a file of another module that is no test names it. The value is the share of files that are, over modules somebody uses and which have at least two files; parts are those modules, the broadest interface first.",
    reads: &["dependencies", "files", "modules"],
    unit: "share of files, 0 to 1",
    source: "interface files as in Parnas's information hiding (1972), counted",
    limits: "It says what is used, not what was meant to be used. A module of types that everybody needs is all interface, and that may be right. Where a language names packages (Go), the file is told from the symbol that is taken.",
};

/// Computes it through a lens.
pub fn compute(lens: &Lens<'_>) -> Measurement {
    let Some(files) = design::now(lens) else {
        return design::nothing(MEASURE.name, UnitOfValue::Share);
    };
    let interfaces = interfaces(lens, &files);
    let whole = whole(&interfaces);
    let nobody = "no module of two files or more is used by another";
    let notes = if whole.value.is_none() { vec![nobody.to_owned()] } else { Vec::new() };
    Measurement {
        name: MEASURE.name,
        unit: UnitOfValue::Share,
        basis: Basis::Inferred,
        whole,
        recent: None,
        series: design::before(lens)
            .map(|(period, files)| Point {
                period,
                estimate: self::whole(&self::interfaces(lens, files)),
                partial: false,
            })
            .filter(|point| point.estimate.value.is_some())
            .collect(),
        parts: interfaces.into_iter().map(part).collect(),
        quantities: Vec::new(),
        notes,
        ledger: Vec::new(),
    }
}

/// A module that others use.
struct Interface {
    module: ModuleId,
    /// Files others name.
    used: Vec<FileId>,
    files: u64,
    users: u64,
}

impl Interface {
    fn breadth(&self) -> f64 {
        self.used.len() as f64 / self.files as f64
    }
}

fn interfaces(lens: &Lens<'_>, files: &FileGraph) -> Vec<Interface> {
    let own = design::files_of_modules(lens, files);
    let mut out: Vec<Interface> = Vec::new();
    let mut between = design::between_modules(lens, files);
    between.sort_by_key(|(user, used, ..)| (*used, *user));
    for (_, used, _, used_files) in between {
        if out.last().is_none_or(|one| one.module != used) {
            out.push(Interface { module: used, used: Vec::new(), files: own[used.index()], users: 0 });
        }
        if let Some(one) = out.last_mut() {
            one.used.extend(used_files);
            one.users += 1;
        }
    }
    out.retain(|one| one.files >= 2);
    for one in &mut out {
        one.used.sort_unstable();
        one.used.dedup();
    }
    out.sort_by(|a, b| {
        b.breadth().total_cmp(&a.breadth()).then(b.files.cmp(&a.files)).then(a.module.cmp(&b.module))
    });
    out
}

fn whole(interfaces: &[Interface]) -> Estimate {
    let used: usize = interfaces.iter().map(|one| one.used.len()).sum();
    let files: u64 = interfaces.iter().map(|one| one.files).sum();
    Estimate {
        value: (files > 0).then(|| used as f64 / files as f64),
        interval: None,
        count: used as f64,
        of: files,
    }
}

fn part(one: Interface) -> Part {
    Part {
        subject: Subject::Module(one.module),
        estimate: Estimate {
            value: Some(one.breadth()),
            interval: None,
            count: one.used.len() as f64,
            of: one.files,
        },
        share: None,
        state: None,
        quantities: vec![Quantity { name: "modules_using_it", value: Some(one.users as f64) }],
        evidence: Evidence { files: one.used.into_iter().take(10).collect(), ..Evidence::default() },
    }
}
