#!/usr/bin/env bash
# Runs unsnarl check as a step of GitHub Actions. The step succeeds whenever the check could be run; its exit code is an
# output, so that what was found is uploaded and commented on before the job fails by it.
set -euo pipefail

unsnarl=${UNSNARL_BINARY:-$RUNNER_TEMP/unsnarl/bin/unsnarl}
path=${UNSNARL_PATH:-.}
comment=$RUNNER_TEMP/unsnarl-comment.md
# The commit is held, not the work tree: what a job wrote beside it is no part of the change.
arguments=(--as-of=HEAD)

output() { printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"; }

# Whether HEAD is the pull request merged into its base, which is what is checked out by default.
is_merged() {
    [ "$(git -C "$path" rev-parse HEAD)" != "${PULL_HEAD:-}" ] &&
        git -C "$path" rev-parse --verify --quiet HEAD^2 >/dev/null
}

base() {
    case ${UNSNARL_BASE:-auto} in
    none) ;;
    auto)
        case ${GITHUB_EVENT_NAME:-} in
        pull_request | pull_request_target | pull_request_review)
            if is_merged; then echo HEAD^1; else echo "${PULL_BASE:-}"; fi
            ;;
        merge_group) echo "${QUEUE_BASE:-}" ;;
        esac
        ;;
    *) echo "$UNSNARL_BASE" ;;
    esac
}

# Whoever approved the pull request as it stands, by their last word on it; an earlier push approved is another change.
reviewers() {
    gh api --paginate "repos/$GITHUB_REPOSITORY/pulls/$PULL_NUMBER/reviews" \
        --jq '.[] | select(.state != "COMMENTED" and .user != null) | [.user.login, .state, .commit_id] | @tsv' |
        awk -F '\t' -v head="$PULL_HEAD" '
            { state[$1] = $2; commit[$1] = $3 }
            END { for (who in state) if (state[who] == "APPROVED" && commit[who] == head) print "@" who }' |
        LC_ALL=C sort
}

approvals() {
    if [ "${UNSNARL_APPROVED_BY:-}" != reviews ]; then
        printf '%s\n' "${UNSNARL_APPROVED_BY:-}"
    elif [ -n "${PULL_NUMBER:-}" ]; then
        reviewers
    fi
}

compared=$(base)
if [ -n "$compared" ]; then arguments+=("--diff=$compared"); fi
approved=$(approvals)
while IFS= read -r name; do
    if [ -n "$name" ]; then arguments+=("--approved-by=$name"); fi
done <<<"$approved"
arguments+=(-- "$path")

code=0
if [ -n "${UNSNARL_OUTPUT:-}" ]; then
    "$unsnarl" check "--format=${UNSNARL_FORMAT:-github}" "--comment=$comment" "${arguments[@]}" >"$UNSNARL_OUTPUT" || code=$?
else
    "$unsnarl" check "--format=${UNSNARL_FORMAT:-github}" "--comment=$comment" "${arguments[@]}" || code=$?
fi
output code "$code"
if [ "$code" -gt 1 ]; then exit "$code"; fi
if [ "$code" = 0 ]; then output holds true; else output holds false; fi
output comment-file "$comment"
cat "$comment" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"

if [ "${UNSNARL_SARIF:-false}" = true ]; then
    log=$RUNNER_TEMP/unsnarl.sarif
    "$unsnarl" check --format=sarif "${arguments[@]}" >"$log.all" || [ $? = 1 ]
    # Code scanning would open an alert for what is recorded or exempt as well.
    jq '.runs[].results |= map(select(has("suppressions") | not))' "$log.all" >"$log"
    output sarif-file "$log"
fi
