"""The runbook: every command in it can be run, in its order, and leads to the end of the reset."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

from migwizard.engine.switching.runbook import BEFORE, Known, text
from migwizard.switch.manifest import Manifest, build
from tests.replaces.support import WarmShop
from tests.replaces.test_retire import retired_files

SECTIONS = (
    "What changed",
    "A colleague's checkout",
    "CI",
    "Staging",
    "Production",
    "Rollback",
    "Open branches",
    "The end",
)


def commands(runbook: str) -> list[str]:
    """What stands in its blocks, line by line."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", runbook, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def run(shop: WarmShop, command: str) -> subprocess.CompletedProcess[str]:
    """One of them, in the folder of manage.py; of several that follow each other all, up to the first that fails."""
    if " && " in command:
        first, _, rest = command.partition(" && ")
        done = run(shop, first)
        return done if done.returncode else run(shop, rest)
    if command.startswith("git "):
        return subprocess.run(["bash", "-c", command], cwd=shop.root, capture_output=True, text=True, check=False)
    program, *words = shlex.split(command)
    if program == "migwizard":
        return shop.migwizard(*words)
    assert program == "python"
    return shop.fork(*words)


def test_every_command_works_in_its_order_in_another_checkout(
    finished: WarmShop, tiny: WarmShop, tmp_path: Path
) -> None:
    shop = pulled(finished, tiny, tmp_path / "tiny")
    written = shop.migwizard("runbook").stdout
    assert written == (finished.root / ".migwizard/runbook.md").read_text()
    assert re.findall(r"^## (.*)$", written, re.MULTILINE) == list(SECTIONS)
    ran = []
    for command in commands(written):
        done = run(shop, command)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        program, *words = shlex.split(command)
        ran.append(" ".join(words[: 1 if program == "migwizard" else 2]))
    assert {"manage.py migrate", "migwizard_switch.py check", "migwizard_switch.py undo", "branch", "retire"} <= set(
        ran
    )
    by_name = "replaces" in (finished.root / "migwizard_manifest.json").read_text()
    assert ("migwizard_switch.py switch" in ran) != by_name
    assert not retired_files(shop)
    shop.assert_clean()


def test_a_colleague_whose_database_is_behind_gets_there(finished: WarmShop, tiny: WarmShop, tmp_path: Path) -> None:
    shop = pulled(finished, tiny, tmp_path / "tiny")
    assert run(shop, f"git checkout {BEFORE} && python manage.py migrate clubs 0003 && git checkout -").returncode == 0
    _commit(shop, "style: a hook writes the manifest in another way")
    colleague = shop.migwizard("runbook").stdout.partition("## A colleague")[2].partition("## CI")[0]
    look, *rest = commands(colleague)
    behind = run(shop, look)
    assert behind.returncode == 5 and "is behind: it lacks clubs." in behind.stderr
    for command in rest:
        done = run(shop, command)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    assert run(shop, look).returncode == 0
    shop.assert_clean()


def test_nothing_is_migrated_where_git_stays_where_it_is(finished: WarmShop, tiny: WarmShop, tmp_path: Path) -> None:
    shop = pulled(finished, tiny, tmp_path / "tiny")
    (one,) = [command for command in commands(shop.migwizard("runbook").stdout) if "git checkout" in command]
    (shop.root / "clubs/migrations/0001_initial.py").write_text("raise SystemExit('somebody else's file')\n")
    dump = shop.dump()
    assert run(shop, one).returncode != 0
    assert shop.dump() == dump
    assert _git(shop, "rev-parse --abbrev-ref HEAD").strip() in ("master", "main")


def _git(shop: WarmShop, command: str) -> str:
    told = subprocess.run(["git", *command.split()], cwd=shop.root, check=True, capture_output=True, text=True)
    return told.stdout


def _commit(shop: WarmShop, message: str) -> None:
    """One more commit that touches the manifest and changes nothing."""
    path = shop.root / "migwizard_manifest.json"
    path.write_text(path.read_text() + "\n")
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b.org", "commit", "-qam", message], cwd=shop.root, check=True
    )


def pulled(finished: WarmShop, tiny: WarmShop, folder: Path) -> WarmShop:
    """A checkout with the commit before the reset and that of the reset, and a database at the old head."""
    shop = WarmShop(folder)
    for source in (tiny.root, finished.root):
        for name in [path for path in folder.iterdir() if path.name != ".git"] if folder.is_dir() else []:
            shutil.rmtree(name) if name.is_dir() else name.unlink()
        ignored = shutil.ignore_patterns(".migwizard", ".git", "__pycache__", tiny.database.name)
        shutil.copytree(source, folder, ignore=ignored, dirs_exist_ok=True)
        (folder / ".gitignore").write_text(f"{tiny.database.name}\n__pycache__\n.migwizard\n")
        for command in ("init -q", "add -A", "-c user.name=a -c user.email=a@b.org commit -qm files"):
            subprocess.run(["git", *command.split()], cwd=folder, check=True, capture_output=True)
    shutil.copy(tiny.database, shop.database)
    return shop


def manifest(**more: Any) -> Manifest:
    return replace(
        build(
            run_id="r1",
            created="2024-05-01T10:00:00",
            apps=["shop"],
            old_nodes=[("shop", "1"), ("shop", "2")],
            new_nodes=[],
        ),
        **more,
    )


KNOWN = Known(
    manifest(release="abcdef1234567890"), "shop", "config.live", (("default", "PostgreSQL, shop on db"),), False, (5, 2)
)


def test_each_database_and_the_release_before_are_named() -> None:
    known = replace(
        KNOWN, databases=(*KNOWN.databases, ("read only", "SQLite, a file in the project")), folder="src/shop"
    )
    written = text(known)
    assert (
        "python migwizard_switch.py switch --database default\npython migwizard_switch.py switch --database 'read only'"
        in written
    )
    assert "The last release before the reset (`abcdef123456`) is deployed" in written
    assert (
        "\ngit checkout abcdef1234567890 && python manage.py migrate --database default && "
        "python manage.py migrate --database 'read only' && git checkout -\n" in written
    )
    assert "`src/shop` of the repository" in written
    assert "migwizard retire --yes --database default\n" in written, "one outside of the project has to be named"
    assert "migrate_schemas" not in written
    assert "--prune" not in written


def test_tenants_and_old_djangos_have_words_of_their_own() -> None:
    by_name = manifest(replaces=((("shop", "n"), (("shop", "1"), ("shop", "2"))),), drift=(("shop", "d"),))
    written = text(replace(KNOWN, manifest=by_name, tenants=True, django=(3, 2)))
    assert "Each tenant has a schema with a history of its own" in written
    assert "every database applies shop.d with its next `migrate`" in written
    assert "Django passes over such a file without a word" in written
    assert "switch --database" not in written
    assert "--prune" not in written, "this Django has no such option"
