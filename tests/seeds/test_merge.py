from __future__ import annotations

import ast
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migwizard.seeds.extract import CannotMove, Extract, extract
from migwizard.seeds.merge import Merged, merge


def part(source: str, *names: str) -> Extract:
    return extract(dedent(source), names or ("seed",), package="shop.migrations", project_migrations=())


def run(merged: Merged) -> dict[str, Any]:
    scope: dict[str, Any] = {}
    exec("\n".join(merged.imports) + "\n" + merged.body, scope)
    return scope


def call(merged: Merged, key: str, *args: Any, name: str = "seed") -> Any:
    return run(merged)[merged.names[key, name]](*args)


def test_one_part_stays_as_it_is() -> None:
    alone = part("import json\nX = [1]\ndef seed(): return json.dumps(X)\n")
    merged = merge([("0004_seed", alone)])
    assert (merged.imports, merged.body) == (alone.imports, alone.body)
    assert merged.names == {("0004_seed", name): name for name in ("json", "X", "seed")}


def test_clashing_names_get_the_name_of_their_migration() -> None:
    merged = merge(
        [
            ("0004_seed", part("ROWS = [1]\ndef seed(): return ROWS\n")),
            ("0007_more", part("ROWS = [2]\nONLY = [3]\ndef seed(): return ROWS + ONLY\n")),
        ]
    )
    assert merged.names["0004_seed", "seed"] == "m0004_seed_seed"
    assert merged.names["0007_more", "ROWS"] == "m0007_more_ROWS"
    assert merged.names["0007_more", "ONLY"] == "ONLY"
    assert call(merged, "0004_seed") == [1]
    assert call(merged, "0007_more") == [2, 3]


def test_only_global_references_are_renamed() -> None:
    source = """
        rows = [1]
        def seed(thing, default=rows):
            "rows"
            thing.rows(rows=rows)
            def local(rows): return rows
            return local("rows"), [rows for rows in "ab"], default
        class Holder:
            rows = rows
            def get(self): return rows
        """
    merged = merge(
        [("0001_a", part("rows = 9\ndef other(): return rows\n", "other")), ("0002_b", part(source, "seed", "Holder"))]
    )
    assert 'def seed(thing, default=m0002_b_rows):\n    "rows"\n    thing.rows(rows=m0002_b_rows)' in merged.body
    assert 'def local(rows): return rows\n    return local("rows"), [rows for rows in "ab"], default' in merged.body
    assert "rows = m0002_b_rows\n    def get(self): return m0002_b_rows" in merged.body


def test_equal_imports_are_merged_and_different_ones_aliased_apart() -> None:
    merged = merge(
        [
            ("0001_a", part("from os.path import sep\nimport json\ndef seed(): return json.dumps(sep)\n")),
            ("0002_b", part("from os import pathsep as sep\nimport json\ndef b(): return json.dumps(sep)\n", "b")),
        ]
    )
    assert merged.imports == (
        "from os.path import sep as m0001_a_sep",
        "import json",
        "from os import pathsep as m0002_b_sep",
    )
    assert (call(merged, "0001_a"), call(merged, "0002_b", name="b")) == ('"/"', '":"')


def test_a_definition_gives_way_to_an_import_of_the_same_name() -> None:
    merged = merge(
        [
            ("0001_a", part("def dumps(x): return 'mine'\ndef a(): return dumps(1)\n", "a")),
            ("0002_b", part("from json import dumps\ndef b(): return dumps(1)\n", "b")),
        ]
    )
    assert merged.imports == ("from json import dumps",)
    assert (call(merged, "0001_a", name="a"), call(merged, "0002_b", name="b")) == ("mine", "1")


def test_a_global_named_like_a_builtin_does_not_hide_it_from_other_parts() -> None:
    merged = merge(
        [
            ("0001_a", part("def len(x): return 'mine'\ndef a(): return len('abc')\n", "a")),
            ("0002_b", part("def b(): return len('abc')\n", "b")),
        ]
    )
    assert (call(merged, "0001_a", name="a"), call(merged, "0002_b", name="b")) == ("mine", 3)


def test_names_of_the_seed_file_itself_are_reserved() -> None:
    source = "from os import path as settings\nmigrations = [1]\ndef seed(): return migrations, settings\n"
    merged = merge([("0001_a", part(source))])
    assert merged.names["0001_a", "migrations"] == "m0001_a_migrations"
    assert merged.imports == ("from os import path as m0001_a_settings",)
    same = part("from django.db import migrations\ndef seed(): return migrations\n")
    assert merge([("0001_a", same)]).imports == same.imports


