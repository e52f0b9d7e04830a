//! All pull requests of a repository, the latest updated first, page by page.
//!
//! What is updated while pages are read moves to the front, so nothing behind is missed; it is read again by the next
//! fetch, which goes back to where this one began.

use serde_json::{Value, json};

use crate::{
    client::{Answer, Client},
    error::Error,
};

/// Pull requests a page; fewer when the forge cannot answer so much at once.
const PAGE: u64 = 50;
const SMALLEST_PAGE: u64 = 5;

const QUERY: &str = "query($owner: String!, $name: String!, $page: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    nameWithOwner
    pullRequests(first: $page, after: $after, orderBy: {field: UPDATED_AT, direction: DESC}) {
      pageInfo { hasNextPage endCursor }
      nodes {
        number createdAt updatedAt mergedAt closedAt changedFiles headRefOid
        author { __typename login }
        mergedBy { __typename login }
        mergeCommit { oid }
        commits(first: 1) { nodes { commit { authoredDate author { email user { login } } } } }
        files(first: 100) { pageInfo { hasNextPage } nodes { path } }
        reviews(first: 100) {
          pageInfo { hasNextPage }
          nodes { state submittedAt author { __typename login } }
        }
        timelineItems(first: 100, itemTypes: [READY_FOR_REVIEW_EVENT, CONVERT_TO_DRAFT_EVENT,
            REVIEW_REQUESTED_EVENT, CLOSED_EVENT, REOPENED_EVENT, MERGED_EVENT]) {
          pageInfo { hasNextPage }
          nodes {
            __typename
            ... on ReadyForReviewEvent { createdAt actor { __typename login } }
            ... on ConvertToDraftEvent { createdAt actor { __typename login } }
            ... on ClosedEvent { createdAt actor { __typename login } }
            ... on ReopenedEvent { createdAt actor { __typename login } }
            ... on MergedEvent { createdAt actor { __typename login } }
            ... on ReviewRequestedEvent {
              createdAt
              requestedReviewer {
                __typename
                ... on Actor { login }
                ... on Team { slug }
              }
            }
          }
        }
      }
    }
  }
}";

/// One page of an answer.
#[derive(Clone, Debug)]
pub struct Page {
    /// The answer as the forge gave it, without what was not asked for.
    pub answer: Value,
    /// Pull requests on it.
    pub requests: usize,
    /// The latest update on it, as the forge writes it.
    pub newest: Option<String>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<String>,
}

/// Reads pages one after the other.
#[derive(Debug)]
pub struct Pulls<'c> {
    client: &'c Client<'c>,
    owner: String,
    name: String,
    since: Option<String>,
    after: Option<String>,
    page: u64,
    done: bool,
}

impl<'c> Pulls<'c> {
    /// Pull requests of `owner/name` updated `since` a moment as the forge writes it, from the page after a cursor.
    pub fn new(
        client: &'c Client<'c>,
        owner: &str,
        name: &str,
        since: Option<String>,
        after: Option<String>,
    ) -> Self {
        Self { client, owner: owner.to_owned(), name: name.to_owned(), since, after, page: PAGE, done: false }
    }

    /// The next page; `None` after the last.
    pub fn next_page(&mut self) -> Result<Option<Page>, Error> {
        if self.done {
            return Ok(None);
        }
        let mut answer = self.ask()?;
        let requests = &mut answer["data"]["repository"]["pullRequests"];
        let more = requests["pageInfo"]["hasNextPage"] == true;
        let end = requests["pageInfo"]["endCursor"].as_str().map(str::to_owned);
        let url = self.client.url();
        let Some(nodes) = requests["nodes"].as_array_mut() else {
            return Err(Error::NoForge {
                url: url.to_owned(),
                why: "its answer holds no pull requests".to_owned(),
            });
        };
        let newest = nodes.iter().filter_map(|node| node["updatedAt"].as_str()).max().map(str::to_owned);
        let all = nodes.len();
        if let Some(since) = &self.since {
            // Moments in one form sort as text.
            nodes.retain(|node| node["updatedAt"].as_str().is_none_or(|at| at >= since.as_str()));
        }
        let left_behind = nodes.len() < all;
        let requests = nodes.len();
        let next = end.filter(|end| more && !left_behind && Some(end) != self.after.as_ref());
        self.done = next.is_none();
        self.after.clone_from(&next);
        Ok(Some(Page { answer, requests, newest, next }))
    }

    /// Asks for the page that is due, for less at once where the forge cannot.
    fn ask(&mut self) -> Result<Value, Error> {
        loop {
            let variables =
                json!({ "owner": self.owner, "name": self.name, "page": self.page, "after": self.after });
            let answer = match self.client.ask(&json!({ "query": QUERY, "variables": variables }))? {
                Answer::Value(value) if gave_up(&value) => {
                    Answer::TooMuch("the forge gave up on the question".to_owned())
                }
                other => other,
            };
            match answer {
                Answer::Value(value) => return self.checked(value),
                Answer::TooMuch(why) if self.page <= SMALLEST_PAGE => {
                    return Err(Error::Unreachable { url: self.client.url().to_owned(), why });
                }
                Answer::TooMuch(_) => self.page = (self.page / 2).max(SMALLEST_PAGE),
            }
        }
    }

    /// An answer that is about the repository.
    fn checked(&self, value: Value) -> Result<Value, Error> {
        let errors = value["errors"].as_array().map_or(&[][..], Vec::as_slice);
        if value["data"]["repository"]["pullRequests"].is_object() {
            return Ok(value);
        }
        if errors.iter().any(|error| error["type"] == "NOT_FOUND")
            || errors.is_empty() && value["data"].is_object()
        {
            return Err(Error::NoRepository { repository: format!("{}/{}", self.owner, self.name) });
        }
        let first = errors.iter().find_map(|error| error["message"].as_str());
        let why =
            first.map_or("its answer holds no pull requests".to_owned(), |text| self.client.words(text));
        Err(Error::Refused { url: self.client.url().to_owned(), why })
    }
}

/// Whether the forge ran out of time or of what it allows a question to cost.
fn gave_up(value: &Value) -> bool {
    let errors = value["errors"].as_array().map_or(&[][..], Vec::as_slice);
    value["data"]["repository"].is_null()
        && errors.iter().any(|error| {
            let said = error["message"].as_str().unwrap_or_default();
            error["type"] == "RESOURCE_LIMITS_EXCEEDED"
                || said.starts_with("Something went wrong while executing your query")
        })
}
