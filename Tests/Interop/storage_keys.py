"""Keys of storage as Substrate lays them out: twox-128 of the pallet, twox-128 of the item, then hashed arguments."""
from __future__ import annotations

from hashlib import blake2b

import xxhash


def twox128(text: str) -> bytes:
    return b"".join(xxhash.xxh64_intdigest(text.encode(), seed=seed).to_bytes(8, "little") for seed in (0, 1))


def item(pallet: str, name: str) -> bytes:
    return twox128(pallet) + twox128(name)


def account_key(account: bytes) -> bytes:
    return item("System", "Account") + blake2b(account, digest_size=16).digest() + account


def hexed(data: bytes) -> str:
    return "0x" + data.hex()


def unhexed(text: str) -> bytes:
    assert text.startswith("0x"), f"{text!r} has no 0x"
    return bytes.fromhex(text[2:])
