"""Where the ride stands, as one frozen snapshot that the app hands to its screens."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from migwizard.engine.states import ORDER, State, before
from migwizard.engine.talk import Event, Question

if TYPE_CHECKING:
    from migwizard.engine.previews import RefusalPreview, ResumePreview

UNCHANGED = "Project: unchanged"
HALF = "Files half swapped; the next start settles that"
AFTER_SWITCH = "pending"
"""The refusal that follows a switch: migrate would still apply something."""
UNREAD = "Whether files were swapped cannot be read"


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that the frame of a screen shows."""

    project: str = ""
    root: str = ""
    """Of the project; empty until the engine has found it."""
    state: State = State.PREFLIGHT
    done: frozenset[State] = frozenset()
    stale: frozenset[State] = frozenset()
    changed: str = UNCHANGED
    """What has been changed so far, and how it is taken back; always true."""
    applied: bool = False
    swapped: tuple[int, int] | None = None
    """Files out and in, where that is known."""
    unclear: str = ""
    """Where the tree is neither as before nor swapped: what is said of it. Then `applied` is what it becomes."""
    switched: int | None = 0
    """Databases that were switched; None: not known yet, since they were not looked at after a resume."""
    undoable: bool = True
    """Whether undo could take back what was changed, as far as is known."""
    look: bool = False
    """Whether the reset is only looked at, so that nothing can be changed."""
    working: bool = True
    """Whether the engine works; else it waits for an answer."""
    uncancellable: bool = False
    doing: str = ""
    """The operation that runs now; empty while the engine waits for an answer."""
    elapsed: float = 0.0
    remaining: float | None = None
    """Seconds of the running operation, where they were measured."""
    ride_remaining: float | None = None
    """Seconds of all work to come, where each state was measured."""
    number: int = 0
    total: int = 0
    """Progress in steps of the operation; 0: unknown."""
    saved: str = ""
    """HH:MM of the last save."""
    guided: bool = True
    tail: tuple[str, ...] = ()
    """The newest lines of the log."""


@runtime_checkable
class Stands(Protocol):
    """A screen with a frame."""

    def stands(self, standing: Standing) -> None: ...


def told(standing: Standing, event: Event) -> Standing:
    """The standing after an event, as far as it concerns where we are and what has changed."""
    standing = _placed(standing, event)
    if event.kind in ("begin", "kept") and before(event.state, State.APPLY):
        # Nothing before Apply is computed while the tree holds the new files, so it holds the old ones.
        standing = replace(standing, applied=False, swapped=None, switched=0)
    elif event.kind == "end" and event.state is State.APPLY:
        standing = replace(standing, applied=True)
    if event.kind in ("begin", "kept", "resume"):
        # The engine opens no ride before a swap that was begun is finished.
        standing = replace(standing, unclear="")
    if tree := event.data.get("tree"):
        standing = _treed(standing, str(tree))
        standing = replace(standing, unclear=HALF if event.data.get("uncancellable") else "")
    return replace(standing, changed=changed(standing))


def _treed(standing: Standing, tree: str) -> Standing:
    """The standing when the tree is known to hold the old files, the new ones, or some of each."""
    if tree == "old":
        return replace(standing, applied=False, swapped=None, switched=0, unclear="")
    if tree == "new":
        # What was swapped before this sitting may have gone on to databases.
        return replace(standing, applied=True, unclear="")
    if tree == "half":
        return replace(standing, applied=standing.applied if standing.unclear else True, unclear=HALF)
    return replace(standing, unclear=UNREAD)


def _placed(standing: Standing, event: Event) -> Standing:
    if event.kind == "project":
        return replace(standing, project=str(event.data["name"]), root=str(event.data["root"]), look=False)
    if event.kind == "look":
        return replace(standing, look=True, saved="")
    if event.kind in ("begin", "stands"):
        finished = event.data.get("finished")
        done = earlier(event.state) if finished is None else frozenset(map(State, finished))
        # Only Preflight begins without an end to what was computed after it.
        stale = map(State, event.data["stale"]) if "stale" in event.data else standing.stale & done
        return replace(standing, state=event.state, done=done, stale=frozenset(stale))
    if event.kind == "kept":
        return replace(standing, done=standing.done | {event.state}, stale=standing.stale - {event.state})
    return standing


