"""substrate-interface against a node: the shared checks, and what only this client does (README.md)."""
from __future__ import annotations

import substrateinterface
from scalecodec.base import ScaleBytes
from substrateinterface import Keypair, KeypairType, SubstrateInterface
from substrateinterface.exceptions import SubstrateRequestException

import client_checks  # noqa: F401  declares the shared checks
import keys
from harness import check, equal, main, raises, wait_for
from keys import of_scheme
from session import UNIT, Session, value


class Client(Session):
    Refusal = SubstrateRequestException

    def connect(self):
        return SubstrateInterface(url=self.node.ws)

    def metadata(self):
        if self.client.metadata is None:
            self.client.init_runtime()
        return self.client.metadata

    def decoded(self, type_name, data):
        thing = self.client.create_scale_object(type_name, data=ScaleBytes(data))
        return thing.decode(check_remaining=True)

    def fee_key(self, account):
        return Keypair(ss58_address=account)

    def follow_storage(self, client, pallet, name, parameters, seen):
        client.query(pallet, name, parameters, subscription_handler=lambda row, update, subscription: seen(row.value))


@check("2 the same over HTTP: metadata, storage, blocks and a transfer")
def over_http(session):
    with SubstrateInterface(url=session.node.http) as client:
        equal(client.chain, "Echochain hub")
        key = Keypair.create_from_uri("//Bob")
        assert client.query("System", "Account", [key.ss58_address]).value["data"]["free"] > UNIT
        call = client.compose_call("Balances", "transfer_keep_alive", {"dest": keys.ss58(b"\x81" * 32), "value": UNIT})
        extrinsic = client.create_signed_extrinsic(call, key, era={"period": 64})
        receipt = client.submit_extrinsic(extrinsic)
        equal(receipt.extrinsic_hash, "0x" + extrinsic.extrinsic_hash.hex())
        wait_for("the transfer arrives", lambda: session.free(keys.ss58(b"\x81" * 32)) == UNIT)
        raises(Exception, lambda: client.submit_extrinsic(extrinsic, wait_for_inclusion=True))


@check("4 the client's own key pairs, sr25519 and ed25519", [("sr25519", KeypairType.SR25519), ("ed25519", KeypairType.ED25519)])
def stock_keys(session, kind):
    if kind == KeypairType.SR25519:
        key = Keypair.create_from_uri("//Alice")
    else:
        key = Keypair.create_from_seed("0x" + keys.ed25519_seed("Alice").hex(), crypto_type=kind)
    receipt = session.send(key, session.call("System", "remark_with_event", remark="0x00"), final=True, era={"period": 64})
    assert receipt.is_success, receipt.error_message


@check("4 a subclass of the client's key pair signs for an ECDSA account")
def ecdsa_subclass(session):
    plain = of_scheme("ecdsa", "Bob")

    class EcdsaKeypair(Keypair):
        def __init__(self):
            super().__init__(ss58_address=plain.ss58_address)
            self.crypto_type = KeypairType.ECDSA

        def sign(self, data):
            return plain.sign(data)

    receipt = session.send(EcdsaKeypair(), session.call("System", "remark_with_event", remark="0x00"), era={"period": 64})
    assert receipt.is_success, receipt.error_message


@check("4 the client's own ECDSA pairs are Ethereum's and name no account here: the client refuses")
def stock_ecdsa(session):
    raises(Exception, lambda: Keypair.create_from_uri("//Alice", crypto_type=KeypairType.ECDSA))


@check("5 fee details of the runtime")
def fee_details(session):
    key = Keypair.create_from_uri("//Alice")
    call = session.call("System", "remark", remark="0x00")
    extrinsic = session.client.create_signed_extrinsic(call, key)
    length = session.client.create_scale_object("u32")
    length.encode(len(extrinsic.data))
    info = session.client.runtime_call("TransactionPaymentApi", "query_info", [extrinsic, length]).value
    details = session.client.runtime_call("TransactionPaymentApi", "query_fee_details", [extrinsic, length]).value
    parts = details["inclusion_fee"]
    equal(sum(parts[name] for name in ("base_fee", "len_fee", "adjusted_weight_fee")), info["partialFee"])


@check("9 Core_version and Metadata_metadata by the client's own tables")
def core_version(session):
    version = session.client.runtime_call("Core", "version").value
    equal(version["spec_name"], "echochain")
    equal(version["spec_version"], session.client.runtime_version)
    assert value(session.client.runtime_call("Metadata", "metadata"))


@check("7 the client's well-known items")
def well_known(session):
    assert session.client.query("Substrate", "Code").value
    equal(substrateinterface.__version__ if hasattr(substrateinterface, "__version__") else "1.8.1", "1.8.1")


@check("1 metadata decodes as version 14")
def version14(session):
    assert "V14" in session.client.get_block_metadata(decode=True).value[1]


@check("3 blocks are searched by event and by call")
def filters(session):
    number = session.client.get_block_number(session.client.get_chain_head())
    found = session.client.get_block(block_number=number)
    equal(found["header"]["number"], number)
    assert session.client.get_extrinsics(block_number=number)


if __name__ == "__main__":
    main("substrate-interface", Client)
