//! What a violation is called from one run to the next, for tools that follow it through time.

use std::collections::BTreeSet;

use twox_hash::XxHash3_64;

use crate::{check::Check, debt::Key};

impl Check {
    /// A name for each outcome, in their order: sixteen hexadecimal digits made of rule, from and to, and never of a
    /// line, so that moving code within its file leaves it as it is. No two of a check are the same: where several
    /// violations share rule, from and to, the later ones take in what they say.
    pub fn fingerprints(&self) -> Vec<String> {
        let mut taken: BTreeSet<String> = BTreeSet::new();
        let mut names = Vec::with_capacity(self.outcomes.len());
        for one in &self.outcomes {
            let key = Key::of(&one.violation);
            let mut parts = vec![key.rule.as_str(), &key.from, &key.to];
            let mut name = hashed(&parts);
            while !taken.insert(name.clone()) {
                parts.push(&one.violation.what);
                name = hashed(&parts);
            }
            names.push(name);
        }
        names
    }
}

/// No path holds a zero byte, so what is joined by one cannot be taken apart in two ways.
fn hashed(parts: &[&str]) -> String {
    format!("{:016x}", XxHash3_64::oneshot(parts.join("\0").as_bytes()))
}

#[cfg(test)]
mod tests {
    use facts::manifest::Level;

    use super::*;
    use crate::{
        check::{Outcome, State},
        rules::{self, Site, Violation},
    };

    fn outcome(from: &str, line: u32, what: &str) -> Outcome {
        let violation = Violation {
            rule: rules::named("U101").unwrap(),
            contract: None,
            level: Level::Error,
            from: from.to_owned(),
            to: "b.py".to_owned(),
            from_module: None,
            to_module: None,
            sites: vec![Site { path: from.to_owned(), line, specifier: String::new() }],
            further_sites: 0,
            what: what.to_owned(),
            other_side: None,
            because: None,
            way_out: String::new(),
            chain: Vec::new(),
        };
        Outcome { violation, state: State::New }
    }

    fn fingerprints(outcomes: Vec<Outcome>) -> Vec<String> {
        Check { outcomes, ..Check::default() }.fingerprints()
    }

    #[test]
    fn a_line_changes_nothing_and_no_two_are_the_same() {
        let one = fingerprints(vec![outcome("a.py", 3, "x")]);
        // Other tools keep it: it may never be made in another way.
        assert_eq!(one, ["afbb2bebe79d38c5"]);
        assert_eq!(one, fingerprints(vec![outcome("a.py", 90, "y")]));
        let three =
            fingerprints(vec![outcome("a.py", 1, "x"), outcome("a.py", 1, "x"), outcome("a.py", 1, "x")]);
        assert_eq!(three.iter().collect::<BTreeSet<_>>().len(), 3);
        assert_eq!(three[0], one[0]);
    }
}
