#!/bin/sh
# Looks at pages of planted, hostile and large histories in a headless browser. Needs Node, Chromium (CHROMIUM names it) and cargo;
# further pages to look at are given as arguments.
set -eu
cd "$(dirname "$0")"
[ -d node_modules ] || npm ci --no-audit --no-fund
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/histories" "$folder/pages"
cargo build --quiet --locked -p unsnarl
cargo run --quiet --locked -p unsnarl-testkit --example histories "$folder/histories"
target=${CARGO_TARGET_DIR:-../target}
UNSNARL=$(cd "$target/debug" && pwd)/unsnarl
for name in declared inferred hostile large single; do
    "$UNSNARL" report "$folder/histories/$name" --quiet --no-cache --html "$folder/pages/$name.html" >/dev/null
done
for page in "$@"; do cp "$page" "$folder/pages/"; done
export UNSNARL HISTORIES="$folder/histories" PAGES="$folder/pages"
node --test tests/page.test.mjs
