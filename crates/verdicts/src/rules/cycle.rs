//! Modules that depend on each other in a circle.

use measures::stats::graph::{Graph, components, shortest_cycle};
use rustc_hash::FxHashMap;

use super::{Ground, Held, Rule, Violation, ground::Pair, selection::modules_of};

pub(super) const RULE: Rule = Rule {
    code: "U109",
    name: "module-cycle",
    holds: "Modules that a `[[rule]]` of type acyclic names in `from`, or all of them, depend on each other in no circle.",
    why: "Modules in a circle are one module in several directories: none of them can be understood, tested, released or given to another team without the rest.",
    example: "[[rule]]\nid = \"no-cycles\"\ntype = \"acyclic\"                 # all modules; from = [\"layer:domain\"] for some\n\n# billing → ledger → billing breaks it twice: each step of the circle is one violation.",
    way_out: "Look for the step with the fewest dependencies: turn it round, or move what it needs to where both may use it.",
    limits: "A violation is a pair of modules, so that an old circle may be recorded and a new step in it still fails. Dependencies of tests do not count unless [check] kinds says so.",
};

/// Pairs of files a step keeps a place of.
const MOST_PAIRS: usize = 100;

pub(super) fn hold(ground: &Ground<'_>, held: &mut Held) {
    for contract in ground.contracts("acyclic").filter(|contract| !contract.by_file) {
        let among: Option<Vec<u32>> = (!contract.from.is_empty()).then(|| {
            let mut modules: Vec<u32> =
                contract.from.iter().flat_map(|word| modules_of(ground, word)).collect();
            modules.sort_unstable();
            modules.dedup();
            modules
        });
        let counts = |module: u32| among.as_ref().is_none_or(|some| some.binary_search(&module).is_ok());
        let mut steps: FxHashMap<(u32, u32), Vec<Pair>> = FxHashMap::default();
        for (pair, from, to) in ground.across() {
            if let (Some(from), Some(to)) = (from, to)
                && counts(from)
                && counts(to)
            {
                steps.entry((from, to)).or_default().push(pair);
            }
        }
        let modules = ground.manifest.modules.len();
        let mut edges: Vec<(u32, u32)> = steps.keys().copied().collect();
        edges.sort_unstable();
        let told = format!(
            "{}, {} between them",
            crate::audit::count(among.as_ref().map_or(modules, Vec::len) as u64, "module"),
            crate::audit::count(edges.len() as u64, "step")
        );
        held.used(&RULE, Some(contract), edges.len() as u64, told);
        let graph = Graph::new(modules, &edges);
        let settled = components(&graph);
        for (from, to) in edges {
            if settled.of[from as usize] != settled.of[to as usize] {
                continue;
            }
            // The shortest way back from the step's end closes the circle.
            let members = settled.members[settled.of[from as usize] as usize].len();
            let circle = circle(&graph, &settled, from, to);
            let names: Vec<&str> =
                circle.iter().chain(circle.first()).map(|&one| ground.module_name(Some(one))).collect();
            let pairs = &steps[&(from, to)];
            let more = match members - circle.len() {
                0 => String::new(),
                more => format!(" ({more} more in the same knot)"),
            };
            let what = format!("modules depend on each other in a circle: {}{more}", names.join(" → "));
            let way_out = format!(
                "this step rests on {} of files; turn it round, or move what it needs",
                crate::audit::count(pairs.len() as u64, "pair")
            );
            // One place a pair, so that what is not shown adds up to the pairs the step rests on.
            let sites = pairs.iter().take(MOST_PAIRS).filter_map(|&pair| {
                let of_pair = ground.by_pair(&RULE, Some(contract), pair, String::new(), String::new());
                of_pair.sites.into_iter().next()
            });
            let first = ground.by_pair(&RULE, Some(contract), pairs[0], what, way_out);
            held.violations.push(Violation {
                from: ground.module_name(Some(from)).to_owned(),
                to: ground.module_name(Some(to)).to_owned(),
                sites: sites.collect(),
                further_sites: pairs.len().saturating_sub(MOST_PAIRS) as u64,
                chain: names.iter().map(|&name| name.to_owned()).collect(),
                ..first
            });
        }
    }
}

/// A shortest circle that begins with a step.
fn circle(graph: &Graph, settled: &measures::stats::graph::Components, from: u32, to: u32) -> Vec<u32> {
    // Breadth first from the step's end until its start.
    let own = settled.of[from as usize];
    let mut before: FxHashMap<u32, u32> = FxHashMap::default();
    let mut open = std::collections::VecDeque::from([to]);
    while let Some(at) = open.pop_front() {
        if at == from {
            let mut back = vec![from];
            let mut at = from;
            while at != to {
                at = before[&at];
                back.push(at);
            }
            // The way runs backwards: from its end to its start.
            back[1..].reverse();
            return back;
        }
        for &next in graph.successors(at) {
            if settled.of[next as usize] == own && next != to && !before.contains_key(&next) {
                before.insert(next, at);
                open.push_back(next);
            }
        }
    }
    shortest_cycle(graph, settled, from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_begins_with_the_step() {
        // 0 → 1 → 2 → 0, and 2 → 3 → 2.
        let graph = Graph::new(4, &[(0, 1), (1, 2), (2, 0), (2, 3), (3, 2)]);
        let settled = components(&graph);
        assert_eq!(circle(&graph, &settled, 0, 1), [0, 1, 2]);
        assert_eq!(circle(&graph, &settled, 2, 0), [2, 0, 1]);
        assert_eq!(circle(&graph, &settled, 3, 2), [3, 2]);
    }
}
