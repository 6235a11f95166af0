"""Runs in an interpreter of its own: shifts the clock of the process and says what it then sees, as JSON."""

from __future__ import annotations

import datetime as plain
import importlib.util
import json
import pickle
import sqlite3
import sys
import time

RealDatetime, RealDate = plain.datetime, plain.date
BEFORE = time.time()
YEARS = 400 * 86400.0

spec = importlib.util.spec_from_file_location("clock", sys.argv[1])
assert spec is not None and spec.loader is not None
clock = importlib.util.module_from_spec(spec)
spec.loader.exec_module(clock)
clock.shift(YEARS)

from datetime import date, datetime, timezone  # the names a project would import

connection = sqlite3.connect(":memory:")
clock.shift_sqlite(connection, YEARS)
connection.execute("CREATE TABLE t (id INTEGER, stamp TEXT DEFAULT CURRENT_TIMESTAMP, day TEXT DEFAULT CURRENT_DATE)")
connection.execute("INSERT INTO t (id) VALUES (1)")


def sql(query):
    return connection.execute(query).fetchone()[0]


def stamp(text):
    return RealDatetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=timezone.utc).timestamp()


def day(text):
    return RealDatetime.strptime(text, "%Y-%m-%d").replace(tzinfo=timezone.utc).timestamp()


class Moment(datetime):
    def bell(self):
        return "ding"


moment = datetime(2020, 1, 2, 3, 4, 5)
json.dump(
    {
        "offsets": {
            "datetime.now": datetime.now().timestamp() - BEFORE,
            "datetime.now(tz)": datetime.now(timezone.utc).timestamp() - BEFORE,
            "datetime.today": datetime.today().timestamp() - BEFORE,
            "datetime.utcnow": datetime.utcnow().replace(tzinfo=timezone.utc).timestamp() - BEFORE,
            "Moment.now": Moment.now().timestamp() - BEFORE,
            "time.time": time.time() - BEFORE,
            "time.time_ns": time.time_ns() / 1e9 - BEFORE,
            "time.localtime": time.mktime(time.localtime()) - BEFORE,
            "time.strftime": time.mktime(time.strptime(time.strftime("%Y-%m-%d %H:%M:%S"), "%Y-%m-%d %H:%M:%S"))
            - BEFORE,
            "CURRENT_TIMESTAMP": stamp(sql("SELECT CURRENT_TIMESTAMP")) - BEFORE,
            "a default": stamp(sql("SELECT stamp FROM t")) - BEFORE,
            "datetime('now')": stamp(sql("SELECT datetime('now')")) - BEFORE,
            "datetime()": stamp(sql("SELECT datetime()")) - BEFORE,
            "strftime": float(sql("SELECT strftime('%s', 'now')")) - BEFORE,
            "julianday": (sql("SELECT julianday('now')") - 2440587.5) * 86400 - BEFORE,
        },
        "days": {
            "date.today": (RealDate.today() - RealDate.fromtimestamp(BEFORE)).days,
            "shifted date.today": (date.today() - RealDate.fromtimestamp(BEFORE)).days,
            "CURRENT_DATE": (day(sql("SELECT CURRENT_DATE")) - BEFORE) / 86400,
            "a default": (day(sql("SELECT day FROM t")) - BEFORE) / 86400,
        },
        "true": {
            "a call makes a real datetime": type(moment) is RealDatetime and type(date(2020, 1, 1)) is RealDate,
            "isinstance knows real ones": isinstance(moment, datetime) and isinstance(RealDate(2020, 1, 1), date),
            "a datetime is a date": isinstance(moment, date) and issubclass(datetime, date),
            "a text is none": not isinstance("2020", datetime) and not isinstance(date(2020, 1, 1), datetime),
            "a registry by type": {datetime: 1}.get(type(moment)) == 1 and {RealDate: 2}.get(date) == 2,
            "two keys stay two": len({datetime: 1, date: 2, Moment: 3}) == 3,
            "a class of a library": Moment(2020, 1, 1).bell() == "ding" and type(Moment.now()) is Moment,
            "and what is none of it": not isinstance(moment, Moment) and Moment != RealDatetime,
            "pickles": pickle.loads(pickle.dumps([moment, date(2020, 1, 1)])) == [moment, date(2020, 1, 1)],
            "fixed moments stay": sql("SELECT datetime('2020-01-02 03:04:05')") == "2020-01-02 03:04:05"
            and sql("SELECT strftime('%Y', '2020-01-02')") == "2020"
            and datetime.fromtimestamp(0, timezone.utc).year == 1970
            and time.gmtime(0).tm_year == 1970,
            "parsing": datetime.strptime("2020-01-02 03:04:05", "%Y-%m-%d %H:%M:%S") == moment
            and datetime.fromisoformat("2020-01-02T03:04:05") == moment
            and datetime.combine(date(2020, 1, 2), moment.time()) == moment,
        },
    },
    sys.stdout,
)
