"""A reset that was begun earlier: what it is, what changed since, and how to go on with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from migwizard.engine.previews import ResumePreview
from migwizard.engine.refusals.files import ASIDE, ASIDE_DOES, set_aside
from migwizard.engine.ride import Ride, Turn
from migwizard.engine.staging import edits
from migwizard.engine.states import ORDER, State, before
from migwizard.engine.surviving import since
from migwizard.engine.surviving.checkpoint import ACCEPTED, Checkpoint
from migwizard.engine.swapping.swap import built_on
from migwizard.engine.talk import Choice, Question
from migwizard.errors import MigwizardError
from migwizard.paths import Workplace
from migwizard.words.counting import count, some

if TYPE_CHECKING:
    from migwizard.engine.options import Opening


ON_TOP = "The new files are in the tree, and other migrations came after them. Undo needs these to come off first"


class StartOver(Exception):  # noqa: N818 - not an error: the person begins anew
    """The folder of the reset was set aside; the ride is to be opened again."""


def greet(ride: Ride, opening: Opening) -> Opening:
    """Ask how to go on; returns the opening with the answer in it. Raises Turn and StartOver."""
    ride.tell("progress", "comparing with your project")
    question = ask(ride)
    while True:
        answer = ride.review(question)
        if answer == "undo":
            raise Turn("undo")
        if answer == "over":
            raise StartOver
        if answer in ("resume", "look"):
            return replace(opening, greeted=True, look=answer == "look")


def start_over(place: Workplace) -> None:
    """Keep the folder under another name; the next opening finds none. The lock must be free."""
    set_aside(place)


def ask(ride: Ride) -> Question:
    """The question, with what there is to know about the reset."""
    preview, details = _preview(ride)
    choices = tuple(_choices(ride, preview, details))
    return Question(
        "resume",
        State(preview.state),
        "This reset is finished" if preview.finished else "You have a reset in progress. Go on?",
        _text(preview),
        choices,
        safe=choices[0].key,
        kind="review",
        default=choices[0].key,
        preview=preview,
        details=details,
    )


def _preview(ride: Ride) -> tuple[ResumePreview, str]:
    checkpoint, added = ride.checkpoint, list[str]()
    finished = checkpoint.applied and State.DONE in checkpoint.results
    try:
        stale = _stale(ride)
        added = [".".join(node) for node in built_on(ride)] if checkpoint.applied else []
        changed, details = ([f"on top of it: {some(added)}"], "\n".join(added)) if added else since.changed(ride)
    except MigwizardError as error:
        # Preflight will say it better, with its cures.
        stale, changed, details = [], [f"It cannot be compared now: {error.sentence}"], ""
    if stale and not changed and not _left_in_seeds(ride, stale):
        changed = [f"What {stale[0].capitalize()} is computed from, or what it wrote, is not as it was."]
    first = stale[0] if stale else checkpoint.state.value
    preview = ResumePreview(
        state=min(State(first), checkpoint.state, key=ORDER.index).value if not checkpoint.applied else first,
        when=_saved(ride.workplace.checkpoint),
        done=tuple(state.value for state in ORDER if state in checkpoint.results),
        decided=tuple(decided(checkpoint)),
        changed=tuple(changed),
        stale=tuple(stale),
        applied=checkpoint.applied,
        seconds=sum(checkpoint.seconds.get(state, 0.0) for state in stale),
        finished=finished,
        built_on=bool(added),
        stopped=checkpoint.state.value,
        staged=0 if checkpoint.applied else len(checkpoint.files),
    )
    return preview, details


def _saved(path: Path) -> str:
    moment = path.stat().st_mtime if path.is_file() else 0.0
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds")


def _stale(ride: Ride) -> list[str]:
    """What will be computed again: the first state that no longer fits, and all finished ones after it."""
    from migwizard.engine.machine import stale

    found = stale(ride)
    if not found:
        return []
    known = ride.checkpoint.fingerprints
    return [state.value for state in ORDER if state in known and not before(state, State(found[0]))]


def _left_in_seeds(ride: Ride, stale: list[str]) -> bool:
    """Whether Generate is made again for what Seeds left of it: a run ended there in its middle, and nothing changed."""
    in_seeds = State.SEEDS not in ride.checkpoint.fingerprints and not edits.is_settled(ride)
    return stale[0] == State.GENERATE and in_seeds


def _text(preview: ResumePreview) -> str:
    if preview.built_on and preview.finished:
        return f"{ON_TOP}; a reset of all of them begins when this one is set aside."
    if preview.finished:
        return "The new files are in the tree. You can look at the result, or undo all of it."
    parts = [f"It stopped at {preview.stopped.capitalize()}; your decisions are kept."]
    if preview.applied:
        parts.append(f"{ON_TOP}." if preview.built_on else "The new files are in the tree.")
    if preview.stale:
        again = ", ".join(state.capitalize() for state in preview.stale)
        parts.append(f"Computed again{', since the project changed' if preview.changed else ''}: {again}.")
    return " ".join(parts)


def _choices(ride: Ride, preview: ResumePreview, details: str) -> Iterable[Choice]:
    checkpoint = ride.checkpoint
    if not preview.finished:
        yield _resume(checkpoint, preview)
    elif not preview.built_on:
        # Else a ride would be refused: the reset is history, and what came on top is for the next one.
        yield Choice("resume", "shows what was reached", "Go to Done")
    yield Choice("look", "every step, nothing can be changed", "Look only")
    if preview.applied:
        yield _undo(preview.built_on)
        if preview.built_on and preview.finished:
            yield Choice("over", ASIDE_DOES, ASIDE, writes="the folder .migwizard")
    else:
        yield Choice("undo", "nothing was applied: only staging goes", "Undo and remove the checkpoint")
        verdicts = len(checkpoint.decisions)
        lost = f"sets {verdicts} decision{'' if verdicts == 1 else 's'} aside; " if verdicts else ""
        yield Choice("over", f"{lost}a copy is kept", "Start over", writes="the folder .migwizard")
    if details:
        yield Choice("changes", "models and commits since", "Show what changed", group="show", shows=details)


def _undo(built_on: bool) -> Choice:
    if built_on:
        return Choice("undo", "migrations came on top: shows what has to come off first", "Undo ...")
    return Choice("undo", "files and rows go back; what exactly is asked first", "Undo ...")


def _resume(checkpoint: Checkpoint, preview: ResumePreview) -> Choice:
    """Go on: at the step that comes next, or at the first one that was done without a person."""
    following, unseen = State(preview.state), _unseen(checkpoint)
    if unseen is None or not before(unseen, following):
        effect = "computes again what became stale" if preview.stale else "goes on where you stopped"
        return Choice("resume", effect, f"Resume at {following.value.capitalize()}")
    rest = "what became stale is computed again" if preview.stale else "nothing is computed again"
    effect = f"nobody has looked at these steps yet, so you see each once; {rest}"
    return Choice("resume", effect, f"Resume at {unseen.value.capitalize()}")


def _unseen(checkpoint: Checkpoint) -> State | None:
    """The first finished state that no person approved, as after `run --yes`; those before Apply are past once it was made."""
    finished = [state for state in ORDER if state in checkpoint.results]
    if checkpoint.applied:
        finished = [state for state in finished if not before(state, State.APPLY)]
    return next((state for state in finished if state not in checkpoint.approvals), None)


def decided(checkpoint: Checkpoint) -> list[str]:
    """The decisions in words, those of one kind together."""
    words = []
    labels = checkpoint.results.get(State.PREFLIGHT, {}).get("labels", ())
    if labels:
        words.append(f"{len(labels)} app{'' if len(labels) == 1 else 's'}")
    kinds: dict[str, list[str]] = {}
    for key, answer in sorted(checkpoint.decisions.items()):
        kinds.setdefault(key.partition(":")[0], []).append(f"{key.partition(':')[2]}={answer.choice}")
    for kind, found in kinds.items():
        words.append(_in_words(kind, found))
    accepted = len(checkpoint.results.get(ACCEPTED, ()))
    if accepted and State.GENERATE not in checkpoint.approvals:
        words.append(f"{count(accepted, 'file')} accepted")
    return [word for word in words if word]


KINDS = {
    "keep": ("verdict", "verdicts"),
    "object": ("object kept by hand", "objects kept by hand"),
    "rows": ("way of writing rows", "ways of writing rows"),
    "difference": ("difference decided", "differences decided"),
    "order": ("order of a cycle", "orders of cycles"),
    "name": ("file name", "file names"),
    "app": ("app left out or taken in", "apps left out or taken in"),
    "skip": ("database left out", "databases left out"),
    "tolerate": ("row tolerated", "rows tolerated"),
    "pin": ("old name kept for others", "old names kept for others"),
    "switch": ("database decided", "databases decided"),
}


def _in_words(kind: str, found: list[str]) -> str:
    choice = found[0].rpartition("=")[2]
    if kind == "drift":
        return "drift left as it is" if choice == "leave" else "drift folded in"
    if kind == "tag":
        return f"tag {choice}"
    if kind == "replaces":
        return "new files replace the old ones by name"
    if kind == "precedence":
        return "dependencies for the order" if choice == "yes" else ""
    if kind == "keep-after":
        return f"migrations kept on top since {choice}"
    if kind in ("apply", "dirty-elsewhere", "undo"):
        return ""
    one, many = KINDS.get(kind, ("other decision", "other decisions"))
    if kind == "order":
        return "; ".join(f"{item.rpartition('=')[2].split(',')[0]} first in its cycle" for item in found)
    return f"{len(found)} {one if len(found) == 1 else many}"
