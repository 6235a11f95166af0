"""States that nobody renders come without the looks that rendering needs, and end the same."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import models
from django.db.migrations import state as states
from django.db.migrations.operations import AlterField, CreateModel
from django.db.migrations.state import ModelState, ProjectState

from migwizard.project.agent.tracking import Tracking
from migwizard.project.agent.unrendered import unrendered

OPERATIONS = (
    CreateModel("Thing", [("id", models.AutoField(primary_key=True)), ("name", models.CharField(max_length=10))]),
    AlterField("Thing", "name", models.CharField(max_length=20)),
)


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What Django looked for."""
    seen: list[Any] = []

    def field_is_referenced(*names: Any) -> bool:
        seen.append(names)
        return False

    monkeypatch.setattr(states, "field_is_referenced", field_is_referenced)
    return seen


def _end() -> ProjectState:
    state = ProjectState()
    for operation in OPERATIONS:
        operation.state_forwards("shop", state)
    return state


def test_nobody_looks_for_fields_that_name_an_altered_one(looks: list[Any]) -> None:
    plain = _end()
    assert len(looks) == 1
    with unrendered():
        assert _end() == plain
    assert len(looks) == 1
    _end()
    assert len(looks) == 2


def test_a_state_that_somebody_rendered_is_looked_through(looks: list[Any]) -> None:
    with unrendered():
        state = ProjectState()
        OPERATIONS[0].state_forwards("shop", state)
        vars(state)["apps"] = None
        states.field_is_referenced(state, ("shop", "thing"), ("name", None))
    assert len(looks) == 1


def test_tracked_models_are_looked_through_where_they_name_the_altered_one(looks: list[Any]) -> None:
    with Tracking():
        state = ProjectState()
        OPERATIONS[0].state_forwards("shop", state)
        for name, target in (("Near", "shop.thing"), ("Far", "shop.near")):
            relation: Any = models.IntegerField()
            relation.is_relation, relation.related_model = True, target
            relation.remote_field = SimpleNamespace(model=target)
            state.add_model(ModelState("shop", name, [("id", models.AutoField(primary_key=True)), ("to", relation)]))
        OPERATIONS[1].state_forwards("shop", state)
    ((seen, key, _),) = looks
    assert (set(seen.models), key) == ({("shop", "thing"), ("shop", "near")}, ("shop", "thing"))
