//! Who is who: many names and addresses, one person.
//!
//! In this order, each step joining what the one before left apart:
//!
//! 1. `.mailmap` at the head, exactly as git applies it.
//! 2. The same address, without regard to case.
//! 3. The same account behind a GitHub or GitLab no-reply address (`12345+ana@users.noreply.github.com`).
//! 4. The same full name of two words or more, unless `.mailmap` gives the two different addresses on purpose.
//!
//! 5. An account that signs with nothing but itself (`howardjohn <howardjohn@users.noreply.github.com>`, as trailers
//!    have it) is whoever alone writes from an address that begins with it.
//!
//! Steps 4 and 5 are guesses; over open-source projects they are right far more often than not, and a `.mailmap`
//! line corrects them.

use facts::{PeopleTable, PersonId, PersonKind};
use rustc_hash::{FxHashMap, FxHashSet};

use super::message::text;

/// Names that many people share.
const NO_NAMES: [&str; 8] = [
    "your name",
    "first last",
    "unknown user",
    "github actions",
    "not committed yet",
    "test user",
    "the author",
    "no author",
];

/// Last words of a name that make it a program's: `dependabot[bot]`, `istio testing bot`.
const BOT_NAMES: [&str; 34] = [
    "actions-user",
    "allcontributors",
    "asf gitbox commit bot",
    "bors",
    "ci",
    "codecov",
    "continuous integration",
    "copybara-service",
    "copy bara service",
    "crowdin",
    "depfu",
    "dependabot",
    "dependabot-preview",
    "dependabot-support",
    "facebook-github-bot",
    "fossabot",
    "github",
    "github action",
    "github actions",
    "github merge queue",
    "github-actions",
    "gitlab-ci",
    "greenkeeper",
    "homu",
    "imgbot",
    "jenkins",
    "mergify",
    "pre-commit-ci",
    "prow",
    "renovate",
    "semantic-release",
    "snyk",
    "transifex",
    "weblate",
];

/// Local parts and addresses of AI coding agents and the names they commit under.
const AGENT_EMAILS: [&str; 8] = [
    "noreply@anthropic.com",
    "cursoragent@cursor.com",
    "codex@openai.com",
    "noreply@openai.com",
    "copilot@github.com",
    "openhands@all-hands.dev",
    "amp@ampcode.com",
    "noreply@aider.chat",
];
const AGENT_NAMES: [&str; 20] = [
    "aider",
    "amazon-q-developer",
    "amp",
    "chatgpt-codex-connector",
    "claude",
    "claude code",
    "codegen-sh",
    "coderabbitai",
    "codex",
    "copilot",
    "copilot-swe-agent",
    "cursor agent",
    "devin ai",
    "devin-ai-integration",
    "gemini-code-assist",
    "google-labs-jules",
    "jules",
    "openhands",
    "sourcery-ai",
    "sweep-ai",
];

/// People, and the person behind each signature.
#[derive(Debug)]
pub(crate) struct Identities {
    pub(crate) people: PeopleTable,
    pub(crate) person_of: Vec<PersonId>,
}

struct Canonical {
    name: String,
    email: String,
    mapped: bool,
}

/// Settles who the signatures are.
pub(crate) fn resolve(signatures: &[(Vec<u8>, Vec<u8>)], mailmap: &[u8]) -> Identities {
    let canonical = canonicalise(signatures, mailmap);
    let mut sets = DisjointSets::new(signatures.len());
    join_by(&mut sets, &canonical, |one| (!one.email.is_empty()).then(|| one.email.clone()));
    join_by(&mut sets, &canonical, |one| account(&one.email));
    // An entry without an address can only be told by its name.
    join_by(&mut sets, &canonical, |one| one.email.is_empty().then(|| one.name.to_lowercase()));
    join_by_name(&mut sets, &canonical);
    join_bare_accounts(&mut sets, &canonical);
    collect(signatures, &canonical, &mut sets)
}

fn canonicalise(signatures: &[(Vec<u8>, Vec<u8>)], mailmap: &[u8]) -> Vec<Canonical> {
    let map = gix::mailmap::Snapshot::from_bytes(mailmap);
    signatures
        .iter()
        .map(|(name, email)| {
            let signature = gix::actor::SignatureRef {
                name: name.as_slice().into(),
                email: email.as_slice().into(),
                time: "",
            };
            match map.try_resolve_ref(signature) {
                Some(resolved) => Canonical {
                    name: text(resolved.name.map_or(name.as_slice(), |name| name.as_ref())),
                    email: text(resolved.email.map_or(email.as_slice(), |email| email.as_ref()))
                        .to_lowercase(),
                    mapped: true,
                },
                None => Canonical { name: text(name), email: text(email).to_lowercase(), mapped: false },
            }
        })
        .collect()
}

