//! `unsnarl events import`: every form, whole and broken, joined to a history.

use std::{fs, io::Write as _, path::PathBuf};

use serde_json::{Value, json};
use testkit::repo::{Commit, History, Sandbox};

use crate::stage::{Run, Stage, finish, left_out, program, table, unsnarl};

/// Three changes: a squash that names its number, a merged branch that names its own, a commit that names none.
fn history() -> History {
    let mut history = History::default();
    history.commit(
        "main",
        Commit::new("Add billing (#1)")
            .by("Ana Lima", "7+ana@users.noreply.github.com")
            .at(1_704_100_000)
            .write("billing/a.rs", "a"),
    );
    history.commit(
        "main",
        Commit::new("Add ledger\n\nSee merge request shop/shop!2")
            .by("Bo Ek", "bo@shop.example")
            .at(1_704_200_000)
            .write("ledger/b.rs", "b"),
    );
    history.commit(
        "main",
        Commit::new("Tidy up").by("Bo Ek", "bo@shop.example").at(1_704_300_000).write("ledger/c.rs", "c"),
    );
    history
}

impl Stage {
    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.sandbox.path().join(name);
        fs::write(&path, content).expect("the test is set up");
        path
    }

    fn import(&self, name: &str, content: impl AsRef<[u8]>, options: &[&str]) -> Run {
        let path = self.file(name, content);
        let arguments = [&["events", "import", path.to_str().expect("the test is set up")], options].concat();
        unsnarl(&self.sandbox, self.repository.path(), &arguments)
    }

    /// Imports and gives the JSON answer.
    fn imported(&self, name: &str, content: impl AsRef<[u8]>) -> Value {
        let text = self.import(name, content, &["--format", "json"]).answer();
        serde_json::from_str(&text).expect("the test is set up")
    }

    /// Rows of the table of events: request, change, kind, at, actor, actor kind, person.
    fn events(&self) -> Vec<String> {
        let rows = table(&self.sandbox, &self.repository, "events", &[]);
        rows.iter().map(|row| row.iter().take(7).collect::<Vec<_>>().join(",")).collect()
    }

    fn head(&self) -> String {
        self.repository.text(&["rev-parse", "HEAD"])
    }
}

/// What `gh pr list --json …` prints.
fn gh(head: &str) -> Value {
    json!([
        {
            "number": 1, "author": { "login": "Ana", "is_bot": false }, "createdAt": "2024-01-01T06:00:00Z",
            "updatedAt": "2024-01-01T09:06:40Z", "mergedAt": "2024-01-01T09:06:40Z", "closedAt": "2024-01-01T09:06:40Z",
            "mergeCommit": { "oid": "0".repeat(40) }, "headRefOid": "f".repeat(40), "isDraft": false,
            "reviews": [
                { "author": { "login": "bo" }, "state": "CHANGES_REQUESTED", "submittedAt": "2024-01-01T07:00:00Z" },
                { "author": { "login": "ana" }, "state": "COMMENTED", "submittedAt": "2024-01-01T07:30:00Z" },
                { "author": { "login": "bo" }, "state": "APPROVED", "submittedAt": "2024-01-01T08:00:00Z" },
            ],
            "reviewRequests": [],
            "commits": [{ "authoredDate": "2024-01-01T05:00:00Z", "authors": [{ "login": "ana", "email": "" }] }],
            "files": [{ "path": "billing/a.rs" }],
        },
        {
            "number": 3, "author": { "login": "app/dependabot", "is_bot": true }, "createdAt": "2024-01-03T06:00:00Z",
            "updatedAt": "2024-01-03T16:40:00Z", "mergedAt": "2024-01-03T16:40:00Z", "closedAt": "2024-01-03T16:40:00Z",
            "mergeCommit": { "oid": head }, "mergedBy": { "login": "bob" }, "headRefOid": "e".repeat(40),
            "reviews": [], "reviewRequests": [],
            "commits": [{ "authoredDate": "2024-01-03T05:00:00Z", "authors": [{ "login": "bob", "email": "BO@shop.example" }] }],
            "files": [],
        },
        {
            "number": 4, "author": { "login": "" }, "createdAt": "2024-01-04T00:00:00Z", "updatedAt": "2024-01-05T00:00:00Z",
            "mergedAt": null, "closedAt": null, "mergeCommit": null, "headRefOid": "d".repeat(40), "reviews": [],
            "reviewRequests": [{ "__typename": "Team", "name": "Core", "slug": "core" }],
            "commits": [], "files": [{ "path": "ledger/b.rs" }, { "path": "new.rs" }],
        },
    ])
}

