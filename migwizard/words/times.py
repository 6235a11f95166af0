"""Times as people say them; pure, so that a face gives the moment it is now."""

from __future__ import annotations

from datetime import datetime, timedelta

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def ago(then: datetime, now: datetime) -> str:
    """ "3 hours ago (today 11:28)"; both with or both without a time zone."""
    return f"{distance(now - then)} ({day(then, now)} {then:%H:%M})"


def distance(passed: timedelta) -> str:
    """ "3 hours ago", in the greatest unit that fits."""
    seconds = passed.total_seconds()
    if seconds < 60:
        return "a moment ago"
    for unit, length in (("year", 365 * 86400), ("month", 30 * 86400), ("day", 86400), ("hour", 3600), ("minute", 60)):
        number = int(seconds // length)
        if number:
            return f"{number} {unit}{'' if number == 1 else 's'} ago"
    raise AssertionError(seconds)


def day(then: datetime, now: datetime) -> str:
    """ "today", "yesterday", or the date."""
    days = (now.date() - then.date()).days
    if days == 0:
        return "today"
    if days == 1:
        return "yesterday"
    year = "" if then.year == now.year else f" {then.year}"
    return f"{then.day} {MONTHS[then.month - 1]}{year}"


def duration(seconds: float) -> str:
    """ "about 20 s", "about 3 min": as exact as a measurement of another day allows."""
    if seconds < 60:
        return f"about {max(round(seconds), 1)} s"
    return f"about {round(seconds / 60)} min"


def local(iso: str) -> datetime:
    """A moment of ISO 8601 in the zone of this machine."""
    return datetime.fromisoformat(iso).astimezone()


def clock_of(iso: str) -> str:
    """ "14:31" of a moment of ISO 8601."""
    return f"{local(iso):%H:%M}"
