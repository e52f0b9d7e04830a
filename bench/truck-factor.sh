#!/usr/bin/env bash
# Published truck factors against ours. Takes a directory of clones named owner+name/repo.
#   bench/truck-factor.sh DIRECTORY
set -euo pipefail
unsnarl=${UNSNARL:-target/release/unsnarl}
directory=$1
row() { # owner+name method date published source
    local clone=$directory/$1/repo
    [ -d "$clone" ] || { echo "| ${1/+//} | $2 | $3 | $4 | no clone here |"; return; }
    local ours
    ours=$("$unsnarl" report "$clone" --no-cache -q --as-of "$3" --method "$2" --format json |
        python3 -c 'import json,sys; print(int(json.load(sys.stdin)["measures"]["knowledge"]["value"]))')
    echo "| ${1/+//} | $2 | $3 | $4 | $ours |"
}
echo '| repository | method | as of | published | unsnarl |'
echo '|---|---|---|---:|---:|'
# The Bus Factor Explorer's evaluation/data/result.csv; its commit counts point to about 2023-05-20.
row prometheus+prometheus jetbrains 2023-05-20 8
row etcd-io+etcd jetbrains 2023-05-20 3
row istio+istio jetbrains 2023-05-20 4
row apache+kafka jetbrains 2023-05-20 13
row pallets+flask jetbrains 2023-05-20 1
# The README of Avelino's Truck-Factor tool, November 2016.
row d3+d3 avelino 2016-11-15 1
row vuejs+vue avelino 2016-11-15 1
row jquery+jquery avelino 2016-11-15 4
row atom+atom avelino 2016-11-15 4
