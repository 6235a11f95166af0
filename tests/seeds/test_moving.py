"""Operations written into another file: by their expression in the list, else by the names of their functions."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

import pytest
from django.db import migrations

from migwizard.seeds.extract import CannotMove
from migwizard.seeds.merge import merge
from migwizard.seeds.moving import Move, Old, OldModule, plan_move, take
from migwizard.seeds.verdicts import Judged
from tests.seeds.observed import code, facts, judged

PACKAGE = "shop.migrations"
FRAME = """
from django.db import migrations
{code}
class Migration(migrations.Migration):
{members}
    operations = {operations}
"""


def old(*modules: OldModule) -> Old:
    found = {each.dotted: each for each in modules}
    return Old(found.keys(), found.get)


def module(text: str, count: int = 1, name: str = "0002_seed", package: str = PACKAGE, **stars: list[str]) -> OldModule:
    return OldModule(package, name, dedent(text), count, stars)


def migration(code: str, operations: str, count: int = 1, members: str = "    pass", **more: Any) -> OldModule:
    text = FRAME.format(code=dedent(code), operations=operations, members=members)
    return OldModule(PACKAGE, "0002_seed", text, count, more)


def operation(path: str = "0", **more: Any) -> Judged:
    told = {"class": "RunPython", "path": path, "has_reverse": False, "code": code("<lambda>", named=False), **more}
    return judged(facts(f"shop.0002_seed#{path}", **told))


def written(each: Judged, source: OldModule, history: Old | None = None) -> tuple[str, dict[str, Any]]:
    """The operation's source in the new file, and what the file defines."""
    history = history or old(source)
    move = plan_move(each, source, history)
    merged = merge([("0002_seed", take([move], source, history))])
    scope: dict[str, Any] = {"migrations": migrations}
    exec("\n".join(merged.imports) + "\n" + merged.body, scope)
    text = move.source
    for name in move.names:
        text = text.replace(f"{{{name}}}", merged.names["0002_seed", name])
    return text, scope


def run(each: Judged, source: OldModule, history: Old | None = None) -> Any:
    """What the operation's code gives when it is called as a migration calls it."""
    text, scope = written(each, source, history)
    return eval(text, scope).code(None, None)


@pytest.mark.parametrize(
    ("source", "expression"),
    [
        ("", "lambda apps, editor: 7"),
        ("from functools import partial\ndef f(a, b, x): return x", "partial(f, x=7)"),
        ("def make(x):\n    def run(a, b): return x\n    return run", "make(7)"),
        ("class Maker:\n    @staticmethod\n    def run(a, b): return 7", "Maker.run"),
        ("class Maker:\n    def __call__(self, a, b): return 7", "Maker()"),
        ("def pair(x): return (lambda a, b: x), (lambda a, b: -x)", "*pair(7)"),
        ("SEVEN = 7\ndef load(a, b): return SEVEN", "load, hints={'x': 1}, elidable=True"),
    ],
)
def test_whatever_a_runpython_runs_moves_as_it_is_written(source: str, expression: str) -> None:
    each = operation(has_reverse=expression.startswith("*"))
    found = migration(source, f"[migrations.RunPython({expression})]")
    text, _ = written(each, found)
    assert text.startswith(f"migrations.RunPython({expression}")
    assert run(each, found) == 7


def test_functions_of_the_class_itself_become_functions_of_the_module() -> None:
    members = '    N = 6\n\n    @staticmethod\n    def load(a, b, n=N):\n        """Text\n    kept."""\n        return n + 1\n'
    found = migration("", "[migrations.RunPython(load)]", members=members)
    assert run(operation(code=code("Migration.load", named=False)), found) == 7
    _, scope = written(operation(), found)
    assert scope["load"].__doc__ == "Text\n    kept."


def test_a_name_of_the_class_that_is_the_module_s_too_is_refused() -> None:
    found = migration("def load(a, b): pass", "[migrations.RunPython(load)]", members="    def load(a, b): pass")
    with pytest.raises(CannotMove, match="a name of the class Migration and of its module"):
        plan_move(operation(code=code("Migration.load", named=False)), found, old(found))


@pytest.mark.parametrize(
    ("operations", "path", "count"),
    [
        ("[migrations.RunPython(lambda a, b: 1)] + [migrations.RunPython(lambda a, b: 7)]", "1", 2),
        ("[*FIRST, migrations.RunPython(lambda a, b: 7)]", "1", 2),
        ("[migrations.RunPython(lambda a, b: 7)] if FIRST else []", "0", 1),
        ("[migrations.SeparateDatabaseAndState([migrations.RunPython(lambda a, b: 7)], [])]", "0.0", 1),
        ("SECOND", "0", 1),
        ("[THIRD]", "0", 1),
    ],
)
def test_the_list_may_be_put_together_as_long_as_the_source_shows_it(operations: str, path: str, count: int) -> None:
    source = """
    FIRST = [migrations.RunPython(lambda a, b: 1)]
    SECOND = [migrations.RunPython(lambda a, b: 7)]
    THIRD = migrations.RunPython(lambda a, b: 7)
    """
    assert run(operation(path, has_reverse=True), migration(source, operations, count)) == 7


