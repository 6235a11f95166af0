"""What stays on the terminal when the wizard has closed: where you are, how to go on, where backup and log lie."""

from __future__ import annotations

import argparse
from pathlib import Path

from migwizard.commands.run import say_figures
from migwizard.commands.setup import again, project_of, say
from migwizard.engine.process import Ended
from migwizard.engine.states import ORDER, State
from migwizard.engine.surviving import journal
from migwizard.engine.surviving.checkpoint import Checkpoint, load_checkpoint
from migwizard.engine.surviving.treestate import SENTENCES, tree_of
from migwizard.errors import MigwizardError
from migwizard.paths import Workplace
from migwizard.words import leaving


def farewell(ended: Ended, arguments: argparse.Namespace) -> None:
    """Say how the sitting ended."""
    say("")
    if ended.sentence and ended.code != leaving.CODE:
        say(f"migwizard: {ended.sentence}")
        for cure in ended.cures:
            say(f"  - {cure}")
    if ended.report is not None and "undone" in ended.report:
        # Nothing is left to come back to.
        say(leaving.taken_back(ended.report))
        return
    if ended.report is not None and not ended.report.get("nothing"):
        say_figures(ended.report)
    for line in where_you_are(arguments):
        say(line)


def where_you_are(arguments: argparse.Namespace) -> list[str]:
    """Which state comes next, what has changed so far, and every place to know."""
    try:
        place = Workplace(project_of(arguments).root)
        found = load_checkpoint(place.checkpoint, place.root)
    except MigwizardError:
        # Said already: it is what the wizard stopped at.
        return []
    tree = tree_of(place, found)
    if found is None:
        return ["Nothing was begun; the project is unchanged."] if tree == "old" else [SENTENCES[tree]]
    undo = again(arguments, "undo")
    changed = _changed(found, place.journal) if tree == "new" else SENTENCES[tree]
    if State.DONE in found.results and tree == "new":
        lines = [f"Done. {changed}"]
    else:
        lines = [f"Stopped at {found.state.value.capitalize()}, step {ORDER.index(found.state) + 1} of {len(ORDER)}."]
        lines[0] += f" Nothing is lost. {changed}"
        lines.append(f"Go on:   {again(arguments, *(['--plain'] if arguments.plain else []))}")
    lines.append(f"Undo:    {undo}" if tree != "old" else f"Forget:  {undo}   (removes {place.folder.name})")
    if tree != "old":
        lines.append(f"Backup:  {place.backup}")
        lines.append(f"         {place.second_backup / found.run_id}")
    if place.log.is_file():
        lines.append(f"Log:     {place.log}")
    return lines


def _changed(found: Checkpoint, acts: Path) -> str:
    new = {alias for alias, state in found.databases.items() if state == "NEW"}
    # Where an alias leads elsewhere now, the journal still knows what was done.
    switched = sorted(new | {act.alias for act in journal.switches(acts) if act.kind == "switch"})
    rows = f"database {', '.join(switched)} switched" if switched else "no database switched yet"
    return f"The new files are in the project, {rows}."
