//! A system whose truth is known: what the report finds in it, and what it does not make up.

use std::collections::BTreeSet;

use testkit::repo::{
    Sandbox,
    planted::{Plan, plant},
};

use crate::stage::json;

/// Pairs of modules the report calls coupled.
fn found(report: &serde_json::Value) -> BTreeSet<(String, String)> {
    let couplings = report["couplings"].as_array().expect("couplings are a list");
    couplings
        .iter()
        .map(|coupling| {
            let name = |side: &str| coupling[side].as_str().expect("modules have names").to_owned();
            let (a, b) = (name("a"), name("b"));
            if a < b { (a, b) } else { (b, a) }
        })
        .collect()
}

#[test]
fn planted_pairs_are_found_and_few_others() {
    let (mut planted, mut right, mut told) = (0, 0, 0);
    for seed in 1..=6 {
        let sandbox = Sandbox::new();
        let system = plant(Plan { seed, ..Plan::default() });
        let repository = sandbox.repository("shop", &system.history);
        let found = found(&json(&sandbox, &repository, &["--no-cache"]));
        let truth: BTreeSet<_> = system.pairs.into_iter().collect();
        planted += truth.len();
        right += truth.intersection(&found).count();
        told += found.len();
    }
    let (recall, precision) = (right as f64 / planted as f64, right as f64 / told as f64);
    assert!(recall >= 0.9 && precision >= 0.95, "recall {recall:.2}, precision {precision:.2}");
}

#[test]
fn nothing_is_found_where_nothing_was_planted() {
    for seed in 11..=16 {
        let sandbox = Sandbox::new();
        let system = plant(Plan { seed, pairs: 0, noise_percent: 25, ..Plan::default() });
        let repository = sandbox.repository("shop", &system.history);
        assert_eq!(found(&json(&sandbox, &repository, &["--no-cache"])), BTreeSet::new(), "seed {seed}");
    }
}

#[test]
fn modules_and_declared_teams_are_those_planted() {
    let sandbox = Sandbox::new();
    let system = plant(Plan { codeowners: true, changes: 400, ..Plan::default() });
    let repository = sandbox.repository("shop", &system.history);
    let report = json(&sandbox, &repository, &[]);
    let names = |of: &str| -> Vec<String> {
        let list = report["structure"][of].as_array().expect("a list");
        list.iter().map(|one| one["name"].as_str().expect("a name").to_owned()).collect()
    };
    let modules = names("modules");
    for module in &system.modules {
        assert!(modules.contains(module), "{module} is not among {modules:?}");
    }
    assert_eq!(report["structure"]["ownership"], "declared");
    let teams = names("teams");
    for team in 0..system.modules.len() / 4 {
        assert!(teams.contains(&format!("@shop/team-{team}")), "team {team} is not among {teams:?}");
    }
}

#[test]
fn costs_of_boundaries_add_up_to_the_whole() {
    let sandbox = Sandbox::new();
    let system = plant(Plan { codeowners: true, changes: 600, ..Plan::default() });
    let repository = sandbox.repository("shop", &system.history);
    let report = json(&sandbox, &repository, &[]);
    let coordination = &report["measures"]["coordination"];
    let parts = coordination["parts"].as_array().expect("a list");
    let sum: f64 = parts
        .iter()
        .filter(|part| part["kind"] == "team-pair")
        .filter_map(|part| part["share"].as_f64())
        .sum();
    assert!(parts.len() > 3 && (sum - 1.0).abs() < 1e-9, "{} parts add up to {sum}", parts.len());
}
