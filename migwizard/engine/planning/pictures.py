"""Pictures of the model graph, written into our own folder."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from migwizard.engine.ride import Ride
from migwizard.engine.surviving import durable
from migwizard.errors import MigwizardError
from migwizard.graph.dot_out import to_dot
from migwizard.graph.levels import Levels
from migwizard.graph.model import ModelGraph
from migwizard.graph.picture import text_picture
from migwizard.graph.svg import to_svg

KINDS = {"dot": "dot", "svg": "svg", "png": "png", "text": "txt"}
"""Kind of picture -> ending of its file."""
_PATIENCE_SECONDS = 60


def has_graphviz() -> bool:
    return shutil.which("dot") is not None


def save_picture(ride: Ride, kind: str, graph: ModelGraph, levels: Levels) -> Path:
    """Write `.migwizard/pictures/models.*`. Raises MigwizardError where it cannot be drawn here."""
    path = ride.workplace.folder / "pictures" / f"models.{KINDS[kind]}"
    durable.write_file(path, _drawn(kind, graph, levels))
    return path


def _drawn(kind: str, graph: ModelGraph, levels: Levels) -> bytes:
    if kind == "text":
        return ("\n".join(text_picture(graph, levels)) + "\n").encode()
    if kind == "svg" and not has_graphviz():
        return to_svg(graph, levels).encode()
    text = to_dot(graph, levels)
    return text.encode() if kind == "dot" else _by_graphviz(kind, text)


def _by_graphviz(kind: str, text: str) -> bytes:
    program = shutil.which("dot")
    if program is None:
        raise MigwizardError(
            "PNG pictures need Graphviz, and no program called dot is on the path.",
            code="graphviz",
            cures=("Save the picture as SVG, as text or as a dot file.", "Install Graphviz."),
        )
    try:
        # Not through pydot, which waits for ever: a big graph can keep dot busy for hours.
        done = subprocess.run(
            [program, f"-T{kind}"], input=text.encode(), capture_output=True, check=True, timeout=_PATIENCE_SECONDS
        )
    except (OSError, subprocess.SubprocessError) as error:
        why = (
            f"it took longer than {_PATIENCE_SECONDS} s" if isinstance(error, subprocess.TimeoutExpired) else str(error)
        )
        raise MigwizardError(
            f"Graphviz could not draw the picture: {why}.",
            code="graphviz",
            cures=("Save the picture as a dot file or as text.",),
        ) from error
    return done.stdout
