"""What the programs of this folder share: nodes of their own, JSON-RPC without a client, and a report.

A program declares checks with ``@check`` and ends with ``main(...)``. Every check prints one line; the last line says how many passed.
The section numbers in the names of checks are those of README.md.
"""
from __future__ import annotations

import asyncio
import contextlib
import inspect
import itertools
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("ECHOCHAIN", str(ROOT / ".build/release/echochain"))
# How long anything may take before it counts as hanging. Nothing is asserted about time below it.
DEADLINE = 60


def wait_for(what: str, condition, seconds: float = DEADLINE):
    """Returns the first true value of ``condition()``; raises when there is none for ``seconds``."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not so after {seconds} s")
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class RpcError(Exception):
    """The ``error`` member of an answer."""

    def __init__(self, error: dict):
        self.code, self.text, self.data = error.get("code"), error.get("message"), error.get("data")
        super().__init__(f"{self.code} {self.text}" + (f": {self.data}" if self.data is not None else ""))


class Node:
    """One node of a built-in chain, started by the program and ended with it. Its data is in a temporary folder."""

    def __init__(self, chain: str = "dev", sealing: str = "instant=1s"):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="echochain-interop-"))
        self.log = open(self.folder / "node.log", "wb")
        self.process = subprocess.Popen(
            [PROGRAM, "node", "run", "--chain", chain, "--dev", "--base-path", str(self.folder / "data"), "--rpc-port", "0",
             "--sealing", sealing, "--log-level", "warning"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT)
        self._ids = itertools.count(1)
        try:
            self.port = wait_for("the node writes node.json", self._read_port)
        except BaseException:
            self.stop()
            raise
        self.ws, self.http = f"ws://127.0.0.1:{self.port}", f"http://127.0.0.1:{self.port}"

    def _read_port(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"the node ended with code {self.process.returncode}: {self.said()}")
        try:
            return int(json.loads((self.folder / "data" / "node.json").read_text())["rpc"].rsplit(":", 1)[1])
        except (FileNotFoundError, ValueError):
            return None

    def said(self) -> str:
        return (self.folder / "node.log").read_text(errors="replace").strip()[-500:]

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    # JSON-RPC over HTTP with the standard library alone.

    def post(self, body: bytes | str, kind: str = "application/json") -> tuple[int, str]:
        """Status and text of the answer to any body."""
        data = body.encode() if isinstance(body, str) else body
        request = urllib.request.Request(self.http, data=data, headers={"content-type": kind}, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=DEADLINE) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def answer(self, method: str, params=None) -> dict:
        """The whole answer to one request."""
        status, text = self.post(json.dumps({"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": params or []}))
        assert status == 200, f"{method}: HTTP status {status}"
        return json.loads(text)

    def call(self, method: str, *params):
        """The result of one request; raises ``RpcError``."""
        answer = self.answer(method, list(params))
        if "error" in answer:
            raise RpcError(answer["error"])
        return answer["result"]

    def refusal(self, method: str, *params) -> RpcError:
        """The error of a request that must have one."""
        answer = self.answer(method, list(params))
        assert "error" in answer, f"{method} answered {str(answer.get('result'))[:200]} instead of an error"
        return RpcError(answer["error"])

    def seal(self, count: int = 1) -> dict:
        return self.call("dev_seal", count)


@contextlib.contextmanager
def sealed_node(chain: str = "dev", blocks: int = 2):
    """A node that makes blocks only when told to, and has made a few."""
    with Node(chain, "manual") as node:
        node.seal(blocks)
        yield node


class Network:
    """Linked chains and a relayer, started with the command line. ``urls`` maps a chain's name to its WebSocket address."""

    def __init__(self, *chains: str):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="echochain-interop-"))
        self.state = str(self.folder / "state")
        ports = {name: free_port() for name in chains}
        topology = 'network = "echo-dev"\n'
        topology += "".join(f'[[chains]]\nspec = "{name}"\nrpcPort = {port}\n' for name, port in ports.items())
        topology += "".join(f'[[paths]]\na = "{a}"\nb = "{b}"\n' for a, b in itertools.combinations(chains, 2))
        topology += f"[relayer]\nmetricsPort = {free_port()}\n"
        (self.folder / "topology.toml").write_text(topology)
        self.urls = {name: f"ws://127.0.0.1:{port}" for name, port in ports.items()}
        try:
            self.run("network", "up", "--detach", "--topology", str(self.folder / "topology.toml"), "--base-path", self.state)
        except BaseException:
            self.stop()
            raise

    def run(self, *arguments: str) -> str:
        ended = subprocess.run([PROGRAM, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DEADLINE * 2)
        if ended.returncode != 0:
            raise RuntimeError(f"echochain {' '.join(arguments[:2])} ended with code {ended.returncode}: {ended.stderr.strip()[-500:]}")
        return ended.stdout

    def stop(self):
        # `network down` ends the processes that it has on record, and no others.
        subprocess.run(
            [PROGRAM, "network", "down", "--base-path", self.state], stdin=subprocess.DEVNULL, capture_output=True, timeout=DEADLINE * 2)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


# Checks and their report.

_checks: list = []


def check(name: str, cases=None):
    """Declares a check: a function of the program's context, or a coroutine function of it. With ``cases`` it is one check for each."""

    def declare(body):
        if cases is None:
            _checks.append((name, body, ()))
        else:
            _checks.extend((f"{name}: {label}", body, (value,)) for label, value in cases)
        return body

    return declare


def equal(found, wanted, what: str = ""):
    assert found == wanted, f"{what + ': ' if what else ''}{str(found)[:300]} instead of {str(wanted)[:300]}"


def raises(kind, body, containing: str = ""):
    """The exception of ``kind`` that ``body()`` raises, whose text has ``containing`` in it."""
    try:
        value = body()
    except kind as error:
        assert containing in str(error), f"the error says {str(error)[:300]!r}, without {containing!r}"
        return error
    raise AssertionError(f"returned {str(value)[:200]!r} instead of raising {kind.__name__}")


def _overdue(*_):
    raise TimeoutError(f"no end after {DEADLINE} s")


def _ended(*_):
    raise SystemExit(143)


def _where(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if str(ROOT / "Tests/Interop") in frame.filename and "harness.py" not in frame.filename]
    frame = (own or frames)[-1]
    return f"{pathlib.Path(frame.filename).name}:{frame.lineno}"


def main(title: str, context):
    """Runs the declared checks in order with the value of the context manager that ``context()`` makes, and ends the process.

    With arguments, only checks whose name contains one of them.
    """
    wanted = sys.argv[1:]
    chosen = [row for row in _checks if not wanted or any(text in row[0] for text in wanted)]
    signal.signal(signal.SIGTERM, _ended)
    signal.signal(signal.SIGALRM, _overdue)
    passed = failed = 0
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        with contextlib.ExitStack() as stack:
            signal.alarm(DEADLINE * 2)
            value = stack.enter_context(context())
            for name, body, arguments in chosen:
                signal.alarm(DEADLINE)
                try:
                    if inspect.iscoroutinefunction(body):
                        loop.run_until_complete(asyncio.wait_for(body(value, *arguments), DEADLINE - 5))
                    else:
                        body(value, *arguments)
                    passed += 1
                    print(f"  ok      {title}  {name}", flush=True)
                except Exception as error:
                    failed += 1
                    reason = " ".join(f"{type(error).__name__}: {error}".split())[:500]
                    print(f"  FAILED  {title}  {name}  ({_where(error)}: {reason})", flush=True)
                finally:
                    signal.alarm(0)
            signal.alarm(DEADLINE)
    except Exception as error:
        failed += 1
        print(f"  FAILED  {title}  start or end of the program  ({_where(error)}: {type(error).__name__}: {error})", flush=True)
    signal.alarm(0)
    loop.close()
    if not chosen:
        failed += 1
        print(f"  FAILED  {title}  no check is named so", flush=True)
    print(f"{title}: {passed} passed, {failed} failed", flush=True)
    sys.exit(1 if failed else 0)
