"""What both families of Python clients must be able to do with a node, unmodified (README.md).

A program gives the checks a ``Session``: a node, a client of its family, and how that family answers.
"""
from __future__ import annotations

import pathlib
import subprocess
import sys

import metadata_checks  # noqa: F401  the checks of metadata come first
import keys
from harness import check, equal, raises, wait_for
from keys import of_scheme
from session import UNIT, value
from storage_keys import hexed

SCHEMES = [(scheme, scheme) for scheme in ("ecdsa", "sr25519", "ed25519")]


# Storage.

@check("3 a plain value, a map, a double map")
def plain(session):
    assert session.query("System", "Number") >= 0
    alice = of_scheme("sr25519", "Alice").ss58_address
    row = session.query("System", "Account", [alice])
    equal(set(row), {"nonce", "consumers", "providers", "sufficients", "data"})
    assert row["data"]["free"] > 0
    owner = of_scheme("ecdsa", "Alice").ss58_address
    equal(session.query("Assets", "Account", [7, owner])["balance"], 10 ** 12)


@check("3 what is not stored is the default, or nothing")
def absent(session):
    nobody = keys.ss58(bytes(31) + b"\x09")
    equal(session.free(nobody), 0)
    equal(session.query("Assets", "Asset", [999]), None)


@check("3 a map page by page, and part of a double map")
def pages(session):
    small = session.rows("System", "Account", page_size=3)
    equal(small, session.rows("System", "Account", page_size=100))
    assert len(small) >= 20, f"{len(small)} accounts"
    names = {key for key, _ in small}
    assert of_scheme("ecdsa", "Bob").ss58_address in names and of_scheme("sr25519", "Bob").ss58_address in names
    holders = dict(session.rows("Assets", "Account", [7]))
    equal(holders[of_scheme("ecdsa", "Alice").ss58_address]["balance"], 10 ** 12)


@check("3 many keys in one query")
def many(session):
    accounts = [of_scheme("sr25519", name).ss58_address for name in ("Alice", "Bob", "Charlie")] + [keys.ss58(bytes(31) + b"\x09")]
    wanted = [session.client.create_storage_key("System", "Account", [account]) for account in accounts]
    found = session.client.query_multi(wanted)
    equal([value(row)["data"]["free"] for _, row in found], [session.free(account) for account in accounts])


@check("3 the state of an older block")
def older(session):
    alice, bob = of_scheme("ed25519", "Alice"), of_scheme("ed25519", "Bob").ss58_address
    before = session.client.get_chain_head()
    had = session.free(bob)
    receipt = session.send(alice, session.call("Balances", "transfer_keep_alive", dest=bob, value=7 * UNIT))
    assert receipt.is_success
    equal(session.free(bob, before), had)
    equal(session.free(bob, receipt.block_hash), had + 7 * UNIT)
    head = session.client.get_block_number(before)
    equal(session.client.get_block_hash(head), before)
    genesis = session.client.get_block_hash(0)
    assert session.free(bob, genesis) > 0


@check("9 an unknown block is refused in the client's own terms")
def unknown_block(session):
    unknown = "0x" + "ab" * 32
    try:
        equal(session.client.get_block(block_hash=unknown), None)
    except session.Refusal as error:
        assert "not found" in str(error), error
    raises(Exception, lambda: session.query("System", "Number", [], unknown))


# Subscriptions.

@check("3 heads, new and finalized", [("new", False), ("finalized", True)])
def heads(session, finalized):
    numbers = []

    def seen(number):
        numbers.append(number)
        return True if len(numbers) == 4 else None

    session.follow_heads(session.client, seen, finalized)
    equal(numbers, list(range(numbers[0], numbers[0] + 4)))


