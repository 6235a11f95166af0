"""A whole sitting with the engine: find the project, go on or begin, and turn every refusal into a question.

The wizard and `--plain` sit through it; `run` and the other commands open a ride of their own.
"""

from __future__ import annotations

import time
import traceback
from dataclasses import replace
from typing import Any

from migwizard import logfile
from migwizard.engine import machine, refusals, resuming
from migwizard.engine.later import undo_choices
from migwizard.engine.look import look
from migwizard.engine.opening import look_ride, open_ride
from migwizard.engine.options import Opening, Options
from migwizard.engine.planning import keeping, replacing
from migwizard.engine.ride import Ride, Turn
from migwizard.engine.runlog import Logged
from migwizard.engine.states import State
from migwizard.engine.surviving.checkpoint import load_checkpoint
from migwizard.engine.surviving.lock import locked
from migwizard.engine.switching import patience
from migwizard.engine.talk import Answer, Event, Face
from migwizard.errors import ConflictError, LeftError, MigwizardError, as_sentence
from migwizard.paths import Workplace
from migwizard.project.discovery import Project, find_project

WAIT_SECONDS = 0.5
"""How often it is tried whether another run has let go of the lock."""


def sit(opening: Opening, face: Face, options: Options) -> dict[str, Any]:
    """Lead through the whole ride; returns its report.

    Raises LeftError where the person leaves, and the refusal itself where no cure is taken.
    """
    sitting = _Sitting(opening, options)
    while True:
        project: Project | None = None
        heard: Face = face
        try:
            now = sitting.opening
            project = find_project(
                now.folder,
                python=now.python,
                settings=now.settings,
                via=now.via,
                via_root=now.via_root,
                env_files=now.env_files,
                scratch=now.scratch,
            )
            heard = Logged(face, Workplace(project.root))
            return sitting.ride(project, heard)
        except LeftError:
            raise
        except Exception as error:
            refusal = as_sentence(error)
        sitting.opening = _cured(refusal, heard, sitting.opening, project)


def _cured(refusal: MigwizardError, face: Face, opening: Opening, project: Project | None) -> Opening:
    """The opening that a cure leads to; a cure that fails is a refusal too. Raises the refusal that nobody cured."""
    while True:
        _note(refusal, project)
        try:
            return refusals.cure(refusal, face, opening, project)
        except Exception as error:
            if error is refusal:
                raise
            refusal = as_sentence(error)


