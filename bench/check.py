#!/usr/bin/env python3
"""How long `unsnarl check` takes, as a ratio to other checkers of the same tree in the same run.

    bench/check.py [--runs N] python REPOSITORY PACKAGE      against tach, and import-linter where it is there
    bench/check.py [--runs N] javascript REPOSITORY DIRECTORY...      against dependency-cruiser

Works in a clone of its own. Every package below PACKAGE (or directory below each DIRECTORY) is a module; each lists the
modules it is seen to use but one, the same one on both sides. What breaks that rule has to be the same files on both
sides, and some, before anything is timed: a configuration that is turned down takes no time. Programs take turns;
medians in seconds. "cold" keeps nothing, "warm" reads what the run before kept, "ten files" is a work tree in which ten
files were edited since the last run. UNSNARL, TACH, LINT_IMPORTS and DEPCRUISE name programs that are not on the PATH.
"""
import argparse
import collections
import csv
import io
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

UNSNARL = os.environ.get("UNSNARL", "target/release/unsnarl")
TACH = os.environ.get("TACH", "tach")
LINT_IMPORTS = os.environ.get("LINT_IMPORTS", "lint-imports")
DEPCRUISE = os.environ.get("DEPCRUISE", "depcruise")
KINDS = 'check = { kinds = ["runtime", "type-only", "test", "dev"] }\n'


def seconds(command, root):
    """Wall time, processor time and peak megabytes of a run that ended with an answer: 0, or 1 where something is broken."""
    begun = time.monotonic()
    child = subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    took = time.monotonic() - begun
    code = os.waitstatus_to_exitcode(status)
    # dependency-cruiser ends with the number of violations.
    assert code in (0, 1) or command[0] == DEPCRUISE, (command, code)
    return took, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def text_of(command, root):
    return subprocess.run(command, cwd=root, capture_output=True, text=True).stdout


def edges_of(root):
    """Pairs of files of which one names the other, by `unsnarl deps`."""
    command = [UNSNARL, "deps", "--level", "file", "--format", "csv", "--no-cache"]
    rows = csv.DictReader(io.StringIO(text_of(command, root)))
    return {(row["from_file"], row["to_file"]) for row in rows if row["to_file"] and row["kind"] != "contains"}


def lists_of(edges, module_of):
    """What each module uses, one dependency left out: the one with the fewest files above nineteen."""
    weight = collections.Counter()
    for start, end in edges:
        pair = (module_of(start), module_of(end))
        if None not in pair and pair[0] != pair[1]:
            weight[pair] += 1
    out = min((count, pair) for pair, count in weight.items() if count >= 20)[1]
    lists = collections.defaultdict(list)
    for start, end in sorted(weight):
        if (start, end) != out:
            lists[start].append(end)
    return lists, out


def manifest(modules, paths_of, lists):
    lines = ["version = 1", KINDS, "module = ["]
    for module in modules:
        uses = ", ".join(f'"{one}"' for one in lists[module])
        paths = ", ".join(f'"{path}"' for path in paths_of(module))
        lines.append(f'  {{ id = "{module}", paths = [{paths}], depends_on = [{uses}] }},')
    return "\n".join([*lines, "]"]) + "\n"


def broken_by_unsnarl(root):
    out = text_of([UNSNARL, "check", "--all", "--no-cache"], root)
    found = re.findall(r"error\[U101[^\n]*\n[^\n]*--> ([^\n:]+):", out)
    assert found, out[-2000:]
    checked = re.search(r"([\d,]+) dependencies between files", out)
    return set(found), int(checked[1].replace(",", ""))


