#!/usr/bin/env python3
"""How soon an editor is told what it asked of `unsnarl lsp`, on a real repository.

    bench/lsp.py REPOSITORY FILE IMPORT [CACHE]

FILE is a file of the work tree, from its root, and IMPORT a line that breaks a rule of its manifest. The line is typed
above the first line of FILE that is not empty, and taken out again, fifty times. Prints how long each answer takes, in
milliseconds; what is typed is counted from the last key, less the pause for which the server waits.
"""
import json
import os
import subprocess
import sys
import time

UNSNARL = os.environ.get("UNSNARL", "target/release/unsnarl")
PAUSE = 0.150


class Editor:
    def __init__(self, arguments):
        self.server = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.asked = 0

    def send(self, **message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.server.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.server.stdin.flush()

    def wait(self, wanted):
        while True:
            length = 0
            while (line := self.server.stdout.readline()) != b"\r\n":
                if not line:
                    sys.exit("the server went away")
                length = int(line.split(b":")[1])
            message = json.loads(self.server.stdout.read(length))
            if wanted(message):
                return message

    def ask(self, method, params):
        self.asked += 1
        self.send(id=self.asked, method=method, params=params)
        begun = time.perf_counter()
        answer = self.wait(lambda message: message.get("id") == self.asked and "method" not in message)
        return answer["result"], time.perf_counter() - begun


def row(name, seconds):
    seconds = sorted(1000 * one for one in seconds)
    median, late = seconds[len(seconds) // 2], seconds[int(len(seconds) * 0.95)]
    print(f"| {name} | {median:.0f} | {late:.0f} | {len(seconds)} |")


def main():
    repository, file, broken, *cache = sys.argv[1:]
    root = os.path.abspath(repository)
    text = open(os.path.join(root, file), encoding="utf-8").read()
    document = {"uri": f"file://{root}/{file}"}
    begun = time.perf_counter()
    editor = Editor([UNSNARL, "lsp", root, *(["--cache", cache[0]] if cache else [])])
    editor.ask("initialize", {"capabilities": {"workspace": {"codeLens": {"refreshSupport": True}}}})
    editor.send(method="initialized", params={})
    opened = {**document, "languageId": "", "version": 1, "text": text}
    editor.send(method="textDocument/didOpen", params={"textDocument": opened})
    editor.ask("textDocument/codeLens", {"textDocument": document})
    print("| answer | median | 95 % | of |\n|---|---|---|---|")
    row("owner, from the start", [time.perf_counter() - begun])
    editor.wait(lambda message: message.get("method") == "workspace/codeLens/refresh")
    row("partners, from the start", [time.perf_counter() - begun])
    row("code lens", [editor.ask("textDocument/codeLens", {"textDocument": document})[1] for _ in range(50)])
    line = next(at for at, one in enumerate(text.split("\n")) if one.strip())
    typed = []
    for version in range(2, 102):
        out = version % 2
        place = {"start": {"line": line, "character": 0}, "end": {"line": line + out, "character": 0}}
        change = {"range": place, "text": "" if out else broken + "\n"}
        begun = time.perf_counter()
        editor.send(
            method="textDocument/didChange",
            params={"textDocument": {**document, "version": version}, "contentChanges": [change]},
        )
        told = editor.wait(lambda message: message.get("params", {}).get("version") == version)
        typed.append(time.perf_counter() - begun - PAUSE)
        found = any(one["range"]["start"]["line"] == line for one in told["params"]["diagnostics"])
        if found == bool(out):
            sys.exit(f"version {version}: {told['params']['diagnostics']}")
    row("marks, after the pause", typed)
    editor.ask("shutdown", None)
    editor.send(method="exit")
    sys.exit(editor.server.wait())


main()
