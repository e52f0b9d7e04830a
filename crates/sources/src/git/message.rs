//! What a commit message tells beyond its words: who took part, tickets, pull requests, reverts, the kind of change.

use bstr::ByteSlice;
use facts::{CommitId, MessageKind, Role};
use regex::bytes::Regex;

const SUBJECT_CHARACTERS: usize = 200;

/// Trailer keys and the role each gives, lower case. The Linux kernel's list, GitHub's, Gerrit's and Apache's.
const TRAILERS: &[(&str, Role)] = &[
    ("acked-by", Role::Reviewer),
    ("approved-by", Role::Reviewer),
    ("co-authored-by", Role::CoAuthor),
    ("co-developed-by", Role::CoAuthor),
    ("mentored-by", Role::Reviewer),
    ("reported-by", Role::Reporter),
    ("reviewed-by", Role::Reviewer),
    ("reviewer", Role::Reviewer),
    ("reviewers", Role::Reviewer),
    ("signed-off-by", Role::Signer),
    ("tested-by", Role::Tester),
];

/// Words that look like ticket keys and are none: `UTF-8`, `SHA-256`, `CVE-2024`.
const NO_TICKETS: &[&[u8]] = &[
    b"AES", b"ARM", b"BASE", b"CVE", b"CWE", b"GPT", b"HTTP", b"IPV", b"ISO", b"MD", b"PKCS", b"RFC", b"RSA",
    b"SHA", b"UTF", b"WIN", b"X",
];

/// A person named in a trailer, as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Credit<'a> {
    pub(crate) role: Role,
    pub(crate) name: &'a [u8],
    pub(crate) email: &'a [u8],
}

/// The message's first line as text, at most 200 characters; Latin-1 where it is not UTF-8.
pub(crate) fn subject(message: &[u8]) -> String {
    let line = message.trim_start().lines().next().unwrap_or_default();
    let head = whole_characters(line, SUBJECT_CHARACTERS * 4);
    text(head).trim_end().chars().take(SUBJECT_CHARACTERS).collect()
}

/// The first bytes of a line, without the half of a character that a cut may leave.
fn whole_characters(line: &[u8], limit: usize) -> &[u8] {
    let head = &line[..line.len().min(limit)];
    match std::str::from_utf8(head) {
        Err(error) if error.error_len().is_none() && head.len() < line.len() => &head[..error.valid_up_to()],
        _ => head,
    }
}

/// Bytes as text: UTF-8, else Latin-1, which loses nothing.
pub(crate) fn text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|&byte| char::from(byte)).collect(),
    }
}

/// Everyone named in a trailer, wherever in the message it stands: squashed messages have trailers in the middle.
pub(crate) fn credits(message: &[u8]) -> Vec<Credit<'_>> {
    let mut out = Vec::new();
    for line in message.lines() {
        let Some(colon) = line[..line.len().min(24)].find_byte(b':') else { continue };
        let key = line[..colon].trim();
        let Some(&(_, role)) = TRAILERS.iter().find(|(known, _)| key.eq_ignore_ascii_case(known.as_bytes()))
        else {
            continue;
        };
        people(&line[colon + 1..], role, &mut out);
    }
    out
}

/// One person as `Name <email>`, or several separated by commas; a bare name is someone only beside an address.
fn people<'a>(list: &'a [u8], role: Role, out: &mut Vec<Credit<'a>>) {
    let mut rest = list;
    while let Some(open) = rest.find_byte(b'<') {
        let Some(length) = rest[open..].find_byte(b'>') else { break };
        let name = rest[..open].trim_with(|c| c.is_whitespace() || c == ',' || c == '"');
        let email = rest[open + 1..open + length].trim();
        if !email.is_empty() {
            // `A, B <b@c>` names A without an address: only the person the address belongs to is certain.
            let name = name.rsplit(|&byte| byte == b',').next().unwrap_or(name).trim();
            out.push(Credit { role, name, email });
        }
        rest = &rest[open + length + 1..];
    }
}

/// The commit a revert names: `This reverts commit <id>`.
pub(crate) fn revert_of(message: &[u8]) -> Option<CommitId> {
    const PHRASE: &[u8] = b"This reverts commit ";
    let rest = &message[message.find(PHRASE)? + PHRASE.len()..];
    let digits = rest.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    CommitId::from_hex(std::str::from_utf8(&rest[..digits]).ok()?)
}

/// The first ticket key in the message.
pub(crate) fn ticket(message: &[u8], pattern: &Regex) -> Option<String> {
    pattern.captures_iter(message).find_map(|found| {
        let key = found.get(1).or_else(|| found.get(0))?.as_bytes();
        let project = key.split(|&byte| byte == b'-').next()?;
        (!NO_TICKETS.contains(&project)).then(|| text(key))
    })
}

/// The pull or merge request: `(#12)` at the subject's end, `Merge pull request #12`, `See merge request a/b!12`.
pub(crate) fn pull_request(message: &[u8]) -> Option<u32> {
    let subject = message.trim_start().lines().next().unwrap_or_default().trim_end();
    if let Some(rest) = subject.strip_prefix(b"Merge pull request #") {
        return leading_number(rest);
    }
    if let Some(open) = subject.rfind(b"(#")
        && subject.ends_with(b")")
    {
        return leading_number(&subject[open + 2..]);
    }
    let line = message.lines().find(|line| line.starts_with(b"See merge request "))?;
    leading_number(&line[line.rfind_byte(b'!')? + 1..])
}

