"""A node with a client of one family, and the few things in which the families differ."""
from __future__ import annotations

from harness import Node, equal

UNIT = 10 ** 12
def value(thing):
    """The plain value of what a client returns: one family wraps more of it than the other."""
    return thing.value if hasattr(thing, "value") and not isinstance(thing, dict) else thing


def as_bytes(raw) -> bytes:
    """The bytes of a metadata field, which one family keeps as bytes and the other as hexadecimal text."""
    return bytes.fromhex(raw[2:]) if isinstance(raw, str) else bytes(raw)


class Session:
    """A running node and one connected client. Subclasses say how their family connects and answers."""

    #: What the client raises for an error of the node.
    Refusal: type = Exception

    def __init__(self, chain: str = "hub"):
        self.node = Node(chain, "instant=1s")
        try:
            self.client = self.connect()
        except BaseException:
            self.node.stop()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.disconnect(self.client)
        finally:
            self.node.stop()

    # What differs between the families.

    def connect(self):
        raise NotImplementedError

    def connect_in_thread(self):
        """A client for another thread than the one that runs the checks."""
        return self.connect()

    def disconnect(self, client):
        client.close()

    def decoded(self, type_name: str, data: bytes):
        """Decodes bytes strictly: nothing may be left over."""
        raise NotImplementedError

    def fee_key(self, account: str):
        """What the client wants as key pair when it asks for a fee."""
        raise NotImplementedError

    def follow_heads(self, client, seen, finalized: bool):
        """Calls ``seen(number)`` for each head until it returns something."""
        client.subscribe_block_headers(lambda head, *rest: seen(head["header"]["number"]), finalized_only=finalized)

    def follow_storage(self, client, pallet: str, name: str, parameters: list, seen):
        """Calls ``seen(value)`` for each value of a storage item until it returns something."""
        raise NotImplementedError

    # What they share.

    def metadata(self):
        raise NotImplementedError

    def portable_types(self) -> list[dict]:
        return [value(row) for row in value(self.metadata().portable_registry)["types"]]

    def query(self, pallet: str, name: str, parameters: list | None = None, block: str | None = None):
        return value(self.client.query(pallet, name, parameters or [], block_hash=block))

    def rows(self, pallet: str, name: str, parameters: list | None = None, **options) -> list:
        return [(value(key), value(found)) for key, found in self.client.query_map(pallet, name, parameters or [], **options)]

    def free(self, account: str, block: str | None = None) -> int:
        return self.query("System", "Account", [account], block)["data"]["free"]

    def call(self, pallet: str, name: str, **arguments):
        return self.client.compose_call(pallet, name, arguments)

    def send(self, key, call, final: bool = False, **options):
        """Signs and submits, waits until it is in a block, and returns the receipt."""
        extrinsic = self.client.create_signed_extrinsic(call, key, **options)
        return self.client.submit_extrinsic(extrinsic, wait_for_inclusion=not final, wait_for_finalization=final)

    def events(self, receipt) -> list[tuple[str, str, object]]:
        """Pallet, event and attributes of each event of a receipt."""
        rows = [value(event)["event"] for event in receipt.triggered_events]
        return [(row["module_id"], row["event_id"], value(row["attributes"])) for row in rows]

    def failure(self, receipt) -> dict:
        """The dispatch error of a receipt that failed."""
        equal(receipt.is_success, False, "success")
        return next(found for pallet, name, found in self.events(receipt) if name == "ExtrinsicFailed")["dispatch_error"]
