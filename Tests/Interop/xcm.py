"""Assets between chains, composed, signed and watched by a client alone (README.md, item 3).

Two chains and a relayer are started with the command line; from then on only the client is used: whichever of the two the
environment has.
"""
from __future__ import annotations

try:
    from substrateinterface import SubstrateInterface
    CLIENT = "substrate-interface"
except ImportError:
    from async_substrate_interface import SubstrateInterface
    CLIENT = "async-substrate-interface"

import keys
from harness import Network, check, equal, main, wait_for
from keys import of_scheme
from session import UNIT, value
from storage_keys import hexed

HUB = {"parents": 1, "interior": {"X1": [{"Parachain": 1000}]}}


class Linked(Network):
    """Hub and market, and a client of each."""

    def __init__(self):
        super().__init__("hub", "market")
        try:
            self.hub, self.market = (SubstrateInterface(self.urls[name]) for name in ("hub", "market"))
            for client in (self.hub, self.market):
                client.init_runtime()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *ending):
        self.hub.close()
        self.market.close()
        super().__exit__(*ending)

    def vouchers(self, account: str) -> int:
        """ECHO that the account has on market."""
        row = self.market.query("ForeignAssets", "Account", [HUB, account]).value
        return row["balance"] if row else 0

    def free(self, client, account: str) -> int:
        return client.query("System", "Account", [account]).value["data"]["free"]

    def send(self, client, key, name: str, arguments: dict):
        call = client.compose_call("XcmPallet", name, arguments)
        extrinsic = client.create_signed_extrinsic(call, key, era={"period": 64})
        receipt = client.submit_extrinsic(extrinsic, wait_for_inclusion=True)
        assert receipt.is_success, receipt.error_message
        return receipt


# Metadata describes locations of version 3 by the type of version 4, so `X1` takes a list in all versions; the bytes are the same.

def beneficiary(version: str, account: bytes) -> dict:
    return {version: {"parents": 0, "interior": {"X1": [{"AccountId32": {"network": None, "id": hexed(account)}}]}}}


def destination(version: str, chain: int) -> dict:
    return {version: {"parents": 1, "interior": {"X1": [{"Parachain": chain}]}}}


def assets(version: str, parents: int, interior, amount: int) -> dict:
    place = {"parents": parents, "interior": interior}
    # The client encodes a type that only wraps a list as a list of one.
    return {version: [[{"id": {"Concrete": place} if version == "V3" else place, "fun": {"Fungible": amount}}]]}


def topics(receipt, pallet: str, name: str) -> list[str]:
    rows = [value(event) for event in receipt.triggered_events]
    return [topic for row in rows if (row["event"]["module_id"], row["event"]["event_id"]) == (pallet, name) for topic in row["topics"]]


@check("3 a transfer arrives at the other chain, and its topic is in the events of both", [
    (f"{scheme}, {name}, {version}", (scheme, name, version)) for scheme, name, version in [
        ("ecdsa", "transfer_assets", "V5"), ("sr25519", "limited_reserve_transfer_assets", "V4"), ("ed25519", "transfer_assets", "V3")]])
def there(network, case):
    scheme, name, version = case
    target_bytes = version.encode() * 16
    key, target = of_scheme(scheme, "Alice"), keys.ss58(target_bytes)
    had = network.free(network.hub, key.ss58_address)
    first = network.market.get_block_number(network.market.get_chain_head())
    receipt = network.send(network.hub, key, name, {
        "dest": destination(version, 2000), "beneficiary": beneficiary(version, target_bytes),
        "assets": assets(version, 0, "Here", 25 * UNIT), "fee_asset_item": 0, "weight_limit": "Unlimited"})
    arrived = wait_for("the assets arrive", lambda: network.vouchers(target))
    assert 24 * UNIT < arrived <= 25 * UNIT, arrived
    assert had - network.free(network.hub, key.ss58_address) >= 25 * UNIT
    sent = topics(receipt, "XcmPallet", "Sent")
    assert sent, [value(event)["event"] for event in receipt.triggered_events]
    last = network.market.get_block_number(network.market.get_chain_head())
    seen = [topic for number in range(first, last + 1) for event in network.market.get_events(network.market.get_block_hash(number))
            for topic in value(event)["topics"]]
    assert set(sent) & set(seen), f"{sent} is in no event of market"


@check("3 and goes home again")
def home(network):
    bob = of_scheme("ecdsa", "Bob")
    arguments = {"fee_asset_item": 0, "weight_limit": "Unlimited", "beneficiary": beneficiary("V5", bob.public_key)}
    network.send(network.hub, of_scheme("ecdsa", "Alice"), "transfer_assets", {
        **arguments, "dest": destination("V5", 2000), "assets": assets("V5", 0, "Here", 10 * UNIT)})
    arrived = wait_for("the assets arrive on market", lambda: network.vouchers(bob.ss58_address))
    had = network.free(network.hub, bob.ss58_address)
    back = arrived // 2
    network.send(network.market, bob, "transfer_assets", {
        **arguments, "dest": destination("V5", 1000), "assets": assets("V5", 1, {"X1": [{"Parachain": 1000}]}, back)})
    wait_for("the assets arrive on hub", lambda: network.free(network.hub, bob.ss58_address) > had)
    gained = network.free(network.hub, bob.ss58_address) - had
    assert back - UNIT // 100 < gained <= back, gained
    equal(network.vouchers(bob.ss58_address), arrived - back)


@check("3 a chain that is not linked is refused by name")
def unreachable(network):
    alice = of_scheme("ecdsa", "Alice")
    call = network.hub.compose_call("XcmPallet", "transfer_assets", {
        "dest": destination("V5", 9999), "beneficiary": beneficiary("V5", alice.public_key),
        "assets": assets("V5", 0, "Here", UNIT), "fee_asset_item": 0, "weight_limit": "Unlimited"})
    receipt = network.hub.submit_extrinsic(network.hub.create_signed_extrinsic(call, alice), wait_for_inclusion=True)
    equal(receipt.is_success, False)
    equal(receipt.error_message["type"], "Module")
    assert receipt.error_message["name"], receipt.error_message


if __name__ == "__main__":
    main(f"xcm, {CLIENT}", Linked)
