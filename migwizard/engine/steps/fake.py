"""Fake: the guarded exchange of rows in django_migrations, database by database."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from migwizard.engine.previews import DatabaseLine, FakePreview
from migwizard.engine.ride import Ride, Turn
from migwizard.engine.states import State
from migwizard.engine.surviving.checkpoint import NOT_TOUCHED
from migwizard.engine.switching import deviating, histories, identity, patience
from migwizard.engine.switching.exchange import confirm, switch
from migwizard.engine.switching.histories import read_state
from migwizard.engine.talk import Choice, Question
from migwizard.errors import DatabaseError
from migwizard.words.counting import count

LATER = "databases for later"
"""Key of the aliases that a person put off in this sitting."""
CONFIRMED = "databases that migrate leaves alone"
JUST_READ = "databases were just read"
ALL = "all local databases"
"""Key of a person's word that every local database at its old head is to be switched."""


def run(ride: Ride) -> dict[str, Any]:
    """Switch the local SQLite files of the project, and whatever other database was named or is asked for."""
    if not ride.facts.pop(JUST_READ, False):
        # A person may have been to one of them meanwhile.
        ride.facts.pop(histories.LINES, None)
    agreed = _waited(ride)
    states = {}
    for database in ride.guest.facts["databases"]:
        if ride.options.review:
            states[database["alias"]] = _reviewed(ride, database, agreed=database["alias"] == agreed)
        else:
            states[database["alias"]] = _one(ride, database)
        identity.note(ride, database["alias"], states[database["alias"]])
        ride.save()
    return {"databases": states}


def _waited(ride: Ride) -> str:
    """Alias of the database whose switch a person had agreed to and now waits for; any other is only waited for here.

    Done before anything is asked: an answer may lead elsewhere, and the word to wait is not for later.
    Raises DatabaseError where it stays busy.
    """
    waited = [one["alias"] for one in ride.guest.facts["databases"] if patience.asked(ride, one["alias"])]
    if patience.agreed(ride):
        return waited[0] if waited else ""
    for alias in waited:
        ride.tell("progress", f"{alias}: waits at most {patience.LONGER:g} s for others that write", alias=alias)
        read_state(ride, alias, writable=True, timeout=patience.LONGER)
    return ""


def _one(ride: Ride, database: dict[str, Any]) -> str:
    alias = database["alias"]
    named = alias in ride.options.databases or identity.touched(ride, alias)
    if not (database["inside"] or named):
        ride.tell(
            "note",
            f"Database {alias} was not touched: only named databases are, when they are not local files. To switch it: "
            f"migwizard fake --database {shlex.quote(alias)}",
        )
        return NOT_TOUCHED
    if not database["exists"]:
        return "gone" if identity.was_switched(ride, alias) else "missing"
    skips = _skipped(ride, alias)
    try:
        found = read_state(ride, alias)
    except DatabaseError:
        if skips:
            return NOT_TOUCHED
        raise
    if found["state"] == "EMPTY":
        return "EMPTY"
    if skips and found["state"] not in ("NEW", "NEW_PARTIAL"):
        ride.tell(
            "note", f"Database {alias} is left for later, as you said: migwizard fake --database {shlex.quote(alias)}"
        )
        return str(found["state"])
    if found["state"] == "OLD_HEAD" and not may_switch(ride, database):
        return "OLD_HEAD"
    switch(ride, alias, dry_run=False)
    return confirm(ride, alias)


def _reviewed(ride: Ride, database: dict[str, Any], *, agreed: bool) -> str:
    """The same with a person who is asked about every database; what cannot be switched is shown with its reason.

    `agreed`: they said yes already, the database was busy, and they asked to wait longer for it.
    """
    alias = database["alias"]
    line = line_of(ride, alias)
    if line.switched and not line.askable:
        return _confirmed_once(ride, alias)
    state = line.state if line.local or alias in ride.options.databases else NOT_TOUCHED
    if line.state in ("engine", "unreachable"):
        return NOT_TOUCHED
    if line.state == "missing" and identity.was_switched(ride, alias):
        return "gone"
    if line.state in ("missing", "EMPTY", "NEW", "NEW_PARTIAL") or put_off(ride, alias):
        return state
    if not line.askable:
        if line.local:
            # Refuses with the code and the cures of this state.
            switch(ride, alias, dry_run=True)
        return state
    if not agreed and not may_switch(ride, database):
        return state
    switch(ride, alias, dry_run=False, patient=agreed)
    return _confirmed_once(ride, alias)


