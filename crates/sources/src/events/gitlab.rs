//! GitLab: merge requests of the REST interface with what hangs on them, and `merge_requests.ndjson` of a project export.

use facts::{EventKind, PersonKind};
use serde_json::Value;

use super::{
    fields::{address_hash, at, commit, list, login, number_of_url},
    read::Gathering,
    told::{State, Told, ToldFiles, ToldRequest},
};

/// Takes a value that GitLab writes; whether it is one.
pub(super) fn take(value: &Value, into: &mut Gathering) -> bool {
    let has = |field: &str| value.get(field).is_some();
    if let Some(number) = value["iid"].as_u64() {
        if !has("created_at")
            || !["source_branch", "merge_status", "merged_at", "merge_commit_sha", "approved_by"]
                .into_iter()
                .any(has)
        {
            return false;
        }
        merge_request(value, number, into);
    } else if value["noteable_type"] == "MergeRequest" && has("body") {
        note_alone(value, into);
    } else if value["resource_type"] == "MergeRequest" && has("state") && has("created_at") {
        into.note_form("GitLab state events");
        match value["resource_id"].as_u64() {
            Some(id) => into.later(id, value.clone()),
            None => into.skip("state events name no merge request"),
        }
    } else if has("label") && value["resource_type"] == "MergeRequest" {
        into.note_form("GitLab label events");
        into.skip("label events say nothing of reviews");
    } else if value["user"]["username"].is_string() && has("access_level") && has("source_type") {
        member(value, into);
    } else {
        return false;
    }
    true
}

fn merge_request(value: &Value, number: u64, into: &mut Gathering) {
    into.note_form("GitLab merge requests");
    let url = value["web_url"].as_str();
    let full = value["references"]["full"]
        .as_str()
        .and_then(|full| full.rsplit_once('!'))
        .map(|(project, _)| project);
    if let Some(id) = value["id"].as_u64() {
        into.note_id(id, number);
    }
    let Some(told) = into.of(full, url) else { return };
    let request = request_of(value, told);
    told.request(number).merge(request);
    let timeless = list(&value["approved_by"]).filter(|one| at(one, "approved_at").is_none()).count() as u64;
    let waiting = list(&value["reviewers"]).count() as u64;
    into.skip_many("approvals carry no time, and so are no events; notes tell it", timeless);
    into.skip_many("requests for a review carry no time, and so are no events", waiting);
    let labels = list(&value["resource_label_events"]).chain(list(&value["label_events"])).count() as u64;
    into.skip_many("label events say nothing of reviews", labels);
}

fn request_of(value: &Value, told: &mut Told) -> ToldRequest {
    let metrics = &value["metrics"];
    let merged_at = at(value, "merged_at").or_else(|| at(metrics, "merged_at"));
    let is_closed = matches!(value["state"].as_str(), Some("closed"));
    let closed_at = at(value, "closed_at")
        .or(merged_at)
        .or_else(|| at(metrics, "latest_closed_at").filter(|_| is_closed));
    let mut request = ToldRequest {
        author: account(value, "author", told),
        opened_at: at(value, "created_at"),
        merge_commit: commit(value, "merge_commit_sha").or_else(|| commit(value, "merged_commit_sha")),
        squash_commit: commit(value, "squash_commit_sha"),
        head_commit: commit(value, "sha").or_else(|| commit(&value["merge_request_diff"], "head_commit_sha")),
        files: diff_files(&value["merge_request_diff"]),
        ..ToldRequest::default()
    };
    let seen = at(value, "updated_at").max(closed_at).max(request.opened_at);
    if let Some(at) = seen.filter(|_| value.get("state").is_some() || value.get("merged_at").is_some()) {
        request.stood(State { at, merged_at, closed_at });
    }
    if merged_at.is_some() {
        let by = ["merge_user", "merged_by"].into_iter().find_map(|field| account(value, field, told));
        let by = by.or_else(|| account(metrics, "merged_by", told));
        request.event(merged_at, EventKind::Merged, by);
    }
    for one in list(&value["notes"]) {
        note(one, &mut request, told);
    }
    for one in list(&value["resource_state_events"]).chain(list(&value["state_events"])) {
        state_event(one, &mut request, told);
    }
    for one in list(&value["approved_by"]) {
        let actor = login(&one["user"], told);
        request.event(at(one, "approved_at"), EventKind::Approved, actor);
    }
    for one in list(&value["approvals"]) {
        let actor = account(one, "user", told);
        request.event(at(one, "created_at"), EventKind::Approved, actor);
    }
    let diff = &value["merge_request_diff"];
    for one in list(&diff["merge_request_diff_commits"]).chain(list(&value["commits"])) {
        let written = at(one, "authored_date");
        request.written_at = match (request.written_at, written) {
            (Some(known), Some(written)) => Some(known.min(written)),
            (known, written) => known.or(written),
        };
    }
    request
}

