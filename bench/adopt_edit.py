#!/usr/bin/env python3
"""Makes the edits bench/adopt.sh asks for, in the language of the repository it runs in.

usage: adopt_edit.py UNSNARL forbidden|allowed|pay

forbidden  an import of a module that the importing one does not list; prints FILE, LINE, the import
allowed    an import of a file of the same module; prints the same
pay        takes out every line one recorded step of a circle rests on; prints the step
"""

import csv
import io
import json
import os
import re
import subprocess
import sys

COUNTED = {"runtime", "type-only", "dev"}
LANGUAGES = {"python", "java", "kotlin", "javascript", "go", "rust", "ruby"}


def run(*arguments):
    return subprocess.run(arguments, capture_output=True, text=True, check=True).stdout


def modules(unsnarl):
    declared = json.loads(run(unsnarl, "manifest", "show"))["modules"]
    prefixes = {}
    for module in declared:
        for pattern in module["paths"]:
            prefixes[pattern.removesuffix("**").rstrip("/")] = module["id"]
    allowed = {module["id"]: module["depends_on"] for module in declared}

    def of(path):
        while path:
            path = path.rpartition("/")[0]
            if path in prefixes:
                return prefixes[path]
        return prefixes.get("")

    return of, allowed


def edges(unsnarl):
    rows = csv.DictReader(io.StringIO(run(unsnarl, "deps", "--level", "file", "--format", "csv", "-q")))
    return [row for row in rows if row["to_file"] and row["kind"] in COUNTED and row["language"] in LANGUAGES]


def statement(edge, file):
    """What names the end of an edge in another file of its language; None where that cannot be copied."""
    language, specifier, target = edge["language"], edge["specifier"], edge["to_file"]
    if language == "python" and target.endswith(".py"):
        dotted = target.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        return f"import {dotted}" if dotted.replace(".", "").isidentifier() else None
    if language in {"java", "kotlin"} and re.fullmatch(r"[a-z][\w.]*\.[A-Z]\w*", specifier):
        return f"import {specifier};"
    if language == "javascript" and re.search(r"\.(ts|tsx|js|jsx|vue)$", target):
        path = os.path.relpath(target, os.path.dirname(file))
        path = path if path.startswith(".") else "./" + path
        return f"import '{re.sub(r'.(ts|tsx|js|jsx)$', '', path)}'"
    if language == "go":
        return f'import _ "{specifier}"'
    if language == "rust" and specifier.startswith("crate::"):
        crate = lambda path: path.partition("/src/")[0]
        return f"use {specifier} as _;" if crate(file) == crate(edge["from_file"]) else None
    if language == "ruby" and re.fullmatch(r"[A-Z]\w+(::[A-Z]\w+)*", specifier):
        return specifier
    return None


def insert(file, text, language):
    with open(file, encoding="utf-8") as source:
        lines = source.read().splitlines()
    at = len(lines)
    if language in {"go", "java", "kotlin"}:
        heads = [at for at, line in enumerate(lines) if line.startswith("package ")]
        if not heads:
            return None
        at = heads[0] + 1
    lines.insert(at, text)
    with open(file, "w", encoding="utf-8") as source:
        source.write("\n".join(lines) + "\n")
    return at + 1


def edit(unsnarl, within):
    of, allowed = modules(unsnarl)
    every = edges(unsnarl)
    known = {(edge["from_file"], edge["to_file"]) for edge in every}
    files = sorted({(edge["from_file"], edge["language"]) for edge in every})
    # The most common language first: it is what the repository is written in.
    common = {}
    for _, language in files:
        common[language] = common.get(language, 0) + 1
    every.sort(key=lambda edge: -common[edge["language"]])
    for edge in every:
        target = of(edge["to_file"])
        if (of(edge["from_file"]) == target) != within:
            continue
        for file, language in files:
            own = of(file)
            fits = own == target if within else own != target and target not in (allowed[own] or [])
            if not fits or language != edge["language"] or allowed[own] is None:
                continue
            if file == edge["to_file"] or (file, edge["to_file"]) in known or "test" in file.lower():
                continue
            if file.startswith(".") or "/" not in file or file.endswith(".vue"):
                continue
            if within and os.path.dirname(file) == os.path.dirname(edge["to_file"]):
                continue
            text = statement(edge, file)
            line = text and insert(file, text, language)
            if line:
                print(file, line, text, sep="\t")
                return
    sys.exit("no such import can be written")


def pay(unsnarl):
    of, _ = modules(unsnarl)
    steps = {}
    for edge in edges(unsnarl):
        step = (of(edge["from_file"]), of(edge["to_file"]))
        steps.setdefault(step, set()).add((edge["from_file"], int(edge["line"])))
    recorded = set()
    for directory, _, names in os.walk(".unsnarl/debt"):
        for name in names:
            with open(os.path.join(directory, name), encoding="utf-8") as debt:
                for line in debt:
                    words = line.split()
                    if words[:1] == ["no-new-cycles"] and len(words) == 4:
                        recorded.add((words[1], words[3]))
    fewest = sorted((len(steps[step]), step) for step in recorded if step in steps)
    if not fewest:
        sys.exit("no step of a circle is recorded")
    _, step = fewest[0]
    for file, line in sorted(steps[step], reverse=True):
        with open(file, encoding="utf-8") as source:
            lines = source.read().split("\n")
        lines[line - 1] = ""
        with open(file, "w", encoding="utf-8") as source:
            source.write("\n".join(lines))
    print(f"{step[0]} -> {step[1]}")


def main():
    unsnarl, what = sys.argv[1:3]
    if what == "pay":
        pay(unsnarl)
    else:
        edit(unsnarl, within=what == "allowed")


main()