@pytest.mark.parametrize(
    "operations",
    [
        "make()",
        "[*make()]",
        "[migrations.RunPython(lambda a, b: 1) for _ in 'x']",
        "[migrations.RunPython(lambda a, b: 1)] if FIRST else [migrations.RunPython(lambda a, b: 2)]",
        "[migrations.RunSQL('')]",
        "[migrations.RunPython(other)]",
    ],
)
def test_where_the_source_does_not_show_it_the_function_moves_by_its_name(operations: str) -> None:
    found = migration("def load(a, b): return 7\ndef other(a, b): return 1\nFIRST = []", operations)
    assert run(operation(code=code("load")), found) == 7
    with pytest.raises(CannotMove, match="no name of its own"):
        plan_move(operation(), migration("", "make()"), old())


def test_what_cannot_be_taken_back_goes_back_by_doing_nothing() -> None:
    found = migration(
        "def load(a, b): pass", "[\n    migrations.RunPython(\n        load,  # why\n        hints={},\n    )]"
    )
    move = plan_move(operation(code=code("load")), found, old(found))
    text, scope = written(operation(code=code("load")), found)
    assert "it had no way back" in move.no_way_back
    assert "load,  # why" in text
    assert eval(text, scope).reversible


def test_only_the_way_back_is_lost_where_only_that_cannot_move() -> None:
    found = migration("def load(a, b): return 7\ndef back(a, b): globals()", "[migrations.RunPython(load, back)]")
    each = operation(code=code("load"), reverse=code("back"), has_reverse=True)
    assert "cannot be moved" in plan_move(each, found, old(found)).no_way_back
    assert run(each, found) == 7


def test_its_own_name_stays_the_old_one() -> None:
    source = "import logging\nlog = logging.getLogger(__name__)\ndef load(a, b): return __name__, log.name"
    found = migration(source, "[migrations.RunPython(load)]")
    assert run(operation(code=code("load")), found)[0] == "shop.migrations.0002_seed"
    assert (
        "getLogger(__name__)" in take([plan_move(operation(code=code("load")), found, old(found))], found, old()).body
    )


def test_a_star_import_becomes_the_names_that_it_gave() -> None:
    found = migration(
        "from string import *\nfrom os import *\ndef load(a, b): return digits",
        "[migrations.RunPython(load)]",
        string=["digits", "hexdigits"],
        os=["getpid"],
    )
    assert run(operation(code=code("load")), found) == "0123456789"
    part = take([plan_move(operation(code=code("load")), found, old(found))], found, old(found))
    assert "from string import digits" in part.imports
    assert not any("os" in line for line in part.imports)


OTHER = """
import json
NAMES = ["a"]
X = 1
def load(a, b): return json.dumps(NAMES), X
"""


@pytest.mark.parametrize(
    ("source", "call"),
    [
        (
            "from importlib import import_module\nfirst = import_module('shop.migrations.0001_first')",
            "first.load(a, b)",
        ),
        ("import importlib", "importlib.import_module('.0001_first', __package__).load(a, b)"),
        ("from shop.migrations.m0001 import load as other", "other(a, b)"),
        ("from .m0001 import load", "load(a, b)"),
        ("from . import m0001", "m0001.load(a, b)"),
        ("import shop.migrations.m0001 as first", "first.load(a, b)"),
        ("def inner(a, b):\n    from .m0001 import load\n    return load(a, b)", "inner(a, b)"),
        ("def inner(a, b):\n    from . import m0001\n    return m0001.load(a, b)", "inner(a, b)"),
    ],
)
def test_code_of_another_migration_comes_along(source: str, call: str) -> None:
    found = migration(f"{source}\nX = 'mine'\ndef run(a, b): return {call}, X", "[migrations.RunPython(run)]")
    history = old(found, module(OTHER, name="0001_first"), module(OTHER, name="m0001"))
    assert run(operation(code=code("run")), found, history) == (('["a"]', 1), "mine")


def test_code_of_another_app_keeps_its_imports() -> None:
    found = migration("from blog.migrations.m0001 import load", "[migrations.RunPython(load)]")
    other = module("from ..models import thing\ndef load(a, b): return thing", name="m0001", package="blog.migrations")
    move = plan_move(operation(code=code("load", "blog.migrations.m0001")), found, old(found, other))
    assert "from blog.models import thing" in take([move], found, old(found, other)).imports


@pytest.mark.parametrize(
    "source",
    [
        "from . import m0001\ndef load(a, b): return m0001",
        "from . import m0001\nm0001 = m0001.load\ndef load(a, b): return m0001.x",
        "from .m0003 import load",
    ],
)
def test_what_cannot_be_told_apart_from_another_migration_is_refused(source: str) -> None:
    found = migration(source, "[migrations.RunPython(load)]")
    circle = [module("from .m0004 import load", name="m0003"), module("from .m0003 import load", name="m0004")]
    with pytest.raises(CannotMove, match="code of another migration"):
        plan_move(operation(code=code("load")), found, old(found, module(OTHER, name="m0001"), *circle))


def test_a_custom_operation_moves_as_it_is_written() -> None:
    found = migration("class Put:\n    def __init__(self, x): self.x = x", "[Put(lambda: 7)]")
    text, scope = written(operation(kind="custom", **{"class": "Put"}), found)
    assert text == "Put(lambda: 7)"
    assert eval(text, scope).x() == 7


def test_functions_of_a_module_that_stays_are_imported() -> None:
    each = operation(code=code("load", "shop.helpers"), reverse=code("back", "shop.helpers"), has_reverse=True)
    move = plan_move(each, migration("", "make()"), old())
    assert move == Move(
        "migrations.RunPython({shop.helpers:load}, {shop.helpers:back})",
        borrowed=(("shop.helpers", "load"), ("shop.helpers", "back")),
    )
