"""The approval of the generated files: each with what makemigrations alone would write, and the person's own changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from migwizard.engine.previews import GeneratePreview, StagedFile, Waiting
from migwizard.engine.ride import Ride, fingerprint
from migwizard.engine.staging import edited, edits, packages
from migwizard.engine.staging.diffing import GUARD, GUARD_DOES, diff_rows
from migwizard.engine.staging.unified import saved_diff, unified
from migwizard.engine.staging.waiting_lines import split_lines
from migwizard.engine.states import State
from migwizard.engine.surviving import durable
from migwizard.engine.surviving.checkpoint import ACCEPTED
from migwizard.engine.talk import Choice, Question
from migwizard.words.counting import some

SAVED = "generate.diff"
ACCEPT = "accept "
"""Before the name of a file that a person accepts."""


def question(ride: Ride) -> Question:
    """What is asked when the state has run."""
    preview = make_preview(ride)
    return Question(
        "review:generate",
        State.GENERATE,
        "Are these the files you want?",
        " ".join((*_anew(ride, preview), *_sentences(preview))),
        tuple(_choices(ride, preview)),
        safe=None if _broken(preview) else "continue",
        kind="review",
        default=None if _broken(preview) else "continue",
        preview=preview,
    )


def change(ride: Ride, answer: str) -> State:
    """Note a decision; returns the state to go on from."""
    key, _, name = answer.partition(":")
    if key == "edited":
        edits.keep(ride, f"{name}.py")
    elif key == "restore":
        previous = edits.restore(ride, f"{name}.py")
        kept = f"; your text is kept in {previous.relative_to(ride.project.root)}" if previous else ""
        ride.tell("note", f"{name} is as it was generated{kept}.")
    elif key == "save":
        path = ride.workplace.folder / SAVED
        durable.write_file(path, saved_diff(make_preview(ride).files).encode())
        ride.tell("saved", f"The diff is in {path.relative_to(ride.project.root)}.", path=str(path))
    return State.GENERATE


def mark(ride: Ride, question: Question, text: str) -> None:
    """Keep that a file was accepted, as it was shown."""
    preview, name = question.preview, text.removeprefix(ACCEPT)
    assert isinstance(preview, GeneratePreview)
    for file in preview.files:
        if name_of(file) == name:
            ride.checkpoint.results.setdefault(ACCEPTED, {})[name] = fingerprint(file.rows)
            ride.save()


def accept(ride: Ride, preview: GeneratePreview) -> None:
    """Keep that all files were accepted as they were shown, so that one that changes later is told from the others."""
    ride.checkpoint.results[ACCEPTED] = {name_of(file): fingerprint(file.rows) for file in preview.files}


def name_of(file: StagedFile) -> str:
    """The short name of a file: "shop/0001_reset_initial"."""
    return f"{file.app}/{file.name}"


def rewritten(ride: Ride) -> list[str]:
    """The files that are not any more what was approved, once Seeds has run."""
    if State.GENERATE not in ride.checkpoint.approvals or State.SEEDS not in ride.checkpoint.results:
        return []
    preview = make_preview(ride)
    if ride.checkpoint.approvals[State.GENERATE] == fingerprint(unmarked(preview)):
        return []
    return [name_of(file) for file in preview.files if name_of(file) not in preview.accepted]


def unmarked(preview: GeneratePreview) -> GeneratePreview:
    """What is approved: without the person's own marks."""
    return replace(preview, accepted=())


def make_preview(ride: Ride) -> GeneratePreview:
    """Every generated file as it is now, edits included."""
    report = packages.read_report(ride)
    returning: dict[str, int] = {}
    for level in report:
        for file in level["files"]:
            for item in file["stripped"]:
                returning[item["returns_in"]] = returning.get(item["returns_in"], 0) + 1
    files = tuple(
        _staged(ride, file, number, level["command"], returning)
        for number, level in enumerate(report)
        for file in level["files"]
    )
    known = ride.checkpoint.results.get(ACCEPTED, {})
    names = [(name_of(file), file) for file in files]
    accepted = tuple(name for name, file in names if name in known and known[name] == fingerprint(file.rows))
    return GeneratePreview(files, tuple(level["command"] for level in report), accepted)


