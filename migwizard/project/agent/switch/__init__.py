"""The switch: one project's rows in django_migrations, old history out, new history in, all or nothing.

The schema does not change: the database already has every table that the new history builds. What changes is which
migrations Django believes it has applied. Unlike `migrate --fake` the switch refuses a database that is not exactly
at the old head, keeps every old row, leaves the rows of other apps alone and sends no signal.

Standard library and Django only, in modules that import each other's names and nothing else of ours: they are also
written out into one file, for images that do not hold the wizard. So a name without underscore means one thing in all
of them. The manifest is the plain dict of the committed JSON file.
"""

from __future__ import annotations

from .files import Consistency, graph_consistency
from .installed import part_of
from .locks import is_lock_failure, try_lock
from .ontop import steps_back
from .places import Place, places_of, recorded_in, sqlite_file
from .procedures import state, switch
from .refusal import SwitchError
from .reverse import undo
from .rounds import Round

__all__ = [
    "Consistency",
    "Place",
    "Round",
    "SwitchError",
    "graph_consistency",
    "is_lock_failure",
    "part_of",
    "places_of",
    "recorded_in",
    "sqlite_file",
    "state",
    "steps_back",
    "switch",
    "try_lock",
    "undo",
]
