//! Reading back: what must agree to a change of a file, as a structure has it and as files say it.

use facts::{FileId, Structure, TeamId};

use crate::ownership::Layers;

/// What must agree to a change of a file: any one of each set, with its approvals; sorted.
pub(super) fn sets(structure: &Structure, file: FileId) -> Vec<(Vec<TeamId>, u32)> {
    let ownership = structure.ownership();
    let set = |set: u32| {
        let approvals = ownership.approvals.get(set as usize).copied().unwrap_or(1);
        (ownership.sets[set as usize].clone(), approvals)
    };
    let mut out: Vec<_> = ownership.sets(file).map(set).collect();
    out.sort();
    out.dedup();
    out
}

/// The same as ownership files say it of a path.
pub(super) fn told(layers: &Layers, path: &str, structure: &Structure) -> Vec<(Vec<TeamId>, u32)> {
    let Some((at, decision)) = layers.decide(path.as_bytes()) else { return Vec::new() };
    let rules = layers.layers[at].resolver.rules();
    let mut out = Vec::new();
    for claim in decision.claims.iter().filter(|claim| claim.required) {
        let names = rules.names_of(&claim.owners);
        // Where anybody may approve, nobody has to be asked.
        if names.contains(&"*") {
            continue;
        }
        let mut teams: Vec<TeamId> =
            names.iter().filter_map(|name| structure.team_of_owner.get(*name).copied()).collect();
        teams.sort_unstable();
        teams.dedup();
        if !teams.is_empty() {
            out.push((teams, claim.approvals));
        }
    }
    out.sort();
    out.dedup();
    out
}