#[test]
fn what_gh_prints_is_joined() {
    let stage = Stage::of(&history());
    let text = stage.import("prs.json", gh(&stage.head()).to_string(), &[]).answer();
    let place = stage.events_path();
    let text = text.replace(place.to_str().unwrap(), "PLACE");
    insta::assert_snapshot!("events_gh", text);
    assert_eq!(
        stage.events(),
        [
            "1,0,opened,2024-01-01T06:00:00Z,0,human,0",
            "1,0,changes-requested,2024-01-01T07:00:00Z,1,human,",
            "1,0,approved,2024-01-01T08:00:00Z,1,human,",
            "1,0,merged,2024-01-01T09:06:40Z,,,",
            "3,2,opened,2024-01-03T06:00:00Z,2,bot,",
            "3,2,merged,2024-01-03T16:40:00Z,3,human,1",
            "4,,opened,2024-01-04T00:00:00Z,,,",
        ]
    );
    // Neither an address nor a login is in what is printed or exported.
    assert!(!stage.kept().contains('@') && stage.kept().contains("\"ana\""));
    for output in [&text, &stage.events().join("\n")] {
        assert!(
            !output.contains("ana") && !output.contains("dependabot") && !output.contains('@'),
            "{output}"
        );
    }
}

#[test]
fn importing_twice_is_importing_once() {
    let stage = Stage::of(&history());
    let export = gh(&stage.head());
    let first = stage.imported("a.json", export.to_string());
    assert_eq!(
        (first["new"].as_u64(), first["merged"].as_u64(), first["joined"].as_u64()),
        (Some(3), Some(2), Some(2))
    );
    let (kept, events) = (stage.kept(), stage.events());
    let second = stage.imported("b.json", export.to_string());
    assert_eq!(second["new"], 0);
    assert_eq!((stage.kept(), stage.events()), (kept.clone(), events.clone()));
    // The same as lines, the last first, each of them twice.
    let lines: Vec<String> = export.as_array().unwrap().iter().rev().map(Value::to_string).collect();
    let other = Stage::of(&history());
    other.imported("lines.jsonl", [lines.join("\n"), lines.join("\n")].join("\n"));
    assert_eq!((other.kept(), other.events()), (kept, events));
}

