"""What many kills came to, as a Markdown page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from migwizard.engine.states import ORDER
from tests.chaos.judge import HALF, Result
from tests.chaos.orders import SHARES, kind_of

Tried = Sequence[tuple[str, Result]]
"""The project of each kill, and what came of it."""
KINDS = (*(f"{moment} a durable write" for moment in ("before", "inside", "after")), *SHARES)
PHASES = (
    "opening",
    *(state.value for state in ORDER[:6]),
    *("apply", "apply: backup", "swap", "swapped", "apply: look"),
    *("fake", "done", "undo: rows"),
)
STATES = ("before", HALF, "applied", "after")
POINTS = {
    "write": "durable writes",
    "told": "events",
    "asked": "requests",
    "answered": "answers",
    "touch": "changes of a file",
}

_ABOUT = """\
# Kills: `make chaos`

migwizard is killed with SIGKILL, again and again, and each time on a fresh copy of a project: on the way to the proof, in the swap
of the files and the switch of the database, and in three kinds of undo (of everything; of the files alone, before the
switch; of a reset that has swapped nothing yet). Each kill hits one of these moments:

* **before, inside, after a durable write**: checkpoint, journal, staged files, backups, the swap itself. Inside means that the
  temporary file lies there, or half of a line is written. After is tried where something else comes before the next write.
* **event told, request asked or answered, file touched**: right when the engine says something, when the project's process is asked or
  has answered, and before any file is created, renamed or removed, durable or not.
* **guest at work**: some time after a request, drawn from the time that its answer took.
* **any time**: some time after the start, drawn from the time that the whole took.
* **guest killed**: the project's process is killed, and the wizard is not: it has to end by itself, with a sentence and an
  exit code. **fork killed**: only what works for one request in that process. **both killed**: all at once.
* **disk full**: from a durable write on none goes through any more. The wizard has to end by itself, with a sentence and an exit code.

The moments beside the durable writes are drawn with a seed. After each kill:

1. **The project is in a legal state**, by its files and rows:

   | state | files | rows | what is asked |
   | --- | --- | --- | --- |
   | before | every byte as before the reset | every row as before | `check` passes, `makemigrations --check` says what it said, `migrate --plan` has nothing to do |
   | half swapped | each file is an old one or a new one, and one of both histories is there whole; `.NAME.migwizard-swap` may lie beside | every row as before | `migwizard status` names it; a swap or an undo goes on from it |
   | applied | the new history, every byte as after the reset | every row as before | `check` passes, and a plain `migrate` is stopped before it changes a row |
   | after | the new history | those of a finished reset | `check` passes, `makemigrations --check` says what it said, `migrate --plan` has nothing to do |

   Whatever has the same bytes and rows says the same: Django is asked once about each.
2. **The same command, started again, ends like a run that nobody killed**: every file byte for byte, every row (but for the time at
   which migrations were recorded). After a killed undo the second undo ends at the start: every file, every row with its id and time,
   nothing of ours left, the second backup included.
3. Each sixth command that is started again is killed once more, at any time, and started a third time. After each fifth kill of
   a reset the whole is undone, and must be as before.

The wizard is a fork of a process that has its modules loaded, and so is the guest, as in [random projects](fuzz.md); on a
public product the guest is started in the usual way. `make test` kills a part of the durable writes in processes of their own.
`python -m tests.chaos --kills N --seed S` tries others, `--only NUMBER` one of them again, `--page FILE` writes this page. What a kill
that cost something left stays in `build/chaos/NUMBER`."""


def page(tried: Tried, met: Mapping[str, Mapping[str, int]], command: str, wall: float) -> str:
    """The whole page."""
    real = [(project, result) for project, result in tried if result.state or result.failures]
    failed = [(project, result) for project, result in tried if result.failures]
    missed, twice = len(tried) - len(real), sum(result.twice for _, result in real)
    undone = sum(result.undone for _, result in real)
    numbers = (
        f"What {command} found in {wall / 60:.0f} minutes:\n\n"
        f"**{len(real)} kills, {len(failed)} of them with a difference.** {twice} were killed a second time when they were started "
        f"again, {undone} undone in the end. {missed} more came too late: what they were to hit had ended."
    )
    parts = [_ABOUT, "## Figures", numbers, "### By kind", by_kind(real), "### By phase", by_phase(real)]
    parts += ["### What kills can come between", _points(met), "### Differences", _failures(failed) or "None."]
    return "\n\n".join(parts) + "\n"


def by_kind(tried: Tried) -> str:
    """How many kills of each kind there were on each project."""
    projects = list(dict.fromkeys(project for project, _ in tried))
    found = Counter((kind_of(result.order), project) for project, result in tried)
    rows = [(kind, *(found[kind, project] for project in projects)) for kind in KINDS]
    together = Counter(project for project, _ in tried)
    rows.append(("together", *(together[project] for project in projects)))
    return _table(("kind of kill", *projects), rows)


def by_phase(tried: Tried) -> str:
    """Where the kills hit, in which state each left the project, and whether all was as it should be in the end."""
    rows: list[tuple[object, ...]] = []
    for leg in dict.fromkeys(result.leg for _, result in tried):
        for phase in (*PHASES, ""):
            of = [result for _, result in tried if (result.leg, result.phase) == (leg, phase)]
            states = Counter(result.state for result in of)
            if of:
                good = sum(not result.failures for result in of)
                rows.append((leg, phase or "?", len(of), *(states[state] or "" for state in STATES), good))
    return _table(("command", "killed in", "kills", *STATES, "equal in the end"), rows)


def _points(met: Mapping[str, Mapping[str, int]]) -> str:
    """How many moments of each kind the commands have."""
    rows = [(project, *(kinds.get(kind, 0) for kind in POINTS)) for project, kinds in met.items()]
    return _table(("project", *POINTS.values()), rows)


def _failures(failed: Tried) -> str:
    return "\n".join(
        f"- {project}, {result.leg}, {kind_of(result.order)}, {result.phase}: {'; '.join(result.failures)}"
        for project, result in failed
    )


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [header, ["---"] * len(header), *(list(map(str, row)) for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
