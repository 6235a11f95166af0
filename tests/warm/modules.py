"""What a process imports from which commands of migwizard are forked."""

from __future__ import annotations

MODULES = (
    "libcst.matchers",
    "libcst.metadata",
    "migwizard.cli",
    "migwizard.commands.look",
    "migwizard.commands.reset",
    "migwizard.commands.retire",
    "migwizard.commands.run",
    "migwizard.commands.runbook",
    "migwizard.commands.status",
    "migwizard.engine.machine",
    "migwizard.engine.steps.done",
    "migwizard.engine.steps.fake",
    "migwizard.engine.steps.generate",
    "migwizard.engine.steps.proof",
    "migwizard.engine.steps.seeds",
    "migwizard.faces.jsonlines",
    "migwizard.faces.narrator",
    "networkx",
)
"""What a reset needs sooner or later, and takes long to import."""
