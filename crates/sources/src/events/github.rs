//! GitHub: REST pulls, issues, issue and timeline events, reviews, review comments and commits; and pull requests in the spelling
//! that GraphQL and `gh pr list --json` share.

use facts::EventKind;
use serde_json::Value;

use super::{
    fields::{address, at, commit, list, login, number_of_url, team},
    read::Gathering,
    told::{State, Told, ToldFiles, ToldRequest},
};

/// `gh` and GraphQL ask for at most so many files and commits at once.
const PAGE: usize = 100;

/// Takes a value that GitHub writes; whether it is one.
pub(super) fn take(value: &Value, into: &mut Gathering) -> bool {
    let has = |field: &str| value.get(field).is_some();
    if value["data"].is_object() || value["repository"]["pullRequests"].is_object() {
        return graphql(value, into);
    }
    if let Some(number) = value["number"].as_u64() {
        if has("head") && has("base") {
            rest_pull(value, number, into);
        } else if has("created_at") && has("user") {
            rest_issue(value, number, into);
        } else if is_pull(value) {
            into.note_form("pull requests as gh and GraphQL write them");
            pull(value, number, into);
        } else {
            return false;
        }
        return true;
    }
    if has("pull_request_url") && has("state") && has("user") {
        review(value, into);
    } else if has("pull_request_url") && has("created_at") && has("user") {
        review_comment(value, into);
    } else if value["event"].is_string() {
        issue_event(value, into);
    } else if value["sha"].is_string() && value["commit"]["author"].is_object() {
        rest_commit(value, into);
    } else {
        return false;
    }
    true
}

fn is_pull(value: &Value) -> bool {
    let fields =
        ["createdAt", "mergedAt", "closedAt", "mergeCommit", "reviews", "commits", "headRefOid", "author"];
    fields.iter().any(|field| value.get(field).is_some())
}

/// A page of a GraphQL answer: `data.repository.pullRequests.nodes`, a single `pullRequest`, or nodes of a `search`.
fn graphql(value: &Value, into: &mut Gathering) -> bool {
    let data = if value["data"].is_object() { &value["data"] } else { value };
    let repository = &data["repository"];
    let named = repository["nameWithOwner"].as_str();
    let lists = [&repository["pullRequests"], &data["search"]];
    let one = Some(&repository["pullRequest"]).filter(|one| one.is_object());
    if lists.iter().all(|list| !list.is_object()) && one.is_none() {
        return false;
    }
    into.note_form("GraphQL answers");
    for node in lists.into_iter().flat_map(list).chain(one) {
        match node["number"].as_u64() {
            Some(number) if is_pull(node) => pull_of(node, number, named, into),
            _ => into.skip("things in a GraphQL answer are no pull request with a number"),
        }
    }
    true
}

fn pull(value: &Value, number: u64, into: &mut Gathering) {
    pull_of(value, number, None, into);
}

/// A pull request with names like `createdAt`.
fn pull_of(value: &Value, number: u64, repository: Option<&str>, into: &mut Gathering) {
    let url = value["url"].as_str();
    let named = value["repository"]["nameWithOwner"].as_str().or(repository);
    let Some(told) = into.of(named, url) else { return };
    let author = login(&value["author"], told);
    let opened_at = at(value, "createdAt");
    let merged_at = at(value, "mergedAt");
    let closed_at = at(value, "closedAt");
    let latest = [at(value, "updatedAt"), merged_at, closed_at, opened_at].into_iter().flatten().max();
    let mut request = ToldRequest {
        author,
        opened_at,
        head_commit: commit(value, "headRefOid"),
        merge_commit: merged_at.and_then(|_| commit(&value["mergeCommit"], "oid")),
        files: files(value),
        ..ToldRequest::default()
    };
    if let Some(seen) = latest.filter(|_| value.get("mergedAt").is_some() || value.get("closedAt").is_some())
    {
        request.stood(State { at: seen, merged_at, closed_at });
    }
    if merged_at.is_some() {
        request.event(merged_at, EventKind::Merged, login(&value["mergedBy"], told));
    }
    commits(&value["commits"], &mut request, told);
    for one in list(&value["reviews"]).chain(list(&value["latestReviews"])) {
        let actor = login(&one["author"], told);
        request.verdict(one["state"].as_str(), at(one, "submittedAt"), actor);
    }
    let mut other_items = 0;
    for item in list(&value["timelineItems"]) {
        other_items += u64::from(!timeline_item(item, &mut request, told));
    }
    told.request(number).merge(request);
    let cut = ["reviews", "timelineItems"]
        .into_iter()
        .filter(|list| value[list]["pageInfo"]["hasNextPage"] == true);
    into.skip_many(
        "lists of reviews or events of one request are longer than a page, and end with it",
        cut.count() as u64,
    );
    into.skip_many("timeline items are of kinds that say nothing of reviews", other_items);
    let waiting = list(&value["reviewRequests"]).count() as u64;
    if value.get("timelineItems").is_none() {
        into.skip_many("requests for a review carry no time, and so are no events", waiting);
    }
}

