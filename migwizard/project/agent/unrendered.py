"""What a history ends in, as a state whose models nobody has rendered."""

from __future__ import annotations

import contextlib
from typing import Any, Iterator


@contextlib.contextmanager
def unrendered() -> Iterator[None]:
    """Within this block Django does not look for what only a rendered state needs.

    For each field that a migration alters Django (since 4.0) looks through all fields of all models for one that names it, to
    know which models it has to render anew; in a long history that takes longer than all the rest.
    """
    from django.db.migrations import state as states

    module: Any = states
    original = getattr(module, "field_is_referenced", None)
    if original is None:
        yield
        return

    def field_is_referenced(state: Any, *names: Any) -> bool:
        return "apps" in vars(state) and bool(original(state, *names))

    module.field_is_referenced = field_is_referenced
    try:
        yield
    finally:
        module.field_is_referenced = original
