#!/usr/bin/env python3
"""Compares the includes unsnarl finds with those GCC takes.

    gcc.py TREE [-I DIR]... [--only DIR]... [--c++] [--unsnarl PROGRAM] [--differences]

TREE is a work tree of a git repository. Every C or C++ file of it, headers too, is preprocessed by itself with the
given include directories; `-dI` shows each directive GCC meets, line markers show in which file. Headers that are
missing, because a build makes them or because they come with another package, are replaced by empty ones. What is
counted is pairs of files of the tree. Which directives are met is GCC's word; which file each takes is looked up here,
beside the file and then in the given directories, as GCC documents it: the result is as good as the directories given.
GCC sees one configuration of one system, so what only unsnarl finds is told apart: directives GCC did not meet, sources
that stand for generated headers, and what GCC took another file for. Only the last counts against precision.
A directive in a raw text is met as well, which is a mistake of this script. Prints one row of a Markdown table:

    tree | gcc | unsnarl | both | not met | generated | otherwise | precision | recall | seconds
"""

import argparse
import collections
import csv
import io
import os
import re
import subprocess
import tempfile
import time

SOURCES = {".c", ".h"}
PLUS = SOURCES | {".cc", ".cpp", ".cxx", ".hpp", ".hh", ".hxx", ".ipp", ".inl"}
MARKER = re.compile(r'# \d+ "((?:[^"\\]|\\.)*)"')
DIRECTIVE = re.compile(r'#(include|include_next|import)\s*(["<])([^">]+)[">]')
MISSING = re.compile(r"fatal error: (.+?): No such file or directory")


def preprocess(path, arguments, stubs):
    """What GCC prints for a file, with empty files in the place of missing ones."""
    command = arguments["command"] + ["-E", "-dI", "-w", *arguments["roots"], "-idirafter", stubs, path]
    for _ in range(200):
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", cwd=arguments["tree"])
        missing = MISSING.search(done.stderr)
        stub = missing and os.path.normpath(os.path.join(stubs, missing[1].replace("../", "")))
        if not missing or os.path.exists(stub):
            return done.stdout
        os.makedirs(os.path.dirname(stub), exist_ok=True)
        open(stub, "w").close()
    return done.stdout


def theirs(arguments, files):
    """Pairs of files, and every directive met as (file, name)."""
    tree, pairs, met = arguments["tree"], set(), set()
    real = os.path.realpath(tree)

    def local(path):
        path = os.path.realpath(os.path.join(tree, path))
        return os.path.relpath(path, real) if path.startswith(real + os.sep) else None

    with tempfile.TemporaryDirectory() as stubs:
        for path in files:
            current = path
            for line in preprocess(path, arguments, stubs).splitlines():
                if marker := MARKER.match(line):
                    current = marker[1]
                elif directive := DIRECTIVE.match(line):
                    own = local(current)
                    if own is None:
                        continue
                    met.add((own, directive[3]))
                    beside = [os.path.dirname(own)] if directive[2] == '"' else []
                    for root in beside + arguments["search"]:
                        target = os.path.normpath(os.path.join(root, directive[3]))
                        if os.path.isfile(os.path.join(tree, target)):
                            pairs.add((own, local(target) or target))
                            break
    return {(a, b) for a, b in pairs if a != b}, met


def ours(program, tree):
    """Pairs of files with the names they come from."""
    begin = time.time()
    done = subprocess.run([program, "deps", tree, "--level", "file", "--format", "csv"], capture_output=True, text=True)
    seconds = time.time() - begin
    pairs = collections.defaultdict(set)
    for row in csv.DictReader(io.StringIO(done.stdout)):
        if not row["to_file"]:
            continue
        pairs[(row["from_file"], row["to_file"])].add(row["specifier"])
    return pairs, seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tree")
    parser.add_argument("-I", dest="roots", action="append", default=[], help="an include directory of the tree")
    parser.add_argument("--only", action="append", default=[], help="compare files below this directory")
    parser.add_argument("--c++", dest="plus", action="store_true")
    parser.add_argument("--unsnarl", default="unsnarl")
    parser.add_argument("--differences", action="store_true")
    given = parser.parse_args()

    listed = subprocess.run(["git", "-C", given.tree, "ls-files", "-z"], capture_output=True, text=True).stdout.split("\0")
    endings = PLUS if given.plus else SOURCES
    below = tuple(root.rstrip("/") + "/" for root in given.only)
    files = [path for path in listed if os.path.splitext(path)[1] in endings and path.startswith(below or "")]
    command = ["g++", "-x", "c++", "-std=c++20"] if given.plus else ["gcc", "-x", "c"]
    roots = [part for root in given.roots for part in ("-I", root)]
    arguments = {"tree": given.tree, "command": command, "roots": roots, "search": given.roots}

    gcc, met = theirs(arguments, files)
    own, seconds = ours(given.unsnarl, given.tree)
    compared = set(files)
    gcc = {pair for pair in gcc if pair[0] in compared}
    named = {pair for pair in own if pair[0] in compared}
    both = gcc & named

    named_by = collections.defaultdict(set)
    for path, name in met:
        named_by[path].add(os.path.basename(name))

    def why(pair):
        """Why only unsnarl has a pair: by the last parts of the names it comes from."""
        bases = {os.path.basename(name.strip("<>").replace("\\", "/")) for name in own[pair]}
        if os.path.basename(pair[1]) not in bases:
            return "generated"
        return "otherwise" if bases & named_by[pair[0]] else "left out"

    more = collections.defaultdict(set)
    for pair in named - gcc:
        more[why(pair)].add(pair)
    name = os.path.basename(os.path.normpath(given.tree))
    recall = len(both) / max(len(gcc), 1)
    precision = len(both) / max(len(both) + len(more["otherwise"]), 1)
    print(f"| {name} | {len(gcc)} | {len(named)} | {len(both)} | {len(more['left out'])} | {len(more['generated'])} "
          f"| {len(more['otherwise'])} | {precision:.3f} | {recall:.3f} | {seconds:.1f} |")
    if given.differences:
        for title, pairs in (
            ("gcc alone", gcc - named),
            ("gcc took another file", more["otherwise"]),
            ("a source stands for a generated header", more["generated"]),
            ("gcc did not meet the directive", more["left out"]),
        ):
            print(f"\n{title}")
            for a, b in sorted(pairs):
                print(f"  {a} -> {b}")


if __name__ == "__main__":
    main()
