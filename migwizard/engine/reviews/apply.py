"""The approval of apply: the swap was made, the tree was looked at."""

from __future__ import annotations

from migwizard.engine.later import undo
from migwizard.engine.previews import DatabaseLine
from migwizard.engine.ride import Ride, Turn
from migwizard.engine.states import State
from migwizard.engine.swapping import callers, checkout, owntests, shown, swap
from migwizard.engine.talk import Choice, Question
from migwizard.words.counting import count


def question(ride: Ride) -> Question:
    """What is asked when the state has run."""
    result = ride.checkpoint.results[State.APPLY]
    steps = swap.made_steps(ride)
    stat = result.get("diff_stat") or shown.predicted_stat(ride, steps)
    out, into = result["removed"], result["written"]
    switched = undo.switched_lines(ride)
    return Question(
        "review:apply",
        State.APPLY,
        f"Done: {count(out, 'file')} out, {into} in",
        "The tree holds the new files; it was loaded and migrated from zero once more, and built what the proof saw. "
        + _databases(switched)
        + (f" {checkout.COPY}" if checkout.lacks(ride) else "")
        + (f" {owntests.sentence(result[owntests.KEY])}" if owntests.KEY in result else ""),
        (
            Choice("continue", "Go on to the databases.", "Continue to Fake"),
            Choice("stat", "Read what git says of it.", "Show git diff --stat", group="show", shows=stat),
            *(() if checkout.lacks(ride) else (_tests(ride),)),
            _back(switched, out, into),
        ),
        safe="continue",
        kind="review",
        default="continue",
        preview=shown.preview(ride, steps, stat, result.get(callers.KEY, ())),
    )


def _tests(ride: Ride) -> Choice:
    tests = owntests.tests_of(ride)
    blind = f"; {tests.blind}, so they say nothing about the new files" if tests.blind else ""
    effect = f"Runs {tests.words} and tells what came of it; the output goes to the log{blind}."
    return Choice("tests", effect, "Run your tests", group="tests")


def _databases(switched: list[DatabaseLine]) -> str:
    if not switched:
        return "No database was touched."
    where = ", ".join(line.alias for line in switched[:4])
    more = f" and {len(switched) - 4} more" if len(switched) > 4 else ""
    return f"{where}{more} {'is' if len(switched) == 1 else 'are'} switched to them."


def _back(switched: list[DatabaseLine], out: int, into: int) -> Choice:
    """The swap taken back; rows that were switched go back before it, or migrate would find names that no file has."""
    files, rows = count(out, "file"), sum(line.rows_out for line in switched)
    returns = count(out, "old file returns", "old files return")
    effect = f"{returns} from the backup, byte for byte, and {count(into, 'new one goes', 'new ones go')}."
    if switched:
        where = switched[0].alias if len(switched) == 1 else f"{len(switched)} databases"
        effect = f"{count(rows, 'row returns', 'rows return')} into {where} first. {effect}"
        files = f"{count(rows, 'row')} and {count(out, 'file')}"
    return Choice("back", effect, f"Take back the swap of {files}", group="back", writes=files)


def change(ride: Ride, answer: str) -> State:
    """Note a decision; returns the state to go on from."""
    if answer == "back":
        raise Turn("back")
    if answer == "tests":
        owntests.run(ride)
    # A text was shown.
    return State.APPLY
