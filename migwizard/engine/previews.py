"""What a person sees before approving: one frozen record a state, plain data only, so that any face can show it.

Previews cross from the engine's process to the wizard's; nothing in them leads back to the engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from migwizard.engine.findings import Finding
from migwizard.proof.deviation import Deviation


@dataclass(frozen=True, slots=True)
class PreflightPreview:
    """What was looked at before anything else."""

    findings: tuple[Finding, ...]
    unchanged: str = ""
    """What is unchanged, where something stands in the way."""
    log: str = ""


@dataclass(frozen=True, slots=True)
class RefusalPreview:
    """Something that stands in the way of a state."""

    code: str
    sentence: str
    unchanged: str
    """What is unchanged, or what was changed and how it is taken back."""
    log: str
    """The log file; empty where there is none."""
    tree: Literal["", "old", "new", "half", "unknown"] = ""
    """What the migration files in the tree are now; empty: as it was said before."""
    edits: str = ""
    """A file of ours that the person may change; then "edited" is the answer."""


@dataclass(frozen=True, slots=True)
class AppLine:
    """An app of the graph: `takes_part` where its migrations are reset, `ours` where it is the project's own."""

    label: str
    ours: bool
    takes_part: bool
    models: int
    files: int
    points_at: tuple[str, ...]
    """Labels of other apps."""
    cycle: int | None
    """Number of the cycle between apps that it belongs to, from 1."""
    can_change: bool = False
    """Whether it can be left out, or taken in again."""


@dataclass(frozen=True, slots=True)
class ModelLine:
    """A model, its level and its relations."""

    key: str
    """app.Model"""
    level: int
    cycle: int | None
    """Number of the cycle between models, from 1."""
    points_at: tuple[tuple[str, str, str], ...]
    """(field, target key, kind of relation)."""


@dataclass(frozen=True, slots=True)
class GraphPreview:
    """Apps and models of the project."""

    apps: tuple[AppLine, ...]
    models: tuple[ModelLine, ...]
    relations: int
    source: str
    """ "registry", or the name of a dot file."""
    problems: tuple[str, ...] = ()
    picture: tuple[str, ...] = ()
    """The models of the apps that take part, by level, as lines of text."""
    model_cycles: int = 0
    model_levels: int = 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that a level's literal makemigrations would write, and where it comes back."""

    what: str
    """app.model.field"""
    parts: tuple[str, ...]
    waits_for: tuple[str, ...]
    returns_in: str
    """app/name"""
    returns_at: int
    """Batch level."""
    settings: tuple[str, ...] = ()
    """Settings whose swappable models are among what it waits for."""


@dataclass(frozen=True, slots=True)
class PlanFile:
    """One migration to come."""

    level: int
    app: str
    name: str
    models: int
    waiting: tuple[Waiting, ...]
    returning: tuple[str, ...]
    """What waited before and is in this file."""
    cycle: int | None
    creates: tuple[str, ...] = ()
    """The names of its models."""
    planned: str = ""
    """What it would be called, had nobody named it."""


@dataclass(frozen=True, slots=True)
class Order:
    """One way through a cycle of apps."""

    cycle: int
    apps: tuple[str, ...]
    """The order of first files."""
    files: int
    waiting: tuple[Waiting, ...]
    recommended: bool
    chosen: bool
    key: str
    """The answer that takes it."""
    best: bool = False
    """Whether no order of its cycle at all needs fewer files than the recommended one."""


@dataclass(frozen=True, slots=True)
class LevelsPreview:
    """The plan."""

    files: tuple[PlanFile, ...]
    waiting: int
    orders: tuple[Order, ...]
    levels: tuple[tuple[str, ...], ...]
    """Model keys by model level."""
    model_cycles: tuple[tuple[str, ...], ...]
    changed: str = ""
    """What the person's orders cost, compared with the recommended ones: "8 files (+1), 2 wait (+1)"."""
    tag: str = "reset"
    """Part of the names of new files."""
    others: tuple[str, ...] = ()
    """Apps whose models are no part of the plan, though they are in `levels`."""
    kept: tuple[str, ...] = ()
    """What stays on top of these files, line by line; empty for nothing."""
    on_top: int = 0
    """How many migrations that are."""
    by_name: bool = False
    """Whether each file replaces old ones by name; what that means is in `kept`, too."""
    rendered_before: int = 0
    """Model classes that a migrate from zero renders today, which is most of its time; 0: not known."""
    rendered_after: int = 0
    """The same with these files, before seeds, by prediction."""


DiffKind = Literal["equal", "out", "in", "waits", "returns"]


