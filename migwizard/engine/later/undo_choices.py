"""What a person can take back, and whether it can be taken back now: looked at before anything is asked."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from migwizard.engine.findings import Finding
from migwizard.engine.later import undo, unmigrated
from migwizard.engine.later.ontop import check_nothing_on_top
from migwizard.engine.later.retiring import standing
from migwizard.engine.previews import DatabaseLine, UndoAct, UndoPreview
from migwizard.engine.proving import scratchcopies
from migwizard.engine.refusals.headlines import ON_TOP
from migwizard.engine.ride import Ride, Turn
from migwizard.engine.staging import edits, strays
from migwizard.engine.steps.apply import files_back
from migwizard.engine.surviving import journal
from migwizard.engine.surviving.journal import Step
from migwizard.engine.swapping import committed
from migwizard.engine.switching import histories, identity, rowcopies
from migwizard.engine.talk import Choice, Question
from migwizard.errors import DatabaseError, MigwizardError
from migwizard.words.counting import count
from migwizard.words.leaving import models_stay

BACKUP_CODES = ("backup", "no-backup", *rowcopies.REPLACES)
"""Something that an undo needs is gone, of the files or of the rows."""
NAMES_SHOWN = 4


def run(ride: Ride) -> dict[str, Any] | None:
    """Take back what this reset did, databases first; None where a person chose to keep it, or only to put rows back.

    Raises ConflictError or DatabaseError, with nothing touched, where it cannot; UndecidedError where nobody answers.
    """
    undo.check(ride)
    if not ride.options.yes:
        # The refusal of another database's switch stands among the choices there: rows can go back all the same.
        return choose(ride)
    return undo.everything(ride)


def choose(ride: Ride) -> dict[str, Any] | None:
    """Ask a person what is to be taken back, and do it; None where the ride goes on."""
    standing.refuse(ride.workplace)
    answer = _ask(ride)
    if answer == "undo-fake":
        back = undo.rows_back(ride)
        ride.tell("note", f"The rows of {', '.join(back)} are back; the files stay as they are.")
    if answer in ("undo", "remove"):
        return undo.everything(ride)
    return None


def _ask(ride: Ride) -> str:
    """What the person takes back; asked anew, from a new look, when lost backups are to be replaced by their copies."""
    while True:
        ride.facts.pop(histories.LINES, None)
        look = Look(ride) if ride.checkpoint.applied or undo.switched_lines(ride) else None
        try:
            answer = ride.review(_after(ride, look) if look and look.found else _before(ride))
        except Turn as turn:
            if turn.where == "quit":
                raise ride.left() from None
            return "keep"
        if look is None or answer != "copies":
            return answer
        for alias in look.copies:
            rowcopies.use(ride, alias)


class Look:
    """Everything that undo looks at before it starts, in the order in which it goes back; `stops` stand in its way."""

    def __init__(self, ride: Ride) -> None:
        self.ride = ride
        self.steps: tuple[Step, ...] = ()
        self.aliases: list[str] = []
        self.findings: list[Finding] = []
        self.codes: set[str] = set()
        """Codes of the errors behind the stops."""
        self.lines: list[DatabaseLine] = []
        self.copies: list[str] = []
        """Databases without a backup of this run, whose JSON copy stands in for it."""
        self._try("Databases", self._databases)
        for alias in self.aliases:
            self._try(alias, partial(self._database, alias))
        self.rows_stop = self.stops
        self._try("Elsewhere", self._elsewhere)
        if ride.checkpoint.applied:
            self._try("Built on top", self._built_on)
            self._try("Files", self._files)
            if not self.stops and (labels := unmigrated.apps(ride)):
                self.findings.append(Finding("Models", "note", models_stay(labels)))

    @property
    def stops(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.status == "stop"]

    @property
    def found(self) -> bool:
        """Whether there is something to take back, or in the way of that."""
        return bool(self.steps or self.lines or self.stops)

    def _try(self, name: str, look: Callable[[], str]) -> None:
        try:
            text = look()
        except MigwizardError as error:
            said = {line for finding in self.stops for line in finding.detail.splitlines()}
            cures = (cure for cure in error.cures if cure not in said)
            self.findings.append(Finding(name, "stop", error.sentence, "\n".join(cures)))
            self.codes.add(error.code)
        else:
            if text:
                self.findings.append(Finding(name, "ok", text))

    def _elsewhere(self) -> str:
        identity.refuse_elsewhere(self.ride)
        return ""

    def _built_on(self) -> str:
        check_nothing_on_top(self.ride)
        return "no migration was added on top of the new ones"

    def _files(self) -> str:
        self.steps = files_back(self.ride)
        undo.check_swapped(self.ride, self.steps)
        come = sum(step.after is not None for step in self.steps)
        of_them = f" ({self.beside} beside manage.py)" if self.beside else ""
        return f"{len(self.steps) - come} new{of_them} as written, {come} old ones backed up"

    @property
    def beside(self) -> int:
        """New files that are no migrations."""
        return sum(committed.is_committed(step.path) and step.after is None for step in self.steps)

    @property
    def gone(self) -> str:
        """What undo removes, by its kind."""
        new = sum(step.after is None for step in self.steps) - self.beside
        return f"{count(new, 'new one')}{f' and {self.beside} beside manage.py' if self.beside else ''}"

    def _databases(self) -> str:
        self.aliases = undo.switched_by_us(self.ride)
        self.lines = undo.switched_lines(self.ride)
        return ""

    def _database(self, alias: str) -> str:
        try:
            undo.try_database(self.ride, alias)
        except DatabaseError as error:
            why_not = error.details.get("copy")
            if why_not == "":
                self.copies.append(alias)
                error.sentence += " The JSON copy of its rows is whole, and fits this database."
            elif why_not:
                error.sentence += f" {why_not}"
            raise
        rows = next((line.rows_out for line in self.lines if line.alias == alias), 0)
        kept = "in the JSON copy" if rowcopies.used(self.ride, alias) else "backed up"
        return f"nothing was recorded since; {count(rows, 'row is', 'rows are')} {kept}"


def _before(ride: Ride) -> Question:
    return Question(
        f"undo:{ride.checkpoint.run_id}",
        ride.checkpoint.state,
        "Nothing has changed in your project",
        "Files and databases are as they were, so nothing has to be taken back. Go back a step with b, or remove what the "
        "reset keeps for itself.",
        (
            Choice("keep", "The reset goes on where it was.", "Keep everything as it is"),
            Choice(
                "remove",
                "Removes the folder .migwizard with staging, proof and your decisions, and our backup of it. Nothing of "
                f"yours is touched; a new reset begins from the start.{_edits(ride)}",
                "Remove the reset's own folder",
                writes="the reset's own folder",
            ),
        ),
        safe="keep",
        kind="review",
        default="keep",
        preview=UndoPreview((), (), ""),
    )


def _edits(ride: Ride) -> str:
    """The person's own texts that lie in our folder, and where they go."""
    copies = (copy.name for copy in scratchcopies.usable(ride))
    written = {*edits.load_edits(ride), *edits.changed(ride), *strays.find(ride), *copies}
    names = [name.removesuffix(".py") for name in sorted(written)]
    if not names:
        return ""
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return f" What you wrote in {', '.join(names[:NAMES_SHOWN])}{more} is kept in {edits.place_aside(ride)}."


