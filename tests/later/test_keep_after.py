"""What is younger than a point stays on top: its bytes, its rows, and what databases do with it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.engine.persons import sitting
from tests.engine.support import Shop, begun
from tests.engine.test_drift import schema
from tests.later.conftest import HEAD, at
from tests.later.workshop import CUT

KEPT = ["people.0003_nick", "blog.0001_initial", "shop.0003_product", "shop.0004_praise", "shop.0005_no_price"]
LED = {
    "people/migrations/0003_nick.py": (b"0002_favourite", b"0002_reset_links_to_shop"),
    "blog/migrations/0001_initial.py": (b"0002_items", b"0002_reset_seed"),
    "shop/migrations/0003_product.py": (b"0002_items", b"0002_reset_seed"),
}
ROWS = "SELECT app, name, id, applied FROM django_migrations ORDER BY id"


def recorded(shop: Shop) -> dict[str, tuple[object, ...]]:
    return {f"{app}.{name}": tuple(more) for app, name, *more in shop.query(ROWS)}


@pytest.mark.ride
def test_the_files_that_stay_change_nothing_but_what_they_depend_on(old: Shop, reset: Shop) -> None:
    before, after = old.tree(), reset.tree()
    for path in before.keys() & after.keys() - {"migwizard_manifest.json"}:
        assert after[path] == before[path].replace(*LED.get(path, (b"", b""))), path
    gone = {path for path in before.keys() - after.keys() if path.endswith(".py")}
    assert gone == {
        f"{app}/migrations/{name}.py"
        for app, name in (
            ("people", "0001_initial"),
            ("people", "0002_favourite"),
            ("shop", "0001_initial"),
            ("shop", "0002_items"),
        )
    }
    assert after["shop/migrations/max_migration.txt"] == b"0005_no_price\n"


@pytest.mark.ride
def test_manifest_and_papers_tell_both_parts(reset: Shop) -> None:
    manifest = json.loads((reset.root / ".migwizard/manifest.json").read_text())
    names = {f"{app}.{name}" for app, name in (*manifest["old"]["known"], *manifest["new"]["nodes"])}
    assert not names & set(KEPT)
    assert {f"{app}.{name}" for app, name in manifest["kept"]} == set(KEPT)
    assert "shop.0002_items" in names
    assert "blog" in manifest["apps"]
    text = " ".join((reset.root / ".migwizard/proof.txt").read_text().split())
    assert f"5 migrations kept on top since {CUT}: people.0003_nick, blog.0001_initial, shop.0003_product," in text
    assert "shop.0005_no_price is older and is kept too" in text
    assert "EQUAL" in text


@pytest.fixture(scope="module")
def fresh(reset: Shop, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A database that the new files built from zero."""
    shop = reset.copy(tmp_path_factory.mktemp("fresh"))
    shop.database.unlink()
    assert shop.manage("migrate", "-v0").returncode == 0
    return shop


@pytest.mark.ride
@pytest.mark.parametrize(("name", "waiting"), [("none", KEPT), ("some", [*KEPT[:2], KEPT[4]])])
def test_every_database_arrives_where_a_new_one_does(
    reset: Shop, fresh: Shop, tmp_path: Path, name: str, waiting: list[str]
) -> None:
    shop = at(reset, name, tmp_path)
    before, dumped = recorded(shop), shop.dump()
    stopped = shop.manage("migrate")
    assert stopped.returncode != 0, "the switch was forgotten"
    assert shop.dump() == dumped, stopped.stderr
    events = shop.lines("fake", "--yes")
    assert events[-1]["databases"]["default"]["result"] == "SWITCHED"
    assert not [line for line in events if line.get("event") == "warning"], "no table is missed that is kept for later"
    after = recorded(shop)
    assert {row: after[row] for row in KEPT if row in before} == {row: before[row] for row in KEPT if row in before}
    assert not [row for row in after if row in ("shop.0002_items", "people.0002_favourite")]
    planned = [line for line in shop.manage("migrate", "--plan").stdout.splitlines()[1:] if line[0] != " "]
    assert [line for line in planned if line.split(".")[0] in ("people", "shop", "blog")] == waiting
    done = shop.manage("migrate", "-v0")
    assert done.returncode == 0, done.stderr
    assert schema(shop.database) == schema(fresh.database)
    favourites = (
        "SELECT p.name, f.title FROM people_person p LEFT JOIN shop_product f ON f.id = p.favourite_id ORDER BY 1"
    )
    assert shop.query(favourites) == fresh.query(favourites) == [("Ada", "Saw"), ("Bo", None)]


