"""JSON-RPC itself: transport, errors and the shape of every method, with no Substrate client in between (README.md)."""
from __future__ import annotations

import json
import re
from hashlib import blake2b

import keys
from extrinsics import compact, encoded_header
from harness import Node, check, equal, main, sealed_node
from sockets import Socket
from storage_keys import account_key, hexed, item, twox128

HASH = re.compile(r"0x[0-9a-f]{64}\Z")
BYTES = re.compile(r"0x([0-9a-f]{2})*\Z")
MINIMAL = re.compile(r"0x(0|[1-9a-f][0-9a-f]*)\Z")
UNKNOWN = "0x" + "ab" * 32
NUMBER = hexed(item("System", "Number"))


ALICE = keys.ecdsa("Alice").public_key
CHAIN = "Echochain dev"


def request(method: str, params=None, identifier=1) -> dict:
    return {"jsonrpc": "2.0", "id": identifier, "method": method, "params": params or []}


# Transport.

@check("2 HTTP and WebSocket share one port")
def one_port(node):
    with Socket(node.ws) as socket:
        equal(socket.call("system_chain"), node.call("system_chain"))


@check("6 an id comes back as it was, number or text", [("number", 7), ("text", "aB17"), ("large", 2 ** 40), ("empty text", "")])
def ids(node, identifier):
    _, text = node.post(json.dumps(request("system_chain", identifier=identifier)))
    equal(json.loads(text)["id"], identifier)
    with Socket(node.ws) as socket:
        socket.send(request("system_chain", identifier=identifier))
        equal(socket.receive()["id"], identifier)


@check("2 params may be a list, null or left out", [("list", {"params": []}), ("null", {"params": None}), ("left out", {})])
def params_left_out(node, extra):
    status, text = node.post(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "state_getRuntimeVersion", **extra}))
    equal(status, 200)
    assert "specVersion" in json.loads(text)["result"]


@check("2 trailing parameters may be null or left out")
def trailing(node):
    equal(node.call("state_getStorage", NUMBER, None), node.call("state_getStorage", NUMBER))
    equal(node.call("chain_getBlockHash", None), node.call("chain_getBlockHash"))
    equal(node.call("state_getKeysPaged", NUMBER, 10, None, None), [NUMBER])


@check("10 an error has HTTP status 200", [
    ("parse", ("{", -32700)), ("no request", ("[1]", None)), ("invalid request", ('{"jsonrpc":"2.0","id":1}', -32600)),
    ("empty batch", ("[]", -32600)), ("unknown method", (json.dumps(request("no_such")), -32601)),
    ("invalid params", (json.dumps(request("state_getStorage", ["zz"])), -32602)),
    ("missing params", (json.dumps(request("state_getStorage")), -32602)),
    ("unknown block", (json.dumps(request("state_getStorage", [NUMBER, UNKNOWN])), 4003)),
    ("undecodable extrinsic", (json.dumps(request("author_submitExtrinsic", ["0x00"])), 1001)),
])
def errors_are_200(node, case):
    body, code = case
    status, text = node.post(body)
    equal(status, 200)
    answer = json.loads(text)
    answer = answer[0] if isinstance(answer, list) else answer
    assert "result" not in answer and isinstance(answer["error"]["message"], str)
    if code is not None:
        equal(answer["error"]["code"], code)


@check("2 the same errors over WebSocket, and the socket lives on")
def socket_errors(node):
    with Socket(node.ws) as socket:
        socket.send("{")
        equal(json.loads(socket.connection.recv(timeout=10))["error"]["code"], -32700)
        equal(socket.refusal("no_such").code, -32601)
        equal(socket.refusal("state_getStorage", "zz").code, -32602)
        equal(socket.call("system_chain"), CHAIN)


@check("6 a batch is answered as a batch, over HTTP and in one frame")
def batch(node):
    rows = [request("system_chain", identifier="aB17"), request("no_such", identifier=2), request("chain_getBlockHash", [0], identifier=3)]
    status, text = node.post(json.dumps(rows))
    equal(status, 200)
    with Socket(node.ws) as socket:
        socket.send(rows)
        framed = socket.receive()
    for answers in (json.loads(text), framed):
        found = {row["id"]: row for row in answers}
        equal(found["aB17"]["result"], CHAIN)
        equal(found[2]["error"]["code"], -32601)
        assert HASH.match(found[3]["result"])
        equal(len(answers), 3)


@check("2 a binary frame of JSON is answered")
def binary(node):
    with Socket(node.ws) as socket:
        socket.send(json.dumps(request("system_chain")).encode())
        equal(socket.receive()["result"], CHAIN)


