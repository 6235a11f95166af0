"""Explanations of the screen: proof."""

from __future__ import annotations

from migwizard.words.explain.text import Explain

TEXTS: dict[str, Explain] = {
    "proof": Explain(
        "Two empty databases are built, one from the old files and one from the new. Then everything in them is compared.",
        "The old files run a second time with another clock, so that we know what differs by itself.",
        "Files are swapped only when nothing is open. No database of yours is touched.",
        "migwizard verify",
    ),
    "proof.equal": Explain(
        "Both histories built the same tables, columns, indexes, constraints, views, triggers and rows.",
        "So a new database will be what it always was.",
        "The certificate is kept with versions and counts; s saves a copy of it.",
        "migwizard verify",
    ),
    "proof.difference": Explain(
        "Something is not the same in both databases. Each such place needs your word.",
        "A later migration or your code may rely on it.",
        "Going back to Seeds loses nothing. What you accept is written into the certificate by name, and new databases "
        "are built that way.",
    ),
}
"""By topic: "proof" for the screen, "proof.waiting" for something on it."""
