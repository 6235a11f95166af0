"""Rows of MariaDB are read by value, whatever the project's connection makes of them."""

from __future__ import annotations

import pytest

from tests.mysql.builder import build
from tests.mysql.server import needs_mysql
from tests.proof.builder import Built, errors, row_differences

pytestmark = [needs_mysql, pytest.mark.xdist_group("mysql-catalogue")]

TABLES = (
    "CREATE TABLE a (id int AUTO_INCREMENT PRIMARY KEY, x varchar(20), f float, b varbinary(9), d decimal(9, 6), t datetime(6))",
    "INSERT INTO a VALUES (1, 'Ä😀', 0.1, X'00FF', 1.5, '2020-01-02 03:04:05')",
    "CREATE TABLE free (x int)",
    "INSERT INTO free VALUES (1), (1)",
)


@pytest.fixture(scope="module")
def old(empty_mysql: str) -> Built:
    return build(empty_mysql, *TABLES)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE a SET x = 'ä😀'",
        "UPDATE a SET x = 'Ä😁'",
        "UPDATE a SET x = 'Ä😀 '",
        "UPDATE a SET x = NULL",
        "UPDATE a SET f = 0.1000001",
        "UPDATE a SET b = X'00FE'",
        "UPDATE a SET d = 1.500001",
        "UPDATE a SET t = '2020-01-02 03:04:05.000001'",
        "DELETE FROM a",
        "INSERT INTO a (x) VALUES ('more')",
        "DELETE FROM free LIMIT 1",
    ],
)
def test_a_change_of_rows_is_found(empty_mysql: str, old: Built, change: str) -> None:
    assert errors(row_differences(old, build(empty_mysql, *TABLES, change)))


def test_values_are_read_as_they_are(empty_mysql: str) -> None:
    built = build(empty_mysql, *TABLES, "SET NAMES latin1")
    assert built.rows["tables"]["a"]["rows"] == [
        [1, "Ä😀", 0.10000000149011612, {"$bytes": "00ff"}, "1.500000", "2020-01-02 03:04:05"]
    ]
    assert built.rows["sequences"] == {"a": 1}


def test_how_far_a_table_has_counted_is_told(empty_mysql: str, old: Built) -> None:
    new = build(empty_mysql, *TABLES, "ALTER TABLE a AUTO_INCREMENT = 1000")
    assert new.rows["sequences"] == {"a": 999}
    assert [(one.severity, one.kind, one.name) for one in row_differences(old, new)] == [("info", "counter", "a")]
