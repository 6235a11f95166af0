"""The detection matrix: whatever is changed in one of two equal MariaDB schemas is found, and nothing else is."""

from __future__ import annotations

import pytest

from migwizard.proof.catalogue import compare_catalogues
from migwizard.proof.difference import Difference
from migwizard.seeds.objects import KINDS, read_objects
from tests.mysql.builder import build
from tests.mysql.server import IS_MARIADB, database, needs_mysql
from tests.proof.builder import Built, errors, schema_differences

# One worker runs them all, so that the two databases are built once.
pytestmark = [needs_mysql, pytest.mark.xdist_group("mysql-catalogue")]

# Objects to be changed, each in as many copies as there are changes: all stand in one database, under names of their own.
BASES = {
    "table": (
        """
        CREATE TABLE {0} (
            id bigint AUTO_INCREMENT PRIMARY KEY,
            name varchar(50) NOT NULL DEFAULT 'nobody' COMMENT 'as printed, (''sic'')',
            born date,
            email varchar(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin UNIQUE,
            mood enum('good', 'bad, very') NOT NULL,
            grade int unsigned CHECK (grade > 2),
            seen datetime(6) DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP(6),
            title varchar(80) NOT NULL,
            pages int,
            upper_name varchar(50) GENERATED ALWAYS AS (upper(name)) STORED,
            KEY titles_{0} (title(20), pages),
            CONSTRAINT late_{0} CHECK (born > '1800-01-01')
        ) COMMENT 'who writes'
        """,
    ),
    "plain": ("CREATE TABLE {0} (n int)",),
    "text": ("CREATE TABLE {0} (about text, FULLTEXT KEY about_{0} (about))",),
    "key": ("CREATE TABLE {0} (id int PRIMARY KEY, p int, CONSTRAINT fk_{0} FOREIGN KEY (p) REFERENCES parent (id))",),
    "part": (
        """
        CREATE TABLE {0} (n int) PARTITION BY RANGE (n)
            (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20))
        """,
    ),
    "view": ("CREATE VIEW {0} AS SELECT id FROM parent",),
    "function": ("CREATE FUNCTION {0}(a int) RETURNS int DETERMINISTIC BEGIN SET a = a * 2; RETURN a; END",),
    "procedure": ("CREATE PROCEDURE {0}() BEGIN DELETE FROM parent WHERE id = 0; END",),
    "trigger": (
        "CREATE TABLE {0} (n int, m int)",
        "CREATE TRIGGER first_{0} BEFORE INSERT ON {0} FOR EACH ROW BEGIN SET NEW.n = 1; END",
        "CREATE TRIGGER second_{0} BEFORE INSERT ON {0} FOR EACH ROW SET NEW.m = 1",
    ),
    "event": ("CREATE EVENT {0} ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM parent WHERE id = 0",),
}