#[test]
fn rest_arrays_come_together() {
    let stage = Stage::of(&history());
    let pull = |number: u64| format!("https://api.github.com/repos/shop/shop/pulls/{number}");
    let pulls = json!([{
        "url": pull(1), "number": 1, "user": { "login": "ana", "type": "User" }, "created_at": "2024-01-01T06:00:00Z",
        "updated_at": "2024-01-02T00:00:00Z", "closed_at": "2024-01-01T09:06:40Z", "merged_at": "2024-01-01T09:06:40Z",
        "merge_commit_sha": "0".repeat(40), "head": { "sha": "f".repeat(40) },
        "base": { "repo": { "full_name": "shop/shop" } }, "requested_reviewers": [{ "login": "cy" }], "requested_teams": [],
    }]);
    let reviews = json!([[
        { "id": 1, "user": { "login": "bo" }, "state": "APPROVED", "submitted_at": "2024-01-01T08:00:00Z", "pull_request_url": pull(1) },
        { "id": 2, "user": { "login": "bo" }, "state": "PENDING", "pull_request_url": pull(1) },
        { "id": 3, "user": null, "state": "DISMISSED", "submitted_at": "2024-01-01T07:00:00Z", "pull_request_url": pull(1) },
    ]]);
    let issues = json!([
        { "number": 5, "user": { "login": "bo" }, "created_at": "2024-01-02T00:00:00Z", "updated_at": "2024-01-03T00:00:00Z",
          "closed_at": "2024-01-03T00:00:00Z", "pull_request": { "url": pull(5), "merged_at": null } },
        { "number": 6, "user": { "login": "bo" }, "created_at": "2024-01-02T00:00:00Z" },
    ]);
    let issue = json!({ "number": 1, "url": "https://api.github.com/repos/shop/shop/issues/1", "pull_request": { "url": pull(1) } });
    let events = json!([
        { "event": "review_requested", "created_at": "2024-01-01T06:30:00Z", "actor": { "login": "ana" },
          "requested_team": { "slug": "core" }, "issue": issue },
        { "event": "labeled", "created_at": "2024-01-01T06:30:00Z", "actor": { "login": "ana" }, "issue": issue },
        { "event": "committed", "author": { "date": "2024-01-01T06:30:00Z" } },
        { "event": "merged", "created_at": "2024-01-01T09:06:41Z", "actor": { "login": "cy" }, "issue": issue },
        { "event": "closed", "created_at": "2024-01-01T09:06:41Z", "actor": { "login": "cy" }, "issue": issue },
    ]);
    stage.imported("pulls.json", pulls.to_string());
    stage.imported("reviews.json", reviews.to_string());
    stage.imported("issues.json", issues.to_string());
    let answer = stage.imported("events.json", events.to_string());
    assert_eq!(
        stage.events(),
        [
            "1,0,opened,2024-01-01T06:00:00Z,0,human,0",
            "1,0,review-requested,2024-01-01T06:30:00Z,1,human,",
            "1,0,reviewed,2024-01-01T07:00:00Z,,,",
            "1,0,approved,2024-01-01T08:00:00Z,2,human,",
            "1,0,merged,2024-01-01T09:06:40Z,3,human,",
            "5,,opened,2024-01-02T00:00:00Z,2,human,",
            "5,,closed,2024-01-03T00:00:00Z,,,",
        ]
    );
    let ledger = answer["ledger"].to_string();
    assert!(
        ledger.contains("kinds that say nothing of reviews")
            && ledger.contains("do not say which pull request"),
        "{ledger}"
    );
}

#[test]
fn commits_tell_whose_an_account_is() {
    let stage = Stage::of(&history());
    let commits = json!([{
        "sha": "0".repeat(40), "url": "https://api.github.com/repos/shop/shop/commits/0", "author": { "login": "bobby" }, "committer": null,
        "commit": { "author": { "name": "Bo Ek", "email": "bo@shop.example" }, "committer": { "email": "noreply@github.com" } },
    }]);
    assert_eq!(stage.imported("commits.json", commits.to_string())["requests"], 0);
    let review = json!({ "user": { "login": "Bobby" }, "state": "APPROVED", "submitted_at": "2024-01-01T08:00:00Z",
        "pull_request_url": "https://api.github.com/repos/shop/shop/pulls/1" });
    stage.imported("reviews.json", review.to_string());
    stage.imported("prs.json", gh(&stage.head()).to_string());
    assert!(
        stage.events().contains(&"1,0,approved,2024-01-01T08:00:00Z,1,human,".to_owned()),
        "{:?}",
        stage.events()
    );
    assert!(
        stage.events().contains(&"1,0,approved,2024-01-01T08:00:00Z,2,human,1".to_owned()),
        "{:?}",
        stage.events()
    );
}

