"""Run a project's own manage.py, up to where it hands over to Django."""

from __future__ import annotations

import os
import runpy
import sys
import typing


class _ManagePyReachedDjango(BaseException):
    """Raised in place of running a command; not an Exception, so that no `except Exception` of a manage.py keeps it."""


def run_manage_py(path: str, command: str) -> bool:
    """Run manage.py up to where it hands over to Django, as it would for `command`; False where it never does.

    Whatever it does to sys.path and to the environment is what the project relies on.
    """
    from django.core import management

    def stop(argv: typing.Any = None) -> None:
        raise _ManagePyReachedDjango

    original = management.execute_from_command_line
    management.execute_from_command_line = stop
    sys.path.insert(0, os.path.dirname(path))
    sys.argv = [path, command]
    try:
        runpy.run_path(path, run_name="__main__")
    except _ManagePyReachedDjango:
        return True
    finally:
        management.execute_from_command_line = original
    return False
