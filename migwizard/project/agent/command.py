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
from .thrifty import thrifty
from .unrendered import unrendered

_STOCK = "django.core.management.commands.makemigrations"


class Inside:
    """What the work has to hand while the command runs."""

    def __init__(
        self,
        command: Any,
        detector: Any,
        autodetector: Any,
        find: Callable[..., dict[str, list[Any]]],
        past: Callable[[], Any] | None,
    ) -> None:
        """`past` makes the old one of the autodetector's states, where command and autodetector are Django's own."""
        self.command = command
        self.autodetector = autodetector
        """The autodetector class of the project."""
        self.asked: list[str] = []
        """What `find` would have asked somebody at a terminal, in words."""
        self._detector, self._find, self._past = detector, find, past
        self._is_stock = past is not None
        note_questions(detector.questioner, self.asked)

    @property
    def detector(self) -> Any:
        """The autodetector that the command made, with its two states."""
        if self._past is not None:
            # Made once more, since it notes some of what a state holds when it is made.
            self._detector.__init__(self._past(), self._detector.to_state, self._detector.questioner)
            self._past = None
        return self._detector

    def find(self, **more: Any) -> dict[str, list[Any]]:
        """The changes that the command itself would find, by app label; keywords are those of `changes`."""
        return self._find(self.detector, **more)

    def today(self) -> Any:
        """The models as they are now; whoever changes that state changes what `find` looks at."""
        from django.apps import apps
        from django.db.migrations.state import ProjectState

        return self._detector.to_state if self._is_stock else ProjectState.from_apps(apps)


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
    spared: Any = thrifty(original)
    results: list[Any] = []
    past = _Past() if is_stock() and original.__module__.startswith("django.") else None

    class Injected(spared):
        def changes(self, *args: Any, **kwargs: Any) -> dict[str, list[Any]]:
            def find(detector: Any, **more: Any) -> dict[str, list[Any]]:
                return dict(original.changes(detector, *args, **dict(kwargs, **more)))

            results.append(work(Inside(command, self, original, find, past.given_back() if past else None)))
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


class _Past:
    """Lets loaders give an empty state for what the migrations end in: few requests look at it, and it costs as much as all else."""

    def __init__(self) -> None:
        from django.db.migrations.loader import MigrationLoader
        from django.db.migrations.state import ProjectState

        self._loader: Any = MigrationLoader
        self._original = MigrationLoader.project_state
        self._asked: list[Callable[[], Any]] = []

        def project_state(loader: Any, *args: Any, **kwargs: Any) -> Any:
            self._asked.append(lambda: self._state(loader, *args, **kwargs))
            return ProjectState()

        self._loader.project_state = project_state

    def _state(self, loader: Any, *args: Any, **kwargs: Any) -> Any:
        with unrendered():
            return self._original(loader, *args, **kwargs)

    def given_back(self) -> Callable[[], Any]:
        """Let them give what they should again; returns what makes the state for which the last one was asked."""
        self._loader.project_state = self._original
        return self._asked[-1]


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
