"""What the guest hands over becomes a graph; what does not fit becomes a sentence."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from migwizard.graph.model import Model, ModelGraph, Relation

from .files import bookshop_registry, targets


def relation(kind: str, field: str, to: str, **more: Any) -> dict[str, Any]:
    plain = {"null": False, "primary_key": False, "swappable": None, "through": None}
    return {"kind": kind, "field": field, "to": to, **plain, **more}


def model(app: str, name: str, *relations: dict[str, Any]) -> dict[str, Any]:
    table = f"{app}_{name.lower()}"
    plain = {"app": app, "table": table, "managed": True, "proxy": False, "swapped": None}
    return {**plain, "model": name, "relations": list(relations)}


def app(label: str, name: str) -> dict[str, Any]:
    return {
        "label": label,
        "name": name,
        "path": f"/{label}",
        "migrations_module": f"{name}.migrations",
        "migrations": 3,
    }


def test_facts_are_read_whole_and_in_a_fixed_order() -> None:
    owner = relation("foreign_key", "owner", "auth.User", null=True, swappable="AUTH_USER_MODEL")
    facts = {
        "apps": [app("shop", "apps.shop"), app("auth", "django.contrib.auth")],
        "models": [model("shop", "Order", owner), model("auth", "User")],
    }
    graph = ModelGraph.from_facts(facts, {"shop"})
    assert [(app.label, app.name, app.migrations, app.project) for app in graph.apps] == [
        ("auth", "django.contrib.auth", 3, False),
        ("shop", "apps.shop", 3, True),
    ]
    assert [model.key for model in graph.models] == ["auth.User", "shop.Order"]
    assert graph.models[1].relations == (
        Relation("foreign_key", "owner", "auth.User", null=True, swappable="AUTH_USER_MODEL"),
    )
    assert (graph.source, graph.problems) == ("registry", ())


def test_explicit_through_makes_no_edge_and_the_through_model_does() -> None:
    facts = {
        "apps": [],
        "models": [
            model(
                "a", "Book", relation("many_to_many", "authors", "a.Author", through="a.Authorship"),
                relation("many_to_many", "labels", "a.Label"),
            ),
            model("a", "Author"),
            model("a", "Label"),
            model("a", "Authorship", relation("foreign_key", "book", "a.Book")),
        ],
    }  # fmt: skip
    edges = {(source, target) for source, target, _ in ModelGraph.from_facts(facts, ()).edges()}
    assert edges == {("a.Book", "a.Label"), ("a.Authorship", "a.Book")}


def test_self_relation_is_an_edge() -> None:
    graph = ModelGraph.from_facts(
        {"apps": [], "models": [model("a", "Tree", relation("foreign_key", "up", "a.Tree"))]}, ()
    )
    assert [(source, target, relation.field) for source, target, relation in graph.edges()] == [
        ("a.Tree", "a.Tree", "up")
    ]


def test_relation_to_an_unknown_model_is_a_problem_and_no_edge() -> None:
    strange = relation("foreign_key", "customer", "crm.Customer")
    parent = relation("proxy", "", "crm.Person")
    graph = ModelGraph.from_facts({"apps": [], "models": [model("shop", "Order", strange, parent)]}, ())
    assert list(graph.edges()) == []
    assert graph.problems == (
        "shop.Order.customer points at crm.Customer, which is not among the models.",
        "shop.Order points at crm.Person, which is not among the models.",
    )


def test_unknown_kind_of_relation_is_refused() -> None:
    facts = {"apps": [], "models": [model("a", "A", relation("generic", "thing", "a.A"))]}
    with pytest.raises(ValueError, match="generic"):
        ModelGraph.from_facts(facts, ())


def test_missing_fact_is_refused() -> None:
    with pytest.raises(KeyError, match="label"):
        ModelGraph.from_facts({"apps": [{"name": "shop"}], "models": []}, ())


def test_key_of_a_model_without_an_app_is_its_raw_name() -> None:
    assert Model("", "shop_models_Order").key == "shop_models_Order"


def test_real_registry() -> None:
    graph = bookshop_registry()
    swapped = {model.key: model.swapped for model in graph.models if model.swapped}
    assert swapped == {"auth.User": "books.Account"}
    assert ("parent", "book_ptr", "books.Book") in targets(graph, "books.SignedBook")
    assert targets(graph, "books.OldBook") == {("proxy", "", "books.Book")}
    assert {app.label for app in graph.apps if app.project} == {"shop", "books", "side_app"}
    assert graph.problems == ()


def test_graph_room_imports_neither_networkx_nor_pydot() -> None:
    modules = "model, levels, dot_in, dot_out"
    heavy = "[name for name in ('networkx', 'pydot', 'django', 'textual') if name in sys.modules]"
    code = f"import sys; from migwizard.graph import {modules}; print({heavy})"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
