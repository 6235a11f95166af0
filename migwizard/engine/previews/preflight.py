"""What preflight found in the project, line by line."""

from __future__ import annotations

from dataclasses import dataclass

from migwizard.engine.findings import Finding


@dataclass(frozen=True, slots=True)
class PreflightPreview:
    """What was looked at before anything else."""

    findings: tuple[Finding, ...]
    unchanged: str = ""
    """What is unchanged, where something stands in the way."""
    log: str = ""
