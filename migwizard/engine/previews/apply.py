"""What the swap does to the files, app by app."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AppliedApp:
    """What the swap does to one app."""

    label: str
    out: tuple[str, ...]
    into: tuple[str, ...]
    kept: tuple[str, ...] = ()
    """Migrations that stay on top of the new ones."""


@dataclass(frozen=True, slots=True)
class ApplyPreview:
    """The swap of the files."""

    apps: tuple[AppliedApp, ...]
    backup: str
    second_backup: str
    proof: str
    stat: str
    """`git diff --stat`, or what it would be."""
    applied: bool
    approved: str
    """Short hash of what was approved."""
    stays: tuple[str, ...] = ()
    """Other files in the migrations folders, which are left where they are."""
    callers: tuple[str, ...] = ()
    """Where code of the project names a migration that goes, as "path:line"."""
    also: tuple[str, ...] = ()
    """Other files that come or change with the swap, relative to the project: manifest and script beside manage.py."""
    kept: str = ""
    """What stays on top of the new files: "12 migrations kept on top since 2024-05-01"; empty for nothing."""