fn leading_number(bytes: &[u8]) -> Option<u32> {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(&bytes[..digits]).ok()?.parse().ok()
}

/// What the subject says the change is: conventional prefixes first, then plain words.
pub(crate) fn kind(subject: &str) -> MessageKind {
    let lower = subject.to_ascii_lowercase();
    if lower.starts_with("revert") {
        return MessageKind::Revert;
    }
    if let Some(prefix) = conventional_prefix(&lower) {
        return prefix;
    }
    let first =
        lower.split(|c: char| !c.is_ascii_alphanumeric()).find(|word| !word.is_empty()).unwrap_or_default();
    match first {
        "bump" | "upgrade" | "update" if lower.contains(" from ") && lower.contains(" to ") => {
            MessageKind::Bump
        }
        "bump" | "release" => MessageKind::Bump,
        "fix" | "fixes" | "fixed" | "bugfix" | "hotfix" => MessageKind::Fix,
        "docs" | "doc" | "document" => MessageKind::Docs,
        "test" | "tests" => MessageKind::Test,
        "refactor" | "cleanup" | "format" | "fmt" | "rename" | "style" => MessageKind::Upkeep,
        "implement" | "feature" => MessageKind::Feature,
        _ => MessageKind::Other,
    }
}

fn conventional_prefix(lower: &str) -> Option<MessageKind> {
    let (head, _) = lower.split_once(':')?;
    let word = head.split(['(', '!']).next()?;
    let kind = match word.trim() {
        "feat" => MessageKind::Feature,
        "fix" => MessageKind::Fix,
        "docs" => MessageKind::Docs,
        "test" | "tests" => MessageKind::Test,
        "build" | "deps" => MessageKind::Bump,
        "chore" if head.contains("deps") => MessageKind::Bump,
        "chore" | "refactor" | "style" | "perf" | "ci" => MessageKind::Upkeep,
        _ => return None,
    };
    Some(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFAULT: &str = crate::git::DEFAULT_TICKET_PATTERN;

    #[test]
    fn subjects_are_short_text() {
        assert_eq!(subject(b"\n\nA subject \r\nbody"), "A subject");
        assert_eq!(subject(b"caf\xe9"), "café");
        assert_eq!(subject(&[b'x'; 10_000]).len(), 200);
        assert_eq!(subject("é".repeat(5_000).as_bytes()).chars().count(), 200);
        assert_eq!(subject(b""), "");
    }

    #[test]
    fn trailers_give_credit() {
        let message = b"s\n\nco-authored-by: A <a@x>\nReviewed-by: B C <b@x>\nReviewers: D <d@x>, E F <f@x>\nnot-a-key: G <g@x>\nSigned-off-by: no address\n";
        let seen: Vec<(Role, &[u8], &[u8])> =
            credits(message).iter().map(|c| (c.role, c.name, c.email)).collect();
        assert_eq!(
            seen,
            [
                (Role::CoAuthor, &b"A"[..], &b"a@x"[..]),
                (Role::Reviewer, b"B C", b"b@x"),
                (Role::Reviewer, b"D", b"d@x"),
                (Role::Reviewer, b"E F", b"f@x"),
            ]
        );
    }

    #[test]
    fn numbers_and_keys() {
        let pattern = Regex::new(DEFAULT).unwrap();
        assert_eq!(ticket(b"KAFKA-123; MINOR", &pattern).as_deref(), Some("KAFKA-123"));
        assert_eq!(ticket(b"use UTF-8 and SHA-256", &pattern), None);
        assert_eq!(ticket(b"xKAFKA-1", &pattern), None);
        assert_eq!(pull_request(b"Add x (#12)\n"), Some(12));
        assert_eq!(pull_request(b"Merge pull request #34 from a/b"), Some(34));
        assert_eq!(pull_request(b"Merge branch\n\nSee merge request g/p!56"), Some(56));
        assert_eq!(pull_request(b"Fix #7"), None);
        assert_eq!(pull_request(b"x (#99999999999999)"), None);
        let id = "a".repeat(40);
        assert_eq!(revert_of(format!("x\n\nThis reverts commit {id}.").as_bytes()), CommitId::from_hex(&id));
        assert_eq!(revert_of(b"This reverts commit abc."), None);
    }

    #[test]
    fn kinds() {
        for (subject, expected) in [
            ("feat(x): y", MessageKind::Feature),
            ("fix!: y", MessageKind::Fix),
            ("Revert \"x\"", MessageKind::Revert),
            ("Bump a from 1 to 2", MessageKind::Bump),
            ("chore(deps): bump a", MessageKind::Bump),
            ("Fix the thing", MessageKind::Fix),
            ("Update the thing", MessageKind::Other),
            ("storage: add x", MessageKind::Other),
            ("", MessageKind::Other),
        ] {
            assert_eq!(kind(subject), expected, "{subject}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(data in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200), role in 0usize..TRAILERS.len()) {
            let mut message = format!("subject (#1)\n\n{}: ", TRAILERS[role].0).into_bytes();
            message.extend(&data);
            for message in [&data, &message] {
                let subject = subject(message);
                proptest::prop_assert!(subject.chars().count() <= SUBJECT_CHARACTERS);
                kind(&subject);
                credits(message);
                revert_of(message);
                pull_request(message);
            }
        }
    }
}
