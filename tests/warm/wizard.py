"""Runs commands of migwizard in forks of a process that has it imported: `python -m tests.warm.wizard`.

As tests/warm/forks.py does with Django, which has no place in this process.
"""

from __future__ import annotations

import importlib

from tests.warm import forks
from tests.warm.modules import MODULES

if __name__ == "__main__":
    for name in MODULES:
        importlib.import_module(name)
    forks.MODULES = ()
    forks.main()
