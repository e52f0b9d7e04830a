#!/usr/bin/env bash
# What the built program is kept under between runs: the version asked for, else what this action's own code is.
set -euo pipefail

key=${UNSNARL_VERSION:-}
if [ -z "$key" ]; then
    cd "$GITHUB_ACTION_PATH"
    key=$(find Cargo.lock Cargo.toml crates -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-40)
fi
# A line more would be an output more.
printf 'key=%s\n' "${key//[!A-Za-z0-9._-]/_}" >>"$GITHUB_OUTPUT"
