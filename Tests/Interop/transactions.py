"""Transactions from submission to finality, refusals and fees, with extrinsics made byte by byte (README.md)."""
from __future__ import annotations

import re

import keys
from extrinsics import Maker, compact, era_birth, remark, transfer
from harness import Node, RpcError, check, equal, main
from sockets import Socket
from storage_keys import account_key, hexed, item, unhexed

UNIT = 10 ** 12
SCHEMES = [(scheme, scheme) for scheme in ("ecdsa", "sr25519", "ed25519")]
NOBODY = keys.Keypair(keys.SR25519, *(lambda pair: (pair[0], lambda data: keys.sr25519.sign(pair, data)))(keys.sr25519_pair("Nobody")))


class Started(Node):
    """A node that makes blocks only when told to, and what makes extrinsics for it."""

    def __init__(self):
        super().__init__("dev", "manual")
        self.seal(3)
        self.maker = Maker(self)

    def submit(self, extrinsic: bytes) -> str:
        return self.call("author_submitExtrinsic", hexed(extrinsic))

    def refused(self, extrinsic: bytes) -> RpcError:
        return self.refusal("author_submitExtrinsic", hexed(extrinsic))

    def body(self, block: str | None = None) -> list[bytes]:
        return [unhexed(row) for row in self.call("chain_getBlock", block)["block"]["extrinsics"]]

    def best(self) -> int:
        return int(self.call("chain_getHeader")["number"], 16)

    def pending(self) -> list[bytes]:
        return [unhexed(row) for row in self.call("author_pendingExtrinsics")]

    def included(self, extrinsic: bytes) -> dict:
        """Seals a block that must hold the extrinsic, and returns how it ended there."""
        sealed = self.seal()
        assert extrinsic in self.body(sealed["hash"]), "the extrinsic is not in the next block"
        return self.call("echo_extrinsic", hexed(keys.blake2b_256(extrinsic)))


# Signatures and payloads.

@check("4 each kind of MultiSignature is verified, and the call succeeds", SCHEMES)
def schemes(node, scheme):
    extrinsic = node.maker.make(keys.of_scheme(scheme, "Alice"), transfer(keys.ecdsa("Bob").public_key, UNIT))
    equal(node.submit(extrinsic), hexed(keys.blake2b_256(extrinsic)))
    assert node.included(extrinsic)["success"]


@check("4 a signature by another key of the same kind is refused", SCHEMES)
def other_key(node, scheme):
    key, other = keys.of_scheme(scheme, "Alice"), keys.of_scheme(scheme, "Bob")
    refused_as(node, lambda call: node.maker.make(key, call, sign=other.sign), "Transaction has a bad signature")


@check("4 a signature with any of its bits changed is refused", SCHEMES)
def changed_signature(node, scheme):
    key = keys.of_scheme(scheme, "Alice")
    for at in (0, 31, 32, 63, 64)[:5 if scheme == "ecdsa" else 4]:
        def sign(data, at=at):
            signature = bytearray(key.sign(data))
            signature[at] ^= 1
            return bytes(signature)
        refused_as(node, lambda call: node.maker.make(key, call, sign=sign), "Transaction has a bad signature")


@check("6 a recovery id of 27 and 28 is read as 0 and 1")
def recovery_id(node):
    key = keys.ecdsa("Bob")

    def sign(data):
        signature = key.sign(data)
        return signature[:64] + bytes([signature[64] + 27])

    extrinsic = node.maker.make(key, remark(b"27"), sign=sign)
    node.submit(extrinsic)
    assert node.included(extrinsic)["success"]


@check("3 a payload of 256 bytes is signed as it is, one of 257 hashed", [
    (f"{scheme}, {size} bytes", (scheme, size)) for scheme in ("ecdsa", "sr25519") for size in (255, 256, 257, 4000)])
def payload_sizes(node, case):
    scheme, size = case
    key = keys.of_scheme(scheme, "Charlie")
    nonce = node.maker.nonce(key)
    around = len(b"\0" + compact(nonce) + compact(0) + b"\0") + 8 + 64 + 1
    data = bytes(size - around - 2 - (1 if size < 200 else 2))
    call = remark(data)
    equal(len(call) + around, size, "payload")
    extrinsic = node.maker.make(key, call, nonce)
    node.submit(extrinsic)
    assert node.included(extrinsic)["success"]


@check("3 what is signed binds the extrinsic", [
    ("to the chain", {"genesis": bytes(32)}), ("to the version of the runtime", {"spec": 1_000_000}),
    ("to the version of transactions", {"transaction": 1_000_000})])
def bound(node, other):
    refused_as(node, lambda call: node.maker.make(keys.ecdsa("Alice"), call, **other), "Transaction has a bad signature")


# Refusals, in the response.

