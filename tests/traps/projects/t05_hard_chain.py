"""Inheritance and primary keys lead from app to app and back: whole models have to wait, no single field may."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== t05a/models.py
class A1(models.Model):
    pass


class A3(models.Model):
    b = models.OneToOneField("t05b.B2", models.CASCADE, primary_key=True)
== t05a/migrations/0001_initial.py
operations = [migrations.CreateModel("A1", [ID])]
== t05a/migrations/0002_a3.py
dependencies = [("t05a", "0001_initial"), ("t05b", "0001_initial")]
operations = [
    migrations.CreateModel("A3", [("b", models.OneToOneField("t05b.B2", models.CASCADE, primary_key=True, serialize=False))])
]
== t05b/models.py
from t05a.models import A1


class B2(A1):
    pass
== t05b/migrations/0001_initial.py
dependencies = [("t05a", "0001_initial")]
operations = [
    migrations.CreateModel(
        "B2",
        [("a1_ptr", models.OneToOneField("t05a.A1", models.CASCADE, auto_created=True, parent_link=True, primary_key=True, serialize=False))],
        bases=("t05a.a1",),
    )
]
"""


STRIPPED = """
== t05a/migrations/0001_initial.py
operations = [migrations.CreateModel("A1", [ID]), migrations.CreateModel("A3", [ID])]
== t05b/migrations/0001_initial.py
dependencies = [("t05a", "0001_initial")]
operations = [
    migrations.CreateModel(
        "B2",
        [("a1_ptr", models.OneToOneField("t05a.A1", models.CASCADE, auto_created=True, parent_link=True, primary_key=True, serialize=False))],
        bases=("t05a.a1",),
    )
]
"""
"""One file an app, in the order of the levels, without the field that leads on."""


def alone(project: Alone) -> str:
    project.remade()
    project.forget()
    project.write(files_of(STRIPPED))
    done = project.manage("makemigrations", "--noinput", "t05a")
    assert done.returncode == 3, done
    return "Django is right; where the field alone is stripped, `makemigrations` cannot give it back without a default"


def wizard(reset: Reset) -> str:
    first, second = reset.files("t05a").items()
    assert "name='A1'" in first[1]
    assert "A3" not in first[1]
    assert "name='A3'" in second[1]
    assert "primary_key=True" in second[1]
    assert "AddField" not in reset.text("t05a") + reset.text("t05b")
    assert '"b_id" integer NOT NULL PRIMARY KEY' in reset.sql("t05a_a3")
    return f"no field is parted from its model: the whole of `A3` comes in `{second[0]}`"


TRAP = Trap(
    number="T5",
    title="Inheritance and primary keys that lead from app to app and back",
    files=files_of(FILES),
    alone=alone,
    wizard=wizard,
)
