"""The pictures that need no Graphviz: as text, and as an SVG of our own."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

from hypothesis import given

from migwizard.graph.levels import model_levels
from migwizard.graph.model import App, Model, ModelGraph, Relation
from migwizard.graph.picture import WIDTH, text_picture
from migwizard.graph.svg import to_svg

from .files import bookshop_registry
from .strategies import graphs

SVG = "{http://www.w3.org/2000/svg}"


@given(graphs())
def test_every_model_and_every_relation_is_drawn(graph: ModelGraph) -> None:
    root = ElementTree.fromstring(to_svg(graph, model_levels(graph)))
    rects = [rect.get("class", "").split() for rect in root.iter(f"{SVG}rect")]
    assert sum("model" in kinds or "other" in kinds for kinds in rects) == len(graph.models)
    arrows = [path for path in root.iter(f"{SVG}path") if path.get("marker-end")]
    assert len(arrows) == len({(source, target) for source, target, _ in graph.edges() if source != target})


@given(graphs())
def test_order_of_models_does_not_change_a_picture(graph: ModelGraph) -> None:
    turned = replace(graph, models=tuple(reversed(graph.models)))
    assert to_svg(graph, model_levels(graph)) == to_svg(turned, model_levels(turned))
    assert text_picture(graph, model_levels(graph)) == text_picture(turned, model_levels(turned))


@given(graphs())
def test_the_text_names_every_model_under_its_level(graph: ModelGraph) -> None:
    levels = model_levels(graph)
    text = "\n".join(text_picture(graph, levels))
    assert [line.split()[1] for line in text.splitlines() if line.startswith("Level ")] == [
        str(number) for number in reversed(range(len(levels.levels)))
    ]
    assert all(model.name in text for model in graph.models)
    assert all(f"cycle {number}: these need each other" in text for number in range(1, len(levels.components) + 1))


def test_lines_of_text_fit_a_narrow_window() -> None:
    graph = bookshop_registry()
    assert max(len(line) for line in text_picture(graph, model_levels(graph))) <= WIDTH


def test_models_of_other_apps_are_counted_only() -> None:
    graph = bookshop_registry()
    text = "\n".join(text_picture(graph, model_levels(graph), only=frozenset({"shop"})))
    assert "Customer" in text
    assert "auth: " not in text
    assert "of other apps" in text


def test_names_cannot_leave_their_place_in_an_svg() -> None:
    evil = 'x</text><script>"&'
    graph = ModelGraph(
        (App("a", "a", "/a", None, 0, True),),
        (Model("a", "A", relations=(Relation("foreign_key", evil, "a.B"),)), Model("a", "B"), Model("a", evil)),
        "registry",
    )
    root = ElementTree.fromstring(to_svg(graph, model_levels(graph)))
    assert not list(root.iter(f"{SVG}script"))
    assert evil in [text.text for text in root.iter(f"{SVG}text")]


def test_no_models_make_a_picture_all_the_same() -> None:
    empty = ModelGraph((), (), "registry")
    assert ElementTree.fromstring(to_svg(empty, model_levels(empty))).tag == f"{SVG}svg"
    assert text_picture(empty, model_levels(empty)) == ()
