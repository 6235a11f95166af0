"""A project in git with a reset on main and a branch from before it; written by hand, so that no ride is needed."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from migwizard.switch.manifest import FILE_NAME, build
from tests.later.workshop import ID, migration
from tests.traps.writing import files_of, write_project

MODELS = """
== shop/models.py
class Item(models.Model):
    name = models.CharField(max_length=40)
    price = models.IntegerField(default=0)
== people/models.py
class Person(models.Model):
    name = models.CharField(max_length=40)
    favourite = models.ForeignKey("shop.Item", models.SET_NULL, null=True)
"""
ITEM = f'migrations.CreateModel("Item", [{ID}, ("name", models.CharField(max_length=40))])'
PRICE = 'migrations.AddField("Item", "price", models.IntegerField(default=0))'
PERSON = f'migrations.CreateModel("Person", [{ID}, ("name", models.CharField(max_length=40))])'
FAVOURITE = (
    'migrations.AddField("Person", "favourite", models.ForeignKey(null=True, to="shop.item", '
    "on_delete=django.db.models.deletion.SET_NULL))"
)
OLD = {
    "shop/migrations/0001_initial.py": ("[]", ITEM),
    "shop/migrations/0002_price.py": ('[("shop", "0001_initial")]', PRICE),
    "people/migrations/0001_initial.py": ("[]", PERSON),
    "people/migrations/0002_favourite.py": ('[("people", "0001_initial"), ("shop", "0002_price")]', FAVOURITE),
}
NEW = {
    "shop/migrations/0001_reset_initial.py": ("[]", f"{ITEM}, {PRICE}"),
    "people/migrations/0001_reset_initial.py": ("[]", PERSON),
    "people/migrations/0002_reset_links_to_shop.py": (
        '[("people", "0001_reset_initial"), ("shop", "0001_reset_initial")]',
        FAVOURITE,
    ),
}
BRANCH = {
    "shop/migrations/0003_stock.py": (
        '[\n    ("shop", "0002_price"),  # the newest\n]',
        'migrations.AddField("Item", "stock", models.IntegerField(default=0))',
    ),
    "shop/migrations/0004_fill.py": (
        '[("shop", "0003_stock")]',
        "migrations.RunPython(fill, migrations.RunPython.noop)",
    ),
}
FILL = """
def fill(apps, schema_editor):
    apps.get_model("people", "Person").objects.create(name="Cy")

"""
STOCK = (
    "    price = models.IntegerField(default=0)\n",
    "    price = models.IntegerField(default=0)\n    stock = models.IntegerField(default=0)\n",
)


def text(dependencies: str, operations: str) -> str:
    body = f"dependencies = {dependencies}\noperations = [{operations}]\n"
    return migration("2024-05-01 10:00", body, FILL if "fill" in operations else "")


class Checkout:
    """A folder under git, as whoever works on it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def git(self, *arguments: str, check: bool = True) -> str:
        who = {f"GIT_{role}_{what}": "x" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        command = ["git", "-C", str(self.root), "-c", "merge.renames=false", *arguments]
        done = subprocess.run(command, env=os.environ | who, check=check, capture_output=True, text=True)
        return done.stdout.strip()

    def write(self, files: dict[str, tuple[str, str]]) -> None:
        for path, parts in files.items():
            file = self.root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            (file.parent / "__init__.py").touch()
            file.write_text(text(*parts))

    def edit(self, path: str, old: str, new: str) -> None:
        file = self.root / path
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))

    def commit(self, message: str) -> None:
        self.git("add", "-A")
        self.git("commit", "-qm", message)

    def merge(self) -> None:
        """Main into the branch; conflicts stay."""
        self.git("merge", "-q", "--no-edit", "main", check=False)


def nodes(files: dict[str, tuple[str, str]]) -> list[tuple[str, str]]:
    return [(path.split("/")[0], Path(path).stem) for path in files]


def write(root: Path) -> Checkout:
    """Main has the reset, `feature` has two migrations on top of the old ones and is checked out, not merged."""
    found = Checkout(write_project(root, files_of(MODELS)))
    found.git("init", "-qb", "main")
    (root / ".gitignore").write_text("*.sqlite3\n__pycache__\n.migwizard\nstate\n")
    found.write(OLD)
    found.commit("before")
    release = found.git("rev-parse", "HEAD")
    found.git("checkout", "-qb", "feature")
    found.write(BRANCH)
    found.edit("shop/models.py", *STOCK)
    found.commit("feature")
    found.git("checkout", "-q", "main")
    for path in OLD:
        (root / path).unlink()
    found.write(NEW)
    manifest = build(
        run_id="0123456789ab",
        created="2024-06-01T00:00:00+00:00",
        apps=["shop", "people"],
        old_nodes=nodes(OLD),
        new_nodes=nodes(NEW),
        release=release,
        folders={"shop": "shop/migrations", "people": "people/migrations"},
    )
    (root / FILE_NAME).write_text(manifest.to_json())
    found.commit("reset")
    found.git("checkout", "-q", "feature")
    return found
