"""Histories run from zero on scratch databases, each result kept under the fingerprint of what it came from."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from migwizard import __version__, private
from migwizard.engine.proving import deciding, late, scratch, scratchcopies, sources
from migwizard.engine.ride import Ride, Turn, fingerprint
from migwizard.engine.surviving import durable
from migwizard.errors import MigwizardError
from migwizard.project.guest import Guest, GuestError
from migwizard.stored import parse
from migwizard.switch.manifest import Manifest
from migwizard.words.sentences import dotted

if TYPE_CHECKING:
    from concurrent.futures import Future

    from migwizard.project.apps import ProjectApps

ALIAS = scratch.ALIAS
# The second run of the old history: more than a year later, so that dates and years differ too.
CLOCK_SHIFT = 400 * 86400.0 + 3723.0
SECOND_SEED = 4711

NAMES = {
    "old": "old history, first run",
    "second": "old history, second run with its clock set ahead",
    "checked": "old history as migrate runs it",
    "folded": "old history up to the cut, first run",
    "folded_second": "old history up to the cut, second run with its clock set ahead",
    "bare": "new tables without seeds",
    "trial": "new history with seeds",
    "new": "new history",
    "advanced": "old history, switched, with the drift on top",
    "schemas_old": "old history in the schemas of tenants",
    "schemas_new": "new history in the schemas of tenants",
    "replaced": "old history, and migrate with the new files on top",
    "climbed": "old history up to the cut, switched, with what is kept on top",
}
"""What each run builds, in words."""


def history_fingerprint(ride: Ride) -> str:
    """A hash over every file below the old migrations folders, scratch copies, the third parties' leaves, and the versions.

    Ours is among these: another one may watch and read more.
    """
    folders = ride.old_folders() or ride.apps.folders
    files: dict[str, str | None] = {
        f"copy of {copy.name}": durable.sha256(copy.data) for copy in scratchcopies.usable(ride)
    }
    files |= _files_below(folders)
    external = {label: facts["leaf"] for label, facts in ride.whole_history()["external"].items()}
    facts = ride.guest.facts
    return fingerprint(files, external, facts["python"], facts["django"], facts["settings"], __version__)


def _files_below(folders: Mapping[str, Path]) -> dict[str, str | None]:
    """The hash of every file of a history."""
    found = {}
    for label, folder in folders.items():
        for place, inner, names in os.walk(folder):
            inner[:] = [name for name in inner if name != "__pycache__"]
            below = Path(place).relative_to(folder)
            for path in (Path(place, name) for name in names):
                if path.is_file():
                    found[f"{label}/{below / path.name}"] = durable.file_hash(path)
    return found


class Runs:
    """Runs of one ride; slow ones go on in threads beside the main one.

    With `below` they are those of what lies below the cut, where there is one. `alias` is the database as which they are
    run: what its engine and the routers make of them. Models are rendered when an operation asks for them, which costs a
    fraction of what a migrate does, but in the run of the new history that decides or may do so, and with `stock`.
    """

    def __init__(self, ride: Ride, *, below: bool = False, alias: str = ALIAS, stock: bool = False) -> None:
        self._ride, self._alias = ride, alias
        self._stock = stock or late.is_off(ride)
        self._of = "" if alias == ALIAS else f"on_{fingerprint(alias)[:6]}_"
        from concurrent.futures import ThreadPoolExecutor

        self._pool = ThreadPoolExecutor(max_workers=scratch.side_by_side(ride))
        self._without = ride.without if below else []
        self._first, self._again = ("folded", "folded_second") if self._without else ("old", "second")
        self._key = fingerprint(history_fingerprint(ride), *scratch.identity(ride), *(["stock"] if self._stock else []))
        if self._without:
            self._key = fingerprint(self._key, self._without)
        self._old_folders = {**(ride.old_folders() or {}), **scratchcopies.folders(ride)} or None
        self._futures: list[Future[dict[str, Any]]] = []
        self.checked: Future[dict[str, Any]] | None = None
        """The old history as migrate runs it, where somebody asked for it."""
        self._tried: dict[str, dict[str, Any]] = {}
        self._second = Guest(ride.project, hash_seed=SECOND_SEED, clock_shift=CLOCK_SHIFT, log=ride.workplace.log)
        self._second.scratch = ride.guest.scratch

    def __enter__(self) -> Runs:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """End the runs; those that nobody waits for any more (an error, a turn, Ctrl-C) are cut off."""
        cut = not all(future.done() for future in self._futures)
        if cut:
            for guest in (self._ride.guest, self._second):
                guest.cancel()
        self._pool.shutdown(wait=True, cancel_futures=True)
        if cut and kind is Turn:
            # The ride goes on elsewhere, and needs its guest there.
            self._ride.guest.revive()

    @property
    def old_database(self) -> Path:
        """The scratch database of the observed run."""
        return self._ride.work / f"{self._of}{self._first}-{self._key}.sqlite3"

    def old(self, *, database: bool = False) -> Future[dict[str, Any]]:
        """The old history from zero, observed; with `database` the database that it built is there too."""
        return self._submit(self._cached, self._first, partial(self._observed, database), database)

    def second(self) -> Future[dict[str, Any]]:
        """The old history again, with another clock, hash seed and random seed; rows only."""
        return self._submit(self._cached, self._again, self._shifted)

    def check(self) -> None:
        """Begin to run the old history as migrate runs it, once: whether late rendering built the same."""
        if self.checked is None:
            self.checked = self._submit(self._cached, "checked", self._as_migrate)

    @property
    def was_checked(self) -> bool:
        """Whether that was done in any sitting."""
        return (self._ride.work / f"checked-{self._key}.json").is_file()

    def new(self, name: str, *, stock: bool = False) -> Future[dict[str, Any]]:
        """The new history from zero, on a scratch database called `name`; "new" decides, and one with `stock` may in its stead."""
        return self._submit(self._new, name, stock or name == deciding.NAME)

    def schemas(self, name: str) -> Future[dict[str, Any]]:
        """A history from zero in a public schema and in those of tenants: "schemas_old" or "schemas_new"."""
        return self._submit(self._in_schemas, name)

    def _in_schemas(self, name: str) -> dict[str, Any]:
        folders = self._old_folders if name == "schemas_old" else self._ride.new_folders()
        return self._run(self._ride.guest, self._fresh(name), folders, say=name, call="migrate_schemas")

    def advanced(self, manifest: Manifest) -> Future[dict[str, Any]]:
        """The database of the finished old run, switched and then migrated as every real one will be."""
        return self._submit(self._advanced, manifest)

    def _advanced(self, manifest: Manifest) -> dict[str, Any]:
        name = "climbed" if self._without else "replaced" if manifest.replaces else "advanced"
        path, words, run = self._fresh(name), self._words(name), f"{self._of}{name}"
        scratch.copy(self._ride, self.old_database, path, self._alias)
        self._ride.tell("progress", f"Starting: {words}", run=run, words=words, number=0, total=0)
        result: dict[str, Any] = self._ride.guest.call(
            "advance", alias=self._alias, path=path, manifest=manifest.to_dict(), folders=self._ride.new_folders()
        )
        scratch.release(self._ride, path, self._alias)
        text = f"{words[0].upper()}{words[1:]}: {result['seconds']:.1f} s"
        self._ride.tell("run", text, run=run, words=words, seconds=result["seconds"], number=0, total=0, kept=False)
        return result

    def _submit(self, run: Callable[..., dict[str, Any]], *arguments: Any) -> Future[dict[str, Any]]:
        future = self._pool.submit(run, *arguments)
        self._futures.append(future)
        return future

    def _cached(self, name: str, run: Any, database: bool = False) -> dict[str, Any]:
        path = self._ride.work / f"{self._of}{name}-{self._key}.json"
        if path.is_file() and (not database or scratch.exists(self._ride, self.old_database, self._alias)):
            data = _read(path)
            if data and data["sources"] == sources.hashes(self._ride, data["sources"]):
                self._tell_end(name, data["seconds"], kept=True)
                return data
        for stale in self._ride.work.glob(f"{self._of}{name}-*"):
            _remove(stale)
        result: dict[str, Any] = run()
        durable.write_file(path, json.dumps(result).encode())
        if name == self._first and self._alias == ALIAS:
            sources.keep_names(self._ride, name, result["sources"])
        return result

    def _observed(self, keep: bool) -> dict[str, Any]:
        path = self.old_database
        try:
            return self._migrate(
                self._ride.guest,
                path,
                self._old_folders,
                observe=self._alias == ALIAS,
                say=self._first,
                keep=keep,
            )
        except GuestError as error:
            error.details |= scratchcopies.failing(self._ride, error.details.get("operation"))
            raise

    def _as_migrate(self) -> dict[str, Any]:
        return self._migrate(self._ride.guest, self._fresh("checked"), self._old_folders, say="checked", stock=True)

    def _shifted(self) -> dict[str, Any]:
        path = self._fresh(self._again)
        with self._second as guest:
            result = self._migrate(guest, path, self._old_folders, seed=SECOND_SEED, say=self._again)
        return {key: result[key] for key in ("rows", "seconds", "sources", "rendered")}

    def _new(self, name: str, stock: bool) -> dict[str, Any]:
        """Run the new history; what only tries files that were just tried has the same result, as without any seed."""
        decides, folders = name == deciding.NAME, self._ride.new_folders()
        of = fingerprint(self._key, self._alias, _files_below(folders or self._ride.apps.folders))
        found = deciding.take(self._ride, of) if decides else self._tried.get(of)
        if found is None:
            found = self._migrate(self._ride.guest, self._fresh(name), folders, say=name, stock=stock)
        else:
            self._tell_end(name, found["seconds"], kept=True)
        if not decides:
            self._tried = {of: found}
            deciding.keep(self._ride, of, found)
        return found

    def _migrate(
        self, guest: Guest, path: Path, folders: Any, say: str, stock: bool = False, **more: Any
    ) -> dict[str, Any]:
        """Run a history. What fails where models are rendered late is run once more as migrate runs it, which decides; says why."""
        if stock or self._stock:
            return self._run(guest, path, folders, say, **more)
        try:
            return self._run(guest, path, folders, say, lazy=True, **more)
        except GuestError as error:
            if error.kind != "migrate":
                raise
            return self._run(guest, path, folders, say, **more) | {late.WHY_NOT: late.why_not(error)}

    def _run(
        self,
        guest: Guest,
        path: Path,
        folders: Any,
        say: str,
        call: str = "migrate",
        keep: bool = False,
        **more: Any,
    ) -> dict[str, Any]:
        """Run a history; its database is needed longer where it is to be kept."""
        private.make_folder(path.parent)
        path.unlink(missing_ok=True)
        scratch.note(self._ride, path, self._alias)
        words, total, run = self._words(say), self._total(say), f"{self._of}{say}"
        self._ride.tell("progress", f"Starting: {words}", run=run, words=words, number=0, total=total)
        if self._without:
            more["without"] = self._without
        stamp = sources.now_at(path.with_suffix(".clock"))
        try:
            result: dict[str, Any] = guest.call(
                call,
                on_event=self._teller(run, words, total),
                alias=self._alias,
                path=path,
                labels=list(self._ride.apps.labels),
                folders=folders,
                **more,
            )
        except BaseException:
            scratch.release(self._ride, path, self._alias)
            raise
        result["sources"] = sources.hashes(self._ride, result["sources"], stamp)
        if not keep:
            scratch.release(self._ride, path, self._alias)
        self._tell_end(say, result["seconds"], kept=False)
        return result

    def _teller(self, run: str, words: str, total: int) -> Callable[[Any], None]:
        """What tells the face how far a run is, which begins now, and what each operation of it left."""
        from migwizard.engine.seeding.words import left_so_far

        began = time.monotonic()

        def tell(event: Any) -> None:
            if "operation" in event:
                did = event["operation"]
                self._ride.tell("operation", did["id"], id=did["id"], so_far=left_so_far(did["rows"], did["schema"]))
                return
            number, migration = event["number"], event["migration"]
            self._ride.tell(
                "progress",
                f"{words[0].upper()}{words[1:]}: {number} of {total}, {migration}",
                run=run,
                words=words,
                number=number,
                total=total,
                migration=migration,
                seconds=round(time.monotonic() - began, 1),
            )

        return tell

    def _tell_end(self, name: str, seconds: float, *, kept: bool) -> None:
        """Say that a run is over; a kept one was over before."""
        words, total, run = self._words(name), self._total(name), f"{self._of}{name}"
        how = "kept from an earlier run" if kept else f"{seconds:.1f} s"
        text = f"{words[0].upper()}{words[1:]}, from zero: {how}"
        self._ride.tell("run", text, run=run, words=words, seconds=seconds, number=total, total=total, kept=kept)

    def _words(self, name: str) -> str:
        return NAMES[name] if self._alias == ALIAS else f"{NAMES[name]}, on {self._alias}"

    def _fresh(self, name: str) -> Path:
        return fresh(self._ride, f"{self._of}{name}")

    def _total(self, name: str) -> int:
        """The migrations of a run, those of other apps included."""
        nodes = (self._ride.history() if self._without else self._ride.whole_history())["nodes"]
        if name == "schemas_old":
            return len(nodes) * (1 + len(self._ride.guest.facts["tenants"]))
        if name in (self._first, self._again, "checked"):
            return len(nodes)
        own = set(self._ride.apps.labels)
        folders = self._ride.new_folders() or self._ride.apps.folders
        staged = sum(1 for folder in folders.values() for _ in folder.glob("[0-9]*.py"))
        whole = staged + sum(node["app"] not in own for node in nodes)
        return whole * (1 + len(self._ride.guest.facts["tenants"])) if name == "schemas_new" else whole


def fresh(ride: Ride, name: str) -> Path:
    """The path of a scratch database that does not exist yet."""
    path = ride.scratch / f"{name}.sqlite3"
    private.make_folder(path.parent)
    for leftover in path.parent.glob(f"{name}.sqlite3*"):
        _remove(leftover)
    return path


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def _read(path: Path) -> dict[str, Any]:
    """A kept result; empty where it cannot be read, so that it is computed again."""
    try:
        data = parse(path.read_bytes())
    except ValueError:
        return {}
    return data if isinstance(data, dict) and {"sources", "seconds", "rendered"} <= data.keys() else {}


def sweep(ride: Ride) -> None:
    """Remove what a run that was killed left behind, on the disk and on the server."""
    shutil.rmtree(ride.workplace.scratch, ignore_errors=True)
    scratch.sweep(ride)


def old_result(future: Future[dict[str, Any]]) -> dict[str, Any]:
    """The result of a run of the old history. Raises MigwizardError where it cannot build a database from zero."""
    try:
        return future.result()
    except GuestError as error:
        if error.kind != "migrate":
            raise
        raise MigwizardError(
            f"The old history cannot build a database from zero, so there is nothing to compare with. {dotted(error.sentence)} "
            "Nothing was changed.",
            code="old-history",
            cures=("Mend the old migration so that a plain migrate on an empty database passes; then start again.",),
            details=error.details,
        ) from error


def new_result(future: Future[dict[str, Any]], apps: ProjectApps, *, read_only: bool = False) -> dict[str, Any]:
    """The result of a run of the new history. Raises MigwizardError where it cannot build a database from zero.

    What cures a failure depends on whose migration failed: an app of `apps` that is reset, or one that was left out. Who only
    looks, as `verify` does, decides nothing about that.
    """
    try:
        return future.result()
    except GuestError as error:
        if error.kind != "migrate":
            raise
        app = (error.details.get("operation") or {}).get("app", "")
        left_out = f"Let {app} take part in the reset too, if it is yours."
        if read_only:
            raise new_history(
                error, ("Take that file from git as it was committed, or take the reset back: migwizard undo.",)
            ) from error
        taking_part = f"Leave {app} out, so that its old migrations stay: --exclude {app}."
        refusal = new_history(error, (taking_part if app in apps.labels else left_out,) if app else ())
        if app in apps.excluded:
            refusal.details["take_in"] = [app]
        elif app in apps.labels and len(apps.labels) > 1:
            refusal.details["app"] = app
        raise refusal from error


def new_history(error: GuestError, cures: tuple[str, ...]) -> MigwizardError:
    """The refusal of a new history that cannot build a database."""
    return MigwizardError(
        f"The new history cannot build a database from zero. {dotted(error.sentence)} The project is unchanged.",
        code="new-history",
        cures=cures,
        details=error.details,
    )