fn join_by(sets: &mut DisjointSets, canonical: &[Canonical], key: impl Fn(&Canonical) -> Option<String>) {
    let mut first: FxHashMap<String, usize> = FxHashMap::default();
    for (at, one) in canonical.iter().enumerate() {
        if let Some(key) = key(one) {
            let known = *first.entry(key).or_insert(at);
            sets.join(known, at);
        }
    }
}

/// The login in a no-reply address of GitHub or GitLab, lower case, without the mark of a bot.
pub(crate) fn forge_login(email: &str) -> Option<String> {
    let account = account(&email.to_lowercase())?;
    let (_, login) = account.split_once(':')?;
    Some(login.strip_suffix("[bot]").unwrap_or(login).to_owned())
}

/// What kind of participant an account is, by its login.
pub(crate) fn kind_of_login(login: &str) -> PersonKind {
    kind(login, &format!("{login}@users.noreply.github.com"))
}

/// The account behind a no-reply address, as `github:ana`.
fn account(email: &str) -> Option<String> {
    let (local, host) = email.split_once('@')?;
    let forge = match host {
        "users.noreply.github.com" => "github",
        "users.noreply.gitlab.com" => "gitlab",
        _ => return None,
    };
    let login = match local.split_once(if forge == "github" { '+' } else { '-' }) {
        Some((number, login)) if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => {
            login
        }
        _ => local,
    };
    Some(format!("{forge}:{login}"))
}

fn join_by_name(sets: &mut DisjointSets, canonical: &[Canonical]) {
    let mut first: FxHashMap<String, usize> = FxHashMap::default();
    let mut mapped: FxHashMap<String, usize> = FxHashMap::default();
    for (at, one) in canonical.iter().enumerate() {
        let Some(name) = full_name(&one.name) else { continue };
        if one.mapped {
            // Two entries of the mailmap with one name and two addresses are two people by the map's own word.
            match mapped.get(&name) {
                Some(&other) if canonical[other].email != one.email => continue,
                Some(_) => {}
                None => {
                    mapped.insert(name.clone(), at);
                }
            }
        }
        let known = *first.entry(name).or_insert(at);
        sets.join(known, at);
    }
}

/// Shorter accounts are words many people begin their address with.
const SHORTEST_ACCOUNT: usize = 5;

/// Joins accounts nobody has given a full name to whoever alone has that account in front of an address.
fn join_bare_accounts(sets: &mut DisjointSets, canonical: &[Canonical]) {
    let mut bare: FxHashMap<usize, String> = FxHashMap::default();
    let mut by_front: FxHashMap<&str, Option<usize>> = FxHashMap::default();
    let named: FxHashSet<usize> = {
        let all = canonical.iter().enumerate().filter(|(_, one)| full_name(&one.name).is_some());
        all.map(|(at, _)| sets.root(at)).collect()
    };
    for (at, one) in canonical.iter().enumerate() {
        let root = sets.root(at);
        if let Some(login) = account(&one.email) {
            let (_, login) = login.split_once(':').expect("an account names its forge");
            if login.len() >= SHORTEST_ACCOUNT && !named.contains(&root) {
                bare.insert(root, login.to_owned());
            }
        } else if let Some((local, _)) = one.email.split_once('@') {
            let known = by_front.entry(local).or_insert(Some(root));
            if *known != Some(root) {
                *known = None;
            }
        }
    }
    let mut bare: Vec<(usize, String)> = bare.into_iter().collect();
    bare.sort();
    for (root, login) in bare {
        if let Some(&Some(other)) = by_front.get(login.as_str()) {
            sets.join(root, other);
        }
    }
}

/// A name that tells a person: two words of two letters or more, in lower case with single spaces.
fn full_name(name: &str) -> Option<String> {
    let words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    let long = words.iter().filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() >= 2).count();
    let joined = words.join(" ");
    (long >= 2 && !NO_NAMES.contains(&joined.as_str())).then_some(joined)
}