class _Sitting:
    """The opening as it stands now, and the options that never change."""

    def __init__(self, opening: Opening, options: Options) -> None:
        self.opening = opening
        self._options = options

    def ride(self, project: Project, face: Face) -> dict[str, Any]:
        """Open the project and walk; raises what stops it, with the state where it stopped."""
        face.tell(_introduction(project, self.opening))
        if self.opening.look:
            return self._look(project, face)
        if self.opening.wait:
            _wait(project, face)
            self.opening = replace(self.opening, wait=False)
        if keeping.KEY in self.opening.tolerated:
            # What a cure decided comes after what the command line said.
            self._options = replace(self._options, keep_after=None)
        if replacing.KEY in self.opening.tolerated:
            self._options = replace(self._options, replaces=None)
        options = replace(self._options, exclude=(*self._options.exclude, *self.opening.exclude))
        while True:
            with open_ride(project, face, options, undo=self.opening.undo, fetch=self.opening.fetch) as ride:
                try:
                    self._begin(ride)
                    return self._walk(ride)
                except resuming.StartOver:
                    # The folder can be renamed only when this ride has let go of it.
                    pass
                except LeftError:
                    raise
                except Exception as error:
                    refusal = as_sentence(error)
                    refusal.details.setdefault("stopped_at", ride.checkpoint.state.value)
                    self._carry(ride)
                    if refusal is error:
                        raise
                    raise refusal from error
            resuming.start_over(Workplace(project.root))

    def _begin(self, ride: Ride) -> None:
        """Note what cures decided, and go back where one asked for it."""
        for key, choice in self.opening.tolerated.items():
            ride.checkpoint.decisions[key] = Answer(choice, "person")
        # Which apps take part was asked for the owner of the checkpoint, before these.
        ride.facts.pop("apps", None)
        if self.opening.back_to is not None and not ride.checkpoint.applied:
            machine.forget(ride, self.opening.back_to)
        if self.opening.wait_for:
            patience.ask(ride, self.opening.wait_for, agreed=self.opening.agreed)
        self.opening = replace(self.opening, back_to=None, tolerated={}, wait_for="", agreed=False)

    def _carry(self, ride: Ride) -> None:
        """Keep decisions for the next opening where the folder that holds them goes, since preflight was refused."""
        if State.PREFLIGHT not in ride.checkpoint.results:
            decided = {key: answer.choice for key, answer in ride.checkpoint.decisions.items()}
            self.opening = replace(self.opening, tolerated=decided)

    def _walk(self, ride: Ride) -> dict[str, Any]:
        while True:
            try:
                if self.opening.undo:
                    self.opening = replace(self.opening, undo=False)
                    raise Turn("undo")
                if not self.opening.greeted and ride.resumed:
                    self.opening = resuming.greet(ride, self.opening)
                if self.opening.look:
                    return self._show(ride)
                # Whoever saw the ride go on needs no greeting when a cure opens it again.
                self.opening = replace(self.opening, greeted=True)
                return machine.run(ride)
            except Turn as turn:
                if turn.where == "quit":
                    raise ride.left() from None
                if turn.where == "undo":
                    report = _undo(ride)
                    if report is not None:
                        return report

    def _look(self, project: Project, face: Face) -> dict[str, Any]:
        """Without the lock, so that it works beside another run."""
        found = load_checkpoint(Workplace(project.root).checkpoint, project.root)
        with look_ride(project, face, self._options, found) as ride:
            if found is None:
                ride.tell("note", "There is nothing to look at yet: no step of a reset was finished here.")
            return self._show(ride)

    @staticmethod
    def _show(ride: Ride) -> dict[str, Any]:
        while True:
            try:
                return look(ride)
            except Turn as turn:
                if turn.where == "quit":
                    raise ride.left() from None
                ride.tell("note", "This is a look: nothing can be taken back here.")


def _introduction(project: Project, opening: Opening) -> Event:
    return Event(
        "project",
        State.PREFLIGHT,
        project.root.name,
        {
            "name": project.root.name,
            "root": str(project.root),
            "settings": project.settings or "",
            "python": project.interpreter.named,
            "reason": project.interpreter.reason,
            # As they were said, on the command line or as a cure: a later command has to say them again.
            "said": {
                "project": str(opening.folder or ""),
                "python": opening.python or "",
                "settings": opening.settings or "",
                "via": opening.via or "",
                "via_root": opening.via_root or "",
                "env_file": list(opening.env_files),
                "scratch": list(opening.scratch),
            },
        },
    )


def _undo(ride: Ride) -> dict[str, Any] | None:
    """What the person takes back; None where they turned away from the question."""
    try:
        return undo_choices.choose(ride)
    except Turn as turn:
        if turn.where == "quit":
            raise ride.left() from None
        return None


def _wait(project: Project, face: Face) -> None:
    """Return when another run has let go of the project's lock."""
    place, told = Workplace(project.root), False
    while True:
        try:
            with locked(place.lock):
                return
        except ConflictError as error:
            if not told:
                face.tell(Event("progress", State.PREFLIGHT, f"waiting: {error.sentence}"))
                told = True
            time.sleep(WAIT_SECONDS)


def _note(refusal: MigwizardError, project: Project | None) -> None:
    """The whole traceback goes to the log, where the reset has a folder for one."""
    if project is not None:
        logfile.append(Workplace(project.root).log, "".join(traceback.format_exception(refusal)))
