"""A clock that is wrong on purpose.

The old history is run twice; a value that differs between both runs is volatile, and only its absence is compared. A
second run a moment later would let dates pass as constant, so its clock is shifted by more than a year: the datetime
and time modules, and SQLite's own date functions.

`datetime.datetime` is replaced by a class whose instances are never made: its methods hand out real datetimes, and
`isinstance` with it asks for the real class, so that registries keyed by type go on working.
"""

from __future__ import annotations

import datetime
import sqlite3
import time
from typing import Any, Callable

_real_datetime = datetime.datetime
_real_date = datetime.date


class _Like(type):
    """Makes `isinstance(value, Shifted)` mean `isinstance(value, real)`."""

    real: type

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, cls.real)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, cls.real)


def shift(seconds: float) -> None:
    """Shift the Python clocks of this process; must run before the project is imported. Raises nothing."""
    delta = datetime.timedelta(seconds=seconds)

    class ShiftedDatetime(_real_datetime, metaclass=_Like):
        real = _real_datetime

        def __new__(cls, *args: Any, **kwargs: Any) -> Any:
            return _real_datetime(*args, **kwargs)

        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return _real_datetime.now(tz) + delta

        @classmethod
        def today(cls) -> Any:
            return _real_datetime.today() + delta

        @classmethod
        def utcnow(cls) -> Any:
            return _real_datetime.now(datetime.timezone.utc).replace(tzinfo=None) + delta

    class ShiftedDate(_real_date, metaclass=_Like):
        real = _real_date

        def __new__(cls, *args: Any, **kwargs: Any) -> Any:
            return _real_date(*args, **kwargs)

        @classmethod
        def today(cls) -> Any:
            return _real_date.today() + delta

    module: Any = datetime
    module.datetime = ShiftedDatetime
    module.date = ShiftedDate
    _shift_time(seconds)


def _shift_time(seconds: float) -> None:
    real_time, real_ns = time.time, time.time_ns
    module: Any = time
    module.time = lambda: real_time() + seconds
    module.time_ns = lambda: real_ns() + int(seconds * 1e9)
    for name in ("localtime", "gmtime", "ctime"):

        def moved(moment: float | None = None, _real: Callable[..., Any] = getattr(time, name)) -> Any:
            return _real(real_time() + seconds if moment is None else moment)

        setattr(time, name, moved)


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
    override("strftime", 1)
    for name, function in (("current_timestamp", "datetime"), ("current_date", "date"), ("current_time", "time")):
        query = "SELECT {}('now', ?)".format(function)

        def current(_query: str = query) -> Any:
            return plain.execute(_query, (modifier,)).fetchone()[0]

        connection.create_function(name, 0, current, deterministic=True)
