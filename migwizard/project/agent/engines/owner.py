"""Whether the maker of a scratch database on a server still needs it."""

from __future__ import annotations

import os
from typing import Any


def is_alive(process: int, owner: dict[str, Any]) -> bool:
    """Whether a process of the host's machine runs; a guest elsewhere cannot look, and is told which do: `living`."""
    if owner.get("living") is not None:
        return process in owner["living"]
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
