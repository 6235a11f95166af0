"""`migwizard retire`: end a reset in files and databases, once every environment has moved."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from migwizard.commands.setup import again, face_of, options_of, project_of, say
from migwizard.engine.later.branching import looking
from migwizard.engine.later.retiring import databases, files, standing
from migwizard.engine.later.retiring.databases import Line
from migwizard.engine.later.retiring.files import Change
from migwizard.engine.ride import Ride
from migwizard.engine.states import State
from migwizard.engine.surviving import durable, journal
from migwizard.engine.surviving.acting import Acts, steps_back
from migwizard.engine.surviving.lock import locked
from migwizard.engine.switching import pulled
from migwizard.engine.talk import Choice, Question
from migwizard.errors import ConflictError, MigwizardError, UndecidedError, UsageError
from migwizard.exit_codes import ExitCode
from migwizard.faces.jsonlines import emit
from migwizard.harmless import for_stream
from migwizard.paths import Workplace
from migwizard.plan.operations import Node
from migwizard.project.discovery import Project
from migwizard.switch.manifest import FILE_NAME, Manifest, from_json
from migwizard.words.counting import count, some

MANIFEST = "manifest.json"
LEFT = (
    "A database that is not reached from here keeps its backup table, which harms nobody: DROP TABLE "
    "migwizard_history_backup;"
)


def retire(arguments: argparse.Namespace) -> int:
    """Look, show, ask, change the files, then the databases, then remove the manifest."""
    project = project_of(arguments)
    acts = standing.acts_of(Workplace(project.root))
    acts.place.refuse_links()
    if acts.folder.is_dir():
        with locked(acts.place.lock):
            acts.settle()
    return _undo(arguments, project, acts) if arguments.undo else _retired(arguments, project, acts)


def _retired(arguments: argparse.Namespace, project: Project, acts: Acts) -> int:
    root = acts.place.root
    manifest = _manifest(root, acts)
    _check_whole(acts.place)
    names = files.replaced_names(root, manifest)
    # Where an earlier go has taken the names from the files, rows may be gone, or may still go.
    looked_for = manifest if names else replace(manifest, replaces=())
    with pulled.pulled_ride(project, face_of(arguments), options_of(arguments), looked_for) as ride:
        _check_aliases(ride, arguments)
        history = ride.guest.call("history", labels=list(manifest.apps))
        kept = files.needed(history, names)
        # Without replaces nothing but what others name was replaced, and stayed recorded.
        gone = sorted({*names, *(manifest.keep if manifest.replaces else ())} - kept)
        changes, beside = files.stripped(root, manifest, kept), files.beside(root)
        lines = databases.look(ride, looked_for, gone, arguments.database, arguments.all)
        warnings = _warnings(lines, kept)
        _show(arguments, [*changes, *beside], lines, warnings)
        todo = [line for line in lines if line.chosen and line.goes]
        if not (changes or beside or todo):
            return _end(arguments, [], lines, warnings, written=False)
        if arguments.dry_run or not _agreed(arguments, ride, [*changes, *beside], todo):
            return _end(arguments, [*changes, *beside], lines, warnings, written=False)
        acts.place.create()
        with locked(acts.place.lock):
            durable.write_file(acts.folder / MANIFEST, manifest.to_json().encode())
            acts.write(changes)
            _check_loads(project, acts)
            for line in todo:
                databases.retire(ride, acts, looked_for, gone, line.alias)
            acts.write(beside)
    return _end(arguments, [*changes, *beside], lines, warnings, written=True)


def _manifest(root: Path, acts: Acts) -> Manifest:
    """The one in the tree, or the one that an earlier go kept, for databases that come later. Raises UsageError."""
    found = pulled.find(root)
    if found is None and (acts.folder / MANIFEST).is_file():
        found = from_json((acts.folder / MANIFEST).read_text(encoding="utf-8"))
    if found is None:
        raise UsageError(
            f"There is no {FILE_NAME} here, so there is no reset to retire, or it was retired already. Nothing was changed.",
            code="no-manifest",
            cures=("Retire where the commit of the reset is checked out.",),
        )
    if not found.folders:
        raise UsageError(
            f"{FILE_NAME} was written by an earlier migwizard and names no folders. Nothing was changed.",
            code="manifest",
        )
    return found


def _check_whole(place: Workplace) -> None:
    """Raise ConflictError where a reset here was cut off in the middle of its swap."""
    if journal.unfinished(place.journal) is not None:
        raise ConflictError(
            "The files are half swapped by a reset that was cut off. Nothing was changed.",
            code="half-swapped",
            cures=("Finish it with migwizard run, or take it back with migwizard undo.",),
        )


def _check_aliases(ride: Ride, arguments: argparse.Namespace) -> None:
    known = [database["alias"] for database in ride.guest.facts["databases"]]
    for alias in arguments.database:
        if alias not in known:
            raise UsageError(f"The settings have no database {alias!r}; they have {', '.join(known)}.", code="database")


def _warnings(lines: Sequence[Line], kept: set[Node]) -> list[str]:
    told = [
        f"Database {line.alias} {line.says}" for line in lines if line.state in ("unreachable", "engine", "missing")
    ]
    if kept:
        told.append(
            f"{some(['.'.join(node) for node in sorted(kept)])}: others depend on it by name, so it stays in replaces."
        )
    return told


def _show(arguments: argparse.Namespace, changes: Sequence[Change], lines: Sequence[Line], warnings: list[str]) -> None:
    """Diffs go to stdout, as data; the rest is narration."""
    if not arguments.json:
        for change in changes:
            print(for_stream(change.diff, sys.stdout), end="")
        for line in lines:
            if line.goes:
                stays = "" if line.chosen else f"; not now, since it is not named (--database {line.alias})"
                say(f"To go from database {line.alias}: {line.goes}{stays}.")
    for warning in warnings:
        say(f"warning: {warning}")


def _agreed(arguments: argparse.Namespace, ride: Ride, changes: Sequence[Change], todo: Sequence[Line]) -> bool:
    """Whether a person, or `--yes`, wants it; the name of a database outside of the project is typed. Raises UndecidedError."""
    if arguments.yes:
        return True
    questions = [_question(arguments, changes, todo)]
    questions += [_question_outside(line) for line in todo if not line.inside]
    for question in questions:
        answer = ride.face.ask(question)
        if answer is None:
            raise UndecidedError(
                f"{question.headline} {question.text}",
                code=question.id,
                cures=(f"Without a question: {again(arguments, 'retire', '--yes')}",),
            )
        if answer != "retire":
            return False
    return True


def _question(arguments: argparse.Namespace, changes: Sequence[Change], todo: Sequence[Line]) -> Question:
    changed, removed = (sum((change.after is None) is gone for change in changes) for gone in (False, True))
    databases_too = f" {some([line.alias for line in todo])} would lose what was named above." if todo else ""
    return Question(
        "retire",
        State.DONE,
        "Does every environment have the new history?",
        f"{count(changed, 'file')} would change and {removed} would go.{databases_too} A database that was forgotten is not "
        f"stopped by its next migrate any more. {again(arguments, 'retire', '--undo')} takes it back here.",
        (
            Choice(
                "retire",
                "guards, manifest and script go as the diff shows",
                "Retire the reset",
                writes=count(len(changes), "file"),
            ),
            Choice("leave", "nothing is changed", "Not yet"),
        ),
        safe=None,
        default="leave",
    )


def _question_outside(line: Line) -> Question:
    return Question(
        f"retire:{line.alias}",
        State.DONE,
        f"Database {line.alias} lies outside of this project",
        f"To go from it: {line.goes}. Others may depend on it.",
        (
            Choice("retire", f"From {line.alias}: {line.goes}.", f"Retire {line.alias}", typed=line.alias),
            Choice("leave", "nothing is changed", "Not yet"),
        ),
        safe=None,
        default="leave",
    )


def _check_loads(project: Project, acts: Acts) -> None:
    """Let Django load the files, before any database is touched; what it cannot load is put back. Raises MigwizardError."""
    looked = looking.look(project)
    if not looked.is_fine:
        acts.undo(acts.written)
        raise MigwizardError(
            f"Without guards and replaces Django does not take the files. {' '.join(looked.sentences)} They were put back, "
            "and no database was touched.",
            code="retire-file",
        )


def _end(
    arguments: argparse.Namespace,
    changes: Sequence[Change],
    lines: Sequence[Line],
    warnings: list[str],
    *,
    written: bool,
) -> int:
    if arguments.json:
        emit(_report(changes, lines, warnings, written=written))
    elif written:
        say(f"Retired: {count(len(changes), 'file')}. Take it back here: {again(arguments, 'retire', '--undo')}")
        say("Commit it; migrate has nothing to do afterwards, and new migrations come on top as always.")
        say(LEFT)
    else:
        say("Nothing was changed." if changes else "Nothing is left to retire.")
    return ExitCode.DONE


def _report(changes: Sequence[Change], lines: Sequence[Line], warnings: list[str], *, written: bool) -> dict[str, Any]:
    return {
        "type": "result",
        "written": written,
        "files": [{"path": each.path, "removed": each.after is None, "diff": each.diff} for each in changes],
        "databases": {
            line.alias: {"state": line.state, "chosen": line.chosen, "rows": line.rows, "backup": line.backup}
            for line in lines
        },
        "warnings": warnings,
    }


def _undo(arguments: argparse.Namespace, project: Project, acts: Acts) -> int:
    """Rows first: files that replace old names must not stand on a database that lacks these."""
    steps, rows = steps_back(acts.written), dict[str, int]()
    if steps:
        manifest = from_json((acts.folder / MANIFEST).read_text(encoding="utf-8"))
        with locked(acts.place.lock):
            journal.check(acts.place.root, steps)
            with pulled.pulled_ride(project, face_of(arguments), options_of(arguments), manifest) as ride:
                rows = databases.give_back(ride, acts, manifest)
            acts.undo(acts.written)
    if arguments.json:
        emit({"type": "result", "undone": [step.path for step in steps], "databases": rows})
    elif steps:
        say(
            f"{count(len(steps), 'file')} taken back, every byte, and what went from {some(list(rows)) or 'no database'}."
        )
        say("What somebody removed from databases elsewhere does not come back.")
    else:
        say("Nothing to take back: no reset was retired here.")
    return ExitCode.DONE
