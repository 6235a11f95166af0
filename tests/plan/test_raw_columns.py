"""Raw SQL inside models speaks of columns, whatever their fields are called."""

from __future__ import annotations

from pathlib import Path

import django
import pytest

from tests.seeds.rides import ride_in
from tests.traps.writing import files_of, write_project

pytestmark = [
    pytest.mark.ride,
    pytest.mark.skipif(
        django.VERSION < (5, 1), reason="only Django 5.1 and later have conditions and generated fields"
    ),
]

FILES = """
== ash/models.py
from django.db import models
from django.db.models.expressions import RawSQL

class Order(models.Model):
    note = models.ForeignKey("elm.Note", models.CASCADE, null=True, related_name="+", db_column="noteref")
    next = models.GeneratedField(
        expression=RawSQL("noteref + 1", ()), output_field=models.IntegerField(), db_persist=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=RawSQL("noteref > 0", (), output_field=models.BooleanField()), name="positive"
            )
        ]
== ash/migrations/0001_initial.py
operations = [migrations.CreateModel("Order", [ID])]
== ash/migrations/0002_note.py
from django.db import migrations, models
from django.db.models.expressions import RawSQL

class Migration(migrations.Migration):
    dependencies = [("ash", "0001_initial"), ("elm", "0001_initial")]
    operations = [
        migrations.AddField(
            "order", "note", models.ForeignKey("elm.Note", models.CASCADE, null=True, related_name="+", db_column="noteref")
        ),
        migrations.AddField(
            "order",
            "next",
            models.GeneratedField(
                expression=RawSQL("noteref + 1", ()), output_field=models.IntegerField(), db_persist=False
            ),
        ),
        migrations.AddConstraint(
            "order",
            models.CheckConstraint(
                condition=RawSQL("noteref > 0", (), output_field=models.BooleanField()), name="positive"
            ),
        ),
    ]
== elm/models.py
class Note(models.Model):
    one = models.ForeignKey("ash.Order", models.CASCADE, related_name="+")
    two = models.ForeignKey("ash.Order", models.CASCADE, related_name="+")
    three = models.ForeignKey("ash.Order", models.CASCADE, related_name="+")
== elm/migrations/0001_initial.py
dependencies = [("ash", "0001_initial")]
operations = [
    migrations.CreateModel("Note", [ID, *(
        (name, models.ForeignKey("ash.Order", models.CASCADE, related_name="+")) for name in ("one", "two", "three")
    )])
]
"""


def test_what_names_the_column_of_a_relation_waits_with_it(tmp_path: Path) -> None:
    found = ride_in(write_project(tmp_path / "project", files_of(FILES)))
    assert found.is_proved, found.report
    (first, later) = (text for name, text in sorted(found.staged.items()) if name.startswith("ash/"))
    assert "noteref" not in first
    assert later.index("name='note'") < min(later.index("name='next'"), later.index("name='positive'"))
