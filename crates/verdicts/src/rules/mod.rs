//! Rules: what a structure must hold, one file each. A rule is a pure function of a tree as it stands, the manifest
//! and, for the few that need it, history; it knows nothing of debt, exemptions or what a change brought
//! ([`crate::check`]).
//!
//! A new rule is one file here, one line in `ON_TREES` and its name in [`facts::BUILT_IN_RULES`]; its [`Rule`] record is
//! its manual page.

pub mod change;
mod conflicting;
mod contested;
mod core_growth;
mod cycle;
mod decision;
mod expired;
mod forbidden;
mod forbidden_path;
mod ground;
mod independence;
mod layer;
mod missing;
mod nothing;
mod observed;
mod private;
mod reach;
mod selection;
mod undeclared;
mod unowned;
mod unresolved;
mod unused;
mod visible;
mod void;

use facts::manifest::{Charge, Level};

pub use ground::{Emitted, Ground, OwnedBy};
pub(crate) use nothing::idle_exemption;
pub use observed::observed;
pub(crate) use unresolved::lost_names;

/// A rule's own description: help, manual page and machine formats are made from it.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// `U101`; never used for anything else again.
    pub code: &'static str,
    /// Its name, which reads after "allow".
    pub name: &'static str,
    /// What it holds, in one sentence.
    pub holds: &'static str,
    /// What goes wrong without it.
    pub why: &'static str,
    /// A manifest that asks for it, or a case that breaks it.
    pub example: &'static str,
    /// What to do about a violation.
    pub way_out: &'static str,
    /// When it lies, or says nothing.
    pub limits: &'static str,
}

/// What breaks a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// The rule.
    pub rule: &'static Rule,
    /// The `[[rule]]` or `[[change_rule]]` of the manifest that asks for it.
    pub contract: Option<String>,
    /// Whether it fails a check.
    pub level: Level,
    /// What it starts from: a file, or a module.
    pub from: String,
    /// Where it leads: a file, a module, a package outside; empty where it leads nowhere.
    pub to: String,
    /// The module it starts from, an index into the manifest's.
    pub from_module: Option<u32>,
    /// The module it leads to.
    pub to_module: Option<u32>,
    /// Where it shows, the first place first.
    pub sites: Vec<Site>,
    /// How many more places there are than `sites` holds.
    pub further_sites: u64,
    /// What crosses which boundary, in one sentence. May hold untrusted names.
    pub what: String,
    /// Who owns the other side.
    pub other_side: Option<OwnedBy>,
    /// The decision or reason behind the rule.
    pub because: Option<String>,
    /// The smallest way out.
    pub way_out: String,
    /// The way it takes, file by file, where it goes through others.
    pub chain: Vec<String>,
}

impl Violation {
    /// The module it is the debt of, an index into the manifest's.
    pub fn charged_to(&self, charge: Charge) -> Option<u32> {
        match charge {
            Charge::Depending => self.from_module.or(self.to_module),
            Charge::Defining => self.to_module.or(self.from_module),
        }
    }
}

/// A place in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Site {
    /// The file, from the root.
    pub path: String,
    /// From 1; 0 for the file as a whole.
    pub line: u32,
    /// What is written there.
    pub specifier: String,
}

/// What a rule looked at: a rule that matched nothing held nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleUse {
    /// The rule.
    pub rule: &'static Rule,
    /// The `[[rule]]` of the manifest.
    pub contract: Option<String>,
    /// What it looked at, in numbers: `12 files may not depend on 40`.
    pub matched: String,
    /// How many things it looked at.
    pub count: u64,
}

/// What rules say of a tree.
#[derive(Clone, Debug, Default)]
pub struct Held {
    /// Violations, rule by rule.
    pub violations: Vec<Violation>,
    /// What each rule looked at.
    pub uses: Vec<RuleUse>,
}

/// One rule with what holds it.
struct Entry {
    rule: &'static Rule,
    hold: fn(&Ground<'_>, &mut Held),
}

/// Every rule on a tree, by code.
const ON_TREES: &[Entry] = &[
    Entry { rule: &undeclared::RULE, hold: undeclared::hold },
    Entry { rule: &private::RULE, hold: private::hold },
    Entry { rule: &visible::RULE, hold: visible::hold },
    Entry { rule: &layer::RULE, hold: layer::hold },
    Entry { rule: &forbidden::RULE, hold: forbidden::hold },
    Entry { rule: &forbidden_path::RULE, hold: forbidden_path::hold },
    Entry { rule: &missing::RULE, hold: missing::hold },
    Entry { rule: &independence::RULE, hold: independence::hold },
    Entry { rule: &cycle::RULE, hold: cycle::hold },
    Entry { rule: &core_growth::RULE, hold: core_growth::hold },
    Entry { rule: &unused::RULE, hold: unused::hold },
    Entry { rule: &unowned::RULE, hold: unowned::hold },
    Entry { rule: &contested::RULE, hold: contested::hold },
    Entry { rule: &void::RULE, hold: void::hold },
    Entry { rule: &conflicting::RULE, hold: conflicting::hold },
    Entry { rule: &expired::RULE, hold: expired::hold },
    Entry { rule: &decision::RULE, hold: decision::hold },
    Entry { rule: &nothing::RULE, hold: nothing::hold },
    Entry { rule: &unresolved::RULE, hold: unresolved::hold },
];

/// Every rule there is, by code: those on trees, on debt and exemptions, and on change.
pub fn all() -> Vec<&'static Rule> {
    let mut all: Vec<&'static Rule> = ON_TREES.iter().map(|entry| entry.rule).collect();
    all.extend(crate::check::RULES);
    all.extend(change::RULES);
    all.sort_by_key(|rule| rule.code);
    all
}

/// A rule by its code or name.
pub fn named(word: &str) -> Option<&'static Rule> {
    all().into_iter().find(|rule| rule.code.eq_ignore_ascii_case(word) || rule.name == word)
}

/// Holds every rule on trees.
pub fn hold(ground: &Ground<'_>) -> Held {
    let mut held = Held::default();
    for entry in ON_TREES {
        (entry.hold)(ground, &mut held);
    }
    held
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_are_those_manifests_may_write() {
        let known: Vec<(&str, &str)> = all().iter().map(|rule| (rule.code, rule.name)).collect();
        assert_eq!(known, facts::BUILT_IN_RULES);
    }

    #[test]
    fn every_rule_says_what_it_is() {
        for rule in all() {
            for text in [rule.holds, rule.why, rule.example, rule.way_out, rule.limits] {
                assert!(!text.trim().is_empty(), "{}", rule.code);
            }
        }
    }
}
