#!/bin/sh
# Proves that the committed bundle is the one built from this source.
set -eu
cd "$(dirname "$0")"
[ -d node_modules ] || npm ci --no-audit --no-fund
npx tsc --noEmit
npx vitest run src
built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT
UNSNARL_ASSETS="$built" npx vite build --logLevel warn
for file in page.js page.css page.csp; do
    cmp "$built/$file" "../crates/faces/assets/$file" || {
        echo "crates/faces/assets/$file is not the built one; hint: npm --prefix web run build" >&2
        exit 1
    }
done