@dataclass(frozen=True, slots=True)
class DiffRow:
    """One row of a diff, for both layouts; a number of 0 means that the side has no line here.

    `waits` rows stand where the stripped lines were; `note` tells the file and the level in which they return. In other
    rows `note` tells where a line comes from that nobody would expect.
    """

    kind: DiffKind
    left_number: int
    left: str
    right_number: int
    right: str
    note: str = ""
    target: str = ""
    """Of what waits: the file in which it returns, "app/name"."""
    what: str = ""
    """Of what waits: app.model.field."""


@dataclass(frozen=True, slots=True)
class StagedFile:
    """One generated file: what makemigrations alone would write, and what was written."""

    app: str
    name: str
    level: int
    path: str
    """Of the staged file, for an editor."""
    literal_lines: int
    written_lines: int
    waiting: tuple[Waiting, ...]
    rows: tuple[DiffRow, ...]
    edited: str = ""
    """A sentence about the person's own change; empty where there is none."""
    broken: str = ""
    """What keeps the person's text from being a migration: "line 40: '(' was never closed"; empty where nothing does."""
    command: str = ""
    """Of the level; the same for all of its files."""
    returning: int = 0
    """How many parts that waited elsewhere are in this file."""
    guard: int = 0
    """How many of its lines are our guard: it stops a plain migrate on a database that was not switched."""


@dataclass(frozen=True, slots=True)
class GeneratePreview:
    """Everything that was generated."""

    files: tuple[StagedFile, ...]
    commands: tuple[str, ...]
    """The command of each level."""
    accepted: tuple[str, ...] = ()
    """The files, as "app/name", that the person accepted as they are now."""


@dataclass(frozen=True, slots=True)
class SeedLine:
    """An old operation that no autodetector sees."""

    id: str
    app: str
    describe: str
    """A short name: "shop.0004 load_rates", "shop.0007 CREATE VIEW"."""
    verdict: str
    """seed, schema SQL, both, one-time, or ask."""
    left: str
    """What it left on an empty database, as counts: "12 rows, 1 view"."""
    how: str
    """How it is kept: moved, carried, as rows, ...; empty where it is left out."""
    evidence: str
    """What was seen when it ran, a line each; the first says it in short."""
    reason: str
    """Why it is kept in no gentler way, or why it cannot be kept; empty where it is moved."""
    source: str
    file: str
    """The seed file that it goes into, "app/name"; empty where it is left out."""
    decided: str = ""
    """The person's verdict: keep or drop."""
    price: str = ""
    """What overruling the verdict costs, in a sentence; empty where it cannot be overruled."""
    ladder: tuple[tuple[str, str, str], ...] = ()
    """The ways of keeping it, the gentlest first: (way, passed / failed / not needed, why)."""
    lines: tuple[tuple[int, int], ...] = ()
    """The lines of the seed file that are its own: (first, last), from 1."""


@dataclass(frozen=True, slots=True)
class SeedsPreview:
    """Verdicts and seed files."""

    seeds: tuple[SeedLine, ...]
    objects: tuple[tuple[str, str, str], ...]
    """(kind, name, where it comes from)"""
    files: tuple[tuple[str, str, str], ...]
    """(app/name, path, text)"""
    open: tuple[str, ...] = ()
    """The operations that wait for a verdict."""
    faster: str = ""
    """What dependencies for the order alone save, or would."""


@dataclass(frozen=True, slots=True)
class ProofDifference:
    """One difference between the databases that old and new history build."""

    number: int
    sentence: str
    severity: str
    old: str
    new: str
    decision: str
    """accepted, or empty."""
    id: str = ""
    """The id of its question."""
    kind: str = ""
    """table, column, constraint, index, view, trigger, row or sequence."""
    table: str = ""
    causes: tuple[str, ...] = ()
    """The old operations behind it, as far as they were observed."""


@dataclass(frozen=True, slots=True)
class ProofPreview:
    """The certificate, as far as there is one."""

    engine: str
    equal: bool
    settled: bool
    figures: tuple[tuple[str, str, str, bool], ...]
    """(what, old, new, equal)"""
    differences: tuple[ProofDifference, ...]
    caveats: tuple[str, ...]
    text: str
    """The whole certificate; empty as long as there is none."""
    runs: tuple[tuple[str, str], ...] = ()
    """(run, what came of it): "55 files, 9.8 s"."""
    path: str = ""
    """Where the certificate lies, relative to the project."""
    operations: tuple[str, str] = ("", "")
    """How many old data operations there were, and what became of them: "12 kept, 7 one-time"; empty for none."""


@dataclass(frozen=True, slots=True)
class AppliedApp:
    """What the swap does to one app."""

    label: str
    out: tuple[str, ...]
    into: tuple[str, ...]
    kept: tuple[str, ...] = ()
    """Migrations that stay on top of the new ones."""


