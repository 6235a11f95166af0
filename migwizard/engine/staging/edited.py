"""What is asked about a person's changes to staged files: when one is found, and when the text below it changed."""

from __future__ import annotations

from collections.abc import Iterable

from migwizard.engine.ride import Ride
from migwizard.engine.staging import edits, strays
from migwizard.engine.staging.edits import Edit
from migwizard.engine.states import State
from migwizard.engine.talk import Choice, Question
from migwizard.errors import UndecidedError

Node = tuple[str, str]

KEEP, TAKE, MENDED = "keep", "take", "mended"


def notice(ride: Ride, reviewed: Iterable[str]) -> None:
    """At the start of a run: keep what was changed in staging meanwhile, and move out what is none of our files.

    Files of `reviewed` are shown by a screen of their own, where a person approves them anew; about the others, and
    where nobody reviews, it is asked.
    """
    shown = set(reviewed) if ride.options.review else set()
    broken = {name for name, edit in edits.load_edits(ride).items() if edits.problem(edit.data)}
    if ride.checkpoint.applied:
        return
    strays.set_aside(ride)
    for name in sorted({*edits.changed(ride), *broken}):
        if not (ride.workplace.staging / name).is_file() or edits.generated(ride, name) is None:
            # Its state writes it anew, and puts the text back.
            continue
        if name in shown:
            edits.keep(ride, name)
        else:
            _ask_found(ride, name)


def settle(ride: Ride, nodes: Iterable[Node]) -> None:
    """Staging is written: put back what was changed by hand, ask where it was made on another text, note the result."""
    names = [f"{app}/{name}.py" for app, name in nodes]
    edits.put_back(ride, [name for name in names if not edits.is_noted(ride, name)])
    for edit in edits.conflicts(ride, names):
        if _ask_conflict(ride, edit) == TAKE:
            place = edits.give_up(ride, edit).relative_to(ride.project.root)
            ride.tell("note", f"{edit.name} is written anew; your text is in {place}.")
        else:
            edits.take_over(ride, edit)
            ride.tell("note", f"{edit.name} stays as you wrote it, although another text was generated.")
        _answered(ride, edit.name)
    edits.settled(ride, names)
    for name in sorted(edits.load_edits(ride).keys() - set(names)):
        if ride.checkpoint.state is State.SEEDS:
            ride.tell("note", f"The plan has no file {name} any more; your text of it stays in .migwizard/edits.")


def sentence(name: str, generated: str, data: bytes) -> str:
    """What a person's text means for the ride."""
    what = edits.problem(data)
    if what:
        return f"{what[0].upper()}{what[1:]}; your text is kept."
    from migwizard.engine.staging.unified import changed_lines

    count = changed_lines(generated, data.decode(errors="replace"))
    lines = "1 line differs" if count == 1 else f"{count} lines differ"
    return f"{lines} from what makemigrations wrote; Proof tries your text."


def _ask_found(ride: Ride, name: str) -> None:
    """One file that was changed outside of the wizard."""
    path = ride.workplace.staging / name
    while True:
        data, generated = path.read_bytes(), edits.generated(ride, name) or ""
        answer = ride.ask(_found(name, generated, data))
        _answered(ride, name)
        if answer == TAKE:
            edits.restore(ride, name)
        elif answer == MENDED and path.read_bytes() == data:
            raise UndecidedError(
                f"{name} is still what it was: {edits.problem(data)}. Your text is kept, nothing was changed.",
                code=f"edit:{name.removesuffix('.py')}",
            )
        else:
            edits.keep(ride, name)
        if answer != MENDED or not edits.problem(path.read_bytes()):
            return


def _found(name: str, generated: str, data: bytes) -> Question:
    broken, short = edits.problem(data), name.removesuffix(".py")
    from migwizard.engine.staging.unified import unified

    shown = unified(generated, data.decode(errors="replace"), f"generated/{name}", f"yours/{name}")
    show = Choice("show", "shows your change; nothing else happens", "Show my change", shows=shown)
    redo = Choice(TAKE, "puts the generated text back; yours is kept beside it", "Redo the original")
    first = (
        Choice(MENDED, "reads the file again", "I have mended it: read again")
        if broken
        else Choice(KEEP, "your text stays in staging and is proved like any other", "Prove it")
    )
    return Question(
        f"edit:{short}",
        State.GENERATE,
        f"You changed {short}",
        sentence(name, generated, data),
        (first, show, redo),
        safe=None if broken else KEEP,
        default=None if broken else KEEP,
        details=shown,
    )


def _ask_conflict(ride: Ride, edit: Edit) -> str:
    short, text = edit.name.removesuffix(".py"), edits.new_text(ride, edit.name)
    from migwizard.engine.staging.unified import unified

    shown = unified(text, edit.data.decode(errors="replace"), f"generated/{edit.name}", f"yours/{edit.name}")
    broken = edits.problem(edit.data)
    return ride.ask(
        Question(
            f"edit:{short}",
            ride.checkpoint.state,
            f"{short} is generated anew. Keep your text?",
            "You changed this file, and since then something changed what stands below your change. "
            + (f"Your text is no migration as it is: {broken}." if broken else "Your text still is a migration."),
            (
                Choice(KEEP, "your text stays; Proof shows whether it still builds the same database", "Keep mine"),
                Choice(TAKE, "the new text counts; yours is kept beside it in .migwizard/edits", "Take the new one"),
                Choice("show", "shows how the two differ; nothing else happens", "Show both", shows=shown),
            ),
            safe=None if broken else KEEP,
            details=shown,
        )
    )


def _answered(ride: Ride, name: str) -> None:
    """The next change of the same file is another question."""
    if ride.checkpoint.decisions.pop(f"edit:{name.removesuffix('.py')}", None):
        ride.save()
