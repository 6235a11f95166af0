"""Commands that only look."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from migwizard import __version__
from migwizard.commands.setup import face_of, options_of, project_of, say
from migwizard.commands.status import states_of
from migwizard.engine.opening import look_ride
from migwizard.engine.planning import keeping, replacing
from migwizard.engine.planning.plans import make_plan
from migwizard.engine.steps import graph as graphing
from migwizard.engine.steps import levels as levelling
from migwizard.engine.steps import proof as proving
from migwizard.engine.surviving.checkpoint import load_checkpoint
from migwizard.errors import UsageError
from migwizard.exit_codes import ExitCode
from migwizard.faces.jsonlines import emit
from migwizard.graph.model import ModelGraph
from migwizard.harmless import for_stream
from migwizard.paths import Workplace
from migwizard.project.discovery import Project
from migwizard.stored import read_bytes
from migwizard.words.databases import told


def plan(arguments: argparse.Namespace) -> int:
    """Levels and batches; makes no file, no database and no connection to one."""
    if arguments.from_dot:
        return _plan_from_dot(arguments)
    project = project_of(arguments)
    found = load_checkpoint(Workplace(project.root).checkpoint, project.root)
    with look_ride(project, face_of(arguments), options_of(arguments), found) as ride:
        keeping.decide(ride)
        replacing.decide(ride)
        graph = graphing.load_graph(ride)
        data = levelling.plan_data(make_plan(ride).plan) | {keeping.KEY: keeping.told(ride)}
        kept = keeping.lines(ride)
    _show_graph(graph, arguments, data, kept)
    return ExitCode.DONE


def _plan_from_dot(arguments: argparse.Namespace) -> int:
    from migwizard.graph.dot_in import DotError, read_graph_models

    try:
        graph = read_graph_models(read_bytes(Path(arguments.from_dot)).decode())
    except (OSError, ValueError) as error:
        raise UsageError(f"{arguments.from_dot} cannot be read: {error}", code="dot") from error
    except DotError as error:
        raise UsageError(f"{arguments.from_dot}: {error} Nothing was run from it.", code="dot") from error
    _show_graph(graph, arguments, None)
    return ExitCode.DONE


def _show_graph(
    graph: ModelGraph, arguments: argparse.Namespace, batches: dict[str, Any] | None, kept: Sequence[str] = ()
) -> None:
    from migwizard.graph.levels import app_components, grouped_by_app, model_levels

    levels = model_levels(graph)
    if arguments.dot:
        from migwizard.graph.dot_out import to_dot

        Path(arguments.dot).write_text(to_dot(graph, levels), encoding="utf-8")
    for problem in graph.problems:
        say(f"note: {problem}")
    if arguments.json:
        emit(
            {
                "type": "result",
                "source": graph.source,
                "levels": [list(level) for level in levels.levels],
                "model_components": [list(component) for component in levels.components],
                "app_components": [list(component) for component in app_components(graph)],
                "plan": batches,
            }
        )
        return
    for number, level in enumerate(levels.levels):
        _print(f"model level {number}")
        for app, names in grouped_by_app(level).items():
            _print(f"  {app or '(no app)'}: {', '.join(names)}")
    for batch in batches["batches"] if batches else ():
        _print(f"batch level {batch['level']}: {batch['app']}/{batch['name']}")
        for item in batch["deferred"]:
            _print(f"    waits: {item['what']}, returns in {item['returns_in']} (level {item['returns_at']})")
    for line in kept:
        _print(line)


def _print(line: str) -> None:
    print(for_stream(line, sys.stdout))


# States of a database with which nothing is wrong after Apply; OLD_HEAD waits for its switch.
FINE = {"NEW", "NEW_PARTIAL", "EMPTY", "OLD_HEAD", "missing", "not looked at"}


def verify(arguments: argparse.Namespace) -> int:
    """Build both histories again and compare them; look at the real databases. Changes nothing in the project."""
    project = project_of(arguments)
    place = Workplace(project.root)
    found = load_checkpoint(place.checkpoint, project.root)
    if found is None or not found.files:
        raise UsageError("There is no new history to verify: run migwizard run first.", code="no-reset")
    with look_ride(project, face_of(arguments), options_of(arguments), found) as ride:
        with tempfile.TemporaryDirectory(prefix="migwizard-") as folder:
            # Nothing is taken from what an earlier run kept.
            ride.scratch_folder = Path(folder)
            certificate, _ = proving.prove(ride)
        databases = states_of(ride) if found.applied else {}
    data = {"type": "result", "equal": certificate.equal, "proof": proving.summary(certificate), "databases": databases}
    if arguments.json:
        emit(data)
    else:
        print(for_stream(certificate.to_text(), sys.stdout), end="")
    for alias, state in databases.items():
        say(told(alias, state))
    if not certificate.settled:
        return ExitCode.FAILED
    return ExitCode.DONE if set(databases.values()) <= FINE else ExitCode.DATABASE


def doctor(arguments: argparse.Namespace) -> int:
    """What was found, and where each value comes from."""
    project = project_of(arguments)
    findings = _own_findings(project)
    try:
        with look_ride(project, face_of(arguments), options_of(arguments), None) as ride:
            facts = ride.guest.facts
            findings += [
                ("project python", facts["python"], facts["executable"]),
                *_elsewhere(project, facts),
                ("django", facts["django"], "the project's"),
                ("settings", facts["settings"], str(facts["settings_file"])),
                (
                    "isolation",
                    "fork per request" if facts["fork"] else "process per request",
                    facts["fork_hindrance"] or "",
                ),
                ("apps", ", ".join(ride.apps.labels) or "none", "project apps with migrations"),
            ]
            for database in facts["databases"]:
                place = database.get("path") or f"{database['host']}/{database['name']}"
                findings.append((f"database {database['alias']}", database["engine"], place))
            for message in facts["checks"]:
                findings.append((f"check {message['id']}", message["text"], message["object"]))
    finally:
        if arguments.json:
            emit({"type": "result", "findings": [{"what": a, "value": b, "source": c} for a, b, c in findings]})
        else:
            for what, value, source in findings:
                _print(f"{what}: {value}" + (f"  ({source})" if source else ""))
    return ExitCode.DONE


def _own_findings(project: Project) -> list[tuple[str, str, str]]:
    config = project.config
    source = str(config.file) if config.file else "default"
    return [
        ("migwizard", __version__, sys.executable),
        ("project", str(project.root), str(project.manage or "no manage.py")),
        ("interpreter", project.interpreter.named, project.interpreter.reason),
        *_env_files(project),
        *_scratch(project),
        ("exclude", ", ".join(config.exclude) or "nothing", source),
        ("include", ", ".join(config.include) or "nothing", source),
        ("tag", config.tag, source),
    ]


def _elsewhere(project: Project, facts: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Where --via finds the project."""
    if not project.interpreter.via:
        return []
    return [("project there", facts["there"], "named" if project.interpreter.root else "where the command starts")]


def _env_files(project: Project) -> list[tuple[str, str, str]]:
    """The files of variables, those of the configuration first; never what is in them."""
    configured = len(project.config.env_files)
    return [
        ("environment file", str(file), str(project.config.file) if number < configured else "--env-file")
        for number, file in enumerate(project.env_files)
    ]


def _scratch(project: Project) -> list[tuple[str, str, str]]:
    """Where scratch databases are made, if not on the server of the default database."""
    places = project.scratch
    return [("scratch databases", places.shown, places.source)] if places else []


def demo(arguments: argparse.Namespace) -> int:
    """Write the demo project."""
    from migwizard.demo.write import write_demo

    try:
        root = write_demo(Path(arguments.directory))
    except FileExistsError as error:
        raise UsageError(f"{error} Nothing was written.", code="demo") from error
    say(f"The demo project is in {root}.")
    say(f"Next: cd {root}, then migrate it (python manage.py migrate), then migwizard.")
    return ExitCode.DONE
