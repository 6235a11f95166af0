"""The ride with numbered lines, in this process: `migwizard --plain`."""

from __future__ import annotations

import argparse

from migwizard.commands.complaints import write_log
from migwizard.commands.setup import remember
from migwizard.engine.options import Opening, Options
from migwizard.engine.process import INTERRUPTED, Ended
from migwizard.engine.session import sit
from migwizard.errors import LeftError, UndecidedError, as_sentence
from migwizard.exit_codes import ExitCode
from migwizard.faces.plain import PlainFace

OPEN_END = "input-ended"


def ride_in_lines(arguments: argparse.Namespace, opening: Opening, options: Options) -> Ended:
    """The ride in this process, with numbered lines."""
    face = PlainFace()
    face.greet()
    try:
        return Ended(ExitCode.DONE, report=sit(opening, face, options))
    except KeyboardInterrupt:
        return Ended(ExitCode.INTERRUPTED, code=INTERRUPTED)
    except Exception as error:
        refusal = as_sentence(error)
        if face.console.ended and isinstance(refusal, UndecidedError):
            # Its cures speak of an answers file, which is for `run`.
            return Ended(
                refusal.exit_code, code=OPEN_END, sentence="The input ended at a question that needs a person."
            )
        if not isinstance(refusal, LeftError):
            write_log(refusal, arguments)
        return Ended(refusal.exit_code, None, refusal.sentence, refusal.cures, refusal.code)
    finally:
        face.close()
        remember(arguments, face.said)
