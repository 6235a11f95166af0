"""What a migrate from zero renders, told from the files alone: no database, and nothing is rendered."""

from __future__ import annotations

from typing import Any

from . import histories
from .history import full_plan, load_graph
from .tracking import Tracking


def rendered(
    start: dict[str, Any], emit: Any, labels: list[str], folders: dict[str, str | None] | None = None
) -> dict[str, int]:
    """Model classes that the stock migrate renders: for the `whole` history, and those of them that `others` than `labels` need.

    In a new history of these the migrations of the others come at the same place, and meet about the same models.
    """
    histories.look_at(folders)
    found = _weigh(start["root"])
    return {
        "whole": sum(facts["classes"] for facts in found),
        "others": sum(facts["classes"] for facts in found if facts["node"][0] not in labels),
    }


def weights(start: dict[str, Any], emit: Any, folders: dict[str, str | None] | None = None) -> list[dict[str, Any]]:
    """Of each migration its node, its parents, and what Django renders because of it, as far as the order decides it.

    "connected" is for each operation that renders whole components the models ("app.model") through which it touches them,
    "near" the classes rendered otherwise, and "whole" how often all are.
    """
    histories.look_at(folders)
    return _weigh(start["root"])


def _weigh(root: str) -> list[dict[str, Any]]:
    """The migrations in the order in which migrate applies them. Raises AgentError("history")."""
    from django.db.migrations.state import ProjectState

    loader = load_graph(root)
    graph, nodes, found = loader.graph, full_plan(loader), []
    with Tracking() as tracking:
        state = ProjectState(real_apps=loader.unmigrated_apps)
        for node in nodes:
            tracking.begin()
            for operation in graph.nodes[node].operations:
                operation.state_forwards(node[0], state)
                if _runs_code(operation):
                    # It gets all models, rendered anew where one of them waited for that.
                    state.clear_delayed_apps_cache()
            if node == nodes[-1]:
                # So do handlers at the end of a migrate.
                state.clear_delayed_apps_cache()
            parents = sorted(list(parent.key) for parent in graph.node_map[node].parents)
            found.append({"node": list(node), "parents": parents, **tracking.counted()})
    return found


def _runs_code(operation: Any) -> bool:
    inner = getattr(operation, "database_operations", None) or ()
    return type(operation).__name__ == "RunPython" or any(map(_runs_code, inner))
