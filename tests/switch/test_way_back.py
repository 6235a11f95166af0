"""What a refused undo names leads back, step by step, and takes nothing off that the switch left there."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from migwizard.project.agent.switch import ontop, words
from migwizard.project.agent.switch.places import Place
from migwizard.project.agent.switch.wayback import WayBack
from migwizard.switch.manifest import Manifest, Node, build
from tests.switch.shop import ID, migration
from tests.switch.support import Project, RefusedError, Worker, names, query

OLD: tuple[Node, ...] = (
    ("blog", "0001_initial"),
    ("rates", "0001_initial"),
    ("blog", "0002_rate"),
    ("blog", "0003_more"),
)
NEW: tuple[Node, ...] = (
    ("blog", "0001_reset_initial"),
    ("rates", "0001_reset_initial"),
    ("blog", "0002_reset_links_to_rates"),
)
FIRST, RATES, LINKS = NEW
REPLACES: dict[Node, tuple[Node, ...]] = {FIRST: (OLD[0],), RATES: (OLD[1],), LINKS: (OLD[2], OLD[3])}
EXTRA, MERGE = ("blog", "0003_extra"), ("blog", "0004_merge")
POST = f'migrations.CreateModel("Post", [{ID}])'
RATE = f'migrations.CreateModel("Rate", [{ID}])'
LINK = 'migrations.AddField("Post", "rate", models.ForeignKey("rates.Rate", models.SET_NULL, null=True))'
WORTH = 'migrations.AddField("Post", "worth", models.IntegerField(default=0))'


class Site:
    """A database that was switched, its project with the new files, and the worker that undoes."""

    def __init__(self, root: Path, replaces: dict[Node, tuple[Node, ...]] | None = None) -> None:
        self.project = Project(root, ("blog", "rates"))
        self.database = root / "db.sqlite3"
        self.manifest: Manifest = build(
            run_id="r1",
            created="2019-01-01",
            apps=("blog", "rates"),
            old_nodes=OLD,
            new_nodes=NEW,
            replaces=replaces or {},
        )
        self.add(OLD[0], [], POST)
        self.add(OLD[1], [], RATE)
        self.add(OLD[2], [OLD[0], OLD[1]], LINK)
        self.add(OLD[3], [OLD[2]])
        self.project.migrate()
        for node in OLD:
            self.path(node).unlink()
        bases: dict[Node, tuple[list[Node], str]] = {
            FIRST: ([], POST),
            RATES: ([], RATE),
            LINKS: ([FIRST, RATES], LINK),
        }
        for node, (needs, operations) in bases.items():
            self.add(node, needs, operations, (replaces or {}).get(node, ()))
        query(self.database, "INSERT INTO rates_rate (id) VALUES (7)")
        query(self.database, "INSERT INTO blog_post (id, rate_id) VALUES (1, 7)")
        self.before = self.rows()
        self.worker = Worker(root)
        if replaces:
            self.project.migrate()
        else:
            self.worker("switch", self.database, self.manifest)

    def path(self, node: Node) -> Path:
        return self.project.root / f"{node[0]}/migrations/{node[1]}.py"

    def add(self, node: Node, needs: Sequence[Node], operations: str = "", replaces: Sequence[Node] = ()) -> None:
        attributes = f"    replaces = {list(replaces)!r}\n\n" if replaces else ""
        self.path(node).write_text(migration(list(needs), operations, attributes))

    def rows(self) -> tuple[list[Node], list[tuple[Any, ...]]]:
        return names(self.database), query(self.database, "SELECT id, rate_id FROM blog_post")

    def steps(self) -> list[dict[str, Any]]:
        """What an undo that is refused says."""
        with pytest.raises(RefusedError) as refused:
            self.worker("undo", self.database, self.manifest)
        assert refused.value.code == "MW-E32"
        found: list[dict[str, Any]] = refused.value.details["steps"]
        return found

    def follow(self, steps: Sequence[dict[str, Any]]) -> None:
        """Do what they say; nothing of what the switch left there may go meanwhile."""
        for step in steps:
            if step["do"] == "need":
                child, parent = (tuple(key) for key in step["migrations"])
                text = self.path(child).read_text()
                self.path(child).write_text(text.replace("dependencies = [", f"dependencies = [{parent!r}, "))
            if step["command"]:
                done = self.project.django(*step["command"].split()[2:])
                assert done.returncode == 0, done.stderr
            assert self.rows()[1] == self.before[1]

    def undo(self) -> None:
        """It is refused no more, and all is as it was."""
        self.worker("undo", self.database, self.manifest)
        assert self.rows() == self.before


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path / "site")
    with closing(made.worker):
        yield made


def commands(steps: Sequence[dict[str, Any]]) -> list[str]:
    return [step["command"] for step in steps if step["command"]]


def test_a_sibling_of_the_newest_file_stays(site: Site) -> None:
    """`migrate blog 0001_reset_initial` would take the links off, and to the links alone leaves what stands beside them."""
    site.add(EXTRA, [FIRST], WORTH)
    site.add(MERGE, [LINKS, EXTRA])
    site.project.migrate()
    steps = site.steps()
    assert [step["do"] for step in steps] == ["need", "take back"]
    assert steps[0]["migrations"] == [list(EXTRA), list(LINKS)]
    assert commands(steps) == ["python manage.py migrate blog 0002_reset_links_to_rates"]
    site.follow(steps)
    site.undo()


def test_what_comes_after_the_newest_file_needs_no_more_than_one_command(site: Site) -> None:
    site.add(EXTRA, [LINKS], WORTH)
    site.add(("rates", "0002_more"), [RATES, EXTRA])
    site.project.migrate()
    steps = site.steps()
    assert commands(steps) == ["python manage.py migrate blog 0002_reset_links_to_rates"]
    assert "with what it built and all rows in it (by hand if irreversible)" in steps[0]["sentence"]
    site.follow(steps)
    site.undo()


def test_of_two_newest_files_the_one_is_named_that_all_came_after(site: Site) -> None:
    """To go back to the other one, which is the last in the order of `migrate`, would take no more than the merge off."""
    leaf: Node = ("blog", "0002_reset_a_leaf")
    site.worker("undo", site.database, site.manifest)
    site.add(leaf, [FIRST])
    site.manifest = replace(site.manifest, new_nodes=(*NEW, leaf))
    site.worker("switch", site.database, site.manifest)
    site.add(EXTRA, [LINKS], WORTH)
    site.add(MERGE, [EXTRA, leaf])
    site.project.migrate()
    steps = site.steps()
    assert commands(steps) == ["python manage.py migrate blog 0002_reset_links_to_rates"]
    site.follow(steps)
    site.undo()


def test_an_app_of_which_nothing_stays_goes_to_zero(site: Site) -> None:
    site.project.write({"extras/__init__.py": "", "extras/migrations/__init__.py": ""})
    settings = site.project.root / "settings.py"
    settings.write_text(settings.read_text().replace("'rates'", "'rates', 'extras'"))
    site.manifest = replace(site.manifest, apps=("blog", "extras", "rates"))
    site.add(("extras", "0001_initial"), [LINKS])
    site.add(("extras", "0002_more"), [("extras", "0001_initial")])
    site.project.migrate()
    with closing(Worker(site.project.root)) as site.worker:
        steps = site.steps()
        assert commands(steps) == ["python manage.py migrate extras zero"]
        site.follow(steps)
        site.undo()


def test_a_squash_on_top_is_taken_back_as_one(site: Site) -> None:
    later: Node = ("blog", "0004_later")
    site.add(EXTRA, [LINKS])
    site.add(later, [EXTRA])
    site.project.migrate()
    site.path(EXTRA).unlink()
    site.path(later).unlink()
    site.add(("blog", "0003_squashed"), [LINKS], "", [EXTRA, later])
    steps = site.steps()
    assert commands(steps) == ["python manage.py migrate blog 0002_reset_links_to_rates"]
    site.follow(steps)
    site.undo()


def test_the_name_of_an_old_migration_is_resolved(tmp_path: Path) -> None:
    """With `--replaces` what stands on top may name what a new file replaces; nothing of that name can be migrated to."""
    made = Site(tmp_path / "site", REPLACES)
    with closing(made.worker):
        made.add(("blog", "0005_branch"), [OLD[3]], WORTH)
        made.project.migrate()
        steps = made.steps()
        assert commands(steps) == ["python manage.py migrate blog 0002_reset_links_to_rates"]
        made.follow(steps)
        made.undo()


@pytest.mark.parametrize("name", ['it\'s "50%" `new`', "$(touch here); %s {0}", "a\\b\nc"])
def test_a_command_survives_odd_names(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is pasted into a shell, and aliases, schemas and files may be called whatever somebody wants."""
    key: tuple[str, str] = ("blog", f"0002_{name}")
    monkeypatch.setattr(ontop, "way_back", lambda *_: WayBack([], [], [key], [], [key]))
    for place, before in ((Place(name), ["migrate"]), (Place(name, name), ["migrate_schemas", "--schema", name])):
        steps = ontop.steps_back(place, [], [key], [])
        assert [shlex.split(step["command"]) for step in steps] == [
            ["python", "manage.py", *before, "--database", name, *key]
        ] * 2
        assert [words.said_of(step).endswith(f": {step['command']}") for step in steps] == [True, True]


