"""The part of a reset that concerns an environment: its settings may leave apps out, of which its databases have nothing."""

from __future__ import annotations

import typing

from django.apps import apps

from .words import Facts, Key, Keys, keys


def part_of(manifest: Facts, recorded: typing.Iterable[Key]) -> Facts:
    """The manifest without apps that are not installed here and of which nothing is recorded: they are not behind."""
    absent = set(manifest["apps"]) - {config.label for config in apps.get_app_configs()} - {app for app, _ in recorded}
    if not absent:
        return manifest

    def there(pairs: typing.Iterable[typing.Sequence[str]]) -> Keys:
        return [key for key in keys(pairs) if key[0] not in absent]

    return dict(
        manifest,
        apps=[app for app in manifest["apps"] if app not in absent],
        old=dict(manifest["old"], nodes=there(manifest["old"]["nodes"])),
        new=dict(manifest["new"], nodes=there(manifest["new"]["nodes"])),
        keep=there(manifest["keep"]),
    )