CHANGES = {
    "table": {
        "missing index": "DROP INDEX titles_{0} ON {0}",
        "index more": "CREATE INDEX more ON {0} (pages)",
        "prefix of an index": "DROP INDEX titles_{0} ON {0}; CREATE INDEX titles_{0} ON {0} (title(19), pages)",
        "order of an index": "DROP INDEX titles_{0} ON {0}; CREATE INDEX titles_{0} ON {0} (pages, title(20))",
        "unique index": "DROP INDEX titles_{0} ON {0}; CREATE UNIQUE INDEX titles_{0} ON {0} (title(20), pages)",
        "comment of an index": """
            DROP INDEX titles_{0} ON {0}; CREATE INDEX titles_{0} ON {0} (title(20), pages) COMMENT 'why'
        """,
        "varchar length": "ALTER TABLE {0} MODIFY title varchar(81) NOT NULL",
        "type": "ALTER TABLE {0} MODIFY pages bigint",
        "unsigned": "ALTER TABLE {0} MODIFY pages int unsigned",
        "values of an enumeration": "ALTER TABLE {0} MODIFY mood enum('good', 'bad') NOT NULL",
        "precision of a moment": "ALTER TABLE {0} MODIFY seen datetime(3) DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP(3)",
        "lost default": "ALTER TABLE {0} ALTER name DROP DEFAULT",
        "another default": "ALTER TABLE {0} ALTER name SET DEFAULT 'somebody'",
        "null": "ALTER TABLE {0} MODIFY title varchar(80)",
        "on update": "ALTER TABLE {0} MODIFY seen datetime(6) DEFAULT NULL",
        "auto_increment lost": "ALTER TABLE {0} MODIFY id bigint NOT NULL",
        "collation of a column": "ALTER TABLE {0} MODIFY email varchar(100) COLLATE utf8mb4_general_ci",
        "character set of a column": "ALTER TABLE {0} MODIFY title varchar(80) CHARACTER SET latin1 NOT NULL",
        "comment of a column": "ALTER TABLE {0} MODIFY title varchar(80) NOT NULL COMMENT 'as said'",
        "generated expression": """
            ALTER TABLE {0} DROP upper_name;
            ALTER TABLE {0} ADD upper_name varchar(50) GENERATED ALWAYS AS (lower(name)) STORED
        """,
        "generated made virtual": """
            ALTER TABLE {0} DROP upper_name;
            ALTER TABLE {0} ADD upper_name varchar(50) GENERATED ALWAYS AS (upper(name)) VIRTUAL
        """,
        "generated lost": "ALTER TABLE {0} MODIFY upper_name varchar(50)",
        "check gone": "ALTER TABLE {0} DROP CONSTRAINT late_{0}",
        "another check": """
            ALTER TABLE {0} DROP CONSTRAINT late_{0};
            ALTER TABLE {0} ADD CONSTRAINT late_{0} CHECK (born > '1801-01-01')
        """,
        "check of a column gone": "ALTER TABLE {0} DROP grade, ADD grade int unsigned",
        "unique gone": "DROP INDEX email ON {0}",
        "primary key": "ALTER TABLE {0} DROP PRIMARY KEY, ADD PRIMARY KEY (id, title)",
        "collation of a table": "ALTER TABLE {0} COLLATE utf8mb4_bin",
        "comment of a table": "ALTER TABLE {0} COMMENT ''",
        "row format": "ALTER TABLE {0} ROW_FORMAT = COMPRESSED",
        "column gone": "ALTER TABLE {0} DROP pages",
        "column more": "ALTER TABLE {0} ADD more int",
    },
    "plain": {
        "engine": "ALTER TABLE {0} ENGINE = MyISAM",
        "character set of a table": "ALTER TABLE {0} CHARACTER SET latin1",
        "table gone": "DROP TABLE {0}",
        "table more": "CREATE TABLE {0}_more (id int)",
    },
    "text": {
        "fulltext index gone": "DROP INDEX about_{0} ON {0}",
        "fulltext index made a plain one": "DROP INDEX about_{0} ON {0}; CREATE INDEX about_{0} ON {0} (about(20))",
    },
    "key": {
        "foreign key gone": "ALTER TABLE {0} DROP FOREIGN KEY fk_{0}",
        "on delete": """
            ALTER TABLE {0} DROP FOREIGN KEY fk_{0};
            ALTER TABLE {0} ADD CONSTRAINT fk_{0} FOREIGN KEY (p) REFERENCES parent (id) ON DELETE CASCADE
        """,
        "on update of a key": """
            ALTER TABLE {0} DROP FOREIGN KEY fk_{0};
            ALTER TABLE {0} ADD CONSTRAINT fk_{0} FOREIGN KEY (p) REFERENCES parent (id) ON UPDATE CASCADE
        """,
        "another target": """
            ALTER TABLE {0} DROP FOREIGN KEY fk_{0};
            ALTER TABLE {0} ADD CONSTRAINT fk_{0} FOREIGN KEY (p) REFERENCES parent (other)
        """,
    },
    "part": {
        "partitions": "ALTER TABLE {0} DROP PARTITION p1",
        "partitioning gone": "ALTER TABLE {0} REMOVE PARTITIONING",
    },
    "view": {
        "view": "CREATE OR REPLACE VIEW {0} AS SELECT id FROM parent WHERE id > 1",
        "view gone": "DROP VIEW {0}",
        "security of a view": "CREATE OR REPLACE SQL SECURITY INVOKER VIEW {0} AS SELECT id FROM parent",
    },
    "function": {
        "function": "DROP FUNCTION {0}; CREATE FUNCTION {0}(a int) RETURNS int DETERMINISTIC RETURN a * 3",
        "function gone": "DROP FUNCTION {0}",
    },
    "procedure": {
        "procedure": "DROP PROCEDURE {0}; CREATE PROCEDURE {0}() DELETE FROM parent WHERE id = 1",
        "procedure gone": "DROP PROCEDURE {0}",
    },
    "trigger": {
        "trigger gone": "DROP TRIGGER first_{0}",
        "body of a trigger": """
            DROP TRIGGER second_{0}; CREATE TRIGGER second_{0} BEFORE INSERT ON {0} FOR EACH ROW SET NEW.m = 2
        """,
        "moment of a trigger": """
            DROP TRIGGER second_{0}; CREATE TRIGGER second_{0} BEFORE UPDATE ON {0} FOR EACH ROW SET NEW.m = 1
        """,
        "order of triggers": """
            DROP TRIGGER second_{0};
            CREATE TRIGGER second_{0} BEFORE INSERT ON {0} FOR EACH ROW PRECEDES first_{0} SET NEW.m = 1
        """,
        "SQL mode of a trigger": """
            DROP TRIGGER second_{0}; SET SESSION sql_mode = '';
            CREATE TRIGGER second_{0} BEFORE INSERT ON {0} FOR EACH ROW SET NEW.m = 1; SET SESSION sql_mode = DEFAULT
        """,
    },
    "event": {
        "schedule of an event": "ALTER EVENT {0} ON SCHEDULE EVERY 2 DAY",
        "event enabled": "ALTER EVENT {0} ENABLE",
        "event gone": "DROP EVENT {0}",
    },
}
if IS_MARIADB:
    CHANGES["table"] |= {
        "column made invisible": "ALTER TABLE {0} MODIFY pages int INVISIBLE",
        "index ignored": "ALTER TABLE {0} ALTER INDEX titles_{0} IGNORED",
        "system versioning": "ALTER TABLE {0} ADD SYSTEM VERSIONING",
    }
    CHANGES["plain"] |= {
        "sequence": "CREATE SEQUENCE {0}_numbers START WITH 5",
        "default that counts": "ALTER TABLE {0} ALTER n SET DEFAULT nextval(numbers)",
    }