def _confirmed_once(ride: Ride, alias: str) -> str:
    """Ask once a sitting what migrate would do: with hundreds of databases that takes its time."""
    confirmed: set[str] = ride.facts.setdefault(CONFIRMED, set())
    if alias not in confirmed:
        confirm(ride, alias)
        confirmed.add(alias)
    return "NEW"


def line_of(ride: Ride, alias: str) -> DatabaseLine:
    return next(line for line in histories.lines(ride) if line.alias == alias)


def put_off(ride: Ride, alias: str) -> bool:
    """Whether a person said later, or a cure skipped the database; what is switched already is always looked at."""
    line = line_of(ride, alias)
    if line.switched and not line.askable:
        return False
    return (
        alias in ride.facts.get(LATER, ())
        or _skipped(ride, alias)
        or ride.options.answers.get(f"switch:{alias}") == "later"
    )


def _skipped(ride: Ride, alias: str) -> bool:
    """Whether a cure went on without the database."""
    said = ride.checkpoint.decisions.get(f"skip:{alias}")
    return said is not None and said.choice == "skip"


def ask_again(ride: Ride, alias: str) -> None:
    """Forget that a person put a database off."""
    ride.facts[LATER] = set(ride.facts.get(LATER, ())) - {alias}
    ride.checkpoint.decisions.pop(f"skip:{alias}", None)
    histories.forget_line(ride, alias)
    ride.facts[JUST_READ] = True


def may_switch(ride: Ride, database: dict[str, Any]) -> bool:
    """Say what deviates in a database that is at the old head, and ask whether to switch it."""
    line = histories.line(ride, database)
    deviating.tell(ride, line)
    lines = histories.lines(ride) if ride.options.review else (line,)
    return deviating.accepted(ride, lines, line) and ask_switch(ride, database) != "later"


def ask_switch(ride: Ride, database: dict[str, Any]) -> str:
    """Whether to switch a database that is at the old head: "switch" or "later"."""
    alias = database["alias"]
    question_id = f"switch:{alias}"
    if ride.options.review and not ride.options.yes and question_id not in ride.options.answers:
        return _review_switch(ride, alias)
    identity.forget_foreign_answer(ride, alias)
    answer = ride.ask(
        Question(
            question_id,
            State.FAKE,
            f"Switch database {alias}",
            f"{_place(database)} is exactly at the old head. {_exchange(ride)} a table migwizard_history_backup keeps "
            "the old ones; no other table is touched, and undo puts every row back.",
            (
                Choice("later", "run `migwizard fake` when you are ready", "Not yet"),
                Choice("switch", "the rows are exchanged", f"Switch {alias}", writes=f"django_migrations of {alias}"),
            ),
            safe="switch",
            default="later",
        )
    )
    identity.keep_answer(ride, alias)
    return answer


def _place(database: Mapping[str, Any]) -> str:
    """What tells a database from those that other settings call by the same alias."""
    return str(
        database["path"] or f"{database['alias']}, which is {database['name']} on {database['host'] or 'its server'},"
    )


def _exchange(ride: Ride) -> str:
    if histories.manifest(ride).replaces:
        return "The new names are added to its rows in django_migrations, as migrate would do, and"
    return "Its rows in django_migrations are exchanged for the new names, and"


