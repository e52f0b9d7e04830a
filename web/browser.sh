#!/bin/sh
# Looks at pages of planted, hostile and large histories, and of this repository, in a headless browser. Needs Node, Chromium (CHROMIUM names it) and cargo;
# further pages to look at are given as arguments.
set -eu
cd "$(dirname "$0")"
[ -d node_modules ] || npm ci --no-audit --no-fund
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/histories" "$folder/pages"
# The whole workspace, as the other tests build it: with fewer packages, features differ and everything is built again.
cargo build --quiet --locked --workspace --bins --examples
target=${CARGO_TARGET_DIR:-../target}
built=$(cd "$target/debug" && pwd)
UNSNARL=$built/unsnarl
"$built/examples/histories" "$folder/histories"
for name in declared inferred hostile large parts single; do
    "$UNSNARL" report "$folder/histories/$name" --quiet --no-cache --html "$folder/pages/$name.html" >/dev/null
done
# And a real one, where the sources come with their history: this repository.
if git rev-parse --git-dir >/dev/null 2>&1; then
    "$UNSNARL" report .. --quiet --no-cache --html "$folder/pages/own.html" >/dev/null
fi
for page in "$@"; do cp "$page" "$folder/pages/"; done
export UNSNARL HISTORIES="$folder/histories" PAGES="$folder/pages"
node --test tests/page.test.mjs
