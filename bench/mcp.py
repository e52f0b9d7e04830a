#!/usr/bin/env python3
"""How long `unsnarl mcp` takes to answer, over a pipe, as an agent asks it.

    bench/mcp.py [--calls N] REPOSITORY...

Clones each repository, lets `unsnarl init` write its manifest, and asks one server: each tool once cold, then N times
warm, arguments taking turns. "first" is the first question of all, which mines the history; "new process" the first
question of a second server, which finds the facts kept; "after a commit" the first after an empty commit, "after an edit"
a check after one file was edited. Milliseconds; medians and 95th percentiles. Prints a Markdown table; exits 1 where a
median of warm answers is above the hundred milliseconds docs/benchmarks.md aims at.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

UNSNARL = str(pathlib.Path(os.environ.get("UNSNARL", "target/release/unsnarl")).resolve())
MOST = 100


class Server:
    """A server over a pipe, one question at a time."""

    def __init__(self, root):
        command = [UNSNARL, "mcp"]
        self.child = subprocess.Popen(
            command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self.last = 0
        client = {"name": "bench", "version": "0"}
        self.ask("initialize", {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": client})

    def ask(self, method, params):
        """The result, and the milliseconds from the first byte sent to the last received."""
        self.last += 1
        line = json.dumps({"jsonrpc": "2.0", "id": self.last, "method": method, "params": params})
        begun = time.monotonic()
        self.child.stdin.write(line.encode() + b"\n")
        self.child.stdin.flush()
        answer = self.child.stdout.readline()
        took = (time.monotonic() - begun) * 1000
        answer = json.loads(answer)
        assert answer["id"] == self.last and "result" in answer, answer
        return answer["result"], took

    def call(self, tool, arguments):
        """The document and the milliseconds; a refusal would be quick and prove nothing."""
        result, took = self.ask("tools/call", {"name": tool, "arguments": arguments})
        assert result["isError"] is False, (tool, arguments, result)
        return result["structuredContent"], took

    def end(self):
        self.child.stdin.close()
        assert self.child.wait(timeout=30) == 0


def git(root, *arguments):
    settings = ["-c", "user.name=bench", "-c", "user.email=bench@localhost"]
    done = subprocess.run(["git", *settings, *arguments], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout


def questions(root, server):
    """Arguments of each tool: files spread over the tree, what the first answers name."""
    files = git(root, "ls-files").splitlines()
    some = files[:: max(1, len(files) // 20)][:20]
    boundaries, _ = server.call("boundaries", {})
    ids = [row["id"] for row in boundaries["boundaries"] if row["id"]][:10]
    modules = [row["a"] for row in boundaries["boundaries"]][:10]
    return {
        "owners, a file": ("owners", [{"paths": [path]} for path in some]),
        "owners, all": ("owners", [{"paths": ["."]}]),
        "impact, paths": ("impact", [{"paths": [one, other]} for one, other in zip(some, some[1:])]),
        "impact, diff": ("impact", [{"diff": "HEAD~1"}]),
        "boundaries": ("boundaries", [{}] + [{"module": module} for module in modules]),
        "hidden_constraints": ("hidden_constraints", [{}] + [{"path": path} for path in some]),
        "check": ("check", [{}]),
        "check, diff": ("check", [{"diff": "HEAD~1"}]),
        "explain": ("explain", [{"id": one} for one in ids] + [{"id": "U101"}]),
    }


def quantile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def measure(repository, calls, scratch):
    """Rows: question, cold, median, 95th percentile, kilobytes."""
    root = pathlib.Path(scratch) / "tree"
    subprocess.run(["git", "clone", "--quiet", repository, root], check=True)
    if not (root / "unsnarl.toml").exists():
        subprocess.run([UNSNARL, "init", "--no-cache"], cwd=root, check=True, capture_output=True)
        git(root, "add", "--all")
        git(root, "commit", "--quiet", "--message", "manifest")
    server = Server(root)
    anything = git(root, "ls-files").splitlines()[0]
    rows = [("first", [server.call("owners", {"paths": [anything]})[1]], 0)]
    server.end()
    server = Server(root)
    rows.append(("new process", [server.call("owners", {"paths": [anything]})[1]], 0))
    for name, (tool, arguments) in questions(root, server).items():
        server.call(tool, arguments[0])
        answers = [server.call(tool, arguments[at % len(arguments)]) for at in range(calls)]
        size = statistics.median(len(json.dumps(document)) for document, _ in answers)
        rows.append((name, [took for _, took in answers], size / 1024))
    edited = next(path for path in git(root, "ls-files").splitlines() if path.endswith((".java", ".go", ".py", ".ts", ".rs")))
    after_edit = []
    for at in range(min(calls, 10)):
        with open(root / edited, "a", encoding="utf-8") as file:
            file.write(f"\n// {at}\n")
        after_edit.append(server.call("check", {})[1])
    rows.append(("check after an edit", after_edit, 0))
    after_commit = []
    for _ in range(min(calls, 5)):
        git(root, "commit", "--quiet", "--allow-empty", "--message", "empty")
        after_commit.append(server.call("boundaries", {})[1])
    rows.append(("boundaries after a commit", after_commit, 0))
    server.end()
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=50)
    parser.add_argument("repositories", nargs="+")
    options = parser.parse_args()
    print("| repository | question | median ms | 95th ms | KB |")
    print("|---|---|---:|---:|---:|")
    slow = []
    for repository in options.repositories:
        path = pathlib.Path(repository).resolve()
        name = (path.parent.name if path.name == "repo" else path.name).replace("+", "/")
        with tempfile.TemporaryDirectory() as scratch:
            for question, took, size in measure(path, options.calls, scratch):
                median = statistics.median(took)
                print(f"| {name} | {question} | {median:.1f} | {quantile(took, 0.95):.1f} | {size:.0f} |", flush=True)
                if len(took) == options.calls and median > MOST:
                    slow.append((name, question, round(median)))
    if slow:
        sys.exit(f"above {MOST} ms: {slow}")


if __name__ == "__main__":
    main()