@check("3 a storage item is followed while another client changes it")
def storage_subscription(session):
    # An account that exists: one of the clients trips over the default of an item that is not stored.
    key, target = of_scheme("sr25519", "Charlie"), of_scheme("ecdsa", "Ferdie").ss58_address
    had = session.free(target)
    other = session.connect_in_thread()
    try:
        seen = []

        def changed(row):
            seen.append(row["data"]["free"])
            if len(seen) == 1:
                call = other.compose_call("Balances", "transfer_allow_death", {"dest": target, "value": 5 * UNIT})
                other.submit_extrinsic(other.create_signed_extrinsic(call, key))
            return row if len(seen) == 2 else None

        session.follow_storage(session.client, "System", "Account", [target], changed)
        equal(seen, [had, had + 5 * UNIT])
    finally:
        session.disconnect(other)


# Blocks, events, receipts.

@check("8 a block decodes: header, digest, extrinsics")
def block(session):
    receipt = session.send(of_scheme("sr25519", "Dave"), session.call("System", "remark", remark="0x0102"))
    found = session.client.get_block(block_hash=receipt.block_hash)
    equal(found["header"]["hash"], receipt.block_hash)
    assert isinstance(found["header"]["number"], int) and found["header"]["digest"]["logs"]
    calls = [value(extrinsic)["call"] for extrinsic in found["extrinsics"]]
    equal((calls[0]["call_module"], calls[0]["call_function"]), ("Timestamp", "set"))
    assert ("System", "remark") in [(call["call_module"], call["call_function"]) for call in calls]
    signed = [value(extrinsic) for extrinsic in found["extrinsics"] if value(extrinsic)["call"]["call_function"] == "remark"][0]
    equal(signed["address"], of_scheme("sr25519", "Dave").ss58_address)
    equal(session.query("Timestamp", "Now", [], receipt.block_hash), calls[0]["call_args"][0]["value"])
    header = session.client.get_block_header(block_hash=receipt.block_hash)
    equal(header["header"]["number"], found["header"]["number"])


@check("8 events belong to their extrinsics, and each ends in success or failure")
def events(session):
    receipt = session.send(of_scheme("sr25519", "Dave"), session.call("System", "remark_with_event", remark="0x0102"))
    rows = [value(event) for event in session.client.get_events(receipt.block_hash)]
    for index, _ in enumerate(session.client.get_block(block_hash=receipt.block_hash)["extrinsics"]):
        own = [row["event"]["event_id"] for row in rows if row["extrinsic_idx"] == index]
        equal(own[-1], "ExtrinsicSuccess", f"extrinsic {index} ends in {own}")
    names = [(pallet, name) for pallet, name, _ in session.events(receipt)]
    assert ("System", "Remarked") in names and ("TransactionPayment", "TransactionFeePaid") in names, names


@check("8 a receipt by its block and index")
def identifier(session):
    key = of_scheme("sr25519", "Dave")
    receipt = session.send(key, session.call("System", "remark", remark="0x03"))
    number = session.client.get_block_number(receipt.block_hash)
    again = session.client.retrieve_extrinsic_by_identifier(f"{number}-{receipt.extrinsic_idx}")
    assert again.is_success
    equal(again.block_hash, receipt.block_hash)


# Transactions.

@check("4 compose, sign, submit and watch to finality", [
    (f"{scheme}, {name}", (scheme, options)) for scheme, _ in SCHEMES for name, options in [
        ("immortal", {}), ("mortal", {"era": {"period": 64}}), ("tip", {"tip": 12345, "era": {"period": 8}})]])
def transfers(session, case):
    scheme, options = case
    key, target = of_scheme(scheme, "Alice"), keys.ss58(bytes([len(scheme)]) * 32)
    had, spent = session.free(target), session.free(key.ss58_address)
    options = {name: dict(option) if isinstance(option, dict) else option for name, option in options.items()}
    call = session.call("Balances", "transfer_keep_alive", dest=target, value=3 * UNIT)
    receipt = session.send(key, call, final=True, **options)
    assert receipt.is_success, receipt.error_message
    equal(receipt.error_message, None)
    equal(session.free(target) - had, 3 * UNIT)
    equal(spent - session.free(key.ss58_address), 3 * UNIT + receipt.total_fee_amount, "spent")
    assert receipt.weight["ref_time"] > 0
    moved = next(found for pallet, name, found in session.events(receipt) if (pallet, name) == ("Balances", "Transfer"))
    equal((moved["from"], moved["to"], moved["amount"]), (key.ss58_address, target, 3 * UNIT))


