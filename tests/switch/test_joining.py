"""One script out of the agent's modules."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from migwizard.switch.manifest import build
from migwizard.switch.script import join, script, sources


def test_it_needs_nothing_but_django() -> None:
    tree = ast.parse(script(build(run_id="r", created="", apps=["a"], old_nodes=[], new_nodes=[])))
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [str(node.module)])
    }
    assert imported - set(sys.stdlib_module_names) == {"django"}


def test_it_says_what_it_is_of_and_how_it_is_used() -> None:
    manifest = build(
        run_id="r7", created="2019-02-01T10:00:00+00:00", apps=["users", "blog"], old_nodes=[], new_nodes=[]
    )
    said = ast.get_docstring(ast.parse(script(manifest))) or ""
    for words in ("reset r7 of 2019-02-01", "apps blog, users", "python migwizard_switch.py switch --database default"):
        assert words in said


def test_every_module_of_the_switch_is_in_it() -> None:
    text = script(build(run_id="r", created="", apps=["a"], old_nodes=[], new_nodes=[]))
    for name, source in sources().items():
        last = source.rstrip().splitlines()[-1]
        assert f"\n{last}\n" in text, name


def test_modules_come_after_what_they_need() -> None:
    joined = join(
        {
            "first": '"""Says it."""\n\nfrom __future__ import annotations\n\nimport sys\n\nfrom .second import word\n\n\n@word\ndef say():\n    print(sys)\n',
            "second": '"""The word."""\n\nimport json\nimport sys\n\nfrom django.db import a\n\n# As it is.\nword = str\n',
            "third": "from django.db import b\n",
        }
    )
    assert joined.startswith(
        "import json\nimport sys\n\nfrom django.db import a, b\n\n\n# The word.\n\n\n# As it is.\nword = str\n\n\n"
    )
    assert "# Says it.\n\n\n@word\ndef say():\n    print(sys)\n" in joined


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("import json\n\n\ndef word():\n    pass\n", "second and third both define word"),
        ("import word\n", "an import and second both define word"),
        ("from .second import word as other\n", "line 1"),
        ("from . import second\n", "line 1"),
        ("def say():\n    from .second import word\n", "line 2"),
    ],
)
def test_what_cannot_be_joined_is_refused(source: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        join({"second": "word = 1\n", "third": source})


def test_without_django_it_says_so(tmp_path: Path) -> None:
    path = tmp_path / "migwizard_switch.py"
    path.write_text(script(build(run_id="r", created="", apps=["a"], old_nodes=[], new_nodes=[])))
    done = subprocess.run([sys.executable, "-I", "-S", path, "check"], capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "has no Django: run this with the Python of the project" in done.stderr
    assert "Traceback" not in done.stderr
