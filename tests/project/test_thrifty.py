"""The autodetector that is spared repeated work: it finds the same, and looks once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.state import ModelState, ProjectState

from migwizard.project.agent.operations import quiet_questioner
from migwizard.project.agent.thrifty import Known, thrifty

LOOKS: Counter[str] = Counter()


class Counting(MigrationAutodetector):
    """Counts how often all models are looked through, and how often a field is taken apart."""

    def _get_altered_foo_together_operations(self, option_name: str) -> Iterator[Any]:
        LOOKS[option_name] += 1
        yield from super()._get_altered_foo_together_operations(option_name)

    def deep_deconstruct(self, obj: Any) -> Any:
        LOOKS["fields"] += isinstance(obj, models.Field)
        return super().deep_deconstruct(obj)


def _state(number: int, **options: Any) -> ProjectState:
    state = ProjectState()
    for place in range(number):
        fields: list[tuple[str, models.Field[Any, Any]]] = [
            ("id", models.AutoField(primary_key=True)),
            ("one", models.CharField(max_length=10 + len(options.get("indexes", ())))),
            ("other", models.IntegerField()),
        ]
        state.add_model(ModelState("shop", f"M{place}", fields, dict(options)))
    return state


def _found(kind: Any, number: int) -> list[str]:
    LOOKS.clear()
    before = _state(number, index_together={("one", "other")})
    after = _state(number, indexes=[models.Index(fields=["one", "other"], name="both")])
    changes = kind(before, after, quiet_questioner())._detect_changes()
    return [repr(operation.deconstruct()) for migration in changes["shop"] for operation in migration.operations]


def test_it_finds_the_same_and_looks_for_renamed_indexes_once() -> None:
    expected = _found(MigrationAutodetector, 12)
    assert any("RenameIndex" in operation for operation in expected)
    assert _found(thrifty(Counting), 12) == expected
    many = LOOKS["index_together"]
    _found(thrifty(Counting), 3)
    assert LOOKS["index_together"] == many


def test_a_field_that_is_known_is_not_taken_apart_again() -> None:
    known: Known = {}
    state = _state(4)
    LOOKS.clear()
    for _ in range(3):
        assert thrifty(Counting, known)(state.clone(), state.clone(), quiet_questioner())._detect_changes() == {}
    assert LOOKS["fields"] == 4 * 3


def test_a_field_that_both_states_hold_is_not_taken_apart_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Counting, "__module__", MigrationAutodetector.__module__)
    before, known = _state(4), dict[int, Any]()
    after = before.clone()
    after.models["shop", "m1"].fields["other"] = models.IntegerField(null=True)
    LOOKS.clear()
    changes = thrifty(Counting, known)(before, after, quiet_questioner())._detect_changes()
    assert [operation.name for migration in changes["shop"] for operation in migration.operations] == ["other"]
    assert LOOKS["fields"] == 2


class Pointing(models.Field):
    """A relation, as far as its deconstruction is concerned; a real one needs a project that is loaded."""

    def deconstruct(self) -> Any:
        name, path, arguments, keywords = super().deconstruct()
        return name, path, arguments, {**keywords, "to": "shop.m0"}


def test_what_is_taken_out_of_a_deconstruction_is_there_again() -> None:
    field: Any = Pointing()
    field.remote_field = SimpleNamespace(model="shop.m0")
    detector = thrifty(MigrationAutodetector, {})(ProjectState(), ProjectState(), quiet_questioner())
    detector.old_model_keys, detector.new_model_keys = {("shop", "gone")}, set()
    for _ in range(2):
        ((_, _, keywords),) = detector.only_relation_agnostic_fields({"other": field})
        assert "to" not in keywords
        assert detector.deep_deconstruct(field)[2]["to"] == "shop.m0"


@pytest.mark.parametrize("module", [MigrationAutodetector.__module__, "shop.detectors"])
def test_new_models_are_compared_with_those_that_are_gone_only(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """By Django's own autodetector; what another one asks for nobody knows."""
    monkeypatch.setattr(Counting, "__module__", module)
    before, after, asked = ProjectState(), _state(1), list[str]()
    fields = [("id", models.AutoField(primary_key=True)), ("one", models.CharField(max_length=10))]
    before.add_model(ModelState("shop", "Old", [*fields, ("other", models.IntegerField())]))

    def ask(old: ModelState, new: ModelState) -> bool:
        asked.append(f"{old.name} {new.name}")
        return False

    detector = thrifty(Counting)(before, after, quiet_questioner())
    detector.questioner.ask_rename_model = ask
    detector.old_model_keys, detector.new_model_keys = set(), set(after.models)
    LOOKS.clear()
    detector.generate_renamed_models()
    assert (asked, LOOKS["fields"]) == ([], 0 if module.startswith("django.") else 3)
    LOOKS.clear()
    detector.old_model_keys = set(before.models)
    detector.generate_renamed_models()
    assert (asked, LOOKS["fields"]) == (["Old M0"], 6)
