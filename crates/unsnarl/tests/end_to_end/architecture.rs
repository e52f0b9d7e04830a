//! Invariant 1: the arrows between the crates are those that ARCHITECTURE.md draws.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

#[test]
fn crates_depend_on_each_other_in_one_direction() {
    let expected: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::from([
        ("unsnarl-facts", BTreeSet::new()),
        ("unsnarl-sources", BTreeSet::from(["unsnarl-facts"])),
        ("unsnarl-forge", BTreeSet::new()),
        ("unsnarl-imports", BTreeSet::from(["unsnarl-facts"])),
        ("unsnarl-measures", BTreeSet::from(["unsnarl-facts"])),
        ("unsnarl-verdicts", BTreeSet::from(["unsnarl-facts", "unsnarl-measures"])),
        ("unsnarl-outlook", BTreeSet::from(["unsnarl-facts", "unsnarl-measures"])),
        (
            "unsnarl-faces",
            BTreeSet::from(["unsnarl-facts", "unsnarl-measures", "unsnarl-verdicts", "unsnarl-outlook"]),
        ),
        (
            "unsnarl",
            BTreeSet::from([
                "unsnarl-facts",
                "unsnarl-forge",
                "unsnarl-sources",
                "unsnarl-imports",
                "unsnarl-measures",
                "unsnarl-verdicts",
                "unsnarl-outlook",
                "unsnarl-faces",
            ]),
        ),
        ("unsnarl-testkit", BTreeSet::new()),
    ]);
    let metadata = metadata();
    let packages = metadata["packages"].as_array().expect("cargo lists packages");
    let found: BTreeMap<&str, BTreeSet<&str>> = packages
        .iter()
        .map(|package| (package["name"].as_str().expect("packages have names"), own_dependencies(package)))
        .collect();
    assert_eq!(found, expected);
}

/// Dependencies on crates of this workspace, those for tests only left out.
fn own_dependencies(package: &serde_json::Value) -> BTreeSet<&str> {
    let dependencies = package["dependencies"].as_array().expect("cargo lists dependencies");
    dependencies
        .iter()
        .filter(|dependency| dependency["path"].is_string() && dependency["kind"] != "dev")
        .map(|dependency| dependency["name"].as_str().expect("dependencies have names"))
        .collect()
}

fn metadata() -> serde_json::Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs these tests");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON")
}
