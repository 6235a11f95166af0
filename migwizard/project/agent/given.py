"""Empty databases that were given to us, where nobody may make any: each is taken for one run, and emptied after it.

One that is taken holds a table of ours, the mark, which says by whom and what was there before. By it a database is found
again, by other processes too, and only what carries our own mark is ever emptied.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from contextlib import contextmanager
from typing import Any, Callable, Iterator

from . import load, mysql_given, postgresql_given
from .engines import engine_of, is_mysql
from .engines.owner import is_alive
from .failure import AgentError, sentence
from .places import led, where_of
from .postgresql_names import MARK_TABLE

MANY = 5
"""So many things of a database that is not empty are named."""

Use = Callable[[Any], Any]


def is_given(start: dict[str, Any], alias: str) -> bool:
    """Whether scratch databases for `alias` are such ones."""
    return (where_of(start, alias) or {}).get("kind") == "given"


def take(start: dict[str, Any], alias: str, path: str, use: Use) -> None:
    """Take a database for `path`; the one that was taken for it before, or an empty one. Raises AgentError("scratch")."""
    real = load.REAL_DATABASES[alias]
    kind, wanted = _kind(real), _kind(real).wanted(real, use)
    found = _find(start, alias, path, use)
    if found is not None:
        with _inside(found, use) as execute:
            kind.empty(execute, _read(kind, execute)["before"], wanted)
        return
    for settings in _databases(start, alias):
        with _inside(settings, use) as execute:
            if kind.read_mark(execute) is None and _taken(kind, execute, start, path, wanted, settings):
                return
    raise AgentError("scratch", "All {} databases that were given are in use.".format(len(_databases(start, alias))))


def _taken(kind: Any, execute: Any, start: dict[str, Any], path: str, wanted: Any, settings: dict[str, Any]) -> bool:
    """Whether the mark is ours now; somebody else may have been faster."""
    _refuse_contents(kind, execute, settings)
    owner, before = start["owner"], kind.standing(execute)
    mark = {"of": _digest(owner), "pid": owner["pid"], "what": _what(path), "before": before}
    mark.update(root=owner["root"][-150:], host=owner["host"][:60])
    if not kind.write_mark(execute, json.dumps(mark, sort_keys=True, ensure_ascii=False)):
        return False
    try:
        # What came between the look and the mark is not ours.
        _refuse_contents(kind, execute, settings)
    except AgentError:
        kind.remove_mark(execute)
        raise
    kind.fit(execute, wanted)
    return True


def settings_of(start: dict[str, Any], alias: str, path: str, use: Use) -> dict[str, Any]:
    """Settings that lead to the database that was taken for `path`. Raises AgentError("scratch") where none was."""
    found = _find(start, alias, path, use)
    if found is None:
        raise AgentError("scratch", "No database is taken for {} any more.".format(_what(path)))
    return found


def hand_over(start: dict[str, Any], alias: str, source: str, path: str, use: Use) -> None:
    """Let the database that was taken for `source` stand for `path`, with all that is in it."""
    kind = _kind(load.REAL_DATABASES[alias])
    with _inside(settings_of(start, alias, source, use), use) as execute:
        kind.change_mark(
            execute, json.dumps(dict(_read(kind, execute), what=_what(path)), sort_keys=True, ensure_ascii=False)
        )


def release(start: dict[str, Any], alias: str, path: str, use: Use) -> None:
    """Empty the database that was taken for `path`, and let it go; where none was nothing is done."""
    found = _find(start, alias, path, use)
    if found is not None:
        _let_go(found, load.REAL_DATABASES[alias], use)


def sweep(start: dict[str, Any], alias: str, owner: dict[str, Any], use: Use) -> list[str]:
    """Empty and let go what this process took, and what dead ones of the same project did. Returns the names.

    A database that cannot be opened is for those to tell who need it.
    """
    real, swept = load.REAL_DATABASES[alias], []
    for settings in _databases(start, alias):
        try:
            with _inside(settings, use) as execute:
                mark = _read(_kind(real), execute)
            mine = mark.get("of") == _digest(owner)
            if mine and (mark["pid"] == owner["pid"] or not is_alive(mark["pid"], owner)):
                _let_go(settings, real, use)
                swept.append(settings["NAME"])
        except AgentError as error:
            if error.kind != "unreachable":
                raise
    return swept


def look(start: dict[str, Any], alias: str, use: Use) -> str:
    """Look at all that were given: they are there, empty, of one nature, and ours to use. Returns their names.

    Raises AgentError("scratch") with the first that is not, ("unreachable") with one that does not answer.
    """
    real, natures, seen = load.REAL_DATABASES[alias], [], []
    kind = _kind(real)
    for settings in _databases(start, alias):
        place = [str(settings.get(key) or "") for key in ("HOST", "PORT", "NAME")]
        if place in seen or place == [str(real.get(key) or "") for key in ("HOST", "PORT", "NAME")]:
            said = "was given twice" if place in seen else "is the real database {}".format(alias)
            raise AgentError("scratch", "The database {} {}.".format(settings["NAME"], said))
        seen.append(place)
        with _inside(settings, use) as execute:
            if kind.read_mark(execute) is not None:
                raise AgentError("scratch", _in_use(settings, _read(kind, execute)))
            _refuse_contents(kind, execute, settings)
            natures.append(kind.nature(execute))
    for place, nature in zip(seen, natures):
        for what, value in nature.items():
            if value != natures[0][what]:
                text = "The databases {} and {} differ in {} ({} and {}), so what is built in them could differ too."
                raise AgentError("scratch", text.format(seen[0][2], place[2], what, natures[0][what], value))
    for settings in _databases(start, alias):
        with _inside(settings, use) as execute:
            if not _taken(kind, execute, start, "preflight", None, settings):
                raise AgentError("scratch", _in_use(settings, {}))
        _let_go(settings, real, use)
    return ", ".join(place[2] for place in seen)


def names(start: dict[str, Any], alias: str) -> str:
    """The names of all that were given."""
    return ", ".join(str(settings["NAME"]) for settings in _databases(start, alias))


def there_already(start: dict[str, Any], alias: str, use: Use) -> list[str]:
    """Extensions that somebody made in the databases: migrations that make them do nothing there."""
    kind = _kind(load.REAL_DATABASES[alias])
    with _inside(_databases(start, alias)[0], use) as execute:
        return list(kind.standing(execute).get("extensions") or ())


def _in_use(settings: dict[str, Any], mark: dict[str, Any]) -> str:
    if not mark.get("of"):
        return "The database {} holds a table {} that is not ours.".format(settings["NAME"], MARK_TABLE)
    return (
        "The database {} is in use by process {} for {} on {}; if that one is gone for good, empty it by hand.".format(
            settings["NAME"], mark["pid"], mark.get("root"), mark.get("host")
        )
    )


def _refuse_contents(kind: Any, execute: Any, settings: dict[str, Any]) -> None:
    found = kind.contents(execute)
    if found:
        more = " and {} more".format(len(found) - MANY) if len(found) > MANY else ""
        text = "The database {} is not empty: it holds {}{}. It was left as it is."
        raise AgentError("scratch", text.format(settings["NAME"], ", ".join(found[:MANY]), more))


def _let_go(settings: dict[str, Any], real: dict[str, Any], use: Use) -> None:
    kind = _kind(real)
    with _inside(settings, use) as execute:
        kind.empty(execute, _read(kind, execute)["before"], None)
        left = kind.contents(execute)
        if left:
            raise AgentError(
                "scratch", "{} cannot be emptied: {} stays.".format(settings["NAME"], ", ".join(left[:MANY]))
            )
        kind.remove_mark(execute)


def _find(start: dict[str, Any], alias: str, path: str, use: Use) -> dict[str, Any] | None:
    """The database that this process took for `path`."""
    owner, kind = start["owner"], _kind(load.REAL_DATABASES[alias])
    for settings in _databases(start, alias):
        with _inside(settings, use) as execute:
            mark = _read(kind, execute)
        if (mark.get("of"), mark.get("pid"), mark.get("what")) == (_digest(owner), owner["pid"], _what(path)):
            return settings
    return None


def _read(kind: Any, execute: Any) -> dict[str, Any]:
    """What the mark says; empty where there is none, or none of ours."""
    try:
        mark = json.loads(kind.read_mark(execute) or "{}")
    except ValueError:
        return {}
    return mark if isinstance(mark, dict) and {"of", "pid", "what", "before"} <= mark.keys() else {}


def _databases(start: dict[str, Any], alias: str) -> list[dict[str, Any]]:
    real = load.REAL_DATABASES[alias]
    return [engine_of(real).server_settings(led(real, spot)) for spot in start["scratch"]["spots"]]


def _kind(real: dict[str, Any]) -> Any:
    return mysql_given if is_mysql(real) else postgresql_given


def _digest(owner: dict[str, Any]) -> str:
    return hashlib.sha256("{}:{}".format(owner["host"], owner["root"]).encode()).hexdigest()[:20]


def _what(path: str) -> str:
    return re.sub(r"\W.*", "", os.path.basename(path))[:40].lower()


@contextmanager
def _inside(settings: dict[str, Any], use: Use) -> Iterator[Any]:
    """Statements in one database, each committed by itself. What the server says against it is a refusal."""
    from django.db.utils import Error

    connection = use(settings)
    where = "{} on {}".format(settings["NAME"], settings.get("HOST") or "its server")
    try:
        connection.ensure_connection()
    except Error as error:
        raise AgentError(
            "unreachable", "The database {} cannot be opened: {}.".format(where, sentence(error))
        ) from error
    try:
        with connection.cursor() as cursor:

            def execute(sql: str, params: Any = None) -> list[tuple[Any, ...]]:
                cursor.execute(sql, params)
                return [tuple(row) for row in cursor.fetchall()] if cursor.description else []

            yield execute
    except Error as error:
        text = "The database {} cannot be used as a scratch database: {}.".format(where, sentence(error))
        raise AgentError("scratch", text) from error
    finally:
        connection.close()
