#!/usr/bin/env python3
"""What unsnarl says of Rust, beside what cargo and rust-analyzer say.

    bench/edges/cargo.py [--differences] [--scip INDEX] CHECKOUT

CHECKOUT is a work tree whose HEAD is what lies in it. An edge leads from the directory of a package to that of a package
it depends on, by `cargo metadata --no-deps`. What a facade re-exports leads to the package that defines it, so precision is
against what a package sees over others too; a dependency that is nothing but a facade, or that nothing names, is in theirs
alone. Prints a row of a Markdown table: repository, edges of theirs, of ours, of both, precision, recall, share of unresolved names,
seconds.

With --scip an edge leads from file to file, and the other side is an index `rust-analyzer scip CHECKOUT --output INDEX`
wrote. Recall is of items taken by name: types, functions, constants, macros, but not members of types, which have
no names of their own, and not of what several crates define under one name, as the index has one symbol for them. For
precision modules on the way count also; `mod` and `include!` are left out, as are names on lines of which the index has
nothing: what attributes expand to, features that are off.
"""
import argparse
import csv
import json
import os
import re
import subprocess
import time
import tomllib

UNSNARL = os.environ.get("UNSNARL", "target/debug/unsnarl")


def fields(data):
    """The fields of a protocol buffer: number and value."""
    at = 0

    def number():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        key = number()
        if key & 7 == 0:
            yield key >> 3, number()
        elif key & 7 == 2:
            size = number()
            yield key >> 3, data[at:at + size]
            at += size
        else:
            at += 8 if key & 7 == 1 else 4


def occurrences(index):
    """File, symbol, whether it is defined there, line."""
    with open(index, "rb") as file:
        documents = [value for number, value in fields(file.read()) if number == 2]
    for document in documents:
        found = list(fields(document))
        path = next(value.decode() for number, value in found if number == 1)
        for number, value in found:
            if number == 2:
                one = dict(fields(value))
                line = next(fields_of_numbers(one.get(1, b"")), 0) + 1
                yield path, one.get(2, b"").decode(), bool(one.get(3, 0) & 1), line


def fields_of_numbers(data):
    value = shift = 0
    for byte in data:
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            yield value
            value = shift = 0


def indexed(index):
    """Edges of items, edges of items and modules, each with a symbol and a line; and the lines that use anything."""
    defined, used, lines = {}, [], set()
    for path, symbol, is_definition, line in occurrences(index):
        if not is_definition:
            lines.add((path, str(line)))
        if symbol.startswith("local "):
            continue
        if is_definition:
            defined.setdefault(symbol, set()).add(path)
        else:
            used.append((path, symbol, line))
    items, whole = {}, {}
    for path, symbol, line in used:
        places = defined.get(symbol, set())
        if len(places) != 1 or path in places:
            continue
        (to,) = places
        whole.setdefault((path, to), (symbol, line))
        name = symbol.split(" ", 4)[-1]
        if "#" not in name[:-1] and not name.endswith("/"):
            items.setdefault((path, to), (symbol, line))
    return items, whole, lines


def metadata(checkout):
    """Edges between packages, and the directories of packages."""
    manifests = subprocess.run(["git", "-C", checkout, "ls-files", "Cargo.toml", "*/Cargo.toml"], capture_output=True, text=True).stdout.split()
    packages = {}
    for manifest in manifests:
        run = subprocess.run(["cargo", "metadata", "--no-deps", "--offline", "--format-version", "1", "--manifest-path",
                              os.path.join(checkout, manifest)], capture_output=True, text=True)
        for package in json.loads(run.stdout)["packages"] if run.returncode == 0 else []:
            packages[os.path.relpath(os.path.dirname(package["manifest_path"]), checkout)] = package
    patched = {}
    for manifest in manifests:
        with open(os.path.join(checkout, manifest), "rb") as file:
            for source in tomllib.load(file).get("patch", {}).values():
                for name, one in source.items():
                    if "path" in one:
                        patched[name] = os.path.normpath(os.path.join(os.path.dirname(manifest), one["path"]))
    edges = set()
    for at, package in packages.items():
        for one in package["dependencies"]:
            # Patched dependencies have no path here.
            to = os.path.relpath(one["path"], checkout) if one.get("path") else patched.get(one["name"])
            if to in packages and to != at:
                edges.add((at, to))
    return edges, packages


def ours(checkout):
    begun = time.monotonic()
    run = subprocess.run([UNSNARL, "deps", checkout, "--level", "file", "--format", "csv"], capture_output=True, text=True, check=True)
    rows = [row for row in csv.DictReader(run.stdout.splitlines()) if row["language"] == "rust"]
    return rows, time.monotonic() - begun


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--differences", action="store_true", help="list the edges only one side has")
    parser.add_argument("--scip", metavar="INDEX", help="compare files by this index")
    parser.add_argument("--without-tests", action="store_true", help="the index was made with cfg.setTest off")
    parser.add_argument("checkout")
    options = parser.parse_args()
    checkout = os.path.abspath(options.checkout)
    rows, seconds = ours(checkout)
    resolved = [row for row in rows if row["to_file"].endswith(".rs")]
    if options.scip:
        edges, right, lines = indexed(options.scip)
        # A package of the tree and one of a registry that are called alike have the same symbols.
        reach, packages = reachable(*metadata(checkout))
        edges = {edge: known for edge, known in edges.items() if tuple(package_of(end, packages) for end in edge) in reach}
        paths = [row for row in resolved if not re.fullmatch(r"\w+", row["specifier"]) or row["specifier"][0].isupper()]
        paths = [row for row in paths if not row["specifier"].endswith(".rs")]
        own = {}
        for row in paths:
            if (row["from_file"], row["line"]) in lines and not (options.without_tests and row["kind"] == "test"):
                own.setdefault((row["from_file"], row["to_file"]), (row["specifier"], row["line"]))
        every = {(row["from_file"], row["to_file"]) for row in resolved}
    else:
        edges, packages = metadata(checkout)
        edges = {edge: "" for edge in edges}
        own = {}
        for row in resolved:
            a, b = (package_of(row[end], packages) for end in ("from_file", "to_file"))
            if a and b and a != b:
                own.setdefault((a, b), (row["from_file"], row["line"], row["specifier"]))
        right, every = reachable(set(edges), packages)[0], set(own)
    precise, recalled = set(own) & set(right), set(edges) & every
    share = sum(bool(row["reason"]) for row in rows) / max(len(rows), 1)
    print(f"| {os.path.basename(checkout)} | {len(edges)} | {len(own)} | {len(recalled)} | {len(precise) / max(len(own), 1):.4f} | "
          f"{len(recalled) / max(len(edges), 1):.4f} | {share:.4f} | {seconds:.1f} |")
    if options.differences:
        for sign, some, known in (("ours", set(own) - set(right), own), ("theirs", set(edges) - every, edges)):
            for a, b in sorted(some):
                print(f"{sign} alone: {a} -> {b} {known[a, b]}")


def package_of(path, packages):
    while path:
        path = os.path.dirname(path)
        if (path or ".") in packages:
            return path or "."
    return None


def reachable(edges, packages):
    """Packages with every package they see, over others too, and themselves."""
    out = {(at, at) for at in packages}
    for start in packages:
        open_ = [start]
        while open_:
            at = open_.pop()
            for a, b in edges:
                if a == at and (start, b) not in out:
                    out.add((start, b))
                    open_.append(b)
    return out, packages


if __name__ == "__main__":
    main()
