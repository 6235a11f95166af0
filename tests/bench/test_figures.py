"""What is said about a figure, and what counts as worse."""

from __future__ import annotations

import pytest

from tests.bench.figures import Figure, Kind, in_digits, ratio, verdict


@pytest.mark.parametrize(
    ("value", "target", "said"),
    [(1.5, 1.5, "ok"), (1.51, 1.5, "MISSED"), (9.0, None, "")],
)
def test_a_target_is_reached_up_to_its_value(value: float, target: float | None, said: str) -> None:
    assert verdict(Figure("what", value, target), None) == said


@pytest.mark.parametrize(
    ("before", "now", "slower"),
    [
        (1.0, 1.25, False),
        (1.0, 1.26, True),
        (1.0, 0.5, False),
        # A third more, but by so little that two runs differ as much.
        (0.1, 0.14, False),
        (0.1, 0.16, True),
    ],
)
def test_what_is_measured_may_be_worse_by_a_quarter_and_a_little(before: float, now: float, slower: bool) -> None:
    assert ("SLOWER" in verdict(Figure("what", now), Figure("what", before))) is slower


@pytest.mark.parametrize(("now", "slower"), [(1.01, False), (1.03, True), (0.9, False)])
def test_what_is_counted_may_be_worse_by_two_percent(now: float, slower: bool) -> None:
    figures = (Figure("what", value, kind=Kind.COUNTED) for value in (now, 1.0))
    assert ("SLOWER" in verdict(*figures)) is slower


def test_seconds_that_are_only_shown_are_never_worse() -> None:
    assert verdict(Figure("s", 50.0, kind=Kind.SHOWN), Figure("s", 1.0, kind=Kind.SHOWN)) == ""


def test_a_slower_figure_within_its_target_is_not_ok_and_one_beyond_it_is_both() -> None:
    before = Figure("what", 0.2, 1.0)
    assert verdict(Figure("what", 0.9, 1.0), before) == "SLOWER (0.20 before)"
    assert verdict(Figure("what", 1.1, 1.0), before) == "MISSED, SLOWER (0.20 before)"


def test_a_ratio_is_the_median_of_the_rounds_and_not_the_ratio_of_medians() -> None:
    assert ratio("what", [2.0, 10.0, 9.0], [1.0, 10.0, 3.0]).value == 2.0
    assert ratio("what", [1.0, 8.0, 3.0], [1.0, 2.0, 3.0]).value == 1.0


def test_a_ratio_keeps_two_places_and_a_count_has_none() -> None:
    assert [in_digits(value) for value in (0.333, 2.0, 0.0, 12345.6, 5)] == ["0.33", "2.00", "0.00", "12,346", "5"]
