//! What every dialect comes to: rules in files, and for each path the claims they lay on it.
//!
//! ```text
//! path ──▶ claims: each must be satisfied, by any one of its owners
//!            GitHub, Gerrit, Kubernetes, Backstage: one claim at most
//!            GitLab: one a section; MAINTAINERS: one a section, the deepest required
//! ```

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

/// One rule of an ownership file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// An index into [`Rules::files`].
    pub file: u32,
    /// From 1.
    pub line: u32,
    /// The pattern as written, or what stands for one: `dir/**`, `dir: filter`.
    pub pattern: String,
    /// Indices into [`Rules::names`], as written; empty takes ownership away where the dialect can.
    pub owners: Vec<u32>,
    /// The section it stands in, where the dialect has sections.
    pub section: Option<String>,
    /// A maintenance status as declared (MAINTAINERS `S:`).
    pub status: Option<String>,
}

/// Something in an ownership file that does nothing or not what it seems to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub file: String,
    /// From 1; 0 for the file as a whole.
    pub line: u32,
    /// In one sentence.
    pub why: String,
}

/// Every rule of one dialect in one tree.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// Ownership files, in the order they were read.
    pub files: Vec<String>,
    /// Rules, file by file, line by line.
    pub rules: Vec<Rule>,
    /// Owners as written, each once.
    pub names: Vec<String>,
    /// Names that stand for several owners, with their members as written.
    pub groups: BTreeMap<String, Vec<String>>,
    /// Rules whose place another of the same pattern has taken, each with that other.
    pub replaced: Vec<(u32, u32)>,
    /// Whether a bare word is a person's account (Kubernetes) rather than a team's name.
    pub bare_names_are_people: bool,
    /// What does nothing.
    pub problems: Vec<Problem>,
    by_name: FxHashMap<String, u32>,
}

impl Rules {
    /// Owners of a claim or rule as written.
    pub fn names_of(&self, owners: &[u32]) -> Vec<&str> {
        owners.iter().map(|&owner| self.names[owner as usize].as_str()).collect()
    }

    /// Owners with groups taken apart into their members, each once, in order.
    pub fn expanded(&self, owners: &[u32]) -> Vec<&str> {
        let mut out: Vec<&str> = Vec::new();
        for &owner in owners {
            let name = self.names[owner as usize].as_str();
            let members = self.groups.get(name);
            let names: Vec<&str> =
                members.map_or(vec![name], |members| members.iter().map(String::as_str).collect());
            for name in names {
                if !out.contains(&name) {
                    out.push(name);
                }
            }
        }
        out
    }

    /// Whether an owner is a team: a group, or written as one (`@org/team`, `@@role`, `group:…`).
    pub fn is_team(&self, name: &str) -> bool {
        self.groups.contains_key(name)
            || name.starts_with("@@")
            || (name.starts_with('@') && name.contains('/'))
            || name.starts_with("group:")
            || !(self.bare_names_are_people || name.contains(['@', ' ']))
    }

    /// The file a rule stands in.
    pub fn file_of(&self, rule: u32) -> &str {
        &self.files[self.rules[rule as usize].file as usize]
    }

    pub(crate) fn add_file(&mut self, path: &[u8]) -> u32 {
        self.files.push(String::from_utf8_lossy(path).into_owned());
        index(self.files.len() - 1)
    }

    pub(crate) fn name(&mut self, owner: &str) -> u32 {
        if let Some(&known) = self.by_name.get(owner) {
            return known;
        }
        let id = index(self.names.len());
        self.names.push(owner.to_owned());
        self.by_name.insert(owner.to_owned(), id);
        id
    }

    pub(crate) fn name_all<S: AsRef<str>>(&mut self, owners: impl IntoIterator<Item = S>) -> Vec<u32> {
        let mut ids = Vec::new();
        for owner in owners {
            let id = self.name(owner.as_ref());
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }

    pub(crate) fn push(&mut self, rule: Rule) -> u32 {
        self.rules.push(rule);
        index(self.rules.len() - 1)
    }

    pub(crate) fn problem(&mut self, file: u32, line: u32, why: impl Into<String>) {
        let file = self.files[file as usize].clone();
        self.problems.push(Problem { file, line, why: why.into() });
    }
}

fn index(at: usize) -> u32 {
    u32::try_from(at).expect("files are bounded, so their rules are")
}

/// What one claim on a path asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The rule that decided it.
    pub rule: u32,
    /// Any of these satisfies it; empty: nobody owns the path as far as this claim goes.
    pub owners: Vec<u32>,
    /// How many of them must approve.
    pub approvals: u32,
    /// Whether a change waits for it.
    pub required: bool,
}

/// Who answers for a path: every required claim must be satisfied. No claim: no rule speaks of the path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// The claims, the one to name first at the front.
    pub claims: Vec<Claim>,
}

impl Decision {
    pub(crate) fn one(rule: u32, owners: Vec<u32>) -> Self {
        Self { claims: vec![Claim { rule, owners, approvals: 1, required: true }] }
    }

    /// Every owner of every claim, each once, required claims first.
    pub fn owners(&self) -> Vec<u32> {
        let mut out: Vec<u32> = Vec::new();
        for required in [true, false] {
            for claim in self.claims.iter().filter(|claim| claim.required == required) {
                out.extend(
                    claim.owners.iter().filter(|owner| !out.contains(owner)).copied().collect::<Vec<_>>(),
                );
            }
        }
        out
    }
}

/// What became of a rule that speaks of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It decided, alone or for its section.
    Decides,
    /// Its owners were added to those of the rule that decides.
    Adds,
    /// This rule decided instead.
    Overridden(u32),
    /// This exclusion voids its section for the path.
    Excluded(u32),
    /// This rule keeps what lies above it out.
    Stopped(u32),
}

/// A rule that speaks of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The rule.
    pub rule: u32,
    /// What became of it.
    pub fate: Fate,
}

impl Candidate {
    /// The rules that speak of a path, where the first of them decides alone.
    pub(super) fn first_decides(rules: impl IntoIterator<Item = u32>) -> Vec<Self> {
        let mut first = None;
        let candidate = |rule| {
            let fate = first.map_or(Fate::Decides, Fate::Overridden);
            first = first.or(Some(rule));
            Self { rule, fate }
        };
        rules.into_iter().map(candidate).collect()
    }
}

/// One dialect's rules over one tree.
pub trait Resolver: Send + Sync {
    /// The rules.
    fn rules(&self) -> &Rules;
    /// Who answers for a path.
    fn decide(&self, path: &[u8]) -> Decision;
    /// Every rule that speaks of a path, in the order in which they are looked at.
    fn candidates(&self, path: &[u8]) -> Vec<Candidate>;
    /// Whether a path alone tells if this rule speaks of it; a `K:` of MAINTAINERS looks at the content.
    fn is_told_by_path(&self, _rule: u32) -> bool {
        true
    }
    /// Further claims that a file's content brings (MAINTAINERS `K:`).
    fn decide_by_content(&self, _content: &[u8]) -> Vec<Claim> {
        Vec::new()
    }
}
