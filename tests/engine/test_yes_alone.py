"""`--yes` switches nothing but an SQLite file inside of the project; whatever else the settings lead to has to be named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.engine.support import Shop
from tests.mysql import server as mysql
from tests.postgresql import server as postgresql
from tests.switch.engines import Mysql, Postgresql

pytestmark = pytest.mark.ride

ELSEWHERE = {
    "outside": "{out}/plain.sqlite3",
    "above": "../out/above.sqlite3",
    "linked": "linked.sqlite3",
    "chained": "chain.sqlite3",
    "folder": "data/folder.sqlite3",
    "uri": "file:{out}/uri.sqlite3?mode=rw",
    "uri_above": "file:{root}/../out/uri_above.sqlite3",
    "uri_quoted": "file:{root}/%2E%2E/out/uri_quoted.sqlite3",
    "uri_linked": "file:linked_uri.sqlite3?cache=shared",
    "beside": "{root}-beside/beside.sqlite3",
}
"""Databases by alias as the settings name them; all lie outside of the project."""
INSIDE = {"inner": "file:{root}/inner%2Esqlite3?mode=rw", "round": "{root}/people/../round.sqlite3"}


def test_files(tiny: Shop) -> None:
    out, root = tiny.root.parent / "out", tiny.root
    beside = Path(f"{root}-beside")
    for folder in (out, beside):
        folder.mkdir()
    files = {alias: out / Path(name).name.partition("?")[0] for alias, name in ELSEWHERE.items()}
    files |= {"linked": out / "target.sqlite3", "chained": out / "end.sqlite3", "uri_linked": out / "for_uri.sqlite3"}
    files["beside"] = beside / "beside.sqlite3"
    for file in files.values():
        shutil.copy(tiny.database, file)
    (root / "linked.sqlite3").symlink_to(files["linked"])
    (root / "middle.sqlite3").symlink_to(files["chained"])
    (root / "chain.sqlite3").symlink_to("middle.sqlite3")
    (root / "linked_uri.sqlite3").symlink_to(files["uri_linked"])
    (root / "data").symlink_to(out)
    for name in ("inner.sqlite3", "round.sqlite3"):
        shutil.copy(tiny.database, root / name)
    databases = {alias: name.format(out=out, root=root) for alias, name in {**ELSEWHERE, **INSIDE}.items()}
    _add(tiny, databases | {"memory": ":memory:", "memory_uri": "file::memory:?cache=shared"})
    before = {alias: file.read_bytes() for alias, file in files.items()}
    report = tiny.lines("run", "--yes")[-1]
    tiny.migwizard("fake", "--yes")
    assert {alias for alias, file in files.items() if file.read_bytes() != before[alias]} == set()
    states = report["databases"]
    assert {alias for alias, state in states.items() if state == "NEW"} == {"default", *INSIDE}
    # Named, the same file is switched: nothing else kept it from being.
    tiny.migwizard("fake", "--yes", "--database", "linked")
    assert files["linked"].read_bytes() != before["linked"]
    assert (root / "linked.sqlite3").is_symlink()


def _add(shop: Shop, names: dict[str, str]) -> None:
    more = {
        alias: {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": name,
            "OPTIONS": {"uri": True} if "file:" in name else {},
        }
        for alias, name in names.items()
    }
    with (shop.root / "config/settings.py").open("a") as settings:
        settings.write(f"\nDATABASES.update({more!r})\n")


@pytest.mark.parametrize("command", [("run", "--yes"), ("fake", "--yes")])
@pytest.mark.parametrize(
    "engine",
    [
        pytest.param("postgresql", marks=postgresql.needs_postgresql),
        pytest.param("mysql", marks=mysql.needs_mysql),
    ],
)
def test_servers(tiny_proved: Shop, engine: str, command: tuple[str, ...]) -> None:
    shop = tiny_proved
    server, kind = (postgresql, Postgresql) if engine == "postgresql" else (mysql, Mysql)
    with server.database() as name:
        place = kind(name)
        settings = shop.root / "config/settings.py"
        alone = settings.read_text()
        together = f"{place.driver}{alone}\nDATABASES['server'] = {place.settings!r}\n"
        settings.write_text(together)
        # Its rows as they were before the swap; other migrations of this project run on SQLite alone.
        assert shop.manage("migrate", "-v0", "--fake", "--database", "server").returncode == 0
        before = place.rows()
        settings.write_text(alone)
        shop.migwizard("run", "--yes", "--until", "apply")
        settings.write_text(together)
        said = shop.migwizard(*command)
        assert command[0] == "fake" or "Database server was not touched" in said.stderr
        assert place.rows() == before
        assert shop.lines("status")[-1]["databases"]["default"] == "NEW"
