from __future__ import annotations

from migwizard.plan.operations import External, Operation


def test_facts_of_the_guest_become_an_operation() -> None:
    facts = {
        "id": "shop:3",
        "app": "shop",
        "kind": "AddField",
        "model": "Order",
        "name": "buyer",
        "describe": "Add field buyer to order",
        "needs": ["shop:1", "users:0"],
        "external": [["auth", "group"]],
        "swappable": [["AUTH_USER_MODEL", "users"]],
        "weight": 2,
        "parts": ["order field buyer"],
    }
    operation = Operation.from_facts(facts)
    assert operation.needs == {"shop:1", "users:0"}
    assert operation.swappable == {("AUTH_USER_MODEL", "users")}
    assert operation.label == "shop.Order.buyer"
    assert Operation.from_facts({**facts, "kind": "CreateModel", "name": ""}).label == "shop.Order"


def test_facts_of_a_third_party() -> None:
    migration = {
        "name": "0003_x",
        "makes": ["logentry"],
        "first": ["users"],
        "named": [["users", "0002_y"]],
        "models": ["users.user"],
        "run_before": [],
        "used": [["users", "0002_y"]],
    }
    facts = {
        "migrations": [migration],
        "waits_named": [["users", "0002_y", "admin.0001_initial"]],
        "held": [["users", "0002_y", ["users.user"]]],
    }
    external = External.from_facts("admin", facts)
    assert (external.leaf, external.making("logentry")) == ("0003_x", 0)
    assert external.migrations[0].named == {("users", "0002_y")}
    assert external.first_user == external.migrations[0]
    assert external.without_code().first_user is None
    assert external.held == {("users", "0002_y"): {"users.user"}}
    assert external.waits_named == (("users", "0002_y", "admin.0001_initial"),)
