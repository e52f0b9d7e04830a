//! GH Archive: public events as GitHub published them, one a line, every repository's in one file.
//!
//! Since October 2025 an event holds little more of its pull request than the number: who opened it, and when, is then
//! told by the event that opened it alone.

use facts::EventKind;
use serde_json::Value;

use super::{
    fields::{at, login, team},
    github::rest_request,
    read::Gathering,
    told::{State, ToldRequest},
};

/// Takes an event of the archive; whether it is one.
pub(super) fn take(value: &Value, into: &mut Gathering) -> bool {
    let Some(name) = value["type"].as_str().filter(|name| name.ends_with("Event")) else { return false };
    if !value["payload"].is_object() || value["repo"]["name"].as_str().is_none() {
        return false;
    }
    into.note_form("GH Archive events");
    match name {
        "PullRequestEvent" | "PullRequestReviewEvent" | "PullRequestReviewCommentEvent" => {
            request(value, name, into)
        }
        _ => into.skip("events of the archive are about other things than pull requests"),
    }
    true
}

fn request(value: &Value, name: &str, into: &mut Gathering) {
    let payload = &value["payload"];
    let pull = &payload["pull_request"];
    let Some(number) = payload["number"].as_u64().or_else(|| pull["number"].as_u64()) else {
        return into.skip("events of the archive name no pull request");
    };
    let moment = at(value, "created_at");
    let Some(told) = into.of(value["repo"]["name"].as_str(), None) else { return };
    let actor = login(&value["actor"], told);
    let mut request = rest_request(pull, moment, told);
    match name {
        "PullRequestEvent" => {
            let action = payload["action"].as_str().unwrap_or_default();
            let asked = (login(&payload["requested_reviewer"], told))
                .or_else(|| team(&payload["requested_team"], told));
            pull_event(&mut request, action, pull, moment, actor, asked);
        }
        "PullRequestReviewEvent" => {
            let review = &payload["review"];
            let reviewer = login(&review["user"], told).or(actor);
            request.verdict(review["state"].as_str(), at(review, "submitted_at").or(moment), reviewer);
        }
        _ => {
            let comment = &payload["comment"];
            let author = login(&comment["user"], told).or(actor);
            request.event(at(comment, "created_at").or(moment), EventKind::Reviewed, author);
        }
    }
    told.request(number).merge(request);
}

fn pull_event(
    request: &mut ToldRequest,
    action: &str,
    pull: &Value,
    moment: Option<i64>,
    actor: Option<String>,
    asked: Option<String>,
) {
    let merged = action == "merged" || pull["merged"] == true;
    let kind = match action {
        "opened" => EventKind::Opened,
        "reopened" => EventKind::Reopened,
        "closed" | "merged" if merged => EventKind::Merged,
        "closed" => EventKind::Closed,
        "ready_for_review" => EventKind::Ready,
        "converted_to_draft" => EventKind::Drafted,
        "review_requested" => EventKind::ReviewRequested,
        _ => return,
    };
    match kind {
        EventKind::ReviewRequested => request.event(moment, kind, asked),
        // The moment in the request itself is the exact one, where it is told.
        EventKind::Opened => request.event(request.opened_at.or(moment), kind, actor),
        EventKind::Merged => {
            let at = request.state.and_then(|state| state.merged_at).or(moment);
            request.event(at, kind, actor);
        }
        _ => request.event(moment, kind, actor),
    }
    if let (Some(at), None) = (moment, request.state)
        && matches!(kind, EventKind::Merged | EventKind::Closed | EventKind::Opened | EventKind::Reopened)
    {
        let ended = matches!(kind, EventKind::Merged | EventKind::Closed).then_some(at);
        let merged_at = ended.filter(|_| kind == EventKind::Merged);
        request.stood(State { at, merged_at, closed_at: ended });
    }
}
