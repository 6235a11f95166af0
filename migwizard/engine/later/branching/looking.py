"""What Django says of the branch once its migrations are led to the new files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from migwizard.project.discovery import Project
from migwizard.project.guest import Guest, GuestError
from migwizard.words.counting import count


@dataclass(frozen=True, slots=True)
class Said:
    """The result of loading the graph and of `makemigrations --check`."""

    problem: str = ""
    """Why the graph cannot be loaded; empty where it can."""
    conflicts: Mapping[str, tuple[str, ...]] | None = None
    """Apps that end in several migrations."""
    changes: Mapping[str, tuple[str, ...]] | None = None
    """What makemigrations would write."""

    @property
    def is_fine(self) -> bool:
        return not (self.problem or self.conflicts)

    @property
    def sentences(self) -> list[str]:
        """The same for people."""
        if self.problem:
            return [f"Django cannot load the migrations yet. {self.problem}"]
        told = [
            f"{app} ends in {' and '.join(names)}: run manage.py makemigrations --merge, or let one of them come after the "
            "other and number it anew."
            for app, names in (self.conflicts or {}).items()
        ]
        number = sum(map(len, (self.changes or {}).values()))
        if number:
            shown = "; ".join(f"{app}: {', '.join(lines)}" for app, lines in (self.changes or {}).items())
            return [*told, f"makemigrations finds {count(number, 'change')} without a migration: {shown}."]
        return told or ["Django loads the migrations, and makemigrations --check finds nothing."]


def look(project: Project) -> Said:
    """Load the project and its graph, and ask makemigrations. A project that cannot be loaded is told, and no error."""
    try:
        with Guest(project) as guest:
            labels = [app["label"] for app in guest.call("registry")["apps"]]
            conflicts = guest.call("history", labels=labels)["conflicts"]
            # With two newest migrations makemigrations only says so once more.
            changes = {} if conflicts else guest.call("check_changes")
    except GuestError as error:
        return Said(error.sentence)
    return Said(
        "",
        {app: tuple(names) for app, names in conflicts.items()},
        {app: tuple(lines) for app, lines in changes.items()},
    )
