"""A project whose migrations are called, print and raise what would do harm in a terminal, through all faces."""

from __future__ import annotations

import pytest

from tests.engine.persons import Person, sit_down
from tests.engine.support import MIGWIZARD, Shop
from tests.test_harmless import DANGEROUS, EVIL


@pytest.mark.ride
def test_a_project_that_says_such_things(tiny: Shop) -> None:
    old = tiny.root / "people/migrations"
    last = sorted(old.glob("0*.py"))[-1]
    evil = "0099_\x1b[2J\x1b]0;owned\x07[red]"
    (old / f"{evil}.py").write_text(
        "from django.db import migrations\n\n\ndef fail(apps, schema_editor):\n    import sys\n"
        f"    print({EVIL!r}, file=sys.stderr)\n    raise ValueError({EVIL!r})\n\n\nclass Migration(migrations.Migration):\n"
        f"    dependencies = [('people', {last.stem!r})]\n    operations = [migrations.RunPython(fail)]\n"
    )
    tiny.query(f"INSERT INTO django_migrations (app, name, applied) VALUES ('people', '{evil}', '2020-01-01')")
    said = ""
    for command in (
        ("run", "--yes"),
        ("run", "--yes", "--verbose", "--json"),
        ("status",),
        ("plan",),
        ("doctor",),
        ("--plain",),
    ):
        done = tiny.start(*MIGWIZARD, *command)
        said += done.stderr + (done.stdout if command[0] not in ("plan", "doctor") else "")
    log = (tiny.root / ".migwizard/migwizard.log").read_text()
    assert "owned" in said and "owned" in log
    assert not DANGEROUS & set(said + log)
    sat = sit_down(tiny.root, Person({"resume": ["resume"]}, goes_on=True))
    assert sat.error is not None
