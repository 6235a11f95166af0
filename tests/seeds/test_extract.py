from __future__ import annotations

import subprocess
import sys
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migwizard.seeds.extract import CannotMove, Extract, extract

MIGRATIONS = ("shop.migrations.0003_x", "shop.migrations.m0002")


def take(source: str, *names: str) -> Extract:
    return extract(
        dedent(source), names or ("seed",), package="shop.migrations", project_migrations=frozenset(MIGRATIONS)
    )


def refuse(source: str, *names: str) -> str:
    with pytest.raises(CannotMove) as caught:
        take(source, *names)
    return caught.value.reason


def run(part: Extract) -> dict[str, Any]:
    scope: dict[str, Any] = {}
    exec("\n".join(part.imports) + "\n" + part.body, scope)
    return scope


def test_takes_helpers_and_constants_transitively_and_nothing_else() -> None:
    part = take(
        """
        import json
        import os
        LIMIT = 3
        OTHER = os.getcwd()
        def deep(): return LIMIT
        def helper(x=deep): return json.dumps(x())
        def unused(): return OTHER
        def seed(apps, schema_editor): return helper()
        class Migration:
            operations = [seed]
        """
    )
    assert part.imports == ("import json",)
    assert part.defines == ("LIMIT", "deep", "helper", "seed")
    assert run(part)["seed"](None, None) == "3"


def test_keeps_source_order_comments_and_two_blank_lines() -> None:
    part = take(
        """
        # A file heading

        # Codes of the lands
        CODES = ["ch"]  # Swiss first
        def between(): pass
        def seed(apps, schema_editor):
            # why
            return CODES
            # the end
        """
    )
    assert part.body == (
        '# Codes of the lands\nCODES = ["ch"]  # Swiss first\n\n\n'
        "def seed(apps, schema_editor):\n    # why\n    return CODES\n    # the end\n"
    )


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        ("X = [1]\nX += [2]", [1, 2]),
        ("X: list = [1]\nX.append(2)", [1, 2]),
        ("X = {}\nX['a'] = 1", {"a": 1}),
        ("X = [1, 2]\ndel X[0]", [2]),
        ("X = []\nfor i in (1, 2):\n    X.append(i)", [1, 2]),
        ("def fill(x): x.append(4)\nX = []\nfill(X)", [4]),
        ("X, Y = 1, 2", 1),
        ("try:\n    import no_such_module as X\nexcept ImportError:\n    X = None", None),
        ("from os import sep as X\nX = X * 2", "//"),
        ("X = 1; Y = 2", 1),
    ],
)
def test_all_statements_that_make_a_value_come_along(lines: str, value: object) -> None:
    assert run(take(f"{lines}\ndef seed(): return X\n"))["seed"]() == value


def test_takes_decorators_classes_and_default_arguments() -> None:
    part = take(
        """
        import functools
        SIZE = 2
        class Base: size = SIZE
        class Maker(Base): pass
        def twice(f):
            @functools.wraps(f)
            def inner(*args): return f(*args) * 2
            return inner
        @twice
        def seed(kind=Maker): return kind.size
        """
    )
    assert part.defines == ("SIZE", "Base", "Maker", "twice", "seed")
    assert run(part)["seed"]() == 4


def test_local_names_that_shadow_a_global_need_nothing() -> None:
    part = take("X = 1\nY = 2\ndef seed(apps, X): return [Y for Y in X]\n")
    assert part.defines == ("seed",)


def test_only_used_imports_one_binding_each() -> None:
    part = take(
        """
        from os import path as p, sep, linesep
        import os.path, xml.dom
        import xml.sax
        from ..models import helper
        from . import lands
        def seed(): return p, sep, xml.sax.handler, helper, lands
        """
    )
    assert part.imports == (
        "from os import path as p",
        "from os import sep",
        "import xml.sax",
        "from ..models import helper",
        "from . import lands",
    )


def test_future_annotations_follow_the_functions() -> None:
    part = take("from __future__ import annotations, division\ndef seed(x: Missing): pass\n")
    assert part.imports == ("from __future__ import annotations",)


def test_patterns_and_walrus_bind_names() -> None:
    part = take(
        """
        def seed(x):
            match x:
                case {"a": found, **rest}: return found, rest
                case [head, *tail]: return head, tail
            return [y for z in x if (y := z)]
        """
    )
    assert run(part)["seed"]([1, 2]) == (1, [2])


def test_crlf_and_tabs_are_read() -> None:
    assert run(take("X = 1\r\ndef seed():\r\n\treturn X\r\n"))["seed"]() == 1


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def other(): pass", "not defined at the top level"),
        ("from lands import *\ndef other(): pass", "import *"),
        ("from lands import *\ndef seed(): return LANDS", "import *"),
        ("def seed(): return LANDS", "`LANDS` is not defined"),
        ("def outer():\n    def seed(): pass", "nested in a function"),
        ("class Migration:\n    def seed(apps, schema_editor): pass", "nested in a class"),
        ("def seed(): return globals()", "globals()"),
        ("def seed(): exec('X = 1')", "exec()"),
        ("X = 1\ndef seed():\n    global X\n    X = 2", "`global` statement"),
        ("X = 1\ndef bump():\n    global X\n    X = 2\ndef seed(): return bump()", "`global` statement"),
        ("class Migration: pass\ndef seed(): return Migration", "class Migration"),
        ("from .m0002 import f\ndef seed(): return f", "shop.migrations.m0002"),
        ("from . import m0002\ndef seed(): return m0002", "shop.migrations.m0002"),
        ("from shop.migrations import m0002 as old\ndef seed(): return old", "shop.migrations.m0002"),
        ("import shop.migrations.m0002\ndef seed(): return shop.migrations.m0002.f", "shop.migrations.m0002"),
        ("def seed():\n    from .m0002 import f\n    return f", "shop.migrations.m0002"),
        (
            "from importlib import import_module\nold = import_module('shop.migrations.0003_x')\ndef seed(): old.f()",
            "shop.migrations.0003_x",
        ),
        (
            "import importlib\ndef seed(): importlib.import_module('.0003_x', __package__).f()",
            "shop.migrations.0003_x",
        ),
        ("from .m0002 import seed", "shop.migrations.m0002"),
        ("def seed(:", "cannot be parsed"),
    ],
)
def test_refuses_with_a_plain_reason(source: str, words: str) -> None:
    reason = refuse(source + "\n")
    assert words in reason
    assert reason.endswith(".")


