from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migwizard.seeds.materialise import (
    ContentTypeRef,
    Materialised,
    Permission,
    SeedRow,
    SeedTable,
    materialise,
)
from migwizard.seeds.merge import merge

FLY = Permission("shop", "bird", "fly", 'May "fly"', custom=True)


class FakeDatabase:
    """Just enough of historical models to run the code: every call is written to ``log``."""

    def __init__(self) -> None:
        self.log: list[tuple[Any, ...]] = []
        self.alias = "other"
        self.connection = self
        self.ops = self
        self.keys: dict[str, int] = {}

    def get_model(self, app: str, name: str) -> FakeModel:
        return FakeModel(self, f"{app}.{name}")

    def sequence_reset_sql(self, style: object, models: list[FakeModel]) -> list[str]:
        return [f"reset {model.label}" for model in models]

    def cursor(self) -> FakeDatabase:
        return self

    def __enter__(self) -> FakeDatabase:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def execute(self, sql: str) -> None:
        self.log.append(("execute", sql))

    @contextmanager
    def constraint_checks_disabled(self) -> Iterator[None]:
        self.log.append(("unchecked",))
        yield
        self.log.append(("checked",))


class FakeModel:
    def __init__(self, database: FakeDatabase, label: str, values: dict[str, Any] | None = None) -> None:
        self.database, self.label, self.values = database, label, values or {}
        self._base_manager = self

    def __call__(self, **values: Any) -> FakeModel:
        return FakeModel(self.database, self.label, values)

    def save_base(self, *, raw: bool, force_insert: bool, using: str) -> None:
        assert (raw, force_insert, using) == (True, True, "other")
        self.database.log.append(("insert", self.label, self.values))

    def using(self, alias: str) -> FakeModel:
        assert alias == "other"
        return self

    def filter(self, **values: Any) -> FakeModel:
        return self(**values)

    def update(self, **values: Any) -> None:
        self.database.log.append(("update", self.label, self.values, values))

    def delete(self) -> None:
        self.database.log.append(("delete", self.label, self.values))

    def _raw_delete(self, using: str) -> None:
        self.database.log.append(("raw delete", self.label, self.values["pk"]))

    def get_or_create(self, **values: Any) -> tuple[FakeModel, bool]:
        self.database.log.append(("get", self.label, {k: v for k, v in values.items() if k != "content_type"}))
        return self(**values), True

    @property
    def pk(self) -> str:
        """A key that tells which row it is."""
        return "/".join(str(value) for key, value in self.values.items() if key in ("app_label", "model", "codename"))


def row(**values: str | Permission | ContentTypeRef) -> SeedRow:
    return SeedRow(tuple(values.items()))


def run(written: Materialised, function: str) -> list[tuple[Any, ...]]:
    database, scope = FakeDatabase(), {"no_style": lambda: None}
    lines = [line for line in written.imports if "django" not in line]
    exec("\n".join(lines) + "\n" + written.body, scope)
    assert set(written.defines) <= set(scope)
    runner: Any = scope[function]
    runner(database, database)
    return database.log


COUNTRIES = SeedTable(
    "shop",
    "Country",
    "id",
    (row(id="1", since="datetime.date(1291, 8, 1)"), row(id="2", since="None")),
    frozenset({"import datetime"}),
)
TOWNS = SeedTable("shop", "Town", "country_ptr_id", (row(country_ptr_id="2"),))


def test_rows_are_inserted_in_order_and_sequences_reset_at_the_end() -> None:
    written = materialise([COUNTRIES, TOWNS])
    assert run(written, written.forwards) == [
        ("insert", "shop.Country", {"id": 1, "since": datetime.date(1291, 8, 1)}),
        ("insert", "shop.Country", {"id": 2, "since": None}),
        ("insert", "shop.Town", {"country_ptr_id": 2}),
        ("execute", "reset shop.Country"),
        ("execute", "reset shop.Town"),
    ]
    assert written.imports == ("from django.core.management.color import no_style", "import datetime")


def test_backwards_deletes_exactly_these_rows_last_first() -> None:
    written = materialise([COUNTRIES, TOWNS])
    assert run(written, written.backwards) == [
        ("raw delete", "shop.Town", 2),
        ("raw delete", "shop.Country", 2),
        ("raw delete", "shop.Country", 1),
    ]


def test_rows_may_point_to_later_ones_where_the_engine_looks_at_once() -> None:
    plain, written = materialise([COUNTRIES, TOWNS]), materialise([COUNTRIES, TOWNS], any_order=True)
    for function in (written.forwards, written.backwards):
        assert run(written, function) == [("unchecked",), *run(plain, function), ("checked",)]


