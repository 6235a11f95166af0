"""What a reset reached, as a page of Markdown for the pull request and as a commit message; pure text from figures."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from migwizard.engine.proving.tally import Tally
from migwizard.words.counting import count

LISTED = 12
"""So many lines of one kind at most: the page stays a page."""
SUBJECT = 72


@dataclass(frozen=True, slots=True)
class Waited:
    """A part of a model that waited, such as a field or an index, and where it came back."""

    what: str
    waits_for: tuple[str, ...]
    returns_in: str
    """app/name"""


@dataclass(frozen=True, slots=True)
class Kept:
    """An old data operation with its verdict; `how` is empty where it was left out."""

    operation: str
    verdict: str
    how: str
    evidence: tuple[str, ...] = ()
    """What was seen of one that nobody decided about."""


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer and who gave it."""

    question: str
    answer: str
    by: str


@dataclass(frozen=True, slots=True)
class Reached:
    """Everything that the page tells."""

    project: str
    run_id: str
    apps: tuple[tuple[str, int, int], ...]
    """(label, migrations before, migrations after)"""
    rendered_before: int
    """Model classes that a migrate from zero rendered; 0: not known."""
    rendered_after: int
    model_levels: int
    batch_levels: int
    waited: tuple[Waited, ...]
    seeds: tuple[Kept, ...]
    engine: str
    equal: bool
    tables: int
    rows: int
    accepted: tuple[str, ...]
    """Sentences of the differences that were accepted."""
    notes: tuple[str, ...]
    """Sentences of the differences that stand in nobody's way."""
    tally: Tally
    caveats: tuple[str, ...]
    versions: str
    databases: tuple[tuple[str, str], ...]
    decisions: tuple[Decision, ...]
    drift: tuple[str, ...] = ()
    """What became of what models and migrations disagreed about."""
    kept: tuple[str, ...] = ()
    """What stays on top of the new files."""
    replaces: tuple[str, ...] = ()
    """That the new files replace the old ones by name."""
    uncommitted: tuple[str, ...] = ()
    """Files that the proof was made with, and that no commit has as they are."""

    @property
    def before(self) -> int:
        return sum(before for _, before, _ in self.apps)

    @property
    def after(self) -> int:
        return sum(after for _, _, after in self.apps)


def subject(reached: Reached) -> str:
    """The first line of the commit message."""
    accepted, dropped, copies = len(reached.accepted), reached.tally.dropped, reached.tally.copies
    how = "proven equal" if reached.equal else f"{count(accepted, 'difference')} accepted"
    how += f", {dropped} dropped" if dropped else ""
    how += f", {count(copies, 'changed copy', 'changed copies')}" if copies else ""
    return f"Reset migrations: {reached.before} -> {reached.after}, {how}"[:SUBJECT]


_BY_SWITCH = (
    "A database that holds the old history must be switched before its next",
    "migrate. Until then a plain migrate stops there before it writes a row.",
)
_BY_MIGRATE = (
    "A database that holds the whole old history needs migrate and nothing",
    "else. One that is behind is migrated with the release before this first.",
)


def commit_message(reached: Reached) -> str:
    """Subject and body for `git commit -F`."""
    verb = "is" if reached.before == 1 else "are"
    instead = f"{reached.after}, kept ones among them" if reached.kept else str(reached.after)
    what = f"{count(reached.before, 'migration')} of {count(len(reached.apps), 'app')} {verb} replaced by {instead}."
    lines = [
        subject(reached),
        "",
        f"{what} Both {_proof_sentence(reached)}",
        "",
        *(_BY_MIGRATE if reached.replaces else _BY_SWITCH),
        "",
        *[line for sentence in (*reached.kept, *reached.drift, *reached.replaces) for line in (sentence, "")],
        f"Made with migwizard, run {reached.run_id}.",
    ]
    return "\n".join(_wrapped(line) for line in lines) + "\n"


def _wrapped(line: str) -> str:
    return textwrap.fill(line, SUBJECT) if len(line) > SUBJECT else line


def _proof_sentence(reached: Reached) -> str:
    counts = f"{count(reached.tables, 'table')} and {count(reached.rows, 'row')} on {reached.engine}"
    accepted = len(reached.accepted)
    came = (
        "they are equal"
        if reached.equal
        else f"{count(accepted, 'difference was', 'differences were')} accepted by name"
    )
    return " ".join(
        filter(None, [f"histories were run from zero and {counts} compared; {came}.", reached.tally.sentence])
    )


