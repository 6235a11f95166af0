"""The wizard: screens where there is a terminal for them, else numbered lines; the same ride in both."""

from __future__ import annotations

import argparse
import difflib
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from migwizard.commands.setup import options_of, remember
from migwizard.engine.options import Opening, Options
from migwizard.engine.process import INTERRUPTED, Ended, Message
from migwizard.engine.talk import Event
from migwizard.errors import UndecidedError, UsageError
from migwizard.exit_codes import ExitCode

PLAIN = "plain"
"""Code of an ended app whose person wants to go on without screens."""
CHANNEL = "TEXTUAL_DRIVER"
"""Set where somebody else draws the screens, as `migwizard web` does: then the streams are no terminal, on purpose."""


def wizard(arguments: argparse.Namespace) -> int:
    """The whole ride with a person."""
    if arguments.no_input:
        raise UndecidedError(
            "The wizard asks a person, and --no-input forbids questions. Nothing was begun.",
            code="no-input",
            cures=("Without questions: migwizard run --yes --no-input", "Where a reset stands: migwizard status"),
        )
    options = replace(options_of(arguments), review=True)
    ended = None if wants_plain(arguments.plain, os.environ) else _screens(arguments, options)
    # Imported only now: the first screen must not wait for what is needed after the last one.
    if ended is None or ended.code == PLAIN:
        from migwizard.commands.lines import ride_in_lines

        ended = ride_in_lines(arguments, _opening(arguments), options)
    from migwizard.commands.farewell import farewell

    farewell(ended, arguments)
    return ended.exit_code


def wants_plain(asked: bool, environment: Mapping[str, str]) -> bool:
    """Whether the person asked for lines, or screens cannot be drawn here. Textual draws on stderr, so that counts too."""
    if asked or environment.get("ACCESSIBLE", "0") not in ("", "0"):
        return True
    if environment.get(CHANNEL):
        return False
    return environment.get("TERM") == "dumb" or not all(
        stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)
    )


def _opening(arguments: argparse.Namespace) -> Opening:
    return Opening(
        Path(arguments.project) if arguments.project else None,
        arguments.python,
        arguments.settings,
        via=arguments.via,
        via_root=arguments.via_root,
        env_files=tuple(arguments.env_file or ()),
        scratch=tuple(arguments.scratch or ()),
    )


def _screens(arguments: argparse.Namespace, options: Options) -> Ended:
    """The ride in a process of its own, under the screens; what cures said of the project is noted in `arguments`."""
    from migwizard.engine.process import Engine
    from migwizard.tui.app import WizardApp

    opening, said = _opening(arguments), dict[str, Any]()

    def engine(heard: Callable[[Message], None], changes: Mapping[str, Any]) -> Engine:
        def noted(message: Message) -> None:
            if isinstance(message, Event) and message.kind == "project":
                said.update(message.data["said"])
            heard(message)

        return Engine(replace(opening, **changes), options, noted)

    app = WizardApp(engine, guided=not arguments.expert, theme=_theme(arguments.theme))
    ended = app.run(mouse=not arguments.no_mouse)
    remember(arguments, said)
    return ended or Ended(ExitCode.INTERRUPTED, code=INTERRUPTED)


def _theme(name: str | None) -> str:
    """The theme that was named, as the wizard knows it. Raises UsageError, with the nearest, for an unknown one."""
    from migwizard.tui.themes import NAMES

    short = {known.removeprefix("migwizard-"): known for known in NAMES}
    if name is None or name in NAMES:
        return name or ""
    if name not in short:
        near = difflib.get_close_matches(name, short, 1)
        raise UsageError(
            f"There is no theme {name!r}{f'; did you mean {near[0]}?' if near else '.'} The themes are {', '.join(short)}.",
            code="theme",
        )
    return short[name]
