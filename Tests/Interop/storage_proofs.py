"""Storage proofs of a node, checked by a trie walk that shares no code with it (README.md, item 11)."""
from __future__ import annotations

import keys
from harness import Node, check, equal, main, sealed_node
from storage_keys import account_key, hexed, item, unhexed
from trie_walk import ProofError, read


ALICE, NOBODY = keys.ecdsa("Alice").public_key, bytes(31) + b"\x07"
PRESENT = [
    ("an account", account_key(ALICE)), ("a short value", item("System", "Number")), ("events", item("System", "Events")),
    ("a well-known key", b":code"), ("the timestamp", item("Timestamp", "Now")),
]
ABSENT = [
    ("an account that is not there", account_key(NOBODY)), ("an unknown item", item("System", "Nothing")),
    ("a key that a stored key begins with", item("System", "Account")), ("a key behind a stored key", item("System", "Number") + b"\0"),
    ("an unknown pallet", item("Nothing", "Nothing")), ("the empty key", b""),
]


def proof_of(node: Node, wanted: list[bytes], at: str | None = None) -> tuple[bytes, list[bytes], str]:
    """State root of the header, the proof's rows and the block's hash."""
    block = at or node.call("chain_getBlockHash")
    answer = node.call("state_getReadProof", [hexed(key) for key in wanted], block)
    equal(answer["at"], block, "the block that the proof is of")
    root = unhexed(node.call("chain_getHeader", block)["stateRoot"])
    return root, [unhexed(row) for row in answer["proof"]], block


def stored(node: Node, key: bytes, block: str) -> bytes | None:
    value = node.call("state_getStorage", hexed(key), block)
    return None if value is None else unhexed(value)


@check("11 a stored value is proven against the header's state root", PRESENT)
def existence(node, key):
    root, proof, block = proof_of(node, [key])
    value = stored(node, key, block)
    assert value is not None, "nothing is stored there"
    equal(read(root, proof, key), value)


@check("11 an absent value is proven absent", ABSENT)
def absence(node, key):
    root, proof, block = proof_of(node, [key])
    equal(stored(node, key, block), None)
    equal(read(root, proof, key), None)


@check("11 a long value is a row of its own, hashed into the trie (layout 1)")
def hashed_value(node):
    key = account_key(ALICE)
    root, proof, block = proof_of(node, [key])
    long = stored(node, key, block)
    assert len(long) > 32
    assert long in proof, "the value is not a row of the proof"
    equal(read(root, proof, key), long)


@check("11 one proof for many keys, present and absent")
def many(node):
    wanted = [key for _, key in PRESENT + ABSENT]
    root, proof, block = proof_of(node, wanted)
    for key in wanted:
        equal(read(root, proof, key), stored(node, key, block), hexed(key))
    single = sum(len(proof_of(node, [key])[1]) for key in wanted)
    assert len(proof) < single, "rows are repeated"
    equal(len(set(proof)), len(proof), "distinct rows")


@check("11 every account of the chain, in proofs of sixteen")
def accounts(node):
    block = node.call("chain_getBlockHash")
    listed = node.call("state_getKeysPaged", hexed(item("System", "Account")), 1000, None, block)
    assert len(listed) >= 16, f"only {len(listed)} accounts"
    for start in range(0, len(listed), 16):
        wanted = [unhexed(key) for key in listed[start:start + 16]]
        root, proof, _ = proof_of(node, wanted, block)
        for key in wanted:
            equal(read(root, proof, key), stored(node, key, block), hexed(key))


@check("11 a proof of an older block goes with that block's root")
def older(node):
    key = item("System", "Number")
    first = node.call("chain_getBlockHash", 1)
    root, proof, _ = proof_of(node, [key], first)
    equal(read(root, proof, key), (1).to_bytes(4, "little"))
    later, _, _ = proof_of(node, [key])
    assert later != root
    refused(later, proof, key)


def refused(root: bytes, proof: list[bytes], key: bytes):
    try:
        value = read(root, proof, key)
    except ProofError:
        return
    raise AssertionError(f"it proves {value!r}")


@check("11 a proof with any byte changed fails")
def tampered(node):
    key = account_key(ALICE)
    root, proof, _ = proof_of(node, [key])
    assert len(proof) > 1
    for index, row in enumerate(proof):
        for at in range(len(row)):
            changed = row[:at] + bytes([row[at] ^ 0x10]) + row[at + 1:]
            refused(root, proof[:index] + [changed] + proof[index + 1:], key)


@check("11 a proof with any row left out fails, so no row is idle")
def shortened(node):
    key = account_key(ALICE)
    root, proof, _ = proof_of(node, [key])
    for index in range(len(proof)):
        refused(root, proof[:index] + proof[index + 1:], key)


@check("11 a proof under another root fails")
def other_root(node):
    key = account_key(ALICE)
    root, proof, _ = proof_of(node, [key])
    refused(bytes([root[0] ^ 1]) + root[1:], proof, key)


@check("11 no proof at an unknown block: error 4003")
def unknown_block(node):
    equal(node.refusal("state_getReadProof", [hexed(b":code")], "0x" + "ab" * 32).code, 4003)


if __name__ == "__main__":
    main("storage-proofs", lambda: sealed_node("hub", 4))
