"""async-substrate-interface against a node: the shared checks over its two classes, and what only it does (README.md).

``AsyncSubstrateInterface`` runs the shared checks behind ``Waiting``, which waits for whatever it returns; the synchronous class
of the same package runs them too when the program is started with ``--sync`` (both run in a full run).
"""
from __future__ import annotations

import asyncio
import inspect
import sys

from async_substrate_interface import AsyncSubstrateInterface, SubstrateInterface
from async_substrate_interface.errors import SubstrateRequestException
from scalecodec.base import ScaleBytes

import client_checks  # noqa: F401  declares the shared checks
import keys
from harness import check, equal, main, raises
from keys import of_scheme
from session import Session, value

SYNCHRONOUS = "--sync" in sys.argv
if SYNCHRONOUS:
    sys.argv.remove("--sync")


class Waiting:
    """An object of the asynchronous client whose coroutines are run to their end, in a loop of the thread that made it."""

    def __init__(self, inner, loop):
        self.__dict__.update(_inner=inner, _loop=loop)

    def _settled(self, thing):
        if inspect.isawaitable(thing):
            thing = self._loop.run_until_complete(thing)
        if hasattr(thing, "__aiter__"):
            async def all_of():
                return [row async for row in thing]
            return self._loop.run_until_complete(all_of())
        if type(thing).__name__ == "AsyncExtrinsicReceipt":
            return Waiting(thing, self._loop)
        return thing

    def __getattr__(self, name):
        thing = getattr(self._inner, name)
        if inspect.isroutine(thing) or inspect.ismethod(thing):
            return lambda *arguments, **options: self._settled(thing(*arguments, **options))
        return self._settled(thing)


class Client(Session):
    Refusal = SubstrateRequestException

    def connect(self):
        if SYNCHRONOUS:
            return SubstrateInterface(self.node.ws)
        return self.connect_in(asyncio.get_event_loop())

    def connect_in(self, loop):
        async def opened():
            client = AsyncSubstrateInterface(self.node.ws)
            await client.initialize()
            return client
        return Waiting(loop.run_until_complete(opened()), loop)

    def connect_in_thread(self):
        return SubstrateInterface(self.node.ws) if SYNCHRONOUS else self.connect_in(asyncio.new_event_loop())

    def runtime(self):
        return self.client.init_runtime()

    def metadata(self):
        return self.runtime().metadata

    def decoded(self, type_name, data):
        runtime = self.runtime()
        thing = runtime.runtime_config.create_scale_object(type_name, data=ScaleBytes(data), metadata=runtime.metadata)
        return thing.decode(check_remaining=True)

    def fee_key(self, account):
        return keys.Keypair(keys.SR25519, bytes_of(account), None)

    def follow_heads(self, client, seen, finalized):
        if SYNCHRONOUS:
            return super().follow_heads(client, seen, finalized)

        async def handler(head, *rest):
            return seen(head["header"]["number"])
        client.subscribe_block_headers(handler, finalized_only=finalized)

    def follow_storage(self, client, pallet, name, parameters, seen):
        key = client.create_storage_key(pallet, name, parameters)

        async def handler(key, row, subscription):
            # The other client waits in a loop of its own, which this thread cannot run inside this one.
            return await asyncio.to_thread(seen, row)
        follow = (lambda key, row, subscription: seen(row)) if SYNCHRONOUS else handler
        # Once the handler is done, this version ends with an error of its own: it takes a truth value for an answer.
        raises(TypeError, lambda: client.subscribe_storage([key], follow), "'bool' is not iterable")


def bytes_of(address: str) -> bytes:
    number = 0
    for letter in address:
        number = number * 58 + keys.ALPHABET.index(letter)
    return number.to_bytes(35, "big")[1:33]


@check("1 metadata is read as version 15, with the runtime's functions")
def version15(session):
    runtime = session.runtime()
    assert runtime.metadata_v15 is not None, "the client fell back to version 14"
    assert {"Core", "Metadata", "AccountNonceApi", "TransactionPaymentApi", "TaggedTransactionQueue"} <= set(runtime.runtime_api_map)


@check("9 every function that metadata lists is there; those without arguments answer as their type")
def functions(session):
    runtime, plain = session.runtime(), 0
    for api, methods in runtime.runtime_api_map.items():
        for name, row in methods.items():
            answer = session.node.answer("state_call", [f"{api}_{name}", "0x"])
            if row["inputs"]:
                assert "is not found" not in answer.get("error", {}).get("message", ""), f"{api}_{name} is listed and not there"
            else:
                assert "result" in answer, f"{api}_{name}: {answer.get('error')}"
                session.decoded(f"scale_info::{row['output']}", bytes.fromhex(answer["result"][2:]))
                plain += 1
    assert plain >= 3, f"{plain} functions without arguments"


@check("6 runtime functions in one batch frame")
def batched(session):
    accounts = [of_scheme("sr25519", name).ss58_address for name in ("Alice", "Bob", "Charlie")]
    found = session.client.runtime_calls([("AccountNonceApi", "account_nonce", [account]) for account in accounts])
    equal(found, [session.query("System", "Account", [account])["nonce"] for account in accounts])


@check("9 a fee through the runtime, by the types of its metadata")
def fee_call(session):
    call = session.call("System", "remark", remark="0x00")
    info = session.client.get_payment_info(call, session.fee_key(of_scheme("sr25519", "Alice").ss58_address))
    assert info["partial_fee"] > 0 and info["weight"]["ref_time"] > 0, info


@check("9 XCM's runtime functions, by the types of metadata")
def xcm_functions(session):
    accepted = session.client.runtime_call("XcmPaymentApi", "query_acceptable_payment_assets", [5])
    assert len(accepted["Ok"]) >= 1, accepted
    alice = of_scheme("ecdsa", "Alice")
    place = {"V5": {"parents": 0, "interior": {"X1": [{"AccountId32": {"network": None, "id": "0x" + alice.public_key.hex()}}]}}}
    equal(session.client.runtime_call("LocationToAccountApi", "convert_location", [place]), {"Ok": alice.ss58_address})


@check("6 the aliases that this client calls without asking")
def aliases(session):
    listed = session.node.call("rpc_methods")["methods"]
    for name in ("chain_getHead", "state_getStorageAt", "account_nextIndex"):
        assert name in listed, name
    # The client counts up by itself what it was once told, so the alias is asked past it.
    key = of_scheme("sr25519", "Alice")
    answer = session.client.rpc_request("account_nextIndex", [key.ss58_address])
    equal(answer["result"], session.client.get_account_nonce(key.ss58_address))


if not SYNCHRONOUS:
    @check("6 fifty requests at once on one socket")
    def gathered(session):
        inner = session.client._inner
        accounts = [of_scheme(scheme, name).ss58_address for scheme in ("ecdsa", "sr25519") for name in ("Alice", "Bob", "Charlie", "Dave")]

        async def ask():
            return await asyncio.gather(*(inner.query("System", "Account", [account]) for account in accounts * 6))
        found = asyncio.get_event_loop().run_until_complete(ask())
        equal([value(row)["data"]["free"] for row in found], [session.free(account) for account in accounts] * 6)


if __name__ == "__main__":
    main("async-substrate-interface" + (" (synchronous)" if SYNCHRONOUS else ""), Client)
