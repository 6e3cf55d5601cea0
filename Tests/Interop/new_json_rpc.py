"""The new JSON-RPC interface (chainHead, transactionWatch, archive), spoken as its specification has it (README.md, item 12)."""
from __future__ import annotations

import contextlib

import keys
from extrinsics import Maker, encoded_header, remark
from harness import Node, check, equal, main
from sockets import Socket
from storage_keys import account_key, hexed, item, unhexed

ALICE = keys.ecdsa("Alice")
NUMBER, ACCOUNTS = hexed(item("System", "Number")), hexed(item("System", "Account"))


@contextlib.contextmanager
def started():
    with Node("dev", "manual") as node:
        node.seal(2)
        node.maker = Maker(node)
        yield node


class Follow:
    """A ``chainHead_v1_follow`` subscription on a socket of its own."""

    def __init__(self, node: Node, with_runtime: bool = True):
        self.socket = Socket(node.ws)
        self.id = self.socket.call("chainHead_v1_follow", with_runtime)
        self.initialized = self.event("initialized")
        self.head = self.initialized["finalizedBlockHashes"][-1]

    def next(self) -> dict:
        note = self.socket.next(self.id)
        equal(note["method"], "chainHead_v1_followEvent")
        return note["params"]["result"]

    def event(self, kind: str) -> dict:
        found = self.next()
        equal(found["event"], kind)
        return found

    def call(self, method: str, *params):
        return self.socket.call(f"chainHead_v1_{method}", self.id, *params)

    def operation(self, method: str, *params) -> list[dict]:
        """Starts an operation and returns its events, without any of the blocks that come in between."""
        begun = self.call(method, *params)
        equal(begun["result"], "started")
        events = []
        while True:
            found = self.next()
            if found.get("operationId") != begun["operationId"]:
                continue
            events.append(found)
            if found["event"] == "operationWaitingForContinue":
                self.call("continue", begun["operationId"])
            elif found["event"] != "operationStorageItems":
                return events

    def stored(self, wanted: list[dict], block: str | None = None) -> list[dict]:
        events = self.operation("storage", block or self.head, wanted, None)
        equal(events[-1]["event"], "operationStorageDone")
        return [row for event in events[:-1] for row in event.get("items", [])]

    def __enter__(self):
        return self

    def __exit__(self, *ending):
        self.socket.__exit__(*ending)


@check("12 rpc_methods lists each group in full")
def groups(node):
    listed = set(node.call("rpc_methods")["methods"])
    wanted = {f"chainHead_v1_{name}" for name in (
        "follow", "unfollow", "header", "body", "call", "storage", "continue", "stopOperation", "unpin")}
    wanted |= {f"chainSpec_v1_{name}" for name in ("chainName", "genesisHash", "properties")}
    wanted |= {"transaction_v1_broadcast", "transaction_v1_stop", "transactionWatch_v1_submitAndWatch", "transactionWatch_v1_unwatch"}
    wanted |= {f"archive_v1_{name}" for name in (
        "genesisHash", "finalizedHeight", "hashByHeight", "header", "body", "call", "storage", "stopStorage")}
    equal(sorted(wanted - listed), [])


@check("12 chainSpec_v1_*")
def chain_spec(node):
    equal(node.call("chainSpec_v1_chainName"), node.call("system_chain"))
    equal(node.call("chainSpec_v1_genesisHash"), node.call("chain_getBlockHash", 0))
    equal(node.call("chainSpec_v1_properties"), node.call("system_properties"))


@check("12 follow begins with the finalized blocks and the runtime, the interfaces as an object")
def initialized(node):
    with Follow(node) as follow:
        equal(follow.head, node.call("chain_getFinalizedHead"))
        runtime = follow.initialized["finalizedBlockRuntime"]
        equal(runtime["type"], "valid")
        version = node.call("state_getRuntimeVersion")
        for key in ("specName", "implName", "specVersion", "implVersion", "transactionVersion"):
            equal(runtime["spec"][key], version[key], key)
        equal(runtime["spec"]["apis"], dict(map(tuple, version["apis"])))
    with Follow(node, False) as follow:
        assert "finalizedBlockRuntime" not in follow.initialized


