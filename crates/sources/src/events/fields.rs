//! What all forms share: moments, logins, addresses and lists, each read from untrusted JSON.

use facts::{
    CommitId, PersonKind,
    time::{self, Seconds},
};
use serde_json::Value;
use twox_hash::XxHash3_64;

use super::told::Told;
use crate::git::kind_of_login;

/// Longer logins belong to no forge.
const LONGEST_LOGIN: usize = 255;

/// A moment as forges write it: `2024-01-31T12:30:00Z`, with a fraction, an offset, or `2024-01-31 12:30:00 UTC`.
pub fn moment(text: &str) -> Option<Seconds> {
    let day = time::parse_date(text.get(..10)?)?;
    let rest = text.get(10..)?.strip_prefix(['T', 't', ' '])?;
    let digits = |at: usize| rest.get(at..at + 2)?.parse::<i64>().ok();
    let (hour, minute, second) = (digits(0)?, digits(3)?, digits(6)?);
    let bytes = rest.as_bytes();
    if bytes[2] != b':' || bytes[5] != b':' || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let zone = rest.get(8..)?;
    let zone = match zone.strip_prefix('.') {
        Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => zone,
    };
    Some(day + hour * 3600 + minute * 60 + second - offset(zone.trim())?)
}

/// Seconds east of Greenwich.
fn offset(zone: &str) -> Option<i64> {
    if matches!(zone, "Z" | "z" | "UTC") {
        return Some(0);
    }
    let (sign, rest) = match zone.strip_prefix('+') {
        Some(rest) => (1, rest),
        None => (-1, zone.strip_prefix('-')?),
    };
    let digits: String = rest.chars().filter(|&c| c != ':').collect();
    if digits.len() != 4 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i64 = digits.parse().ok()?;
    Some(sign * (number / 100 * 3600 + number % 100 * 60))
}

/// RFC 3339 in UTC, as [`moment`] reads it.
pub fn written(at: Seconds) -> String {
    let rest = at.rem_euclid(time::DAY);
    format!("{}T{:02}:{:02}:{:02}Z", time::date(at), rest / 3600, rest / 60 % 60, rest % 60)
}

/// The moment in a field.
pub(super) fn at(value: &Value, field: &str) -> Option<Seconds> {
    moment(value[field].as_str()?)
}

/// The commit in a field.
pub(super) fn commit(value: &Value, field: &str) -> Option<CommitId> {
    CommitId::from_hex(value[field].as_str()?)
}

/// A list as REST writes it, or as GraphQL does: `nodes`, or `edges` with a `node` each.
pub(super) fn list(value: &Value) -> impl Iterator<Item = &Value> {
    let plain = value.as_array().or_else(|| value["nodes"].as_array());
    let edges = value["edges"].as_array();
    plain.into_iter().flatten().chain(edges.into_iter().flatten().map(|edge| &edge["node"]))
}

/// The login of an account, noted among the actors; `None` for an account that is gone.
pub(super) fn login(account: &Value, told: &mut Told) -> Option<String> {
    let written = account["login"].as_str().or_else(|| account["username"].as_str())?;
    let lower = written.to_lowercase();
    let bare = lower.strip_prefix("app/").unwrap_or(&lower);
    let bare = bare.strip_suffix("[bot]").unwrap_or(bare);
    if bare.is_empty() || bare.len() > LONGEST_LOGIN {
        return None;
    }
    let is_bot = bare.len() != lower.len()
        || account["type"] == "Bot"
        || account["__typename"] == "Bot"
        || account["is_bot"] == true
        || account["bot"] == true;
    let kind = match kind_of_login(&lower) {
        PersonKind::Human if is_bot => PersonKind::Bot,
        kind => kind,
    };
    told.actor(bare, kind);
    Some(bare.to_owned())
}

/// `team:` and the slug of a team that was asked.
pub(super) fn team(team: &Value, told: &mut Told) -> Option<String> {
    let slug = team["slug"].as_str().or_else(|| team["name"].as_str()).filter(|slug| !slug.is_empty())?;
    let slug = slug.rsplit('/').next().unwrap_or(slug).to_lowercase();
    if slug.len() > LONGEST_LOGIN {
        return None;
    }
    let name = format!("team:{slug}");
    told.actor(&name, PersonKind::Human);
    Some(name)
}

