//! A change crosses a boundary nobody declared.

use facts::manifest::ChangeRule;

use super::{super::selection::modules_of, Ground, Rule, Seen, Violation, by_change};

pub(super) const RULE: Rule = Rule {
    code: "U402",
    name: "undeclared-boundary-crossed",
    holds: "A change touches no two modules of which neither declares to depend on the other.",
    why: "Modules that must change together without depending on each other share something nobody wrote down: a format, a copy, an assumption.",
    example: "[[change_rule]]\nid = \"along-declared-boundaries\"\nno_undeclared_boundary = true\n\n# a change to both web and ledger breaks it, where neither lists the other in depends_on.",
    way_out: "Split the change in two, or declare the dependency that is there in truth.",
    limits: "What a test names counts as declared: tests are no dependencies and go along all the same. A module without depends_on declares nothing: there what it names in truth counts as declared. Files of no module cross nothing, nor do those of a module that is everything else (`**`).",
};

pub(super) fn hold(ground: &Ground<'_>, rule: &ChangeRule, change: &Seen) -> Vec<Violation> {
    let modules = &ground.manifest.modules;
    let allows = |from: u32, to: u32| match &modules[from as usize].depends_on {
        Some(listed) => {
            listed.iter().any(|word| modules_of(ground, word).contains(&to)) || ground.tests(from, to)
        }
        None => ground.names(from, to) || ground.tests(from, to),
    };
    // What no other module holds is no part of its own: build files and READMEs go along with anything.
    let touched: Vec<u32> = change
        .modules
        .iter()
        .copied()
        .filter(|module| modules[*module as usize].paths.iter().any(|(path, _)| path != "**"))
        .collect();
    let mut out = Vec::new();
    for (at, &a) in touched.iter().enumerate() {
        for &b in &touched[at + 1..] {
            if allows(a, b) || allows(b, a) {
                continue;
            }
            let (first, second) = (&modules[a as usize].id, &modules[b as usize].id);
            let what = format!(
                "{} touches `{first}` and `{second}`, and neither declares to depend on the other",
                change.name
            );
            let way_out = "split it in two, or declare in depends_on what ties the two together".to_owned();
            let path_in = |module: u32| {
                change.paths.iter().find(|path| ground.module_of_path(path) == Some(module)).cloned()
            };
            let sites = [path_in(a), path_in(b)].into_iter().flatten().collect();
            let mut violation = by_change(ground, &RULE, rule, change, (what, way_out), sites);
            violation.from_module = Some(a);
            violation.to_module = Some(b);
            violation.to = format!("{first} and {second}");
            out.push(violation);
        }
    }
    out
}
