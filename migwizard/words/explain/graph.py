"""Explanations of the screen: graph."""

from __future__ import annotations

from migwizard.words.explain.text import Explain

TEXTS: dict[str, Explain] = {
    "graph": Explain(
        "Here you choose whose migrations are made anew.",
        "Tables point at other tables, so apps depend on each other. Your own apps take part; apps of Django and of "
        "packages are only listed, and stay as they are.",
        "An app that is left out keeps its files exactly as they are.",
        "migwizard plan",
    ),
    "graph.app": Explain(
        "This is one of your apps. Space leaves it out or takes it in again, Enter lists its models.",
        "Its migrations are replaced only while it is ticked.",
        "After each change the app is looked at as in Preflight; what cannot be is said, and the tick goes back.",
        "migwizard plan --exclude APP",
    ),
    "graph.cycle": Explain(
        "This app is in a cycle, since it needs another app and that one needs it.",
        "None of them can be built completely first, so one relation has to wait for a later file. The next screen shows "
        "which, and lets you choose.",
        "",
        "migwizard plan",
    ),
    "graph.model": Explain(
        "A model's level says how late its table can be built, and level 0 points at nothing.",
        "A model on level 3 points at one of level 2 or needs one that does. Models of a cycle share a level.",
        "Press w to see which models point here.",
        "migwizard plan",
    ),
    "graph.picture": Explain(
        "The models by level, the latest on top; level 0 at the bottom needs no other table.",
        "Models that need each other stand in a box that says cycle.",
        "Save the picture to look at it elsewhere; it is written into .migwizard only.",
        "migwizard plan --dot FILE",
    ),
}
"""By topic: "graph" for the screen, "graph.app" for something on it."""
