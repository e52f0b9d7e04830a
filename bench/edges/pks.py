"""Compares constant references between Ruby files with those of pks (crate `pks`), which autoloads by path alone.

    (cd REPOSITORY && pks list-references > references.json)
    cargo run --example edges -- REPOSITORY ruby > edges
    python3 bench/edges/pks.py references.json edges
"""

import json
import random
import sys


def main(theirs, ours):
    theirs = {
        (a, b) for a, found in json.load(open(theirs)).items() for b in found.values() if a != b and not a.endswith(".erb")
    }
    seen, kept = {a for a, _ in theirs}, {}
    for line in open(ours, encoding="utf-8"):
        if line.startswith("#"):
            continue
        _, a, number, _, sort, b, name = line.rstrip("\n").split("\t")
        if sort == "file" and name[0].isupper() and a != b and a in seen:
            kept.setdefault((a, b), (number, name))
    both = theirs & kept.keys()
    print(f"theirs {len(theirs)}  ours {len(kept)}  both {len(both)}")
    print(f"precision {len(both) / max(1, len(kept)):.4f}  recall {len(both) / max(1, len(theirs)):.4f}")
    known = {b for _, b in theirs}
    of_known = {(a, b) for a, b in kept if b in known}
    print(f"precision {len(both) / max(1, len(of_known)):.4f} among the {len(of_known)} to files it knows")
    random.seed(1)
    for title, alone in (("theirs alone", theirs - kept.keys()), ("ours alone", kept.keys() - theirs)):
        print(f"\n{title}: {len(alone)}")
        for a, b in random.sample(sorted(alone), min(25, len(alone))):
            print(f"  {a} -> {b}  {kept.get((a, b), '')}")


if __name__ == "__main__":
    main(*sys.argv[1:])