def edit_ten(root, ending, comment, turn):
    """Ten files that were changed, other than the turn before."""
    files = sorted(path for path in subprocess.run(
        ["git", "ls-files", f"*{ending}"], cwd=root, capture_output=True, text=True, check=True
    ).stdout.splitlines())
    for path in files[7 :: max(1, len(files) // 10)][:10]:
        with open(root / path, "a") as file:
            file.write(f"{comment} turn {turn}\n")


def measure(root, runs, peers, ending, comment):
    """Prints one row for each peer and state."""
    # As adopted: the manifest is committed, so that a base is held to the same rules.
    author = ["-c", "user.name=bench", "-c", "user.email=bench@localhost"]
    for command in (["add", "--all"], [*author, "commit", "--quiet", "--message", "rules"]):
        subprocess.run(["git", "-C", str(root), *command], check=True)
    # Files as young as the index have to be read to know whether they changed; those of a work tree are older.
    time.sleep(1.1)
    subprocess.run(["git", "-C", str(root), "read-tree", "HEAD"], check=True)
    subprocess.run(["git", "-C", str(root), "update-index", "--refresh"], stdout=subprocess.DEVNULL)
    cache = str(root.parent / "cache")
    check = [UNSNARL, "check", "--cache", cache]
    rows = collections.defaultdict(list)

    def note(name, command):
        rows[name].append(seconds(command, root))

    for command in [*peers.values(), check]:
        seconds(command, root)
    for turn in range(runs):
        for name, command in peers.items():
            note(name, command)
        subprocess.run(["rm", "-rf", cache], check=True)
        note("unsnarl check, cold", check)
        note("unsnarl check, warm", check)
        edit_ten(root, ending, comment, f"{turn}a")
        note("unsnarl check, ten files edited since", check)
        seconds([*check, "--diff", "HEAD"], root)
        edit_ten(root, ending, comment, f"{turn}b")
        note("unsnarl check --diff, ten files edited since", [*check, "--diff", "HEAD"])
        note("unsnarl check --diff, again", [*check, "--diff", "HEAD"])
    base, busy, _ = map(statistics.median, zip(*rows[next(iter(peers))]))
    print("| work | s | ratio | least, s | processor, s | ratio | peak MB |\n|---|---:|---:|---:|---:|---:|---:|")
    for name, taken in rows.items():
        took, used, peak = map(statistics.median, zip(*taken))
        least = min(taken)[0]
        print(f"| {name} | {took:.2f} | {took / base:.2f} | {least:.2f} | {used:.2f} | {used / busy:.2f} | {peak:.0f} |")


def python(root, runs, package):
    here = root / package
    names = sorted(path.name for path in here.iterdir() if (path / "__init__.py").is_file())
    modules = [f"{package}.{name}" for name in names]

    def module_of(path):
        parts = path.split("/")
        name = ".".join(parts[:2])
        return name if parts[0] == package and len(parts) > 2 and name in modules else None

    edges = edges_of(root)
    lists, out = lists_of(edges, module_of)
    (root / "unsnarl.toml").write_text(manifest(modules, lambda name: [name.replace(".", "/")], lists))
    tach = ['source_roots = ["."]', 'root_module = "ignore"', "ignore_type_checking_imports = false", "exclude = []"]
    for module in modules:
        uses = ", ".join(f'"{one}"' for one in lists[module])
        tach += ["[[modules]]", f'path = "{module}"', f"depends_on = [{uses}]"]
    (root / "tach.toml").write_text("\n".join(tach) + "\n")
    told = json.loads(text_of([TACH, "check", "--output", "json"], root))
    theirs = {one["Located"]["file_path"] for one in told if one["Located"]["severity"] == "Error"}
    ours, dependencies = broken_by_unsnarl(root)
    assert theirs and theirs == ours, (sorted(theirs ^ ours)[:10], len(theirs), len(ours))
    print(f"{len(modules)} modules, {dependencies} dependencies; {out[0]} may not use {out[1]}: {len(ours)} files do, on both sides\n")
    peers = {"tach check": [TACH, "check"]}
    linter = f"[importlinter]\nroot_package = {package}\n[importlinter:contract:c]\nname = c\ntype = forbidden\n"
    linter += f"allow_indirect_imports = True\nsource_modules =\n  {out[0]}\nforbidden_modules =\n  {out[1]}\n"
    (root / ".importlinter").write_text(linter)
    said = text_of([LINT_IMPORTS, "--no-cache"], root)
    if "not allowed to import" in said:
        found = re.search(r"(\d+) files, (\d+) dependencies", said)
        print(f"import-linter maps {found[0] if found else 'the tree'}, for one contract\n")
        peers["import-linter, cold"] = [LINT_IMPORTS, "--no-cache"]
        peers["import-linter, warm"] = [LINT_IMPORTS]
    measure(root, runs, peers, ".py", "#")


def javascript(root, runs, directories):
    modules = [f"{top}/{path.name}" for top in directories for path in sorted((root / top).iterdir()) if path.is_dir()]
    modules = [one for one in modules if any((root / one).rglob("*.ts*"))]

    def module_of(path):
        return next((one for one in modules if path.startswith(one + "/")), None)

    lists, out = lists_of(edges_of(root), module_of)
    (root / "unsnarl.toml").write_text(manifest(modules, lambda name: [name], lists))
    rules = [
        {"name": one, "severity": "error", "from": {"path": f"^{one}/"},
         "to": {"path": f"^({'|'.join(modules)})/", "pathNot": f"^({'|'.join([one, *lists[one]])})/"}}
        for one in modules
    ]
    options = {"tsPreCompilationDeps": True, "doNotFollow": {"path": "node_modules"}}
    config = root / ".dependency-cruiser.json"
    if (root / "tsconfig.json").exists():
        options["tsConfig"] = {"fileName": "tsconfig.json"}
    config.write_text(json.dumps({"forbidden": rules, "options": options}))
    tops = sorted({one.split("/")[0] for one in modules})
    cruise = [DEPCRUISE, "--config", config.name, *tops]
    told = json.loads(text_of([*cruise, "--output-type", "json"], root))
    theirs = {one["from"] for one in told["summary"]["violations"]}
    ours, dependencies = broken_by_unsnarl(root)
    print(f"{len(modules)} modules, {dependencies} dependencies ({told['summary']['totalDependenciesCruised']} for dependency-cruiser, packages included); "
          f"{out[0]} may not use {out[1]}: {len(ours)} files do, {len(theirs)} for dependency-cruiser\n")
    assert theirs and theirs == ours, sorted(theirs ^ ours)[:10]
    measure(root, runs, {"depcruise": cruise}, ".ts", "//")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("language", choices=["python", "javascript"])
    arguments.add_argument("repository")
    arguments.add_argument("below", nargs="+")
    given = arguments.parse_args()
    global UNSNARL
    if os.path.exists(UNSNARL):
        UNSNARL = os.path.abspath(UNSNARL)
    with tempfile.TemporaryDirectory() as directory:
        root = pathlib.Path(directory) / "tree"
        # Where the repository lacks a blob, all but that file is checked out.
        subprocess.run(["git", "clone", "--quiet", "--shared", "--no-checkout", given.repository, str(root)], check=True)
        subprocess.run(["git", "-C", str(root), "reset", "--quiet", "--hard"], stderr=subprocess.DEVNULL)
        if given.language == "python":
            python(root, given.runs, given.below[0])
        else:
            javascript(root, given.runs, given.below)


if __name__ == "__main__":
    sys.exit(main())
