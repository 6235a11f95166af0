"""A branch from before a reset, in real repositories: what is led elsewhere, what is refused, and what Django says then."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from migwizard.engine.later.branching import going_back, moving, remains
from migwizard.engine.later.branching.moving import Moves
from migwizard.engine.later.branching.tree import read_tree
from migwizard.engine.surviving import durable
from migwizard.engine.surviving.acting import Acts
from migwizard.errors import ConflictError, MigwizardError
from migwizard.paths import Workplace
from migwizard.switch.manifest import FILE_NAME, from_json
from tests.engine.support import MIGWIZARD, Shop
from tests.later import repository
from tests.later.repository import Checkout

STOCK, FILL = "shop/migrations/0003_stock.py", "shop/migrations/0004_fill.py"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    return repository.write(tmp_path_factory.mktemp("written") / "project")


@pytest.fixture
def checkout(written: Checkout, tmp_path: Path) -> Checkout:
    shutil.copytree(written.root, tmp_path / "project")
    return Checkout(tmp_path / "project")


@pytest.fixture
def merged(checkout: Checkout) -> Checkout:
    checkout.merge()
    assert not checkout.git("status", "--porcelain")
    return checkout


def plan(found: Checkout) -> Moves:
    manifest = from_json((found.root / FILE_NAME).read_text())
    tree = read_tree(found.root, manifest)
    remains.refuse(found.root, manifest, tree)
    return moving.plan(found.root, manifest, tree)


def refused(found: Checkout) -> MigwizardError:
    before = found.git("status", "--porcelain")
    with pytest.raises(MigwizardError) as error:
        plan(found)
    assert found.git("status", "--porcelain") == before
    assert error.value.sentence.endswith("Nothing was changed.")
    return error.value


def dependencies(moves: Moves) -> dict[str, str]:
    return {
        change.path: change.after.decode().partition("dependencies = ")[2].partition("\n    operations")[0]
        for change in moves.changes
    }


def test_what_depends_on_old_ones_is_led_to_the_newest_new_ones(merged: Checkout) -> None:
    moves = plan(merged)
    assert dependencies(moves) == {
        STOCK: '[\n        ("shop", "0001_reset_initial"),  # the newest\n    ]',
        FILL: '[("shop", "0003_stock"), ("people", "0002_reset_links_to_shop")]',
    }, "people came before by way of old migrations: the code speaks of them"
    assert (moves.warnings, moves.leaves) == ((), {})


def test_all_of_it_and_all_of_it_back(merged: Checkout) -> None:
    project = Shop(merged.root)
    dry = project.migwizard("branch", "--dry-run")
    assert '-        ("shop", "0002_price"),  # the newest' in dry.stdout
    assert not (merged.root / ".migwizard").exists()
    assert project.migwizard("branch", expect=4).stderr.count("--yes") == 1, "nobody is there to answer"
    done = project.lines("branch", "--yes")[-1]
    assert (done["written"], done["check"]) == (True, {"problem": "", "conflicts": {}, "changes": {}})
    assert merged.git("status", "--porcelain").split() == ["M", STOCK, "M", FILL]
    assert project.manage("migrate", "-v0").returncode == 0
    assert project.query("SELECT name FROM people_person") == [("Cy",)]
    again = project.migwizard("branch")
    assert "Nothing to change" in again.stderr
    assert "makemigrations --check finds nothing" in again.stderr
    project.migwizard("branch", "--undo")
    assert not merged.git("status", "--porcelain")


@pytest.mark.parametrize("command", [("fake", "--all", "--yes"), ("run", "--yes"), ("status",)])
def test_whoever_merged_without_it_is_told_of_it(checkout: Checkout, command: Sequence[str]) -> None:
    project = Shop(checkout.root)
    assert project.manage("migrate", "-v0").returncode == 0
    if command[0] == "status":
        # It looks at the files where a reset was begun.
        project.migwizard("run", "--yes", "--until", "levels")
    checkout.merge()
    done = project.start(*MIGWIZARD, *command)
    said = " ".join((done.stdout + done.stderr).split())
    assert ". shop.0002_price is an old migration that the reset" in said, said
    assert "migwizard branch" in said, said


def test_before_the_merge_it_says_to_merge_first(checkout: Checkout) -> None:
    done = Shop(checkout.root).migwizard("branch", expect=2)
    assert "no reset was merged into this branch. It is on main." in done.stderr
    assert "git merge main" in done.stderr


def test_a_new_app_of_the_branch_is_led_too(merged: Checkout) -> None:
    merged.write({"apps/blog/migrations/0001_initial.py": ('[("people", "0001_initial")]', repository.PERSON)})
    assert (
        dependencies(plan(merged))["apps/blog/migrations/0001_initial.py"] == '[("people", "0002_reset_links_to_shop")]'
    )


def test_what_main_added_after_the_reset_makes_two_leaves(merged: Checkout) -> None:
    merged.write({"shop/migrations/0002_more.py": ('[("shop", "0001_reset_initial")]', "")})
    moves = plan(merged)
    assert moves.leaves == {"shop": ("0002_more", "0004_fill")}
    report = Shop(merged.root).lines("branch", "--yes", expect=4)[-1]
    assert report["check"]["conflicts"] == {"shop": ["0002_more", "0004_fill"]}


def test_code_written_on_top_of_the_middle_is_named(merged: Checkout) -> None:
    merged.write({"shop/migrations/0003_stock.py": ('[("shop", "0001_initial")]', "migrations.RunSQL('SELECT 1')")})
    (said,) = plan(merged).warnings
    assert said.startswith(
        "shop.0003_stock was written on top of shop.0001_initial, and comes after shop.0002_price now."
    )
    assert "its RunSQL still finds every column" in said


def test_an_app_without_new_files_is_named_no_more(merged: Checkout) -> None:
    manifest = json.loads((merged.root / FILE_NAME).read_text())
    manifest["old"]["known"].append(["shop", "0000_gone"])
    merged.write({"people/migrations/0003_x.py": ('[("people", "0002_favourite"), ("shop", "0002_price")]', "")})
    assert dependencies(plan(merged))["people/migrations/0003_x.py"] == (
        '[("people", "0002_reset_links_to_shop"), ("shop", "0001_reset_initial")]'
    )


def test_linear_migrations_are_told_the_newest(merged: Checkout) -> None:
    path = merged.root / "shop/migrations/max_migration.txt"
    path.write_text("<<<<<<< HEAD\n0004_fill\n=======\n0001_reset_initial\n>>>>>>> main\n")
    change = next(change for change in plan(merged).changes if change.path.endswith(".txt"))
    assert change.after == b"0004_fill\n"


REFUSED: dict[str, tuple[str, Callable[[Checkout], object], Sequence[str]]] = {
    "run-before": (
        "run-before",
        lambda found: found.edit(
            STOCK, "dependencies =", 'run_before = [("people", "0002_favourite")]\n    dependencies ='
        ),
        ["asks to run before people.0002_favourite"],
    ),
    "squash": (
        "replaces-old",
        lambda found: found.edit(STOCK, "dependencies =", 'replaces = [("shop", "0002_price")]\n    dependencies ='),
        ["joins shop.0002_price and others that the reset has folded"],
    ),
    "markers": (
        "unreadable",
        lambda found: found.edit(STOCK, "class Migration", "<<<<<<< HEAD\nclass Migration"),
        [STOCK, "no migration as it is"],
    ),
    "computed": (
        "unreadable",
        lambda found: found.edit(STOCK, "dependencies = [", 'x = [("shop", "0002_price")]\n    dependencies = [*x, '),
        [],
    ),
    "missing": (
        "new-files",
        lambda found: (found.root / "people/migrations/0001_reset_initial.py").unlink(),
        ["is not there"],
    ),
}


@pytest.mark.parametrize("case", [name for name in REFUSED if name != "computed"])
def test_what_a_person_has_to_do_first(merged: Checkout, case: str) -> None:
    code, change, said = REFUSED[case]
    change(merged)
    error = refused(merged)
    assert error.code == code
    assert error.cures
    for words in said:
        assert words in error.sentence


def test_old_files_that_a_merge_left_are_listed_and_edits_named(checkout: Checkout) -> None:
    checkout.edit("shop/migrations/0002_price.py", "default=0", "default=1")
    checkout.commit("edit an old migration")
    checkout.merge()
    assert "UD shop/migrations/0002_price.py" in checkout.git("status", "--porcelain"), "modified here, deleted there"
    error = refused(checkout)
    assert error.code == "old-files"
    assert "1 old migration is still in the tree" in error.sentence
    assert "This branch has edited shop/migrations/0002_price.py." in error.sentence
    assert error.cures[-1] == "Remove what the reset removed: git rm shop/migrations/0002_price.py"
    checkout.git("rm", "-q", "shop/migrations/0002_price.py")
    checkout.commit("merge")
    manifest = from_json((checkout.root / FILE_NAME).read_text())
    (said,) = remains.lost_edits(checkout.root, manifest)
    assert "edited shop/migrations/0002_price.py, which the reset has folded" in said
    assert len(plan(checkout).changes) == 2


def test_other_conflicts_of_a_merge_are_resolved_first(checkout: Checkout) -> None:
    checkout.git("checkout", "-q", "main")
    checkout.write({STOCK: ('[("shop", "0001_reset_initial")]', "")})
    checkout.commit("the same name")
    checkout.git("checkout", "-q", "feature")
    checkout.merge()
    error = refused(checkout)
    assert (error.code, error.details["files"]) == ("unmerged", [STOCK])


def test_rebased_it_is_the_same(checkout: Checkout) -> None:
    checkout.git("rebase", "-q", "main")
    assert set(dependencies(plan(checkout))) == {STOCK, FILL}


def test_a_kill_between_two_files_is_finished(merged: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    acts, moves = Acts(Workplace(merged.root)), plan(merged)
    before = {change.path: change.before for change in moves.changes}
    real = durable.write_file

    def dying(path: Path, *arguments: Any, **more: Any) -> None:
        if path == merged.root / FILL:
            raise KeyboardInterrupt
        real(path, *arguments, **more)

    monkeypatch.setattr(durable, "write_file", dying)
    with pytest.raises(KeyboardInterrupt):
        acts.write(moves.changes)
    assert (merged.root / STOCK).read_bytes() != before[STOCK]
    assert (merged.root / FILL).read_bytes() == before[FILL]
    monkeypatch.undo()
    assert acts.settle() == "apply"
    assert not plan(merged).changes
    acts.undo(going_back.acts_here(acts))
    assert {path: (merged.root / path).read_bytes() for path in before} == before
    assert not acts.folder.exists()


def test_undo_touches_nothing_that_was_edited_since(merged: Checkout) -> None:
    acts = Acts(Workplace(merged.root))
    acts.write(plan(merged).changes)
    merged.edit(STOCK, "default=0", "default=7")
    with pytest.raises(ConflictError, match=r"0003_stock\.py was changed meanwhile"):
        acts.undo(going_back.acts_here(acts))
    assert "0001_reset_initial" in (merged.root / STOCK).read_text()


def test_led_twice_it_goes_back_to_the_beginning(merged: Checkout) -> None:
    acts = Acts(Workplace(merged.root))
    acts.write(plan(merged).changes)
    merged.write({"shop/migrations/0005_x.py": ('[("shop", "0004_fill"), ("people", "0001_initial")]', "")})
    late = (merged.root / "shop/migrations/0005_x.py").read_bytes()
    acts.write(plan(merged).changes)
    acts.undo(going_back.acts_here(acts))
    assert merged.git("status", "--porcelain").split() == ["??", "shop/migrations/0005_x.py"]
    assert (merged.root / "shop/migrations/0005_x.py").read_bytes() == late


def test_of_two_branches_the_one_that_is_checked_out_goes_back(merged: Checkout) -> None:
    """What was led in the other one is not here, or was merged with it: then it is committed."""
    acts, other = Acts(Workplace(merged.root)), "people/migrations/0003_other.py"

    def back() -> list[str]:
        acts.undo(going_back.acts_here(acts))
        return merged.git("status", "--porcelain").split()

    acts.write(plan(merged).changes)
    merged.commit("led")
    merged.git("checkout", "-qb", "other", "main")
    assert going_back.acts_here(acts) == (), "neither file is on main"
    merged.write({other: ('[("people", "0002_favourite")]', "")})
    merged.commit("of the other branch")
    acts.write(plan(merged).changes)
    merged.commit("led too")
    merged.git("merge", "-q", "feature")
    assert back() == ["M", other]
    merged.git("checkout", "-q", "--", other)
    merged.git("checkout", "-q", "feature")
    assert back() == ["M", STOCK, "M", FILL]
    assert not acts.folder.exists()
