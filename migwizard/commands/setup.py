"""What every command starts with: the project, the face, the options."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from migwizard.engine.options import Options
from migwizard.engine.states import State
from migwizard.engine.talk import Face
from migwizard.errors import UsageError
from migwizard.harmless import harmless
from migwizard.project.discovery import Project, find_project
from migwizard.project.places import OPTION, without_password
from migwizard.project.via import shown_text
from migwizard.stored import read_json

YES_OR_NO = ("precedence", "replaces")
"""Keys of answers files that no question asks for, so that no question would refuse another answer."""


def project_of(arguments: argparse.Namespace) -> Project:
    """The project that the command line means; its root is noted for the log."""
    folder = Path(arguments.project) if arguments.project else None
    project = find_project(
        folder,
        python=arguments.python,
        settings=arguments.settings,
        via=arguments.via,
        via_root=arguments.via_root,
        env_files=arguments.env_file or (),
        scratch=arguments.scratch or (),
    )
    arguments.root = project.root
    return project


def face_of(arguments: argparse.Namespace) -> Face:
    """JSON where it was asked for, else narration."""
    if getattr(arguments, "json", False):
        from migwizard.faces.jsonlines import JsonLines

        return JsonLines()
    from migwizard.faces.narrator import Narrator

    return Narrator(verbose=arguments.verbose, no_input=arguments.no_input)


def options_of(arguments: argparse.Namespace) -> Options:
    """The options of a run; commands that lack one get its default."""
    database = getattr(arguments, "database", None)
    return Options(
        yes=getattr(arguments, "yes", False),
        no_input=arguments.no_input or getattr(arguments, "json", False),
        until=State(getattr(arguments, "until", "done")),
        exclude=tuple(getattr(arguments, "exclude", ())),
        drift=getattr(arguments, "drift", None),
        keep_after=getattr(arguments, "keep_after", None),
        replaces=getattr(arguments, "replaces", None),
        stock_proof=getattr(arguments, "stock_proof", False),
        databases=tuple(database) if isinstance(database, list) else (database,) if database else (),
        confirm_fake=getattr(arguments, "confirm_fake", False),
        run_tests=getattr(arguments, "run_tests", False),
        answers=_answers(getattr(arguments, "answers", None)),
    )


def _answers(name: str | None) -> dict[str, str]:
    if name is None:
        return {}
    try:
        data = read_json(Path(name))
    except (OSError, ValueError) as error:
        raise UsageError(f"The answers file {name} cannot be read: {error}", code="answers") from error
    if not isinstance(data, dict) or not all(isinstance(value, str) for value in data.values()):
        raise UsageError(f"The answers file {name} must hold one JSON object of texts.", code="answers")
    for key in YES_OR_NO:
        if data.get(key, "yes") not in ("yes", "no"):
            raise UsageError(f"{data[key]!r} is no answer to {key}; choose yes or no.", code="answer")
    return data


def say(text: str) -> None:
    """A line of narration."""
    print(harmless(text), file=sys.stderr)


def remember(arguments: argparse.Namespace, said: Mapping[str, Any]) -> None:
    """Take over what a cure changed of the command line, so that the commands printed at the end say it too."""
    for name, value in said.items():
        setattr(arguments, name, value or None)


def again(arguments: argparse.Namespace, *more: str) -> str:
    """The command that comes to this project again, for the same shell in the same folder."""
    where = ["-C", arguments.project] if arguments.project else []
    # What makes no scratch database must not be held up by a password that is not printed.
    places = [] if {"undo", "status"} & set(more) else where_scratch(arguments)
    load = how_to_load(arguments)
    if arguments.via:
        # Whoever pastes it has to put values of variables in again.
        load[load.index("--via") + 1] = shown_text(arguments.via)
    return shlex.join([*_surroundings(), *_program(), *where, *load, *places, *more])


def to_switch(databases: Mapping[str, str], arguments: argparse.Namespace) -> list[str]:
    """The command that switches the first of the databases which wait for it, by their states; none where none waits."""
    waiting = [alias for alias, state in databases.items() if state == "OLD_HEAD"]
    return [f"Switch it: {again(arguments, 'fake', '--database', waiting[0])}"] if waiting else []


def how_to_load(arguments: argparse.Namespace) -> list[str]:
    """The options that say how the project is loaded, as they were given."""
    words = []
    for option, value in (
        ("--python", arguments.python),
        ("--via", arguments.via),
        ("--via-root", arguments.via_root),
        ("--env-file", arguments.env_file),
        ("--settings", arguments.settings),
    ):
        for item in value if isinstance(value, list | tuple) else filter(None, [value]):
            words += [option, item]
    return words


def where_scratch(arguments: argparse.Namespace) -> list[str]:
    """The options that say where scratch databases are made; whoever pastes them has to put a password in again."""
    return [part for word in arguments.scratch or () for part in (OPTION, without_password(word))]


def _surroundings() -> list[str]:
    """Where the second backup lies, if it was said: `make demo` says it, and the shell around it does not know."""
    place = os.environ.get("XDG_STATE_HOME")
    return ["env", f"XDG_STATE_HOME={place}"] if place else []


def _program() -> list[str]:
    """How this migwizard was called; by its name alone where that means this very one."""
    called = sys.argv[0]
    if Path(called).name != "migwizard":
        return [sys.executable, "-m", "migwizard"]
    named = shutil.which("migwizard")
    return ["migwizard"] if named and Path(named).resolve() == Path(called).resolve() else [called]
