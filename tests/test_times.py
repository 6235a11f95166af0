"""Times in words."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from migwizard.words.times import ago, distance, duration

NOW = datetime(2024, 5, 17, 14, 32)


@pytest.mark.parametrize(
    ("passed", "says"),
    [
        (timedelta(seconds=5), "a moment ago (today 14:31)"),
        (timedelta(minutes=1), "1 minute ago (today 14:31)"),
        (timedelta(hours=3, minutes=4), "3 hours ago (today 11:28)"),
        (timedelta(hours=15), "15 hours ago (yesterday 23:32)"),
        (timedelta(days=3), "3 days ago (14 May 14:32)"),
        (timedelta(days=400), "1 year ago (13 April 2023 14:32)"),
    ],
)
def test_ago(passed: timedelta, says: str) -> None:
    assert ago(NOW - passed, NOW) == says


def test_a_clock_that_was_set_back() -> None:
    assert distance(timedelta(hours=-2)) == "a moment ago"


@pytest.mark.parametrize(("seconds", "says"), [(0.2, "about 1 s"), (20.4, "about 20 s"), (170, "about 3 min")])
def test_duration(seconds: float, says: str) -> None:
    assert duration(seconds) == says