@pytest.mark.parametrize(
    "source",
    [
        "seed = lambda: 1",
        "from functools import partial\ndef f(x): return x\nseed = partial(f, 1)",
        "def make(x):\n    return lambda: x\nseed = make(1)",
    ],
)
def test_what_is_bound_to_a_name_moves_whatever_it_is(source: str) -> None:
    assert run(take(source + "\n"))["seed"]() == 1


def test_neighbours_that_the_function_does_not_need_do_not_matter() -> None:
    part = take("from .m0002 import f\nfrom lands import *\nOLD = f()\ndef seed(): return 1\n")
    assert part == Extract((), "def seed(): return 1\n", ("seed",))


def test_a_helper_of_an_ordinary_module_stays_an_import() -> None:
    assert take("from shop.data import seed\n") == Extract(("from shop.data import seed",), "", ())


@settings(max_examples=30)
@given(st.lists(st.lists(st.integers(0, 9), max_size=3), min_size=10, max_size=10), st.integers(0, 9))
def test_an_extract_defines_what_it_says_and_runs(links: list[list[int]], start: int) -> None:
    """Functions that call one another at random: the extract holds those that are reached, no more and no fewer."""
    source = ""
    for number, targets in enumerate(links):
        calls = "".join(f"        f{target}(seen)\n" for target in targets)
        source += f"def f{number}(seen):\n    if {number} not in seen:\n        seen.add({number})\n{calls}\n"
    part = extract(source, [f"f{start}"], package="shop.migrations", project_migrations=())
    reached: set[int] = set()
    run(part)[f"f{start}"](reached)
    assert sorted(part.defines) == sorted(f"f{number}" for number in reached)


def test_libcst_is_loaded_only_when_something_is_moved() -> None:
    names = "extract, merge, materialise, seedfile, sqlliteral, imports, pieces"
    code = f"import sys; from migwizard.seeds import {names}; print('libcst' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


REGISTERED = """
    {registry}
    @{decorator}
    def first(): return 1
    @{decorator}
    def second(): return helper()
    def helper(): return 2
    def other(): return 3
    def seed(apps, schema_editor): return [each() for each in {steps}]
    class Migration:
        operations = [seed]
    """


@pytest.mark.parametrize(
    ("registry", "decorator", "steps"),
    [
        ("STEPS = []\n    def step(f): STEPS.append(f); return f", "step", "STEPS"),
        ("STEPS = []\n    def step(n):\n        return lambda f: add(f)\n    def add(f): STEPS.append(f)", "step(1)", "STEPS"),
        ("STEPS = []", "STEPS.append", "STEPS"),
        ("STEPS = []\n    def step(to): return lambda f: to.append(f)", "step(STEPS)", "STEPS"),
        ("def step(f): step.all.append(f)\n    step.all = []", "step", "step.all"),
        ("class Steps:\n        all = []\n        def add(self, f): self.all.append(f)\n    steps = Steps()", "steps.add", "Steps.all"),
    ],
)  # fmt: skip
def test_functions_that_a_decorator_puts_on_a_needed_list_come_along(registry: str, decorator: str, steps: str) -> None:
    part = take(REGISTERED.format(registry=registry, decorator=decorator, steps=steps))
    assert run(part)["seed"](None, None) == [1, 2]
    assert "def other" not in part.body


def test_functions_come_along_that_register_with_an_imported_object() -> None:
    part = take(
        """
        from shop.registry import STEPS, step
        @step
        def first(): return 1
        def seed(apps, schema_editor): return STEPS
        """
    )
    assert "def first" in part.body


def test_functions_with_a_decorator_that_keeps_nothing_stay_behind() -> None:
    part = take(
        """
        from django.db import transaction
        from functools import wraps
        from shop.tools import timed
        LIMIT = 3
        def mark(f):
            @wraps(f)
            def inner(*args): return f(*args)[:LIMIT]
            return inner
        @mark
        def other(): pass
        @timed
        @transaction.atomic
        def another(): pass
        @mark
        @timed
        def seed(apps, schema_editor):
            with transaction.atomic():
                return [LIMIT]
        """
    )
    assert "def other" not in part.body
    assert "def another" not in part.body


def test_a_registered_function_that_cannot_be_moved_keeps_the_others() -> None:
    reason = refuse(
        """
        from shop.migrations.m0002 import rows
        STEPS = []
        @STEPS.append
        def first(): return rows
        def seed(apps, schema_editor): return STEPS
        """
    )
    assert reason == "It uses code of another migration, shop.migrations.m0002."
