#!/usr/bin/env python3
"""MAINTAINERS as unsnarl reads it against scripts/get_maintainer.pl, side by side on one tree.

    bench/get_maintainer.py SCRIPT TREE [FILES]

SCRIPT is get_maintainer.pl, TREE a checkout with a MAINTAINERS file at its root and a git repository around it, FILES
how many files to ask about (200), taken at even steps from all that are tracked. Compares the maintainers of each, as
sets of e-mail addresses. Ends with 1 when any differ.
"""
import json
import os
import re
import subprocess
import sys

UNSNARL = os.path.abspath(os.environ.get("UNSNARL", "target/release/unsnarl"))


def addresses(texts):
    return {match.group(0).lower() for text in texts for match in re.finditer(r"[^\s<>\"(),:;]+@[^\s<>\"(),:;]+", text)}


def main():
    script, tree = os.path.abspath(sys.argv[1]), sys.argv[2]
    wanted = int(sys.argv[3]) if len(sys.argv) > 3 else 200
    files = subprocess.run(["git", "-C", tree, "ls-files"], check=True, capture_output=True, text=True).stdout.splitlines()
    files = files[:: max(1, len(files) // wanted)]
    command = [UNSNARL, "owners", "--ownership", tree, "--dialect", "maintainers", "--format", "json", "--stdin"]
    answers = json.loads(subprocess.run(command, input="\n".join(files), check=True, capture_output=True, text=True).stdout)
    help_text = subprocess.run(["perl", script, "--help"], cwd=tree, capture_output=True, text=True).stdout
    # The kernel's script looks for the kernel around it unless told not to; copies elsewhere have no such option.
    options = ["--notree"] if "--tree " in help_text else []
    options += ["--nogit", "--nogit-fallback", "--norolestats", "--nol", "--nor", "--nokeywords", "--nomailmap"]
    options += ["--noremove-duplicates"]
    differ = 0
    for answer in answers:
        out = subprocess.run(["perl", script, *options, "-f", answer["path"]], cwd=tree, capture_output=True, text=True)
        assert out.returncode == 0, out.stderr
        theirs, ours = addresses(out.stdout.splitlines()), addresses(answer["owners"])
        if theirs != ours:
            differ += 1
            print(f"{answer['path']}: script alone {sorted(theirs - ours)}, unsnarl alone {sorted(ours - theirs)}")
    print(f"{len(answers)} files, {differ} differ")
    sys.exit(differ > 0)


main()
