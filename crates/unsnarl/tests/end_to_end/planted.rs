//! A system whose truth is known: what the report finds in it, and what it does not make up.

use std::collections::BTreeSet;

use testkit::repo::{
    Commit, Sandbox,
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

/// Pairs of modules of a kind, each in order.
fn of_kind(report: &serde_json::Value, list: &str, kind: &str) -> BTreeSet<(String, String)> {
    let all = report[list].as_array().expect("a list");
    let name =
        |one: &serde_json::Value, side: &str| one[side].as_str().expect("modules have names").to_owned();
    all.iter()
        .filter(|one| one["kind"] == kind)
        .map(|one| {
            let (a, b) = (name(one, "a"), name(one, "b"));
            if a < b { (a, b) } else { (b, a) }
        })
        .collect()
}

#[test]
fn hidden_leaky_and_stable_are_told_apart() {
    let (mut hidden, mut leaky, mut stable) = ((0, 0, 0), (0, 0, 0), (0, 0, 0));
    let count = |tally: &mut (usize, usize, usize), truth: &[(String, String)], told: &BTreeSet<_>| {
        tally.0 += truth.len();
        tally.1 += truth.iter().filter(|pair| told.contains(*pair)).count();
        tally.2 += told.len();
    };
    for seed in 21..=26 {
        let sandbox = Sandbox::new();
        let plan =
            Plan { seed, modules: 24, pairs: 8, leaky: 3, stable: 6, changes: 2600, ..Plan::default() };
        let system = plant(plan);
        let repository = sandbox.repository("shop", &system.history);
        let report = json(&sandbox, &repository, &["--no-cache"]);
        count(&mut leaky, &system.pairs[..3], &of_kind(&report, "couplings", "leaky"));
        count(&mut hidden, &system.pairs[3..], &of_kind(&report, "couplings", "hidden"));
        count(&mut stable, &system.stable, &of_kind(&report, "boundaries", "stable"));
        assert_eq!(of_kind(&report, "couplings", "unknown"), BTreeSet::new());
    }
    for (name, (planted, right, told)) in [("hidden", hidden), ("leaky", leaky), ("stable", stable)] {
        let (recall, precision) = (right as f64 / planted as f64, right as f64 / told as f64);
        assert!(recall >= 0.9 && precision >= 0.95, "{name}: recall {recall:.2}, precision {precision:.2}");
    }
}

#[test]
fn releases_of_everything_neither_make_a_pair_nor_hide_one() {
    let sandbox = Sandbox::new();
    let mut system = plant(Plan { seed: 31, modules: 12, pairs: 4, changes: 1200, ..Plan::default() });
    for number in 0..300 {
        let mut release = Commit::new(format!("release {number}")).at(1_800_000_000 + number * 3_600);
        for module in &system.modules {
            release =
                release.write(format!("{module}/package.json"), format!("{{ \"version\": \"{number}\" }}\n"));
        }
        system.history.commit("main", release);
    }
    let repository = sandbox.repository("shop", &system.history);
    let report = json(&sandbox, &repository, &["--no-cache"]);
    let hidden = of_kind(&report, "couplings", "hidden");
    assert_eq!(hidden, system.pairs.into_iter().collect::<BTreeSet<_>>());
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
