"""The levels of the demo, read from a real dot file, are those that the article prints."""

from __future__ import annotations

from functools import cache

import pytest

from migwizard.graph.dot_in import read_graph_models
from migwizard.graph.levels import model_levels
from migwizard.graph.model import App, Model, ModelGraph
from tests.demo.listing import ARTICLE_LEVELS

from .files import text_of
from .peeling import peeled

APP_NAMES = {
    "products": "apps.products",
    "orders": "apps.marketplace.orders",
    "shipment": "apps.marketplace.shipment",
    "user": "apps.user",
    "organizations": "apps.user.organizations",
    "social": "social",
}


@cache
def demo() -> ModelGraph:
    """The dot file, matched with the models of the listing."""
    keys = [key.split(".") for level in ARTICLE_LEVELS.values() for key in level]
    labels = sorted({label for label, _ in keys})
    names = {label: APP_NAMES.get(label, f"django.contrib.{label}") for label in labels}
    apps = tuple(App(label, names[label], f"/{label}", None, 0, label in APP_NAMES) for label in labels)
    models = tuple(Model(label, name) for label, name in keys)
    return read_graph_models(text_of("demo_graph_models.dot"), known=ModelGraph(apps, models, "registry"))


@pytest.mark.parametrize("number", sorted(ARTICLE_LEVELS))
def test_level_of_the_dot_file_is_the_article_s(number: int) -> None:
    assert set(model_levels(demo()).levels[number]) == ARTICLE_LEVELS[number]


@pytest.mark.parametrize("number", sorted(ARTICLE_LEVELS))
def test_peeling_gives_the_same_level(number: int) -> None:
    assert set(peeled(demo())[0][number]) == ARTICLE_LEVELS[number]


def test_every_model_of_the_listing_is_in_the_dot_file() -> None:
    assert {problem.rpartition(" ")[0] for problem in demo().problems} == {"Only the dot file has"}
