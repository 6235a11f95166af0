"""The state machine: one table of states, each with what it is computed from, what it does, and how it is approved.

A run walks the table. A state whose fingerprint still fits is kept as it is; the first one that does not, and all after
it, are computed again. After Apply the tree holds the new history and nothing before it is computed any more.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any

from migwizard.engine import finished, steps
from migwizard.engine.later.retiring import standing
from migwizard.engine.proving import late, runs, scratchcopies, sources
from migwizard.engine.report import report
from migwizard.engine.reviews import looks, marker, review_of
from migwizard.engine.ride import Ride, Turn, fingerprint
from migwizard.engine.staging import edited, edits, packages
from migwizard.engine.states import ORDER, State, before
from migwizard.engine.surviving import durable
from migwizard.engine.swapping import checkout
from migwizard.errors import ConflictError
from migwizard.words.counting import count, some


@dataclass(frozen=True, slots=True)
class Row:
    """One state, and from what its result is computed."""

    state: State
    inputs: Callable[[Ride], Any] | None = None
    """None: runs every time."""

    def load(self) -> ModuleType:
        """The module of the state, loaded when it is first needed: a run pays for those states only that it reaches."""
        return import_module(f"{steps.__name__}.{self.state.value}")

    def run(self, ride: Ride) -> dict[str, Any]:
        """What the state does."""
        result: dict[str, Any] = self.load().run(ride)
        return result


def _models(ride: Ride) -> Any:
    """The models, wherever the project lies and however many migrations it has."""
    registry = ride.registry()
    registry["apps"] = [(app["label"], app["name"], app["migrations_module"]) for app in registry["apps"]]
    return registry, ride.guest.facts["django"], ride.guest.facts["python"], ride.apps.labels, ride.without


def _operations(ride: Ride) -> Any:
    drift = ride.checkpoint.results.get("drift")
    wishes = {"tag": ride.project.config.tag, **_decisions(ride, "order:", "tag", "name:", "replaces")}
    return _models(ride), ride.operations(), ride.history()["external"], drift, wishes


def _history(ride: Ride) -> Any:
    return _operations(ride), runs.history_fingerprint(ride)


def _decided(ride: Ride) -> Any:
    return (
        _history(ride),
        sources.of_old(ride, below=True),
        _decisions(ride, "keep:", "object:", "rows:", "outside:", "drift", "precedence"),
    )


def _decisions(ride: Ride, *kinds: str) -> dict[str, str]:
    """The decisions whose question begins with one of `kinds`, those of the answers file first."""
    decisions = {key: answer.choice for key, answer in ride.checkpoint.decisions.items()}
    decisions |= dict(ride.options.answers)
    return {key: value for key, value in decisions.items() if key.startswith(kinds)}


def _staged(ride: Ride) -> Any:
    """The staged files as they are on the disk, so that an edit makes the proof stale."""
    found = {name: durable.file_hash(ride.workplace.staging / name) for name in ride.checkpoint.files}
    return _history(ride), found, _decisions(ride, "difference:")


TABLE = (
    Row(State.PREFLIGHT),
    Row(State.GRAPH, _models),
    Row(State.LEVELS, _operations),
    Row(State.GENERATE, _history),
    Row(State.SEEDS, _decided),
    Row(State.PROOF, _staged),
    Row(State.APPLY),
    Row(State.FAKE),
    Row(State.DONE),
)


def stale(ride: Ride) -> list[str]:
    """The finished states whose result no longer fits the models, the migrations or the staged files, or is gone."""
    if ride.checkpoint.applied:
        return []
    return [
        row.state.value
        for row in TABLE
        if row.inputs is not None
        and row.state in ride.checkpoint.fingerprints
        and (ride.checkpoint.fingerprints[row.state] != fingerprint(row.inputs(ride)) or not _intact(ride, row.state))
    ]


def run(ride: Ride) -> dict[str, Any]:
    """Walk the table up to the state that `--until` names; returns the report.

    The checkpoint is written before each state and after it, so that a kill costs at most one state. Raises Turn for
    "undo" and "quit"; "back" is walked here.
    """
    runs.sweep(ride)
    standing.refuse(ride.workplace)
    _refuse_finished(ride)
    if not ride.checkpoint.applied:
        late.remember(ride)
    scratchcopies.notice(ride)
    edited.notice(ride, packages.schema_files(ride))
    position = 0
    while position < len(TABLE):
        row = TABLE[position]
        if ride.checkpoint.applied and before(row.state, State.APPLY):
            if row.state is ride.options.until:
                break
            position += 1
            continue
        if _edited_unseen(ride, row.state):
            position = ORDER.index(State.GENERATE)
            continue
        try:
            _work(ride, row)
            looked = ride.checkpoint.results.get(State.PREFLIGHT, {})
            if looked.get("nothing"):
                ride.tell("note", f"Nothing to reset: {looked['why']}")
                return report(ride) | {"nothing": True}
            if row.state is ride.options.until and not ride.options.review:
                break
            position = _approve(ride, position)
        except Turn as turn:
            if turn.where != "back":
                raise
            position = _back(ride, position, turn.to)
    # What was kept beyond the state that was asked for still counts.
    ride.checkpoint.state = _following([state for state in ORDER if state in ride.checkpoint.results][-1])
    _approve_run(ride)
    ride.save()
    runs.sweep(ride)
    return report(ride)


def _work(ride: Ride, row: Row) -> None:
    """Run a state, or keep its result where nothing changed."""
    ride.checkpoint.state = row.state
    known = ride.checkpoint.fingerprints.get(row.state)
    if row.inputs and known and fingerprint(row.inputs(ride)) == known and _intact(ride, row.state):
        again = row.state is State.GENERATE and ride.options.review and bool(_rewritten(ride))
        text = "its files were written anew" if again else "nothing changed"
        ride.tell("kept", f"{row.state.value}: {text}", of=row.state.value, again=again)
    elif row.state is State.APPLY and ride.checkpoint.applied and State.APPLY in ride.checkpoint.results:
        ride.tell("kept", "apply: done", of="apply")
    else:
        _enter(ride, row)


def _approve(ride: Ride, position: int) -> int:
    """Ask for the approval of a finished state where somebody wants to be asked; returns the row to go on with.

    What was approved and looks the same is not asked again, so that a resumed ride goes on where it was.
    """
    row = TABLE[position]
    if not ride.options.review or (row.state is State.GENERATE and _being_seeded(ride)):
        return position + 1
    if row.state is State.SEEDS and not _approved(ride, State.GENERATE):
        # Seeds writes a file anew: with the SQL by which the old history made its table, or with more dependencies.
        _tell_rewritten(ride)
        return ORDER.index(State.GENERATE)
    _notice_edits(ride, row.state)
    question = review_of(row.state).question(ride)
    key = looks(ride, question)
    if ride.checkpoint.approvals.get(row.state) == key:
        return position + 1
    # Who leaves now comes back to this question.
    ride.checkpoint.state = row.state
    ride.save()
    finished.tell(ride, row.state, stale)
    answer = ride.review(question, marker(ride, row.state))
    if answer == "continue":
        if before(row.state, State.APPLY) and (changed := ride.changed_sources()):
            ride.tell(
                "note", f"{changed[0]} changed while you looked: your project is loaded anew; please look once more."
            )
            _load_anew(ride)
            return ORDER.index(State.PREFLIGHT)
        _notice_edits(ride, row.state)
        if before(row.state, State.APPLY) and looks(ride, review_of(row.state).question(ride)) != key:
            ride.tell("note", "Something changed while you looked: please look once more.")
            return position
        if row.state is State.GENERATE:
            review_of(row.state).accept(ride, question.preview)
        ride.checkpoint.approvals[row.state] = key
        ride.checkpoint.state = _following(row.state)
        ride.save()
        return position + 1
    if answer == "again":
        forget(ride, row.state)
        _load_anew(ride)
        return position
    target: State = review_of(row.state).change(ride, answer)
    _disapprove(ride, min(target, row.state, key=ORDER.index))
    ride.save()
    return ORDER.index(target)


def _rewritten(ride: Ride) -> list[str]:
    found: list[str] = review_of(State.GENERATE).rewritten(ride)
    return found


def _tell_rewritten(ride: Ride) -> None:
    """Why files are shown that were approved before Seeds wrote them."""
    from migwizard.engine.planning import precedence

    names = _rewritten(ride)
    if not names:
        return
    ordered = set(names) <= set(precedence.files_with(ride.checkpoint.results[State.SEEDS]))
    if ordered:
        what = count(len(names), "file has a dependency for the order", "files have dependencies for the order")
    else:
        what = count(len(names), "file is not as you accepted it", "files are not as you accepted them")
    ride.tell("note", f"{what}: {some(names)}. Please look once more; then Seeds goes on.")


def _load_anew(ride: Ride) -> None:
    ride.tell("progress", "your project is loaded anew")
    ride.facts.clear()
    checkout.load_anew(ride)


def _approved(ride: Ride, state: State) -> bool:
    """Whether a person approved the state as it looks now."""
    return ride.checkpoint.approvals.get(state) == looks(ride, review_of(state).question(ride))


def _notice_edits(ride: Ride, state: State) -> None:
    """Nobody approves a file unseen: keep, or ask about, what was changed in staging before the question, or while it was open."""
    names = edits.changed(ride) if state is State.GENERATE else []
    if shown := sorted({*names} & {*packages.schema_files(ride)}):
        was = "was" if len(shown) == 1 else "were"
        ride.tell("note", f"{some(shown)} {was} changed outside of the wizard; your text is what you see here.")
    if state is State.GENERATE:
        edited.notice(ride, packages.schema_files(ride))
    elif state is State.SEEDS:
        edited.notice(ride, ())


def _edited_unseen(ride: Ride, state: State) -> bool:
    """Whether a staged file was changed since a person looked at it: nobody proves or swaps what nobody saw."""
    return ride.options.review and not before(state, State.PROOF) and bool(edits.changed(ride))


def forget(ride: Ride, state: State) -> None:
    """Let a state and all after it be computed and approved anew; decisions are kept.

    Preflight only looks: what was computed after it stays, unless its own inputs say otherwise.
    """
    if state is not State.PREFLIGHT:
        for later in ORDER[ORDER.index(state) :]:
            ride.checkpoint.fingerprints.pop(later, None)
    _disapprove(ride, state)


def _disapprove(ride: Ride, state: State) -> None:
    for later in ORDER[ORDER.index(state) :]:
        ride.checkpoint.approvals.pop(later, None)


def _approve_run(ride: Ride) -> None:
    """What a finished run did without a person is history: who opens it later is not asked about it as if it came next."""
    if not ride.options.review and ride.checkpoint.applied and State.DONE in ride.checkpoint.results:
        for state in (State.APPLY, State.FAKE):
            ride.checkpoint.approvals[state] = looks(ride, review_of(state).question(ride))


def _back(ride: Ride, position: int, to: State | None = None) -> int:
    """The row before, or the one that was meant, to be approved anew: from Fake the rows go back first, from Apply rows that are left, and the files.

    A face asks before it takes either back: the questions there have a choice that says so.
    """
    from migwizard.engine.later import undo as undoing

    state = TABLE[position].state
    if ride.checkpoint.applied and state is State.FAKE:
        undoing.rows_back(ride)
    elif ride.checkpoint.applied and state is State.APPLY:
        undoing.put_back(ride)
        ride.checkpoint.decisions.pop("apply", None)
        _load_anew(ride)
    elif ride.checkpoint.applied:
        raise Turn("undo")
    target = to or ORDER[max(position - 1, 0)]
    _disapprove(ride, target)
    ride.save()
    return ORDER.index(target)


def _intact(ride: Ride, state: State) -> bool:
    """Whether what the state wrote is still there."""
    if state is State.GENERATE:
        # Where Seeds was left in its middle, staging holds neither what was generated nor what a person made of it: no
        # matter to Seeds, which writes it anew, but nothing that a person could approve.
        names, folder = packages.schema_files(ride), ride.workplace.staging
        if not names or not ride.options.review or _being_seeded(ride):
            return bool(names) and folder.is_dir()
        return edits.is_settled(ride) and all((folder / name).is_file() for name in names)
    lazy = ride.checkpoint.results.get(state, {}).get("lazy", False)
    if lazy and late.is_off(ride) and not ride.checkpoint.applied:
        return False
    if state is State.PROOF:
        return ride.workplace.certificate.is_file() and not sources.changed_since_proof(ride)
    if state is State.SEEDS:
        return all((ride.workplace.staging / name).is_file() for name in ride.checkpoint.files)
    return True


def _being_seeded(ride: Ride) -> bool:
    """Whether Seeds was left in its middle, after a person had approved what Generate wrote."""
    approved = State.GENERATE in ride.checkpoint.approvals and State.SEEDS not in ride.checkpoint.fingerprints
    return approved and not edits.is_settled(ride)


def _refuse_finished(ride: Ride) -> None:
    """Migrations on top of a finished reset are for a reset of their own. Raises ConflictError."""
    if not ride.checkpoint.applied or State.DONE not in ride.checkpoint.results:
        return
    from migwizard.engine.swapping.swap import built_on

    added = [".".join(node) for node in built_on(ride)]
    if added:
        raise ConflictError(
            f"The reset {ride.checkpoint.run_id} is finished, and {', '.join(added[:4])} came after it. Nothing was changed.",
            code="finished",
            cures=(
                "To take this reset back: migwizard undo, which says what has to come off first.",
                (
                    f"To reset anew, move the folder {ride.workplace.folder.name} away. Once the next reset was made, this one cannot "
                    f"be undone any more; its backup stays in {ride.second}."
                ),
            ),
        )


def _enter(ride: Ride, row: Row) -> None:
    checkpoint = ride.checkpoint
    if row.state is not State.PREFLIGHT:
        # Preflight only looks: what was computed before it stays valid, unless its own inputs say otherwise.
        for later in ORDER[ORDER.index(row.state) :]:
            checkpoint.fingerprints.pop(later, None)
            checkpoint.results.pop(later, None)
        ride.save()
    ride.tell("begin", row.state.value, expected=checkpoint.seconds.get(row.state), finished=finished.names(ride))
    began, waited = time.monotonic(), ride.waited
    result = row.run(ride)
    checkpoint.seconds[row.state] = round(time.monotonic() - began - (ride.waited - waited), 2)
    checkpoint.results[row.state] = result
    if row.inputs is not None:
        checkpoint.fingerprints[row.state] = fingerprint(row.inputs(ride))
    ride.tell("end", row.state.value, result=result)
    if not result.get("nothing"):
        checkpoint.state = _following(row.state)
        ride.save()


def _following(state: State) -> State:
    return ORDER[min(ORDER.index(state) + 1, len(ORDER) - 1)]