#[test]
fn graphql_answers_are_read() {
    let stage = Stage::of(&history());
    let answer = json!({ "data": { "repository": { "nameWithOwner": "shop/shop", "pullRequests": { "nodes": [{
        "number": 1, "createdAt": "2024-01-01T06:00:00Z", "updatedAt": "2024-01-01T10:00:00Z", "mergedAt": "2024-01-01T09:06:40Z",
        "closedAt": "2024-01-01T09:06:40Z", "author": { "__typename": "User", "login": "ana" }, "changedFiles": 1,
        "commits": { "nodes": [{ "commit": { "authoredDate": "2024-01-01T05:00:00Z" } }] },
        "files": { "nodes": [{ "path": "billing/a.rs" }] },
        "reviews": { "nodes": [{ "state": "APPROVED", "submittedAt": "2024-01-01T08:00:00Z", "author": { "login": "bo" } }] },
        "timelineItems": { "nodes": [
            { "__typename": "ReadyForReviewEvent", "createdAt": "2024-01-01T06:20:00Z", "actor": { "login": "ana" } },
            { "__typename": "ConvertToDraftEvent", "createdAt": "2024-01-01T06:10:00Z", "actor": { "login": "ana" } },
            { "__typename": "ReviewRequestedEvent", "createdAt": "2024-01-01T06:21:00Z", "actor": { "login": "ana" },
              "requestedReviewer": { "__typename": "Team", "slug": "core" } },
            { "__typename": "SubscribedEvent" },
        ] },
    }] } } } });
    let answer = stage.imported("answer.json", answer.to_string());
    assert_eq!(answer["repository"], "shop/shop");
    let kinds: Vec<String> =
        stage.events().iter().map(|row| row.split(',').nth(2).unwrap().to_owned()).collect();
    assert_eq!(kinds, ["opened", "drafted", "ready", "review-requested", "approved", "merged"]);
}

/// Events of the archive, of this repository and another.
fn archive() -> Vec<Value> {
    let event = |name: &str, repository: &str, at: &str, who: &str, payload: Value| json!({ "id": "1", "type": name, "actor": { "login": who }, "repo": { "name": repository }, "payload": payload, "created_at": at });
    let whole = json!({ "number": 1, "user": { "login": "ana" }, "created_at": "2024-01-01T06:00:00Z", "closed_at": null, "merged_at": null,
        "head": { "sha": "f".repeat(40) }, "base": {} });
    let mut merged = whole.clone();
    merged["merged_at"] = "2024-01-01T09:06:40Z".into();
    merged["closed_at"] = "2024-01-01T09:06:40Z".into();
    merged["merged"] = true.into();
    let short = json!({ "number": 8, "url": "https://api.github.com/repos/shop/shop/pulls/8", "head": {}, "base": {} });
    vec![
        event(
            "PullRequestEvent",
            "shop/shop",
            "2024-01-01T09:06:41Z",
            "bo",
            json!({ "action": "closed", "number": 1, "pull_request": merged }),
        ),
        event(
            "PullRequestEvent",
            "Shop/Shop",
            "2024-01-01T06:00:01Z",
            "ana",
            json!({ "action": "opened", "number": 1, "pull_request": whole }),
        ),
        event(
            "PullRequestReviewEvent",
            "shop/shop",
            "2024-01-01T08:00:01Z",
            "bo",
            json!({ "action": "created", "review": { "user": { "login": "bo" }, "state": "approved", "submitted_at": "2024-01-01T08:00:00Z" }, "pull_request": whole }),
        ),
        event(
            "PullRequestReviewCommentEvent",
            "shop/shop",
            "2024-01-01T07:00:00Z",
            "bo",
            json!({ "action": "created", "comment": { "user": { "login": "bo" }, "created_at": "2024-01-01T07:00:00Z" }, "pull_request": whole }),
        ),
        // As the archive has been since October 2025: the number, and little else.
        event(
            "PullRequestEvent",
            "shop/shop",
            "2024-01-06T00:00:00Z",
            "cy",
            json!({ "action": "opened", "number": 8, "pull_request": short }),
        ),
        event(
            "PullRequestEvent",
            "shop/shop",
            "2024-01-07T00:00:00Z",
            "bo",
            json!({ "action": "closed", "number": 8, "pull_request": short }),
        ),
        event(
            "PullRequestEvent",
            "other/thing",
            "2024-01-06T00:00:00Z",
            "cy",
            json!({ "action": "opened", "number": 1, "pull_request": short }),
        ),
        event("WatchEvent", "shop/shop", "2024-01-06T00:00:00Z", "cy", json!({ "action": "started" })),
    ]
}

fn lines(values: &[Value]) -> String {
    values.iter().map(|value| format!("{value}\n")).collect()
}

