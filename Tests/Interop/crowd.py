"""One of several clients at once: a process that makes three transfers with the client of its environment, and ends with 0.

    python crowd.py ws://127.0.0.1:9944 Bob 5C7C2Z5s…
"""
from __future__ import annotations

import sys

try:
    from substrateinterface import SubstrateInterface
except ImportError:
    from async_substrate_interface import SubstrateInterface

from keys import of_scheme
from session import UNIT


def main(url: str, name: str, target: str):
    client, key = SubstrateInterface(url), of_scheme("sr25519", name)
    for _ in range(3):
        call = client.compose_call("Balances", "transfer_keep_alive", {"dest": target, "value": UNIT})
        receipt = client.submit_extrinsic(client.create_signed_extrinsic(call, key), wait_for_inclusion=True)
        assert receipt.is_success, receipt.error_message
    client.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