def test_rows_stand_one_a_line_below_their_columns() -> None:
    assert materialise([COUNTRIES]).body.startswith(
        'SHOP_COUNTRY_COLUMNS = ("id", "since")\n'
        "SHOP_COUNTRY_ROWS = [\n    (1, datetime.date(1291, 8, 1)),\n    (2, None),\n]\n\n\ndef "
    )


def test_references_to_permissions_and_content_types_are_looked_up() -> None:
    table = SeedTable(
        "auth", "Group_permissions", "id", (row(id="5", permission_id=FLY, kind_id=ContentTypeRef("shop", "bird")),)
    )
    written = materialise([table])
    log = run(written, written.forwards)
    assert ("get", "contenttypes.ContentType", {"app_label": "shop", "model": "bird"}) in log
    assert ("get", "auth.Permission", {"codename": "fly", "defaults": {"name": 'May "fly"'}}) in log
    assert ("insert", "auth.Group_permissions", {"id": 5, "permission_id": "fly", "kind_id": "shop/bird"}) in log
    assert run(written, written.backwards) == [("raw delete", "auth.Group_permissions", 5)]


def test_a_primary_key_that_must_be_looked_up_is_looked_up_backwards_too() -> None:
    written = materialise([SeedTable("shop", "Note", "kind_id", (row(kind_id=ContentTypeRef("shop", "bird")),))])
    assert run(written, written.backwards)[-1] == ("raw delete", "shop.Note", "shop/bird")


def test_helpers_are_written_only_when_needed() -> None:
    body = materialise([COUNTRIES]).body
    assert "get_permission" not in body
    assert "get_content_type" not in body
    assert "update_rows" not in body


def test_updates_change_rows_of_others_and_leave_them_backwards() -> None:
    written = materialise([SeedTable("auth", "Group", "id", (row(id="3", name="'staff'"),), kind="update")])
    assert run(written, written.forwards) == [("update", "auth.Group", {"pk": 3}, {"name": "staff"})]
    assert written.backwards == "migrations.RunPython.noop"
    assert written.imports == ()


def test_natural_rows_are_made_and_only_custom_permissions_removed() -> None:
    usual = Permission("shop", "bird", "add_bird", "Can add bird")
    written = materialise([], natural=[ContentTypeRef("shop", "bird"), FLY, usual])
    assert [entry[2].get("codename") for entry in run(written, written.forwards) if "Permission" in entry[1]] == [
        "fly",
        "add_bird",
    ]
    natural_key = {"content_type__app_label": "shop", "content_type__model": "bird", "codename": "fly"}
    assert run(written, written.backwards) == [("delete", "auth.Permission", natural_key)]
    assert materialise([], natural=[usual]).backwards == "migrations.RunPython.noop"


def test_rows_with_other_columns_begin_a_new_block_and_keep_their_order() -> None:
    table = SeedTable("shop", "Country", "id", (row(id="1", a="1"), row(id="2"), row(id="3", a="3")))
    written = materialise([table])
    inserted = [entry[2] for entry in run(written, written.forwards) if entry[0] == "insert"]
    assert inserted == [{"id": 1, "a": 1}, {"id": 2}, {"id": 3, "a": 3}]
    assert {"SHOP_COUNTRY_ROWS", "SHOP_COUNTRY_2_ROWS", "SHOP_COUNTRY_3_ROWS"} <= set(written.defines)


def test_mistakes_are_refused() -> None:
    with pytest.raises(ValueError, match="no rows"):
        materialise([SeedTable("shop", "Country", "id", ())])
    with pytest.raises(ValueError, match=r"shop\.Country has no value for its primary key id"):
        materialise([SeedTable("shop", "Country", "id", (row(name="1"),))])


def test_two_sets_of_rows_can_be_merged_into_one_file() -> None:
    first, second = materialise([COUNTRIES]), materialise([TOWNS])
    merged = merge([("0004_lands", first.extract), ("0006_towns", second.extract)])
    assert merged.names["0004_lands", "create_rows"] == "m0004_lands_create_rows"
    assert merged.body.count("def insert_rows") == merged.body.count("def remove_rows") == 1


@given(st.lists(st.lists(st.none() | st.integers() | st.text(max_size=5), min_size=2, max_size=2), min_size=1))
def test_values_arrive_as_they_were(values: list[list[Any]]) -> None:
    rows = tuple(row(id=str(key), a=repr(a), b=repr(b)) for key, (a, b) in enumerate(values))
    written = materialise([SeedTable("shop", "Thing", "id", rows)])
    inserted = [entry[2] for entry in run(written, written.forwards) if entry[0] == "insert"]
    assert [[each["a"], each["b"]] for each in inserted] == values
    assert [entry[2] for entry in run(written, written.backwards)] == list(reversed(range(len(values))))