#[test]
fn the_archive_holds_others_too() {
    let stage = Stage::of(&history());
    let refused = stage.import("hour.json", lines(&archive()), &[]).refusal();
    assert!(
        refused.contains("2 repositories, other/thing, ") && refused.contains("--name OWNER/NAME"),
        "{refused}"
    );
    let mut packed = flate_of(&lines(&archive()));
    let whole = stage.import("hour.json.gz", &packed, &["--name", "shop/shop", "--format", "json"]).answer();
    let whole: Value = serde_json::from_str(&whole).unwrap();
    assert_eq!((&whole["requests"], &whole["repository"]), (&json!(2), &json!("shop/shop")));
    assert!(whole["ledger"].to_string().contains("1 other repository, `other/thing` first"), "{whole}");
    assert_eq!(
        stage.events(),
        [
            "1,0,opened,2024-01-01T06:00:00Z,0,human,0",
            "1,0,reviewed,2024-01-01T07:00:00Z,1,human,",
            "1,0,approved,2024-01-01T08:00:00Z,1,human,",
            "1,0,merged,2024-01-01T09:06:40Z,1,human,",
            "8,,opened,2024-01-06T00:00:00Z,2,human,",
            "8,,closed,2024-01-07T00:00:00Z,1,human,",
        ]
    );
    // A download that broke off.
    let other = Stage::of(&history());
    packed.truncate(packed.len() - 12);
    let cut = other.import("hour.json.gz", &packed, &["--name", "shop/shop"]).answer();
    assert!(cut.contains("broke off") && cut.contains("`"), "{cut}");
}

/// Gzip without compression: stored blocks, so that no test needs a compressor.
fn flate_of(text: &str) -> Vec<u8> {
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    for (at, chunk) in text.as_bytes().chunks(60_000).enumerate() {
        let last = (at + 1) * 60_000 >= text.len();
        let length = u16::try_from(chunk.len()).expect("the test is set up");
        out.push(u8::from(last));
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend(chunk);
    }
    let mut sum = !0_u32;
    for byte in text.bytes() {
        sum ^= u32::from(byte);
        for _ in 0..8 {
            sum = (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg());
        }
    }
    out.extend((!sum).to_le_bytes());
    out.extend(u32::try_from(text.len()).expect("the test is set up").to_le_bytes());
    out
}

#[test]
fn gitlab_tells_its_own_way() {
    let stage = Stage::of(&history());
    let note = |at: &str, who: &str, body: &str| json!({ "author": { "username": who }, "body": body, "created_at": at, "system": true });
    let requests = json!([{
        "id": 900, "iid": 2, "author": { "username": "bo" }, "state": "merged", "created_at": "2024-01-02T06:00:00.000Z",
        "updated_at": "2024-01-02T13:00:00.000Z", "merged_at": "2024-01-02T12:53:20.000Z", "closed_at": null,
        "merge_commit_sha": null, "squash_commit_sha": "0".repeat(40), "sha": "e".repeat(40), "source_branch": "x",
        "web_url": "https://gitlab.example/shop/shop/-/merge_requests/2", "merge_user": { "username": "ana" },
        "reviewers": [{ "username": "ana" }],
        "notes": [
            note("2024-01-02T07:00:00Z", "bo", "requested review from @ana and @cy"),
            note("2024-01-02T08:00:00Z", "ana", "approved this merge request"),
            note("2024-01-02T06:30:00Z", "bo", "marked this merge request as **ready**"),
            { "author": { "username": "cy" }, "body": "why?", "created_at": "2024-01-02T07:30:00Z", "system": false, "type": "DiffNote" },
            { "author": { "username": "cy" }, "body": "approved this merge request", "created_at": "2024-01-02T07:31:00Z", "system": false },
        ],
    }]);
    let states = json!([
        { "user": { "username": "cy" }, "created_at": "2024-01-02T09:00:00Z", "resource_type": "MergeRequest", "resource_id": 900, "state": "closed" },
        { "user": { "username": "cy" }, "created_at": "2024-01-02T09:01:00Z", "resource_type": "MergeRequest", "resource_id": 900, "state": "reopened" },
        { "user": { "username": "cy" }, "created_at": "2024-01-02T09:01:00Z", "resource_type": "MergeRequest", "resource_id": 7, "state": "reopened" },
        { "user": { "username": "cy" }, "created_at": "2024-01-02T09:01:00Z", "resource_type": "MergeRequest", "resource_id": 900, "label": {} },
    ]);
    // What comes first names a number only, what comes after says whose it is.
    let (states, requests) =
        (stage.file("states.json", states.to_string()), stage.file("mrs.json", requests.to_string()));
    let arguments = ["events", "import", states.to_str().unwrap(), requests.to_str().unwrap()];
    unsnarl(&stage.sandbox, stage.repository.path(), &arguments).answer();
    assert_eq!(
        stage.events(),
        [
            "2,1,opened,2024-01-02T06:00:00Z,0,human,",
            "2,1,ready,2024-01-02T06:30:00Z,0,human,",
            "2,1,review-requested,2024-01-02T07:00:00Z,1,human,0",
            "2,1,review-requested,2024-01-02T07:00:00Z,2,human,",
            "2,1,reviewed,2024-01-02T07:30:00Z,2,human,",
            "2,1,approved,2024-01-02T08:00:00Z,1,human,0",
            "2,1,closed,2024-01-02T09:00:00Z,2,human,",
            "2,1,reopened,2024-01-02T09:01:00Z,2,human,",
            "2,1,merged,2024-01-02T12:53:20Z,1,human,0",
        ]
    );
}

