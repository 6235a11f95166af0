"""What lay beside the old migrations for their sake, and that nothing refers to any more; it is named, and never removed.

Whoever looks for a file or a module has to write its name somewhere. So a name counts as referred to wherever it stands as a
word in the project; that keeps too much rather than too little.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from migwizard.engine.ride import Ride
from migwizard.engine.swapping import swap
from migwizard.engine.swapping.projectfiles import sources
from migwizard.paths import COMPANION


def find(ride: Ride) -> list[str]:
    """The files and sub-packages, relative to the project, which an old migration named and nothing names now."""
    root = ride.project.root.resolve()
    units = list(_units(ride, root))
    old = "\n".join(_old_texts(ride))
    named = [unit for unit in units if _names(unit, old)]
    if not named:
        return []
    open_units = dict.fromkeys(named)
    for path in sources(root):
        text = path.read_text(encoding="utf-8", errors="replace")
        for unit in [unit for unit in open_units if path != unit and unit not in path.parents and _names(unit, text)]:
            del open_units[unit]
        if not open_units:
            break
    return [unit.relative_to(root).as_posix() for unit in open_units]


def _units(ride: Ride, root: Path) -> Iterator[Path]:
    """What lies in the migrations folders of the tree besides migrations: a file, or a folder as a whole."""
    ours = {step.path for step in swap.made_steps(ride)}
    for folder in ride.checkpoint.folders.values():
        for path in sorted((root / folder).iterdir()):
            name = f"{folder}/{path.name}"
            if path.name in ("__init__.py", "__pycache__", COMPANION) or path.name[0] == "." or name in ours:
                continue
            yield path


def _old_texts(ride: Ride) -> Iterator[str]:
    """The migrations that went."""
    for step in swap.migrations_of(swap.made_steps(ride)):
        label = next(label for label, folder in ride.checkpoint.folders.items() if step.path.startswith(f"{folder}/"))
        path = ride.workplace.backup / label / step.path.rpartition("/")[2]
        if step.after is None and path.is_file():
            yield path.read_text(encoding="utf-8", errors="replace")


def _names(unit: Path, text: str) -> bool:
    return re.search(rf"\b{re.escape(unit.stem)}\b", text) is not None
