"""What `from x import *` gave a module: its text does not tell."""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
from typing import Any

_STAR = re.compile(r"\bimport\b[\s\\]*\*")


def star_names(module: Any) -> dict[str, list[str]]:
    """The names that each star import at the top of a loaded module gave, by the imported module as it is written."""
    try:
        source = module.__spec__.loader.get_source(module.__name__) or ""
        # Nearly no migration has one, and to read what is there takes as long as to import it.
        tree = ast.parse(source if _STAR.search(source) else "")
    except (AttributeError, ImportError, SyntaxError):
        return {}
    found = {}
    for node in tree.body:
        if not isinstance(node, ast.ImportFrom) or node.names[0].name != "*":
            continue
        written = "." * node.level + (node.module or "")
        imported = sys.modules.get(importlib.util.resolve_name(written, module.__package__))
        known = vars(imported) if imported is not None else {}
        names = known.get("__all__", [name for name in known if not name.startswith("_")])
        found[written] = sorted(name for name in names if name in known and _is(module, name, known[name]))
    return found


def _is(module: Any, name: str, value: Any) -> bool:
    """Whether the module still knows a name as what the star import gave it."""
    return name in vars(module) and vars(module)[name] is value
