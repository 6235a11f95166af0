"""A stripped foreign key must not be null: when it is asked for again, makemigrations wants a default."""

from __future__ import annotations

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== t08a/models.py
class A(models.Model):
    b = models.ForeignKey("t08b.B", models.CASCADE, related_name="+")
== t08a/migrations/0001_initial.py
dependencies = [("t08b", "0001_initial")]
operations = [migrations.CreateModel("A", [ID, ("b", models.ForeignKey("t08b.B", models.CASCADE, related_name="+"))])]
== t08b/models.py
class B(models.Model):
    a = models.ForeignKey("t08a.A", models.CASCADE, null=True, related_name="+")
    first = models.ForeignKey("t08a.A", models.CASCADE, related_name="+")
== t08b/migrations/0001_initial.py
operations = [migrations.CreateModel("B", [ID])]
== t08b/migrations/0002_a.py
dependencies = [("t08a", "0001_initial"), ("t08b", "0001_initial")]
operations = [
    migrations.AddField("b", "a", models.ForeignKey("t08a.A", models.CASCADE, null=True, related_name="+")),
    migrations.AddField("b", "first", models.ForeignKey("t08a.A", models.CASCADE, related_name="+")),
]
"""


STRIPPED = """
== t08a/migrations/0001_initial.py
operations = [migrations.CreateModel("A", [ID])]
== t08b/migrations/0001_initial.py
dependencies = [("t08a", "0001_initial")]
operations = [
    migrations.CreateModel(
        "B",
        [
            ID,
            ("a", models.ForeignKey("t08a.A", models.CASCADE, null=True, related_name="+")),
            ("first", models.ForeignKey("t08a.A", models.CASCADE, related_name="+")),
        ],
    )
]
"""
"""One file an app, in the order of the levels, without the field that leads on."""


def alone(project: Alone) -> str:
    project.forget()
    project.write(files_of(STRIPPED))
    assert project.manage("makemigrations", "--noinput", "t08a").returncode == 3
    done = project.typed("1\n1\n", "makemigrations", "t08a")
    assert done.returncode == 0, done
    (text,) = [text for name, text in project.migrations("t08a").items() if name != "0001_initial"]
    assert "default=1" in text
    assert "preserve_default=False" in text
    return "`makemigrations --noinput` ends with 3; answered with 1, it writes `default=1, preserve_default=False`"


def wizard(reset: Reset) -> str:
    text = reset.text("t08a") + reset.text("t08b")
    assert text.count("name='b'") + text.count("name='first'") > 0
    assert "default=" not in text
    assert "null=True" not in reset.text("t08a")
    return "no question, no default: the field comes back as the model has it"


TRAP = Trap(
    number="T8",
    title="A foreign key that must not be null is stripped and asked for again",
    files=files_of(FILES),
    alone=alone,
    wizard=wizard,
)
