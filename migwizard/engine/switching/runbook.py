"""The runbook: how this reset gets into every other environment, with the commands of this project, as Markdown.

It is made of the manifest and of what the settings say, so any checkout that has the commit of the reset can write it.
Commands stand in blocks of their own, in the order in which they can be run.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from migwizard.engine.planning import replacing
from migwizard.engine.ride import Ride
from migwizard.engine.swapping import git
from migwizard.engine.swapping.committed import NAMES
from migwizard.engine.switching import histories
from migwizard.project.agent.switch.words import at_commit
from migwizard.switch import script
from migwizard.switch.manifest import FILE_NAME, Manifest, node_name
from migwizard.words.counting import count, some
from migwizard.words.databases import engine_name

NAME = "runbook.md"
TENANTS = {"django_tenants", "tenant_schemas"}
PRUNES = (4, 1)
"""The first Django whose migrate has --prune."""

BEFORE = f'"$(git log -1 --diff-filter=A --format=%H -- {FILE_NAME})^"'
"""The last commit before the one that brought the manifest, for a shell."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a runbook is made of."""

    manifest: Manifest
    project: str
    settings: str
    databases: tuple[tuple[str, str], ...]
    """Alias and what it is, as "SQLite, db.sqlite3 in the project"."""
    tenants: bool
    django: tuple[int, ...]
    folder: str = ""
    """Of manage.py in the repository; empty for its top, or where there is none."""
    via: str = ""
    """The command through which the project runs here; empty for an interpreter of this machine."""

    @property
    def aliases(self) -> tuple[str, ...]:
        return tuple(alias for alias, _ in self.databases)


def of(ride: Ride) -> str:
    """The runbook of the reset that a ride is about, here or elsewhere."""
    facts = ride.guest.facts
    return text(
        Known(
            manifest=histories.manifest(ride),
            project=ride.project.root.name,
            settings=str(facts["settings"]),
            databases=tuple((one["alias"], _database(one)) for one in facts["databases"]),
            tenants=any(app["name"] in TENANTS for app in ride.registry()["apps"]),
            django=tuple(int(part) for part in str(facts["django"]).split(".")[:2] if part.isdigit()),
            folder=git.prefix(ride.project.root),
            via=ride.project.interpreter.named if ride.project.interpreter.via else "",
        )
    )


def _database(one: dict[str, Any]) -> str:
    engine = str(one["engine"]).rpartition(".")[2] if one["vendor"] == "other" else engine_name(str(one["vendor"]))
    if one["sqlite"]:
        return f"{engine}, {'a file in the project' if one['inside'] else 'a file elsewhere'}"
    return f"{engine}, {one['name']} on {one['host'] or 'its server'}"


