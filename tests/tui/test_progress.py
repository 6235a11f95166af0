"""Remaining time is said only where it was measured."""

from __future__ import annotations

import pytest

from migwizard.engine.states import ORDER, State
from migwizard.engine.talk import Event
from migwizard.tui.progress import Progress, clock, log_words, seconds
from tests.tui.support import begin, end, progress


def ran(*moments: tuple[float, int, int], expected: float | None = None) -> Progress:
    found = Progress().told(begin(State.PROOF, expected), 100.0)
    for now, number, total in moments:
        found = found.told(progress(State.PROOF, "x", number, total), now)
    return found


def test_nothing_is_known_before_the_first_steps() -> None:
    assert ran().remaining(105.0) is None
    assert ran((101.0, 1, 47), (101.5, 2, 47)).remaining(110.0) is None


def test_a_rate_counts_after_three_steps_and_two_seconds() -> None:
    quick = ran((100.0, 1, 11), (100.5, 4, 11))
    assert quick.remaining(101.0) is None
    steady = ran((100.0, 1, 11), (104.0, 5, 11))
    assert steady.remaining(104.0) == pytest.approx(6.0)


def test_a_total_that_is_unknown_gives_no_remaining_time() -> None:
    assert ran((100.0, 1, 0), (120.0, 40, 0)).remaining(120.0) is None


def test_the_last_duration_of_the_state_is_believed_until_it_is_exceeded() -> None:
    known = ran(expected=10.0)
    assert known.remaining(104.0) == pytest.approx(6.0)
    assert known.remaining(111.0) is None


def test_another_run_begins_to_count_anew() -> None:
    second = ran((100.0, 1, 47), (130.0, 47, 47), (131.0, 1, 11), (131.5, 2, 11))
    assert second.remaining(131.5) is None


def test_waiting_for_the_person_does_not_count() -> None:
    waited = ran(expected=10.0).waited(60.0)
    assert waited.elapsed(165.0) == pytest.approx(5.0)
    assert waited.remaining(165.0) == pytest.approx(5.0)


def test_the_whole_ride_is_said_only_when_every_state_was_measured() -> None:
    found = Progress()
    for number, state in enumerate(ORDER):
        found = found.told(begin(state), 10.0 * number + 1).told(end(state), 10.0 * number + 11)
    again = found.told(begin(State.APPLY, 4.0), 200.0)
    assert again.ride_remaining(201.0) == pytest.approx(3.0 + 10.0 + 10.0)
    assert ran(expected=4.0).ride_remaining(101.0) is None


@pytest.mark.parametrize(
    ("value", "said"), [(0.04, "0.0 s"), (4.13, "4.1 s"), (41.2, "41 s"), (125.0, "2 min"), (3900.0, "1 h 5 min")]
)
def test_seconds_in_few_letters(value: float, said: str) -> None:
    assert seconds(value) == said


def test_remaining_time_is_called_about() -> None:
    assert clock(6.1, 4.2) == "6.1 s, about 4 s left"
    assert clock(6.1, None) == "6.1 s"


def test_runs_beside_each_other_count_apart_and_the_slower_one_is_told() -> None:
    found = Progress().told(begin(State.PROOF), 100.0)
    for second in range(1, 11):
        found = found.told(progress(State.PROOF, f"old {second}", second, 40, run="old"), 100.0 + second)
        found = found.told(progress(State.PROOF, f"new {second}", second, 11, run="new"), 100.5 + second)
    assert (found.doing, found.number, found.total) == ("old 10", 10, 40)
    assert found.remaining(110.0) == pytest.approx(30.0)
    found = found.told(Event("run", State.PROOF, "old is built", {"run": "old"}), 111.0)
    assert (found.doing, found.number, found.total) == ("new 10", 10, 11)


def test_what_has_no_name_runs_alone() -> None:
    found = ran((101.0, 3, 47)).told(progress(State.PROOF, "old 1", 1, 40, run="old"), 102.0)
    assert found.doing == "old 1"
    found = found.told(progress(State.PROOF, "comparing"), 103.0)
    assert (found.doing, found.total) == ("comparing", 0)


def test_the_log_says_what_happened() -> None:
    assert log_words(begin(State.GENERATE), 0.0) == "begins"
    assert log_words(end(State.GENERATE), 1.21) == "is done, 1.2 s"
    assert log_words(progress(State.GENERATE, "level 1"), 0.0) == "level 1"