/// Notes that an account writes from an address; the address itself is not kept.
pub(super) fn address(account: &Value, email: &Value, told: &mut Told) {
    let Some(email) = email.as_str().filter(|email| email.contains('@')) else { return };
    if let Some(login) = login(account, told) {
        told.actors.entry(login).or_default().addresses.insert(address_hash(email));
    }
}

/// An address as a number that does not show it: xxh3 of its lower case, as `people.email_hash`. It hides addresses from
/// readers, not from somebody who tries all of them.
pub(super) fn address_hash(email: &str) -> u64 {
    XxHash3_64::oneshot(email.to_lowercase().as_bytes())
}

/// `owner/name` in the address of something below it: `https://api.github.com/repos/a/b/pulls/1`,
/// `https://github.com/a/b/pull/1`, `https://gitlab.example/g/s/p/-/merge_requests/1`.
pub(super) fn repository_of_url(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let (_, path) = rest.split_once('/')?;
    if let Some((project, _)) = path.split_once("/-/") {
        return Some(project.to_owned());
    }
    let path = path.strip_prefix("api/v3/").unwrap_or(path);
    let path = path.strip_prefix("repos/").unwrap_or(path);
    let mut parts = path.split('/');
    match (parts.next(), parts.next()) {
        (Some(owner), Some(name)) if !owner.is_empty() && !name.is_empty() => Some(format!("{owner}/{name}")),
        _ => None,
    }
}

/// The number at the end of an address of a request: `…/pulls/12`, `…/issues/12`, `…/merge_requests/12`.
pub(super) fn number_of_url(url: &str) -> Option<u64> {
    let parts: Vec<&str> = url.split(['/', '#', '?']).collect();
    let at = parts.windows(2).rposition(|pair| {
        matches!(pair[0], "pull" | "pulls" | "issues" | "merge_requests") && pair[1].parse::<u64>().is_ok()
    })?;
    parts[at + 1].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_forges_write_them() {
        for text in [
            "2024-01-31T12:30:05Z",
            "2024-01-31T12:30:05.999Z",
            "2024-01-31 12:30:05 UTC",
            "2024-01-31T14:00:05+01:30",
            "2024-01-31T11:30:05.12-0100",
        ] {
            assert_eq!(moment(text), Some(1_706_704_205), "{text}");
            assert_eq!(written(1_706_704_205), "2024-01-31T12:30:05Z");
        }
        for text in ["", "2024-01-31", "2024-01-31T12:30", "2024-13-31T12:30:05Z", "2024-01-31T25:30:05Z"] {
            assert_eq!(moment(text), None, "{text}");
        }
    }

    #[test]
    fn addresses_tell_repository_and_number() {
        for (url, repository, number) in [
            ("https://api.github.com/repos/a/b/pulls/12", "a/b", Some(12)),
            ("https://github.com/a/b/pull/12#issuecomment-9", "a/b", Some(12)),
            ("https://ghe.example/api/v3/repos/a/b/issues/7", "a/b", Some(7)),
            ("https://gitlab.example/g/s/p/-/merge_requests/3", "g/s/p", Some(3)),
            ("https://github.com/a/b", "a/b", None),
        ] {
            assert_eq!(repository_of_url(url).as_deref(), Some(repository), "{url}");
            assert_eq!(number_of_url(url), number, "{url}");
        }
        assert_eq!(repository_of_url("nonsense"), None);
    }

    #[test]
    fn bots_have_one_name() {
        let mut told = Told::default();
        for account in [
            serde_json::json!({"login": "dependabot[bot]"}),
            serde_json::json!({"login": "app/dependabot", "is_bot": true}),
            serde_json::json!({"login": "dependabot", "__typename": "Bot"}),
        ] {
            assert_eq!(login(&account, &mut told).as_deref(), Some("dependabot"));
        }
        assert_eq!(login(&serde_json::json!({"login": "Ana"}), &mut told).as_deref(), Some("ana"));
        assert_eq!(login(&serde_json::json!(null), &mut told), None);
        assert_eq!(told.actors["dependabot"].kind, PersonKind::Bot);
        assert_eq!(told.actors["ana"].kind, PersonKind::Human);
        assert_eq!(told.actors.len(), 2);
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".*", tail in ".*") {
            moment(&text);
            moment(&format!("2024-01-31T{tail}"));
            repository_of_url(&format!("https://{text}/{tail}"));
            number_of_url(&format!("{text}/pulls/{tail}"));
        }
    }
}
