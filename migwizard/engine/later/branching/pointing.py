"""The way on for a branch from before a reset, named where Django misses a migration that the reset has folded."""

from __future__ import annotations

import re
from pathlib import Path

from migwizard.errors import MigwizardError
from migwizard.switch.manifest import FILE_NAME, ManifestUnreadableError, from_json
from migwizard.words.sentences import dotted

MISSING = re.compile(r"nonexistent parent node \('([^']+)', '([^']+)'\)")
"""How Django's NodeNotFoundError ends."""


def point(error: Exception, root: Path) -> None:
    """Let a failure to load the graph name `migwizard branch`, where what is missing is of the old history of a manifest here."""
    if not isinstance(error, MigwizardError) or (found := MISSING.search(error.sentence)) is None:
        return
    try:
        manifest = from_json((root / FILE_NAME).read_text(encoding="utf-8"))
    except (ManifestUnreadableError, OSError, ValueError):
        return
    if found.groups() in manifest.known:
        error.sentence = (
            f"{dotted(error.sentence)} {'.'.join(found.groups())} is an old migration that the reset {manifest.run_id} has folded, and a migration of "
            "your branch still depends on it: `migwizard branch` leads it to the new files."
        )
        error.cures = ("Lead the migrations of the branch to the new files: migwizard branch",)
