"""What an example of a refusal is, and what stands in several of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from migwizard.engine.states import State
from migwizard.errors import MigwizardError

HERE = "{here}"
"""Stands for the project's folder."""


@dataclass(frozen=True, slots=True)
class Example:
    """What is raised, and where the ride stood."""

    code: str
    kind: type[MigwizardError]
    sentence: str
    details: Mapping[str, Any] = field(default_factory=dict)
    state: State = State.PREFLIGHT
    applied: bool = False
    found: bool = True
    """Whether there is a project yet."""


DEFAULT = {"alias": "default"}
OLD_ROW, HOTFIX = ["orders", "0011_auto_20240117"], ["orders", "0012_hotfix"]
FILES = ["apps/orders/migrations/0011_auto_20240117.py", "apps/products/migrations/0014_x.py"]
UNCHANGED = " Nothing was changed."