/// One item of a GraphQL timeline; whether its kind is kept.
fn timeline_item(item: &Value, request: &mut ToldRequest, told: &mut Told) -> bool {
    let actor = login(&item["actor"], told);
    let moment = at(item, "createdAt");
    let (kind, actor) = match item["__typename"].as_str().unwrap_or_default() {
        "ReadyForReviewEvent" => (EventKind::Ready, actor),
        "ConvertToDraftEvent" => (EventKind::Drafted, actor),
        "ClosedEvent" => (EventKind::Closed, actor),
        "ReopenedEvent" => (EventKind::Reopened, actor),
        "MergedEvent" => (EventKind::Merged, actor),
        "ReviewRequestedEvent" => (EventKind::ReviewRequested, asked(&item["requestedReviewer"], told)),
        "PullRequestReview" => {
            let actor = login(&item["author"], told);
            request.verdict(item["state"].as_str(), at(item, "submittedAt"), actor);
            return true;
        }
        _ => return false,
    };
    request.event(moment, kind, actor);
    true
}

/// A person or team that was asked for a review.
fn asked(reviewer: &Value, told: &mut Told) -> Option<String> {
    login(reviewer, told).or_else(|| team(reviewer, told))
}

/// The first moment of its commits, and who writes from which address.
fn commits(value: &Value, request: &mut ToldRequest, told: &mut Told) {
    for one in list(value) {
        let one = if one["commit"].is_object() { &one["commit"] } else { one };
        if let Some(written) = at(one, "authoredDate") {
            request.written_at = Some(request.written_at.map_or(written, |known| known.min(written)));
        }
        for author in list(&one["authors"]).chain(Some(&one["author"])) {
            let account = if author["user"].is_object() { &author["user"] } else { author };
            address(account, &author["email"], told);
        }
    }
}

fn files(value: &Value) -> Option<ToldFiles> {
    let files = value.get("files").filter(|files| !files.is_null())?;
    let paths: std::collections::BTreeSet<String> =
        list(files).filter_map(|file| Some(file["path"].as_str()?.to_owned())).collect();
    let total = value["changedFiles"].as_u64().or_else(|| files["totalCount"].as_u64());
    let complete = match (total, files["pageInfo"]["hasNextPage"].as_bool()) {
        (Some(total), _) => total == paths.len() as u64,
        (None, Some(more)) => !more,
        (None, None) => paths.len() < PAGE,
    };
    Some(ToldFiles { paths, complete })
}

impl ToldRequest {
    /// Notes a review: its state in the spelling of any of GitHub's interfaces.
    pub(super) fn verdict(&mut self, state: Option<&str>, moment: Option<i64>, actor: Option<String>) {
        let kind = match state.unwrap_or_default().to_ascii_lowercase().as_str() {
            "approved" => EventKind::Approved,
            "changes_requested" => EventKind::ChangesRequested,
            // A verdict that was taken back was a review all the same.
            "commented" | "dismissed" => EventKind::Reviewed,
            _ => return,
        };
        self.event(moment, kind, actor);
    }
}

/// A pull request of the REST interface, as an array of `/pulls` holds it and GH Archive's events do.
pub(super) fn rest_pull(value: &Value, number: u64, into: &mut Gathering) {
    into.note_form("GitHub REST pull requests");
    let named = value["base"]["repo"]["full_name"].as_str();
    let url = value["url"].as_str().or_else(|| value["html_url"].as_str());
    let Some(told) = into.of(named, url) else { return };
    let request = rest_request(value, at(value, "updated_at"), told);
    told.request(number).merge(request);
    let waiting = list(&value["requested_reviewers"]).chain(list(&value["requested_teams"])).count() as u64;
    into.skip_many("requests for a review carry no time, and so are no events", waiting);
}

/// What the REST form of a pull request tells; `seen` is when it stood so.
pub(super) fn rest_request(value: &Value, seen: Option<i64>, told: &mut Told) -> ToldRequest {
    let (opened_at, merged_at, closed_at) =
        (at(value, "created_at"), at(value, "merged_at"), at(value, "closed_at"));
    let mut request = ToldRequest {
        author: login(&value["user"], told),
        opened_at,
        head_commit: commit(&value["head"], "sha"),
        // Of an open request this is a merge the forge tries out.
        merge_commit: merged_at.and_then(|_| commit(value, "merge_commit_sha")),
        ..ToldRequest::default()
    };
    let known = value.get("created_at").is_some();
    if let Some(at) = seen.max(closed_at).max(opened_at).filter(|_| known) {
        request.stood(State { at, merged_at, closed_at });
    }
    if merged_at.is_some() {
        request.event(merged_at, EventKind::Merged, login(&value["merged_by"], told));
    }
    request
}

