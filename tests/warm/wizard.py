"""Runs commands of migwizard in forks of a process that has it imported: `python -m tests.warm.wizard`.

As tests/warm/forks.py does with Django, which has no place in this process.
"""

from __future__ import annotations

import importlib

from tests.warm import forks

MODULES = (
    "libcst.matchers",
    "libcst.metadata",
    "migwizard.cli",
    "migwizard.commands.reset",
    "migwizard.commands.run",
    "migwizard.commands.retire",
    "migwizard.commands.runbook",
    "migwizard.engine.machine",
    "migwizard.engine.steps.done",
    "migwizard.engine.steps.fake",
    "migwizard.engine.steps.generate",
    "migwizard.engine.steps.proof",
    "migwizard.engine.steps.seeds",
    "migwizard.faces.jsonlines",
    "migwizard.faces.narrator",
)

if __name__ == "__main__":
    for name in MODULES:
        importlib.import_module(name)
    forks.MODULES = ()
    forks.main()
