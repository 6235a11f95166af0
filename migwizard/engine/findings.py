"""What preflight finds: a line for each thing that it looks at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "note", "stop", "waiting"]
EARLIER = "Earlier reset"
"""Name of the finding that a manifest of another reset stands in the checkout."""

GIT = "Git"
"""Name of the finding what git keeps of the project's files."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of preflight."""

    name: str
    """A word: "Git", "History"."""
    status: Status
    text: str
    detail: str = ""
