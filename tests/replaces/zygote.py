"""Runs commands of migwizard in forks of a process that has it imported: `python -m tests.replaces.zygote`.

As tests/switch/warm.py does with Django, which has no place in this process.
"""

from __future__ import annotations

import importlib

from tests.switch import warm

MODULES = (
    "libcst.matchers",
    "libcst.metadata",
    "migwizard.cli",
    "migwizard.commands.reset",
    "migwizard.commands.retire",
    "migwizard.commands.runbook",
    "migwizard.engine.machine",
    "migwizard.faces.jsonlines",
    "migwizard.faces.narrator",
)

if __name__ == "__main__":
    for name in MODULES:
        importlib.import_module(name)
    warm.MODULES = ()
    warm.main()
