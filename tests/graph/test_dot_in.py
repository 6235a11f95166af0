"""Real and written dot files of graph_models become the graph that the app registry would give."""

from __future__ import annotations

from dataclasses import replace

import pytest

from migwizard.graph.dot_in import read_graph_models
from migwizard.graph.levels import model_levels
from migwizard.graph.model import App, Model, ModelGraph

from .files import bookshop_dot, bookshop_registry, drawn, foreign_key, inherits, targets

KINDS = ["bookshop_graph_models.dot", "bookshop_grouped_unlabelled.dot"]


def edges(graph: ModelGraph) -> set[tuple[str, str]]:
    return {(source, target) for source, target, _ in graph.edges()}


def fields(graph: ModelGraph, key: str) -> set[tuple[str, str]]:
    return {(field, to) for _, field, to in targets(graph, key)}


def registry(**apps: str) -> ModelGraph:
    """A registry of apps by label, each given as `module.path: Model Other`."""
    split = {label: text.split(": ") for label, text in apps.items()}
    return ModelGraph(
        tuple(App(label, name, f"/{label}", None, 0, True) for label, (name, _) in split.items()),
        tuple(Model(label, name, f"{label}_x") for label, (_, names) in split.items() for name in names.split()),
        "registry",
    )


@pytest.mark.parametrize("name", KINDS)
def test_real_file_has_the_edges_of_the_registry(name: str) -> None:
    # auth.User is swapped and not drawn; its edges are the registry's alone.
    expected = {(source, target) for source, target in edges(bookshop_registry()) if source != "auth.User"}
    assert edges(bookshop_dot(name)) == expected


@pytest.mark.parametrize("name", KINDS)
def test_real_file_has_the_levels_of_the_registry(name: str) -> None:
    expected = dict(model_levels(bookshop_registry()).of)
    del expected["auth.User"]
    of = dict(model_levels(bookshop_dot(name)).of)
    of["books.Loose"] = of.pop("side_app_models_Loose")
    assert of == expected


def test_kinds_and_fields_of_the_real_file() -> None:
    graph = bookshop_dot()
    assert targets(graph, "books.SignedBook") == {
        ("one_to_one", "signed_by", "books.Owner"),
        ("parent", "", "books.Book"),
    }
    assert targets(graph, "books.OldBook") == {("proxy", "", "books.Book")}
    assert targets(graph, "books.Book") == {
        ("foreign_key", "created_by", "books.Account"),
        ("foreign_key", "origin", "books.Book"),
        ("foreign_key", "owner", "books.Owner"),
        ("many_to_many", "labels", "books.Label"),
        ("many_to_many", "similar", "books.Book"),
    }


def test_each_relation_once() -> None:
    for model in bookshop_dot().models:
        names = [relation.field for relation in model.relations]
        assert len(names) == len(set(names)), model.key


def test_nodes_that_only_one_source_knows_are_listed_and_kept() -> None:
    graph = bookshop_dot()
    # Its class stands in side_app and says app_label = "books": the node's name cannot tell.
    assert graph.problems == (
        "Only the dot file has side_app_models_Loose.",
        "Only the project has books.Loose.",
    )
    assert "side_app_models_Loose" in {model.key for model in graph.models}


def test_registry_gives_what_the_dot_file_does_not_say() -> None:
    graph = bookshop_dot()
    known = {model.key: model for model in bookshop_registry().models}
    for model in graph.models:
        if model.app:
            assert replace(model, relations=()) == replace(known[model.key], relations=())
    assert graph.apps == bookshop_registry().apps
    assert graph.source == "dot"


def test_without_a_registry_names_stay_raw_and_the_shape_is_the_same() -> None:
    raw = bookshop_dot(known=False)
    assert "shop_models_two_Order_Line" in {model.key for model in raw.models}
    assert all(model.app == "" for model in raw.models)
    assert [model.name for model in raw.models if model.proxy] == ["books_models_OldBook"]
    assert raw.problems == ()
    assert [len(level) for level in model_levels(raw).levels] == [
        len(level) for level in model_levels(bookshop_dot()).levels
    ]


def test_no_abstract_or_pseudo_node_is_left() -> None:
    names = {model.name for model in bookshop_dot(known=False).models}
    assert not names & {"node", "edge", "graph", "books_models_Tracked", "books_models_Helper", "books_models_Owned"}
    assert not [name for name in names if "Abstract" in name or "Mixin" in name]


def test_relations_of_a_grandparent_are_handed_down() -> None:
    body = (
        inherits("a_models_Leaf", "abstract", "a_models_Base")
        + inherits("a_models_Base", "abstract", "a_models_Root")
        + foreign_key("a_models_Root", "owner", "a_models_User")
        + foreign_key("a_models_Root", "up", "a_models_Root")
        + foreign_key("a_models_Base", "label", "a_models_Label")
    )
    graph = read_graph_models(drawn(body))
    assert [model.key for model in graph.models] == ["a_models_Label", "a_models_Leaf", "a_models_User"]
    assert fields(graph, "a_models_Leaf") == {
        ("owner", "a_models_User"),
        ("up", "a_models_Leaf"),
        ("label", "a_models_Label"),
    }


