"""What both families of Python clients must find in metadata, and that they can decode all of it (README.md, item 7)."""
from __future__ import annotations

from harness import check, equal
from session import as_bytes, value

EXTENSIONS = ["CheckNonZeroSender", "CheckSpecVersion", "CheckTxVersion", "CheckGenesis", "CheckMortality", "CheckNonce", "CheckWeight",
              "ChargeTransactionPayment", "CheckMetadataHash"]


@check("2 the client connects and knows the chain")
def knows(session):
    client = session.client
    equal((client.token_symbol, client.token_decimals, client.ss58_format), ("ECHO", 12, 42))
    equal(client.chain, "Echochain hub")
    assert client.version and client.name


@check("2 extrinsics are of version 4 in metadata")
def extrinsic_version(session):
    equal(value(session.metadata()[1][1]["extrinsic"]["version"]), 4)


@check("3 the signed extensions are those that clients hard-code, in their order")
def extensions(session):
    found = value(session.metadata()[1][1]["extrinsic"]["signed_extensions"])
    equal([row["identifier"] for row in found], EXTENSIONS)


@check("7 type ids are their indices")
def type_ids(session):
    types = session.portable_types()
    equal([row["id"] for row in types], list(range(len(types))))


PATHS = """
sp_core::crypto::AccountId32 sp_runtime::multiaddress::MultiAddress sp_runtime::MultiSignature sp_runtime::generic::era::Era
sp_runtime::generic::unchecked_extrinsic::UncheckedExtrinsic sp_runtime::generic::digest::Digest sp_runtime::generic::digest::DigestItem
sp_runtime::DispatchError sp_runtime::ModuleError frame_system::EventRecord frame_system::Phase frame_system::AccountInfo
pallet_balances::types::AccountData frame_support::dispatch::DispatchClass frame_support::dispatch::Pays sp_weights::weight_v2::Weight
primitive_types::H256 echo_runtime::RuntimeCall echo_runtime::RuntimeEvent echo_runtime::Runtime
""".split()


@check("7 the types that clients look up by path are there, once", [(path, path) for path in PATHS])
def paths(session, path):
    found = [row for row in session.portable_types() if "::".join(row["type"]["path"]) == path]
    equal(len(found), 1)


@check("7 outer enums have two segments, those of pallets three")
def segments(session):
    for row in session.portable_types():
        path = row["type"]["path"]
        if path and path[-1] in ("Call", "Event", "Error") and path[0].startswith("pallet_"):
            equal((len(path), path[1]), (3, "pallet"), "::".join(path))
        if path and path[-1] in ("RuntimeCall", "RuntimeEvent", "RuntimeError"):
            equal(len(path), 2, "::".join(path))


def variants(row: dict) -> list[dict]:
    return row["type"]["def"]["variant"]["variants"]


@check("7 a pallet has one index in calls, events and metadata")
def pallet_indices(session):
    pallets = {value(row)["name"]: value(row)["index"] for row in session.metadata().pallets}
    assert len(pallets) >= 14
    for row in session.portable_types():
        if row["type"]["path"] and row["type"]["path"][-1] in ("RuntimeCall", "RuntimeEvent", "RuntimeError"):
            for variant in variants(row):
                equal(variant["index"], pallets[variant["name"]], f"{row['type']['path']} {variant['name']}")


@check("7 errors are numbered from 0 without gaps")
def dense_errors(session):
    found = 0
    for row in session.portable_types():
        path = row["type"]["path"]
        if len(path) == 3 and path[1:] == ["pallet", "Error"]:
            equal([variant["index"] for variant in variants(row)], list(range(len(variants(row)))), "::".join(path))
            found += 1
    assert found >= 5, f"{found} pallets with errors"


@check("7 arguments of calls have names and type names")
def named_arguments(session):
    for row in session.portable_types():
        path = row["type"]["path"]
        if len(path) == 3 and path[1:] == ["pallet", "Call"]:
            for variant in variants(row):
                for field in variant["fields"]:
                    assert field["name"] and field["typeName"], f"{path[0]} {variant['name']}"


@check("7 every constant decodes to its last byte")
def constants(session):
    rows = session.client.get_metadata_constants()
    assert len(rows) >= 10, f"{len(rows)} constants"
    for row in rows:
        constant = session.client.get_metadata_constant(row["module_name"], row["constant_name"])
        session.decoded(constant.type, as_bytes(constant.constant_value))


@check("7 the constants that clients read")
def known_constants(session):
    def constant(pallet, name):
        return value(session.client.get_constant(pallet, name))
    equal(constant("System", "SS58Prefix"), 42)
    equal(constant("System", "BlockHashCount"), 2400)
    equal(constant("Balances", "ExistentialDeposit"), 10 ** 10)
    equal(constant("System", "Version")["spec_name"], "echochain")
    assert constant("System", "BlockWeights")["max_block"]["ref_time"] > 0
    assert constant("System", "BlockLength")["max"]["normal"] > 0
    assert constant("System", "DbWeight") is not None
    assert constant("Timestamp", "MinimumPeriod") > 0
    assert constant("TransactionPayment", "OperationalFeeMultiplier") > 0
    for name in ("MaxLocks", "MaxReserves", "MaxFreezes"):
        assert constant("Balances", name) >= 0, name


def storage_items(session):
    for pallet in session.metadata().pallets:
        for entry in pallet.storage or []:
            yield pallet, entry


@check("7 every default of storage decodes to its last byte")
def defaults(session):
    count = 0
    for pallet, entry in storage_items(session):
        row = value(entry)
        data = as_bytes(entry.value_object["default"].value_object)
        kind = entry.get_value_type_string()
        if row["modifier"] == "Default":
            session.decoded(kind, data)
        else:
            equal(data, b"\0", f"{value(pallet)['name']}.{row['name']}")
            session.decoded(f"Option<{kind}>", data)
        count += 1
    assert count >= 40, f"{count} items"


@check("7 every item of storage can be read: plain ones, and a page of every map")
def everything(session):
    plain = maps = rows = 0
    for pallet, entry in storage_items(session):
        name, item = value(pallet)["name"], value(entry)["name"]
        parameters = entry.get_params_type_string()
        if not parameters:
            session.query(name, item)
            plain += 1
        elif all(hasher in ("Blake2_128Concat", "Twox64Concat", "Identity") for hasher in entry.get_param_hashers()):
            rows += len(session.rows(name, item, page_size=20, max_results=20))
            maps += 1
    assert plain >= 10 and maps >= 10 and rows >= 20, (plain, maps, rows)


@check("7 storage prefixes are the pallets' names")
def prefixes(session):
    for pallet in session.metadata().pallets:
        if pallet.storage:
            equal(value(pallet)["storage"]["prefix"], value(pallet)["name"])
