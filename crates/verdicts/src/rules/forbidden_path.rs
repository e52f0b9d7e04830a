//! A way the manifest forbids, through however many others.

use facts::manifest::DeclaredRule;

use super::{
    Ground, Held, Rule, Violation, forbidden,
    ground::Pair,
    reach::{Reach, way},
};

pub(super) const RULE: Rule = Rule {
    code: "U106",
    name: "forbidden-path",
    holds: "From nothing that a `[[rule]]` of type forbidden with transitive = true starts from is there any way to what it leads to.",
    why: "A dependency that was turned away at the front door comes in through a helper: what counts is whether a change over there can break this here.",
    example: "[[rule]]\nid = \"core-stands-alone\"\ntype = \"forbidden\"\nfrom = [\"core\"]\nto = [\"layer:ui\"]\ntransitive = true\n\n# core → shared → ui breaks it, and the way is printed.",
    way_out: "Break the way at its weakest step, which is rarely the first: look for the step nobody needs.",
    limits: "Each dependency that leaves `from` and leads there is one violation, with a shortest way; other ways behind the same dependency are not listed. One name resolved wrongly can make a way that is none.",
};

pub(super) fn hold(ground: &Ground<'_>, held: &mut Held) {
    for contract in ground.contracts("forbidden").filter(|contract| contract.transitive) {
        let (from, to) = (ground.select(&contract.from), ground.select(&contract.to));
        let told = format!("no way from {} to {}", from.told(), to.told());
        held.used(&RULE, Some(contract), from.count(), told);
        // Files that name a package outside which is forbidden are ends of their own.
        let mut names_package = vec![None; ground.standing.paths.len()];
        for (file, package, edge) in &ground.externals {
            if !to.has_external(package) {
                continue;
            }
            if from.has(*file) {
                held.violations.push(forbidden::external(ground, &RULE, contract, *file, package, *edge));
            } else {
                names_package[*file as usize] = Some(package.as_str());
            }
        }
        // A module that stands on both sides may use itself, by whatever way: what leaves it is asked for the others.
        let homes = from.wholly_with(&to);
        let of_home = |file: u32| ground.standing.module(file).filter(|module| homes.contains(module));
        for home in homes.iter().copied().map(Some).chain([None]) {
            let ends = to.files().filter(|&file| home.is_none() || ground.standing.module(file) != home);
            let outside = (0..names_package.len() as u32).filter(|&at| names_package[at as usize].is_some());
            let reach = Reach::back_from(ground, ends.chain(outside), |file| !from.has(file));
            for &pair in ground.pairs.iter().filter(|pair| {
                from.has(pair.from)
                    && of_home(pair.from) == home
                    && (to.has(pair.to) || !from.has(pair.to))
                    && reach.has(pair.to)
            }) {
                let chain = reach.chain(pair.from, pair.to);
                let package = chain.last().and_then(|&end| names_package[end as usize]);
                held.violations.push(broken(ground, contract, pair, &chain, package));
            }
        }
    }
}

/// A dependency that leaves, with the way it begins.
fn broken(
    ground: &Ground<'_>,
    contract: &DeclaredRule,
    pair: Pair,
    chain: &[u32],
    package: Option<&str>,
) -> Violation {
    let end = package.map_or(String::new(), |package| format!(" → {package}"));
    let what = format!("rule {} forbids the way {}{end}", contract.id, way(ground, chain));
    let mut violation = ground.by_pair(&RULE, Some(contract), pair, what, forbidden::way_out(contract));
    violation.chain = chain.iter().map(|&file| ground.standing.text(file)).collect();
    violation.chain.extend(package.map(|package| format!("external:{package}")));
    violation
}
