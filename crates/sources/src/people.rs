//! People as others write them down, found among those who made changes.
//!
//! | written | found by |
//! |---|---|
//! | `ana@acme.example`, `Ana <ana@acme.example>` | an address of theirs |
//! | `@ana` | a GitHub or GitLab no-reply address; else the name, else the front of an address |
//! | `Ana Example` | the name |
//!
//! Whoever the front of an address or a name could mean twice is not found: a guess would put somebody's work into
//! another's team.

use facts::{Facts, PersonId, PersonKind};
use rustc_hash::FxHashMap;

/// Everybody who can be found.
#[derive(Debug, Default)]
pub(crate) struct PeopleIndex {
    certain: FxHashMap<String, PersonId>,
    /// `None`: several people.
    likely: FxHashMap<String, Option<PersonId>>,
}

impl PeopleIndex {
    pub(crate) fn new(facts: &Facts) -> Self {
        let mut index = Self::default();
        let humans = facts.people.ids().filter(|id| facts.people.kind[id.index()] == PersonKind::Human);
        for person in humans {
            let name = facts.people.name[person.index()].to_lowercase();
            index.guess(name.clone(), person);
            index.guess(format!("@{name}"), person);
            for email in &facts.people.emails[person.index()] {
                let email = email.to_lowercase();
                if let Some((local, host)) = email.split_once('@') {
                    if host.starts_with("users.noreply.") {
                        let login = local.split_once(['+', '-']).map_or(local, |(_, login)| login);
                        index.certain.entry(format!("@{login}")).or_insert(person);
                        // GitHub's older addresses are the login itself, which may hold a hyphen.
                        index.certain.entry(format!("@{local}")).or_insert(person);
                    } else {
                        index.guess(format!("@{local}"), person);
                    }
                }
                index.certain.entry(email).or_insert(person);
            }
        }
        index
    }

    fn guess(&mut self, key: String, person: PersonId) {
        let known = self.likely.entry(key).or_insert(Some(person));
        if *known != Some(person) {
            *known = None;
        }
    }

    /// The person a text means; `None` when nobody is found, or more than one.
    pub(crate) fn find(&self, written: &str) -> Option<PersonId> {
        let text = written.trim().to_lowercase();
        let address =
            text.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(address, _)| address);
        let key = address.unwrap_or(&text);
        let key =
            key.strip_prefix("user:default/").map_or_else(|| key.to_owned(), |login| format!("@{login}"));
        if let Some(&person) = self.certain.get(&key) {
            return Some(person);
        }
        // A bare word may be an account without its `@`.
        let likely = |key: &str| self.likely.get(key).copied().flatten();
        if key.contains('@') {
            likely(&key)
        } else {
            let account = format!("@{key}");
            self.certain.get(&account).copied().or_else(|| likely(&key)).or_else(|| likely(&account))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_found_as_they_are_written() {
        let mut facts = Facts::default();
        for (name, emails) in [
            ("Ana Example", &["ana@acme.example", "12+anax@users.noreply.github.com"][..]),
            ("Bob", &["bob@acme.example"][..]),
            ("Bobby", &["bob@other.example"][..]),
        ] {
            facts.people.name.push(name.to_owned());
            facts.people.emails.push(emails.iter().map(|email| (*email).to_owned()).collect());
            facts.people.kind.push(PersonKind::Human);
        }
        let index = PeopleIndex::new(&facts);
        for written in [
            "ANA@acme.example",
            "A <ana@acme.example>",
            "@anax",
            "anax",
            "Ana Example",
            "@ana",
            "user:default/anax",
        ] {
            assert_eq!(index.find(written), Some(PersonId(0)), "{written}");
        }
        assert_eq!(index.find("Bob"), Some(PersonId(1)), "a whole name");
        assert_eq!(index.find("@bob"), None, "two have that front of an address");
        assert_eq!(index.find("@nobody"), None);
    }
}
