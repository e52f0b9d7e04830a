#!/usr/bin/env python3
"""Edges between JavaScript and TypeScript files against dependency-cruiser.

    depcruise.py UNSNARL CRUISER TREE [TREE …] [--differences]

CRUISER is a directory in which `npm install dependency-cruiser typescript @vue/compiler-sfc svelte` was run. Each TREE is
cloned to a temporary place; there the packages of its workspaces are linked below node_modules, as an install would,
and nothing else is installed. `tsconfig.json` at its root, where there is one, gives the paths.

Precision is over what both could resolve: an import for which dependency-cruiser finds no file (a package whose built
entry is not in the tree, a paths entry of a nested tsconfig) is no evidence against an edge, and is counted as `beyond`.
A file's edge to itself counts nowhere. It does not see mocks, `require.resolve`, `new URL`, nor types in Svelte, whose
compiler takes them out first: edges only unsnarl has are mostly these.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

# What it finds and does not look into.
NOT_READ = (".astro", ".css", ".scss", ".json")

CONFIGURATION = """
const fs = require("fs");
module.exports = { options: {
  doNotFollow: { path: "node_modules" },
  tsPreCompilationDeps: true,
  moduleSystems: ["amd", "cjs", "es6", "tsd"],
  ...(fs.existsSync("tsconfig.json") ? { tsConfig: { fileName: "tsconfig.json" } } : {}),
  enhancedResolveOptions: {
    exportsFields: ["exports"],
    conditionNames: ["source", "import", "module", "require", "browser", "node", "types", "default"],
    mainFields: ["source", "module", "main", "types"],
    extensions: [".ts", ".tsx", ".d.ts", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json", ".vue", ".svelte"],
  },
} };
"""


def link_workspaces(tree):
    """The packages of a tree by name below its node_modules, the shallowest of equal names."""
    manifests = sorted(tree.rglob("package.json"), key=lambda path: (len(path.parts), path))
    for manifest in manifests:
        if "node_modules" in manifest.parts or manifest.parent == tree:
            continue
        try:
            name = json.loads(manifest.read_text()).get("name")
        except (ValueError, AttributeError):
            continue
        link = tree / "node_modules" / name if isinstance(name, str) and name else None
        if link and not link.exists() and not name.startswith(("/", ".")):
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(manifest.parent)


def cruised(cruiser, tree):
    """Edges, the pairs (file, specifier) without a file, and the files that were read."""
    configuration = tree / ".unsnarl-depcruise.cjs"
    command = [cruiser / "node_modules/.bin/depcruise", "--config", configuration, "--output-type", "json", "."]
    environment = {**os.environ, "NODE_OPTIONS": "--max-old-space-size=8192"}
    # With the configuration of TypeScript first, then without, as it cannot be read where it extends a package.
    for text in (CONFIGURATION, CONFIGURATION.replace('"tsconfig.json"', '"no such file"')):
        configuration.write_text(text)
        run = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True)
        configuration.unlink()
        if run.stdout.startswith("{"):
            break
    else:
        sys.exit(f"dependency-cruiser gave up on {tree.name}: {run.stderr[-500:]}")
    modules = json.loads(run.stdout)["modules"]
    edges, without, read = set(), set(), set()
    for module in modules:
        importer = module["source"]
        if module.get("coreModule") or module.get("couldNotResolve") or "node_modules/" in importer:
            continue
        if not importer.endswith(NOT_READ):
            read.add(importer)
        for dependency in module["dependencies"]:
            target = dependency["resolved"]
            if dependency["couldNotResolve"] or dependency["coreModule"] or not (tree / target).is_file():
                without.add((importer, dependency["module"]))
            elif "node_modules/" not in target:
                edges.add((importer, target))
    return edges, without, read


def own_edges(unsnarl, tree):
    command = [unsnarl, "deps", str(tree), "--no-cache", "--level", "file", "--format", "csv"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rows = list(csv.DictReader(printed.splitlines()))
    # The file behind a link stands for it, as it does there.
    real = lambda path: str((tree / path).resolve().relative_to(tree)) if (tree / path).is_symlink() else path
    edges = {(row["from_file"], real(row["to_file"]), row["specifier"]) for row in rows if row["to_file"]}
    return {edge for edge in edges if edge[0] != edge[1]}


def compare(unsnarl, cruiser, tree, differences):
    with tempfile.TemporaryDirectory() as place:
        clone = Path(place).resolve() / tree.name
        subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{tree}", clone], check=True)
        link_workspaces(clone)
        theirs, without, read = cruised(cruiser, clone)
    theirs = {(a, b) for a, b in theirs if a != b}
    named = {row for row in own_edges(unsnarl, tree) if row[0] in read}
    beyond = {(a, b) for a, b, specifier in named if (a, specifier) in without} - theirs
    ours = {(a, b) for a, b, _ in named} - beyond
    both = theirs & ours
    precision, recall = (len(both) / max(1, len(side)) for side in (ours, theirs))
    row = [tree.name, len(theirs), len(ours), len(both), f"{precision:.4f}", f"{recall:.4f}", len(beyond)]
    print("| " + " | ".join(map(str, row)) + " |", flush=True)
    if differences:
        for sign, side in (("theirs", theirs - ours), ("ours", ours - theirs), ("beyond", beyond)):
            for importer, imported in sorted(side):
                print(f"{sign}\t{importer}\t{imported}")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("unsnarl", type=Path)
    arguments.add_argument("cruiser", type=Path)
    arguments.add_argument("trees", nargs="+", type=lambda path: Path(path).resolve())
    arguments.add_argument("--differences", action="store_true", help="list edges only one side has")
    given = arguments.parse_args()
    print("| tree | dependency-cruiser | unsnarl | both | precision | recall | beyond |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for tree in given.trees:
        compare(given.unsnarl.resolve(), given.cruiser.resolve(), tree, given.differences)


if __name__ == "__main__":
    main()
