#!/usr/bin/env python3
"""Whether the truth tables under crates/unsnarl/tests/contracts are what the other tools say today.

    bench/contracts/compare.py [TABLE...]

Lays out each case's tree, runs the tool on it with the case's configuration, and compares what it reports with the
case's `theirs`. What unsnarl says of the same trees is held by the tests of the end-to-end suite. Prints a line for each
case that is no longer so, and a Markdown row a tool; exits 1 when a case is not as recorded.

The tools are looked for on the PATH and by these variables:

    LINT_IMPORTS  lint-imports of import-linter     pip install import-linter
    TACH          tach                              pip install tach
    DEPCRUISE     depcruise of dependency-cruiser   npm install dependency-cruiser typescript
    PKS           pks                               https://github.com/rubyatscale/pks; reads packwerk's files
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

TABLES = pathlib.Path(__file__).resolve().parents[2] / "crates/unsnarl/tests/contracts"


def text(value):
    if isinstance(value, list):
        return "\n".join(value) + "\n"
    return value + "\n" if value else ""


def lay_out(table, case, root):
    files = {**table["trees"][case["tree"]], **case.get("files", {})}
    if "peer" in case:
        files[table["config"]] = case["peer"]
    files.update(case.get("peer_files", {}))
    for path, content in files.items():
        if content is None or path.startswith(".unsnarl/"):
            continue
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text(content))


def run(command, root):
    return subprocess.run(command, cwd=root, capture_output=True, text=True)


def python_file(root, name):
    """The file of a Python module, or of the module that holds a name; a package outside by its first part."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        base = root.joinpath(*parts[:end])
        for place in (base.with_suffix(".py"), base / "__init__.py"):
            if place.is_file():
                return place.relative_to(root).as_posix()
    return f"external:{parts[0]}"


def import_linter(root, case):
    said = run([os.environ.get("LINT_IMPORTS", "lint-imports"), "--no-cache"], root)
    out = said.stdout + said.stderr
    if said.returncode == 0:
        return []
    if "Broken contracts" not in out:
        return ["refused"]
    out = out[out.index("Broken contracts"):]
    ways = []
    for line in out.splitlines():
        step = re.match(r"(-?)\s*(\S+) -> (\S+) \(", line)
        if step and step[2].startswith("."):
            ways.append([step[2][1:], step[3][1:]])
        elif step and step[1]:
            ways.append([python_file(root, step[2]), python_file(root, step[3])])
        elif step:
            ways[-1].append(python_file(root, step[3]))
    return [" -> ".join(way) for way in ways] or ["refused"]


def tach(root, case):
    said = run([os.environ.get("TACH", "tach"), "check", "--output", "json"], root)
    try:
        told = json.loads(said.stdout)
    except json.JSONDecodeError:
        return ["refused"]
    if isinstance(told, dict):
        return ["refused"]
    lines = set()
    for one in told:
        (where, what), = one.items()
        code = what["details"].get("Code")
        (kind, details), = code.items() if isinstance(code, dict) else [(str(code), {})]
        if what["severity"] == "Warning":
            lines.add("warning")
        elif where == "Located" and "dependency" in details:
            lines.add(f"{what['file_path']} -> {python_file(root, details['dependency'])}")
        else:
            lines.add("refused")
    if not lines and run([os.environ.get("TACH", "tach"), "check"], root).returncode:
        # Unused dependencies are told in words alone.
        return ["refused"]
    return sorted(lines)


KNOWN = ".dependency-cruiser-known-violations.json"


def dependency_cruiser(root, case):
    command = [os.environ.get("DEPCRUISE", "depcruise"), "--config", ".dependency-cruiser.json", "--output-type", "json"]
    if (root / KNOWN).exists():
        command += ["--ignore-known", KNOWN]
    said = run([*command, "src"], root)
    try:
        told = json.loads(said.stdout)["summary"]["violations"]
    except (json.JSONDecodeError, KeyError):
        return ["refused"]
    lines = set()
    for one in told:
        way = [one["from"], one["to"]]
        if one["rule"]["severity"] == "ignore":
            continue
        if one["type"] == "reachability":
            way = [one["from"], *[step["name"] for step in one["via"]]]
        elif one["type"] == "cycle":
            # One circle is told once; its steps are told here.
            ring = [one["from"], *[step["name"] for step in one["cycle"]]]
            lines.update(f"{start} -> {end}" for start, end in zip(ring, ring[1:]))
            continue
        elif one["type"] == "module":
            way = [one["from"]]
        own = lambda step: (root / step).exists() and not step.startswith("node_modules/")
        way = [step if own(step) else "external:" + package(step) for step in way]
        lines.add("warning" if one["rule"]["severity"] != "error" else " -> ".join(way))
    return sorted(lines)


def package(path):
    path = path.removeprefix("node_modules/")
    return "/".join(path.split("/")[: 2 if path.startswith("@") else 1])


def packwerk(root, case):
    said = run([os.environ.get("PKS", "pks"), case.get("command", "check")], root)
    out = said.stdout + said.stderr
    if said.returncode == 0:
        return []
    lines = set()
    for found in re.finditer(r"^(\S+\.rb):\d+:\d+\n.*?`::([\w:]+)`", out, re.M):
        lines.add(f"{found[1]} -> {constant_file(root, found[2])}")
    if "stale violations" in out or not lines:
        lines.add("refused")
    return sorted(lines)


def constant_file(root, constant):
    name = "/".join(re.sub(r"(?<!^)([A-Z])", r"_\1", part).lower() for part in constant.split("::")) + ".rb"
    found = [path for path in root.rglob("*.rb") if path.as_posix().endswith("/" + name)]
    return found[0].relative_to(root).as_posix() if len(found) == 1 else constant


ADAPTERS = {
    "import-linter": import_linter,
    "tach": tach,
    "dependency-cruiser": dependency_cruiser,
    "packwerk": packwerk,
}


def alike(line, by):
    """A line of either side as both can say it: a way by its first step or, where only its start is told, by that."""
    if line.startswith("warning"):
        return "warning"
    if " -> " not in line:
        return "refused" if line.startswith("U3") else line.split(" ")[-1]
    start, *rest = line.split(" -> ")
    start = start.split(" ")[-1]
    return start if by == "from" else f"{start} -> {rest[0]}"


def main(names):
    wrong = 0
    rows = ["| tool | version | cases | as recorded | agree | differ by design |", "|---|---|---:|---:|---:|---:|"]
    for path in sorted(TABLES.glob("*.json")):
        if names and path.stem not in names:
            continue
        table = json.loads(path.read_text())
        same = agree = 0
        for case in table["cases"]:
            with tempfile.TemporaryDirectory() as directory:
                root = pathlib.Path(directory)
                lay_out(table, case, root)
                said = ADAPTERS[table["peer"]](root, case)
            if sorted(said) == sorted(case["theirs"]):
                same += 1
            else:
                print(f"{table['peer']}: {case['contract']}: {case['name']}\n  says     {said}\n  recorded {case['theirs']}")
            ours, theirs = ({alike(line, case.get("by")) for line in case[side]} for side in ("ours", "theirs"))
            agree += ours == theirs
        count = len(table["cases"])
        wrong += count - same
        rows.append(f"| {table['peer']} | {table['version']} | {count} | {same} | {agree} | {count - agree} |")
    print("\n".join(rows))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
