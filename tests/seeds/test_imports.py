from __future__ import annotations

import ast

import pytest

from migwizard.seeds.imports import Import, layout_imports, parse_imports


def test_one_binding_for_each_name() -> None:
    found = parse_imports(["import a.b, c as d", "from ..x import y as z, w", "from . import v as v"])
    assert [binding.source for binding in found] == [
        "import a.b",
        "import c as d",
        "from ..x import y as z",
        "from ..x import w",
        "from . import v",
    ]
    assert [binding.bound for binding in found] == ["a", "d", "z", "w", "v"]


def test_anything_but_an_import_is_refused() -> None:
    with pytest.raises(ValueError, match="not an import"):
        parse_imports(["x = 1"])


def test_submodules_share_the_name_of_their_package() -> None:
    assert Import("a.b").target == Import("a.c").target == Import("a").target
    assert Import("a.b", alias="b").target != Import("a").target
    assert Import("a.b.c").provides == ("a", "a.b", "a.b.c")


def test_binding_another_name() -> None:
    assert Import("a", "b").bound_to("c").source == "from a import b as c"
    assert Import("a", "b", "c").bound_to("b").source == "from a import b"
    assert Import("a").bound_to("b").source == "import a as b"
    with pytest.raises(ValueError, match="another name"):
        Import("a.b").bound_to("c")


def test_layout_is_that_of_isort_with_a_section_for_django() -> None:
    lines = [
        "from .b import f",
        "from shop import Z",
        "from django.db import models",
        "import os",
        "from django.db import migrations",
        "from .. import up",
        "from __future__ import annotations",
        "from decimal import Decimal, ROUND_UP, getcontext",
        "from decimal import Context as C",
        "import os",
    ]
    assert layout_imports(parse_imports(lines)) == (
        "from __future__ import annotations\n\n"
        "import os\nfrom decimal import ROUND_UP, Decimal, getcontext\nfrom decimal import Context as C\n\n"
        "from django.db import migrations, models\n\n"
        "from shop import Z\n\n"
        "from .. import up\nfrom .b import f"
    )


def test_long_lines_are_wrapped() -> None:
    text = layout_imports([Import("shop.somewhere", f"a_rather_long_name_{number}") for number in range(6)])
    assert max(map(len, text.splitlines())) <= 88
    assert text.endswith(",\n)")
    assert len(ast.parse(text).body) == 1
