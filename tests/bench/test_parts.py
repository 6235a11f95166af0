"""What the parts count and compute; what they measure is nothing for a test."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.files import links_per_model, target_of
from tests.bench.growth import exponent
from tests.bench.history import PER_MODEL, migrations_of, write_history


@pytest.mark.parametrize("slope", [0.5, 1.0, 2.26])
def test_the_exponent_is_that_of_a_power(slope: float) -> None:
    assert exponent([(size, 0.02 * size**slope) for size in (50, 300, 1500)]) == pytest.approx(slope)


def test_the_exponent_weighs_all_points() -> None:
    assert 1.0 < exponent([(10, 1.0), (100, 10.0), (1000, 400.0)]) < 2.0


def test_later_relations_indexes_and_constraints_are_counted_for_each_model() -> None:
    text = """
migrations.CreateModel(name="A", fields=[("other", models.ForeignKey(to="B"))])
migrations.CreateModel(name="B", fields=[])
migrations.AddField("A", "one", field=models.ForeignKey(to="B"))
migrations.AddField("A", "two", field=modelcluster.fields.OneToOneField(to="B"))
migrations.AddField("A", "three", field=models.IntegerField())
migrations.AddIndex("A", index=models.Index(fields=["x"]))
migrations.AlterUniqueTogether("A", {("x", "y")})
"""
    assert links_per_model([text]) == 2.0
    assert links_per_model([text, 'migrations.CreateModel(name="C", fields=[])']) == pytest.approx(4 / 3)


def test_a_project_of_many_links_has_to_gain_and_some_have_a_target_of_their_own() -> None:
    assert (target_of("demo", 0.49), target_of("demo", 0.5), target_of("oscar", 0.9)) == (1.0, 0.7, 0.9)


def test_a_history_has_its_migrations_and_ends_in_its_models(tmp_path: Path) -> None:
    root = write_history(tmp_path / "one", 2, 4)
    found = migrations_of(root)
    assert len(found) >= PER_MODEL * 4
    assert any("RunPython" in path.read_text() for path in found)
    for command in (["migrate", "-v0"], ["makemigrations", "--check", "--dry-run"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=root, check=True)
