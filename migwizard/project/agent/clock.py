"""A clock that is wrong on purpose.

The old history is run twice; a value that differs between both runs is volatile, and only its absence is compared. A
second run a moment later would let dates pass as constant, so its clock is shifted by more than a year: the datetime
and time modules, and SQLite's own date functions.

The methods of the real `datetime.datetime` are exchanged in place. A class put in its stead would be told apart from the
real one by every library that was compiled against it (pandas does not even import then).
"""

from __future__ import annotations

import ctypes
import datetime
import gc
import sqlite3
import time
from typing import Any, Callable


def shift(seconds: float) -> None:
    """Shift the Python clocks of this process; works on CPython. Raises nothing."""
    delta = datetime.timedelta(seconds=seconds)
    # The namespace of a built-in type is read-only, but for the collector, which hands out the dictionary itself.
    (namespace,) = gc.get_referents(vars(datetime.datetime))
    for name in ("now", "utcnow"):

        def moved(cls: Any, /, *args: Any, _real: Any = namespace[name], **kwargs: Any) -> Any:
            return _real.__get__(None, cls)(*args, **kwargs) + delta

        namespace[name] = classmethod(moved)
    # Looked-up attributes are cached by type.
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(datetime.datetime))
    _shift_time(seconds)


def _shift_time(seconds: float) -> None:
    """`today()` of dates and datetimes asks `time.time`, so it is shifted here."""
    real_time, real_ns, real_strftime = time.time, time.time_ns, time.strftime
    module: Any = time
    module.time = lambda: real_time() + seconds
    module.time_ns = lambda: real_ns() + int(seconds * 1e9)
    for name in ("localtime", "gmtime", "ctime"):

        def moved(moment: float | None = None, _real: Callable[..., Any] = getattr(time, name)) -> Any:
            return _real(real_time() + seconds if moment is None else moment)

        setattr(time, name, moved)
    module.strftime = lambda form, moment=None: real_strftime(form, moment or time.localtime())


def shift_sqlite(connection: sqlite3.Connection, seconds: float) -> None:
    """Shift what SQLite's own functions call now, on one connection.

    SQLite lets an application override its built-in functions; the originals are asked on a second, plain connection.
    They stay declared deterministic, since expression indexes and checks may use them.
    """
    plain = sqlite3.connect(":memory:", check_same_thread=False)
    modifier = "{:+d} seconds".format(int(seconds))

    def override(name: str, now_at: int) -> None:
        def shifted(*args: Any) -> Any:
            values = list(args)
            if len(values) <= now_at:
                values.append("now")
            if isinstance(values[now_at], str) and values[now_at].lower() == "now":
                values.insert(now_at + 1, modifier)
            marks = ", ".join("?" * len(values))
            return plain.execute("SELECT {}({})".format(name, marks), values).fetchone()[0]

        connection.create_function(name, -1, shifted, deterministic=True)

    for name in ("date", "time", "datetime", "julianday"):
        override(name, 0)
    if sqlite3.sqlite_version_info >= (3, 38):
        override("unixepoch", 0)
    override("strftime", 1)
    for name, function in (("current_timestamp", "datetime"), ("current_date", "date"), ("current_time", "time")):
        query = "SELECT {}('now', ?)".format(function)

        def current(_query: str = query) -> Any:
            return plain.execute(_query, (modifier,)).fetchone()[0]

        connection.create_function(name, 0, current, deterministic=True)
