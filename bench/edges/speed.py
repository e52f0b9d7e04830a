#!/usr/bin/env python3
"""How long unsnarl takes to read the dependencies of a tree, beside the tools that do nothing else.

    speed.py UNSNARL TREE [TREE …] [--python VENV] [--javascript DIRECTORY] [--rounds N]

VENV is a virtual environment with grimp and tach, DIRECTORY one in which dependency-cruiser, typescript and fallow are
installed. Each tree is cloned anew with its history cut to one commit, so that reading history costs nothing. The tools
take turns, N rounds (5); printed is each tool's least wall time, its CPU time and peak memory in that round, the edges
it found, and how much longer it took than unsnarl. A tool that finds no edges, or ends in an error, ends the run.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

GRIMP = """
import importlib.util, sys, pathlib
spec = importlib.util.spec_from_file_location("compare", sys.argv[1])
compare = importlib.util.module_from_spec(spec)
spec.loader.exec_module(compare)
print(len(compare.grimp_edges(pathlib.Path(sys.argv[2]), None)[0]))
"""


# A process counts the memory of the one it was started from until it becomes another: so from a small one.
STARTER = """
import os, sys, time
begin = time.perf_counter()
process = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, used = os.wait4(process, 0)
with open(sys.argv[1], "w") as out:
    print(time.perf_counter() - begin, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, status, file=out)
"""


def measure(command, place, environment=None):
    """Wall and CPU seconds, peak megabytes, and what was printed."""
    with tempfile.NamedTemporaryFile("r") as figures:
        starter = [sys.executable, "-I", "-S", "-c", STARTER, figures.name, *map(str, command)]
        environment = {**os.environ, **(environment or {})}
        run = subprocess.run(starter, cwd=place, env=environment, capture_output=True, text=True)
        read = figures.read().split()
    if len(read) != 4 or not run.stdout.strip():
        sys.exit(f"{command[0]} printed nothing in {place}: {run.stderr[-500:]}")
    wall, cpu, peak = map(float, read[:3])
    return wall, cpu, peak, run.stdout


def unsnarl_edges(text):
    rows = [line.split(",", 2) for line in text.splitlines()[1:]]
    return len({(row[0], row[1]) for row in rows if len(row) > 2 and row[1]})


def cruiser_edges(text):
    modules = json.loads(text)["modules"]
    return sum(not one["couldNotResolve"] for module in modules for one in module["dependencies"])


def tools(given, tree):
    """(name, command, environment, how its edges are counted) of each tool that reads the tree's language."""
    command = [given.unsnarl, "deps", tree, "--no-cache", "--level", "file", "--format", "csv"]
    yield "unsnarl", command, None, unsnarl_edges
    python = sum(1 for _ in tree.rglob("*.py")) > sum(1 for _ in tree.rglob("*.[jt]s*"))
    if given.python and python:
        venv = given.python / "bin"
        yield "grimp", [venv / "python", "-c", GRIMP, Path(__file__).with_name("grimp.py"), tree], None, int
        source = "src" if (tree / "src").is_dir() else "."
        (tree / "tach.toml").write_text(f'modules = []\nsource_roots = ["{source}"]\nexclude = []\n')
        count = lambda text: sum(map(len, json.loads(text).values()))
        yield "tach map", [venv / "tach", "map", "-o", "-"], None, count
    if given.javascript and not python:
        tool = given.javascript / "node_modules/.bin"
        configuration = tree / ".unsnarl-depcruise.cjs"
        paths = 'tsConfig: { fileName: "tsconfig.json" }' if (tree / "tsconfig.json").exists() else ""
        configuration.write_text(
            f'module.exports = {{ options: {{ doNotFollow: {{ path: "node_modules" }}, tsPreCompilationDeps: true, {paths} }} }};'
        )
        cruise = [tool / "depcruise", "--config", configuration, "--output-type", "json", "."]
        yield "dependency-cruiser", cruise, {"NODE_OPTIONS": "--max-old-space-size=8192"}, cruiser_edges
        fallow = [tool / "fallow", "dead-code", "--circular-deps", "--no-cache", "--format", "json", "--quiet"]
        yield "fallow", fallow, None, lambda text: None if json.loads(text)["entry_points"]["total"] else 0


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("unsnarl", type=lambda path: Path(path).resolve())
    arguments.add_argument("trees", nargs="+", type=lambda path: Path(path).resolve())
    arguments.add_argument("--python", type=lambda path: Path(path).absolute())
    arguments.add_argument("--javascript", type=lambda path: Path(path).resolve())
    arguments.add_argument("--rounds", type=int, default=5)
    given = arguments.parse_args()
    print("| tree | tool | wall, s | CPU, s | peak, MB | edges | times unsnarl's wall |")
    print("|---|---|---:|---:|---:|---:|---:|")
    for source in given.trees:
        with tempfile.TemporaryDirectory() as place:
            tree = Path(place).resolve() / source.name
            subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{source}", tree], check=True)
            runs = list(tools(given, tree))
            best = {}
            for _ in range(given.rounds):
                for name, command, environment, edges in runs:
                    wall, cpu, peak, text = measure(command, tree, environment)
                    found = edges(text)
                    if found == 0:
                        sys.exit(f"{name} found no edges in {tree}")
                    if name not in best or wall < best[name][0]:
                        best[name] = (wall, cpu, peak, found)
            for name, (wall, cpu, peak, found) in best.items():
                ratio = wall / best["unsnarl"][0]
                shown = "" if found is None else found
                print(f"| {source.name} | {name} | {wall:.2f} | {cpu:.2f} | {peak:.0f} | {shown} | {ratio:.1f} |", flush=True)


if __name__ == "__main__":
    main()