@check("2 a ping is answered")
def ping(node):
    with Socket(node.ws) as socket:
        assert socket.connection.ping().wait(30), "no pong"


@check("2 a subscription over HTTP is an error", [(name, name) for name in (
    "chain_subscribeNewHeads", "chain_subscribeFinalizedHeads", "state_subscribeStorage", "state_subscribeRuntimeVersion",
    "author_submitAndWatchExtrinsic")])
def http_subscription(node, method):
    node.refusal(method)


@check("2 hexadecimal is read with and without 0x and in any case")
def spelling(node):
    plain = node.call("state_getStorage", NUMBER)
    equal(node.call("state_getStorage", NUMBER[2:]), plain)
    equal(node.call("state_getStorage", "0x" + NUMBER[2:].upper()), plain)
    best = node.call("chain_getBlockHash")
    equal(node.call("state_getStorage", NUMBER, best[2:]), plain)


@check("2 a request of half a megabyte and an answer of many")
def sizes(node):
    remark = "0x" + "00" * 250_000
    equal(node.refusal("author_submitExtrinsic", remark).code, 1001)
    with Socket(node.ws) as socket:
        equal(socket.refusal("author_submitExtrinsic", remark).code, 1001)
        found = socket.call("state_getKeys", "0x")
        assert len(found) > 20 and all(BYTES.match(key) for key in found)


# System.

@check("3 system_*", [
    ("chain", ("system_chain", lambda value: value == CHAIN)), ("name", ("system_name", lambda value: isinstance(value, str) and value)),
    ("version", ("system_version", lambda value: isinstance(value, str) and value)),
    ("properties", ("system_properties", lambda value: value == {"ss58Format": 42, "tokenDecimals": 12, "tokenSymbol": "DEV"})),
    ("health", ("system_health", lambda value: value == {"peers": 0, "isSyncing": False, "shouldHavePeers": False})),
    ("chain type", ("system_chainType", lambda value: value == "Development")),
    ("peers", ("system_peers", lambda value: value == [])), ("roles", ("system_nodeRoles", lambda value: value == ["Authority"])),
    ("addresses", ("system_localListenAddresses", lambda value: isinstance(value, list))),
    ("sync state", ("system_syncState", lambda value: {"startingBlock", "currentBlock"} <= set(value))),
])
def system(node, case):
    method, fits = case
    value = node.call(method)
    assert fits(value), f"{value!r}"


@check("3 the chain's name is none that a client has types of its own for")
def chain_names(_):
    taken = {"canvas", "legacy", "kusama", "polkadot", "rococo", "core", "substrate-node-template", "westend", "statemint", "statemine",
             "karura", "moonbeam", "moonriver", "moonbase-alpha", "crust", "acala", "test", "contracts-on-rococo"}
    for chain in ("hub", "market", "studio"):
        with Node(chain, "manual") as other:
            name = other.call("system_chain").lower().replace(" ", "-")
            assert name not in taken and not name.startswith("polymesh-")


@check("6 rpc_methods lists what clients look for, aliases too")
def methods(node):
    listed = node.call("rpc_methods")["methods"]
    wanted = {
        "chain_getHead", "chain_getBlockHash", "chain_getFinalizedHead", "chain_getFinalisedHead", "chain_getHeader", "chain_getBlock",
        "chain_subscribeNewHeads", "chain_subscribeAllHeads", "chain_subscribeFinalizedHeads", "chain_subscribeNewHead",
        "chain_subscribeFinalisedHeads", "chain_unsubscribeNewHeads", "chain_unsubscribeNewHead", "chain_unsubscribeAllHeads",
        "chain_unsubscribeFinalizedHeads", "state_getMetadata", "state_getRuntimeVersion", "chain_getRuntimeVersion", "state_getStorage",
        "state_getStorageAt", "state_queryStorageAt", "state_getKeysPaged", "state_getKeysPagedAt", "state_getKeys", "state_call",
        "state_callAt", "state_subscribeStorage", "state_unsubscribeStorage", "state_subscribeRuntimeVersion",
        "state_unsubscribeRuntimeVersion", "author_submitExtrinsic", "author_submitAndWatchExtrinsic", "author_unwatchExtrinsic",
        "author_pendingExtrinsics", "payment_queryInfo", "payment_queryFeeDetails", "system_accountNextIndex", "account_nextIndex",
        "system_chain", "system_name", "system_version", "system_properties", "system_health", "rpc_methods", "state_getReadProof",
        "state_getStorageHash", "state_getStorageSize",
    }
    equal(sorted(wanted - set(listed)), [])
    equal(len(listed), len(set(listed)), "distinct names")