def _staged(ride: Ride, file: Mapping[str, Any], level: int, command: str, returning: Mapping[str, int]) -> StagedFile:
    short = f"{file['app']}/{file['name']}"
    path = ride.workplace.staging / f"{short}.py"
    data, generated = path.read_bytes(), edits.generated(ride, f"{short}.py") or file["written"]
    own = data != generated.encode()
    text = data.decode(errors="replace")
    waiting = tuple(
        Waiting(
            item["what"],
            tuple(item["parts"]),
            tuple(item["waits_for"]),
            item["returns_in"],
            item["returns_at"],
            tuple(item.get("settings", ())),
        )
        for item in file["stripped"]
    )
    literal = [(item["name"], item["text"]) for item in file["literal"]]
    rows = diff_rows(literal, text, waiting)
    return StagedFile(
        file["app"],
        file["name"],
        level,
        str(path),
        sum(len(split_lines(text)) for _, text in literal),
        len(split_lines(text)),
        waiting,
        rows,
        edited.sentence(f"{short}.py", generated, data) if own else "",
        edits.problem(data) if own else "",
        command,
        returning.get(short, 0),
        sum(row.note == GUARD and row.kind == "in" for row in rows),
    )


def _anew(ride: Ride, preview: GeneratePreview) -> Iterator[str]:
    """Why files are shown that were approved before, and after them the seeds."""
    approved = ride.checkpoint.approvals.get(State.GENERATE)
    if State.SEEDS in ride.checkpoint.results and approved not in (None, fingerprint(unmarked(preview))):
        yield (
            "Not as you approved them: a file was changed since, or Seeds wrote one anew, with the SQL by which your old "
            "history made its table, or with dependencies for the order."
        )


def _sentences(preview: GeneratePreview) -> Iterator[str]:
    """What waits, where it returns, and what the person changed."""
    waits = [item for file in preview.files for item in file.waiting]
    if not waits:
        yield "Nothing had to wait: every file holds what makemigrations would write."
    for place, level in dict.fromkeys((item.returns_in, item.returns_at) for item in waits):
        names = [item.what for item in waits if item.returns_in == place]
        word = "Waits" if len(names) == 1 else "Wait"
        yield f"{word}: {some(names)}; back in {place}, level {level}."
    guarded = [name_of(file) for file in preview.files if file.guard]
    if guarded:
        yield f"Our guard is in {some(guarded)}: {GUARD_DOES}"
    for file in preview.files:
        if file.edited:
            yield f"{name_of(file)}: {file.edited}"


def _broken(preview: GeneratePreview) -> list[StagedFile]:
    return [file for file in preview.files if file.broken]


def _choices(ride: Ride, preview: GeneratePreview) -> Iterator[Choice]:
    count = len(preview.files)
    if not _broken(preview):
        label = "Accept the file" if count == 1 else f"Accept all {count}"
        yield Choice("continue", "goes on to Seeds; the files stay in staging, your apps are not touched", label)
    yield Choice("again", "generates every file once more; your own changes are put back", "Redo")
    for file in preview.files:
        short = name_of(file)
        yield Choice(f"edited:{short}", f"reads {file.path} again after you changed it", f"I edited {short}", "edit")
        if file.edited:
            generated = edits.generated(ride, f"{short}.py") or ""
            now = "\n".join(row.right for row in file.rows if row.right_number) + "\n"
            yield Choice(
                f"change:{short}",
                "shows your change; nothing else happens",
                f"Show my change in {short}",
                "edit",
                shows=unified(generated, now, f"generated/{short}.py", f"yours/{short}.py"),
            )
            effect = "puts the generated text back; yours is kept in .migwizard/edits"
            yield Choice(f"restore:{short}", effect, f"Redo the original of {short}", "edit")
    for file in preview.files:
        short, effect = name_of(file), "compared with what makemigrations alone would write"
        yield Choice(f"diff:{short}", effect, f"Show {short}", "files", shows=_shown(file))
    yield Choice("save:diff", f"writes .migwizard/{SAVED}, with what waits in each file", "Save the diff", "save")


def _shown(file: StagedFile) -> str:
    """The diff of one file; all of its text where nothing differs."""
    if any(row.kind != "equal" for row in file.rows):
        return saved_diff([file])
    text = "\n".join(row.right for row in file.rows)
    return f"# {file.app}/{file.name}.py, level {file.level}: as makemigrations alone would write it\n{text}\n"
