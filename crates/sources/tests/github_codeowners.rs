//! GitHub CODEOWNERS against the public conformance table.

use std::collections::BTreeMap;

use sources::{
    ownership::{self, Dialect, Found},
    tree::Tree,
};

/// A tree of one file.
struct OneFile {
    paths: Vec<Vec<u8>>,
    content: String,
}

impl Tree for OneFile {
    fn paths(&self) -> &[Vec<u8>] {
        &self.paths
    }

    fn read(&self, _: &[u8]) -> Result<Vec<u8>, String> {
        Ok(self.content.clone().into_bytes())
    }

    fn is_link(&self, _: &[u8]) -> bool {
        false
    }
}

#[derive(serde::Deserialize)]
struct Case {
    pattern: String,
    paths: BTreeMap<String, bool>,
}

#[test]
fn agrees_with_all_153_cases() {
    let table = include_str!("../fixtures/github-codeowners/patterns.json");
    let cases: Vec<Case> = serde_json::from_str(table).expect("the table is JSON");
    let dialect = Dialect::named("github").expect("the dialect is registered");
    let mut checked = 0;
    let mut wrong = Vec::new();
    for case in &cases {
        let tree =
            OneFile { paths: vec![b"CODEOWNERS".to_vec()], content: format!("{} @owner\n", case.pattern) };
        let file = ownership::read(dialect, &tree, &Found { places: tree.paths.clone(), idle: Vec::new() });
        let problems = &file.rules().problems;
        assert!(problems.is_empty(), "{}: {problems:?}", case.pattern);
        for (path, expected) in &case.paths {
            checked += 1;
            if file.decide(path.as_bytes()).claims.is_empty() == *expected {
                wrong.push((case.pattern.as_str(), path.as_str(), *expected));
            }
        }
    }
    assert_eq!(wrong, []);
    assert_eq!((cases.len(), checked), (30, 153));
}