@check("12 each block comes in order: newBlock, bestBlockChanged, finalized")
def blocks(node):
    with Follow(node) as follow:
        parent = follow.head
        sealed = node.seal(3)["hash"]
        known, best, final = [parent], parent, [parent]
        while final[-1] != sealed:
            event = follow.next()
            if event["event"] == "newBlock":
                equal(event["parentBlockHash"], known[-1])
                equal(event["newRuntime"], None)
                known.append(event["blockHash"])
            elif event["event"] == "bestBlockChanged":
                assert event["bestBlockHash"] in known
                best = event["bestBlockHash"]
            elif event["event"] == "finalized":
                for block in event["finalizedBlockHashes"]:
                    equal(block, known[len(final)])
                    final.append(block)
                assert known.index(best) >= known.index(final[-1]), "finalized beyond the best block"
            else:
                raise AssertionError(event)
        equal(len(final), 4)


@check("12 header, body and call of a pinned block")
def reading(node):
    extrinsic = node.maker.make(ALICE, remark(b"body"))
    node.call("author_submitExtrinsic", hexed(extrinsic))
    node.seal()
    with Follow(node) as follow:
        block = follow.head
        equal(follow.call("header", block), hexed(encoded_header(node.call("chain_getHeader", block))))
        found = follow.operation("body", block)
        equal((found[-1]["event"], found[-1]["value"]), ("operationBodyDone", node.call("chain_getBlock", block)["block"]["extrinsics"]))
        found = follow.operation("call", block, "AccountNonceApi_account_nonce", hexed(ALICE.public_key))
        equal((found[-1]["event"], found[-1]["output"]), ("operationCallDone", "0x01000000"))
        found = follow.operation("call", block, "No_such", "0x")
        equal(found[-1]["event"], "operationError")


@check("12 storage: values, hashes, descendants and the closest Merkle value")
def storage(node):
    with Follow(node) as follow:
        alice = hexed(account_key(ALICE.public_key))
        equal(follow.stored([{"key": NUMBER, "type": "value"}]), [{"key": NUMBER, "value": node.call("state_getStorage", NUMBER)}])
        equal(follow.stored([{"key": alice, "type": "hash"}]), [{"key": alice, "hash": node.call("state_getStorageHash", alice)}])
        equal(follow.stored([{"key": hexed(item("System", "Nothing")), "type": "value"}]), [])
        listed = node.call("state_getKeys", ACCOUNTS)
        values = follow.stored([{"key": ACCOUNTS, "type": "descendantsValues"}])
        equal(sorted(row["key"] for row in values), listed)
        for row in values:
            equal(row["value"], node.call("state_getStorage", row["key"]))
        hashes = follow.stored([{"key": ACCOUNTS, "type": "descendantsHashes"}])
        equal({row["key"]: row["hash"] for row in hashes}, {key: node.call("state_getStorageHash", key) for key in listed})
        closest = follow.stored([{"key": ACCOUNTS, "type": "closestDescendantMerkleValue"}])
        equal(len(closest), 1)
        assert closest[0]["closestDescendantMerkleValue"].startswith("0x")


@check("12 the Merkle value below the whole trie is the state root")
def merkle_root(node):
    with Follow(node) as follow:
        found = follow.stored([{"key": "0x", "type": "closestDescendantMerkleValue"}])
        root = unhexed(node.call("chain_getHeader", follow.head)["stateRoot"])
        merkle = unhexed(found[0]["closestDescendantMerkleValue"])
        assert root in (merkle, keys.blake2b_256(merkle))


@check("12 blocks stay readable while pinned, and not after")
def pins(node):
    with Follow(node) as follow:
        block = follow.head
        node.seal(2)
        assert follow.call("header", block)
        follow.call("unpin", block)
        equal(follow.socket.refusal("chainHead_v1_header", follow.id, block).code, -32801)
        equal(follow.socket.refusal("chainHead_v1_unpin", follow.id, block).code, -32801)
        equal(follow.socket.refusal("chainHead_v1_body", follow.id, "0x" + "ab" * 32).code, -32801)


@check("12 errors: no runtime to call, a block twice in unpin")
def misuse(node):
    with Follow(node, False) as follow:
        error = follow.socket.refusal("chainHead_v1_call", follow.id, follow.head, "Core_version", "0x")
        equal(error.code, -32802)
    with Follow(node) as follow:
        equal(follow.socket.refusal("chainHead_v1_unpin", follow.id, [follow.head, follow.head]).code, -32804)


@check("12 two follows on one connection, a stale id, and the end of a follow")
def two_follows(node):
    with Follow(node) as follow:
        second = follow.socket.call("chainHead_v1_follow", False)
        assert second != follow.id
        equal(follow.socket.call("chainHead_v1_unfollow", second), None)
        equal(follow.socket.call("chainHead_v1_storage", second, follow.head, [], None), {"result": "limitReached"})
        equal(follow.call("unfollow"), None)