@check("3 a call longer than 256 bytes is signed as its hash", SCHEMES)
def long_call(session, scheme):
    receipt = session.send(of_scheme(scheme, "Alice"), session.call("System", "remark", remark="0x" + "5a" * 3000))
    assert receipt.is_success, receipt.error_message


@check("5 the fee that is told is the fee that is charged", SCHEMES)
def fee(session, scheme):
    key = of_scheme(scheme, "Bob")
    call = session.call("Balances", "transfer_keep_alive", dest=keys.ss58(b"\x44" * 32), value=UNIT)
    told = session.client.get_payment_info(call, session.fee_key(key.ss58_address))
    amount = told.get("partialFee", told.get("partial_fee"))
    receipt = session.send(key, call)
    assert receipt.is_success
    # The question carries a signature of 64 bytes; that of ECDSA is one longer, at a millionth of a unit a byte.
    equal(receipt.total_fee_amount - amount, 10 ** 6 if scheme == "ecdsa" else 0)


@check("5 nonces: the account's and the next")
def nonces(session):
    key = of_scheme("sr25519", "Eve")
    equal(session.client.get_account_nonce(key.ss58_address), 0)
    session.send(key, session.call("System", "remark", remark="0x00"))
    equal(session.client.get_account_nonce(key.ss58_address), 1)


@check("3 a call inside a call: sudo")
def nested(session):
    target = keys.ss58(b"\x51" * 32)
    inner = session.call("Balances", "force_set_balance", who=target, new_free=9 * UNIT)
    receipt = session.send(of_scheme("ecdsa", "Alice"), session.call("Sudo", "sudo", call=inner))
    assert receipt.is_success, receipt.error_message
    equal(session.free(target), 9 * UNIT)


def transfer_to(session, account: str, amount: int):
    return session.call("Balances", "transfer_keep_alive", dest=account, value=amount)


@check("3 calls in a batch: all of them, or none")
def batch_all(session):
    key, accounts = of_scheme("sr25519", "Charlie"), [keys.ss58(bytes([0x90 + index]) * 32) for index in range(3)]
    calls = [transfer_to(session, account, (index + 1) * UNIT) for index, account in enumerate(accounts)]
    receipt = session.send(key, session.call("Utility", "batch_all", calls=calls))
    assert receipt.is_success, receipt.error_message
    equal([session.free(account) for account in accounts], [UNIT, 2 * UNIT, 3 * UNIT])
    names = [name for pallet, name, _ in session.events(receipt) if pallet == "Utility"]
    equal(names, ["ItemCompleted"] * 3 + ["BatchCompleted"])
    failing = session.call("Utility", "batch_all", calls=calls + [transfer_to(session, accounts[0], 10 ** 24)])
    equal(session.failure(session.send(key, failing)), {"Token": "FundsUnavailable"})
    equal([session.free(account) for account in accounts], [UNIT, 2 * UNIT, 3 * UNIT])


@check("3 a batch that stops says where and why; a forced one goes on")
def batch(session):
    key, target = of_scheme("sr25519", "Charlie"), keys.ss58(b"\x95" * 32)
    calls = [transfer_to(session, target, UNIT), transfer_to(session, target, 10 ** 24), transfer_to(session, target, UNIT)]
    receipt = session.send(key, session.call("Utility", "batch", calls=calls))
    assert receipt.is_success, receipt.error_message
    stopped = next(found for pallet, name, found in session.events(receipt) if name == "BatchInterrupted")
    equal((stopped["index"], stopped["error"]), (1, {"Token": "FundsUnavailable"}))
    equal(session.free(target), UNIT)
    receipt = session.send(key, session.call("Utility", "force_batch", calls=calls))
    assert receipt.is_success, receipt.error_message
    equal(session.free(target), 3 * UNIT)


# Failures, by name.