def test_what_is_gone_comes_again_before_anything_is_taken_off(site: Site) -> None:
    on_top: Node = ("rates", "0002_x")
    site.add(on_top, [RATES])
    site.project.migrate()
    query(site.database, "DELETE FROM django_migrations WHERE name = '0002_reset_links_to_rates'")
    steps = site.steps()
    assert commands(steps) == [
        "python manage.py migrate blog 0002_reset_links_to_rates",
        "python manage.py migrate rates 0001_reset_initial",
    ]
    assert "with --fake where only its row is gone" in steps[0]["sentence"]
    steps[0]["command"] += " --fake"
    site.follow(steps)
    site.worker("undo", site.database, site.manifest)


def test_what_was_taken_back_really_is_applied_again_by_name(site: Site) -> None:
    """A plain `migrate` would apply again what the next command takes off."""
    site.add(("rates", "0002_x"), [RATES])
    site.add(EXTRA, [LINKS])
    site.project.migrate()
    site.project.django("migrate", "blog", FIRST[1])
    site.before = (site.before[0], [(1, None)])
    steps = site.steps()
    for step in steps:
        assert site.project.django(*step["command"].split()[2:]).returncode == 0
    site.undo()


def test_a_row_that_no_file_applies_is_put_back_by_hand(tmp_path: Path) -> None:
    made = Site(tmp_path / "site", REPLACES)
    with closing(made.worker):
        made.worker("undo", made.database, made.manifest)
        made.worker("switch", made.database, made.manifest)
        query(made.database, "DELETE FROM django_migrations WHERE name = '0003_more'")
        assert [(step["do"], step["migrations"]) for step in made.steps()] == [("row", [list(OLD[3])])]