def _review_switch(ride: Ride, alias: str) -> str:
    """Ask a person, who may try it first; the word for all local databases counts for each of them."""
    dry = ""
    while True:
        line = line_of(ride, alias)
        if line.local and ride.facts.get(ALL):
            return "switch"
        answer = ride.review(switch_question(ride, line, dry))
        if answer == "dry":
            result = switch(ride, alias, dry_run=True)
            dry = (
                f"Dry run of {alias}: {count(result['deleted'], 'row')} would go, {result['inserted']} would come, {line.untouched} "
                "of other apps would stay. Nothing was written."
            )
            continue
        if answer == "back":
            raise Turn("back")
        if answer == "switch-all":
            ride.facts[ALL] = True
            return "switch"
        if answer == "later-all":
            ride.facts[LATER] = {line.alias for line in histories.lines(ride)}
            return "later"
        if answer == "later":
            ride.facts[LATER] = {*ride.facts.get(LATER, ()), alias}
        return answer


def switch_question(ride: Ride, line: DatabaseLine, dry: str) -> Question:
    """The question for one database, with all of them in view."""
    lines = histories.lines(ride)
    waiting = [other for other in lines if other.askable and not put_off(ride, other.alias)]
    rows = f"{count(line.rows_out, 'row')} of {line.alias}"
    switch_effect = (
        f"{count(line.rows_out, 'row of django_migrations goes', 'rows of django_migrations go')} out, {line.rows_in} come "
        f"in, in one transaction; {count(line.untouched, 'row of other apps stays', 'rows of other apps stay')}. A copy is kept, and u puts every row back."
    )
    typed = "" if line.local else line.alias
    if typed:
        # Settings call the database of every environment by the same alias.
        switch_effect = f"This is {line.where}. {switch_effect}"
    choices = [
        Choice(
            "later",
            _later(line.alias, bool(histories.manifest(ride).replaces)),
            f"Not yet: {line.alias}" if len(waiting) > 1 else "Not yet, go to Done",
        ),
        Choice("dry", "Go through the whole switch and write nothing.", "Try it: dry run"),
        Choice("switch", switch_effect, f"Switch {line.alias}", writes=rows, typed=typed),
        *_for_all(waiting),
        *back_choice(lines),
    ]
    return Question(
        f"switch:{line.alias}",
        State.FAKE,
        "Tell your databases about the new history?",
        " ".join(filter(None, [f"{line.alias} ({line.where}) {line.says}.", line.why, dry, _outside(line)])),
        tuple(choices),
        safe="switch",
        default="later",
        preview=FakePreview(
            lines,
            backup_of(line.alias),
            line.alias,
            dry,
            identity.told_elsewhere(ride),
        ),
    )


def _later(alias: str, by_name: bool) -> str:
    if by_name:
        return f"{alias} stays as it is. Its next migrate records the new files by itself."
    return f"{alias} stays as it is. Until it is switched, migrate stops there before it writes."


def _outside(line: DatabaseLine) -> str:
    return "" if line.local else "It lies outside of this project: others may depend on it."


def _for_all(waiting: list[DatabaseLine]) -> list[Choice]:
    """One word for many databases, where many wait."""
    if len(waiting) < 2:
        return []
    local = [line for line in waiting if line.local]
    choices = [Choice("later-all", "None of them is switched now.", "Not yet: all of them, go to Done", group="all")]
    if len(local) > 1:
        rows = sum(line.rows_out for line in local)
        choices.append(
            Choice(
                "switch-all",
                f"{count(rows, 'row goes', 'rows go')} out of {len(local)} local databases, each in a transaction of its own, each with a copy; "
                "u puts every row back.",
                f"Switch all {len(local)} local databases",
                group="all",
                writes=f"{count(rows, 'row')} of {len(local)} databases",
            )
        )
    return choices


def back_choice(lines: tuple[DatabaseLine, ...]) -> list[Choice]:
    """Back, where it writes: it puts the rows of switched databases back."""
    switched = [line for line in lines if line.switched]
    if not switched:
        return []
    rows = sum(line.rows_out for line in switched)
    where = switched[0].alias if len(switched) == 1 else count(len(switched), "database")
    return [
        Choice(
            "back",
            f"{count(rows, 'row returns', 'rows return')} into {where}, with ids and times as they were; the new files stay "
            "where they are.",
            f"Put {count(rows, 'row')} back into {where}",
            group="back",
            writes=f"{count(rows, 'row')} of {where}",
        )
    ]


def backup_of(alias: str) -> str:
    return f"table migwizard_history_backup, and .migwizard/rows/{alias}.json"