def module_failure(session, receipt, pallet: str, name: str):
    error = session.failure(receipt)
    indices = {value(row)["name"]: value(row)["index"] for row in session.metadata().pallets}
    equal(error["Module"]["index"], indices[pallet])
    found = receipt.error_message
    equal((found["type"], found["name"]), ("Module", name))


@check("8 a pallet's own error has its name")
def module_error(session):
    bob = of_scheme("sr25519", "Bob")
    receipt = session.send(bob, session.call("Assets", "mint", id=999, beneficiary=bob.ss58_address, amount=1))
    module_failure(session, receipt, "Assets", "Unknown")
    inner = session.call("System", "remark", remark="0x00")
    module_failure(session, session.send(bob, session.call("Sudo", "sudo", call=inner)), "Sudo", "RequireSudo")


@check("8 BadOrigin")
def bad_origin(session):
    bob = of_scheme("sr25519", "Bob")
    receipt = session.send(bob, session.call("Balances", "force_set_balance", who=bob.ss58_address, new_free=1))
    equal(session.failure(receipt), "BadOrigin")
    equal(receipt.error_message["name"], "BadOrigin")


@check("8 CannotLookup")
def cannot_lookup(session):
    receipt = session.send(of_scheme("sr25519", "Bob"), session.call("Balances", "transfer_keep_alive", dest={"Raw": "0x0102"}, value=UNIT))
    equal(session.failure(receipt), "CannotLookup")
    equal(receipt.error_message["name"], "CannotLookup")


@check("8 Token", [
    ("FundsUnavailable", (UNIT * 10 ** 9, None, "FundsUnavailable")), ("BelowMinimum", (1, b"\x61" * 32, "BelowMinimum"))])
def token(session, case):
    amount, target, name = case
    bob = of_scheme("sr25519", "Bob")
    dest = keys.ss58(target) if target else of_scheme("sr25519", "Alice").ss58_address
    receipt = session.send(bob, session.call("Balances", "transfer_allow_death", dest=dest, value=amount))
    equal(session.failure(receipt), {"Token": name})


@check("8 Arithmetic")
def arithmetic(session):
    bob = of_scheme("sr25519", "Bob")
    created = session.send(bob, session.call("Assets", "create", id=2 ** 31, admin=bob.ss58_address, min_balance=1))
    assert created.is_success, created.error_message
    mint = session.call("Assets", "mint", id=2 ** 31, beneficiary=bob.ss58_address, amount=2 ** 128 - 1)
    assert session.send(bob, mint).is_success
    equal(session.failure(session.send(bob, mint)), {"Arithmetic": "Overflow"})


@check("8 a failed call keeps fee and nonce and nothing else")
def failed_keeps(session):
    key, target = of_scheme("sr25519", "Ferdie"), keys.ss58(b"\x62" * 32)
    had = session.free(key.ss58_address)
    receipt = session.send(key, session.call("Balances", "transfer_keep_alive", dest=target, value=10 ** 24))
    equal(receipt.is_success, False)
    equal(had - session.free(key.ss58_address), receipt.total_fee_amount)
    equal(session.query("System", "Account", [key.ss58_address])["nonce"], 1)
    equal(session.free(target), 0)


# Refusals.

def refused(session, key, **options):
    """Refused in the response, however it is submitted; the client raises the node's error."""
    for index, waiting in enumerate(({}, {"wait_for_inclusion": True}, {"wait_for_finalization": True})):
        # A new extrinsic each time: what was refused is banned for a while.
        call = session.call("System", "remark", remark=f"0x0{index}")
        extrinsic = session.client.create_signed_extrinsic(call, key, **options)
        raises(session.Refusal, lambda: session.client.submit_extrinsic(extrinsic, **waiting), "Invalid Transaction")
        raises(session.Refusal, lambda: session.client.submit_extrinsic(extrinsic, **waiting), "Transaction is temporarily banned")


@check("8 refused in the response: a used nonce")
def stale(session):
    key = of_scheme("ecdsa", "Charlie")
    session.send(key, session.call("System", "remark", remark="0x00"))
    refused(session, key, nonce=0)


