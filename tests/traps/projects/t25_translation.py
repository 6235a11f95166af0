"""An app has a catalogue for the very language of the settings: a name read in it is frozen into the migration."""

from __future__ import annotations

import struct

from tests.traps.trap import Trap
from tests.traps.trying import Alone, Reset
from tests.traps.writing import files_of

FILES = """
== t25/models.py
from django.db import models
from django.utils.translation import gettext_lazy as _


class Basket(models.Model):
    class Meta:
        verbose_name = _("Basket")
== t25/migrations/0001_initial.py
operations = [migrations.CreateModel("Basket", [ID], {"verbose_name": "Basket"})]
"""


def catalogue(messages: dict[str, str]) -> bytes:
    """A compiled message catalogue (.mo)."""
    pairs = sorted({"": "Content-Type: text/plain; charset=UTF-8\n", **messages}.items())
    texts = [[text.encode() for text in column] for column in zip(*pairs, strict=True)]
    size = len(pairs)
    place = 28 + 16 * size
    index = b""
    for column in texts:
        for text in column:
            index += struct.pack("<II", len(text), place)
            place += len(text) + 1
    head = struct.pack("<7I", 0x950412DE, 0, size, 28, 28 + 8 * size, 0, 0)
    return head + index + b"".join(text + b"\0" for column in texts for text in column)


IN_PROCESS = """
from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.state import ProjectState
from django.utils import translation

translation.activate("en")
changes = MigrationAutodetector(ProjectState(), ProjectState.from_apps(apps))._detect_changes()
print([operation.options["verbose_name"] for operation in changes["t25"][0].operations])
"""


def alone(project: Alone) -> str:
    project.remade()
    assert "'verbose_name': 'Basket'" in project.migrations("t25")["0001_initial"]
    done = project.code(IN_PROCESS)
    assert done.stdout.strip() == "['Cart']", done
    path = project.root / "t25/migrations/0001_initial.py"
    path.write_text(
        path.read_text().replace("Basket'}", "Cart'}").replace("'verbose_name': 'Basket'", "'verbose_name': 'Cart'")
    )
    assert "Change Meta options on basket" in project.manage("makemigrations", "--check", "--dry-run").stdout
    return "the command is right; the autodetector called in a process writes `Cart`, which `makemigrations --check` takes back"


def wizard(reset: Reset) -> str:
    assert "'verbose_name': 'Basket'" in reset.text("t25")
    assert "Cart" not in reset.text("t25")
    return "the language is switched off before the models are read: `Basket`"


TRAP = Trap(
    number="T25",
    title="An active language is frozen into names",
    files={**files_of(FILES), "t25/locale/en/LC_MESSAGES/django.mo": catalogue({"Basket": "Cart"})},
    group="histories",
    alone=alone,
    wizard=wizard,
)
