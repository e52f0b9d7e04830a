//! Parts that may not depend on each other, do.

use super::{
    Ground, Held, Rule, forbidden,
    reach::{Reach, way},
};

pub(super) const RULE: Rule = Rule {
    code: "U108",
    name: "broken-independence",
    holds: "Of what a `[[rule]]` of type independence lists in `from`, none depends on another; with transitive = true, not through others either.",
    why: "Parts that are to be changed, shipped or given away one by one must not know each other.",
    example: "[[rule]]\nid = \"plugins-know-no-plugin\"\ntype = \"independence\"\nfrom = [\"plugins/a\", \"plugins/b\", \"plugins/c\"]   # each module, or pattern, is one part\ntransitive = true",
    way_out: "Move what both need to a third part both may use, or merge two parts that are one.",
    limits: "Each word of `from` is one part: `layer:plugins` is a single part, not one for each module of the layer.",
};

pub(super) fn hold(ground: &Ground<'_>, held: &mut Held) {
    for contract in ground.contracts("independence") {
        let parts: Vec<_> =
            contract.from.iter().map(|word| ground.select(std::slice::from_ref(word))).collect();
        let files: u64 = parts.iter().map(super::selection::Selection::count).sum();
        let told = format!("{} parts with {} stand alone", parts.len(), crate::audit::count(files, "file"));
        held.used(&RULE, Some(contract), files, told);
        let part_of = |file: u32| parts.iter().position(|part| part.has(file));
        if !contract.transitive {
            for &pair in &ground.pairs {
                let (Some(from), Some(to)) = (part_of(pair.from), part_of(pair.to)) else { continue };
                if from != to {
                    let what = format!(
                        "`{}` depends on `{}`, and rule {} has both stand alone",
                        contract.from[from], contract.from[to], contract.id
                    );
                    held.violations.push(ground.by_pair(
                        &RULE,
                        Some(contract),
                        pair,
                        what,
                        forbidden::way_out(contract),
                    ));
                }
            }
            continue;
        }
        for (to, part) in parts.iter().enumerate() {
            // A way through a third part is told where it enters that one.
            let reach = Reach::back_from(ground, part.files(), |file| part_of(file).is_none());
            for &pair in &ground.pairs {
                let Some(from) = part_of(pair.from).filter(|&from| from != to) else { continue };
                let leaves = part_of(pair.to).is_none_or(|end| end == to);
                if !leaves || !reach.has(pair.to) {
                    continue;
                }
                let chain = reach.chain(pair.from, pair.to);
                let what = format!(
                    "`{}` leads to `{}`, and rule {} has both stand alone: {}",
                    contract.from[from],
                    contract.from[to],
                    contract.id,
                    way(ground, &chain)
                );
                let mut violation =
                    ground.by_pair(&RULE, Some(contract), pair, what, forbidden::way_out(contract));
                violation.chain = chain.iter().map(|&file| ground.standing.text(file)).collect();
                held.violations.push(violation);
            }
        }
    }
    // One dependency may lead to several parts: it is one thing to mend.
    let mut seen = std::collections::BTreeSet::new();
    held.violations.retain(|one| {
        one.rule != &RULE || seen.insert((one.contract.clone(), one.from.clone(), one.to.clone()))
    });
}
