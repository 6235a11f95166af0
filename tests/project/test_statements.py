"""What the text of SQL tells about effects that nobody compares."""

from __future__ import annotations

import pytest

from migwizard.project.agent.engines.postgresql import COMPARED
from migwizard.project.agent.statements import renamed, unseen, written


@pytest.mark.parametrize(
    ("sql", "kinds"),
    [
        ("PRAGMA user_version = 7", {"PRAGMA"}),
        ("pragma main.journal_mode(wal)", {"PRAGMA"}),
        ("PRAGMA user_version", set()),
        ("PRAGMA foreign_keys = OFF", set()),
        ("PRAGMA foreign_key_check", set()),
        ("-- statistics\n/* of all */ analyze", {"ANALYZE"}),
        ("UPDATE t SET a = 'x; GRANT y'; grant select on t to you", {"GRANT"}),
        ("CREATE FUNCTION f() RETURNS trigger AS $$ BEGIN LOCK t; RETURN NEW; END $$ LANGUAGE plpgsql", set()),
        ("CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; SELECT 1; END", set()),
        ('SAVEPOINT "s1"', set()),
        ("SET CONSTRAINTS ALL IMMEDIATE; COMMENT ON TABLE t IS 'x'; NOTIFY n", {"SET", "COMMENT", "NOTIFY"}),
        ("CREATE SCHEMA reporting; create or replace rule r AS ON INSERT TO a DO NOTHING", {"SCHEMA", "RULE"}),
        ("ALTER TABLE a ALTER COLUMN b SET  STATISTICS 500", {"SET STATISTICS"}),
        ("ALTER TABLE a DISABLE TRIGGER t", {"DISABLE TRIGGER"}),
        ("ALTER TABLE users_user ADD COLUMN rule text; CREATE INDEX operator ON a (b)", set()),
        (" ;; ", set()),
        ("CREATE DEFINER=`a`@`%` PROCEDURE p() BEGIN DECLARE n INT; IF n THEN SET n = 1; END IF; CLOSE c; END", set()),
        ("# GRANT\nRENAME TABLE `grant; all` TO b; OPTIMIZE TABLE a", {"OPTIMIZE"}),
    ],
)
def test_statements_whose_effect_nobody_compares_are_told_by_kind(sql: str, kinds: set[str]) -> None:
    assert unseen(sql) == kinds


@pytest.mark.parametrize(
    ("sql", "kinds"),
    [
        ("GRANT SELECT ON t TO you; COMMENT ON TABLE t IS 'x'; CREATE RULE r AS ON INSERT TO a DO NOTHING", set()),
        ("ALTER TABLE a DISABLE TRIGGER t; CREATE USER MAPPING FOR me SERVER s; ANALYZE", {"ANALYZE"}),
        ("GRANT readers TO you", {"GRANT"}),
        ("revoke connect on database shop from public", {"REVOKE"}),
        ("COMMENT ON DATABASE shop IS 'x'", {"COMMENT"}),
        ("CREATE ROLE me; ALTER DATABASE shop SET work_mem = 1", {"ROLE", "DATABASE"}),
    ],
)
def test_what_the_catalogue_of_postgresql_shows_is_not_told(sql: str, kinds: set[str]) -> None:
    assert unseen(sql, COMPARED) == kinds


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO Search(rowid, name) VALUES (1, 'a')",
        'insert or replace into "search" values (1)',
        "REPLACE INTO main.search VALUES (1)",
        "UPDATE OR IGNORE search SET a = 1",
        "WITH w AS (SELECT 1) DELETE FROM search",
        "INSERT INTO `Search` VALUES (1)",
    ],
)
def test_tables_that_are_written_into_are_known(sql: str) -> None:
    assert written(sql) == {"search"}


@pytest.mark.parametrize(
    ("sql", "pairs"),
    [
        ('ALTER TABLE "a" RENAME TO "b"', [("a", "b")]),
        ("alter table a rename b;", [("a", "b")]),
        ("ALTER TABLE a RENAME AS b", [("a", "b")]),
        ("ALTER TABLE a RENAME COLUMN b TO c", []),
        ("ALTER TABLE a RENAME INDEX b TO c", []),
        ("RENAME TABLE `a``1` TO b, c TO a", [("a`1", "b"), ("c", "a")]),
        ("SELECT 1", []),
    ],
)
def test_tables_that_get_another_name_are_followed(sql: str, pairs: list[tuple[str, str]]) -> None:
    assert renamed(sql) == pairs
