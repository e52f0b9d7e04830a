//! A check as SARIF 2.1.0 (OASIS, 2020), as code scanning services read it.
//!
//! - A rule's help is its own record. No `helpUri` is given, for there is no page it could lead to.
//! - What is recorded or exempt is a result with a suppression, never left out: a service that knows the state of each
//!   result can tell paid off from no longer looked at.
//! - With a base every result has a `baselineState`.
//! - The fingerprint is our own, of rule and both ends. `primaryLocationLineHash` is left to the uploader, which makes
//!   it from the line and complains of any other.
//! - GitHub takes 25,000 results of a run and shows 5,000, takes 1,000 locations of a result and 10,000 steps of a flow
//!   and shows 1,000 of them (docs.github.com, SARIF results exceed one or more limits). Results are cut at 25,000, the
//!   least pressing first, and steps at 1,000, with a notification; a result never has more than a few dozen locations.

use facts::manifest::{Exemption, Level};
use serde_json::{Map, Value, json};
use verdicts::{
    check::{Outcome, State},
    rules::{Rule, Violation},
};

use super::{
    Checked, Scope, other_side,
    place::{self, Place},
    summary, text,
};
use crate::{document::written, plain::plain};

const MOST_RESULTS: usize = 25_000;
const MOST_STEPS: usize = 1_000;

/// The check as a SARIF log with a final newline.
pub fn render(checked: &Checked<'_>) -> String {
    let check = checked.check;
    let rules = rules(checked);
    let fingerprints = check.fingerprints();
    let told = check.outcomes.iter().zip(&fingerprints).take(MOST_RESULTS);
    let results: Vec<Value> =
        told.map(|(one, fingerprint)| result(checked, &rules, one, fingerprint)).collect();
    let run = json!({
        "tool": { "driver": {
            "name": "unsnarl",
            "version": checked.version,
            "rules": rules.iter().map(|rule| descriptor(rule)).collect::<Vec<_>>(),
        }},
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {
            "SRCROOT": { "description": { "text": "The root of the repository's work tree." } },
        },
        "invocations": [{
            "executionSuccessful": true,
            "exitCode": i32::from(!check.holds()),
            "toolExecutionNotifications": notifications(checked),
        }],
        "results": results,
        "properties": properties(checked),
    });
    written(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }))
}

/// Every rule that was held or is broken, by code.
fn rules(checked: &Checked<'_>) -> Vec<&'static Rule> {
    let held = checked.check.uses.iter().map(|used| used.rule);
    let mut rules: Vec<&Rule> =
        held.chain(checked.check.outcomes.iter().map(|one| one.violation.rule)).collect();
    rules.sort_by_key(|rule| rule.code);
    rules.dedup();
    rules
}

fn descriptor(rule: &Rule) -> Value {
    let text = format!(
        "{}\n\nExample:\n{}\n\nThe way out: {}\n\nLimits: {}",
        rule.why, rule.example, rule.way_out, rule.limits
    );
    let markdown = format!(
        "{}\n\n```\n{}\n```\n\n**The way out.** {}\n\n**Limits.** {}",
        rule.why, rule.example, rule.way_out, rule.limits
    );
    json!({
        "id": rule.code,
        "name": rule.name,
        "shortDescription": { "text": rule.holds },
        "fullDescription": { "text": format!("{} {}", rule.holds, rule.why) },
        "help": { "text": text, "markdown": markdown },
        "defaultConfiguration": { "level": "error" },
        "properties": { "tags": ["architecture", "unsnarl"] },
    })
}

fn result(checked: &Checked<'_>, rules: &[&Rule], one: &Outcome, fingerprint: &str) -> Value {
    let violation = &one.violation;
    let mut places = place::places(checked, violation).into_iter();
    let first = places.next().unwrap_or_else(|| place::first(checked, violation));
    let level = match violation.level {
        Level::Error => "error",
        Level::Warning => "warning",
    };
    let mut result = json!({
        "ruleId": violation.rule.code,
        "ruleIndex": rules.iter().position(|rule| *rule == violation.rule),
        "level": level,
        "message": { "text": message(violation) },
        "locations": [located(&first, None)],
        "partialFingerprints": { "unsnarlKey/v1": fingerprint },
        "properties": told(checked, violation),
    });
    let also: Vec<Value> = places.map(|place| located(&place, Some("It shows here, too."))).collect();
    let fields = result.as_object_mut().expect("it is written as an object above");
    if !also.is_empty() {
        fields.insert("relatedLocations".to_owned(), also.into());
    }
    if let Some(files) = place::files_of_chain(violation).filter(|files| files.len() > 2) {
        fields.insert("codeFlows".to_owned(), json!([flow(files, &first)]));
    }
    if let Some(suppression) = suppression(checked, one) {
        fields.insert("suppressions".to_owned(), json!([suppression]));
    }
    if matches!(checked.scope, Scope::Change { .. }) {
        fields.insert("baselineState".to_owned(), baseline(&one.state).into());
    }
    result
}

/// What is broken, who is concerned and the way out: all that most services show of a result.
fn message(violation: &Violation) -> String {
    let mut lines = vec![plain(&violation.what)];
    lines.extend(other_side(violation).map(|owner| format!("The other side is owned by {owner}.")));
    lines.extend(violation.because.as_ref().map(|because| format!("Because: {}", plain(because))));
    lines.push(format!("The way out: {}", plain(&violation.way_out)));
    // A name in brackets before a bracket would be read as a link.
    lines.join("\n").replace("](", "] (")
}

fn told(checked: &Checked<'_>, violation: &Violation) -> Value {
    let mut told = Map::new();
    let module = |at: Option<u32>| at.map(|module| checked.manifest.modules[module as usize].id.clone());
    let fields = [
        ("contract", violation.contract.clone()),
        ("from", Some(violation.from.clone())),
        ("to", Some(violation.to.clone()).filter(|to| !to.is_empty())),
        ("fromModule", module(violation.from_module)),
        ("toModule", module(violation.to_module)),
        ("chargedTo", module(violation.charged_to(checked.manifest.check.charge))),
    ];
    for (name, value) in fields {
        told.extend(value.map(|value| (name.to_owned(), value.into())));
    }
    told.into()
}

/// A file, and the line and columns of it where there are any; of a file as a whole its beginning, for services show
/// nothing of a result without a line.
fn located(place: &Place, message: Option<&str>) -> Value {
    let mut region = json!({ "startLine": place.line.max(1) });
    if let Some((start, end)) = place.columns.map(|columns| columns.utf16) {
        region["startColumn"] = start.into();
        region["endColumn"] = end.into();
    }
    let mut location = json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri(&place.path), "uriBaseId": "SRCROOT" },
        "region": region,
    }});
    if let Some(message) = message {
        location["message"] = json!({ "text": message });
    }
    location
}

