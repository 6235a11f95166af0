"""Dependencies for the order alone: offered with what they would save, written only where a person wants them.

They make apps depend on others that they do not need, so nobody gets them unasked. They are looked for in the finished files,
seeds included, and the proof comes after them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from migwizard.engine import durable, edits, replacing
from migwizard.engine.ride import Ride
from migwizard.engine.talk import Answer
from migwizard.errors import UsageError
from migwizard.plan.operations import Node
from migwizard.plan.precedence import Precedence, Weight, find_precedence
from migwizard.project.guest import GuestError
from migwizard.seeds.grafting import CannotGraftError, Grafted
from migwizard.words.counting import count

KEY = "precedence"
"""Key of the decision and in the results of Seeds."""
YES, NO = "yes", "no"
WORTH_IT = 0.95
"""What saves less of all classes is not offered: a person would have to understand it for nearly nothing."""
WHY = "For the order alone: migrate renders fewer model classes this way."


def is_on(ride: Ride) -> bool:
    """Whether dependencies for the order are wanted. Raises UsageError for an answer that is none."""
    said = ride.options.answers.get(KEY) or getattr(ride.checkpoint.decisions.get(KEY), "choice", NO)
    if said not in (YES, NO):
        raise UsageError(f"{said!r} is no answer to {KEY}; choose yes or no.", code="answer")
    return said == YES


def choose(ride: Ride, answer: str) -> None:
    """Note what a person says."""
    ride.checkpoint.decisions[KEY] = Answer(answer, "person")


def settle(ride: Ride, nodes: Collection[Node]) -> dict[str, Any]:
    """Look for such dependencies of the new files, and write them where they are wanted; the result of Seeds about it.

    Files that a person changed stay as they are. Nothing is offered where old files still count beside the new ones, since
    these may wait for each other then.
    """
    wanted = is_on(ride)
    if ride.without or replacing.is_on(ride) or not (wanted or ride.options.review):
        return {}
    found = _find(ride, nodes)
    if found is None or not found.dependencies:
        return {}
    if not wanted and found.after > WORTH_IT * found.before:
        return {}
    if wanted:
        _write(ride, found)
    dependencies = [[".".join(node), ".".join(other)] for node, other in found.dependencies]
    return {KEY: {"dependencies": dependencies, "before": found.before, "after": found.after, "written": wanted}}


def _find(ride: Ride, nodes: Collection[Node]) -> Precedence | None:
    edited = edits.load_edits(ride)
    try:
        facts = ride.guest.call("weights", folders=ride.new_folders())
    except GuestError:
        # A history that can be applied may still change states in ways that only its own order allows.
        return None
    own = {(app, name) for app, name in nodes if f"{app}/{name}.py" not in edited}
    return find_precedence([Weight.from_facts(each) for each in facts], own)


def _write(ride: Ride, found: Precedence) -> None:
    more: dict[Node, list[Node]] = {}
    for node, other in found.dependencies:
        more.setdefault(node, []).append(other)
    for (app, name), others in more.items():
        path = ride.workplace.staging / app / f"{name}.py"
        try:
            text = Grafted(path.read_bytes()).graft({}, others, WHY)
        except CannotGraftError as error:
            ride.tell("note", f"{app}/{name} gets no dependencies for the order: {error}.")
            continue
        durable.write_file(path, text)
    edits.put_back(ride, [f"{app}/{name}.py" for app, name in more])


def in_words(found: Mapping[str, Any] | None) -> str:
    """What they save, or would; empty where there is nothing to say."""
    if not found:
        return ""
    number = len(found["dependencies"])
    share = round(100 * (1 - found["after"] / max(1, found["before"])))
    renders = "renders" if found["written"] else "would render"
    return f"{count(number, 'dependency', 'dependencies')} for the order: migrate {renders} {share} % fewer classes."