#[test]
fn a_project_export_names_accounts_by_number() {
    let stage = Stage::of(&history());
    let request = json!({
        "iid": 2, "author_id": 11, "state": "merged", "created_at": "2024-01-02T06:00:00.000Z", "updated_at": "2024-01-02T13:00:00.000Z",
        "merge_commit_sha": stage.head(), "source_branch": "x",
        "metrics": { "merged_at": "2024-01-02T12:53:20.000Z", "merged_by_id": 12 },
        "approvals": [{ "user_id": 12, "created_at": "2024-01-02T08:00:00.000Z" }],
        "merge_request_diff": {
            "merge_request_diff_commits": [{ "authored_date": "2024-01-01T00:00:00.000Z" }],
            "merge_request_diff_files": [{ "new_path": "ledger/c.rs", "old_path": "ledger/c.rs" }],
        },
    });
    let member = json!({ "access_level": 40, "source_type": "Project", "user": { "id": 12, "username": "bo", "public_email": "bo@shop.example" } });
    stage.imported("merge_requests.ndjson", format!("{request}\n{member}\n"));
    assert_eq!(
        stage.events(),
        [
            "2,2,opened,2024-01-02T06:00:00Z,0,human,",
            "2,2,approved,2024-01-02T08:00:00Z,1,human,1",
            "2,2,merged,2024-01-02T12:53:20Z,1,human,1",
        ]
    );
}

#[test]
fn a_file_cut_short_keeps_what_was_whole() {
    let stage = Stage::of(&history());
    let whole = serde_json::to_string_pretty(&gh(&stage.head())).unwrap();
    let second = whole.find("\"number\": 3").unwrap() + 40;
    let answer = stage.imported("cut.json", &whole[..second]);
    assert_eq!(answer["requests"], 1);
    let line = whole[..second].lines().count();
    let ledger = answer["ledger"].to_string();
    assert!(
        ledger.contains(&format!("cut.json`: line {line}, byte {second}: it ends in the middle of a value")),
        "{ledger}"
    );
    // The whole file mends it.
    assert_eq!(stage.imported("cut.json", &whole)["new"], 2);
}

