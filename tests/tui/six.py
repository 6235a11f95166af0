"""Apps over the screens of apply, fake, done and undo, as they are and as they hardly ever are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from migwizard.engine.findings import Finding
from migwizard.engine.previews import (
    AppliedApp,
    ApplyPreview,
    DatabaseLine,
    DonePreview,
    FakePreview,
    UndoAct,
    UndoPreview,
)
from migwizard.engine.states import State
from migwizard.engine.switching.deviating import question_of
from migwizard.engine.talk import Choice, Question
from migwizard.proof.deviation import BEFORE, Deviation
from tests.tui.recording import recorded
from tests.tui.support import ScriptedApp, begin, end, wizard

OLD_HEAD = "is at the old head: all old migrations are applied, and nothing else"
BEHIND = "Database 'archive' is behind: it lacks orders.0012_open_orders and orders.0013_count_lines."


def database(alias: str, **more: Any) -> DatabaseLine:
    """A local database at its old head."""
    line = DatabaseLine(
        alias, f"{alias}.sqlite3, local file", True, "OLD_HEAD", 55, 13, 24, OLD_HEAD, False, "at old head", True
    )
    return replace(line, **more)


def deviating() -> DatabaseLine:
    """One that somebody changed by hand."""
    lost = "The database lacks the index shop_total on shop_order (total), which the old history builds."
    wide = "The column shop_order.code differs from the old history to the database (type: varchar(20) -> varchar(30))."
    return database(
        "default",
        deviations=(
            Deviation(
                "stop", "column", "shop_order", "note", "note text NOT NULL", None, f"The database lacks the column shop_order.note, which the old history builds. {BEFORE}",
            ),
            Deviation("warn", "index", "shop_order", "shop_total", "CREATE INDEX shop_total ON shop_order (total)", None, f"{lost} {BEFORE}"),
            Deviation("warn", "column", "shop_order", "code", "code varchar(20) NOT NULL", "code varchar(30) NOT NULL", f"{wide} {BEFORE}"),
        ),
    )  # fmt: skip


def deviates_question() -> Question:
    line = deviating()
    return question_of((line,), line)


def three() -> tuple[DatabaseLine, ...]:
    """One ready, one empty, one behind on another place."""
    return (
        database("default"),
        database("reports", state="EMPTY", stands="empty", askable=False, rows_out=0, rows_in=0, untouched=0),
        database(
            "archive", where="/srv/archive.sqlite3, outside", local=False, state="BEHIND", rows_out=0, rows_in=0,
            says=BEHIND, stands="2 behind", askable=False,
            more="Lacks: orders.0012_open_orders, orders.0013_count_lines\nCheck the old release out in another folder, run "
            "`manage.py migrate --database archive` there, then check again.",
        ),
    )  # fmt: skip


def switch_question(*lines: DatabaseLine, dry: str = "") -> Question:
    """The question for the first of these databases."""
    question = recorded("switch:default")
    assert isinstance(question.preview, FakePreview)
    return replace(question, preview=replace(question.preview, databases=lines, dry=dry))


def review_fake(*lines: DatabaseLine) -> Question:
    question = recorded("review:fake")
    preview = FakePreview(lines, "")
    kept = tuple(choice for choice in question.choices if choice.key == "continue")
    return replace(question, headline="No database was switched", preview=preview, choices=kept)


def many_databases(count: int) -> tuple[DatabaseLine, ...]:
    """All at their old head, but the seventh."""
    lines = [database(f"tenant_{number:03}") for number in range(count)]
    lines[6] = replace(three()[2], alias="tenant_006", local=True)
    return (database("default"), *lines[1:])


def big_apply(apps: int) -> Question:
    question = recorded("apply")
    assert isinstance(question.preview, ApplyPreview)
    found = tuple(
        AppliedApp(f"app_{number:03}", tuple(f"{place:04}_step" for place in range(1, 9)), ("0001_reset_initial",))
        for number in range(apps)
    )
    return replace(question, preview=replace(question.preview, apps=found))


def big_done(apps: int) -> Question:
    question = recorded("review:done")
    assert isinstance(question.preview, DonePreview)
    found = tuple((f"app_{number:03}", 200 - number, 1) for number in range(apps))
    bases = tuple((f"tenant_{number:03}", "switched") for number in range(240))
    return replace(question, preview=replace(question.preview, apps=found, databases=bases))


def undo_question(*, stops: bool = False) -> Question:
    """As the engine asks it after Fake on the demo."""
    keep = Choice("keep", "Nothing is taken back; the reset goes on where it was.", "Keep everything as it is")
    fake = Choice(
        "undo-fake",
        "They return with their ids and times; the new files stay.",
        "Undo Fake: 55 rows in default",
        writes="55 rows of default",
    )
    both = Choice(
        "undo",
        "The rows return into default, then the files, byte for byte; it removes 13 new ones and 2 beside manage.py, and "
        ".migwizard too: the reset is over.",
        "Undo Fake and Apply: 55 rows and 55 files",
        writes="55 rows and 55 files",
    )
    show = Choice(
        "stops", "Read it, with what can be done.", "Show what is in the way", shows="Built on top\n  orders.0004"
    )
    looked = (
        Finding("default", "ok", "nothing was recorded since; 55 rows are backed up"),
        Finding("Built on top", "ok", "no migration was added on top of the new ones"),
        Finding("Files", "ok", "15 new (2 beside manage.py) as written, 55 old ones backed up"),
    )
    if stops:
        recorded = (
            "Database 'default' moved on since the switch: orders.0004_coupons was recorded. Nothing was changed."
        )
        first = (
            "First take it back in default, with what it built and all rows in it (by hand if irreversible): "
            "manage.py migrate orders 0003_reset_links"
        )
        on_top = "orders.0004_coupons was added since the reset; undo would orphan it. Nothing was changed."
        then = (
            "Then remove or set aside apps/orders/migrations/0004_coupons.py, and undo; models.py keeps the change, for the next "
            "makemigrations."
        )
        looked = (
            Finding("default", "stop", recorded, first),
            Finding("Built on top", "stop", on_top, then),
            looked[-1],
        )
    acts = (
        UndoAct("Fake: default, 55 rows for 13", "puts 55 rows back, same ids", "2024-05-17T14:52:00+00:00"),
        UndoAct(
            "Apply: 55 migration files for 13",
            "puts 55 back, removes 15 new",
            "2024-05-17T14:48:00+00:00",
        ),
    )
    return Question(
        "undo:00c2e5d43031",
        State.DONE,
        "Migrations came on top of the new history" if stops else "Take something back?",
        "What is marked STOP has to be out of the way first. Nothing was changed."
        if stops
        else "Databases go back first, then the files. All of it was tried a moment ago.",
        (keep, show) if stops else (keep, fake, both),
        safe="keep",
        kind="review",
        default="keep",
        preview=UndoPreview(
            acts, looked, ".migwizard/backup, and /home/ada/state/migwizard/shop-1a2b3c4d/00c2e5d43031"
        ),
        details="- apps/orders/migrations/0001_initial.py\n+ apps/orders/migrations/0001_reset_initial.py",
    )


def nothing_to_undo() -> Question:
    return Question(
        "undo:00c2e5d43031",
        State.PROOF,
        "Nothing has changed in your project",
        "Files and databases are as they were, so nothing has to be taken back.",
        (
            Choice("keep", "The reset goes on where it was.", "Keep everything as it is"),
            Choice(
                "remove", "Removes the folder .migwizard.", "Remove the reset's own folder", writes="our own folder"
            ),
        ),
        safe="keep",
        kind="review",
        default="keep",
        preview=UndoPreview((), (), ""),
    )


def at(state: State, *questions: Question) -> ScriptedApp:
    """A wizard that came to a state and asks these questions there."""
    return wizard(begin(state), end(state), *questions)


APPS: dict[str, Callable[[], ScriptedApp]] = {
    "apply": lambda: at(State.APPLY, recorded("apply")),
    "applied": lambda: at(State.APPLY, recorded("review:apply")),
    "apply-big": lambda: at(State.APPLY, big_apply(200)),
    "fake": lambda: at(State.FAKE, switch_question(*three())),
    "fake-dry": lambda: at(
        State.FAKE, switch_question(*three()), switch_question(*three(), dry="55 rows would go, 13 would come.")
    ),
    "faked": lambda: at(State.FAKE, recorded("review:fake")),
    "fake-deviates": lambda: at(State.FAKE, switch_question(deviating())),
    "fake-lacks": lambda: at(State.FAKE, deviates_question()),
    "fake-many": lambda: at(State.FAKE, switch_question(*many_databases(240))),
    "fake-none": lambda: at(
        State.FAKE,
        review_fake(
            database("default", state="unreachable", stands="unreachable", askable=False, says="does not answer"),
            database("pg", state="engine", stands="other engine", askable=False, where="db.example.org, postgresql"),
        ),
    ),
    "done": lambda: at(State.DONE, recorded("review:done")),
    "done-big": lambda: at(State.DONE, big_done(200)),
    "undo": lambda: at(State.DONE, recorded("review:done"), undo_question()),
    "undo-stop": lambda: at(State.DONE, undo_question(stops=True)),
    "undo-nothing": lambda: at(State.PROOF, nothing_to_undo()),
}
"""By name, for the tests and for whoever wants to look at one."""
