"""JSON-RPC over WebSocket without a Substrate client: requests, and notifications by subscription."""
from __future__ import annotations

import collections
import itertools
import json

from websockets.sync.client import connect

from harness import DEADLINE, RpcError


class Socket:
    def __init__(self, url: str):
        self.opened = connect(url, max_size=2 ** 28, open_timeout=DEADLINE)
        self.connection = self.opened.__enter__()
        self.ids = itertools.count(1)
        self.answers: dict = {}
        self.notifications = collections.defaultdict(collections.deque)
        # Answers and notifications as they came in: ("answer", id) and ("notification", subscription).
        self.order: list[tuple] = []

    def send(self, value):
        self.connection.send(value if isinstance(value, (str, bytes)) else json.dumps(value))

    def receive(self):
        """The next message as JSON, filed under its id or its subscription too."""
        message = json.loads(self.connection.recv(timeout=DEADLINE))
        for row in message if isinstance(message, list) else [message]:
            if "id" in row:
                self.answers[str(row["id"])] = row
                self.order.append(("answer", row["id"]))
            else:
                subscription = row["params"]["subscription"]
                self.notifications[subscription].append(row)
                self.order.append(("notification", subscription))
        return message

    def answer(self, method: str, *params) -> dict:
        number = next(self.ids)
        self.send({"jsonrpc": "2.0", "id": number, "method": method, "params": list(params)})
        while str(number) not in self.answers:
            self.receive()
        return self.answers.pop(str(number))

    def call(self, method: str, *params):
        answer = self.answer(method, *params)
        if "error" in answer:
            raise RpcError(answer["error"])
        return answer["result"]

    def refusal(self, method: str, *params) -> RpcError:
        answer = self.answer(method, *params)
        assert "error" in answer, f"{method} answered {str(answer.get('result'))[:200]} instead of an error"
        return RpcError(answer["error"])

    def next(self, subscription: str) -> dict:
        """The next notification of a subscription."""
        while not self.notifications[subscription]:
            self.receive()
        return self.notifications[subscription].popleft()

    def result(self, subscription: str):
        return self.next(subscription)["params"]["result"]

    def __enter__(self):
        return self

    def __exit__(self, *ending):
        self.opened.__exit__(*ending)
