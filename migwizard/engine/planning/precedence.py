"""Dependencies for the order alone: offered with what they would save, written only where a person wants them.

They make apps depend on others that they do not need, so nobody gets them unasked. They are looked for in the finished files,
seeds included, and the proof comes after them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from migwizard.engine.planning import replacing
from migwizard.engine.ride import Ride
from migwizard.engine.seeding import overrule
from migwizard.engine.staging import edits, formatting
from migwizard.engine.surviving import durable
from migwizard.engine.talk import Answer
from migwizard.plan.operations import Node
from migwizard.plan.precedence import Precedence, Weight, find_precedence
from migwizard.project.guest import GuestError
from migwizard.seeds.grafting import CannotGraftError, Grafted
from migwizard.words.counting import count, some

KEY = "precedence"
"""Key of the decision and in the results of Seeds."""
YES, NO = "yes", "no"
WORTH_IT = 0.95
"""What saves less of all classes is not offered: a person would have to understand it for nearly nothing."""
WHY = "For the order alone: migrate renders fewer model classes this way."


def is_on(ride: Ride) -> bool:
    """Whether dependencies for the order are wanted, as far as that is noted."""
    said = ride.checkpoint.decisions.get(KEY)
    return said is not None and said.choice == YES


def note_answer(ride: Ride) -> None:
    """Note what the answers file says, so that it holds another day too."""
    if KEY not in ride.options.answers:
        return
    said = Answer(ride.options.answers[KEY], "answers file")
    if ride.checkpoint.decisions.get(KEY) != said:
        ride.checkpoint.decisions[KEY] = said
        ride.save()


def choose(ride: Ride, answer: str) -> None:
    """Note what a person says now; it counts more than what a file said before."""
    overrule.forget(ride, KEY)
    ride.checkpoint.decisions[KEY] = Answer(answer, "person")


def settle(ride: Ride, nodes: Collection[Node]) -> dict[str, Any]:
    """Look for such dependencies of the new files, and write them where they are wanted; the result of Seeds about it.

    Files that a person changed stay as they are. Nothing is offered where old files still count beside the new ones, since
    these may wait for each other then. Where they are wanted and there are none, it is said why. Where nobody is there to
    be asked, and nobody has declined them, it is said that they exist.
    """
    note_answer(ride)
    wanted = is_on(ride)
    if not wanted:
        _note_left(ride)
    if not ride.options.review and not wanted and KEY in ride.checkpoint.decisions:
        return {}
    found = _find(ride, nodes)
    if isinstance(found, str):
        if wanted:
            ride.tell("note", f"The new files get no dependencies for the order: {found}")
        return {}
    if not wanted and found.after > WORTH_IT * found.before:
        return {}
    if wanted:
        _write(ride, found)
    dependencies = [[".".join(node), ".".join(other)] for node, other in found.dependencies]
    result = {"dependencies": dependencies, "before": found.before, "after": found.after, "written": wanted}
    if not (wanted or ride.options.review):
        ride.tell("note", _not_taken(result))
    return {KEY: result}


def _find(ride: Ride, nodes: Collection[Node]) -> Precedence | str:
    """What is worth it, or why there is nothing."""
    if ride.without or replacing.is_on(ride):
        return "old files count beside them, and these could wait for each other."
    edited = edits.load_edits(ride)
    try:
        facts = ride.guest.call("weights", folders=ride.new_folders())
    except GuestError as error:
        # A history that can be applied may still change states in ways that only its own order allows.
        return f"what they save cannot be told. {error.sentence}"
    own = {(app, name) for app, name in nodes if f"{app}/{name}.py" not in edited}
    found = find_precedence([Weight.from_facts(each) for each in facts], own)
    return found if found.dependencies else "none saves enough."


def _note_left(ride: Ride) -> None:
    """Say which texts of a person still hold some, although they are not wanted any more."""
    if KEY in ride.checkpoint.decisions:
        left = sorted(name for name, edit in edits.load_edits(ride).items() if WHY.encode() in edit.data)
        if left:
            ride.tell("note", f"Still with dependencies for the order, as you wrote it: {some(left)}.")


def _write(ride: Ride, found: Precedence) -> None:
    more: dict[Node, list[Node]] = {}
    for node, other in found.dependencies:
        more.setdefault(node, []).append(other)
    names = [f"{app}/{name}.py" for app, name in more]
    for (app, name), others in more.items():
        path = ride.workplace.staging / app / f"{name}.py"
        try:
            text = Grafted(path.read_bytes()).graft({}, others, WHY)
        except CannotGraftError as error:
            ride.tell("note", f"{app}/{name} gets no dependencies for the order: {error}.")
            continue
        durable.write_file(path, text)
    formatting.format_files(ride, names)
    edits.put_back(ride, names)


def files_with(result: Mapping[str, Any]) -> list[str]:
    """The files that Seeds wrote such dependencies into, by what it left as its result."""
    found = result.get(KEY)
    return [node.replace(".", "/", 1) for node, _ in found["dependencies"]] if found and found["written"] else []


def price(found: Mapping[str, Any]) -> str:
    """What they save and what that costs: which apps come to depend on which."""
    return (
        f"migrate renders {found['after']:,} model classes instead of {found['before']:,}, but apps then depend on others "
        f"that they do not need: {_pairs(found)}"
    )


def _pairs(found: Mapping[str, Any]) -> str:
    pairs = dict.fromkeys((node.partition(".")[0], other.partition(".")[0]) for node, other in found["dependencies"])
    return some([f"{app} after {other}" for app, other in pairs])


def _not_taken(found: Mapping[str, Any]) -> str:
    """What a run without a person leaves, and how it is had."""
    return (
        f"Not taken unasked: {in_words(found)} Apps would depend on others that they do not need: {_pairs(found)}. To take them: "
        f'run --answers with a file that holds {{"{KEY}": "{YES}"}}; after Apply, migwizard undo first.'
    )


def in_words(found: Mapping[str, Any] | None) -> str:
    """What they save, or would; empty where there is nothing to say."""
    if not found:
        return ""
    number = len(found["dependencies"])
    share = round(100 * (1 - found["after"] / max(1, found["before"])))
    renders = "renders" if found["written"] else "would render"
    return f"{count(number, 'dependency', 'dependencies')} for the order: migrate {renders} {share} % fewer classes."