fn collect(
    signatures: &[(Vec<u8>, Vec<u8>)],
    canonical: &[Canonical],
    sets: &mut DisjointSets,
) -> Identities {
    let mut people = PeopleTable::default();
    let mut person_of_root: FxHashMap<usize, PersonId> = FxHashMap::default();
    let mut settled: Vec<bool> = Vec::new();
    let mut person_of = Vec::with_capacity(signatures.len());
    for (at, one) in canonical.iter().enumerate() {
        let person = *person_of_root.entry(sets.root(at)).or_insert_with(|| {
            people.name.push(one.name.clone());
            people.emails.push(vec![one.email.clone()]);
            people.kind.push(PersonKind::Human);
            settled.push(false);
            PersonId::from_index(people.name.len() - 1)
        });
        let row = person.index();
        people.emails[row].push(text(&signatures[at].1).to_lowercase());
        // The mailmap's word on the name is final; otherwise a full name beats a nickname.
        if one.mapped && !settled[row] {
            settled[row] = true;
            people.name[row].clone_from(&one.name);
            people.emails[row].insert(0, one.email.clone());
        } else if !settled[row] && full_name(&people.name[row]).is_none() && full_name(&one.name).is_some() {
            people.name[row].clone_from(&one.name);
        }
        people.kind[row] = people.kind[row].max(kind(&one.name, &one.email));
        person_of.push(person);
    }
    for emails in &mut people.emails {
        let first = emails[0].clone();
        emails.sort();
        emails.dedup();
        emails.retain(|email| *email != first);
        emails.insert(0, first);
    }
    Identities { people, person_of }
}

/// Human unless name or address says otherwise; an agent is told before a bot, since agents run as `…[bot]`.
fn kind(name: &str, email: &str) -> PersonKind {
    let name = name.trim().to_lowercase();
    let plain = name.strip_suffix("[bot]").unwrap_or(&name).trim();
    let login = account(email);
    let login = login.as_deref().and_then(|account| account.split_once(':')).map_or("", |(_, login)| login);
    let login_plain = login.strip_suffix("[bot]").unwrap_or(login);
    let agent_suffix = plain.ends_with("(aider)");
    let agent_account =
        plain != "claude" && plain != "jules" && plain != "amp" && AGENT_NAMES.contains(&plain)
            || AGENT_NAMES.contains(&login_plain) && login.ends_with("[bot]");
    if AGENT_EMAILS.contains(&email) || agent_account || agent_suffix {
        return PersonKind::Agent;
    }
    let says_bot = name.ends_with("[bot]") || login.ends_with("[bot]");
    let last_word = plain.rsplit([' ', '-', '_', '.']).next().unwrap_or_default();
    let local = email.split('@').next().unwrap_or_default();
    let local_word = local.rsplit(['-', '_', '.', '+']).next().unwrap_or_default();
    let bot_word = |word: &str| matches!(word, "bot" | "robot" | "automation");
    let camel_bot =
        plain.len() > 5 && !plain.contains(' ') && (plain.ends_with("robot") || plain.ends_with("-bot"));
    let known =
        BOT_NAMES.contains(&plain) || BOT_NAMES.contains(&login_plain) || email == "noreply@github.com";
    if says_bot || bot_word(last_word) || bot_word(local_word) || camel_bot || known {
        PersonKind::Bot
    } else {
        PersonKind::Human
    }
}

/// Union-find; the root of a set is its lowest member, so that nothing depends on the order of joins.
struct DisjointSets {
    parent: Vec<usize>,
}

impl DisjointSets {
    fn new(size: usize) -> Self {
        Self { parent: (0..size).collect() }
    }