@check("3 every listed method exists")
def listed_methods_exist(node):
    with Socket(node.ws) as socket:
        for method in socket.call("rpc_methods")["methods"]:
            if method.startswith("dev_"):
                continue
            code = socket.answer(method, *["\u0000"] * 8).get("error", {}).get("code")
            assert code != -32601, f"{method} is listed and not found"


# Chain.

@check("3 chain_getBlockHash by number, hexadecimal number, list, null and beyond the head")
def block_hash(node):
    node.seal(3)
    first = node.call("chain_getBlockHash", 1)
    assert HASH.match(first)
    equal(node.call("chain_getBlockHash", "0x1"), first)
    equal(node.call("chain_getBlockHash", [0, 1]), [node.call("chain_getBlockHash", 0), first])
    equal(node.call("chain_getBlockHash", 10_000_000), None)
    equal(node.call("chain_getBlockHash"), node.call("chain_getHead"))
    equal(node.call("chain_getFinalizedHead"), node.call("chain_getFinalisedHead"))


@check("3 a header has minimal numbers and the hash of its encoding")
def header(node):
    best = node.call("chain_getBlockHash")
    found = node.call("chain_getHeader", best)
    equal(set(found), {"parentHash", "number", "stateRoot", "extrinsicsRoot", "digest"})
    assert MINIMAL.match(found["number"]) and all(HASH.match(found[key]) for key in ("parentHash", "stateRoot", "extrinsicsRoot"))
    assert all(BYTES.match(row) for row in found["digest"]["logs"])
    encoded = encoded_header(found)
    equal("0x" + keys.blake2b_256(encoded).hex(), best)
    equal(node.call("chain_getHeader"), found)
    equal(node.call("chain_getHeader", node.call("chain_getBlockHash", 0))["number"], "0x0")


@check("3 a block has its header and its extrinsics with their lengths")
def block(node):
    best = node.call("chain_getBlockHash")
    found = node.call("chain_getBlock", best)
    equal(set(found), {"block", "justifications"})
    equal(found["block"]["header"], node.call("chain_getHeader", best))
    first = bytes.fromhex(found["block"]["extrinsics"][0][2:])
    equal(compact(len(first) - 1) + first[1:2], first[:2], "the timestamp's length and version byte")
    equal(first[1], 4)


@check("9 an unknown block is null to chain_* and error 4003 to state_*")
def unknown(node):
    equal(node.call("chain_getHeader", UNKNOWN), None)
    equal(node.call("chain_getBlock", UNKNOWN), None)
    for method, params in [
        ("state_getStorage", [NUMBER, UNKNOWN]), ("state_getKeysPaged", ["0x", 1, None, UNKNOWN]), ("state_getRuntimeVersion", [UNKNOWN]),
        ("state_call", ["Core_version", "0x", UNKNOWN]), ("state_queryStorageAt", [[NUMBER], UNKNOWN]), ("state_getMetadata", [UNKNOWN]),
        ("state_getReadProof", [[NUMBER], UNKNOWN]),
    ]:
        error = node.refusal(method, *params)
        equal(error.code, 4003, method)
        assert "UnknownBlock" in error.text, error.text


# State.

@check("3 the runtime's version, with the ids of its interfaces")
def version(node):
    found = node.call("state_getRuntimeVersion")
    equal(found, node.call("chain_getRuntimeVersion"))
    equal(found["stateVersion"], 1)
    apis = dict(map(tuple, found["apis"]))
    for name, least in [("Core", 4), ("Metadata", 2), ("TaggedTransactionQueue", 3), ("AccountNonceApi", 1),
                        ("TransactionPaymentApi", 4)]:
        identifier = "0x" + blake2b(name.encode(), digest_size=8).hexdigest()
        assert apis.get(identifier, 0) >= least, f"{name} ({identifier}) is {apis.get(identifier)}"


@check("3 storage: a value or null, its hash and its size")
def storage(node):
    value = node.call("state_getStorage", NUMBER)
    assert BYTES.match(value)
    equal(node.call("state_getStorageAt", NUMBER), value)
    equal(node.call("state_getStorage", hexed(item("System", "Nothing"))), None)
    equal(node.call("state_getStorageSize", NUMBER), 4)
    equal(node.call("state_getStorageHash", NUMBER), "0x" + keys.blake2b_256(bytes.fromhex(value[2:])).hex())
    equal(node.call("state_getStorageHash", hexed(item("System", "Nothing"))), None)


@check("3 storage of older blocks")
def older_storage(node):
    node.seal(2)
    head = int(node.call("chain_getHeader")["number"], 16)
    for height in (0, 1, head - 1, head):
        value = node.call("state_getStorage", NUMBER, node.call("chain_getBlockHash", height))
        equal(int.from_bytes(bytes.fromhex((value or "0x00000000")[2:]), "little"), height)


