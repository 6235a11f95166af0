"""What the code of an operation reaches: helpers of the project, followed by the names that it uses."""

from __future__ import annotations

import functools
import importlib
import sys
import types
from pathlib import Path

import pytest

from migwizard.project.agent.reach import reached_source

HELPERS = """
from django.conf import settings as configured
from pathlib import Path

class Lazy:
    def __getattr__(self, name):
        raise RuntimeError("nobody may wake me")

lazy = Lazy()

def deep():
    return configured.DEMO, lazy, Path

def helper(value):
    return [deep() for _ in value]

class Operation:
    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        helper(())
"""


@pytest.fixture
def helpers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    (tmp_path / "reached_helpers.py").write_text(HELPERS)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "reached_helpers", raising=False)
    return importlib.import_module("reached_helpers")


@pytest.mark.parametrize("start", ["helper", "partial", "class"])
def test_helpers_are_followed(helpers: types.ModuleType, start: str) -> None:
    starts = {
        "helper": helpers.helper,
        "partial": functools.partial(helpers.helper, ()),
        "class": helpers.Operation,
    }
    source = reached_source(starts[start])
    assert "def deep():" in source
    assert "from django.conf import settings as configured" in source
    assert "nobody may wake me" not in source
    assert "class Path" not in source


def test_what_has_no_source_reaches_nothing() -> None:
    assert reached_source(None) == ""
    assert reached_source(len) == ""