def page(reached: Reached) -> str:
    """The summary for a pull request."""
    parts = [
        f"# {subject(reached)}",
        _figures(reached),
        _apps(reached),
        _waited(reached),
        _seeds(reached),
        _proof(reached),
        _databases(reached),
        _decisions(reached),
        _undo(reached),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _figures(reached: Reached) -> str:
    lines = ["| | before | after |", "|---|---:|---:|", f"| migration files | {reached.before} | {reached.after} |"]
    if reached.rendered_before:
        lines.append(
            f"| model classes that `migrate` from zero renders | {reached.rendered_before:,} | {reached.rendered_after:,} |"
        )
    lines += ["", f"The models lie on {count(reached.model_levels, 'level')}, the new files on {reached.batch_levels}."]
    if reached.rendered_before:
        lines[-1] += " Rendering models is most of the time of a `migrate` from zero, in every test run too."
    return "\n".join(lines)


def _apps(reached: Reached) -> str:
    rows = [f"| {_code(label)} | {before} | {after} |" for label, before, after in reached.apps]
    return "\n".join(["| app | before | after |", "|---|---:|---:|", *_some(rows, "| {} more apps | | |")])


def _waited(reached: Reached) -> str:
    if not reached.waited:
        return "## Waiting parts\n\nNone: every part stands in the file of its model."
    lines = [
        f"- {_code(item.what)} waits for {', '.join(map(_code, item.waits_for)) or 'another file'} and returns in "
        f"{_code(item.returns_in)}"
        for item in reached.waited
    ]
    return "\n".join(["## Waiting parts", "", *_some(lines, "- {} more")])


def _seeds(reached: Reached) -> str:
    if not reached.seeds:
        return "## Data operations\n\nNone in the old history."
    rows = [
        f"| {_code(seed.operation)} | {_cell(seed.verdict)} | {_cell(seed.how) or 'left out'} |"
        for seed in reached.seeds
    ]
    head = ["## Data operations", "", "| old operation | verdict | kept |", "|---|---|---|"]
    open_ones = [
        f"- {_code(seed.operation)}: {' '.join(' '.join(seed.evidence).split())}"
        for seed in reached.seeds
        if seed.evidence
    ]
    told = ["", "Nobody decided about these; what was seen of them:", "", *_some(open_ones, "- {} more")]
    return "\n".join([*head, *_some(rows, "| {} more | | |"), *(told if open_ones else ())])


def _proof(reached: Reached) -> str:
    verdict = "Equal" if reached.equal else "Accepted by name"
    lines = ["## Proof", "", f"{verdict}: both {_proof_sentence(reached)} {reached.versions}.".replace("..", ".")]
    for word, sentences in (("accepted", reached.accepted), ("note", reached.notes)):
        listed = _some([f"- {word}: {sentence}" for sentence in sentences], f"- {{}} more {word}")
        lines += ["", *listed] if listed else []
    told = (*reached.kept, *reached.drift, *reached.replaces)
    lines += ["", *[f"- {sentence}" for sentence in told]] if told else []
    lines += ["", *[f"- {caveat}" for caveat in reached.caveats]] if reached.caveats else []
    if reached.uncommitted:
        lines += ["", "Proved with files that no commit had then; they belong to this one:", ""]
        lines += _some([f"- {_code(name)}" for name in reached.uncommitted], "- {} more")
    return "\n".join(lines)


def _databases(reached: Reached) -> str:
    rows = [f"- {_code(alias)}: {says}" for alias, says in reached.databases]
    return "\n".join(["## Databases", "", *(_some(rows, "- {} more") or ["None is named by the settings."])])


def _decisions(reached: Reached) -> str:
    if not reached.decisions:
        return ""
    rows = [f"| {_code(item.question)} | {_cell(item.answer)} | {_cell(item.by)} |" for item in reached.decisions]
    return "\n".join(
        ["## Decisions", "", "| question | answer | by |", "|---|---|---|", *_some(rows, "| {} more | | |")]
    )


def _undo(reached: Reached) -> str:
    return (
        "## Undo\n\nUntil migrations are added on top: `migwizard undo` puts back the rows of each switched database, with "
        f"their ids and times, and every old file. Run `{reached.run_id}`; both backups lie on the machine of the reset, in "
        "`.migwizard/backup` and in the user's state folder."
    )


def _some(lines: Sequence[str], more: str) -> list[str]:
    if len(lines) <= LISTED:
        return list(lines)
    return [*lines[: LISTED - 1], more.format(len(lines) - LISTED + 1)]


def _code(text: str) -> str:
    """As code, in a table too."""
    return f"`{_cell(text).replace('`', chr(39))}`"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "/").split())