CASES = [(base, change) for base, changes in CHANGES.items() for change in changes]
COMMON = ("CREATE TABLE parent (id int PRIMARY KEY, other int UNIQUE)", *(["CREATE SEQUENCE numbers"] * IS_MARIADB))


def name_of(base: str, change: str) -> str:
    """The name of the copy that is changed, or of the one of its kind that is not."""
    return f"{base}_of_{change}".replace(" ", "_")


def statements(base: str, change: str, *, changed: bool) -> list[str]:
    made = [*BASES[base], *(CHANGES[base][change].split(";") if changed else ())]
    return [statement.format(name_of(base, change)) for statement in made]


@pytest.fixture(scope="module")
def matrix() -> tuple[Built, Built]:
    """A database with every base, in one copy for each change of it and one that stays; and the same with all changes."""
    same = [statement for base in BASES for statement in statements(base, "nothing", changed=False)]
    sides = []
    for changed in (False, True):
        told = [text for base, change in CASES for text in statements(base, change, changed=changed)]
        with database() as name:
            sides.append(build(name, *COMMON, *same, *told, empty=False))
    return sides[0], sides[1]


@pytest.fixture(scope="module")
def found(matrix: tuple[Built, Built]) -> list[Difference]:
    return list(schema_differences(*matrix))


def about(found: list[Difference], name: str) -> list[Difference]:
    return [one for one in found if name in (one.table, one.name) or one.name.startswith(f"{name}_")]


@pytest.mark.parametrize(("base", "change"), CASES)
def test_a_change_is_found(found: list[Difference], base: str, change: str) -> None:
    assert errors(about(found, name_of(base, change)))


def test_nothing_else_is_found(found: list[Difference]) -> None:
    changed = [one for base, change in CASES for one in about(found, name_of(base, change))]
    assert [one.sentence for one in found if one not in changed] == []


def test_a_change_is_told_in_words(found: list[Difference]) -> None:
    def said(base: str, change: str) -> str:
        (one,) = errors(about(found, name_of(base, change)))
        return one.sentence.replace(f"_{name_of(base, change)}", "").replace(name_of(base, change), "it")

    assert said("table", "varchar length") == (
        "The column it.title differs from the old history to the new (type: varchar(80) -> varchar(81))."
    )
    assert said("table", "missing index") == (
        "The new history lacks the index titles on it (title(20), pages), which the old one has."
    )
    assert said("key", "on delete") == (
        "The constraint fk, FOREIGN KEY (p) REFERENCES parent (id), of it is defined in another way in the new history."
    )
    assert said("plain", "engine") == "The table it differs from the old history to the new (engine: InnoDB -> MyISAM)."
    assert said("trigger", "body of a trigger") == (
        "The trigger second on it is defined in another way in the new history."
    )
    assert said("procedure", "procedure gone") == "The new history lacks the procedure it, which the old one has."


def test_each_definition_makes_the_object_again(matrix: tuple[Built, Built]) -> None:
    """What a catalogue calls the definition of an object is one statement that the server takes."""
    first = matrix[0].catalogue
    kept = {base: name_of(base, "nothing") for base in BASES} | {"parent": "parent", "numbers": "numbers"}
    part = {
        group: {name: one for name, one in facts.items() if (one.get("table") or name) in kept.values()}
        for group, facts in first.items()
        if isinstance(facts, dict)
    }
    old = {**first, **part}
    objects = sorted(read_objects(old).values(), key=lambda one: (KINDS.index(one.kind), one.order))
    with database() as name:
        again = build(name, *(one.sql for one in objects), empty=False)
        assert errors(compare_catalogues(old, again.catalogue, explicit_names=())) == []
        gone = build(name, *(one.drop_sql for one in reversed(objects)), "CREATE TABLE x (n int)", empty=False)
    assert [name for group in ("tables", "views", "functions", "events") for name in gone.catalogue[group]] == ["x"]
