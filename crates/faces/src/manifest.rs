//! A manifest as JSON: what all files together declare.

use facts::{
    Manifest,
    manifest::{Charge, Place},
    time,
};
use serde_json::{Value, json};

use crate::document::written;

/// The manifest, with where each thing is written.
pub fn json(manifest: &Manifest) -> String {
    let place = |place: &Place| json!({"file": place.file, "line": place.line});
    let day = |moment: Option<i64>| moment.map(time::date);
    let teams: Vec<Value> = manifest
        .teams
        .iter()
        .map(|team| {
            let members: Vec<Value> = team
                .members
                .iter()
                .map(|one| json!({"person": one.person, "since": day(one.since), "until": day(one.until.map(|end| end - time::DAY))}))
                .collect();
            json!({"id": team.id, "type": team.kind, "handles": team.handles, "members": members, "at": place(&team.place)})
        })
        .collect();
    let modules: Vec<Value> = manifest
        .modules
        .iter()
        .map(|module| {
            json!({
                "id": module.id,
                "paths": module.paths.iter().map(|(path, _)| path).collect::<Vec<_>>(),
                "owner": module.owner.as_ref().map(|(owner, _)| owner),
                "layer": module.layer,
                "interface": module.interface,
                "depends_on": module.depends_on,
                "visible_to": module.visible_to,
                "strict": module.strict,
                "at": place(&module.place),
            })
        })
        .collect();
    let rules: Vec<Value> = manifest
        .rules
        .iter()
        .map(|rule| json!({"id": rule.id, "type": rule.kind, "from": rule.from, "to": rule.to, "transitive": rule.transitive, "level": if rule.by_file { "file" } else { "module" }, "severity": rule.level.name(), "owner": rule.owner, "because": rule.because, "at": place(&rule.place)}))
        .collect();
    let change_rules: Vec<Value> = manifest
        .change_rules
        .iter()
        .map(|rule| json!({"id": rule.id, "modules": rule.modules, "max_teams": rule.max_teams, "max_approvals": rule.max_approvals, "no_undeclared_boundary": rule.no_undeclared_boundary, "usual_partner": rule.usual_partner, "no_new_hidden_constraint": rule.no_new_hidden_constraint, "min_independence": rule.min_independence, "severity": rule.level.name(), "window_days": rule.window_days, "because": rule.because, "at": place(&rule.place)}))
        .collect();
    let exemptions: Vec<Value> = manifest
        .exemptions
        .iter()
        .map(|one| json!({"rule": one.rule, "from": one.from, "to": one.to, "reason": one.reason, "owner": one.owner, "expires": time::date(one.expires - time::DAY), "at": place(&one.place)}))
        .collect();
    let (ownership, check) = (&manifest.ownership, &manifest.check);
    written(&json!({
        "schema": "unsnarl.manifest/1",
        "files": manifest.files,
        "system": {"name": manifest.system, "unit": manifest.unit},
        "teams": teams,
        "modules": modules,
        "layers": manifest.layers.order,
        "closed_layers": manifest.layers.closed,
        "layers_transitive": manifest.layers.transitive,
        "rules": rules,
        "change_rules": change_rules,
        "exemptions": exemptions,
        "ownership": {
            "sources": ownership.sources,
            "emit": ownership.emit.iter().map(|(dialect, path)| json!({"dialect": dialect, "path": path})).collect::<Vec<_>>(),
            "require_owner": ownership.require_owner,
            "require_lead": ownership.require_lead,
            "teams": ownership.teams,
        },
        "check": {
            "charge": match check.charge { Charge::Depending => "depending", Charge::Defining => "defining" },
            "kinds": check.kinds,
            "allow": check.allow,
            "warn": check.warn,
        },
    }))
}
