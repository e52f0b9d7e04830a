//! A dependency that must be there and is not.

use super::{Ground, Held, Rule, reach::Reach, selection::modules_of};

pub(super) const RULE: Rule = Rule {
    code: "U107",
    name: "missing-dependency",
    holds: "Everything that a `[[rule]]` of type reachable starts from depends on something it leads to: a module as a whole, a pattern file by file.",
    why: "Some things hold only as long as everybody goes through one place: authorisation, the audit log, the feature flags.",
    example: "[[rule]]\nid = \"handlers-authorise\"\ntype = \"reachable\"\nfrom = [\"web/handlers/*.py\"]       # each file of a pattern; a module as a whole\nto = [\"auth\"]\ntransitive = true                  # through others will do",
    way_out: "Use what the rule asks for, or take the file out of the rule's from.",
    limits: "That a file names something does not say that it calls it. Only files whose language is read are asked.",
};

pub(super) fn hold(ground: &Ground<'_>, held: &mut Held) {
    for contract in ground.contracts("reachable") {
        let (from, to) = (ground.select(&contract.from), ground.select(&contract.to));
        let told = format!("{} must depend on {}", from.told(), to.told());
        held.used(&RULE, Some(contract), from.count(), told);
        let reach = contract.transitive.then(|| Reach::back_from(ground, to.files(), |_| true));
        let reaches = |file: u32| {
            to.has(file)
                || ground.from(file).iter().any(|pair| match &reach {
                    Some(reach) => reach.has(pair.to),
                    None => to.has(pair.to),
                })
                || ground.externals_of(file).iter().any(|(_, package, _)| to.has_external(package))
        };
        let read = &ground.standing.dependencies.files;
        let goal = contract.to.join(" or ");
        let mut miss = |name: &str, file: &str, line: u32, module: Option<u32>| {
            let what = format!("`{name}` does not depend on {goal}, and rule {} asks for it", contract.id);
            let way_out = format!(
                "use {goal}, or take it out of the rule ({}:{})",
                contract.place.file, contract.place.line
            );
            held.violations.push(super::Violation {
                contract: Some(contract.id.clone()),
                level: contract.level,
                from_module: module,
                to: goal.clone(),
                because: contract.because.clone(),
                ..ground.at(&RULE, (file, line), name, what, way_out)
            });
        };
        for word in &contract.from {
            let modules = modules_of(ground, word);
            for &module in &modules {
                let mut own = read.iter().filter(|one| ground.standing.module(one.file) == Some(module));
                if own.clone().next().is_some() && !own.any(|one| reaches(one.file)) {
                    let place = &ground.manifest.modules[module as usize].place;
                    miss(ground.module_name(Some(module)), &place.file, place.line, Some(module));
                }
            }
            if modules.is_empty() {
                let selected = ground.select(std::slice::from_ref(word));
                for one in read.iter().filter(|one| selected.has(one.file) && !one.test) {
                    if !reaches(one.file) {
                        let path = ground.standing.text(one.file);
                        miss(&path, &path, 0, ground.standing.module(one.file));
                    }
                }
            }
        }
    }
}