/// The account in a field, or by its number in `field_id`, as exports have it.
fn account(value: &Value, field: &str, told: &mut Told) -> Option<String> {
    if let Some(known) = login(&value[field], told) {
        return Some(known);
    }
    let number = value[format!("{field}_id")].as_u64()?;
    let name = placeholder(number);
    told.actor(&name, PersonKind::Human);
    Some(name)
}

/// What an account is called of which an export tells the number alone.
pub(super) fn placeholder(number: u64) -> String {
    format!("user:{number}")
}

/// A member of a project export: which number is whose login.
fn member(value: &Value, into: &mut Gathering) {
    into.note_form("GitLab project members");
    let user = &value["user"];
    let Some(told) = into.of(None, None) else { return };
    let Some(name) = login(user, told) else { return };
    let addresses = ["public_email", "email"].into_iter().filter_map(|field| user[field].as_str());
    let hashes: Vec<u64> = addresses.filter(|email| email.contains('@')).map(address_hash).collect();
    told.actors.entry(name.clone()).or_default().addresses.extend(hashes);
    if let Some(number) = user["id"].as_u64() {
        into.note_login(number, name);
    }
}

fn note_alone(value: &Value, into: &mut Gathering) {
    into.note_form("GitLab notes");
    let url = value["web_url"].as_str().or_else(|| value["noteable_url"].as_str());
    let number = value["noteable_iid"].as_u64().or_else(|| url.and_then(number_of_url));
    let Some(number) = number else { return into.skip("notes name no merge request") };
    let Some(told) = into.of(None, url) else { return };
    let mut request = ToldRequest::default();
    note(value, &mut request, told);
    told.request(number).merge(request);
}

/// A note: written by GitLab of what somebody did, or a remark on the code.
fn note(value: &Value, request: &mut ToldRequest, told: &mut Told) {
    let actor = account(value, "author", told);
    let moment = at(value, "created_at");
    let body = value["body"].as_str().or_else(|| value["note"].as_str()).unwrap_or_default();
    if value["system"] != true {
        let kind = value["type"].as_str().unwrap_or_default();
        if matches!(kind, "DiffNote" | "DiscussionNote") || value["resolvable"] == true {
            request.event(moment, EventKind::Reviewed, actor);
        }
        return;
    }
    let starts = |beginnings: &[&str]| beginnings.iter().any(|beginning| body.starts_with(beginning));
    if starts(&["approved this merge request"]) {
        request.event(moment, EventKind::Approved, actor);
    } else if starts(&["requested changes"]) {
        request.event(moment, EventKind::ChangesRequested, actor);
    } else if starts(&["requested review from"]) {
        for name in mentioned(body.split(" and removed ").next().unwrap_or_default()) {
            told.actor(&name, PersonKind::Human);
            request.event(moment, EventKind::ReviewRequested, Some(name));
        }
    } else if starts(&[
        "marked this merge request as **ready**",
        "unmarked as a **Work In Progress**",
        "unmarked this merge request as a **Work In Progress**",
    ]) {
        request.event(moment, EventKind::Ready, actor);
    } else if starts(&[
        "marked this merge request as **draft**",
        "marked as a **Work In Progress**",
        "marked this merge request as a **Work In Progress**",
    ]) {
        request.event(moment, EventKind::Drafted, actor);
    } else if starts(&["closed", "reopened", "merged"]) && !body.contains(' ') {
        let kind = match body {
            "closed" => EventKind::Closed,
            "reopened" => EventKind::Reopened,
            _ => EventKind::Merged,
        };
        request.event(moment, kind, actor);
    }
}

/// Accounts written as `@name` in a sentence of GitLab's own.
fn mentioned(text: &str) -> Vec<String> {
    let words = text.split([' ', ',']).filter_map(|word| word.strip_prefix('@'));
    words.map(|word| word.trim_end_matches('.').to_lowercase()).filter(|word| !word.is_empty()).collect()
}

/// `closed`, `reopened` or `merged`, with who did it.
pub(super) fn state_event(value: &Value, request: &mut ToldRequest, told: &mut Told) {
    let kind = match value["state"].as_str().unwrap_or_default() {
        "closed" => EventKind::Closed,
        "reopened" => EventKind::Reopened,
        "merged" => EventKind::Merged,
        _ => return,
    };
    let actor = account(value, "user", told);
    request.event(at(value, "created_at"), kind, actor);
}

fn diff_files(diff: &Value) -> Option<ToldFiles> {
    let files = diff.get("merge_request_diff_files")?;
    let paths = list(files).filter_map(|file| Some(file["new_path"].as_str()?.to_owned())).collect();
    Some(ToldFiles { paths, complete: diff["overflow"] != true && diff["state"] != "overflow" })
}
