"""Signed extrinsics of format version 4, put together byte by byte (README.md, items 2, 3 and 6).

For what clients cannot be made to send: wrong signatures, other versions, eras at their edges. Calls are bytes.
"""
from __future__ import annotations

from keys import Keypair, blake2b_256


def compact(number: int) -> bytes:
    if number < 1 << 6:
        return bytes([number << 2])
    if number < 1 << 14:
        return (number << 2 | 1).to_bytes(2, "little")
    if number < 1 << 30:
        return (number << 2 | 2).to_bytes(4, "little")
    size = max(4, (number.bit_length() + 7) // 8)
    return bytes([(size - 4) << 2 | 3]) + number.to_bytes(size, "little")


def encoded_header(value: dict) -> bytes:
    """The SCALE form of a header in JSON; its blake2b-256 is the block's hash."""
    logs = [bytes.fromhex(row[2:]) for row in value["digest"]["logs"]]
    return (bytes.fromhex(value["parentHash"][2:]) + compact(int(value["number"], 16)) + bytes.fromhex(value["stateRoot"][2:])
            + bytes.fromhex(value["extrinsicsRoot"][2:]) + compact(len(logs)) + b"".join(logs))


def remark(data: bytes) -> bytes:
    return b"\x00\x00" + compact(len(data)) + data


def transfer(account: bytes, amount: int) -> bytes:
    return b"\x0a\x00" + b"\x00" + account + compact(amount)


def era_bytes(period: int, current: int) -> bytes:
    step = max(period >> 12, 1)
    low = min(15, max(1, period.bit_length() - 2))
    return (low | (current % period // step) << 4).to_bytes(2, "little")


def era_birth(period: int, current: int) -> int:
    step = max(period >> 12, 1)
    phase = current % period // step * step
    return (max(current, phase) - phase) // period * period + phase


class Maker:
    """Makes extrinsics for one node's chain."""

    def __init__(self, node):
        version = node.call("state_getRuntimeVersion")
        self.node, self.spec, self.transaction = node, version["specVersion"], version["transactionVersion"]
        self.genesis = bytes.fromhex(node.call("chain_getBlockHash", 0)[2:])

    def nonce(self, key: Keypair) -> int:
        return self.node.call("system_accountNextIndex", key.ss58_address)

    def payload(self, call: bytes, extra: bytes, birth: bytes, **other) -> bytes:
        """What is signed: call, extra and additional data, hashed when longer than 256 bytes."""
        spec = other.get("spec", self.spec).to_bytes(4, "little") + other.get("transaction", self.transaction).to_bytes(4, "little")
        data = call + extra + spec + other.get("genesis", self.genesis) + birth + b"\0"
        return blake2b_256(data) if len(data) > 256 else data

    def make(self, key: Keypair, call: bytes, nonce: int | None = None, tip: int = 0, era: tuple | None = None, **other) -> bytes:
        """A signed extrinsic. ``era`` is ``(period, current)``; ``sign`` and ``signer`` in ``other`` stand in for the key's own."""
        nonce = self.nonce(key) if nonce is None else nonce
        birth = self.genesis
        if era is not None:
            birth = bytes.fromhex(self.node.call("chain_getBlockHash", era_birth(*era))[2:])
        extra = (b"\0" if era is None else era_bytes(*era)) + compact(nonce) + compact(tip) + b"\0"
        signature = other.get("sign", key.sign)(self.payload(call, extra, birth, **other))
        body = b"\x84\x00" + other.get("signer", key.public_key) + bytes([key.crypto_type]) + signature + extra + call
        return compact(len(body)) + body
