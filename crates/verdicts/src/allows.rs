//! Whether the manifest lets one module depend on another, by what it says of modules and of layers.
//!
//! `[[rule]]` contracts are not asked: they speak of files, and of ways through others. The check holds all of it.

use facts::{Manifest, manifest::DeclaredModule};

/// Whether the module called `from` may depend on that called `to`; `None` where one of them is not declared, or nothing
/// is said of the two.
pub fn allows(manifest: &Manifest, from: &str, to: &str) -> Option<bool> {
    let declared = |name: &str| manifest.modules.iter().find(|module| module.id == name);
    let (from, to) = (declared(from)?, declared(to)?);
    let lists = |words: &Vec<String>, module: &DeclaredModule| {
        words.iter().any(|word| match word.strip_prefix("layer:") {
            Some(layer) => module.layer.as_deref() == Some(layer),
            None => *word == module.id,
        })
    };
    let by_from = from.depends_on.as_ref().map(|words| lists(words, to));
    let by_to = to.visible_to.as_ref().map(|words| lists(words, from));
    let said: Vec<bool> = [by_from, by_to, by_layers(manifest, from, to)].into_iter().flatten().collect();
    (!said.is_empty()).then(|| said.iter().all(|may| *may))
}

/// Down, and not past a closed layer; within a layer nothing is said.
fn by_layers(manifest: &Manifest, from: &DeclaredModule, to: &DeclaredModule) -> Option<bool> {
    let layers = &manifest.layers;
    let position = |name: &String| layers.order.iter().position(|layer| layer == name);
    let of = |module: &DeclaredModule| module.layer.as_ref().and_then(position);
    let (above, below) = (of(from)?, of(to)?);
    let mut closed = layers.closed.iter().filter_map(position);
    (above != below).then(|| above < below && !closed.any(|layer| above < layer && layer < below))
}

#[cfg(test)]
mod tests {
    use facts::manifest::Layers;

    use super::*;

    fn module(
        id: &str,
        layer: &str,
        depends_on: Option<&[&str]>,
        visible_to: Option<&[&str]>,
    ) -> DeclaredModule {
        let words =
            |list: Option<&[&str]>| list.map(|list| list.iter().map(|&word| word.to_owned()).collect());
        DeclaredModule {
            id: id.to_owned(),
            layer: (!layer.is_empty()).then(|| layer.to_owned()),
            depends_on: words(depends_on),
            visible_to: words(visible_to),
            ..DeclaredModule::default()
        }
    }

    #[test]
    fn modules_and_layers_say_who_may_depend_on_whom() {
        let order = ["ui", "domain", "store"].map(str::to_owned).to_vec();
        let manifest = Manifest {
            modules: vec![
                module("web", "ui", None, None),
                module("billing", "domain", Some(&["ledger", "layer:store"]), None),
                module("ledger", "", None, Some(&["billing"])),
                module("tables", "store", None, None),
                module("loose", "", None, None),
            ],
            layers: Layers { order, closed: vec!["domain".to_owned()], ..Layers::default() },
            ..Manifest::default()
        };
        for (from, to, expected) in [
            ("billing", "ledger", Some(true)),
            ("billing", "tables", Some(true)),
            ("billing", "web", Some(false)),
            ("web", "ledger", Some(false)),
            ("web", "billing", Some(true)),
            ("web", "tables", Some(false)),
            ("tables", "web", Some(false)),
            ("web", "loose", None),
            ("loose", "web", None),
            ("billing", "nobody", None),
        ] {
            assert_eq!(allows(&manifest, from, to), expected, "{from} on {to}");
        }
    }
}
