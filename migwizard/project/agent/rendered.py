"""How many model classes a migrate from zero renders, told from the files alone: no database, and nothing is rendered."""

from __future__ import annotations

from typing import Any

from . import histories
from .tracking import Tracking


def rendered(
    start: dict[str, Any], emit: Any, labels: list[str], folders: dict[str, str | None] | None = None
) -> dict[str, int]:
    """Model classes that the stock migrate renders: for the `whole` history, and for that of `others` than `labels`."""
    from django.db.migrations.loader import MigrationLoader

    histories.look_at(folders)
    loader = MigrationLoader(None)
    nodes = list(
        dict.fromkeys(node for leaf in sorted(loader.graph.leaf_nodes()) for node in loader.graph.forwards_plan(leaf))
    )
    others = [node for node in nodes if node[0] not in labels]
    return {"whole": _count(loader, nodes), "others": _count(loader, others)}


def _count(loader: Any, nodes: list[Any]) -> int:
    from django.db.migrations.state import ProjectState

    with Tracking() as tracking:
        state = ProjectState(real_apps=loader.unmigrated_apps)
        for node in nodes:
            for operation in loader.graph.nodes[node].operations:
                operation.state_forwards(node[0], state)
                if _runs_code(operation):
                    # It gets all models, rendered anew where one of them waited for that.
                    state.clear_delayed_apps_cache()
        # So do handlers at the end of a migrate.
        state.clear_delayed_apps_cache()
    return int(tracking.classes)


def _runs_code(operation: Any) -> bool:
    inner = getattr(operation, "database_operations", None) or ()
    return type(operation).__name__ == "RunPython" or any(map(_runs_code, inner))