@pytest.mark.ride
def test_undo_gives_every_byte_and_row_back(old: Shop, reset: Shop, tmp_path: Path) -> None:
    shop = at(reset, HEAD, tmp_path)
    before, rows = shop.dump(), recorded(shop)
    shop.migwizard("fake", "--yes")
    assert {row: recorded(shop)[row] for row in KEPT} == {row: rows[row] for row in KEPT}
    assert "No planned migration operations" in shop.manage("migrate", "--plan").stdout
    shop.migwizard("undo", "--yes")
    assert shop.tree() == old.tree()
    assert shop.dump() == before


@pytest.mark.ride
def test_what_stays_and_was_applied_since_stays_applied_at_undo(old: Shop, reset: Shop, tmp_path: Path) -> None:
    shop = at(reset, "some", tmp_path)
    before = recorded(shop)
    shop.migwizard("fake", "--yes")
    assert shop.manage("migrate", "-v0").returncode == 0
    applied = recorded(shop)
    shop.migwizard("undo", "--yes")
    assert shop.tree() == old.tree()
    since = {row: applied[row] for row in KEPT if row not in before}
    assert since
    after = recorded(shop)
    assert {row: after[row] for row in before} == before
    assert {row: after[row] for row in since} == since
    assert "No planned migration operations" in shop.manage("migrate", "--plan").stdout


@pytest.mark.ride
def test_the_next_migration_counts_on(fresh: Shop, tmp_path: Path) -> None:
    shop = fresh.copy(tmp_path)
    shop.edit("shop/models.py", "max_length=40", "max_length=41")
    assert shop.manage("makemigrations", "-v0").returncode == 0
    assert [path.name for path in (shop.root / "shop/migrations").glob("0006*")] == ["0006_alter_product_title.py"]
    # It is for the next migrate, and nothing that a switch has left out; nor is it ever faked.
    said = shop.migwizard("run", "--yes", "--confirm-fake").stderr
    assert "default: nothing to apply but shop.0006_alter_product_title" in said
    assert "shop.0006_alter_product_title" in shop.manage("migrate", "--plan").stdout


@pytest.mark.ride
def test_a_second_reset_folds_what_was_kept_only_by_somebodys_word(fresh: Shop, tmp_path: Path) -> None:
    shop = fresh.copy(tmp_path)
    # As in the checkout of somebody else, on another day.
    shop.epoch = "1800000000"
    shutil.rmtree(shop.root / ".migwizard")
    said = " ".join(shop.migwizard("run", "--yes", "--until", "graph").stderr.split())
    assert "kept 5 migrations on top, which a second one would fold. To fold all: --keep-after ''." in said
    assert not (shop.root / ".migwizard/staging").exists()
    person, _ = sitting(shop, {"second": ["reset"], "review:graph": ["quit"]})
    assert person.ids[-1] == "review:graph" and "people.0003_nick" in person.asked("second").text
    shutil.rmtree(shop.root / ".migwizard")
    everything = shop.lines("run", "--yes", "--until", "graph", "--keep-after", "")
    assert begun(everything) == ["preflight", "graph"]
    later = shop.lines("run", "--yes", "--until", "levels")
    assert begun(later) == ["preflight", "levels"], "what was said is remembered"


def test_another_point_makes_what_was_planned_stale(old: Shop, tmp_path: Path) -> None:
    shop = old.copy(tmp_path)
    first = shop.lines("run", "--yes", "--until", "levels", "--keep-after", CUT)
    found = next(line["text"] for line in first if line.get("event") == "finding" and line["data"]["name"] == "History")
    assert found == f"9 migrations in 3 apps, one newest migration each; 5 migrations kept on top since {CUT}"
    everything = shop.lines("run", "--yes", "--until", "levels", "--keep-after", "")
    assert begun(everything) == ["preflight", "graph", "levels"]
    assert not [answer for answer in everything[-1]["answers"] if answer["question"] == "keep-after"]


def test_a_point_that_nobody_knows_is_refused(old: Shop) -> None:
    refused = old.migwizard("plan", "--keep-after", "shop.0003_produkt", expect=2)
    assert "'shop.0003_produkt' is no migration of these apps, no date, and no commit that git knows." in refused.stderr
    assert "Did you mean shop.0003_product" in refused.stderr


def test_other_commands_do_not_take_it(old: Shop) -> None:
    said = old.migwizard("--keep-after", CUT, "status", expect=2).stderr
    assert "--keep-after is for the wizard, run and plan" in said
