"""What the text of SQL tells about effects that nobody compares."""

from __future__ import annotations

import pytest

from migwizard.project.agent.statements import unseen, written


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
    ],
)
def test_statements_whose_effect_nobody_compares_are_told_by_kind(sql: str, kinds: set[str]) -> None:
    assert unseen(sql) == kinds


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO Search(rowid, name) VALUES (1, 'a')",
        'insert or replace into "search" values (1)',
        "REPLACE INTO main.search VALUES (1)",
        "UPDATE OR IGNORE search SET a = 1",
        "WITH w AS (SELECT 1) DELETE FROM search",
    ],
)
def test_tables_that_are_written_into_are_known(sql: str) -> None:
    assert written(sql) == {"search"}
