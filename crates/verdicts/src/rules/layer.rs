//! A layer uses one above it, or reaches past one that is closed.
//!
//! ```text
//! order = [ui, application, domain]     ui ──▶ domain      in order, unless application is closed
//!                                       domain ──▶ ui      breaks it
//! transitive = true                     domain ──▶ (no layer) ──▶ ui   breaks it, too
//! ```

use super::{
    Ground, Held, Rule,
    reach::{Reach, way},
};

pub(super) const RULE: Rule = Rule {
    code: "U104",
    name: "layer-violation",
    holds: "A module uses its own layer and those below it, past none that is closed.",
    why: "What lies at the bottom is used by all. Once it uses what lies above, everything depends on everything, and no layer can be changed or tested alone.",
    example: "[layers]\norder = [\"ui\", \"application\", \"domain\"]\nclosed = [\"application\"]      # ui may not reach past it\ntransitive = true               # ways through modules without a layer count\n\n# a module of layer domain that imports one of layer ui breaks it.",
    way_out: "Turn the dependency round: let the lower layer define what it needs (a type, a callback) and the upper one provide it. Past a closed layer, go through it.",
    limits: "Modules without a layer may use and be used by all; with transitive, ways through them count.",
};

pub(super) fn hold(ground: &Ground<'_>, held: &mut Held) {
    let layers = &ground.manifest.layers;
    if layers.order.is_empty() {
        return;
    }
    let position = |name: &str| layers.order.iter().position(|layer| layer == name);
    let of_module: Vec<Option<usize>> =
        ground.manifest.modules.iter().map(|module| module.layer.as_deref().and_then(position)).collect();
    let of_file = |file: u32| ground.standing.module(file).and_then(|module| of_module[module as usize]);
    let closed: Vec<usize> = layers.closed.iter().filter_map(|name| position(name)).collect();
    let mut looked = 0;
    for (pair, _, _) in ground.across() {
        let (Some(from), Some(to)) = (of_file(pair.from), of_file(pair.to)) else { continue };
        looked += 1;
        let (what, way_out) = if to < from {
            let what = format!(
                "{} in layer {} depends on {} in layer {}, which lies above it",
                ground.called(ground.standing.module(pair.from)),
                layers.order[from],
                ground.called(ground.standing.module(pair.to)),
                layers.order[to]
            );
            (what, turn_round(ground))
        } else if let Some(&past) = closed.iter().find(|&&past| from < past && past < to) {
            let what = format!(
                "{} in layer {} reaches past the closed layer {} to {} in layer {}",
                ground.called(ground.standing.module(pair.from)),
                layers.order[from],
                layers.order[past],
                ground.called(ground.standing.module(pair.to)),
                layers.order[to]
            );
            let way_out = format!(
                "go through layer {}, which is closed: use what it offers, or let it offer what is needed ({}:{})",
                layers.order[past], layers.place.file, layers.place.line
            );
            (what, way_out)
        } else {
            continue;
        };
        held.violations.push(ground.by_pair(&RULE, None, pair, what, way_out));
    }
    if layers.transitive {
        through_others(ground, &of_file, held);
    }
    let modules = crate::audit::count(of_module.iter().flatten().count() as u64, "module");
    let looked_at = crate::audit::dependencies(looked);
    let told = format!("{modules} in {} layers, {looked_at} between them", layers.order.len());
    held.used(&RULE, None, looked, told);
}

/// Ways from a layer to one above it through files that have none.
fn through_others(ground: &Ground<'_>, of_file: &dyn Fn(u32) -> Option<usize>, held: &mut Held) {
    let order = &ground.manifest.layers.order;
    let without = |file: u32| of_file(file).is_none();
    let mut told = vec![false; ground.pairs.len()];
    for upper in 0..order.len() {
        let ends = (0..ground.standing.paths.len() as u32).filter(|&file| of_file(file) == Some(upper));
        let reach = Reach::back_from(ground, ends, without);
        for (at, pair) in ground.pairs.iter().enumerate() {
            let below = of_file(pair.from).is_some_and(|from| from > upper);
            if !below || !without(pair.to) || !reach.has(pair.to) || told[at] {
                continue;
            }
            told[at] = true;
            let chain = reach.chain(pair.from, pair.to);
            let from = of_file(pair.from).unwrap_or_default();
            let what = format!(
                "{} in layer {} reaches layer {}, which lies above it: {}",
                ground.called(ground.standing.module(pair.from)),
                order[from],
                order[upper],
                way(ground, &chain)
            );
            let mut violation = ground.by_pair(&RULE, None, *pair, what, turn_round(ground));
            violation.chain = chain.iter().map(|&file| ground.standing.text(file)).collect();
            held.violations.push(violation);
        }
    }
}

fn turn_round(ground: &Ground<'_>) -> String {
    let place = &ground.manifest.layers.place;
    format!(
        "let the lower layer define what it needs and the upper provide it; the order is {}:{}",
        place.file, place.line
    )
}