#[test]
fn what_is_none_of_the_forms_is_refused() {
    let stage = Stage::of(&history());
    for (content, words) in [
        ("", "hold no request"),
        ("[]", "hold no request"),
        ("  \n", "hold no request"),
        ("not json", "line 1, byte 2: it is no JSON"),
        ("[{\"colour\": 1, \"shape\": 2}]", "line 1: its keys, colour, shape, are of no form that is known"),
        ("[1, 2]", "expected an object, found `1`"),
        ("{\"number\": 1}", "its keys, number, are of no form"),
        ("[{\"number\": 1, \"createdAt\"", "it ends in the middle of a value"),
        ("\u{0}\u{1}", "it is no JSON"),
        ("\u{1f}\u{8b}", "it is no JSON"),
        (&"[".repeat(100_000), "it is no JSON: recursion limit exceeded"),
    ] {
        let refused = stage.import("x.json", content, &[]).refusal();
        assert!(refused.contains(words), "{content:.40}: {refused}");
        assert!(refused.contains("understood are gh pr list --json"), "{refused}");
    }
    let refused = stage.import("x.gz", [0x1f, 0x8b, 8, 0, 1, 2, 3], &[]).refusal();
    assert!(refused.contains("cannot be read further"), "{refused}");
    let missing = unsnarl(&stage.sandbox, stage.repository.path(), &["events", "import", "missing.json"]);
    assert_eq!(missing.code(), Some(2));
    assert!(!stage.events_path().exists());
}

#[test]
fn another_repository_is_noticed() {
    let stage = Stage::of(&history());
    stage.repository.git(&["remote", "add", "origin", "git@github.com:shop/shop.git"]);
    let mut pull = gh(&stage.head())[0].clone();
    pull["url"] = "https://github.com/other/thing/pull/1".into();
    let refused = stage.import("prs.json", pull.to_string(), &[]).refusal();
    assert!(
        refused.contains("every request is of another repository, other/thing; this one is shop/shop"),
        "{refused}"
    );
    assert!(refused.contains("--name OWNER/NAME"), "{refused}");
    stage.import("prs.json", pull.to_string(), &["--name", "other/thing"]).answer();
    // What it is called is remembered.
    assert_eq!(stage.imported("prs.json", pull.to_string())["new"], 0);
}

#[test]
fn hostile_names_change_no_screen() {
    let stage = Stage::of(&history());
    let mut export = gh(&stage.head());
    export[0]["author"]["login"] = "\u{1b}[31mroot\u{202e}\n".into();
    export[0]["url"] = "https://github.com/\u{1b}[2J/\u{7}x/pull/1".into();
    export[0]["files"] = json!([{ "path": "../../etc/passwd\u{0}" }]);
    export[1]["number"] = u64::MAX.into();
    export[1]["createdAt"] = "99999-99-99T99:99:99Z".into();
    export[2]["createdAt"] = "0000-00-00T00:00:00Z".into();
    let text = stage.import("\u{1b}[31m.json", export.to_string(), &[]).answer();
    assert!(!text.chars().any(|c| c.is_control() && c != '\n') && !text.contains('\u{202e}'), "{text:?}");
    assert!(text.contains("of which no file says when they were opened"), "{text}");
    unsnarl(&stage.sandbox, stage.repository.path(), &["report"]).answer();
    assert_eq!(stage.events().len(), 5);
}

#[test]
fn what_is_kept_is_shown_and_forgotten() {
    let stage = Stage::of(&history());
    let run = |arguments: &[&str]| unsnarl(&stage.sandbox, stage.repository.path(), arguments);
    assert!(run(&["events", "show"]).answer().starts_with("no review events are kept"));
    let before = run(&["report", "--format", "json"]).answer();
    stage.imported("prs.json", gh(&stage.head()).to_string());
    assert!(run(&["events", "show"]).answer().starts_with("3 requests\n"));
    assert!(run(&["facts"]).answer().contains("\nevents          7\n"));
    // They are no facts that could be mined again: neither kept facts nor their absence matters to them.
    let rows = stage.events();
    let without: Vec<String> = table(&stage.sandbox, &stage.repository, "events", &["--no-cache"])
        .iter()
        .map(|row| row.iter().take(7).collect::<Vec<_>>().join(","))
        .collect();
    assert_eq!(without, rows);
    assert!(run(&["events", "forget"]).answer().starts_with("removed "));
    assert!(run(&["events", "forget"]).answer().starts_with("no review events"));
    assert_eq!(run(&["report", "--format", "json"]).answer(), before);
}

