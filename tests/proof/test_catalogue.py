"""The detection matrix on SQLite: differences of schema, planted one by one."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migwizard.proof.catalogue import EmptyDatabaseError, compare_catalogues, count_objects, count_tables
from tests.proof.builder import Built, build, errors, schema_differences

SHOP = """
CREATE TABLE "django_migrations" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(255) NOT NULL);
CREATE TABLE "shop_land" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "code" varchar(2) NOT NULL UNIQUE);
CREATE TABLE "shop_order" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "title" varchar(50) COLLATE nocase NOT NULL DEFAULT 'Untitled',
    "state" varchar(10) NULL,
    "amount" integer unsigned NOT NULL CHECK ("amount" >= 0),
    "land_id" bigint NOT NULL REFERENCES "shop_land" ("id") DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT "amount_small" CHECK ("amount" < 100),
    CONSTRAINT "one_title" UNIQUE ("land_id", "title"));
CREATE INDEX "shop_order_land_id_1f2e" ON "shop_order" ("land_id");
CREATE INDEX "open_orders" ON "shop_order" ("state", "title" DESC) WHERE "state" = 'Open';
CREATE VIEW "shop_open" AS SELECT "id" FROM "shop_order" WHERE "state" = 'Open';
CREATE TRIGGER "shop_guard" AFTER INSERT ON "shop_order" BEGIN UPDATE "shop_order" SET "state" = 'New'; END;
"""
EXPLICIT = ("amount_small", "one_title", "open_orders")


def changed(old: str, new: str, script: str = SHOP) -> Built:
    assert script.count(old) == 1, old
    return build(script.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "kind", "name", "words"),
    [
        ('CREATE INDEX "shop_order_land_id_1f2e" ON "shop_order" ("land_id");', "", "index", "shop_order_land_id_1f2e", "lacks the index"),
        ("varchar(50)", "varchar(60)", "column", "title", "type: varchar (50) -> varchar (60)"),
        (" DEFAULT 'Untitled'", "", "column", "title", "default: default 'Untitled' -> none"),
        ("DEFAULT 'Untitled'", "DEFAULT 'untitled'", "column", "title", "default 'untitled'"),
        ('"state" varchar(10) NULL', '"state" varchar(10) NOT NULL', "column", "state", "NULL: null -> not null"),
        ("COLLATE nocase ", "", "column", "title", "collation: collate nocase -> none"),
        (' REFERENCES "shop_land" ("id") DEFERRABLE INITIALLY DEFERRED', "", "constraint", None, "lacks the constraint foreign key"),
        (" DEFERRABLE INITIALLY DEFERRED", "", "constraint", None, "defined in another way"),
        (' CHECK ("amount" >= 0)', "", "constraint", "check (amount >= 0)", "lacks the constraint check"),
        (' CHECK ("amount" >= 0)', ' CHECK ("amount" > 0)', "constraint", None, "defined in another way"),
        ('"amount" < 100', '"amount" < 1000', "constraint", "amount_small", "defined in another way"),
        ('UNIQUE ("land_id", "title")', 'UNIQUE ("title", "land_id")', "constraint", "one_title", "defined in another way"),
        ("NOT NULL UNIQUE", "NOT NULL", "constraint", "unique (code)", "lacks the constraint unique (code), of shop_land"),
        (""" WHERE "state" = 'Open';\nCREATE VIEW""", ";\nCREATE VIEW", "index", "open_orders", "defined in another way"),
        ('"title" DESC', '"title"', "index", "open_orders", "defined in another way"),
        ('CREATE INDEX "open_orders"', 'CREATE UNIQUE INDEX "open_orders"', "index", "open_orders", "defined in another way"),
        ("SET \"state\" = 'New'", "SET \"state\" = 'new'", "trigger", "shop_guard", "defined in another way"),
        ("AFTER INSERT", "AFTER UPDATE", "trigger", "shop_guard", "defined in another way"),
        ('AS SELECT "id"', 'AS SELECT "id", "state"', "view", "shop_open", "defined in another way"),
        ('"id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "code"', '"id" integer NOT NULL PRIMARY KEY, "code"', "column", "id", "primary key"),
        ("NOT NULL UNIQUE);", "NOT NULL UNIQUE) STRICT;", "table", "shop_land", "options"),
    ],
)  # fmt: skip
def test_one_change_is_one_error(old: str, new: str, kind: str, name: str | None, words: str) -> None:
    script = SHOP.replace("varchar(2)", "text") if "STRICT" in new else SHOP
    (found,) = schema_differences(build(script), changed(old, new, script), *EXPLICIT)
    assert (found.severity, found.kind) == ("error", kind)
    assert name in (None, found.name)
    assert words in found.sentence


RARE = """
CREATE TABLE "a" ("id" integer NOT NULL PRIMARY KEY);
CREATE TABLE "b" ("id" integer NOT NULL PRIMARY KEY);
CREATE TABLE "c" (
    "id" integer NOT NULL PRIMARY KEY,
    "name" varchar(20) NOT NULL,
    "loud" varchar(20) GENERATED ALWAYS AS (upper("name")) STORED,
    "a_id" integer NULL REFERENCES "a" ("id") ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "m" ("x" integer NOT NULL, "y" integer NOT NULL, PRIMARY KEY ("x", "y"));
CREATE UNIQUE INDEX "one_loud" ON "c" (lower("name") COLLATE nocase, "a_id") WHERE "a_id" IS NOT NULL;
CREATE VIRTUAL TABLE "found" USING fts5 (body);
"""


@pytest.mark.parametrize(
    ("old", "new", "kind", "name"),
    [
        ('(upper("name")) STORED', '(lower("name")) STORED', "column", "loud"),
        ('(upper("name")) STORED', '(upper("name")) VIRTUAL', "column", "loud"),
        (' GENERATED ALWAYS AS (upper("name")) STORED', "", "column", "loud"),
        ("ON DELETE CASCADE", "ON DELETE SET NULL", "constraint", None),
        ("ON DELETE CASCADE ", "", "constraint", None),
        ("INITIALLY DEFERRED", "INITIALLY IMMEDIATE", "constraint", None),
        ('REFERENCES "a"', 'REFERENCES "b"', "constraint", None),
        ('PRIMARY KEY ("x", "y")', 'PRIMARY KEY ("y", "x")', "constraint", None),
        ('PRIMARY KEY ("x", "y"))', 'PRIMARY KEY ("x", "y")) WITHOUT ROWID', "table", "m"),
        ('lower("name")', 'upper("name")', "index", "one_loud"),
        (" COLLATE nocase", "", "index", "one_loud"),
        (' WHERE "a_id" IS NOT NULL', "", "index", "one_loud"),
        (' WHERE "a_id" IS NOT NULL', ' WHERE "a_id" > 1', "index", "one_loud"),
        ("CREATE UNIQUE INDEX", "CREATE INDEX", "index", "one_loud"),
        ("fts5 (body)", "fts5 (body, tokenize = 'porter')", "table", "found"),
    ],
)
def test_a_change_of_what_is_rarer_is_an_error(old: str, new: str, kind: str, name: str | None) -> None:
    found = errors(schema_differences(build(RARE), changed(old, new, RARE), "one_loud"))
    assert (kind, name) in {(each.kind, name and each.name) for each in found}
    assert schema_differences(build(RARE), build(RARE), "one_loud") == ()


@pytest.mark.parametrize(
    ("statement", "kind", "table"),
    [
        ("DROP TRIGGER shop_guard", "trigger", "shop_order"),
        ("DROP VIEW shop_open", "view", None),
        ("DROP TABLE shop_land", "table", None),
        ("ALTER TABLE shop_order ADD COLUMN note text UNIQUE_BELOW", "column", "shop_order"),
    ],
)
def test_what_is_lost_on_one_side_is_extra_on_the_other(statement: str, kind: str, table: str | None) -> None:
    statement = statement.replace("UNIQUE_BELOW", "CHECK (note <> '') REFERENCES shop_land (id)")
    old, new = build(SHOP), build(SHOP, statement)
    (forth,), (back,) = schema_differences(old, new, *EXPLICIT), schema_differences(new, old, *EXPLICIT)
    assert (forth.kind, forth.table, back.kind) == (kind, table, kind)
    assert (forth.old, forth.new) == (back.new, back.old)
    assert "lacks" in (forth if forth.new is None else back).sentence


def test_two_equal_indexes_are_not_one() -> None:
    double = build(SHOP, 'CREATE INDEX "second" ON "shop_order" ("land_id")')
    assert [found.kind for found in errors(schema_differences(double, build(SHOP), *EXPLICIT))] == ["index"]


def test_the_order_of_columns_and_the_spelling_do_not_count() -> None:
    old = build("CREATE TABLE t (id integer PRIMARY KEY, a text, b text, UNIQUE (a), CHECK (b <> a))")
    new = build(
        'create table "T" ("B" text /* b first */ CHECK("b"<>"a"), "A" TEXT NULL UNIQUE, [id] Integer Primary Key)'
    )
    assert schema_differences(old, new) == ()


def test_a_made_up_name_is_told_and_an_explicit_one_counts() -> None:
    old, new = build(SHOP), build(SHOP.replace("shop_order_land_id_1f2e", "shop_order_land_id_9999"))
    (info,) = schema_differences(old, new, *EXPLICIT)
    assert (info.severity, info.name) == ("info", "shop_order_land_id_1f2e")
    (error,) = schema_differences(old, new, "SHOP_order_land_id_1f2e")
    assert error.severity == "error"
    assert "the migrations use the name" in error.sentence


def test_a_foreign_key_of_another_whole_number_is_told_and_does_not_count() -> None:
    """Django leaves `integer` where a primary key becomes `bigint`: SQLite stores both alike."""
    (told,) = schema_differences(build(SHOP), changed('"land_id" bigint', '"land_id" integer'))
    assert (told.severity, told.kind) == ("info", "column")
    assert "declared as integer in the new history and as bigint in the old history" in told.sentence


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"land_id" bigint', '"land_id" text'),
        ('"land_id" bigint NOT NULL', '"land_id" integer NULL'),
        ('"amount" integer', '"amount" bigint'),
    ],
)
def test_any_other_type_counts(old: str, new: str) -> None:
    assert errors(schema_differences(build(SHOP), changed(old, new)))


def test_explicit_names_that_changed_places_are_found() -> None:
    table = "CREATE TABLE t (a text, b text);"
    old = build(table, "CREATE INDEX one ON t (a); CREATE INDEX two ON t (b)")
    new = build(table, "CREATE INDEX one ON t (b); CREATE INDEX two ON t (a)")
    assert [found.name for found in errors(schema_differences(old, new, "one", "two"))] == ["one", "two"]
    assert errors(schema_differences(old, new)) == []


def test_a_named_constraint_under_another_name() -> None:
    old, new = build(SHOP), build(SHOP.replace("one_title", "title_once"))
    assert [found.severity for found in schema_differences(old, new)] == ["info"]
    assert [found.severity for found in schema_differences(old, new, *EXPLICIT)] == ["error"]


def test_the_bookkeeping_is_ignored() -> None:
    table = 'ALTER TABLE "django_migrations" ADD COLUMN "more" text; CREATE TABLE migwizard_history_backup (a)'
    assert schema_differences(build(SHOP), build(SHOP, table)) == ()


@pytest.mark.parametrize("empty", ["", "CREATE TABLE django_migrations (id integer)", "CREATE VIEW v AS SELECT 1"])
def test_an_empty_database_is_never_equal(empty: str) -> None:
    for old, new in ((empty, empty), (empty, SHOP), (SHOP, empty)):
        with pytest.raises(EmptyDatabaseError, match="no table at all"):
            schema_differences(build(old), build(new))


def test_other_engines_are_refused() -> None:
    catalogue = build(SHOP).catalogue
    with pytest.raises(ValueError, match="cannot be compared with"):
        compare_catalogues(catalogue, {**catalogue, "engine": "oracle"}, explicit_names=())


def test_counts_leave_the_bookkeeping_out() -> None:
    catalogue = build(SHOP).catalogue
    assert count_tables(catalogue) == 2
    # 2 tables, 2 + 5 columns, 1 + 4 constraints, 2 indexes, 1 view, 1 trigger
    assert count_objects(catalogue) == 18


def test_a_virtual_table_is_compared_by_its_text() -> None:
    old, new = build("CREATE VIRTUAL TABLE f USING fts5(a, b)"), build("CREATE VIRTUAL TABLE f USING fts5(a)")
    assert schema_differences(old, old) == ()
    assert [found.kind for found in schema_differences(old, new)] == ["table"]


COLUMNS = st.lists(
    st.sampled_from(
        [
            "a integer UNIQUE",
            "b text DEFAULT ('x,y')",
            "c text COLLATE rtrim",
            "d integer REFERENCES other (id)",
            "e text NULL",
            'f integer CHECK ("f" > 0)',
            "g decimal(3, 1)",
        ]
    ),
    min_size=1,
    unique=True,
)


@given(COLUMNS, st.randoms(use_true_random=False))
def test_a_database_equals_itself_in_any_order_of_columns(columns: list[str], random: Random) -> None:
    other = "CREATE TABLE other (id integer PRIMARY KEY);"
    old = build(other, f"CREATE TABLE t ({', '.join(columns)})")
    random.shuffle(columns)
    new = build(f"CREATE TABLE t ({', '.join(columns)})", other)
    assert schema_differences(old, old) == ()
    assert schema_differences(old, new) == ()


@given(COLUMNS)
def test_a_lost_column_is_one_error(columns: list[str]) -> None:
    base = "CREATE TABLE other (id integer PRIMARY KEY);"
    old = build(base, f"CREATE TABLE t (id integer PRIMARY KEY, {', '.join(columns)})")
    new = build(base, f"CREATE TABLE t (id integer PRIMARY KEY{''.join(', ' + text for text in columns[1:])})")
    (found,) = schema_differences(old, new)
    assert (found.kind, found.name, found.new) == ("column", columns[0][0], None)
