"""What the switch says where it does nothing."""

from __future__ import annotations

import typing

from .words import Facts


class SwitchError(Exception):
    """A refusal. `code` is stable, `sentence` is for people, `details` for programs. The database is unchanged."""

    def __init__(self, code: str, sentence: str, details: typing.Optional[Facts] = None) -> None:
        self.code = code
        self.reason = sentence
        self.sentence = f"{sentence} Nothing was changed."
        self.details = details or {}
        super().__init__(f"{self.sentence} ({code})")
