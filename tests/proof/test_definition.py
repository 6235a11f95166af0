"""A CREATE TABLE taken apart."""

from __future__ import annotations

import pytest

from migwizard.proof.definition import read_table


def test_columns_and_constraints_beside_them_come_apart() -> None:
    table = read_table(
        """CREATE TABLE t (
            id integer NOT NULL PRIMARY KEY AUTOINCREMENT,
            code varchar(5) COLLATE nocase NULL DEFAULT NULL CONSTRAINT short CHECK (length(code) < 3) UNIQUE,
            land_id bigint REFERENCES land (id) ON DELETE SET NULL ON UPDATE SET DEFAULT NOT DEFERRABLE NOT NULL,
            twice integer GENERATED ALWAYS AS (id * 2) STORED,
            plain
        ) STRICT"""
    )
    assert [(column.name, column.type, column.clauses) for column in table.columns] == [
        ("id", "integer", ("not null", "primary key autoincrement")),
        ("code", "varchar (5)", ("collate nocase", "default null")),
        ("land_id", "bigint", ("not null",)),
        ("twice", "integer", ("generated always as (id * 2) stored",)),
        ("plain", "", ()),
    ]
    assert [(constraint.name, constraint.content, constraint.column) for constraint in table.constraints] == [
        ("short", "check (length (code) < 3)", "code"),
        (None, "unique (code)", "code"),
        (
            None,
            "foreign key (land_id) references land (id) on delete set null on update set default not deferrable",
            "land_id",
        ),
    ]
    assert table.options == "strict"


@pytest.mark.parametrize(
    ("beside", "apart"),
    [
        ("a integer UNIQUE", "a integer, UNIQUE (a)"),
        ("a integer CHECK (a > 0)", "a integer, CHECK (a > 0)"),
        ("a integer CONSTRAINT u UNIQUE", "a integer, CONSTRAINT u UNIQUE (a)"),
        (
            "a integer REFERENCES b (id) DEFERRABLE INITIALLY DEFERRED",
            "a integer, FOREIGN KEY (a) REFERENCES b (id) DEFERRABLE INITIALLY DEFERRED",
        ),
    ],
)
def test_beside_a_column_or_apart_is_the_same_constraint(beside: str, apart: str) -> None:
    left, right = read_table(f"CREATE TABLE t ({beside})"), read_table(f"CREATE TABLE t ({apart})")
    assert [(c.name, c.content) for c in left.constraints] == [(c.name, c.content) for c in right.constraints]
    assert [(c.type, c.clauses) for c in left.columns] == [(c.type, c.clauses) for c in right.columns]


def test_a_column_may_be_called_like_a_constraint() -> None:
    table = read_table('CREATE TABLE t ("check" integer, "unique" text, "primary" text)')
    assert [column.name for column in table.columns] == ["check", "unique", "primary"]
    assert table.constraints == ()
