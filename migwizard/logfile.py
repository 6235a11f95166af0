"""Writing to the log, which must never stop what it tells of."""

from __future__ import annotations

import os
from pathlib import Path

from migwizard import private
from migwizard.harmless import harmless


def append(path: Path, text: str) -> bool:
    """Add to a log whose folder exists; whether it could be written.

    A log that cannot be written is left as it is: a full disk must not end a swap half way, nor hide what is said about
    it. A link is not followed, be it the file or its folder, since it could point at a file of the project.
    """
    try:
        if path.parent.is_symlink():
            return False
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, private.FILE)
        with os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(harmless(text))
    except OSError:
        return False
    return True
