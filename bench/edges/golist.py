#!/usr/bin/env python3
"""What unsnarl says of Go packages, beside what `go list` says.

    bench/edges/golist.py [--differences] [--files] CHECKOUT

CHECKOUT is a work tree whose HEAD is what lies in it; `go list` may write to its go.mod and go.sum. Every module of it is
listed, offline. An edge leads from the directory of a package to another. Prints a row of a Markdown table: repository,
edges of theirs, of ours, of both, precision, recall, edges from files build constraints hide from `go list` (left out of
the others), share of unresolved imports, seconds.

With --files an edge leads from file to file, and the other side is what Go's own type checker says of names that stand
at the top of packages (gofiles.go beside this script): it knows the tree, and nothing outside of it.
"""
import argparse
import csv
import json
import os
import subprocess
import sys
import time

UNSNARL = os.environ.get("UNSNARL", "target/debug/unsnarl")
LISTS = ("GoFiles", "CgoFiles", "TestGoFiles", "XTestGoFiles")


def modules(checkout):
    for at, directories, files in os.walk(checkout):
        directories[:] = [one for one in directories if one not in ("vendor", "testdata", ".git", "node_modules")]
        if "go.mod" in files:
            yield at


def listed(checkout):
    """Every package `go list` knows of, with where it lies."""
    settings = dict(os.environ, GOWORK="off", GOFLAGS="-mod=mod", GOPROXY="off", GOTOOLCHAIN="local")
    for module in modules(checkout):
        run = subprocess.run(["go", "list", "-e", "-json", "./..."], cwd=module, env=settings, capture_output=True, text=True)
        text, decoder, at = run.stdout, json.JSONDecoder(), 0
        while text[at:].strip():
            at += len(text[at:]) - len(text[at:].lstrip())
            package, at = decoder.raw_decode(text, at)
            if "Dir" in package:
                yield os.path.relpath(package["Dir"], checkout), package


def theirs(checkout):
    """Edges between directories, and the files they were read from."""
    packages = list(listed(checkout))
    place = {package["ImportPath"]: at for at, package in packages}
    edges, files = set(), set()
    for at, package in packages:
        files |= {os.path.normpath(os.path.join(at, file)) for kind in LISTS for file in package.get(kind) or []}
        for kind in ("Imports", "TestImports", "XTestImports"):
            edges |= {(at, place[name]) for name in package.get(kind) or [] if name in place}
    return {(a, b) for a, b in edges if a != b}, files


def checked(checkout):
    """Edges between files by the type checker, and the files it read."""
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gofiles.go")
    roots = sorted({at for at, _ in listed(checkout)})
    place = {package["ImportPath"]: at for at, package in listed(checkout)}
    given = json.dumps({"Root": os.path.abspath(checkout), "Directories": roots, "Paths": place})
    settings = dict(os.environ, GO111MODULE="off", GOTOOLCHAIN="local")
    run = subprocess.run(["go", "run", program], input=given, env=settings, capture_output=True, text=True)
    if run.returncode:
        sys.exit(run.stderr)
    edges, files = set(), set()
    for line in run.stdout.splitlines():
        words = line.split("\t")
        if len(words) == 1:
            files.add(words[0])
        else:
            edges.add(tuple(words[:2]))
    return edges, files


def ours(checkout):
    begun = time.monotonic()
    run = subprocess.run([UNSNARL, "deps", checkout, "--level", "file", "--format", "csv"], capture_output=True, text=True, check=True)
    return list(csv.DictReader(run.stdout.splitlines())), time.monotonic() - begun


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--differences", action="store_true", help="list the edges only one side has")
    parser.add_argument("--files", action="store_true", help="compare files by the type checker")
    parser.add_argument("checkout")
    options = parser.parse_args()
    rows, seconds = ours(options.checkout)
    rows = [row for row in rows if row["from_file"].endswith(".go")]
    edges, files = checked(options.checkout) if options.files else theirs(options.checkout)
    end = (lambda path: path) if options.files else (lambda path: os.path.dirname(path) or ".")
    resolved = [row for row in rows if row["to_file"].endswith(".go")]
    seen = lambda row: row["from_file"] in files and (not options.files or row["to_file"] in files)
    own = {(end(row["from_file"]), end(row["to_file"])) for row in resolved if seen(row)}
    hidden = {(end(row["from_file"]), end(row["to_file"])) for row in resolved if not seen(row)} - own
    own = {(a, b) for a, b in own if a != b}
    both = own & edges
    share = sum(bool(row["reason"]) for row in rows) / max(len(rows), 1)
    name = os.path.basename(os.path.abspath(options.checkout))
    print(f"| {name} | {len(edges)} | {len(own)} | {len(both)} | {len(both) / max(len(own), 1):.4f} | "
          f"{len(both) / max(len(edges), 1):.4f} | {len(hidden)} | {share:.4f} | {seconds:.1f} |")
    if options.differences:
        for sign, some in (("ours", own - edges), ("theirs", edges - own)):
            for a, b in sorted(some):
                print(f"{sign} alone: {a} -> {b}")


if __name__ == "__main__":
    main()