def test_a_row_that_others_need_is_put_back_by_hand(site: Site) -> None:
    """No `migrate` does anything while a row is without its parents."""
    site.add(EXTRA, [LINKS])
    site.project.migrate()
    (row,) = query(site.database, "SELECT * FROM django_migrations WHERE name = '0002_reset_links_to_rates'")
    query(site.database, f"DELETE FROM django_migrations WHERE id = {row[0]}")
    steps = site.steps()
    assert [(step["do"], step["migrations"]) for step in steps[:1]] == [("row", [list(LINKS)])]
    assert commands(steps) == ["python manage.py migrate blog 0002_reset_links_to_rates"]
    query(site.database, f"INSERT INTO django_migrations VALUES {row!r}")
    site.follow(steps)
    site.undo()


def test_what_others_need_cannot_be_told_before_the_file_is_back(site: Site) -> None:
    site.add(EXTRA, [LINKS])
    site.add(MERGE, [EXTRA])
    site.project.migrate()
    text = site.path(EXTRA).read_text()
    site.path(EXTRA).unlink()
    steps = site.steps()
    assert [(step["do"], step["migrations"]) for step in steps] == [("file", [list(EXTRA)])]
    site.path(EXTRA).write_text(text)
    site.follow(site.steps())
    site.undo()
