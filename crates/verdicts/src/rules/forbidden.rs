//! A dependency the manifest forbids.

use super::{Ground, Held, Rule, Violation, ground::Pair};

pub(super) const RULE: Rule = Rule {
    code: "U105",
    name: "forbidden-dependency",
    holds: "Nothing that a `[[rule]]` of type forbidden starts from names anything it leads to.",
    why: "Some dependencies were decided against, and the reason is forgotten long before the temptation is.",
    example: "[[rule]]\nid = \"no-orm-in-views\"\ntype = \"forbidden\"\nfrom = [\"web\", \"legacy/**\"]          # modules, layer:NAME, patterns\nto = [\"layer:storage\", \"external:sqlalchemy\"]\nbecause = \"docs/decisions/0007-no-orm-in-views.md\"",
    way_out: "Do what the decision behind the rule says; where it cannot be done now, an [[exemption]] with reason, owner and end.",
    limits: "It looks at what a file names itself; transitive = true looks at ways through others (U106). A module that stands on both sides may use itself.",
};

pub(super) fn hold(ground: &Ground<'_>, held: &mut Held) {
    for contract in ground.contracts("forbidden").filter(|contract| !contract.transitive) {
        let (from, to) = (ground.select(&contract.from), ground.select(&contract.to));
        let told = format!("{} may not depend on {}", from.told(), to.told());
        held.used(&RULE, Some(contract), from.count(), told);
        let broken =
            |pair: &&Pair| from.has(pair.from) && to.has(pair.to) && !from.stays_within(ground, &to, **pair);
        for &pair in ground.pairs.iter().filter(broken) {
            let what = format!(
                "`{}` depends on `{}`, which rule {} forbids",
                ground.standing.text(pair.from),
                ground.standing.text(pair.to),
                contract.id
            );
            held.violations.push(ground.by_pair(&RULE, Some(contract), pair, what, way_out(contract)));
        }
        for (file, package, edge) in &ground.externals {
            if from.has(*file) && to.has_external(package) {
                held.violations.push(external(ground, &RULE, contract, *file, package, *edge));
            }
        }
    }
    // One file may name a package in many lines.
    held.violations.dedup_by(|later, earlier| {
        later.rule == earlier.rule
            && later.contract == earlier.contract
            && later.to.starts_with("external:")
            && (&later.from, &later.to) == (&earlier.from, &earlier.to)
    });
}

pub(super) fn way_out(contract: &facts::manifest::DeclaredRule) -> String {
    format!(
        "do without, or write an [[exemption]] with reason, owner and end; the rule is {}:{}",
        contract.place.file, contract.place.line
    )
}

/// A file names a package outside that it may not.
pub(super) fn external(
    ground: &Ground<'_>,
    rule: &'static Rule,
    contract: &facts::manifest::DeclaredRule,
    file: u32,
    package: &str,
    edge: u32,
) -> Violation {
    let what = format!(
        "`{}` depends on the package {package}, which rule {} forbids",
        ground.standing.text(file),
        contract.id
    );
    let edge = &ground.standing.dependencies.edges[edge as usize];
    let path = ground.standing.text(file);
    Violation {
        contract: Some(contract.id.clone()),
        level: contract.level,
        to: format!("external:{package}"),
        sites: vec![super::Site { path: path.clone(), line: edge.line, specifier: edge.specifier.clone() }],
        because: contract.because.clone(),
        ..ground.at(rule, ("", 0), &path, what, way_out(contract))
    }
}
