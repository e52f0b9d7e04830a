"""Compares what `cargo run --example names` reads in files with what a language's own parser reads.

    find REPOSITORY -name '*.rb' > paths
    ruby bench/edges/ruby_names.rb < paths > theirs
    cargo run --example names < paths > ours
    python3 bench/edges/names.py theirs ours [how many differences to show]
"""

import random
import re
import sys

# What ours reads on purpose besides: names within texts and symbols, paths; functions end with ().
IN_TEXTS = re.compile(r"class_name|belongs_to|has_one|has_many|has_and_belongs|autoload|\bload\b|File\.(join|expand_path)|define\(|(require|include)(_once)?\b.*(__DIR__|/|\.php)")


def read(path):
    names, broken = {}, set()
    for line in open(path, encoding="utf-8", errors="replace"):
        file, number, scope, name = line.rstrip("\n").split("\t", 3)
        if name == "!broken":
            broken.add(file)
        else:
            names.setdefault((file, scope, name), int(number))
    return names, broken


def main(theirs, ours, show=20):
    theirs, broken = read(theirs)
    ours, _ = read(ours)
    sources = {}

    def source(file, line):
        if file not in sources:
            sources[file] = open(file, encoding="utf-8", errors="replace").read().split("\n")
        lines = sources[file]
        return lines[line - 1] if line <= len(lines) else ""

    theirs = {k: v for k, v in theirs.items() if k[0] not in broken}
    ours = {
        k: v for k, v in ours.items()
        if k[0] not in broken and not k[2].endswith("()") and (k in theirs or not IN_TEXTS.search(source(k[0], v)))
    }
    both = theirs.keys() & ours.keys()
    print(f"theirs {len(theirs)}  ours {len(ours)}  both {len(both)}  files they could not read {len(broken)}")
    print(f"precision {len(both) / max(1, len(ours)):.4f}  recall {len(both) / max(1, len(theirs)):.4f}")
    random.seed(1)
    for title, a, b in (("theirs alone", theirs, ours), ("ours alone", ours, theirs)):
        alone = sorted(a.keys() - b.keys())
        print(f"\n{title}: {len(alone)}")
        for key in random.sample(alone, min(int(show), len(alone))):
            print(f"  {key[0]}:{a[key]} [{key[1]}] {key[2]}   | {source(key[0], a[key]).strip()[:110]}")


if __name__ == "__main__":
    main(*sys.argv[1:])
