#!/usr/bin/env python3
"""How long `unsnarl serve` takes to answer, beside Python's own file server with the same page.

    bench/serve.py [--calls N] REPOSITORY...

Clones each repository and asks over HTTP. "cold" is from the start to the address, with nothing kept; "again" the same
of a second server. "version" is what an open page asks every four seconds; "page" the whole page, and the ratio to
`python3 -m http.server` handing out a file of the same bytes. "after a commit" is the first version asked for after an
empty commit: the page built anew. Milliseconds, medians; prints a Markdown table.
"""
import argparse
import http.client
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

UNSNARL = str(pathlib.Path(os.environ.get("UNSNARL", "target/release/unsnarl")).resolve())


def asked(port, path):
    """The answer, and the milliseconds until its last byte."""
    begun = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    assert answer.status == 200, (answer.status, body[:200])
    return body, (time.monotonic() - begun) * 1000


class Server:
    """`unsnarl serve`, from its start to its address."""

    def __init__(self, root):
        begun = time.monotonic()
        self.child = subprocess.Popen(
            [UNSNARL, "serve", str(root), "--quiet"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        line = self.child.stdout.readline()
        self.took = (time.monotonic() - begun) * 1000
        self.port = int(re.search(r":(\d+)/", line).group(1))

    def end(self):
        self.child.terminate()
        self.child.wait(timeout=30)


def of_files(folder, calls):
    """The same bytes from a plain file server."""
    child = subprocess.Popen(
        [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        port = int(re.search(r"port (\d+)", child.stdout.readline()).group(1))
        return statistics.median(asked(port, "/page.html")[1] for _ in range(calls))
    finally:
        child.terminate()
        child.wait(timeout=30)


def measure(repository, calls, scratch):
    name = pathlib.Path(repository).resolve()
    name = name.parent.name if name.name == "repo" else name.name
    root = scratch / name
    subprocess.run(["git", "clone", "--quiet", "--shared", "--no-checkout", repository, str(root)], check=True)
    first = Server(root)
    first.end()
    server = Server(root)
    try:
        page, _ = asked(server.port, "/")
        versions = [asked(server.port, "/api/version")[1] for _ in range(calls)]
        pages = statistics.median(asked(server.port, "/")[1] for _ in range(calls))
        folder = scratch / f"{name}-page"
        folder.mkdir()
        (folder / "page.html").write_bytes(page)
        files = of_files(folder, calls)
        git = ["git", "-C", str(root), "-c", "user.name=bench", "-c", "user.email=bench@example.invalid"]
        said = lambda *of, **more: subprocess.run([*git, *of], check=True, capture_output=True, text=True, **more).stdout.strip()
        # A minute after the last: in a later year the code of the years between would be read, too.
        day = f"@{int(said('log', '-1', '--format=%ct')) + 60} +0000"
        dates = {**os.environ, "GIT_AUTHOR_DATE": day, "GIT_COMMITTER_DATE": day}
        head = said("commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", "nothing", env=dates)
        before, _ = asked(server.port, "/api/version")
        said("update-ref", "HEAD", head)
        after, took = asked(server.port, "/api/version")
        assert before != after, "the page did not follow"
    finally:
        server.end()
    version = statistics.median(versions)
    return (
        f"| {name} | {first.took:,.0f} | {server.took:,.0f} | {version:.1f} | {sorted(versions)[int(len(versions) * 0.95)]:.1f} "
        f"| {len(page) / 1000:,.0f} kB | {pages:.1f} | {pages / files:.1f} | {took:,.0f} |"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=100)
    parser.add_argument("repositories", nargs="+")
    arguments = parser.parse_args()
    print("| repository | cold | again | version | 95 % | size | page | × a file server | after a commit |")
    print("| --- |" + " ---: |" * 8)
    with tempfile.TemporaryDirectory() as scratch:
        for repository in arguments.repositories:
            print(measure(repository, arguments.calls, pathlib.Path(scratch)), flush=True)


if __name__ == "__main__":
    main()
