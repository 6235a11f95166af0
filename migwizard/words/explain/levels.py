"""Explanations of the screen: levels."""

from __future__ import annotations

from migwizard.words.explain.text import Explain

TEXTS: dict[str, Explain] = {
    "levels": Explain(
        "These files will be written, one makemigrations for each level.",
        "A file can come only after the files whose tables it points at. Level 0 needs nothing new; each later level "
        "needs earlier ones.",
        "Every order builds the same database; they differ in files and in what waits.",
        "migwizard plan",
    ),
    "levels.waiting": Explain(
        "Something in this file has to wait, since it points at a table that does not exist yet.",
        "It is left out for now and added in the file named beside it, at a later level.",
        "Nothing is lost: Proof compares the finished tables. Another order may make less wait.",
        "migwizard plan",
    ),
    "levels.returning": Explain(
        "In this file comes back what had to wait before.",
        "By its level all the tables exist that it points at.",
        "If you would rather have fewer such files, choose another order of the cycle.",
        "migwizard plan",
    ),
    "levels.cycle": Explain(
        "These apps need each other, so no order fits without something waiting.",
        "We tried which app could come first, and recommend the order with the fewest files, then the least that waits.",
        "Take another order with Enter; Back to recommended takes it back.",
        "migwizard plan --json",
    ),
    "levels.move": Explain(
        "Arrows carry this app to another place in its cycle, Enter drops it, Escape puts it back.",
        "The plan is made anew with your order.",
        "An order that cannot be followed is refused, with the model that stands in the way.",
    ),
    "levels.models": Explain(
        "All models by level, as far as they can be built without waiting.",
        "Models of a cycle stand in brackets. The plan follows from this, but files hold whole apps, so its levels differ.",
        "",
        "migwizard plan",
    ),
}
"""By topic: "levels" for the screen, "levels.waiting" for something on it."""