@dataclass(frozen=True, slots=True)
class ApplyPreview:
    """The swap of the files."""

    apps: tuple[AppliedApp, ...]
    backup: str
    second_backup: str
    proof: str
    stat: str
    """`git diff --stat`, or what it would be."""
    applied: bool
    approved: str
    """Short hash of what was approved."""
    stays: tuple[str, ...] = ()
    """Other files in the migrations folders, which are left where they are."""
    callers: tuple[str, ...] = ()
    """Where code of the project names a migration that goes, as "path:line"."""
    kept: str = ""
    """What stays on top of the new files: "12 migrations kept on top since 2024-05-01"; empty for nothing."""


@dataclass(frozen=True, slots=True)
class DatabaseLine:
    """A database and what the switch would do to it."""

    alias: str
    where: str
    local: bool
    """An SQLite file inside the project."""
    state: str
    """OLD_HEAD, NEW, EMPTY, missing, ..."""
    rows_out: int
    rows_in: int
    untouched: int
    """Rows of other apps in django_migrations."""
    says: str
    """The state in words, with what will happen."""
    switched: bool
    stands: str = ""
    """The state in two or three words: "at old head", "2 behind"."""
    askable: bool = False
    """Whether it can be switched now."""
    more: str = ""
    """Which migrations are missing or unknown, what can be done, and what came of it."""
    why: str = ""
    """Why more or fewer rows go out than files did; empty where the numbers agree."""
    waits: tuple[str, ...] = ()
    """Migrations of the drift that its next migrate applies, once it is switched."""
    deviations: tuple[Deviation, ...] = ()
    """What is otherwise in it than the histories build; looked for where it can be switched."""
    uncompared: str = ""
    """Why that could not be looked for."""


@dataclass(frozen=True, slots=True)
class FakePreview:
    """The databases of the settings."""

    databases: tuple[DatabaseLine, ...]
    backup: str
    asked: str = ""
    """The alias of the database that the question is about; empty where it is about all."""
    dry: str = ""
    """What a dry run said."""


@dataclass(frozen=True, slots=True)
class DonePreview:
    """What was reached."""

    files_before: int
    files_after: int
    rendered_before: int
    """Model classes that a migrate from zero rendered, which is most of its time; 0: not known."""
    rendered_after: int
    proof: str
    databases: tuple[tuple[str, str], ...]
    left: tuple[tuple[str, str], ...]
    """(what, how) that the person still has to do."""
    commit_message: str
    summary: str
    """One page of Markdown for the pull request."""
    saved: tuple[str, ...]
    """Where message and summary were written."""
    apps: tuple[tuple[str, int, int], ...] = ()
    """(label, files before, files after), the greatest drop first."""
    decided: tuple[str, ...] = ()
    """Differences that a person accepted."""
    seconds_ride: float = 0.0
    """How long the engine worked, all states together."""
    operations: str = ""
    """What became of the old data operations, in words; empty where there were none."""


@dataclass(frozen=True, slots=True)
class ResumePreview:
    """A reset that was begun earlier."""

    state: str
    """The state that comes next."""
    when: str
    """ISO 8601: the last save."""
    done: tuple[str, ...]
    decided: tuple[str, ...]
    changed: tuple[str, ...]
    """What changed since, a sentence each."""
    stale: tuple[str, ...]
    """States that will be computed again."""
    applied: bool
    seconds: float = 0.0
    """How long these states took when they ran last; 0: not known."""
    finished: bool = False
    """Whether the reset came to its end."""
    built_on: bool = False
    """Whether migrations came after it, so that there is something for a new reset."""
    stopped: str = ""
    """The state at which it was left."""
    staged: int = 0
    """New files that wait in staging."""


@dataclass(frozen=True, slots=True)
class UndoAct:
    """Something that was done and can be taken back."""

    what: str
    undone: str
    """What undoing it does."""
    at: str = ""
    """ISO 8601; empty where it was not noted."""
    more: tuple[str, ...] = ()
    """The files, or the rows, one a line."""


@dataclass(frozen=True, slots=True)
class UndoPreview:
    """Everything that can be taken back, the newest first, and what was looked at."""

    acts: tuple[UndoAct, ...]
    looked: tuple[Finding, ...]
    backup: str


Preview = (
    PreflightPreview
    | GraphPreview
    | LevelsPreview
    | GeneratePreview
    | SeedsPreview
    | ProofPreview
    | ApplyPreview
    | FakePreview
    | DonePreview
    | ResumePreview
    | RefusalPreview
    | UndoPreview
)
