#!/usr/bin/env python3
"""Whether the edges unsnarl reads from Java source are those of the compiled classes.

    bench/edges/jdeps.py UNSNARL REPOSITORY SOURCE_ROOT [--differences] [--release N]

REPOSITORY is a work tree or a bare repository; SOURCE_ROOT is a directory in it whose Java files compile without
anything else. They are compiled, `jdeps` lists which class names which, and classes become files by their SourceFile.
Prints a row of a Markdown table: files, edges of jdeps, of unsnarl, of both, and what the differences are:

    inferred    only in classes, and no type of the file it leads to is written in the file it comes from
    missed      the other edges only in classes: each is to be looked at
    erased      only in source, by a name in code: inlined constants, type arguments of locals, annotations for source
    imported    only in source, by an import of a name that no code uses (documentation, or nothing)

Precision leaves out what the compiler erases or never sees, recall what only types tell; both raw figures stand beside.
"""
import argparse
import collections
import csv
import io
import os
import re
import struct
import subprocess
import sys
import tempfile

COMMENTS = re.compile(r'//[^\n]*|/\*.*?\*/|"""(?:\\.|.)*?"""|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
IMPORT = re.compile(r"^\s*import\s+(?:static\s+)?([\w.*\s]+);", re.M)


def source_file(path):
    """The SourceFile attribute of a class file."""
    with open(path, "rb") as file:
        data = file.read()
    count, at, texts, index = struct.unpack(">H", data[8:10])[0], 10, {}, 1
    while index < count:
        tag = data[at]
        if tag == 1:
            length = struct.unpack(">H", data[at + 1 : at + 3])[0]
            texts[index] = data[at + 3 : at + 3 + length].decode("utf-8", "replace")
            at += 3 + length
        else:
            at += {3: 5, 4: 5, 5: 9, 6: 9, 7: 3, 8: 3, 15: 4, 16: 3, 19: 3, 20: 3}.get(tag, 5)
        index += 2 if tag in (5, 6) else 1
    at += 6
    at += 2 + 2 * struct.unpack(">H", data[at : at + 2])[0]

    def attributes(at):
        found = []
        for _ in range(struct.unpack(">H", data[at : at + 2])[0]):
            name, length = struct.unpack(">HI", data[at + 2 : at + 8])
            found.append((texts.get(name), at + 8))
            at += 6 + length
        return found, at + 2

    for _ in range(2):
        members = struct.unpack(">H", data[at : at + 2])[0]
        at += 2
        for _ in range(members):
            _, at = attributes(at + 6)
    for name, begin in attributes(at)[0]:
        if name == "SourceFile":
            return texts[struct.unpack(">H", data[begin : begin + 2])[0]]
    return None


def compiled(root, sources, out, release):
    """Edges between files below root, as the compiled classes tell them."""
    listing = os.path.join(out, "sources.txt")
    with open(listing, "w", encoding="utf-8") as file:
        file.writelines(f'"{path}"\n' for path in sources)
    classes = os.path.join(out, "classes")
    command = ["javac", "-proc:none", "-nowarn", "-g", "-encoding", "UTF-8", "-d", classes]
    command += ["--release", release] if release else []
    run = subprocess.run([*command, "@" + listing], capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit("javac: " + run.stderr[-2000:])
    file_of = {}
    for directory, _, names in os.walk(classes):
        for name in names:
            if name.endswith(".class"):
                path = os.path.join(directory, name)
                package = os.path.relpath(directory, classes)
                source = source_file(path)
                if source:
                    whole = name if package == "." else f"{package}/{name}"
                    file_of[whole[:-6].replace("/", ".")] = os.path.normpath(os.path.join(package, source))
    run = subprocess.run(["jdeps", "-v", "--ignore-missing-deps", classes], capture_output=True, text=True)
    edges = set()
    for line in run.stdout.splitlines():
        match = re.match(r"\s+(\S+)\s+->\s+(\S+)", line)
        if match and match[1] in file_of and match[2] in file_of:
            edges.add((file_of[match[1]], file_of[match[2]]))
    types = collections.defaultdict(set)
    for name, file in file_of.items():
        types[file].update(part for part in re.split(r"[.$]", name[name.rfind(".") + 1 :]) if not part.isdigit())
    return {edge for edge in edges if edge[0] != edge[1]}, types


def named(unsnarl, repository, root):
    """Edges between files below root, as unsnarl reads them, with the names that made them."""
    command = [unsnarl, "deps", repository, "--level", "file", "--format", "csv"]
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode not in (0, 1):
        sys.exit("unsnarl: " + run.stderr[-2000:])
    rows = csv.DictReader(io.StringIO(run.stdout))
    below = root.rstrip("/") + "/"
    edges = set()
    for row in rows:
        if row["from_file"].startswith(below) and row["to_file"].startswith(below):
            edges.add((row["from_file"][len(below) :], row["to_file"][len(below) :]))
    return {edge for edge in edges if edge[0] != edge[1]}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("unsnarl")
    parser.add_argument("repository")
    parser.add_argument("source_root")
    parser.add_argument("--differences", action="store_true")
    parser.add_argument("--release")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as out:
        tree = arguments.repository
        if not os.path.exists(os.path.join(tree, ".git")) and os.path.exists(os.path.join(tree, "objects")):
            tree = os.path.join(out, "tree")
            os.mkdir(tree)
            archive = subprocess.Popen(["git", "--git-dir", arguments.repository, "archive", "HEAD", arguments.source_root], stdout=subprocess.PIPE)
            subprocess.run(["tar", "x", "-C", tree], stdin=archive.stdout, check=True)
        root = os.path.join(tree, arguments.source_root)
        sources = []
        for directory, _, names in os.walk(root):
            sources += [os.path.join(directory, name) for name in names if name.endswith(".java") and name != "module-info.java"]
        theirs, types = compiled(root, sources, out, arguments.release)
        ours = named(arguments.unsnarl, arguments.repository, arguments.source_root)
        ours = {edge for edge in ours if "module-info.java" not in edge[0] and "package-info.java" not in edge[0]}
        words, imported = {}, {}
        for path in sources:
            with open(path, encoding="utf-8") as file:
                code = COMMENTS.sub(" ", file.read())
            imports = IMPORT.findall(code)
            whole = IMPORT.sub("", code)
            relative = os.path.relpath(path, root)
            words[relative] = set(re.findall(r"[\w$]+", whole))
            imported[relative] = {word for one in imports for word in re.findall(r"[\w$]+", one)}
        both = theirs & ours
        inferred = {edge for edge in theirs - ours if not types[edge[1]] & (words[edge[0]] | imported[edge[0]])}
        stem = lambda path: os.path.basename(path)[: -len(".java")]
        only_imported = {edge for edge in ours - theirs if stem(edge[1]) not in words[edge[0]]}
        missed = theirs - ours - inferred
        erased = ours - theirs - only_imported
        share = lambda part, whole: f"{part / whole:.4f}" if whole else ""
        name = os.path.basename(os.path.normpath(arguments.repository))
        name = os.path.basename(os.path.dirname(os.path.normpath(arguments.repository))) if name == "repo" else name
        row = [name, len(sources), len(theirs), len(ours), len(both), share(len(both), len(ours)), share(len(both), len(theirs)),
               len(inferred), len(missed), len(only_imported), len(erased), share(len(both), len(theirs) - len(inferred))]
        print("| " + " | ".join(map(str, row)) + " |")
        if arguments.differences:
            for title, edges in [("missed", missed), ("erased", erased), ("imported", only_imported), ("inferred", inferred)]:
                for edge in sorted(edges):
                    print(f"{title}: {edge[0]} -> {edge[1]}")


if __name__ == "__main__":
    main()