    fn root(&mut self, at: usize) -> usize {
        let mut root = at;
        while self.parent[root] != root {
            root = self.parent[root];
        }
        let mut next = at;
        while self.parent[next] != root {
            next = std::mem::replace(&mut self.parent[next], root);
        }
        root
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.parent[a.max(b)] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(signatures: &[(&str, &str)], mailmap: &str) -> (usize, Vec<u32>, PeopleTable) {
        let signatures: Vec<(Vec<u8>, Vec<u8>)> = signatures
            .iter()
            .map(|(name, email)| (name.as_bytes().to_vec(), email.as_bytes().to_vec()))
            .collect();
        let identities = resolve(&signatures, mailmap.as_bytes());
        let ids = identities.person_of.iter().map(|id| id.0).collect();
        (identities.people.len(), ids, identities.people)
    }

    #[test]
    fn addresses_accounts_and_full_names_join() {
        let (count, ids, table) = people(
            &[
                ("ana", "Ana@Example.org"),
                ("Ana Lima", "ana@example.org"),
                ("Ana Lima", "123+analima@users.noreply.github.com"),
                ("analima", "analima@users.noreply.github.com"),
                ("ana", "other@example.org"),
                ("Bo Ek", ""),
                ("Bo Ek", "bo@example.org"),
            ],
            "",
        );
        assert_eq!(ids, [0, 0, 0, 0, 1, 2, 2]);
        assert_eq!(count, 3);
        assert_eq!(table.name[0], "Ana Lima", "a full name beats a nickname");
        assert_eq!(table.emails[0][0], "ana@example.org");
    }

    #[test]
    fn an_account_that_signs_with_itself_is_found_by_its_address() {
        let (_, ids, _) = people(
            &[
                ("John Howard", "howardjohn@example.com"),
                ("howardjohn", "howardjohn@users.noreply.github.com"),
                ("Ana Lima", "analima@example.org"),
                ("Another Lima", "analima@users.noreply.github.com"),
                ("alexa", "alexa@users.noreply.github.com"),
                ("Alexa One", "alexa@one.example"),
                ("Alexa Two", "alexa@two.example"),
                ("bo", "bo@users.noreply.github.com"),
                ("Bo Ek", "bo@example.org"),
            ],
            "",
        );
        assert_eq!(ids[1], ids[0], "the account is the front of one address");
        assert_ne!(ids[3], ids[2], "a full name of its own speaks for another person");
        assert!(ids[4] != ids[5] && ids[4] != ids[6], "two addresses begin with it");
        assert_ne!(ids[7], ids[8], "it is short");
    }

    #[test]
    fn the_mailmap_has_the_last_word() {
        let (count, _, table) =
            people(&[("jd", "jd@old"), ("John Doe", "john@new")], "John Doe <john@new> <jd@old>\n");
        assert_eq!((count, table.name[0].as_str()), (1, "John Doe"));
        let (count, _, _) = people(
            &[("John Doe", "a@x"), ("John Doe", "b@x")],
            "John Doe <a@x> <a@x>\nJohn Doe <b@x> <b@x>\n",
        );
        assert_eq!(count, 2, "two addresses given on purpose are two people");
    }

    #[test]
    fn programs_are_no_people() {
        for (name, email, expected) in [
            ("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com", PersonKind::Bot),
            ("Kubernetes Prow Robot", "k8s-ci-robot@users.noreply.github.com", PersonKind::Bot),
            ("istio-testing", "istio-testing-bot@google.com", PersonKind::Bot),
            ("bors", "bors@rust-lang.org", PersonKind::Bot),
            ("GitHub", "noreply@github.com", PersonKind::Bot),
            ("copilot-swe-agent[bot]", "198982749+Copilot@users.noreply.github.com", PersonKind::Agent),
            ("Claude", "noreply@anthropic.com", PersonKind::Agent),
            ("Claude Monet", "claude@example.org", PersonKind::Human),
            ("Claude", "claude@example.org", PersonKind::Human),
            ("Ann Abbot", "abbot@example.org", PersonKind::Human),
            ("Talbot", "talbot@example.org", PersonKind::Human),
            ("", "", PersonKind::Human),
        ] {
            assert_eq!(kind(name, email), expected, "{name} <{email}>");
        }
    }

    proptest::proptest! {
        /// Whatever names, addresses and mailmap hold: everybody is somebody, and equal signatures are one person.
        #[test]
        fn everybody_is_somebody(
            signatures in proptest::collection::vec(("[ -~]{0,8}|\\PC{0,4}", "([ab]|[ab]@(x|users.noreply.github.com)|\\PC{0,4})"), 1..8),
            mailmap in "([ab ]{0,3}<[ab]@x>( [ab ]{0,3}<[ab](@x)?>)?\n|\\PC{0,12}\n|[<>#@ab \n]{0,12}){0,4}",
        ) {
            let signatures: Vec<(Vec<u8>, Vec<u8>)> =
                signatures.into_iter().map(|(name, email)| (name.into_bytes(), email.into_bytes())).collect();
            let found = resolve(&signatures, mailmap.as_bytes());
            proptest::prop_assert_eq!(found.person_of.len(), signatures.len());
            for (at, person) in found.person_of.iter().enumerate() {
                proptest::prop_assert!(person.index() < found.people.len());
                for (other, same) in signatures.iter().enumerate() {
                    proptest::prop_assert!(*same != signatures[at] || found.person_of[other] == *person);
                }
            }
        }
    }
}
