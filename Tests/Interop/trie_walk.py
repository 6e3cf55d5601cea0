"""Checks a storage proof of a Substrate node: what does the state under this root hold at this key?

Written from the format alone and shares no code with the node. The trie is base 16; a node is stored under the blake2b-256
of its encoding, or inside its parent when that is shorter than 32 bytes. Layout 1: values longer than 32 bytes are nodes
of their own, and the trie holds their hash.

    header    01nnnnnn leaf, 10nnnnnn branch, 11nnnnnn branch with value, 001nnnnn leaf with hashed value,
              0001nnnn branch with hashed value, 00000000 the empty trie; n nibbles follow, all ones: more bytes add to n
    nibbles   two in a byte, high one first; an odd count begins with a zero nibble
    branch    bitmap of children (2 bytes, little-endian), value, children (compact length and bytes)
    value     compact length and bytes, or 32 bytes of hash
"""
from __future__ import annotations

from hashlib import blake2b

HASH = 32


class ProofError(Exception):
    """The proof does not say what the state holds: a node is missing, or does not have the format."""


def blake2b_256(data: bytes) -> bytes:
    return blake2b(data, digest_size=HASH).digest()


class Cursor:
    def __init__(self, data: bytes):
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        if count > len(self.data) - self.at:
            raise ProofError(f"a node of {len(self.data)} bytes ends inside a field")
        self.at += count
        return self.data[self.at - count:self.at]

    def byte(self) -> int:
        return self.take(1)[0]

    def compact(self) -> int:
        first = self.byte()
        if first & 3 == 3:
            raise ProofError("a length is beyond 2^30")
        rest = self.take((0, 1, 3)[first & 3])
        return int.from_bytes(bytes([first]) + rest, "little") >> 2

    def counted(self) -> bytes:
        return self.take(self.compact())

    def finish(self):
        if self.at != len(self.data):
            raise ProofError("bytes follow a node")


class TrieNode:
    """A decoded node: its part of the path, its value (``None``, ``("inline", bytes)`` or ``("hash", hash)``), its children."""

    def __init__(self, encoded: bytes):
        cursor = Cursor(encoded)
        head = cursor.byte()
        self.path: list[int] = []
        self.value = None
        self.children: list[bytes | None] = [None] * 16
        if head == 0:
            cursor.finish()
            return
        branch, valued, hashed, bits = self._kind(head)
        count = head & ((1 << bits) - 1)
        if count == (1 << bits) - 1:
            while (more := cursor.byte()) == 255:
                count += 255
            count += more
        packed = cursor.take((count + 1) // 2)
        self.path = [nibble for byte in packed for nibble in (byte >> 4, byte & 15)]
        if count % 2 == 1 and self.path.pop(0) != 0:
            raise ProofError("the padding of an odd path is not zero")
        bitmap = int.from_bytes(cursor.take(2), "little") if branch else 0
        if hashed:
            self.value = ("hash", cursor.take(HASH))
        elif valued:
            self.value = ("inline", cursor.counted())
        for index in range(16):
            if bitmap >> index & 1:
                self.children[index] = cursor.counted()
        cursor.finish()

    @staticmethod
    def _kind(head: int) -> tuple[bool, bool, bool, int]:
        """Whether it is a branch, has a value, has it hashed, and how many bits of the header count nibbles."""
        if head >> 6:
            return ((head >> 6) != 1, (head >> 6) != 2, False, 6)
        if head >> 5 == 1:
            return (False, True, True, 5)
        if head >> 4 == 1:
            return (True, True, True, 4)
        raise ProofError(f"no node begins with byte {head}")


def read(root: bytes, proof: list[bytes], key: bytes) -> bytes | None:
    """The value at ``key`` in the state under ``root``; ``None`` when the proof shows that there is none."""
    rows = {blake2b_256(row): row for row in proof}

    def resolve(digest: bytes) -> bytes:
        if digest not in rows:
            raise ProofError(f"the proof has nothing with hash {digest.hex()}")
        return rows[digest]

    rest = [nibble for byte in key for nibble in (byte >> 4, byte & 15)]
    node = TrieNode(resolve(root))
    while True:
        if rest[:len(node.path)] != node.path:
            return None
        rest = rest[len(node.path):]
        if not rest:
            if node.value is None:
                return None
            kind, data = node.value
            return resolve(data) if kind == "hash" else data
        child = node.children[rest.pop(0)]
        if child is None:
            return None
        node = TrieNode(resolve(child) if len(child) == HASH else child)
