"""What only a person can say about seeds: what cannot be judged, objects of nobody, and what cannot be left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from migwizard.engine.proving.runs import new_history
from migwizard.engine.seeding import facts as seedfacts
from migwizard.engine.seeding import overrule
from migwizard.engine.seeding.frozen import frozen_columns
from migwizard.engine.seeding.known import Seeding, so_far
from migwizard.engine.states import State
from migwizard.engine.talk import Choice, Question
from migwizard.errors import UndecidedError
from migwizard.project.guest import GuestError
from migwizard.proof.sql_text import lower
from migwizard.seeds.objects import SchemaObject
from migwizard.seeds.rungs import Rung
from migwizard.seeds.secrets import secret_columns
from migwizard.seeds.verdicts import Judged, Verdict
from migwizard.words.counting import count
from migwizard.words.things import called


def ask_object(seeding: Seeding, item: SchemaObject) -> str:
    return seeding.ride.ask(
        Question(
            f"object:{item.kind}:{item.name}",
            State.SEEDS,
            f"Only the old history has this {item.kind}",
            f"Old databases have {called(item.kind, item.name)}. No model declares it, and no SQL of a migration made it by "
            "itself.",
            (
                Choice(
                    "keep",
                    "the new history makes it with SQL, so that old and new databases stay alike",
                    f"Keep the {item.kind}",
                ),
                Choice("drop", "new databases will lack it; the proof shows the difference", f"Drop the {item.kind}"),
            ),
            safe="keep",
            default="keep",
            preview=so_far(seeding),
            details=item.sql,
        )
    )


def ask_rows(seeding: Seeding, facts: Mapping[str, Any], operations: Sequence[str]) -> str:
    """Where the rows of a table are written that should be no literals, or are many: "file", "migration" or "leave-out".

    No literals should be what looks like a secret, and what each database made anew for itself. `facts` are the rows as
    the guest gives them, `operations` are those that left them.
    """
    rows, table = facts["rows"], facts["table"]
    warnings = list(_warnings(seeding, facts))
    many = facts["texts"] is not None
    if not warnings and not many:
        return "migration"
    why = [
        f"{count(len(rows), 'row')} of {table} would be written as literal values.",
        *(warning.why for warning in warnings),
    ]
    in_file = Choice("file", "a data file beside the migration holds them, one row a line", "Into a data file")
    literal = Choice("migration", "the migration itself holds them", "Into the migration")
    out = Choice(
        "leave-out",
        f"{', '.join(operations)} stay out of the new history; Proof shows what new databases lack then",
        "Leave them out",
    )
    choices = (in_file, literal, out) if many else (literal, out)
    answer = seeding.ride.ask(
        Question(
            f"rows:{table}",
            State.SEEDS,
            warnings[0].headline if warnings else "Many rows",
            " ".join(why),
            choices,
            safe=choices[0].key,
            default=choices[0].key,
            preview=so_far(seeding),
        )
    )
    for warning in warnings if answer != "leave-out" else ():
        seeding.ride.tell("warning", warning.told)
    return answer


@dataclass(frozen=True, slots=True)
class _Warning:
    """Why rows should be no literals."""

    headline: str
    why: str
    told: str
    """What is said once they are written nevertheless."""


def _warnings(seeding: Seeding, facts: Mapping[str, Any]) -> Iterator[_Warning]:
    table = facts["table"]
    cells = ((name, value) for row in facts["rows"] for name, value in row if isinstance(value, str))
    secret = secret_columns(cells)
    if names := ", ".join(secret):
        yield _Warning(
            "These rows look like secrets",
            f"What is in {names} looks like a secret. Whoever can read the repository could read it.",
            f"{table}: {names} of the rows written look like secrets.",
        )
    frozen = frozen_columns(facts, seeding.volatile, seeding.old["catalogue"])
    if names := ", ".join(name for name in frozen if name not in secret):
        yield _Warning(
            "These rows differ from database to database",
            f"What is in {names} is another value at each run of the old history. Written down, every new database gets "
            "the same, and whoever can read the repository knows it.",
            f"{table}: {names} of the rows written differ at each run of the old history; new databases get the same.",
        )
    if lower(table) in seeding.volatile.tables:
        yield _Warning(
            "These rows differ from day to day",
            "The old history leaves another number of rows at each run. Written down, they are those of today.",
            f"{table}: the old history leaves another number of rows at each run; those of today are written.",
        )


def ask_outside(seeding: Seeding, judged: Judged, lost: str) -> str:
    """What becomes of an operation whose work outside of the database does not come along: "keep" or "leave-out".

    `lost` is that work in words.
    """
    return seeding.ride.ask(
        Question(
            f"outside:{judged.id}",
            State.SEEDS,
            "Work outside of the database does not come along",
            f"{judged.id} cannot come along as it is, so what it left in the database is written instead. But it also "
            f"{lost}. New databases will do nothing of that.",
            (
                Choice(
                    "keep",
                    "what it left in the database is written; the rest is yours to bring, from the old file or by hand",
                    "Keep what is in the database",
                ),
                Choice(
                    "leave-out",
                    "it stays out of the new history; Proof shows what new databases lack then",
                    "Leave it out",
                ),
            ),
            safe="keep",
            default="keep",
            preview=so_far(seeding),
            details=seedfacts.details(judged, None, {}, seeding.old)["source"],
        )
    )


def ask_keep(seeding: Seeding, judged: Judged, cannot: str = "") -> str:
    """The person's verdict on an operation that cannot be judged; `cannot` says why it cannot be kept."""
    facts = seedfacts.record(judged, None, None, "")
    keep = Choice("keep", "it goes into the new history as it is and runs again on new databases", "Keep it as it is")
    drop = Choice("drop", "it is left out: it was a one-time operation", "One-time, drop it")
    safe = "Unsure? Keep it: new databases run it again, as they always did. Where that fails you are asked once more."
    out = "Left out, nothing is missing in a database like the one it ran on here; yours keep all they have."
    return overrule.ask(
        seeding.ride,
        Question(
            overrule.question_id(judged.id),
            State.SEEDS,
            f"{facts['title']} cannot be kept" if cannot else f"{facts['title']} cannot be judged",
            f"{judged.id}: {judged.evidence}. " + (f"It cannot be kept: {cannot} {out}" if cannot else safe),
            (drop,) if cannot else (keep, drop),
            safe=None if cannot else "keep",
            default="drop" if cannot else "keep",
            preview=so_far(seeding),
            details=seedfacts.details(judged, None, {}, seeding.old)["source"],
        ),
        judged.id,
    )


