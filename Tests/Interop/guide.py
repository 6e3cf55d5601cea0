"""Runs the guide for users of Polkadot's tools: each Python snippet in a process of its own, as it stands there.

Only the ports of the default network are replaced by those of the network that this program starts. A block of text after a snippet
is what it prints; an ellipsis there stands for whatever differs from run to run.
"""
from __future__ import annotations

import re
import subprocess
import sys

from harness import DEADLINE, ROOT, Network, check, main

GUIDE = ROOT / "Docs/guides/use-your-polkadot-tools.md"
PORTS = {"9944": "hub", "9945": "market"}
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def snippets() -> list[tuple[str, tuple[str, str | None]]]:
    """Heading, code and expected output of each Python snippet, in order."""
    text, found, heading, after = GUIDE.read_text(), [], "", False
    at = 0
    for block in FENCE.finditer(text):
        headings = re.findall(r"^#+ (.+)$", text[at:block.start()], re.MULTILINE)
        heading = headings[-1] if headings else heading
        between = text[at:block.start()]
        at = block.end()
        if block[1] == "python":
            found.append([heading, block[2], None])
        elif block[1] in ("", "text") and found and after and not re.search(r"^#", between, re.MULTILINE):
            found[-1][2] = block[2]
        after = block[1] == "python"
    assert len(found) >= 5, f"only {len(found)} snippets in {GUIDE.name}"
    return [(f"{index + 1} {heading}", (code, output)) for index, (heading, code, output) in enumerate(found)]


def python_for(code: str) -> str:
    """The environment that has the client which the snippet imports."""
    name = "async-substrate-interface" if "async_substrate_interface" in code else "substrate-interface"
    chosen = ROOT / ".deps/interop" / name / "bin/python"
    return str(chosen) if chosen.exists() else sys.executable


def started():
    return Network("hub", "market")


@check("the guide", snippets())
def runs(network, snippet):
    code, output = snippet
    assert re.search(r"127\.0\.0\.1:99\d\d", code), "the snippet names no node"
    for port, chain in PORTS.items():
        code = code.replace(f"127.0.0.1:{port}", network.urls[chain].removeprefix("ws://"))
    ended = subprocess.run(
        [python_for(code), "-"], input=code, capture_output=True, text=True, timeout=DEADLINE - 5, cwd=network.folder)
    assert ended.returncode == 0, f"ended with code {ended.returncode}: {ended.stderr.strip()[-400:]}"
    assert ended.stdout.strip(), "it prints nothing"
    if output is not None:
        pattern = ".*?".join(re.escape(part) for part in output.strip().split("…"))
        assert re.fullmatch(pattern, ended.stdout.strip(), re.DOTALL), f"it prints {ended.stdout.strip()[-300:]!r}"


if __name__ == "__main__":
    main("guide", started)
