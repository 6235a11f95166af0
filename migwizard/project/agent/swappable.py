"""Which models can be swapped, looked up once.

For each model that a relation leads to, Django goes through all models (`Apps.get_swappable_settings_name`), and it forgets what
it found whenever any registry changes: at 1,500 models a third of the time of every pass of the autodetector.
"""

from __future__ import annotations


class _Table:
    """Stands for the method of the registry of all apps."""

    def __init__(self, settings: dict[str, str]) -> None:
        self._settings = settings

    def __call__(self, to_string: str) -> str | None:
        return self._settings.get(to_string.lower())

    def cache_clear(self) -> None:
        """What settings say does not change while the process lives."""


def remember() -> None:
    """Answer for all forks of this process from a table; all models must be there."""
    from django.apps import apps

    settings: dict[str, str] = {}
    for model in apps.get_models(include_swapped=True):
        setting, swapped = model._meta.swappable, model._meta.swapped
        for name in (swapped and swapped.lower(), setting and model._meta.label_lower):
            if name and setting:
                settings.setdefault(name, setting)
    vars(apps)["get_swappable_settings_name"] = _Table(settings)
