"""`migwizard branch`: lead the migrations of a branch to the new files, after a reset was merged into it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from migwizard.commands.setup import again, face_of, project_of, say
from migwizard.engine.later.branching import going_back, looking, moving, remains
from migwizard.engine.later.branching.moving import Change, Moves
from migwizard.engine.later.branching.tree import read_tree
from migwizard.engine.states import State
from migwizard.engine.surviving.acting import Acts, steps_back
from migwizard.engine.surviving.lock import locked
from migwizard.engine.swapping import git
from migwizard.engine.talk import Choice, Question
from migwizard.errors import UndecidedError, UsageError
from migwizard.exit_codes import ExitCode
from migwizard.faces.jsonlines import emit
from migwizard.harmless import for_stream
from migwizard.paths import Workplace
from migwizard.switch.manifest import FILE_NAME, Manifest, ManifestUnreadableError, from_json
from migwizard.words.counting import count

QUESTION = "branch"


def branch(arguments: argparse.Namespace) -> int:
    """Find, show, ask, write, and let Django look."""
    acts = Acts(Workplace(project_of(arguments).root))
    acts.place.refuse_links()
    if acts.folder.is_dir():
        with locked(acts.place.lock):
            if settled := acts.settle():
                say(f"What was cut off is finished: {'led on' if settled == 'apply' else 'taken back'}.")
    return _undo(arguments, acts) if arguments.undo else _moved(arguments, acts)


def _moved(arguments: argparse.Namespace, acts: Acts) -> int:
    root = acts.place.root
    manifest = _manifest(root)
    tree = read_tree(root, manifest)
    remains.refuse(root, manifest, tree)
    moves = moving.plan(root, manifest, tree)
    warnings = [*moves.warnings, *remains.lost_edits(root, manifest)]
    _show(arguments, moves, warnings)
    if not moves.changes or arguments.dry_run or not _agreed(arguments, moves):
        return _end(arguments, moves, warnings, written=False)
    acts.place.create()
    with locked(acts.place.lock):
        acts.write(moves.changes)
    return _end(arguments, moves, warnings, written=True)


def _manifest(root: Path) -> Manifest:
    """The one that main's reset has brought. Raises UsageError where it is not there, or cannot be read."""
    path = root / FILE_NAME
    try:
        manifest = from_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        there = git.branches_with(root, FILE_NAME)
        where = f" It is on {', '.join(there[:4])}." if there else ""
        name = there[0] if there else "main"
        raise UsageError(
            f"There is no {FILE_NAME} here, so no reset was merged into this branch.{where} Nothing was changed.",
            code="no-manifest",
            cures=(f"Merge or rebase first: git merge {name}. Then start again.",),
        ) from error
    except ManifestUnreadableError as error:
        raise UsageError(
            f"{FILE_NAME} cannot be used: {error}. Nothing was changed.",
            code="manifest",
            cures=(f"Take it from the branch with the reset: git checkout BRANCH -- {FILE_NAME}",),
        ) from error
    if gone := [folder for folder in manifest.folders.values() if not (root / folder).is_dir()]:
        raise UsageError(
            f"{FILE_NAME} names the folder {gone[0]}, which is not there. Nothing was changed.",
            code="manifest",
            cures=("Move the migrations back to where the reset has them; move the app in a commit of its own.",),
        )
    return manifest


def _show(arguments: argparse.Namespace, moves: Moves, warnings: list[str]) -> None:
    """Diffs go to stdout, as data; the rest is narration."""
    if not arguments.json:
        for change in moves.changes:
            print(for_stream(change.diff, sys.stdout), end="")
    for warning in warnings:
        say(f"warning: {warning}")


def _agreed(arguments: argparse.Namespace, moves: Moves) -> bool:
    """Whether a person, or `--yes`, wants it. Raises UndecidedError where nobody answers."""
    if arguments.yes:
        return True
    files = count(len(moves.changes), "file")
    question = Question(
        QUESTION,
        State.PREFLIGHT,
        "Lead the migrations of this branch to the new files?",
        f"{files} would change, nothing but what they depend on. {again(arguments, 'branch', '--undo')} takes it back.",
        (
            Choice("write", "their dependencies are written as the diff shows", f"Change {files}", writes=files),
            Choice("leave", "nothing is changed", "Leave them as they are"),
        ),
        safe=None,
        default="leave",
    )
    answer = face_of(arguments).ask(question)
    if answer is None:
        raise UndecidedError(
            f"{question.headline} {question.text}",
            code=QUESTION,
            cures=(f"Without a question: {again(arguments, 'branch', '--yes')}",),
        )
    return answer == "write"


def _end(arguments: argparse.Namespace, moves: Moves, warnings: list[str], *, written: bool) -> int:
    """Say what came of it; where nothing needs to be changed Django is asked too."""
    looked = looking.look(project_of(arguments)) if written or not moves.changes else None
    if arguments.json:
        emit(_report(moves, warnings, looked, written=written))
    elif not moves.changes:
        say("Nothing to change: no migration here depends on one that the reset has folded.")
    elif written:
        say(f"{count(len(moves.changes), 'file')} changed. Take it back: {again(arguments, 'branch', '--undo')}")
    else:
        say("Nothing was changed.")
    for sentence in looked.sentences if looked else _foreseen(moves):
        say(sentence)
    if looked is None or looked.is_fine:
        if written and not arguments.json:
            say("Your own database is switched like every other one; the rows of this branch stay: migwizard fake")
        return ExitCode.DONE
    return ExitCode.PROJECT if looked.problem else ExitCode.UNDECIDED


def _foreseen(moves: Moves) -> list[str]:
    """What Django would say of it."""
    return looking.Said("", moves.leaves).sentences if moves.leaves else []


def _report(moves: Moves, warnings: list[str], looked: looking.Said | None, *, written: bool) -> dict[str, Any]:
    return {
        "type": "result",
        "written": written,
        "files": [_as_json(change) for change in moves.changes],
        "warnings": warnings,
        "leaves": {app: list(names) for app, names in moves.leaves.items()},
        "check": None
        if looked is None
        else {
            "problem": looked.problem,
            "conflicts": {app: list(names) for app, names in (looked.conflicts or {}).items()},
            "changes": {app: list(lines) for app, lines in (looked.changes or {}).items()},
        },
    }


def _as_json(change: Change) -> dict[str, Any]:
    node = ".".join(change.node) if change.node else None
    return {"path": change.path, "migration": node, "old": [".".join(old) for old in change.old], "diff": change.diff}


def _undo(arguments: argparse.Namespace, acts: Acts) -> int:
    entries = going_back.acts_here(acts)
    steps = steps_back(entries)
    if steps:
        with locked(acts.place.lock):
            acts.undo(entries)
    if arguments.json:
        emit({"type": "result", "undone": [step.path for step in steps]})
    elif steps:
        say(f"{count(len(steps), 'file')} taken back, every byte.")
    else:
        say("Nothing to take back: no migration of this branch was led elsewhere here.")
    return ExitCode.DONE