def refused_as(node, make, text: str, code: int = 1010):
    """Both ways of submitting must refuse in the response itself. ``make`` makes an extrinsic around a call: one for each way, since
    what was refused is banned for a while."""
    with Socket(node.ws) as socket:
        plain, watched = make(remark(b"plain")), make(remark(b"watched"))
        for error in (node.refused(plain), socket.refusal("author_submitAndWatchExtrinsic", hexed(watched))):
            equal((error.code, error.data), (code, text))
        equal(socket.refusal("author_submitAndWatchExtrinsic", hexed(plain)).code, 1012)
    assert plain not in node.pending() and watched not in node.pending()


@check("8 a used nonce: 1010, outdated")
def stale(node):
    key = keys.ecdsa("Alice")
    node.submit(node.maker.make(key, remark(b"")))
    node.seal()
    refused_as(node, lambda call: node.maker.make(key, call, nonce=0), "Transaction is outdated")


@check("8 nothing to pay the fee with: 1010")
def no_funds(node):
    refused_as(node, lambda call: node.maker.make(NOBODY, call), "Inability to pay some fees (e.g. account balance too low)")


@check("8 a tip beyond the balance: 1010")
def huge_tip(node):
    refused_as(node, lambda call: node.maker.make(keys.ecdsa("Alice"), call, tip=2 ** 120),
               "Inability to pay some fees (e.g. account balance too low)")


@check("8 an inherent from outside: 1010")
def inherent(node):
    body = b"\x04\x01\x00" + compact(1_900_000_000_000)
    error = node.refused(compact(len(body)) + body)
    equal(error.code, 1010)


@check("8 a call without a signature: 1011")
def unsigned(node):
    body = b"\x04" + remark(b"")
    error = node.refused(compact(len(body)) + body)
    equal((error.code, error.data), (1011, "NoUnsignedValidator"))


def damaged(extrinsic: bytes) -> list:
    body = extrinsic[2:]
    return [
        ("empty", b""), ("cut", extrinsic[:-1]), ("with a byte behind it", extrinsic + b"\0"), ("without a length", body),
        ("of version 5", compact(len(body)) + b"\x85" + body[1:]), ("general, of version 5", compact(len(body)) + b"\x45" + body[1:]),
        ("with an unknown call", compact(len(body)) + body[:-3] + b"\xff\xff\x00"),
        ("with an unknown kind of signature", compact(len(body)) + body[:34] + b"\x09" + body[35:]),
        ("of a claimed gigabyte", b"\x02\x00\x00\x01" + body),
    ]


@check("8 what does not decode: 1001, whatever is wrong with it")
def undecodable(node):
    good = node.maker.make(keys.sr25519_key("Alice"), remark(b""))
    equal(len(compact(len(good) - 2)), 2)
    for name, extrinsic in damaged(good):
        error = node.refused(extrinsic)
        equal(error.code, 1001, name)
        assert error.text.startswith("Extrinsic has invalid format"), f"{name}: {error.text}"


@check("8 the same again: 1013 while it waits, refused once it is in a block")
def again(node):
    extrinsic = node.maker.make(keys.ecdsa("Dave"), remark(b"once"))
    node.submit(extrinsic)
    error = node.refused(extrinsic)
    equal((error.code, error.text), (1013, "Transaction Already Imported"))
    node.included(extrinsic)
    assert node.refused(extrinsic).code in (1010, 1012)


@check("8 another with the same nonce and no higher tip: 1014")
def too_low(node):
    key = keys.ecdsa("Dave")
    first = node.maker.make(key, remark(b"first"), tip=5)
    second = node.maker.make(key, remark(b"second"), nonce=node.maker.nonce(key), tip=5)
    node.submit(first)
    error = node.refused(second)
    equal(error.code, 1014)
    assert re.fullmatch(r"Priority is too low: \(\d+ vs \d+\)", error.text), error.text
    node.included(first)


@check("8 another with the same nonce and a higher tip takes its place: usurped")
def usurped(node):
    key = keys.ecdsa("Dave")
    nonce = node.maker.nonce(key)
    first, second = (node.maker.make(key, remark(b"tip"), nonce, tip) for tip in (1_000_000, 2_000_000_000))
    with Socket(node.ws) as socket:
        watched = socket.call("author_submitAndWatchExtrinsic", hexed(first))
        equal(socket.result(watched), "ready")
        node.submit(second)
        equal(socket.result(watched), {"usurped": hexed(keys.blake2b_256(second))})
    equal(node.pending(), [second])
    node.included(second)


# The way into a block.

