"""How many model classes Django renders: nearly all of the time of a migrate, and the same number on every machine."""

from __future__ import annotations

from typing import Any


class Counting:
    """For the length of a `with` block `classes` counts the model classes that Django renders."""

    def __init__(self) -> None:
        self.classes = 0

    def __enter__(self) -> Counting:
        from django.db.migrations.state import ModelState

        self._original = ModelState.render

        def render(model_state: Any, apps: Any) -> Any:
            model = self._original(model_state, apps)
            self.classes += 1
            return model

        ModelState.render = render
        return self

    def __exit__(self, *_: Any) -> None:
        from django.db.migrations.state import ModelState

        ModelState.render = self._original
