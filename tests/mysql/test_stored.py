"""The database of a subject on MariaDB or MySQL, as the checks of whole projects look at it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.mysql import server
from tests.mysql.server import databases, needs_mysql, query
from tests.stored import COUNTERS, DUMPS, SCHEMA, MysqlDatabase, counts
from tests.subjects import SubjectError

pytestmark = [
    needs_mysql,
    pytest.mark.skipif(not any(map(shutil.which, DUMPS)), reason=f"there is no {' and no '.join(DUMPS)} here"),
]


@pytest.fixture
def stored() -> Iterator[MysqlDatabase]:
    with server.database() as name:
        for statement in (
            "CREATE TABLE club (id integer AUTO_INCREMENT PRIMARY KEY, name varchar(20))",
            "CREATE TABLE django_migrations (id integer AUTO_INCREMENT PRIMARY KEY, name varchar(20))",
            "CREATE TRIGGER t BEFORE INSERT ON club FOR EACH ROW SET NEW.name = upper(NEW.name)",
            "CREATE VIEW names AS SELECT name FROM club",
            "INSERT INTO club (name) VALUES ('chess'), ('rowing')",
        ):
            query(statement, name)
        yield MysqlDatabase(name, server.HOST, server.PORT, server.USER, server.PASSWORD)


def test_what_lies_in_it(stored: MysqlDatabase) -> None:
    found = stored.dump()
    assert found["club"] == ["(1, 'CHESS')", "(2, 'ROWING')"]
    assert found[COUNTERS] == ["('club', 3)"]
    assert any("TRIGGER" in line for line in found[SCHEMA])
    assert counts(found) == {"club": 2}


def test_that_rows_of_the_list_of_migrations_come_and_go_is_no_difference(stored: MysqlDatabase) -> None:
    before = stored.dump()
    query("INSERT INTO django_migrations (name) VALUES ('0001')", stored.name)
    query("DELETE FROM django_migrations", stored.name)
    assert stored.dump() == before
    query("INSERT INTO club (name) VALUES ('golf')", stored.name)
    query("DELETE FROM club WHERE id = 3", stored.name)
    assert stored.dump() != before


def test_an_empty_one_has_its_place_for_a_while(stored: MysqlDatabase) -> None:
    before = stored.dump()
    with stored.aside():
        assert stored.dump().keys() == {SCHEMA, COUNTERS}
        query("CREATE TABLE other (id integer)", stored.name)
    assert stored.dump() == before


def test_one_that_is_there_is_not_taken(stored: MysqlDatabase) -> None:
    with pytest.raises(SubjectError, match="remove it first"):
        stored.prepare()
    stored.remove()
    assert stored.name not in databases()