@check("8 a nonce ahead is accepted as future, and ready once the gap is filled")
def future(node):
    key = keys.ecdsa("Eve")
    nonce = node.maker.nonce(key)
    later, sooner = node.maker.make(key, remark(b"later"), nonce + 1), node.maker.make(key, remark(b"sooner"), nonce)
    with Socket(node.ws) as socket:
        watched = socket.call("author_submitAndWatchExtrinsic", hexed(later))
        equal(socket.result(watched), "future")
        node.seal()
        assert later not in node.body()
        equal(node.maker.nonce(key), nonce)
        node.submit(sooner)
        equal(socket.result(watched), "ready")
        equal(node.maker.nonce(key), nonce + 2)
        sealed = node.seal()
        equal(socket.result(watched), {"inBlock": sealed["hash"]})
    body = node.body(sealed["hash"])
    assert body.index(sooner) < body.index(later)


@check("3 ready, inBlock, finalized; the block and its events are there at inBlock")
def statuses(node):
    extrinsic = node.maker.make(keys.ecdsa("Eve"), remark(b"watched"))
    with Socket(node.ws) as socket:
        watched = socket.call("author_submitAndWatchExtrinsic", hexed(extrinsic))
        note = socket.next(watched)
        equal((note["method"], note["params"]["result"]), ("author_extrinsicUpdate", "ready"))
        equal(node.pending(), [extrinsic])
        sealed = node.seal()
        equal(socket.result(watched), {"inBlock": sealed["hash"]})
        assert extrinsic in node.body(sealed["hash"])
        assert node.call("state_getStorage", hexed(item("System", "Events")), sealed["hash"]) is not None
        equal(socket.result(watched), {"finalized": sealed["hash"]})
        equal(node.pending(), [])


@check("3 a watch can be ended")
def unwatch(node):
    extrinsic = node.maker.make(keys.ecdsa("Eve"), remark(b"unwatched"))
    with Socket(node.ws) as socket:
        watched = socket.call("author_submitAndWatchExtrinsic", hexed(extrinsic))
        equal(socket.result(watched), "ready")
        equal(socket.call("author_unwatchExtrinsic", watched), True)
        node.included(extrinsic)
        equal(socket.call("system_health")["peers"], 0)
        equal(list(socket.notifications[watched]), [])


@check("5 system_accountNextIndex counts what waits; account_nextIndex is the same; ss58 and hexadecimal")
def next_index(node):
    key = keys.ecdsa("Ferdie")
    equal(node.maker.nonce(key), 0)
    for expected in (1, 2, 3):
        node.submit(node.maker.make(key, remark(b"x")))
        equal(node.call("system_accountNextIndex", key.ss58_address), expected)
        equal(node.call("account_nextIndex", hexed(key.public_key)), expected)
    nonce = node.call("state_call", "AccountNonceApi_account_nonce", hexed(key.public_key))
    equal(nonce, "0x00000000")
    node.seal()
    equal(node.call("state_call", "AccountNonceApi_account_nonce", hexed(key.public_key)), "0x03000000")


@check("8 nonces that come in backwards end in one block, in order")
def backwards(node):
    key = keys.sr25519_key("Ferdie")
    first = node.maker.nonce(key)
    made = [node.maker.make(key, remark(bytes([index])), first + index) for index in range(8)]
    for extrinsic in reversed(made):
        node.submit(extrinsic)
    body = node.body(node.seal()["hash"])
    equal([row for row in body if row in made], made)


@check("8 two clients with one nonce: one ends in a block, the other is told")
def race(node):
    key = keys.sr25519_key("Eve")
    nonce = node.maker.nonce(key)
    rivals = [node.maker.make(key, remark(bytes([index]) * 8), nonce) for index in range(6)]
    accepted, codes = [], []
    for extrinsic in rivals:
        try:
            node.submit(extrinsic)
            accepted.append(extrinsic)
        except RpcError as error:
            codes.append(error.code)
    equal((len(accepted), codes), (1, [1014] * 5))
    node.included(accepted[0])
    for extrinsic in rivals:
        assert extrinsic in accepted or node.refused(extrinsic).code in (1010, 1012)


@check("3 blocks hold extrinsics byte for byte, the timestamp first")
def bytes_in_block(node):
    made = [node.maker.make(keys.of_scheme(scheme, "Bob"), remark(scheme.encode())) for scheme in ("ecdsa", "sr25519", "ed25519")]
    for extrinsic in made:
        node.submit(extrinsic)
    body = node.body(node.seal()["hash"])
    equal(body[0][1:4], b"\x04\x01\x00")
    equal(sorted(body[1:]), sorted(made))


# Eras.

@check("5 a mortal extrinsic lives from its birth to the block before its death", [
    (f"period {period}", period) for period in (4, 8, 64)])
