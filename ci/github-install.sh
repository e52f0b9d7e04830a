#!/usr/bin/env bash
# Builds unsnarl into the runner's temporary directory, where the check and the cache look for it.
set -euo pipefail

root=$RUNNER_TEMP/unsnarl
if [ -n "${UNSNARL_VERSION:-}" ]; then
    cargo install --quiet --locked --root "$root" --git "$UNSNARL_REPOSITORY" --rev "$UNSNARL_VERSION" unsnarl
else
    cargo install --quiet --locked --root "$root" --path "$GITHUB_ACTION_PATH/crates/unsnarl"
fi
