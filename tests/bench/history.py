"""A synthetic project whose migrations were written over time, by rule and by seed: about two of them for each model."""

from __future__ import annotations

import random
import sys
from pathlib import Path

from tests.synthetic import PLAIN, Apps, Written, foreign_key, makemigrations, project_of, write_frame, write_models

PER_MODEL = 2.2
"""Migrations for each model, at the least."""
FIRST = 0.6
"""Share of the models with which the project began."""

_PLAIN = (
    'models.CharField(max_length={size}, blank=True, default="")',
    "models.IntegerField(default={size})",
    "models.BooleanField(default=False)",
    "models.DateField(null=True, blank=True)",
)
_SEED = """\
from django.db import migrations


def load(apps, schema_editor):
    Model = apps.get_model("{app}", "{model}")
    for number in range(3):
        Model.objects.create(name="{name} %d" % number, amount=number)


class Migration(migrations.Migration):
    dependencies = [("{app}", "{last}")]
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
"""
_SQL = """\
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("{app}", "{last}")]
    operations = [
        migrations.RunSQL("UPDATE {table} SET amount = amount + {size}", migrations.RunSQL.noop),
    ]
"""


def write_history(root: Path, apps: int, models: int) -> Path:
    """Write a project with so many apps and models, and a history in which it grew; returns `root`.

    Each round changes every app and lets makemigrations write what follows from that; in some apps a person adds rows or
    SQL. In the end it has the models and relations of a project without a history, and what the rounds left.
    """
    writing = _Writing(root, project_of(apps, models), random.Random(0))
    while writing.rest or len(migrations_of(root)) < PER_MODEL * models:
        writing.round()
    return root


def migrations_of(root: Path) -> list[Path]:
    """The migration files of a project that lie beside manage.py."""
    return sorted(path for path in root.glob("*/migrations/*.py") if path.name != "__init__.py")


class _Writing:
    """A project while it grows from round to round."""

    def __init__(self, root: Path, goal: Apps, chance: random.Random) -> None:
        self._root, self._chance, self._number = root, chance, 0
        self._now: Apps = {}
        self.rest: list[tuple[str, str, Written]] = []
        """The models that are still to come."""
        for app, models in goal.items():
            first = max(1, round(FIRST * len(models)))
            self._now[app] = {name: Written(dict(PLAIN)) for name in list(models)[:first]}
            self.rest += [(app, name, model) for name, model in list(models.items())[first:]]
        # Relations of the first models come when what they lead to is there.
        self._links = [
            (app, name, key, value)
            for app, models in goal.items()
            for name, model in models.items()
            for key, value in model.fields.items()
            if key not in PLAIN
        ]
        write_frame(root, goal)
        self._write()

    def round(self) -> None:
        """One change in every app, and now and then one by hand."""
        self._number += 1
        for app in self._now:
            self._change(app)
        self._link()
        self._write()
        for place, app in enumerate(self._now):
            if (self._number + place) % 5 == 0:
                self._by_hand(app)

    def _write(self) -> None:
        write_models(self._root, self._now)
        makemigrations(self._root, sys.executable)

    def _change(self, app: str) -> None:
        """Add what is still to come, as often as not; else change a model that is there."""
        coming = next((item for item in self.rest if item[0] == app), None)
        if coming and self._chance.random() < 0.5:
            self.rest.remove(coming)
            self._now[app][coming[1]] = Written(dict(PLAIN))
            return
        model = self._chance.choice(list(self._now[app].values()))
        change = self._chance.choice((_add, _add, _alter, _alter, _remove, _index, _unique, self._relate))
        change(model, f"part{self._number}", self._chance.randrange(20, 200))

    def _relate(self, model: Written, name: str, size: int) -> None:
        app = self._chance.choice(list(self._now))
        target = f"{app}.{self._chance.choice(list(self._now[app]))}"
        many = size % 3 == 0
        model.fields[name] = f'models.ManyToManyField("{target}", related_name="+")' if many else foreign_key(target)

    def _link(self) -> None:
        """A third of the relations whose models are there, and all of them once no model is missing."""
        for link in list(self._links):
            app, name, key, value = link
            target_app, _, target = value.split('"')[1].partition(".")
            there = name in self._now[app] and target in self._now[target_app]
            if there and (not self.rest or self._chance.random() < 0.33):
                self._now[app][name].fields[key] = value
                self._links.remove(link)

    def _by_hand(self, app: str) -> None:
        folder = self._root / app / "migrations"
        last = max(path.stem for path in folder.glob("[0-9]*.py"))
        name = f"{int(last[:4]) + 1:04}_by_hand"
        model = self._chance.choice(list(self._now[app]))
        text = _SEED if self._chance.random() < 0.6 else _SQL
        (folder / f"{name}.py").write_text(
            text.format(app=app, model=model, name=name, last=last, table=f"{app}_{model.lower()}", size=self._number)
        )


def _parts(model: Written) -> list[str]:
    """The plain fields that rounds added, and that nothing else names."""
    return [key for key, value in model.fields.items() if key.startswith("part") and "related_name" not in value]


def _add(model: Written, name: str, size: int) -> None:
    model.fields[name] = _PLAIN[size % len(_PLAIN)].format(size=size)


def _alter(model: Written, name: str, size: int) -> None:
    """A longer name, or another help text: the one needs the table rebuilt on some engines, the other nothing."""
    texts = ("models.CharField(max_length={})", 'models.CharField(max_length=200, help_text="{}")')
    model.fields["name"] = texts[size % 2].format(100 + size)


def _remove(model: Written, name: str, size: int) -> None:
    if gone := _parts(model):
        del model.fields[gone[size % len(gone)]]
    else:
        _add(model, name, size)


def _index(model: Written, name: str, size: int) -> None:
    model.meta["indexes"] = '[models.Index(fields=["amount", "name"])]'
    if size % 2:
        model.meta["ordering"] = f'["{"name" if size % 4 == 1 else "-amount"}"]'


def _unique(model: Written, name: str, size: int) -> None:
    model.meta["unique_together"] = '[("name", "created")]' if size % 2 else '[("name", "amount")]'