def test_nearer_field_hides_an_inherited_one() -> None:
    body = (
        inherits("a_models_Leaf", "abstract", "a_models_Base")
        + foreign_key("a_models_Leaf", "owner", "a_models_Team")
        + foreign_key("a_models_Base", "owner", "a_models_User")
    )
    assert fields(read_graph_models(drawn(body)), "a_models_Leaf") == {("owner", "a_models_Team")}


def test_own_relations_that_look_alike_are_all_kept() -> None:
    # With --verbose-names two fields may carry the same words.
    body = foreign_key("a_models_A", "Address", "a_models_B") + foreign_key("a_models_A", "Address", "a_models_C")
    assert fields(read_graph_models(drawn(body)), "a_models_A") == {
        ("Address", "a_models_B"),
        ("Address", "a_models_C"),
    }


def test_abstract_base_reached_by_two_ways_hands_down_once() -> None:
    body = (
        inherits("a_models_Leaf", "abstract", "a_models_Left")
        + inherits("a_models_Leaf", "abstract", "a_models_Right")
        + inherits("a_models_Left", "abstract", "a_models_Top")
        + inherits("a_models_Right", "abstract", "a_models_Top")
        + foreign_key("a_models_Top", "owner", "a_models_User")
    )
    leaf = next(model for model in read_graph_models(drawn(body)).models if model.name == "a_models_Leaf")
    assert [(relation.field, relation.to) for relation in leaf.relations] == [("owner", "a_models_User")]


def test_parent_of_an_abstract_model_is_handed_down() -> None:
    body = inherits("a_models_Leaf", "abstract", "a_models_Base") + inherits(
        "a_models_Base", "multi-table", "a_models_Top"
    )
    assert targets(read_graph_models(drawn(body)), "a_models_Leaf") == {("parent", "", "a_models_Top")}


def test_generic_relation_makes_no_edge() -> None:
    dotted = (
        'a_models_A -> a_models_B [label=" tags (a)"] [style="dotted", arrowhead=normal, arrowtail=normal, dir=both];'
    )
    graph = read_graph_models(drawn(dotted))
    assert (edges(graph), len(graph.models)) == (set(), 2)


def test_relation_to_an_abstract_model_is_a_problem() -> None:
    body = inherits("a_models_A", "abstract", "a_models_Base") + foreign_key("a_models_B", "base", "a_models_Base")
    graph = read_graph_models(drawn(body))
    assert graph.problems == ("a_models_B points at a_models_Base, which is abstract.",)
    assert edges(graph) == set()


def test_ring_of_abstract_models_ends() -> None:
    body = (
        inherits("a_models_Leaf", "abstract", "a_models_X")
        + inherits("a_models_X", "abstract", "a_models_Y")
        + inherits("a_models_Y", "abstract", "a_models_X")
        + foreign_key("a_models_Y", "owner", "a_models_User")
    )
    assert fields(read_graph_models(drawn(body)), "a_models_Leaf") == {("owner", "a_models_User")}


@pytest.mark.parametrize(
    ("node", "key"),
    [
        ("apps_user_models_User", "user.User"),
        ("apps_user_models_base_User", "user.User"),
        ("apps_user_organizations_models_Office", "organizations.Office"),
        ("apps_user_User", "user.User"),
        ("social_django_models_Code", "social_django.Code"),
        ("apps_user_models_Code_Line", "user.Code_Line"),
        ("apps_user_models_user", "apps_user_models_user"),
        ("apps_username_models_User", "apps_username_models_User"),
        ("other_models_User", "other_models_User"),
        ("User", "User"),
    ],
)
def test_node_names_are_matched_with_the_registry(node: str, key: str) -> None:
    known = registry(
        user="apps.user: User Office Line Code_Line", organizations="apps.user.organizations: Office", social="social: Code",
        social_django="social_django: Code",
    )  # fmt: skip
    graph = read_graph_models(drawn(f'{node} [label=""]'), known=known)
    assert [model.key for model in graph.models] == [key]
    assert (f"Only the dot file has {node}." in graph.problems) == (node == key)


def test_second_node_for_one_model_keeps_its_raw_name() -> None:
    body = 'apps_user_models_User [label=""]\n apps_user_old_User [label=""]'
    graph = read_graph_models(drawn(body), known=registry(user="apps.user: User"))
    assert {model.key for model in graph.models} == {"user.User", "apps_user_old_User"}
    assert graph.problems == ("Only the dot file has apps_user_old_User: apps_user_models_User is user.User already.",)


def test_two_apps_that_a_node_name_cannot_tell_apart() -> None:
    graph = read_graph_models(drawn('a_b_models_C [label=""]'), known=registry(one="a.b: C", two="a_b: C"))
    assert [model.key for model in graph.models] == ["a_b_models_C"]
    assert len(graph.problems) == 3


def test_comments_and_html_are_not_read_as_relations() -> None:
    body = (
        "// a_models_Ghost -> a_models_Ghost\n/* b_models_Ghost -> b_models_Ghost\n{ */ # } c_models_Ghost\n"
        'a_models_A [label=<<TABLE><TR><TD>a -&gt; { " // </TD></TR></TABLE>>]\n'
        'a_models_B [label="x // -> { <"]\n'
    )
    graph = read_graph_models(drawn(body), max_edges=1)
    assert [model.key for model in graph.models] == ["a_models_A", "a_models_B"]