def _after(ride: Ride, look: Look) -> Question:
    files = sum(step.after is not None for step in look.steps)
    rows = sum(line.rows_out for line in look.lines)
    return Question(
        f"undo:{ride.checkpoint.run_id}",
        ride.checkpoint.state,
        _headline(look),
        _text(look),
        tuple(_choices(ride, look, files, rows)),
        safe="keep",
        kind="review",
        default="keep",
        preview=UndoPreview(
            tuple(_acts(ride, look, files)),
            tuple(look.findings),
            f".migwizard/backup, and {ride.second}",
        ),
        details="\n".join(f"{'+' if step.before is None else '-'} {step.path}" for step in reversed(look.steps)),
    )


def _headline(look: Look) -> str:
    if not look.stops:
        return "Take something back?"
    if any(finding.name == "Built on top" for finding in look.stops):
        return ON_TOP
    if look.codes.intersection(BACKUP_CODES):
        return "The backup is not complete"
    return "Something stands in the way of undo"


def _text(look: Look) -> str:
    if look.stops:
        return "What is marked STOP has to be out of the way first. Nothing was changed."
    return "Databases go back first, then the files. It was tried on all of them a moment ago, and nothing was written."


def _choices(ride: Ride, look: Look, files: int, rows: int) -> list[Choice]:
    choices = [Choice("keep", "Nothing is taken back; the reset goes on where it was.", "Keep everything as it is")]
    where = look.lines[0].alias if len(look.lines) == 1 else f"{len(look.lines)} databases"
    of_rows, of_files = count(rows, "row"), count(files, "file")
    if look.lines and not look.rows_stop:
        choices.append(
            Choice(
                "undo-fake",
                "They return with their ids and times; the files stay as they are.",
                f"Undo Fake: {of_rows} in {where}",
                writes=f"{of_rows} of {where}",
            )
        )
    if not look.stops and ride.checkpoint.applied:
        both = f"Fake and Apply: {of_rows} and {of_files}" if look.lines else f"Apply: {of_files}"
        what = f"{of_rows} and {of_files}" if look.lines else of_files
        first = f"The rows return into {where}, then the files" if look.lines else "The files return"
        choices.append(
            Choice(
                "undo",
                f"{first}, byte for byte; it removes {look.gone}, and .migwizard too: the reset is over.{_edits(ride)}",
                f"Undo {both}",
                writes=what,
            )
        )
    if look.copies:
        choices.append(
            Choice(
                "copies",
                "Looks again with the rows that the switch wrote beside the backup table. Nothing is written yet.",
                f"Use the JSON copy of {', '.join(look.copies)}",
            )
        )
    if look.stops:
        text = "\n\n".join(f"{finding.name}\n  {finding.text}\n  {finding.detail}".rstrip() for finding in look.stops)
        choices.append(Choice("stops", "Read it, with what can be done.", "Show what is in the way", shows=text))
    return choices


def _acts(ride: Ride, look: Look, files: int) -> list[UndoAct]:
    """Newest first: the databases in the order of their switch, then the files."""
    done = journal.acts(ride.workplace.journal)
    at = {act.alias: act.at for act in done if act.kind == "switch"}
    applied = next((act.at for act in reversed(done) if act.kind == "apply"), "")
    acts = [
        UndoAct(
            f"Fake: {line.alias}, {count(line.rows_out, 'row')} for {line.rows_in}",
            f"puts {count(line.rows_out, 'row')} back, same ids",
            at.get(line.alias, ""),
        )
        for line in sorted(look.lines, key=lambda line: at.get(line.alias, ""), reverse=True)
    ]
    if not look.steps:
        return acts
    new = len(look.steps) - files - look.beside
    listed = tuple(f"{'+' if step.after else '-'} {step.path}" for step in look.steps)
    acts.append(
        UndoAct(
            f"Apply: {count(files, 'migration file')} for {new}",
            f"puts {files:,} back, removes {len(look.steps) - files:,} new",
            applied,
            listed,
        )
    )
    return acts
