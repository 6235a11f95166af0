"""The project's own makemigrations command, run once a process, with work of ours done in the middle of it.

Projects override the command, and some patch Django in its `handle`: what the autodetector finds there differs from what
it would find elsewhere, and a second `handle` in one process may break. So the command is run once, as it is, and at the
place where it asks its autodetector for changes our work is done instead.
"""

from __future__ import annotations

import io
import sys
from typing import Any, Callable

from .failure import AgentError

_STOCK = "django.core.management.commands.makemigrations"


class Inside:
    """What the work has to hand while the command runs."""

    def __init__(
        self,
        command: Any,
        detector: Any,
        autodetector: Any,
        find: Callable[..., dict[str, list[Any]]],
        asked: list[str],
    ) -> None:
        self.command = command
        self.detector = detector
        """The autodetector that the command made, with its two states."""
        self.autodetector = autodetector
        """The autodetector class of the project."""
        self.find = find
        """The changes that the command itself would find, by app label; keywords are those of `changes`."""
        self.asked = asked
        """What `find` would have asked somebody at a terminal, in words."""


def makemigrations_class() -> Any:
    """The project's own makemigrations command class."""
    from django.core.management import get_commands, load_command_class

    return type(load_command_class(get_commands()["makemigrations"], "makemigrations"))


def is_stock() -> bool:
    """Whether makemigrations is Django's own."""
    return makemigrations_class().__module__ == _STOCK


def inside_makemigrations(work: Callable[[Inside], Any]) -> Any:
    """Run the project's command and return the result of `work`; the command itself then finds no changes.

    The autodetector is an attribute of the command since Django 5.2, before that a name in the command's module. Raises
    AgentError where the command never asks for changes.
    """
    from django.core.management import call_command
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.loader import MigrationLoader

    base = makemigrations_class()
    module = sys.modules[base.__module__]
    original: Any = getattr(base, "autodetector", None) or getattr(
        module, "MigrationAutodetector", MigrationAutodetector
    )
    results: list[Any] = []

    class Injected(original):
        def changes(self, *args: Any, **kwargs: Any) -> dict[str, list[Any]]:
            asked: list[str] = []
            note_questions(self.questioner, asked)

            def find(**more: Any) -> dict[str, list[Any]]:
                return dict(original.changes(self, *args, **dict(kwargs, **more)))

            results.append(work(Inside(command, self, original, find, asked)))
            return {}

    for place in (module, sys.modules[_STOCK]):
        if hasattr(place, "MigrationAutodetector"):
            vars(place)["MigrationAutodetector"] = Injected
    # A scratch database records nothing that could be inconsistent; so no connection is opened at all.
    loader: Any = MigrationLoader
    loader.check_consistent_history = lambda self, connection: None
    command = type("Command", (base,), {"autodetector": Injected})()
    call_command(command, interactive=False, verbosity=0, stdout=io.StringIO(), check_changes=True)
    if not results:
        raise AgentError("failed", "The project's makemigrations ended without looking for changes.")
    return results[0]


def note_questions(questioner: Any, asked: list[str]) -> None:
    """Let a questioner note what it would ask, and invent nothing; without that makemigrations ends here and there."""
    from django.db.models import NOT_PROVIDED

    def on_field(text: str) -> Callable[[str, str], Any]:
        def ask(field_name: str, model_name: str) -> Any:
            asked.append(text.format("{}.{}".format(model_name, field_name)))
            return NOT_PROVIDED

        return ask

    def ask_rename(model_name: str, old_name: str, new_name: str, field_instance: Any) -> bool:
        asked.append("whether {0}.{1} was renamed to {0}.{2}".format(model_name, old_name, new_name))
        return False

    def ask_rename_model(old_model_state: Any, new_model_state: Any) -> bool:
        names = (old_model_state.app_label, old_model_state.name, new_model_state.name)
        asked.append("whether the model {}.{} was renamed to {}".format(*names))
        return False

    questioner.ask_not_null_addition = on_field("a value of the new field {} for rows that exist")
    questioner.ask_auto_now_add_addition = on_field("a date of the new field {} for rows that exist")
    questioner.ask_unique_callable_default_addition = on_field("a unique value of the new field {} for rows that exist")
    questioner.ask_not_null_alteration = on_field("a value of {} in place of NULL")
    questioner.ask_rename = ask_rename
    questioner.ask_rename_model = ask_rename_model


def no_formatter() -> None:
    """Formatting each level anew costs seconds a level; files are formatted once, at the end, or not."""
    for name in {_STOCK, makemigrations_class().__module__}:
        if hasattr(sys.modules[name], "run_formatters"):
            vars(sys.modules[name])["run_formatters"] = lambda *args, **kwargs: None
