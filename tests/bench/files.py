"""What the new files are worth afterwards: a stock migrate from zero with them, against plain makemigrations' and the old.

Nearly all of a migrate is rendering model classes, and these can be counted exactly: two machines count the same.
"""

from __future__ import annotations

import ast
import json
import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from migwizard.project.via import AGENT
from tests.bench import projects
from tests.bench.figures import Figure, Kind
from tests.bench.spending import Spent, spend
from tests.bench.watching import watch
from tests.subjects import Copy, environment

NEVER_ABOVE, MANY_LINKS, NEW_TO_OLD, PREDICTION = 1.0, 0.7, 0.35, 0.25
NAMED = {"label-studio": 0.4, "pretix": 0.65, "wagtail": 0.8, "oscar": 0.9}
"""Targets of single projects."""

_RELATIONS = ("ForeignKey", "OneToOneField", "ManyToManyField")
_LATER = ("AddIndex", "AddConstraint", "AlterUniqueTogether", "AlterIndexTogether")

# manage.py as it is, in a process that counts: what Django renders is Django's own doing.
_COUNTED = """\
import runpy, sys
sys.path.insert(0, {folder!r})
from agent.counting import Counting
del sys.path[0]
sys.argv = ["manage.py", "migrate", "--verbosity", "0"]
with Counting() as counting:
    try:
        runpy.run_path("manage.py", run_name="__main__")
    except SystemExit as ended:
        if ended.code:
            raise
print("rendered", counting.classes)
"""
_FOLDERS = """\
import json
from importlib.util import find_spec
from django.apps import apps
from django.db.migrations.loader import MigrationLoader
names = {config.label: MigrationLoader.migrations_module(config.label)[0] for config in apps.get_app_configs()}
found = {label: find_spec(name) for label, name in names.items() if name}
print(json.dumps({label: list(spec.submodule_search_locations)[0] for label, spec in found.items() if spec}))
"""


@dataclass(frozen=True, slots=True)
class Migrated:
    """A stock migrate from zero."""

    rendered: int
    spent: Spent


def measure(name: str) -> Sequence[Figure]:
    """Five sets of files, one migrate each. Raises SubjectError."""
    plain = projects.without_migrations(name, "plain")
    plain.manage("makemigrations", "--verbosity", "0")
    share = links_per_model(path.read_text(encoding="utf-8") for path in projects.migrations_of(plain.root))
    bare, predicted = _bare(name)
    reset = projects.fresh(name, "reset")
    watch(reset)
    old, ordered = projects.fresh(name, "old"), projects.fresh(name, "ordered")
    watch(ordered, "--answers", str(_answers(ordered)))
    copies = {"old": old, "plain": plain, "bare": bare, "new": reset, "ordered": ordered}
    found = {kind: migrate(copy) for kind, copy in copies.items()}
    return (*_ratios(name, found, share), *_predictions(found, predicted), *_shown(found, share))


def links_per_model(texts: Iterable[str]) -> float:
    """Relations that are added later, indexes and constraints in migration files, for each model that they make."""
    counts: Counter[str] = Counter()
    for text in texts:
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call):
                kind = _called(node)
                counts["links"] += kind in _LATER or (kind == "AddField" and _adds_relation(node))
                counts["models"] += kind == "CreateModel"
    return counts["links"] / max(1, counts["models"])


def _called(node: ast.Call) -> str:
    return ast.unparse(node.func).rpartition(".")[2]


def _adds_relation(node: ast.Call) -> bool:
    fields = (word.value for word in node.keywords if word.arg == "field")
    return any(isinstance(field, ast.Call) and _called(field) in _RELATIONS for field in fields)


def target_of(name: str, share: float) -> float:
    """The most of plain makemigrations' rendering that bare files may need."""
    return NAMED.get(name, MANY_LINKS if share >= 0.5 else NEVER_ABOVE)


def _bare(name: str) -> tuple[Copy, dict[str, int]]:
    """The project with our files before seeds, and what the level review predicted for a migrate."""
    copy = projects.fresh(name, "bare")
    watch(copy, "--until", "generate")
    checkpoint = json.loads((copy.root / ".migwizard" / "checkpoint.json").read_text(encoding="utf-8"))
    folders = json.loads(copy.manage("shell", "--verbosity", "0", "-c", _FOLDERS).stdout.splitlines()[-1])
    staging = copy.root / ".migwizard" / "staging"
    for staged in staging.iterdir():
        target = Path(folders[staged.name])
        for old in target.glob("*.py"):
            if old.name != "__init__.py":
                old.unlink()
        shutil.copytree(staged, target, dirs_exist_ok=True)
    return copy, checkpoint["results"]["levels"].get("rendered") or {}


def _answers(copy: Copy) -> Path:
    """An answers file that asks for dependencies for the order."""
    path = copy.root.with_name(f"{copy.root.name}-answers.json")
    path.write_text('{"precedence": "yes"}')
    return path


def migrate(copy: Copy) -> Migrated:
    """A migrate of an empty database, whatever made one before. Raises SubjectError."""
    for path in copy.root.glob("*.sqlite3*"):
        path.unlink()
    spent, said = spend([copy.python, "-c", _COUNTED.format(folder=str(AGENT.parent))], copy.root, environment())
    return Migrated(int(said.split()[-1]), spent)


def _ratios(name: str, found: dict[str, Migrated], share: float) -> Iterable[Figure]:
    pairs = (
        ("bare", "plain", target_of(name, share)),
        ("new", "plain", None),
        ("ordered", "new", NEVER_ABOVE),
        # The demo and synthetic projects have no history of years.
        ("new", "old", NEW_TO_OLD if projects.is_product(name) else None),
    )
    for one, other, target in pairs:
        ours, theirs = found[one], found[other]
        yield Figure(f"{one} / {other}, classes", ours.rendered / theirs.rendered, target, Kind.COUNTED)
        yield Figure(f"{one} / {other}, CPU", ours.spent.cpu / theirs.spent.cpu)


def _predictions(found: dict[str, Migrated], predicted: dict[str, int]) -> Iterable[Figure]:
    for when, kind, target in (("after", "bare", PREDICTION), ("before", "old", None)):
        if when in predicted:
            off = abs(predicted[when] / found[kind].rendered - 1)
            yield Figure(f"prediction of {kind}, off by", off, target)


def _shown(found: dict[str, Migrated], share: float) -> Iterable[Figure]:
    for kind, one in found.items():
        yield Figure(f"{kind}, classes", one.rendered, kind=Kind.SHOWN)
        yield Figure(f"{kind}, CPU s", one.spent.cpu, kind=Kind.SHOWN)
    yield Figure("plain, later relations, indexes and constraints for each model", share, kind=Kind.SHOWN)