/// A way through files; what lies outside of the repository has no place and is named in the step before it.
fn flow(files: &[String], first: &Place) -> Value {
    let steps = files.iter().enumerate().take(MOST_STEPS).filter(|(_, file)| !file.starts_with("external:"));
    let steps = steps.map(|(at, file)| {
        let place = match at {
            0 => first.clone(),
            _ => Place { path: file.clone(), line: 0, columns: None },
        };
        let message = match files.get(at + 1) {
            Some(next) => format!("It names {}.", plain(next.trim_start_matches("external:"))),
            None => "The end of the way.".to_owned(),
        };
        json!({ "location": located(&place, Some(&message)) })
    });
    json!({ "threadFlows": [{ "locations": steps.collect::<Vec<_>>() }] })
}

fn suppression(checked: &Checked<'_>, one: &Outcome) -> Option<Value> {
    let accepted = |why: String| json!({ "kind": "external", "status": "accepted", "justification": why });
    match &one.state {
        State::New | State::Before => None,
        State::Recorded => Some(accepted("Recorded as debt by unsnarl check --accept.".to_owned())),
        State::Moved(key) => {
            Some(accepted(format!("Recorded as debt by unsnarl check --accept, from {}.", plain(&key.from))))
        }
        State::Exempt(at) => {
            let Exemption { reason, place, .. } = &checked.manifest.exemptions[*at];
            let place = Place { path: place.file.clone(), line: place.line, columns: None };
            let mut suppression = accepted(plain(reason));
            suppression["location"] = located(&place, None);
            Some(suppression)
        }
    }
}

/// Against a base: debt was there before it was looked for, and an exemption excuses only what is new.
fn baseline(state: &State) -> &'static str {
    match state {
        State::New | State::Exempt(_) => "new",
        State::Recorded | State::Before => "unchanged",
        State::Moved(_) => "updated",
    }
}

fn notifications(checked: &Checked<'_>) -> Vec<Value> {
    let left = checked.check.outcomes.len().saturating_sub(MOST_RESULTS);
    let cut = (left > 0).then(|| {
        format!("{} left out: no more than {MOST_RESULTS} are taken", super::count(left as u64, "result"))
    });
    let note = |text: String| json!({ "level": "note", "message": { "text": text } });
    checked.notes.iter().map(|one| plain(one)).chain(cut).map(note).collect()
}

/// What was looked at, and debt by numbers.
fn properties(checked: &Checked<'_>) -> Value {
    let (coverage, delta) = (&checked.check.coverage, &checked.check.delta);
    json!({
        "lookedAt": summary::looked_at(checked),
        "holds": checked.check.holds(),
        "coverage": {
            "modules": coverage.modules,
            "files": coverage.files,
            "filesInModules": coverage.files_in_modules,
            "read": coverage.read,
            "dependencies": coverage.dependencies,
        },
        "debt": {
            "told": text::debt(delta),
            "recorded": delta.recorded,
            "held": delta.held,
            "moved": delta.moved,
            "stale": delta.stale,
            "before": delta.before,
        },
        "allowed": checked.check.allowed,
    })
}

/// A path as a URI reference (RFC 3986): everything but letters, digits, `-._~` and slashes is written in bytes.
fn uri(path: &str) -> String {
    path.bytes().fold(String::with_capacity(path.len()), |mut uri, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
        uri
    })
}
