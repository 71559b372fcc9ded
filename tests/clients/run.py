"""Lets generated clients log in and pay, and compares what comes of it with docs/generate-a-client.md.

Each language has a folder here with a program `make DOCUMENT FOLDER`: it generates and compiles a client of the document, and
leaves FOLDER/client. That one is called with the URL of the API and of the sandbox's messages. It logs in, pays each amount, prints
a line of JSON for each amount, and fails when an answer is not what it should be.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.request
from decimal import Decimal

import changes

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PROGRAM = ROOT / "target/debug/data-adapter"
CHAPTER = ROOT / "docs/generate-a-client.md"
LANGUAGES = {"java": "Java", "typescript": "TypeScript", "python": "Python", "rust": "Rust", "go": "Go"}
# Where the API of each document is, and the dialect that it is of.
DOCUMENTS = {
    "data-adapter": ("/powerauth-data-adapter", "0.22"),
    "data-adapter-1": ("/powerauth-data-adapter-1", "1"),
}
AMOUNTS = ["158121.10", "100", "0.1", "12345678901234567.89"]
# No run takes longer, the build of a client from nothing aside.
SECONDS = 120


class Server:
    """The program itself, with a store of its own in memory, so that no run knows of another."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        for name in ("data-adapter.toml", "users.toml"):
            (pathlib.Path(self.folder.name) / name).write_bytes((HERE / name).read_bytes())
        self.process = subprocess.Popen(
            [PROGRAM, "--config", "data-adapter.toml", "--port", "0"],
            cwd=self.folder.name,
            env={},
            stderr=subprocess.PIPE,
            text=True,
        )
        for line in self.process.stderr:
            if found := re.search(r"http://[0-9.:]+$", line.strip()):
                self.url = found.group()
                break
        else:
            raise SystemExit("data-adapter does not start")
        # What it logs from now on is of no interest, but has to go somewhere.
        self.log = subprocess.Popen(["cat"], stdin=self.process.stderr, stdout=subprocess.DEVNULL)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.log.wait()
        self.folder.cleanup()

    def asked(self):
        """The amounts in the messages, as the person read them, in order."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{self.url}/sandbox/messages") as answer:
            messages = sorted(json.load(answer), key=lambda message: message["id"])
        found = [re.search(r"payment of (\S+) CZK", message["text"]) for message in messages]
        return [payment.group(1) for payment in found if payment]


def digits(texts):
    """What became of the digits of the amounts: a binary floating point number keeps 16, and no zero at the end."""
    if texts == AMOUNTS:
        return "kept"
    same = [Decimal(text) == Decimal(amount) for text, amount in zip(texts, AMOUNTS, strict=True)]
    assert same == [True, True, True, False], texts
    return "16 are kept"


def run(client, context_path, change):
    """Whether the client did all it had to, what it printed, and what people read."""
    with Server() as server, changes.Proxy(server.url, change) as proxy:
        arguments = [client, proxy.url + context_path, f"{server.url}/sandbox/messages"]
        result = subprocess.run(arguments, capture_output=True, text=True, timeout=SECONDS, check=False)
        return result, server.asked() if result.returncode == 0 else []


def row(language, document):
    """The line of the chapter's table that is true of this client."""
    folder = ROOT / "target/clients" / f"{language}-{document}"
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([HERE / language / "make", ROOT / f"swagger/{document}.openapi.json", folder], check=True)
    client = folder / "client"
    context_path, dialect = DOCUMENTS[document]
    result, asked = run(client, context_path, None)
    if result.returncode != 0:
        raise SystemExit(f"{language}, {document}: it does not work\n{result.stdout}{result.stderr}")
    paid = [json.loads(line, parse_float=str, parse_int=str) for line in result.stdout.splitlines()]
    assert [payment["asked"] for payment in paid] == asked, (paid, asked)
    came_back = {digits(payment["balances"]) for payment in paid} | {digits([p["back"] for p in paid])}
    assert came_back == {digits(asked)}, paid
    cells = [LANGUAGES[language], dialect, digits(asked)]
    for change in changes.ALL:
        changed, _ = run(client, context_path, change)
        print(f"{language}, {document}, {change}: {changed.stderr.strip()[:300]}", file=sys.stderr)
        cells.append("read" if changed.returncode == 0 else "refused")
    return f"| {' | '.join(cells)} |"


def main(languages):
    chapter = CHAPTER.read_text(encoding="utf-8").splitlines()
    wrong = 0
    for language in languages or LANGUAGES:
        for document in DOCUMENTS:
            line = row(language, document)
            is_there = any(re.sub(r"\s+", " ", known) == line for known in chapter)
            wrong += not is_there
            print(f"{document}: {line}{'' if is_there else '  is not in the chapter'}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
