#!/usr/bin/env bash
# Adopts `unsnarl check` in clones of repositories, as a team would, and holds every step to its exit code:
#
#   init ▸ commit ▸ check --accept ▸ commit ▸ check holds
#     ▸ an edit that must fail, by name and line, in the whole tree and against the commit before it
#     ▸ an edit that must pass
#     ▸ debt that is paid off and still recorded fails, and --accept takes it out
#
# usage: bench/adopt.sh REPOSITORY...     UNSNARL=path/to/unsnarl  VERBOSE=1 prints what unsnarl printed
# Needs git and python3. The repositories are cloned, never changed.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
unsnarl=${UNSNARL:-$here/../target/release/unsnarl}
unsnarl=$(realpath "$unsnarl")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

commit() { git add -A && git -c user.name=adopter -c user.email=adopter@example.com -c commit.gpgsign=false commit -qm "$1"; }
seconds() { awk -v from="$1" -v to="$(date +%s.%N)" 'BEGIN { printf "%.1f s", to - from }'; }

# step NAME EXIT COMMAND...: runs it, holds it to its exit code, keeps what it printed in $work/out.
step() {
    local name=$1 wanted=$2 begun code=0
    shift 2
    begun=$(date +%s.%N)
    "$@" >"$work/out" 2>&1 || code=$?
    if [ -n "${VERBOSE:-}" ]; then sed 's/^/    │ /' "$work/out"; fi
    if [ "$code" -ne "$wanted" ]; then
        touch "$work/failed"
        printf '  FAILED %s: exit %s, not %s\n' "$name" "$code" "$wanted"
        tail -n 14 "$work/out" | sed 's/^/    │ /'
        return
    fi
    printf '  %-46s exit %s  %8s  %s\n' "$name" "$code" "$(seconds "$begun")" "$(tail -n 1 "$work/out" | cut -c1-90)"
}

# says WORDS: what was printed last holds them.
says() {
    grep -qF -- "$1" "$work/out" || { touch "$work/failed"; printf '  FAILED: nothing says "%s"\n' "$1"; }
}

adopt() {
    local source=$1 name
    name=$(basename "$source")
    # A mirror is kept as OWNER+NAME/repo.
    [ "$name" = repo ] && name=$(basename "$(dirname "$source")")
    echo "$name"
    cd "$here" || exit 2
    rm -rf "$work/clone"
    git clone -q --shared "$source" "$work/clone" 2>/dev/null || { touch "$work/failed"; echo "  cannot be cloned; pick another"; return; }
    cd "$work/clone" || exit 2
    step "init" 0 "$unsnarl" init -q
    commit "unsnarl.toml"
    step "manifest validate" 0 "$unsnarl" manifest validate
    step "check --accept" 0 "$unsnarl" check --accept
    # Where git ignores what was recorded, it says so, and this is the way out it names.
    if grep -q "git add --force" "$work/out"; then git add --force .unsnarl; echo "  git ignores .unsnarl: git add --force .unsnarl"; fi
    if [ -n "$(git status --porcelain)" ]; then commit "record debt"; fi
    step "check" 0 "$unsnarl" check
    says "holds"
    local modules observed recorded
    modules=$(grep -c '^\[\[module' unsnarl.toml)
    observed=$(grep -c '^depends_on' unsnarl.toml || true)
    recorded=$(find .unsnarl/debt -name '*.txt' -exec grep -hv '^#' {} + 2>/dev/null | wc -l)
    echo "| $name | $modules | $observed | $recorded |" >>"$work/rows"

    local edit file line fails
    edit=$(python3 "$here/adopt_edit.py" "$unsnarl" forbidden) || { touch "$work/failed"; echo "  FAILED: $edit"; return; }
    IFS=$'\t' read -r file line fails <<<"$edit"
    step "a forbidden import in $(basename "$file")" 1 "$unsnarl" check
    says "U101"
    says "$file:$line"
    step "the same, --diff HEAD" 1 "$unsnarl" check --diff HEAD
    says "$file:$line"
    step "--accept does not take it" 1 "$unsnarl" check --accept
    says "only shrinks"
    git add -A
    step "the same, --staged" 1 "$unsnarl" check --staged
    says "$file:$line"
    commit "a dependency nobody decided on"
    step "the same, committed, --diff HEAD^" 1 "$unsnarl" check --diff HEAD^
    git reset -q --hard HEAD^

    edit=$(python3 "$here/adopt_edit.py" "$unsnarl" allowed) || { touch "$work/failed"; echo "  FAILED: $edit"; return; }
    IFS=$'\t' read -r file line fails <<<"$edit"
    step "an import within the module" 0 "$unsnarl" check
    step "the same, --diff HEAD" 0 "$unsnarl" check --diff HEAD
    git reset -q --hard

    if [ -d .unsnarl/debt ]; then
        edit=$(python3 "$here/adopt_edit.py" "$unsnarl" pay) || { echo "  no debt that is paid off by deleting lines: $edit"; return 0; }
        step "debt paid off: $edit" 1 "$unsnarl" check
        says "U303"
        step "check --accept takes it out" 0 "$unsnarl" check --accept
        says "paid off"
        step "check" 0 "$unsnarl" check
        step "the same, --diff HEAD" 0 "$unsnarl" check --diff HEAD
    else
        echo "  no debt to pay off"
    fi
}

repositories=()
for repository in "$@"; do repositories+=("$(realpath "$repository")"); done
touch "$work/rows"
for repository in "${repositories[@]}"; do adopt "$repository"; done
printf '\n| repository | modules | with depends_on | recorded |\n|---|---:|---:|---:|\n'
cat "$work/rows"
[ ! -e "$work/failed" ]