@check("12 sixteen operations at once")
def operations(node):
    with Follow(node) as follow:
        begun = [follow.call("storage", follow.head, [{"key": NUMBER, "type": "value"}], None) for _ in range(16)]
        equal({row["result"] for row in begun}, {"started"})
        ended = set()
        while len(ended) < 16:
            event = follow.next()
            if event["event"] == "operationStorageDone":
                ended.add(event["operationId"])
        equal(ended, {row["operationId"] for row in begun})


@check("12 a transaction is watched: validated, in the best block, finalized")
def watch(node):
    extrinsic = node.maker.make(ALICE, remark(b"watched"))
    with Socket(node.ws) as socket:
        watched = socket.call("transactionWatch_v1_submitAndWatch", hexed(extrinsic))
        seen = [socket.next(watched)]
        equal((seen[0]["method"], seen[0]["params"]["result"]["event"]), ("transactionWatch_v1_watchEvent", "validated"))
        sealed = node.seal()
        included = final = None
        while final is None:
            event = socket.result(watched)
            if event["event"] == "bestChainBlockIncluded" and event["block"]:
                included = event["block"]
            elif event["event"] == "finalized":
                final = event["block"]
            else:
                equal(event["event"], "broadcasted")
        equal(included["hash"], sealed["hash"])
        equal(final["hash"], sealed["hash"])
        body = node.call("chain_getBlock", sealed["hash"])["block"]["extrinsics"]
        equal(body[int(final["index"])], hexed(extrinsic))


@check("12 an invalid transaction ends its watch as invalid")
def watch_invalid(node):
    stale = node.maker.make(ALICE, remark(b"stale"), nonce=0)
    with Socket(node.ws) as socket:
        watched = socket.call("transactionWatch_v1_submitAndWatch", hexed(stale))
        event = socket.result(watched)
        equal(event["event"], "invalid")
        assert event["error"]


@check("12 a broadcast is an id, or null for what is not valid")
def broadcast(node):
    extrinsic = node.maker.make(ALICE, remark(b"broadcast"))
    with Socket(node.ws) as socket:
        operation = socket.call("transaction_v1_broadcast", hexed(extrinsic))
        assert isinstance(operation, str)
        assert hexed(extrinsic) in node.call("chain_getBlock", node.seal()["hash"])["block"]["extrinsics"]
        equal(socket.call("transaction_v1_stop", operation), None)


@check("12 archive_v1_*: heights, headers, bodies and calls of every block")
def archive(node):
    height = node.call("archive_v1_finalizedHeight")
    equal(height, int(node.call("chain_getHeader")["number"], 16))
    equal(node.call("archive_v1_genesisHash"), node.call("chain_getBlockHash", 0))
    for number in (0, 1, height):
        hashes = node.call("archive_v1_hashByHeight", number)
        equal(hashes, [node.call("chain_getBlockHash", number)])
        equal(node.call("archive_v1_header", hashes[0]), hexed(encoded_header(node.call("chain_getHeader", hashes[0]))))
        equal(node.call("archive_v1_body", hashes[0]), node.call("chain_getBlock", hashes[0])["block"]["extrinsics"])
        answer = node.call("archive_v1_call", hashes[0], "Core_version", "0x")
        equal((answer["success"], answer["value"]), (True, node.call("state_call", "Core_version", "0x", hashes[0])))
    equal(node.call("archive_v1_hashByHeight", height + 1000), [])
    unknown = "0x" + "ab" * 32
    equal(node.call("archive_v1_header", unknown), None)
    equal(node.call("archive_v1_body", unknown), None)
    equal(node.call("archive_v1_call", unknown, "Core_version", "0x"), None)
    equal(node.call("archive_v1_call", hashes[0], "No_such", "0x")["success"], False)


@check("12 archive_v1_storage streams items and ends")
def archive_storage(node):
    block = node.call("chain_getBlockHash")
    with Socket(node.ws) as socket:
        wanted = [{"key": NUMBER, "type": "value"}, {"key": ACCOUNTS, "type": "descendantsHashes"}]
        stream, rows = socket.call("archive_v1_storage", block, wanted, None), []
        while True:
            note = socket.next(stream)
            equal(note["method"], "archive_v1_storageEvent")
            event = note["params"]["result"]
            if event["event"] == "storageDone":
                break
            equal(event["event"], "storage")
            rows.append(event)
        found = {row["key"]: row for row in rows}
        equal(found[NUMBER]["value"], node.call("state_getStorage", NUMBER, block))
        listed = node.call("state_getKeys", ACCOUNTS, block)
        equal(sorted(key for key in found if key.startswith(ACCOUNTS)), listed)


if __name__ == "__main__":
    main("new-json-rpc", started)
