#!/usr/bin/env bash
# Keeps one comment on a pull request: written when the check first fails, written over from then on. Only a comment of
# our own is touched, whatever others begin theirs with.
set -euo pipefail

marker='<!-- unsnarl check -->'

find_own() {
    gh api graphql --paginate \
        -f owner="${GITHUB_REPOSITORY%%/*}" -f name="${GITHUB_REPOSITORY#*/}" -F number="$PULL_NUMBER" \
        -f query='
            query($owner: String!, $name: String!, $number: Int!, $endCursor: String) {
              repository(owner: $owner, name: $name) {
                pullRequest(number: $number) {
                  comments(first: 100, after: $endCursor) {
                    nodes { id body viewerDidAuthor }
                    pageInfo { hasNextPage endCursor }
                  }
                }
              }
            }' \
        --jq ".data.repository.pullRequest.comments.nodes[]
            | select(.viewerDidAuthor and (.body | startswith(\"$marker\"))) | .id" |
        head -n 1
}

write() {
    own=$(find_own) || return
    if [ -n "$own" ]; then
        gh api graphql --silent -f id="$own" -F body=@"$COMMENT_FILE" -f query='
            mutation($id: ID!, $body: String!) {
              updateIssueComment(input: { id: $id, body: $body }) { clientMutationId }
            }'
    elif [ "$CHECK_HOLDS" != true ]; then
        gh api --silent "repos/$GITHUB_REPOSITORY/issues/$PULL_NUMBER/comments" -F body=@"$COMMENT_FILE"
    fi
}

# A pull request from a fork comes with a token that may only read: what was found stands in the log all the same.
write || echo '::notice title=unsnarl check::The comment could not be written; it needs permissions: pull-requests: write'