@check("8 refused in the response: a bad signature")
def bad_signature(session):
    key = of_scheme("sr25519", "Charlie")
    refused(session, keys.Keypair(keys.SR25519, key.public_key, of_scheme("sr25519", "Dave").sign))


@check("8 refused in the response: nothing to pay with")
def no_funds(session):
    refused(session, of_scheme("sr25519", "Nobody"))


@check("8 a nonce ahead waits, and goes once the gap is filled")
def future(session):
    key = of_scheme("sr25519", "Dave")
    call = session.call("System", "remark", remark="0x00")
    nonce = session.client.get_account_nonce(key.ss58_address)
    later = session.client.create_signed_extrinsic(call, key, nonce=nonce + 1)
    session.client.submit_extrinsic(later)
    assert session.send(key, call, nonce=nonce).is_success
    wait_for("the later one is in a block", lambda: session.client.get_account_nonce(key.ss58_address) == nonce + 2)


@check("8 what waits can be listed")
def pending(session):
    key = of_scheme("sr25519", "Eve")
    nonce = session.client.get_account_nonce(key.ss58_address)
    call = session.call("System", "remark", remark="0xabcd")
    extrinsics = [session.client.create_signed_extrinsic(call, key, nonce=nonce + index) for index in range(2)]
    for extrinsic in extrinsics:
        session.client.submit_extrinsic(extrinsic)
    listed = [value(row) for row in session.client.retrieve_pending_extrinsics()]
    assert all(row["call"]["call_module"] == "System" for row in listed)


# Runtime functions.

@check("9 AccountNonceApi and TransactionPaymentApi")
def runtime_calls(session):
    key = of_scheme("sr25519", "Alice")
    nonce = value(session.client.runtime_call("AccountNonceApi", "account_nonce", [key.ss58_address]))
    equal(nonce, session.query("System", "Account", [key.ss58_address])["nonce"])


# XCM through the client's own encoder.

def location(parents: int, *junctions: dict) -> dict:
    return {"V5": {"parents": parents, "interior": {f"X{len(junctions)}": list(junctions)} if junctions else "Here"}}


def xcm_arguments(account: bytes, amount: int) -> dict:
    return {
        "dest": location(1, {"Parachain": 2000}), "beneficiary": location(0, {"AccountId32": {"network": None, "id": hexed(account)}}),
        # Both families encode a type that only wraps a list as a list of one.
        "assets": {"V5": [[{"id": {"parents": 0, "interior": "Here"}, "fun": {"Fungible": amount}}]]},
        "fee_asset_item": 0, "weight_limit": "Unlimited",
    }


@check("3 XCM is composed by the client; without a lane to the other chain it is refused by name", [
    (name, name) for name in ("transfer_assets", "limited_reserve_transfer_assets")])
def xcm(session, name):
    alice = of_scheme("ecdsa", "Alice")
    call = session.call("XcmPallet", name, **xcm_arguments(alice.public_key, 25 * UNIT))
    receipt = session.send(alice, call)
    equal(receipt.is_success, False)
    equal(receipt.error_message["type"], "Module")
    assert receipt.error_message["name"] and receipt.error_message["docs"], receipt.error_message


# Several at once.

@check("8 four clients at once, each with its own account, all transfers arrive")
def crowd(session):
    target = keys.ss58(b"\x77" * 32)
    had = session.free(target)
    # Processes, for one of the clients shares its types between all clients of a process.
    program = str(pathlib.Path(__file__).with_name("crowd.py"))
    clients = [
        subprocess.Popen(
            [sys.executable, program, session.node.ws, name, target], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True)
        for name in ("Bob", "Charlie", "Dave", "Ferdie")]
    try:
        for client in clients:
            _, said = client.communicate(timeout=50)
            equal(client.returncode, 0, said[-300:])
    finally:
        for client in clients:
            client.kill()
            client.wait()
    equal(session.free(target) - had, 12 * UNIT)
