from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migwizard.seeds.seedfile import SeedOperation, SeedPart, seed_file, sql_literal


def migration(text: str) -> dict[str, ast.expr]:
    """The attributes of the file's class Migration."""
    found = [node for node in ast.parse(text).body if isinstance(node, ast.ClassDef) and node.name == "Migration"]
    assert len(found) == 1
    return {ast.unparse(node.targets[0]): node.value for node in found[0].body if isinstance(node, ast.Assign)}


def test_a_whole_file() -> None:
    text = seed_file(
        header="Seeds of shop.",
        dependencies=['("shop", "0001_reset_initial")', "migrations.swappable_dependency(settings.AUTH_USER_MODEL)"],
        parts=[
            SeedPart(
                ("from shop.data import LANDS", "import json"),
                "def seed(apps, schema_editor):\n    json.dumps(LANDS)\n",
                (SeedOperation("migrations.RunPython(seed, migrations.RunPython.noop)", "shop.0004_seed"),),
            ),
            SeedPart(operations=(SeedOperation('migrations.RunSQL(\n    sql="""\\\nA\n  B\n""",\n)'),)),
        ],
    )
    assert (
        text
        == '''\
# Seeds of shop.

import json

from django.conf import settings
from django.db import migrations

from shop.data import LANDS


def seed(apps, schema_editor):
    json.dumps(LANDS)


class Migration(migrations.Migration):
    dependencies = [
        ("shop", "0001_reset_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # from shop.0004_seed
        migrations.RunPython(seed, migrations.RunPython.noop),
        migrations.RunSQL(
            sql="""\\
A
  B
""",
        ),
    ]
'''
    )


def test_atomic_is_written_only_when_false_and_initial_never() -> None:
    assert set(migration(seed_file(header="", dependencies=[], parts=[]))) == {"dependencies", "operations"}
    attributes = migration(seed_file(header="", dependencies=[], parts=[], atomic=False))
    assert ast.unparse(attributes["atomic"]) == "False"


def test_settings_are_imported_only_where_used_and_never_twice() -> None:
    use = (SeedOperation("f(settings.X)"),)
    assert "django.conf" not in seed_file(header="", dependencies=[], parts=[SeedPart()])
    text = seed_file(header="", dependencies=[], parts=[SeedPart(("from django.conf import settings",), "", use)])
    assert text.count("import settings") == 1


def test_a_dependency_is_named_once() -> None:
    text = seed_file(header="", dependencies=['("a", "1")', '("b", "1")', '("a", "1")'], parts=[])
    assert ast.literal_eval(migration(text)["dependencies"]) == [("a", "1"), ("b", "1")]


def test_constants_stand_below_the_imports_with_one_blank_line() -> None:
    text = seed_file(header="", dependencies=[], parts=[SeedPart(body="# Lands\nX = 1\n"), SeedPart(body="Y = 2\n")])
    assert "import migrations\n\n# Lands\nX = 1\n\n\nY = 2\n\n\nclass Migration" in text


@pytest.mark.parametrize("source", ["x = 1", "f(", "import os"])
def test_what_is_no_expression_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match="not a Python expression"):
        seed_file(header="", dependencies=[source], parts=[])
    with pytest.raises(ValueError, match="not a Python expression"):
        seed_file(header="", dependencies=[], parts=[SeedPart(operations=(SeedOperation(source),))])


@given(st.lists(st.text(st.sampled_from(" \n\"'\\a;#(\t")), max_size=3))
def test_sql_survives_the_indentation_of_the_file(texts: list[str]) -> None:
    operations = tuple(SeedOperation(f"migrations.RunSQL(\n    sql={sql_literal(text)},\n)") for text in texts)
    found = migration(seed_file(header="", dependencies=[], parts=[SeedPart(operations=operations)]))["operations"]
    assert isinstance(found, ast.List)
    values = [call.keywords[0].value for call in found.elts if isinstance(call, ast.Call)]
    assert [ast.literal_eval(value) for value in values] == texts
