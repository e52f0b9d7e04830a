//! GitHub CODEOWNERS against the public conformance table.

use std::collections::BTreeMap;

#[derive(serde::Deserialize)]
struct Case {
    pattern: String,
    paths: BTreeMap<String, bool>,
}

#[test]
fn agrees_with_all_153_cases() {
    let table = include_str!("../fixtures/github-codeowners/patterns.json");
    let cases: Vec<Case> = serde_json::from_str(table).expect("the table is JSON");
    let mut checked = 0;
    let mut wrong = Vec::new();
    for case in &cases {
        let file = sources::ownership::parse(format!("{} @owner\n", case.pattern).as_bytes());
        assert!(file.errors.is_empty(), "{}: {:?}", case.pattern, file.errors);
        for (path, expected) in &case.paths {
            checked += 1;
            if file.rule_for(path.as_bytes()).is_some() != *expected {
                wrong.push((case.pattern.as_str(), path.as_str(), *expected));
            }
        }
    }
    assert_eq!(wrong, []);
    assert_eq!((cases.len(), checked), (30, 153));
}