def refuse_keep(seeding: Seeding, judged: Judged, reason: str) -> Rung | None:
    """An operation that was to be kept cannot be: say why; a person decides anew. Raises UndecidedError without one."""
    ride = seeding.ride
    if not ride.options.review:
        raise cannot_keep(judged, reason)
    seeding.stuck[judged.id] = cannot_be_kept(reason)
    overrule.take_back(ride, judged.id)
    if judged.verdict is Verdict.ASK:
        ask_keep(seeding, judged, reason)
        return Rung.DROP
    ride.tell("warning", f"{judged.id} cannot be kept: {reason.rstrip('.')}. It stays left out.")
    return None


def cannot_be_kept(reason: str) -> str:
    """Why an operation that somebody might want to keep is left out, as its row says it."""
    return f"cannot be kept as it is: {reason}"


def cannot_keep(judged: Judged, reason: str) -> UndecidedError:
    return UndecidedError(
        f"{judged.id} ({judged.facts['describe']}) did nothing on an empty database, but it cannot be kept as it is: "
        f"{reason.rstrip('.')}. Nothing was changed.",
        code=f"keep:{judged.id}",
        cures=(f'If it was a one-time operation, answer {{"keep:{judged.id}": "drop"}} with --answers.',),
    )


def reconsider(seeding: Seeding, error: GuestError) -> None:
    """The new files cannot build a database. A person keeps something again that was left out; without one it is raised.

    Raises MigwizardError.
    """
    left, ride = seeding.dropped, seeding.ride
    refusal = new_history(error, tuple(f"Keep {id} again: other operations may need what it makes." for id in left))
    if not left or not ride.options.review:
        raise refusal from error
    answer = ride.review(
        Question(
            "left-out",
            State.SEEDS,
            "Something needs what was left out",
            refusal.sentence,
            tuple(
                Choice(f"keep:{id}", "the verdict counts again, and the files are written anew", f"Keep {id}")
                for id in left
            ),
            safe=None,
            default=f"keep:{left[-1]}",
            preview=so_far(seeding),
            details=error.traceback,
        )
    )
    overrule.take_back(ride, answer.partition(":")[2])
