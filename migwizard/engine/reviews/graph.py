"""The approval of graph: which apps take part, and pictures of their models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from migwizard.engine.planning import participation, pictures
from migwizard.engine.previews import AppLine, GraphPreview, ModelLine
from migwizard.engine.ride import Ride
from migwizard.engine.states import State
from migwizard.engine.steps.graph import load_graph
from migwizard.engine.talk import Answer, Choice, Event, Question
from migwizard.errors import MigwizardError
from migwizard.graph.levels import Levels, app_components, model_levels
from migwizard.graph.model import ModelGraph
from migwizard.graph.picture import text_picture
from migwizard.words.counting import count

REFUSED = "graph:refused"
_DRAWN = "graph:drawn"
_LARGEST_DOT = 40_000_000
_LARGEST_PICTURE = 400
"""Models; a bigger picture is only for a file."""


def question(ride: Ride) -> Question:
    """The apps and their models."""
    graph, levels, source = _source(ride)
    preview = _preview(ride, graph, levels, source)
    apps = len(ride.apps.labels)
    refused = ride.facts.pop(REFUSED, "")
    return Question(
        "review:graph",
        State.GRAPH,
        "Which apps take part?",
        refused or _summary(preview),
        (
            Choice("continue", "goes on to the plan", f"Continue with {count(apps, 'app')}"),
            *participation.choices(ride),
            *_picture_choices(),
            *_source_choices(source),
            Choice("again", "loads the project's models once more", "Load again", "source"),
        ),
        safe="continue",
        kind="review",
        default="continue",
        preview=preview,
        details="\n".join(preview.problems),
        refused=bool(refused),
    )


def change(ride: Ride, answer: str) -> State:
    """Note a decision; returns the state to go on from."""
    key, _, text = answer.partition("=")
    try:
        if participation.is_change(key):
            ride.facts[REFUSED] = participation.change(ride, key)
        elif key.startswith("save:"):
            _save(ride, key.removeprefix("save:"))
        elif key == "dot":
            _use_dot(ride, text)
        elif key == "models":
            ride.checkpoint.decisions.pop("dot", None)
    except MigwizardError as error:
        ride.facts[REFUSED] = " ".join([error.sentence, *error.cures])
    return State.GRAPH


def _picture_choices() -> tuple[Choice, ...]:
    graphviz = pictures.has_graphviz()
    words = {
        "svg": ("SVG", "drawn by Graphviz" if graphviz else "drawn by us, Graphviz is not here"),
        "text": ("text", "the levels, one below the other"),
        "dot": ("a dot file", "for Graphviz and other programs"),
        "png": ("PNG", "drawn by Graphviz" if graphviz else "needs Graphviz, which is not here"),
    }
    return tuple(
        Choice(f"save:{kind}", effect, f"Save picture as {name}", "picture") for kind, (name, effect) in words.items()
    )


def _source_choices(source: str) -> tuple[Choice, ...]:
    other = Choice(
        "dot",
        "levels and pictures are those of a graph_models file; the plan stays that of the models",
        "Use a graph_models dot file",
        "source",
        wants="path of a dot file",
    )
    back = Choice("models", "levels and pictures are those of the project again", "Use the project's models", "source")
    return (other,) if source == "registry" else (other, back)


def _save(ride: Ride, kind: str) -> None:
    graph, levels, _ = _source(ride)
    path = pictures.save_picture(ride, kind, graph, levels)
    text = f"Saved {path.relative_to(ride.project.root)}"
    ride.face.tell(Event("saved", State.GRAPH, text, {"path": str(path)}))


def _use_dot(ride: Ride, name: str) -> None:
    """Take the levels from a dot file from now on. Raises MigwizardError where it cannot be used."""
    path = Path(name).expanduser()
    path = path if path.is_absolute() else ride.project.root / path
    ride.facts.pop(_DRAWN, None)
    _read_dot(ride, path)
    ride.checkpoint.decisions["dot"] = Answer(str(path), "person")


def _read_dot(ride: Ride, path: Path) -> ModelGraph:
    from migwizard.graph.dot_in import DotError, read_graph_models

    if _DRAWN in ride.facts and ride.facts[_DRAWN][0] == path:
        found: ModelGraph = ride.facts[_DRAWN][1]
        return found
    try:
        if not path.is_file():
            raise DotError("There is no such file.")
        if path.stat().st_size > _LARGEST_DOT:
            raise DotError("The file is too large.")
        graph = read_graph_models(path.read_text(encoding="utf-8"), known=load_graph(ride))
    except (OSError, UnicodeDecodeError, DotError) as error:
        why = str(error) if isinstance(error, DotError) else f"It cannot be read: {error}."
        raise MigwizardError(f"{path.name} cannot be used. {why} Nothing was run from it.", code="dot") from error
    ride.facts[_DRAWN] = (path, graph)
    return graph


def _source(ride: Ride) -> tuple[ModelGraph, Levels, str]:
    """The graph that is shown, its levels, and where it is from."""
    graph, source = load_graph(ride), "registry"
    chosen = ride.checkpoint.decisions.get("dot")
    if chosen is not None:
        path = Path(chosen.choice)
        try:
            graph, source = _read_dot(ride, path), path.name
        except MigwizardError as error:
            # It was there when it was chosen.
            graph = replace(graph, problems=(error.sentence, *graph.problems))
    return graph, model_levels(graph), source


def _preview(ride: Ride, graph: ModelGraph, levels: Levels, source: str) -> GraphPreview:
    cycle_of = {key: number for number, keys in enumerate(levels.components, start=1) for key in keys}
    lines = tuple(
        ModelLine(
            model.key,
            levels.of[model.key],
            cycle_of.get(model.key),
            tuple((each.field, each.to, each.kind) for each in model.relations if each.makes_edge),
        )
        for model in graph.models
    )
    labels = set(ride.apps.labels)
    own = [line for line in lines if line.key.rpartition(".")[0] in labels]
    small = len(own) <= _LARGEST_PICTURE
    return GraphPreview(
        _apps(ride),
        lines,
        sum(len(line.points_at) for line in own),
        source,
        graph.problems,
        text_picture(graph, levels, only=frozenset(labels) if source == "registry" else None) if small else (),
        model_cycles=len({line.cycle for line in own} - {None}),
        model_levels=1 + max((line.level for line in own), default=-1),
    )


def _apps(ride: Ride) -> tuple[AppLine, ...]:
    """The project's apps first, then those of others that have models."""
    graph, apps = load_graph(ride), ride.apps
    taking = set(apps.labels)
    changeable = {*apps.labels, *apps.excluded}
    ours = {*changeable, *apps.unmigrated}
    cycle_of = _cycles(graph, taking)
    models: dict[str, int] = {}
    points: dict[str, set[str]] = {}
    app_of = {model.key: model.app for model in graph.models}
    for model in graph.models:
        models[model.app] = models.get(model.app, 0) + 1
    for source, target, _ in graph.edges():
        points.setdefault(app_of[source], set()).add(app_of[target])
    lines = [
        AppLine(
            app.label,
            app.label in ours,
            app.label in taking,
            models.get(app.label, 0),
            app.migrations,
            tuple(sorted(points.get(app.label, set()) - {app.label})),
            cycle_of.get(app.label),
            can_change=app.label in changeable,
        )
        for app in graph.apps
        if app.label in ours or models.get(app.label)
    ]
    return tuple(sorted(lines, key=lambda line: (not line.ours, line.label)))


def _cycles(graph: ModelGraph, labels: set[str]) -> dict[str, int]:
    """The cycles among the apps that take part, numbered by name."""
    own = replace(graph, models=tuple(model for model in graph.models if model.app in labels))
    return {label: number for number, labels in enumerate(app_components(own), start=1) for label in labels}


def _summary(preview: GraphPreview) -> str:
    taking = {app.label for app in preview.apps if app.takes_part}
    models = sum(line.key.rpartition(".")[0] in taking for line in preview.models)
    return (
        f"{count(models, 'model')}, {count(preview.relations, 'relation')}, "
        f"{count(preview.model_levels, 'model level')}, {count(_app_cycles(preview.apps), 'cycle')}."
    )


def _app_cycles(apps: Sequence[AppLine]) -> int:
    return len({app.cycle for app in apps} - {None})