def earlier(state: State) -> frozenset[State]:
    """The states before one."""
    return frozenset(ORDER[: ORDER.index(state)])


def asked(standing: Standing, question: Question) -> Standing:
    """The standing when a question is open; its preview tells what has changed."""
    across = question.id == "resume" or question.id.startswith("undo:") or question.kind == "refusal"
    if not across:
        standing = replace(standing, state=question.state, done=standing.done | earlier(question.state))
    standing = replace(standing, unclear=standing.unclear if question.kind == "refusal" else "")
    standing = _previewed(standing, question)
    if not standing.applied:
        # What was put back is to be done again.
        standing = replace(standing, done=standing.done & earlier(State.APPLY))
    return replace(standing, changed=changed(standing), working=False, doing="", uncancellable=False)


def _previewed(standing: Standing, question: Question) -> Standing:
    # Imported only now: the first paint comes before any preview.
    from migwizard.engine.previews import (
        ApplyPreview,
        DonePreview,
        FakePreview,
        RefusalPreview,
        ResumePreview,
        UndoPreview,
    )

    preview = question.preview
    if isinstance(preview, ApplyPreview):
        counts = sum(len(app.out) for app in preview.apps), sum(len(app.into) for app in preview.apps)
        return replace(
            standing,
            applied=preview.applied,
            swapped=counts if preview.applied else None,
            switched=standing.switched if preview.applied else 0,
            undoable=True,
        )
    if isinstance(preview, FakePreview):
        here, elsewhere = sum(line.switched for line in preview.databases), len(preview.elsewhere)
        return replace(standing, applied=True, switched=here + elsewhere, undoable=standing.undoable and not elsewhere)
    if isinstance(preview, DonePreview):
        here = sum(says == "switched" for _, says in preview.databases)
        undoable = standing.undoable and not preview.elsewhere
        return replace(standing, applied=True, switched=here + preview.elsewhere, undoable=undoable)
    if isinstance(preview, RefusalPreview):
        return _refused(standing, preview)
    if isinstance(preview, ResumePreview):
        return _resumed(standing, preview)
    if isinstance(preview, UndoPreview):
        if not preview.acts:
            return replace(standing, applied=False, swapped=None, switched=0)
        switched = sum(act.what.startswith("Fake") for act in preview.acts)
        undoable = not any(found.status == "stop" for found in preview.looked)
        return replace(standing, applied=True, switched=switched, undoable=undoable)
    return standing


def _refused(standing: Standing, preview: RefusalPreview) -> Standing:
    """A refusal before anything was opened is the first to say what an earlier run left."""
    standing, tree = replace(standing, undoable=preview.undoable), preview.tree
    if not tree:
        return standing
    # One that came after the switch of a database leaves one more switched than was known.
    known = standing.switched if standing.applied and preview.code != AFTER_SWITCH else None
    return replace(_treed(standing, tree), switched=known if tree == "new" else standing.switched)


def _resumed(standing: Standing, preview: ResumePreview) -> Standing:
    """Where an earlier run was left, and what it had changed by then."""
    stopped = State(preview.stopped or preview.state)
    switched = 0 if not preview.applied or before(stopped, State.FAKE) else None
    return replace(
        standing,
        state=stopped,
        done=frozenset(map(State, preview.done)),
        stale=frozenset(map(State, preview.stale)),
        applied=preview.applied,
        switched=switched,
        undoable=not preview.built_on,
    )


def changed(standing: Standing) -> str:
    """What has been changed so far, in one sentence, and how it is taken back; before it, where nothing can be."""
    said = _changed(standing)
    return f"Look only · {said.partition(' · ')[0]}" if standing.look else said


def _changed(standing: Standing) -> str:
    if standing.unclear:
        return standing.unclear
    if not standing.applied:
        return UNCHANGED
    counts = f" ({standing.swapped[0]} out, {standing.swapped[1]} in)" if standing.swapped else ""
    back = "u undoes" if standing.undoable else "u says what stops undo"
    if standing.switched is None:
        return f"Files swapped{counts}; databases are looked at next · {back}"
    if not standing.switched:
        return f"Files swapped{counts}, database not yet · {back}"
    databases = "1 database" if standing.switched == 1 else f"{standing.switched} databases"
    return f"Files swapped{counts} and {databases} switched · {back}{' both' if standing.undoable else ''}"
