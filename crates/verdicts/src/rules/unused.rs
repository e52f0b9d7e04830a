//! A module lists one it no longer depends on.

use std::collections::BTreeSet;

use facts::{dependencies::Target, manifest::Level};

use super::{Ground, Held, Rule, Violation, selection::modules_of};

pub(super) const RULE: Rule = Rule {
    code: "U111",
    name: "unused-dependency",
    holds: "A module that lists another in `depends_on` names something of it, be it in a test.",
    why: "A permission nobody uses is taken up again without a decision: the list stays as long as the day it was longest.",
    example: "[[module]]\nid = \"billing\"\npaths = [\"billing/**\"]\ndepends_on = [\"ledger\", \"web\"]     # nothing in billing/ names anything of web/ any more",
    way_out: "Take it out of the list.",
    limits: "It is a warning: what is called through a framework, a message or reflection is not seen. Layers in the list, and modules whose code is not read, are not asked.",
};

pub(super) fn hold(ground: &Ground<'_>, held: &mut Held) {
    let standing = ground.standing;
    let used: BTreeSet<(u32, u32)> = standing
        .dependencies
        .edges
        .iter()
        .filter_map(|edge| {
            let Target::File(to) = edge.to else { return None };
            Some((standing.module(edge.from)?, standing.module(to)?))
        })
        .collect();
    let read: BTreeSet<u32> =
        standing.dependencies.files.iter().filter_map(|one| standing.module(one.file)).collect();
    let mut looked = 0;
    for (at, module) in ground.manifest.modules.iter().enumerate() {
        let from = at as u32;
        for word in module.depends_on.iter().flatten().filter(|word| !word.starts_with("layer:")) {
            for to in modules_of(ground, word) {
                if !read.contains(&from) || !read.contains(&to) {
                    continue;
                }
                looked += 1;
                if used.contains(&(from, to)) {
                    continue;
                }
                let what = format!("`{}` lists `{word}` in depends_on and names nothing of it", module.id);
                let way_out = format!("take \"{word}\" out of the list");
                let place = (module.place.file.as_str(), module.place.line);
                held.violations.push(Violation {
                    level: Level::Warning,
                    to: word.clone(),
                    from_module: Some(from),
                    to_module: Some(to),
                    ..ground.at(&RULE, place, &module.id, what, way_out)
                });
            }
        }
    }
    if looked > 0 {
        held.used(&RULE, None, looked, format!("{} in depends_on", crate::audit::count(looked, "module")));
    }
}