def test_imports_of_operations_keep_their_names() -> None:
    mine = part("from os import path as models\ndef seed(): return models\n")
    merged = merge([("0001_a", mine)], imports=["from json import decoder as models"])
    assert merged.imports == ("from json import decoder as models", "from os import path as m0001_a_models")


def test_equal_functions_are_shared_with_what_they_use() -> None:
    source = "import json\nSIZE = 2\ndef pad(x): return json.dumps(x) * SIZE\ndef {0}(): return pad('{0}')\n"
    merged = merge([(f"000{n}_{n}", part(source.format(n), n)) for n in ("a", "b")])
    assert merged.body.count("def pad") == merged.body.count("SIZE = 2") == 1
    assert merged.names["000b_b", "pad"] == "pad"
    assert (call(merged, "000a_a", name="a"), call(merged, "000b_b", name="b")) == ('"a""a"', '"b""b"')


@pytest.mark.parametrize(
    "source",
    [
        "CACHE = []\ndef bump(): CACHE.append(1); return list(CACHE)\n",
        "import functools\n@functools.lru_cache\ndef bump(): return [1]\n",
        "def bump(seen=[]): return seen\n",
        "def bump(): return bump\nbump.calls = 0\n",
    ],
)
def test_what_has_state_is_not_shared(source: str) -> None:
    merged = merge([(key, part(source, "bump")) for key in ("0001_a", "0002_b")])
    assert merged.names["0001_a", "bump"] == "m0001_a_bump"
    assert merged.names["0002_b", "bump"] == "m0002_b_bump"
    run(merged)


def test_equal_text_that_leans_on_something_different_is_not_shared() -> None:
    source = "SIZE = {}\ndef pad(x): return x * SIZE\ndef seed(): return pad('x')\n"
    merged = merge([("0001_a", part(source.format(2))), ("0002_b", part(source.format(3)))])
    assert (call(merged, "0001_a"), call(merged, "0002_b")) == ("xx", "xxx")


def test_an_import_that_stays_in_the_body_is_aliased_there() -> None:
    source = "try:\n    from {} import dumps\nexcept ImportError:\n    dumps = None\ndef seed(): return dumps([{}])\n"
    merged = merge([("0001_a", part(source.format("json", 1))), ("0002_b", part(source.format("marshal", 2)))])
    assert "    from json import dumps as m0001_a_dumps\n" in merged.body
    assert (call(merged, "0001_a"), type(call(merged, "0002_b"))) == ("[1]", bytes)


def test_a_package_import_keeps_its_name_or_is_refused() -> None:
    package = part("import xml.sax\ndef seed(): return xml.sax.__name__\n")
    merged = merge([("0001_a", package), ("0002_b", part("xml = 1\ndef b(): return xml\n", "b"))])
    assert (call(merged, "0001_a"), call(merged, "0002_b", name="b")) == ("xml.sax", 1)
    with pytest.raises(CannotMove, match=r"import migrations\.util"):
        merge([("0001_a", part("import migrations.util\ndef seed(): return migrations.util\n"))])


def test_a_new_name_is_never_one_that_is_in_use() -> None:
    mine = part("X = 1\ndef seed(m0001_a_X): return X + m0001_a_X\n")
    merged = merge([("0001_a", mine), ("0002_b", part("X = 2\ndef b(): return X\n", "b"))])
    assert merged.names["0001_a", "X"] == "m0001_a_X_2"
    assert call(merged, "0001_a", 10) == 11


def test_two_parts_with_one_key_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="same key"):
        merge([("0001_a", Extract()), ("0001_a", Extract())])


@settings(max_examples=15)
@given(st.lists(st.permutations(["a", "b", "c"]), min_size=1, max_size=4), st.lists(st.booleans(), min_size=4))
def test_each_part_computes_in_company_what_it_computed_alone(orders: list[list[str]], mutable: list[bool]) -> None:
    parts = []
    for number, (x, y, z) in enumerate(orders):
        value = f"[{number}]" if mutable[number] else f"({number // 2},)"
        source = f"{x} = {value}\ndef {y}({z}=0): return {x}, {z}\ndef seed({x}=1): return {y}(), {x}\n"
        parts.append((f"000{number}_step", part(source)))
    merged = merge(parts)
    ast.parse(merged.body)
    for key, alone in parts:
        assert call(merged, key) == call(merge([(key, alone)]), key)