/// An issue: a pull request in disguise, or none.
fn rest_issue(value: &Value, number: u64, into: &mut Gathering) {
    into.note_form("GitHub REST issues");
    let Some(pull) = value.get("pull_request").filter(|pull| pull.is_object()) else {
        into.skip("issues are no pull requests");
        return;
    };
    let Some(told) = into.of(None, pull["url"].as_str().or_else(|| value["url"].as_str())) else { return };
    let mut request = ToldRequest {
        author: login(&value["user"], told),
        opened_at: at(value, "created_at"),
        ..ToldRequest::default()
    };
    let (merged_at, closed_at) = (at(pull, "merged_at"), at(value, "closed_at"));
    if let (Some(seen), true) = (at(value, "updated_at").max(closed_at), pull.get("merged_at").is_some()) {
        request.stood(State { at: seen, merged_at, closed_at });
    }
    told.request(number).merge(request);
}

fn review(value: &Value, into: &mut Gathering) {
    into.note_form("GitHub REST reviews");
    let Some((number, told)) = reviewed(value, into) else { return };
    let actor = login(&value["user"], told);
    told.request(number).verdict(value["state"].as_str(), at(value, "submitted_at"), actor);
}

fn review_comment(value: &Value, into: &mut Gathering) {
    into.note_form("GitHub REST review comments");
    let Some((number, told)) = reviewed(value, into) else { return };
    let actor = login(&value["user"], told);
    told.request(number).event(at(value, "created_at"), EventKind::Reviewed, actor);
}

/// The number of the pull request a review or its comment is of, and where to put what is told of it.
fn reviewed<'g>(value: &Value, into: &'g mut Gathering) -> Option<(u64, &'g mut Told)> {
    let url = value["pull_request_url"].as_str();
    let Some(number) = url.and_then(number_of_url) else {
        into.skip("reviews name no pull request");
        return None;
    };
    Some((number, into.of(None, url)?))
}

/// A commit: which account writes from which address.
fn rest_commit(value: &Value, into: &mut Gathering) {
    into.note_form("GitHub REST commits");
    let Some(told) = into.of(None, value["url"].as_str()) else { return };
    for role in ["author", "committer"] {
        address(&value[role], &value["commit"][role]["email"], told);
    }
}

/// An event of an issue or of a timeline; those of a timeline name their request only when they are reviews.
fn issue_event(value: &Value, into: &mut Gathering) {
    into.note_form("GitHub REST issue events");
    let name = value["event"].as_str().unwrap_or_default();
    let issue = &value["issue"];
    if issue.is_object() && !issue["pull_request"].is_object() {
        return into.skip("issues are no pull requests");
    }
    let url = value["pull_request_url"].as_str().or_else(|| issue["pull_request"]["url"].as_str());
    let url = url.or_else(|| issue["url"].as_str()).or_else(|| value["url"].as_str());
    let number =
        issue["number"].as_u64().or_else(|| value["pull_request_url"].as_str().and_then(number_of_url));
    let Some(number) = number else {
        return into.skip("events of a timeline do not say which pull request they belong to");
    };
    let moment = at(value, "created_at");
    let Some(told) = into.of(None, url) else { return };
    let actor = login(&value["actor"], told);
    let (kind, actor) = match name {
        "closed" => (EventKind::Closed, actor),
        "reopened" => (EventKind::Reopened, actor),
        "merged" => (EventKind::Merged, actor),
        "ready_for_review" => (EventKind::Ready, actor),
        "convert_to_draft" | "converted_to_draft" => (EventKind::Drafted, actor),
        "review_requested" => {
            let asked =
                login(&value["requested_reviewer"], told).or_else(|| team(&value["requested_team"], told));
            (EventKind::ReviewRequested, asked)
        }
        "reviewed" => {
            let actor = login(&value["user"], told);
            told.request(number).verdict(value["state"].as_str(), at(value, "submitted_at"), actor);
            return;
        }
        _ => return into.skip("events are of kinds that say nothing of reviews"),
    };
    if issue.is_object() {
        let opened = ToldRequest {
            author: login(&issue["user"], told),
            opened_at: at(issue, "created_at"),
            ..ToldRequest::default()
        };
        told.request(number).merge(opened);
    }
    told.request(number).event(moment, kind, actor);
}
