"""Constraints that an engine may not have stay out of a CreateModel whose table has defaults of the database."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import models
from django.db.migrations.operations import AddConstraint, AddField, CreateModel

from migwizard.project.agent import load
from migwizard.project.agent.apart import kept_apart

SQLITE = {"ENGINE": "django.db.backends.sqlite3"}
MYSQL = {"ENGINE": "django.db.backends.mysql"}
POSTGRESQL = {"ENGINE": "django.db.backends.postgresql"}

WITH_CONDITION = models.UniqueConstraint(fields=["name"], condition=models.Q(name="x"), name="a")
DEFERRED = models.UniqueConstraint(fields=["name"], deferrable=models.Deferrable.DEFERRED, name="a")
NULLS = models.UniqueConstraint(fields=["name"], nulls_distinct=False, name="a")
PLAIN = models.UniqueConstraint(fields=["name"], name="a")
CHECK = models.CheckConstraint(condition=models.Q(name="x"), name="a")


@pytest.mark.parametrize(
    ("engines", "constraint", "apart"),
    [
        ([MYSQL], WITH_CONDITION, True),
        ([SQLITE, MYSQL], WITH_CONDITION, True),
        ([SQLITE, POSTGRESQL], WITH_CONDITION, False),
        ([MYSQL], DEFERRED, True),
        ([MYSQL], NULLS, True),
        ([POSTGRESQL], NULLS, True),
        ([SQLITE], NULLS, False),
        ([MYSQL], PLAIN, False),
        ([MYSQL], CHECK, False),
    ],
)
def test_a_constraint_stays_out_where_one_of_the_engines_may_lack_it(
    monkeypatch: pytest.MonkeyPatch, engines: list[dict[str, Any]], constraint: Any, apart: bool
) -> None:
    monkeypatch.setattr(load, "REAL_DATABASES", {str(number): real for number, real in enumerate(engines)})
    with_default = CreateModel("Item", [("name", models.CharField(db_default="x", max_length=9))])
    without = CreateModel("Other", [("name", models.CharField(max_length=9))])
    added = AddField("Third", "name", models.CharField(db_default="x", max_length=9))
    adds = [AddConstraint(model, constraint) for model in ("item", "other", "third")]
    kept = kept_apart({"shop": [with_default, without, added, *adds]})
    assert [id(operation) in kept for operation in adds] == [apart, False, apart]


@pytest.mark.parametrize(
    ("engine", "fields", "columns", "apart"),
    [
        (POSTGRESQL, [("name", models.CharField(max_length=9, unique=True))], ["name"], True),
        (POSTGRESQL, [("name", models.CharField(max_length=9, primary_key=True))], ["name"], True),
        (POSTGRESQL, [("name", models.CharField(max_length=9)), ("size", models.IntegerField(unique=True))], ["size", "name"], False),
        (SQLITE, [("name", models.CharField(max_length=9, unique=True))], ["name"], False),
    ],
)  # fmt: skip
def test_what_is_unique_already_stays_out_where_postgresql_would_make_one_of_both(
    monkeypatch: pytest.MonkeyPatch, engine: dict[str, Any], fields: list[Any], columns: list[str], apart: bool
) -> None:
    monkeypatch.setattr(load, "REAL_DATABASES", {"default": engine})
    first = AddConstraint("item", models.UniqueConstraint(fields=columns, name="first"))
    again = AddConstraint("item", models.UniqueConstraint(fields=columns, name="again"))
    kept = kept_apart({"shop": [CreateModel("Item", fields), first, again]})
    assert [id(operation) in kept for operation in (first, again)] == [apart, engine is POSTGRESQL]
