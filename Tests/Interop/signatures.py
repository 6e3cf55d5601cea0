"""Signatures made by third-party libraries and checked here, and the other way round (README.md, item 4)."""
from __future__ import annotations

import contextlib
import json
import subprocess

import ed25519_zebra
import sr25519
from eth_account import Account
from eth_account.messages import encode_defunct, encode_typed_data
from eth_keys import keys as eth_keys

import keys
from extrinsics import Maker, compact, era_birth, era_bytes, remark, transfer
from harness import DEADLINE, PROGRAM, Node, check, equal, main
from storage_keys import hexed, unhexed

MESSAGES = [("text", b"echochain"), ("empty", b""), ("bytes", bytes(range(256))), ("long", b"x" * 4096)]
UNIT = 10 ** 12


@contextlib.contextmanager
def started():
    with Node("dev", "manual") as node:
        node.seal(2)
        node.maker = Maker(node)
        yield node


def run(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([PROGRAM, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DEADLINE)


def signed_here(scheme: str, name: str, message: bytes) -> bytes:
    ended = run("key", "sign", "--key", f"//{name}", "--dev", "--scheme", scheme, "--hex", hexed(message), "--json")
    equal(ended.returncode, 0, ended.stderr)
    return unhexed(json.loads(ended.stdout)["signature"])


def accepted_here(scheme: str, address: str, message: bytes, signature: bytes) -> bool:
    ended = run("key", "verify", "--scheme", scheme, "--signer", address, "--hex", hexed(message), "--signature", hexed(signature))
    assert ended.returncode in (0, 5), f"code {ended.returncode}: {ended.stderr}"
    return ended.returncode == 0


def accepted_there(scheme: str, name: str, message: bytes, signature: bytes) -> bool:
    if scheme == "sr25519":
        return sr25519.verify(signature, message, keys.sr25519_pair(name)[0])
    if scheme == "ed25519":
        return ed25519_zebra.ed_verify(signature, message, keys.ed25519_key(name).public_key)
    key = eth_keys.PrivateKey(keys.ecdsa_secret(name)).public_key
    return eth_keys.Signature(signature).verify_msg_hash(keys.blake2b_256(message), key)


def changed(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]


CASES = [(f"{scheme}, {label}", (scheme, message)) for scheme in ("sr25519", "ed25519", "ecdsa") for label, message in MESSAGES]


@check("4 signed here, checked there", CASES)
def outward(_, case):
    scheme, message = case
    for name in ("Alice", "Bob"):
        signature = signed_here(scheme, name, message)
        assert accepted_there(scheme, name, message, signature), "the library does not accept the signature"
        assert not accepted_there(scheme, name, message + b"!", signature)


@check("4 signed there, checked here", CASES)
def inward(_, case):
    scheme, message = case
    key = keys.of_scheme(scheme, "Alice")
    signature = key.sign(message)
    assert accepted_here(scheme, key.ss58_address, message, signature)
    assert not accepted_here(scheme, key.ss58_address, message + b"!", signature)
    assert not accepted_here(scheme, keys.of_scheme(scheme, "Bob").ss58_address, message, signature)
    for at in (0, 33, 62):
        assert not accepted_here(scheme, key.ss58_address, message, changed(signature, at)), f"byte {at}"


@check("4 sr25519 never signs the same twice, and each is accepted")
def random(_):
    key = keys.sr25519_key("Alice")
    made = {key.sign(b"echochain") for _ in range(4)}
    equal(len(made), 4)
    for signature in made:
        assert accepted_here("sr25519", key.ss58_address, b"echochain", signature)


# Ethereum wallets: they sign words, and the node puts the same words together.

class Wallet:
    """An Ethereum account and the account here that belongs to it: its 20 bytes and twelve times 0xee."""

    PERSONAL, TYPED = 3, 4

    def __init__(self, node: Node, secret: int):
        self.node, self.key = node, Account.from_key(secret.to_bytes(32, "big"))
        self.account = bytes.fromhex(self.key.address[2:]) + b"\xee" * 12
        fund = node.maker.make(keys.ecdsa("Alice"), transfer(self.account, 10 * UNIT))
        node.call("author_submitExtrinsic", hexed(fund))
        node.seal()

    def words(self, function: str, call: bytes, extra: bytes, birth: bytes) -> str:
        answer = unhexed(self.node.call("state_call", f"EchoSigningApi_{function}", hexed(call + extra + birth)))
        text = answer[{0: 1, 1: 2, 2: 4}[answer[0] & 3]:]
        equal(compact(len(text)) + text, answer)
        return text.decode("ascii")

    def signed(self, kind: int, call: bytes, era: tuple | None = None, tip: int = 0, shown: bytes | None = None) -> bytes:
        """An extrinsic with ``call``, whose signature is over the words of ``shown``, or of the call itself."""
        birth = self.node.maker.genesis if era is None else unhexed(self.node.call("chain_getBlockHash", era_birth(*era)))
        nonce = self.node.call("system_accountNextIndex", keys.ss58(self.account))
        extra = (b"\0" if era is None else era_bytes(*era)) + compact(nonce) + compact(tip) + b"\0"
        shown = call if shown is None else shown
        if kind == self.PERSONAL:
            message = encode_defunct(text=self.words("ethereum_message", shown, extra, birth))
        else:
            message = encode_typed_data(full_message=json.loads(self.words("ethereum_typed_data", shown, extra, birth)))
        signature = bytes(self.key.sign_message(message).signature)
        body = b"\x84\x00" + self.account + bytes([kind]) + signature + extra + call
        return compact(len(body)) + body

    def included(self, extrinsic: bytes):
        self.node.call("author_submitExtrinsic", hexed(extrinsic))
        block = self.node.seal()["hash"]
        assert hexed(extrinsic) in self.node.call("chain_getBlock", block)["block"]["extrinsics"]
        assert self.node.call("echo_extrinsic", hexed(keys.blake2b_256(extrinsic)))["success"]


KINDS = [("personal_sign (EIP-191)", Wallet.PERSONAL), ("eth_signTypedData_v4 (EIP-712)", Wallet.TYPED)]


@check("4 an Ethereum wallet's signature carries a call into a block", KINDS)
def ethereum(node, kind):
    wallet = Wallet(node, 1000 + kind)
    bob = keys.ecdsa("Bob").public_key
    wallet.included(wallet.signed(kind, transfer(bob, UNIT)))
    wallet.included(wallet.signed(kind, remark(b"mortal, with a tip"), era=(64, node.call("echo_chainInfo")["best"]["number"]), tip=5))
    wallet.included(wallet.signed(kind, remark(bytes(range(256)) * 8)))


@check("4 a signature over the words of another call is refused", KINDS)
def other_words(node, kind):
    wallet = Wallet(node, 2000 + kind)
    bob = keys.ecdsa("Bob").public_key
    extrinsic = wallet.signed(kind, transfer(bob, 2 * UNIT), shown=transfer(bob, UNIT))
    error = node.refusal("author_submitExtrinsic", hexed(extrinsic))
    equal((error.code, error.data), (1010, "Transaction has a bad signature"))


@check("4 a wallet's signature for another account is refused", KINDS)
def other_account(node, kind):
    wallet, other = Wallet(node, 3000 + kind), Wallet(node, 4000 + kind)
    extrinsic = wallet.signed(kind, remark(b""))
    error = node.refusal("author_submitExtrinsic", hexed(extrinsic.replace(wallet.account, other.account)))
    equal((error.code, error.data), (1010, "Transaction has a bad signature"))


@check("4 the words say what is signed")
def words(node):
    wallet = Wallet(node, 5000)
    call = transfer(keys.ecdsa("Bob").public_key, UNIT)
    text = wallet.words("ethereum_message", call, b"\0\0\0\0", node.maker.genesis)
    for part in ("Balances.transfer_allow_death", keys.ecdsa("Bob").ss58_address, hexed(node.maker.genesis)):
        assert part in text, f"{part} is not in {text!r}"
    data = json.loads(wallet.words("ethereum_typed_data", call, b"\0\0\0\0", node.maker.genesis))
    equal(data["domain"]["salt"], hexed(node.maker.genesis))
    assert data["message"]["payload"] in text


@check("4 personal_sign of the command line is recovered by eth-account", MESSAGES)
def recovered(_, message):
    ended = run("key", "sign", "--key", "alice", "--dev", "--scheme", "ethereum", "--hex", hexed(message), "--json")
    equal(ended.returncode, 0, ended.stderr)
    answer = json.loads(ended.stdout)
    address = Account.recover_message(encode_defunct(primitive=message), signature=unhexed(answer["signature"]))
    equal(answer["signer"], keys.ss58(bytes.fromhex(address[2:]) + b"\xee" * 12))


@check("4 personal_sign of eth-account is accepted by the command line")
def personal(_):
    key = Account.from_key((7).to_bytes(32, "big"))
    signature = bytes(key.sign_message(encode_defunct(text="I am seven")).signature)
    assert accepted_here("ethereum", key.address, b"I am seven", signature)
    assert not accepted_here("ethereum", key.address, b"I am eight", signature)


if __name__ == "__main__":
    main("signatures", started)
