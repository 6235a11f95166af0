"""A table was renamed; its indexes keep the names that they got from the old one."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== t26/models.py
class Letter(models.Model):
    sent = models.IntegerField(db_index=True)
== t26/migrations/0001_initial.py
operations = [migrations.CreateModel("Mail", [ID, ("sent", models.IntegerField(db_index=True))])]
== t26/migrations/0002_letter.py
dependencies = [("t26", "0001_initial")]
operations = [migrations.RenameModel("Mail", "Letter")]
"""

INDEXES = "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 't26_letter'"


def alone(project: Alone) -> str:
    project.do("migrate", "-v0")
    ((old,),) = project.query(INDEXES)
    project.remade()
    ((new,),) = project.query(INDEXES)
    assert old.startswith("t26_mail_")
    assert new.startswith("t26_letter_")
    return f"existing databases have `{old}`, new ones `{new}`, and nothing says so"


def wizard(reset: Reset) -> str:
    ((old,),), ((new,),) = reset.before.query(INDEXES), reset.rows(INDEXES)
    told = [item for item in reset.report["proof"]["differences"] if old in str(item)]
    assert [item["severity"] for item in told] == ["info"]
    assert new in told[0]["sentence"]
    assert reset.after.query(INDEXES) == [(old,)]
    return "compared by what they index; that the names differ is a note of the proof"


TRAP = Trap(
    number="T26",
    title="Indexes keep the name of a renamed table",
    files=files_of(FILES),
    group="histories",
    alone=alone,
    wizard=wizard,
)
