//! More files reach each other than did.

use measures::stats::graph::{Graph, components, shortest_cycle};

use super::{Ground, Held, Rule, Violation, reach::way};

pub(super) const RULE: Rule = Rule {
    code: "U110",
    name: "core-growth",
    holds: "No file becomes part of a circle of files, where a `[[rule]]` of type acyclic with level = \"file\" looks.",
    why: "The core, files that all reach each other, is where a change can come out anywhere. It grows one import at a time, and never shrinks by itself.",
    example: "[[rule]]\nid = \"core-does-not-grow\"\ntype = \"acyclic\"\nlevel = \"file\"                     # from = [\"billing\"] for the files of some modules",
    way_out: "Take out the import that closes the circle; the way round is printed with it.",
    limits: "A violation is a file, so that an old core may be recorded and each file that joins it fails. Types that are gone when the program runs count: [check] kinds = [\"runtime\"] leaves them out.",
};

pub(super) fn hold(ground: &Ground<'_>, held: &mut Held) {
    for contract in ground.contracts("acyclic").filter(|contract| contract.by_file) {
        let selected = (!contract.from.is_empty()).then(|| ground.select(&contract.from));
        let counts = |file: u32| selected.as_ref().is_none_or(|some| some.has(file));
        // A circle may lead outside of what is selected, and is one all the same.
        let edges: Vec<(u32, u32)> = ground.pairs.iter().map(|pair| (pair.from, pair.to)).collect();
        let graph = Graph::new(ground.standing.paths.len(), &edges);
        let settled = components(&graph);
        let read = ground.standing.dependencies.files.iter().filter(|one| counts(one.file)).count();
        let told = format!("circles among {}", crate::audit::count(read as u64, "file"));
        held.used(&RULE, Some(contract), read as u64, told);
        for members in settled.members.iter().filter(|members| members.len() > 1) {
            for &file in members.iter().filter(|file| counts(**file)) {
                let circle = shortest_cycle(&graph, &settled, file);
                let closed: Vec<u32> = circle.iter().chain(circle.first()).copied().collect();
                let what = format!(
                    "`{}` is one of {} that reach each other: {}",
                    ground.standing.text(file),
                    crate::audit::count(members.len() as u64, "file"),
                    way(ground, &closed)
                );
                let pair = ground.from(file).iter().find(|pair| Some(&pair.to) == closed.get(1));
                let Some(&pair) = pair else { continue };
                let way_out = "take out one import of the circle, the one that is needed least".to_owned();
                held.violations.push(Violation {
                    to: String::new(),
                    to_module: None,
                    chain: closed.iter().map(|&file| ground.standing.text(file)).collect(),
                    ..ground.by_pair(&RULE, Some(contract), pair, what, way_out)
                });
            }
        }
    }
}