#[test]
fn a_damaged_line_is_told() {
    let stage = Stage::of(&history());
    stage.imported("prs.json", gh(&stage.head()).to_string());
    let place = stage.events_path();
    let text = stage.kept();
    fs::write(&place, text.replace("\"request\":4", "\"request\":-4")).unwrap();
    let report = unsnarl(&stage.sandbox, stage.repository.path(), &["report", "--format", "json"]).answer();
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(left_out(&report, "review-events"), Some(1));
    fs::write(&place, text.replace("events/1", "events/2")).unwrap();
    let refused = unsnarl(&stage.sandbox, stage.repository.path(), &["events", "show"]);
    assert!(refused.err.contains("`unsnarl.review-events/2`"), "{}", refused.err);
    unsnarl(&stage.sandbox, stage.repository.path(), &["report"]).answer();
}

#[test]
fn standard_input_is_a_file() {
    let stage = Stage::of(&history());
    let path = stage.file("prs.json", gh(&stage.head()).to_string());
    let mut child = program(&stage.sandbox)
        .current_dir(stage.repository.path())
        .args(["events", "import", "-"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&fs::read(path).unwrap()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("3 requests, 3 new\n"));
}

#[test]
fn an_earlier_day_knows_nothing_of_later_requests() {
    let stage = Stage::of(&history());
    stage.imported("prs.json", gh(&stage.head()).to_string());
    let rows = table(&stage.sandbox, &stage.repository, "events", &["--as-of", "HEAD~2"]);
    assert_eq!(rows.iter().map(|row| row[0].to_owned()).collect::<Vec<_>>(), ["1", "1", "1", "1"]);
    // Tickets are other rows; the requests of their changes go with them.
    let rows = table(&stage.sandbox, &stage.repository, "events", &["--unit", "ticket"]);
    assert_eq!(rows.len(), 7);
    assert_eq!(&rows[0][1], "0");
}

#[test]
fn a_merged_branch_is_found_by_its_last_commit() {
    let sandbox = Sandbox::new();
    let mut history = History::default();
    history.commit("main", Commit::new("begin").at(1_704_000_000).write("a", "a"));
    let base = history.commit("main", Commit::new("more").at(1_704_010_000).write("b", "b"));
    let side = history.commit("side", Commit::new("work").at(1_704_020_000).from(base).write("c", "c"));
    history.commit("main", Commit::new("bring it in").at(1_704_030_000).merge(side));
    let repository = sandbox.repository("shop", &history);
    let tip = repository.text(&["rev-parse", "side"]);
    let pull = json!({ "number": 1, "author": { "login": "ana" }, "createdAt": "2024-01-01T00:00:00Z", "mergedAt": "2024-01-01T01:00:00Z",
        "closedAt": "2024-01-01T01:00:00Z", "headRefOid": tip });
    let path = sandbox.path().join("x.json");
    fs::write(&path, pull.to_string()).unwrap();
    let run = finish(program(&sandbox).current_dir(repository.path()).args([
        "events",
        "import",
        path.to_str().unwrap(),
        "--format",
        "json",
    ]));
    let answer: Value = serde_json::from_str(&run.answer()).unwrap();
    assert_eq!(answer["joined_by"], json!({ "last commit of its branch": 1 }));
}

#[test]
fn two_runs_do_not_write_at_once() {
    let stage = Stage::of(&history());
    stage.imported("prs.json", gh(&stage.head()).to_string());
    let place = stage.repository.git_directory().join("unsnarl/.events.lock");
    let held = fs::OpenOptions::new().append(true).open(place).unwrap();
    held.lock().unwrap();
    let refused = stage.import("prs.json", gh(&stage.head()).to_string(), &[]).refusal();
    assert!(refused.contains("another run of unsnarl events is writing it"), "{refused}");
    // Reading needs nobody's leave.
    unsnarl(&stage.sandbox, stage.repository.path(), &["events", "show"]).answer();
    drop(held);
    stage.imported("prs.json", gh(&stage.head()).to_string());
}