def era_edges(node, period):
    key = keys.sr25519_key("Dave")
    # The next block is to be the last one of the era.
    node.seal(period)
    current = node.best()
    while (current + 1) % period:
        current = node.seal()["number"]
    signed_at = current
    extrinsic = node.maker.make(key, remark(b"era"), era=(period, signed_at))
    death = signed_at + period
    if death - 2 > node.best():
        node.seal(death - 2 - node.best())
    node.submit(extrinsic)
    assert node.included(extrinsic)["success"]
    equal(node.best(), death - 1)

    # For the next block the same bytes mean the next era, which begins with that very block: nobody knows its hash yet.
    def make(call):
        return node.maker.make(key, call, era=(period, signed_at))

    equal(era_birth(period, signed_at), signed_at)
    refused_as(node, make, "Transaction has an ancient birth block")
    # A block later that hash is known, and the signature is over another one.
    node.seal()
    refused_as(node, make, "Transaction has a bad signature")


@check("5 what waits past its era is forgotten")
def forgotten(node):
    key = keys.sr25519_key("Charlie")
    extrinsic = node.maker.make(key, remark(b"waits"), nonce=node.maker.nonce(key) + 1, era=(4, node.best()))
    with Socket(node.ws) as socket:
        watched = socket.call("author_submitAndWatchExtrinsic", hexed(extrinsic))
        equal(socket.result(watched), "future")
        node.seal(5)
        assert socket.result(watched) in ("dropped", "invalid")
    first = node.maker.make(key, remark(b"first"))
    node.submit(first)
    body = node.body(node.seal()["hash"])
    assert first in body and extrinsic not in body


@check("8 a birth block older than the chain remembers: 1010, ancient")
def ancient(node):
    birth = node.best()
    extrinsic = node.maker.make(keys.ecdsa("Alice"), remark(b"old"), era=(4096, birth))
    node.seal(2500)
    error = node.refused(extrinsic)
    equal((error.code, error.data), (1010, "Transaction has an ancient birth block"))


# Fees and validity.

@check("5 fees are told for a signature of zeros, and are what is charged", SCHEMES)
def fees(node, scheme):
    key = keys.of_scheme(scheme, "Bob")
    call = transfer(keys.ecdsa("Alice").public_key, 3 * UNIT)
    extrinsic = node.maker.make(key, call)
    zeros = node.maker.make(key, call, sign=lambda data: bytes(len(key.sign(data))))
    info = node.call("payment_queryInfo", hexed(zeros))
    equal(set(info), {"weight", "class", "partialFee"})
    equal(info["class"], "normal")
    assert info["weight"]["ref_time"] > 0 and "proof_size" in info["weight"]
    assert re.fullmatch("[0-9]+", info["partialFee"]), info["partialFee"]
    parts = node.call("payment_queryFeeDetails", hexed(zeros))["inclusionFee"]
    equal(sum(int(parts[name], 16) for name in ("baseFee", "lenFee", "adjustedWeightFee")), int(info["partialFee"]))
    before = free(node, key)
    node.submit(extrinsic)
    node.included(extrinsic)
    equal(before - free(node, key), 3 * UNIT + int(info["partialFee"]), "what left the account")


def free(node, key) -> int:
    return int.from_bytes(unhexed(node.call("state_getStorage", hexed(account_key(key.public_key))))[16:32], "little")


@check("5 TransactionPaymentApi agrees with payment_queryInfo")
def fee_call(node):
    extrinsic = node.maker.make(keys.ecdsa("Bob"), remark(b"fee"))
    answer = unhexed(node.call("state_call", "TransactionPaymentApi_query_info", (extrinsic + len(extrinsic).to_bytes(4, "little")).hex()))
    info = node.call("payment_queryInfo", hexed(extrinsic))
    equal(int.from_bytes(answer[-16:], "little"), int(info["partialFee"]))
    equal(answer[-17], 0)
    equal(answer[:-17], compact(info["weight"]["ref_time"]) + compact(info["weight"]["proof_size"]))


@check("5 an inherent has no inclusion fee")
def no_fee(node):
    first = node.call("chain_getBlock")["block"]["extrinsics"][0]
    equal(node.call("payment_queryFeeDetails", first), {"inclusionFee": None})


def validity(node, extrinsic: bytes) -> bytes:
    best = node.call("chain_getBlockHash")
    return unhexed(node.call("state_call", "TaggedTransactionQueue_validate_transaction", "02" + extrinsic.hex() + best[2:], best))


@check("8 validate_transaction tells the same as the pool")
def validate(node):
    key = keys.ecdsa("Alice")
    equal(validity(node, node.maker.make(key, remark(b"")))[0], 0)
    equal(validity(node, node.maker.make(key, remark(b""), nonce=0)), b"\x01\x00\x03")
    equal(validity(node, node.maker.make(key, remark(b""), sign=lambda data: bytes(65))), b"\x01\x00\x04")
    equal(validity(node, node.maker.make(NOBODY, remark(b""))), b"\x01\x00\x01")


if __name__ == "__main__":
    main("transactions", Started)