def text(known: Known) -> str:
    """All of it."""
    parts = [
        *_head(known),
        *_changed(known),
        *_checkout(known),
        *_ci(known),
        *_staging(known),
        *_production(known),
        *_rollback(known),
        *_branches(),
        *_end(known),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(known: Known) -> Iterable[str]:
    manifest = known.manifest
    yield f"# Runbook: the reset of the migrations of {known.project}"
    yield (
        f"Run `{manifest.run_id}` of {manifest.created[:10]}, written by migwizard. Commands are run in the folder of manage.py"
        f"{f' (`{known.folder}` of the repository)' if known.folder else ''}, with the settings of the environment; here these are `{known.settings}`."
        + (f" Here `python` is the one of `{known.via}`." if known.via else "")
    )
    rows = [f"| `{alias}` | {what} |" for alias, what in known.databases]
    yield "\n".join(["| database of these settings | what it is |", "|---|---|", *rows])


def _changed(known: Known) -> Iterable[str]:
    manifest = known.manifest
    yield "## What changed"
    yield (
        f"{count(len(manifest.old_nodes), 'migration')} of {', '.join(manifest.apps)} became {len(manifest.new_nodes)}. They build "
        f"the same database; no table changes. What a database needs to be told of it lies in {' and '.join(f'`{name}`' for name in NAMES)}, "
        "beside manage.py: they are committed with the new files."
    )
    if manifest.drift:
        names = some([node_name(node) for node in manifest.drift])
        yield f"Drift was folded in: every database applies {names} with its next `migrate`, which is a real change of tables."
    if manifest.replaces:
        yield (
            "Each new file replaces old ones by name. On a database with the whole old history a plain `migrate` records the new "
            f"names and runs none of the files. {replacing.CANNOT}"
        )
    else:
        yield (
            "A database with the old history is switched once, by one command, before its next `migrate`. Where that is "
            "forgotten, `migrate` stops before it writes a row, and names the command."
        )


def _checkout(known: Known) -> Iterable[str]:
    yield "## A colleague's checkout"
    yield "After pulling the commit of the reset, look first. This only reads:"
    yield _shell(f"python {script.FILE_NAME} check --all")
    yield (
        "Where it says that a database is behind (MW-E12), not all old migrations were applied before the pull. They are applied "
        "with the files from before the reset, which git still has. Commit your own work first, new migrations too: what git does "
        "not know stays in the folder, and would be applied as well. Nobody else needs this:"
    )
    yield _shell(at_commit(known.manifest.release or BEFORE, *_migrate(known)))
    yield (
        "Where it stops after the first command, `git checkout -` leads back."
        + (f" Where git does not know that commit, `{BEFORE}` is meant." if known.manifest.release else "")
    )
    yield "Then, once for the databases of the checkout:"
    yield _shell(*_move(known, every=True))
    yield "A test database that is kept between runs (`--keepdb`, `--reuse-db`) is made anew once (`--create-db`)."


def _ci(known: Known) -> Iterable[str]:
    yield "## CI"
    yield (
        "A database that is made for each run needs nothing: `migrate` builds it from the new files. One that is kept, or cached, "
        "is made anew. Worth a step of its own, where it is not one already:"
    )
    yield _shell("python manage.py makemigrations --check --dry-run")


def _staging(known: Known) -> Iterable[str]:
    release = f" (`{known.manifest.release[:12]}`)" if known.manifest.release else ""
    yield "## Staging"
    yield (
        f"1. The last release before the reset{release} is deployed, and its `migrate` has ended everywhere. None may be under "
        "way: Django takes no lock.\n"
        "2. With the new code, look at every database. This only reads; exit code 5 says that one is not ready, and which."
    )
    yield _shell(f"python {script.FILE_NAME} check --all")
    if known.manifest.replaces:
        yield "3. Deploy the new code and let it migrate as always."
        yield _shell(*_migrate(known))
    else:
        yield "3. Switch: rows of django_migrations, in one transaction, with a backup in the same database."
        yield _shell(*_each(f"python {script.FILE_NAME} switch", known.aliases))
        yield "4. Deploy the new code, and let it migrate as always. It has nothing of the reset to apply."
        yield _shell(*_migrate(known))
    if known.tenants:
        yield (
            "Each tenant has a schema with a history of its own: the script looks at `public` and all of them before it changes "
            "the first, and goes on where it was stopped. `--schema NAME` takes one alone. Use `migrate_schemas` where you do so "
            "otherwise."
        )


def _production(known: Known) -> Iterable[str]:
    yield "## Production"
    yield "As staging, in the same order. Before the step that writes, once more without writing:"
    if known.manifest.replaces:
        yield _shell(*_each("python manage.py migrate --plan", known.aliases))
    else:
        yield _shell(*_each(f"python {script.FILE_NAME} switch --dry-run", known.aliases))
    yield "Several releases may wait for it: the order of databases does not matter, and a command that was done already does nothing."


def _rollback(known: Known) -> Iterable[str]:
    yield "## Rollback"
    if known.manifest.replaces:
        yield (
            "The release before runs on a migrated database as it is: no old row went. To take the new names out as well, before "
            "new migrations came on top:"
        )
    else:
        yield (
            "Until new migrations came on top, the old rows return with their ids and times. Then deploy the release before; in the "
            "repository revert the commit, or take the reset back where it was made: `migwizard undo`."
        )
    yield _shell(*_each(f"python {script.FILE_NAME} undo", known.aliases))
    yield "And forward again:"
    yield _shell(*_move(known, every=False))


def _branches() -> Iterable[str]:
    yield "## Open branches"
    yield (
        "A branch from before the reset whose migrations depend on old ones does not load any more. After main was merged into it, "
        "there:"
    )
    yield _shell("migwizard branch --dry-run", "migwizard branch --yes")


def _end(known: Known) -> Iterable[str]:
    outside = [alias for alias, what in known.databases if "in the project" not in what]
    named = "".join(f" --database {shlex.quote(alias)}" for alias in outside)
    yield "## The end"
    yield (
        "When every environment has moved, guards, manifest and script go, and the backup tables of the databases that this "
        "checkout reaches. Look at the diff first, commit it afterwards."
    )
    yield _shell("migwizard retire --dry-run", f"migwizard retire --yes{named}")
    yield "Elsewhere the table may stay, or go: `DROP TABLE migwizard_history_backup;`"
    if known.manifest.replaces and known.django >= PRUNES:
        yield "Rows of old names that no file has any more are harmless. They go, after the commit of `retire` was deployed, with:"
        yield _shell(*(f"python manage.py migrate {app} --prune" for app in known.manifest.apps))


def _move(known: Known, *, every: bool) -> Sequence[str]:
    """What brings databases from the old history to the new one."""
    if known.manifest.replaces:
        return _migrate(known)
    aliases = ["--all"] if every else [f"--database {shlex.quote(alias)}" for alias in known.aliases]
    return [*(f"python {script.FILE_NAME} switch {which}" for which in aliases), *_migrate(known)]


def _migrate(known: Known) -> list[str]:
    return _each("python manage.py migrate", known.aliases)


def _each(command: str, aliases: Sequence[str]) -> list[str]:
    """The command for each database."""
    return [f"{command} --database {shlex.quote(alias)}" for alias in aliases]


def _shell(*commands: str) -> str:
    return "\n".join(["```sh", *commands, "```"])
