"""What makes a text a sentence."""

from __future__ import annotations


def dotted(text: str) -> str:
    """The text with a full stop, unless it ends like a sentence already, or is empty."""
    return text if not text or text.endswith((".", "?", "!", ":")) else f"{text}."
