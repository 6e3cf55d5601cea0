"""Development keys as objects that both clients sign with, and SS58.

Only third-party cryptography: eth-keys for secp256k1, py-sr25519-bindings and py-ed25519-zebra-bindings for the others.
The derivation is that of Substrate accounts (README.md, item 6).
"""
from __future__ import annotations

from hashlib import blake2b

import ed25519_zebra
import sr25519
from eth_keys import keys as eth_keys

# What the words "bottom drive obey lake curtain smoke basket hold race lonely fit walk" come to.
ROOT_SEED = bytes.fromhex("fac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e")
ED25519, SR25519, ECDSA = 0, 1, 2
ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def blake2b_256(data: bytes) -> bytes:
    return blake2b(data, digest_size=32).digest()


def scale_string(text: str) -> bytes:
    data = text.encode()
    assert len(data) < 64
    return bytes([len(data) << 2]) + data


def ss58(account: bytes, prefix: int = 42) -> str:
    assert len(account) == 32 and prefix < 64
    body = bytes([prefix]) + account
    body += blake2b(b"SS58PRE" + body, digest_size=64).digest()[:2]
    number, text = int.from_bytes(body, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        text = ALPHABET[digit] + text
    return text


def chain_code(junction: str) -> bytes:
    return scale_string(junction).ljust(32, b"\0")


def raw(data) -> bytes:
    """The bytes of what a client hands to ``sign``: bytes, hexadecimal text or the clients' own ScaleBytes."""
    if hasattr(data, "data") and not isinstance(data, (bytes, bytearray, memoryview)):
        data = data.data
    return bytes.fromhex(data[2:]) if isinstance(data, str) else bytes(data)


class Keypair:
    """What the clients ask of a key pair: ``crypto_type``, ``public_key`` (the account id), ``ss58_address`` and ``sign``."""

    ss58_format = 42

    def __init__(self, crypto_type: int, account: bytes, sign):
        self.crypto_type, self.public_key, self._sign = crypto_type, account, sign
        self.ss58_address = ss58(account)

    def sign(self, data) -> bytes:
        return self._sign(raw(data))


def ecdsa_secret(name: str) -> bytes:
    return blake2b_256(scale_string("Secp256k1HDKD") + ROOT_SEED + chain_code(name))


def ecdsa(name: str) -> Keypair:
    """``//name``: the account is blake2b-256 of the compressed key, what is signed blake2b-256 of the message."""
    key = eth_keys.PrivateKey(ecdsa_secret(name))
    return Keypair(
        ECDSA, blake2b_256(key.public_key.to_compressed_bytes()), lambda data: key.sign_msg_hash(blake2b_256(data)).to_bytes())


def sr25519_pair(name: str) -> tuple[bytes, bytes]:
    _, public, secret = sr25519.hard_derive_keypair((chain_code(name), *sr25519.pair_from_seed(ROOT_SEED)), b"")
    return public, secret


def sr25519_key(name: str) -> Keypair:
    public, secret = sr25519_pair(name)
    return Keypair(SR25519, public, lambda data: sr25519.sign((public, secret), data))


def ed25519_seed(name: str) -> bytes:
    return blake2b_256(scale_string("Ed25519HDKD") + ROOT_SEED + chain_code(name))


def ed25519_key(name: str) -> Keypair:
    secret, public = ed25519_zebra.ed_from_seed(ed25519_seed(name))
    return Keypair(ED25519, public, lambda data: ed25519_zebra.ed_sign(secret, data))


def of_scheme(scheme: str, name: str) -> Keypair:
    return {"ecdsa": ecdsa, "sr25519": sr25519_key, "ed25519": ed25519_key}[scheme](name)