@check("3 the state of a block long past, with proof, keys and runtime")
def archived_state(node):
    first = node.call("chain_getBlockHash", 1)
    node.seal(300)
    equal(node.call("state_getStorage", NUMBER, first), "0x01000000")
    equal(node.call("state_queryStorageAt", [NUMBER], first)[0]["changes"], [[NUMBER, "0x01000000"]])
    assert node.call("state_getKeysPaged", hexed(item("System", "Account")), 10, None, first)
    equal(node.call("state_call", "AccountNonceApi_account_nonce", ALICE.hex(), first), "0x00000000")
    equal(node.call("state_getMetadata", first), node.call("state_getMetadata"))
    assert node.call("state_getReadProof", [NUMBER], first)["proof"]


@check("3 state_queryStorageAt: one group, every asked key, spelled as asked")
def query_at(node):
    asked = [NUMBER, "0x" + NUMBER[2:].upper(), hexed(item("System", "Nothing"))]
    found = node.call("state_queryStorageAt", asked)
    equal(len(found), 1)
    equal(found[0]["block"], node.call("chain_getBlockHash"))
    equal([key for key, _ in found[0]["changes"]], asked)
    equal(found[0]["changes"][0][1], node.call("state_getStorage", NUMBER))
    equal(found[0]["changes"][2][1], None)


@check("3 state_getKeysPaged: sorted pages after a key, the prefix or null to begin with, 1000 at most")
def pages(node):
    prefix = hexed(item("System", "Account"))
    everything = node.call("state_getKeys", prefix)
    equal(everything, sorted(everything))
    assert len(everything) > 10
    for start in (None, prefix):
        pages, last = [], start
        while True:
            page = node.call("state_getKeysPaged", prefix, 4, last)
            pages += page
            if len(page) < 4:
                break
            last = page[-1]
        equal(pages, everything)
    equal(node.call("state_getKeysPaged", prefix, 4, everything[-1]), [])
    equal(node.refusal("state_getKeysPaged", prefix, 1001, None).code, 4002)
    assert account_key(ALICE).hex() in {key[2:] for key in everything}


@check("3 a runtime function that is not there has the text that clients compare")
def no_function(node):
    error = node.refusal("state_call", "No_such", "0x")
    equal((error.code, error.text), (4003, "Client error: Execution failed: Other: Exported method No_such is not found"))


@check("6 state_call takes its data without 0x")
def call_data(node):
    account = ALICE.hex()
    equal(node.call("state_call", "AccountNonceApi_account_nonce", account), "0x00000000")
    equal(node.call("state_call", "AccountNonceApi_account_nonce", "0x" + account), "0x00000000")
    equal(node.call("state_callAt", "AccountNonceApi_account_nonce", account), "0x00000000")


@check("1 metadata is version 14, small, and 15 only by its number")
def metadata(node):
    fourteen = bytes.fromhex(node.call("state_getMetadata")[2:])
    equal(fourteen[:5].hex(), "6d6574610e")
    assert len(fourteen) < 120_000, f"{len(fourteen)} bytes"
    counted = bytes.fromhex(node.call("state_call", "Metadata_metadata", "0x")[2:])
    assert counted.endswith(fourteen) and 1 <= len(counted) - len(fourteen) <= 4
    equal(node.call("state_call", "Metadata_metadata_versions", "0x"), "0x080e0000000f000000")
    fifteen = bytes.fromhex(node.call("state_call", "Metadata_metadata_at_version", "0f000000")[2:])
    equal(fifteen[0], 1)
    assert b"meta\x0f" in fifteen[:10], fifteen[:10].hex()
    assert len(fifteen) < 160_000, f"{len(fifteen)} bytes"
    old = bytes.fromhex(node.call("state_call", "Metadata_metadata_at_version", "0x0e000000")[2:])
    equal(old[0], 1)
    assert old.endswith(fourteen)
    for version in ("0d000000", "10000000", "ffffffff"):
        equal(node.call("state_call", "Metadata_metadata_at_version", version), "0x00")


@check("7 well-known storage: code, and a version for every pallet")
def well_known(node):
    code = node.call("state_getStorage", "0x3a636f6465")
    assert code is not None, ":code is missing"
    for pallet in ("System", "Balances", "XcmPallet"):
        value = node.call("state_getStorage", hexed(twox128(pallet)) + "4e7b9012096b41c4eb3aaf947f6ea429")
        assert value is not None and len(value) == 6, f"{pallet}: {value}"


if __name__ == "__main__":
    main("json-rpc", sealed_node)
