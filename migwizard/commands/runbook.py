"""`migwizard runbook`: how a reset gets into every other environment, printed as Markdown."""

from __future__ import annotations

import argparse
import sys

from migwizard.commands.setup import face_of, options_of, project_of
from migwizard.engine.switching import pulled
from migwizard.engine.switching import runbook as books
from migwizard.errors import UsageError
from migwizard.exit_codes import ExitCode
from migwizard.harmless import for_stream
from migwizard.switch.manifest import FILE_NAME


def runbook(arguments: argparse.Namespace) -> int:
    """Print it; reads only. Raises UsageError where no manifest lies beside manage.py."""
    project = project_of(arguments)
    manifest = pulled.find(project.root)
    if manifest is None:
        raise UsageError(
            f"There is no {FILE_NAME} here, so there is no reset to write a runbook for. Nothing was changed.",
            code="no-manifest",
            cures=("It comes with the swap of the files, at Apply, and with the commit of a reset.",),
        )
    with pulled.pulled_ride(project, face_of(arguments), options_of(arguments), manifest) as ride:
        print(for_stream(books.of(ride), sys.stdout), end="")
    return ExitCode.DONE
