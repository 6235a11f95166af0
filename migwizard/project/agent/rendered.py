"""How many model classes a migrate from zero renders, told from the files alone: no database, and nothing is rendered."""

from __future__ import annotations

from typing import Any

from . import histories
from .tracking import Tracking


def rendered(
    start: dict[str, Any], emit: Any, labels: list[str], folders: dict[str, str | None] | None = None
) -> dict[str, int]:
    """Model classes that the stock migrate renders: for the `whole` history, and those of them that `others` than `labels` need.

    In a new history of these the migrations of the others come at the same place, and meet about the same models.
    """
    from django.db.migrations.loader import MigrationLoader

    histories.look_at(folders)
    loader = MigrationLoader(None)
    nodes = list(
        dict.fromkeys(node for leaf in sorted(loader.graph.leaf_nodes()) for node in loader.graph.forwards_plan(leaf))
    )
    whole = _count(loader, nodes)
    return {"whole": sum(whole.values()), "others": sum(whole[node] for node in nodes if node[0] not in labels)}


def _count(loader: Any, nodes: list[Any]) -> dict[Any, int]:
    """Classes by migration, in the order in which migrate applies them."""
    from django.db.migrations.state import ProjectState

    found = {}
    with Tracking() as tracking:
        state = ProjectState(real_apps=loader.unmigrated_apps)
        for node in nodes:
            before = tracking.classes
            for operation in loader.graph.nodes[node].operations:
                operation.state_forwards(node[0], state)
                if _runs_code(operation):
                    # It gets all models, rendered anew where one of them waited for that.
                    state.clear_delayed_apps_cache()
            if node == nodes[-1]:
                # So do handlers at the end of a migrate.
                state.clear_delayed_apps_cache()
            found[node] = tracking.classes - before
    return found


def _runs_code(operation: Any) -> bool:
    inner = getattr(operation, "database_operations", None) or ()
    return type(operation).__name__ == "RunPython" or any(map(_runs_code, inner))
