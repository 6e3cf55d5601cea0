"""Subscriptions of the older interface, by many clients at once (README.md, items 2 and 3)."""
from __future__ import annotations

import json
import threading

import keys
from harness import check, equal, main, sealed_node
from sockets import Socket
from storage_keys import account_key, hexed, item

CHAIN = "Echochain dev"
NUMBER = hexed(item("System", "Number"))
ALICE = keys.ecdsa("Alice").public_key


@check("2 a subscription's id is text and comes before its first notification")
def subscription_order(node):
    with Socket(node.ws) as socket:
        for _ in range(20):
            subscription = socket.call("chain_subscribeNewHeads")
            assert isinstance(subscription, str) and subscription
            socket.result(subscription)
            order = [row for row in socket.order if row == ("notification", subscription)]
            assert order, "no notification"
            socket.order.clear()
        assert not any(socket.notifications.values())


@check("3 heads: the current one at once, then each, under the method's own name", [
    ("new", ("chain_subscribeNewHeads", "chain_newHead", "chain_unsubscribeNewHeads")),
    ("all", ("chain_subscribeAllHeads", "chain_allHead", "chain_unsubscribeAllHeads")),
    ("finalized", ("chain_subscribeFinalizedHeads", "chain_finalizedHead", "chain_unsubscribeFinalizedHeads")),
    ("new, as an alias", ("chain_subscribeNewHead", "chain_newHead", "chain_unsubscribeNewHead")),
    ("finalized, as an alias", ("chain_subscribeFinalisedHeads", "chain_finalizedHead", "chain_unsubscribeFinalisedHeads")),
])
def heads(node, names):
    subscribe, method, unsubscribe = names
    with Socket(node.ws) as socket:
        before = int(node.call("chain_getHeader")["number"], 16)
        subscription = socket.call(subscribe)
        note = socket.next(subscription)
        equal(note["method"], method)
        equal(int(note["params"]["result"]["number"], 16), before)
        node.seal(3)
        equal([int(socket.result(subscription)["number"], 16) for _ in range(3)], [before + 1, before + 2, before + 3])
        equal(socket.call(unsubscribe, subscription), True)
        node.seal()
        equal(socket.call("system_chain"), CHAIN)
        equal(list(socket.notifications[subscription]), [])
        equal(socket.call(unsubscribe, subscription), False)


@check("3 storage: all keys first, null for none, then only what changed")
def storage_subscription(node):
    nothing = hexed(item("System", "Nothing"))
    steady = hexed(account_key(ALICE))
    with Socket(node.ws) as socket:
        subscription = socket.call("state_subscribeStorage", [NUMBER, nothing, steady])
        note = socket.next(subscription)
        equal(note["method"], "state_storage")
        first = note["params"]["result"]
        equal(dict(map(tuple, first["changes"]))[nothing], None)
        equal({key for key, _ in first["changes"]}, {NUMBER, nothing, steady})
        sealed = node.seal()
        then = socket.result(subscription)
        equal((then["block"], [key for key, _ in then["changes"]]), (sealed["hash"], [NUMBER]))
        equal(socket.call("state_unsubscribeStorage", subscription), True)


@check("3 the runtime's version at once")
def version_subscription(node):
    with Socket(node.ws) as socket:
        note = socket.next(socket.call("state_subscribeRuntimeVersion"))
        equal(note["method"], "state_runtimeVersion")
        equal(note["params"]["result"], node.call("state_getRuntimeVersion"))


@check("2 many subscriptions on one socket do not hold up requests")
def many_subscriptions(node):
    with Socket(node.ws) as socket:
        subscriptions = [socket.call("chain_subscribeNewHeads") for _ in range(16)]
        equal(len(set(subscriptions)), 16)
        sealed = node.seal(5)
        for _ in range(50):
            equal(socket.call("system_chain"), CHAIN)
        for subscription in subscriptions:
            numbers = [int(socket.result(subscription)["number"], 16) for _ in range(6)]
            equal(numbers, list(range(sealed["number"] - 5, sealed["number"] + 1)))


@check("2 eight clients at once see the same chain")
def clients(node):
    seen, errors = {}, []

    def follow(index):
        try:
            with Socket(node.ws) as socket:
                subscription = socket.call("chain_subscribeNewHeads")
                first = int(socket.result(subscription)["number"], 16)
                ready.release()
                seen[index] = (first, [socket.result(subscription)["stateRoot"] for _ in range(5)])
        except Exception as error:
            errors.append(error)
            ready.release()

    ready = threading.Semaphore(0)
    threads = [threading.Thread(target=follow, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert ready.acquire(timeout=30)
    node.seal(5)
    for thread in threads:
        thread.join(30)
    equal(errors, [])
    equal(len(seen), 8)
    equal(len({json.dumps(value) for value in seen.values()}), 1)


@check("2 a client that closes in the midst of its subscriptions troubles nobody")
def abrupt(node):
    for _ in range(20):
        socket = Socket(node.ws)
        socket.call("chain_subscribeNewHeads")
        socket.connection.socket.close()
    node.seal(2)
    equal(node.call("system_chain"), CHAIN)


if __name__ == "__main__":
    main("subscriptions", sealed_node)
