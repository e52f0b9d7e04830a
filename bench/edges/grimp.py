#!/usr/bin/env python3
"""Edges between Python files against grimp, which builds the graph import-linter judges.

    grimp.py UNSNARL TREE [TREE …] [--differences]

TREE is a git work tree. Every topmost package of it is given to grimp, with the directory it lies in on `sys.path`; of
packages with equal names only the first, as Python itself would. Compared are edges between files grimp knows, so a
script outside of every package is not. A file's edge to itself counts nowhere. Needs `pip install grimp`.
"""

import argparse
import csv
import subprocess
import sys
from pathlib import Path

SKIPPED = {"node_modules", ".git"}


def topmost_packages(tree):
    """{name: directory it lies in} of packages below a tree, and of namespace packages one level below a root."""
    inits = sorted(tree.rglob("__init__.py"), key=lambda path: (len(path.parts), path))
    roots, packages = [], {}
    for init in inits:
        package = init.parent
        if SKIPPED & set(package.parts) or (package.parent / "__init__.py").exists() or package == tree:
            continue
        # A package within a package, with a namespace between, belongs to the outer one.
        if any((above / "__init__.py").exists() for above in package.parents if tree in above.parents):
            continue
        if package.name.isidentifier() and package.name not in packages:
            packages[package.name] = package.parent
            if package.parent not in roots:
                roots.append(package.parent)
    return packages, roots


def grimp_edges(tree, named):
    # This file must not be taken for the package of the same name.
    sys.path[:] = [place for place in sys.path if Path(place).resolve() != Path(__file__).resolve().parent]
    import grimp

    packages, roots = topmost_packages(tree)
    if named:
        # Namespace packages cannot be told from directories that only happen to hold code: they are named by hand.
        packages = {}
        for one in named:
            root, package = one.split(":")
            packages[package] = tree / root
        roots = list(dict.fromkeys(packages.values()))
    sys.path[:0] = [str(root) for root in roots]
    graph = grimp.build_graph(*packages, cache_dir=None)

    def file_of(module):
        for package, root in packages.items():
            if module == package or module.startswith(package + "."):
                path = root / module.replace(".", "/")
                for candidate in (path / "__init__.py", path.with_name(path.name + ".py")):
                    if candidate.exists():
                        # Some trees hold a package a second time, by a link.
                        return str(candidate.resolve().relative_to(tree))
        return None

    files = {module: file_of(module) for module in graph.modules}
    edges = set()
    for importer in graph.modules:
        for imported in graph.find_modules_directly_imported_by(importer):
            edges.add((files[importer], files[imported]))
    known = set(files.values()) - {None}
    return {(a, b) for a, b in edges if a and b and a != b}, known


def own_edges(unsnarl, tree):
    command = [unsnarl, "deps", str(tree), "--no-cache", "--level", "file", "--format", "csv"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {(row["from_file"], row["to_file"]) for row in csv.DictReader(printed.splitlines()) if row["to_file"]}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("unsnarl")
    arguments.add_argument("trees", nargs="+", type=lambda path: Path(path).resolve())
    arguments.add_argument("--package", action="append", help="ROOT:NAME, in place of those found (repeatable)")
    arguments.add_argument("--differences", action="store_true", help="list edges only one side has")
    given = arguments.parse_args()
    print("| tree | grimp | unsnarl | both | precision | recall |\n|---|---:|---:|---:|---:|---:|")
    for tree in given.trees:
        before = (sys.path[:], set(sys.modules))
        theirs, known = grimp_edges(tree, given.package)
        sys.path[:] = before[0]
        for module in set(sys.modules) - before[1]:
            if getattr(sys.modules[module], "__file__", None) and str(tree) in str(sys.modules[module].__file__):
                del sys.modules[module]
        ours = {(a, b) for a, b in own_edges(given.unsnarl, tree) if a in known and b in known and a != b}
        both = theirs & ours
        precision, recall = (len(both) / max(1, len(side)) for side in (ours, theirs))
        print(f"| {tree.name} | {len(theirs)} | {len(ours)} | {len(both)} | {precision:.4f} | {recall:.4f} |")
        if given.differences:
            for sign, side in (("theirs", theirs - ours), ("ours", ours - theirs)):
                for importer, imported in sorted(side):
                    print(f"{sign}\t{importer}\t{imported}")


if __name__ == "__main__":
    main()
