"""A model is renamed, and a new model points at it, in one run of makemigrations."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== h1a/models.py
class New(models.Model):
    pass
== h1a/migrations/0001_initial.py
operations = [migrations.CreateModel("Old", [ID])]
== h1a/migrations/0002_rename_old_new.py
dependencies = [("h1b", "0001_initial"), ("h1a", "0001_initial")]
operations = [migrations.RenameModel("Old", "New")]
== h1b/models.py
class B(models.Model):
    a = models.ForeignKey("h1a.New", models.CASCADE)
== h1b/migrations/0001_initial.py
dependencies = [("h1a", "0001_initial")]
operations = [migrations.CreateModel("B", [ID, ("a", models.ForeignKey("h1a.new", models.CASCADE))])]
"""


def alone(project: Alone) -> str:
    whole = files_of(FILES)
    for path in ("h1a/migrations/0002_rename_old_new.py", "h1b/migrations/0001_initial.py"):
        (project.root / path).unlink()
    done = project.typed("y\n", "makemigrations")
    assert "Was the model h1a.Old renamed to New?" in done.stdout, done
    created = project.migrations("h1b")["0001_initial"]
    renamed = project.migrations("h1a")["0002_rename_old_new"]
    for text, path in ((created, "h1b/migrations/0001_initial.py"), (renamed, "h1a/migrations/0002_rename_old_new.py")):
        assert ("('h1b', '0001_initial')" in text) == ('("h1b", "0001_initial")' in whole[path])
    assert "to='h1a.new'" in created
    return "`makemigrations` writes files that no database can run: " + project.fails(
        "migrate", says="cannot be resolved"
    )


def wizard(reset: Reset) -> str:
    assert "h1b.0001_initial" in reset.report["sentence"]
    assert "cannot be resolved" in reset.report["sentence"]
    return "stops and names the operation; its own files rename nothing"


TRAP = Trap(
    number="H1",
    title="A model is renamed and pointed at in one run of `makemigrations`",
    files=files_of(FILES),
    prepare=(("migrate", "-v0", "h1a", "0001"), ("migrate", "-v0", "--fake")),
    group="",
    stops=True,
    alone=alone,
    wizard=wizard,
)
