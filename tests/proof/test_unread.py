from __future__ import annotations

from migwizard.proof.unread import unread


def table(sql: str) -> dict[str, object]:
    return {"sql": sql}


def test_a_plain_sqlite_database_is_read_whole() -> None:
    assert list(unread({"engine": "sqlite", "tables": {"shop_item": table("CREATE TABLE shop_item (id)")}})) == []


def test_what_a_full_text_table_over_another_table_holds_is_not_read() -> None:
    own = table("CREATE VIRTUAL TABLE own USING fts5(name)")
    over = table("CREATE VIRTUAL TABLE search USING fts5(name, content='shop_item', content_rowid='id')")
    (said,) = unread({"engine": "sqlite", "tables": {"own": own, "search": over}})
    assert "search;" in said
    assert "own" not in said


def test_what_is_not_read_of_postgresql_is_named() -> None:
    plain, far = {"sql": "", "type": "table"}, {"sql": "", "type": "foreign"}
    tables = {"seen": plain, "secret": plain | {"hidden": True}, "far": far}
    found = {"engine": "postgresql", "tables": tables, "unread": {"large objects": ["16400"]}}
    assert list(unread(found)) == [
        "Large objects were not compared: 16400.",
        "What foreign tables hold was not compared: far.",
        "Row security hides what tables hold from the user of the settings, so it was not compared: secret.",
    ]
