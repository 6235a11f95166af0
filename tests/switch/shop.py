"""A small shop before and after its reset: users and blog are reset, base is a neighbour that is left out."""

from __future__ import annotations

from pathlib import Path

from migwizard.seeds.guard import add_guard
from migwizard.switch.manifest import Manifest, Node, build
from tests.switch.engines import Database
from tests.switch.support import Project

APPS = ("base", "users", "blog", "rates")
RESET = ("users", "blog", "rates")

OLD: tuple[Node, ...] = (
    ("users", "0001_initial"),
    ("blog", "0001_initial"),
    ("users", "0002_nick"),
    ("rates", "0001_initial"),
)
NEW: tuple[Node, ...] = (("users", "0001_r1_initial"), ("blog", "0001_r1_initial"), ("rates", "0001_r1_seed"))

MODELS = {
    "base/models.py": """
        from django.db import models

        class Country(models.Model):
            code = models.CharField(max_length=2)
    """,
    "users/models.py": """
        from django.db import models

        class User(models.Model):
            nick = models.CharField(max_length=9)
    """,
    "blog/models.py": """
        from django.db import models

        class Post(models.Model):
            author = models.ForeignKey("users.User", models.CASCADE)
    """,
}

SEED = """
from django.db import migrations


def seed(apps, schema_editor):
    apps.get_model("base", "Country").objects.create(code="AT")


class Migration(migrations.Migration):
    dependencies = [("base", "0001_initial")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
"""


def migration(dependencies: list[Node], operations: str = "", attributes: str = "") -> str:
    """The text of a migration, laid out as makemigrations does."""
    listed = "".join(f"        {dependency!r},\n" for dependency in dependencies)
    body = "".join(f"        {line},\n" for line in operations.splitlines() if line)
    return (
        "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n\n"
        f"{attributes}    dependencies = [\n{listed}    ]\n\n    operations = [\n{body}    ]\n"
    )


ID = '("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))'
COUNTRY = f'migrations.CreateModel("Country", [{ID}, ("code", models.CharField(max_length=2))])'
NICK = '("nick", models.CharField(max_length=9))'
POST = f'migrations.CreateModel("Post", [{ID}, ("author", models.ForeignKey("users.User", models.CASCADE))])'

NEIGHBOUR = {"base/migrations/0001_initial.py": migration([], COUNTRY)}
OLD_FILES = {
    "users/migrations/0001_initial.py": migration([], f'migrations.CreateModel("User", [{ID}])'),
    "users/migrations/0002_nick.py": migration(
        [OLD[0]], 'migrations.AddField("User", "nick", models.CharField(max_length=9, default=""))'
    ),
    "blog/migrations/0001_initial.py": migration([OLD[0]], POST),
    "rates/migrations/0001_initial.py": SEED,
}
NEW_FILES = {
    "users/migrations/0001_r1_initial.py": migration(
        [], f'migrations.CreateModel("User", [{ID}, {NICK}])', "    initial = True\n\n"
    ),
    "blog/migrations/0001_r1_initial.py": migration([NEW[0]], POST, "    initial = True\n\n"),
    "rates/migrations/0001_r1_seed.py": SEED,
}


def make_shop(root: Path, apps: tuple[str, ...] = APPS, database: Database | None = None) -> Project:
    """The shop with its old history and an empty database, an SQLite file of its own where none is given."""
    project = Project(root, apps, database)
    project.write(chosen({**MODELS, **NEIGHBOUR, **OLD_FILES}, apps))
    return project


def reset(project: Project, apps: tuple[str, ...] = APPS, *, guarded: bool = True) -> None:
    """Swap the files: the old ones out, the new ones in, with the guard in the roots."""
    for path in OLD_FILES:
        (project.root / path).unlink(missing_ok=True)
    for path, text in chosen(NEW_FILES, apps).items():
        guard = guarded and not path.startswith("blog")
        (project.root / path).write_text(add_guard(text, labels=RESET, keep=[]) if guard else text)


def restore(project: Project) -> None:
    """Swap the files back."""
    for path in NEW_FILES:
        (project.root / path).unlink()
    project.write(OLD_FILES)


def shop_manifest() -> Manifest:
    columns = {"users_user": ["id", "nick"], "blog_post": ["id", "author_id"]}
    return build(run_id="r1", created="2019-01-01", apps=RESET, old_nodes=OLD, new_nodes=NEW, columns=columns)


def chosen(files: dict[str, str], apps: tuple[str, ...]) -> dict[str, str]:
    return {path: text for path, text in files.items() if path.split("/")[0] in apps}
