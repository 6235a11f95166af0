"""How long something runs and how long it will: measured, never guessed. Pure; the clock is handed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from migwizard.engine.states import ORDER, State
from migwizard.engine.talk import Event

ENOUGH_STEPS = 3
ENOUGH_SECONDS = 2.0
"""A rate counts only after so many steps and so much time."""
LONG_STEP = 10.0
"""Seconds after which the end of a state is worth a bell."""


@dataclass(frozen=True, slots=True)
class Count:
    """One run that counts its steps."""

    doing: str = ""
    number: int = 0
    total: int = 0
    began: float = 0.0
    """When its first step was told, and which one that was."""
    first: int = 0

    @property
    def share(self) -> float:
        """How much of it is done, from 0 to 1."""
        return self.number / self.total if self.total else 1.0

    def told(self, doing: str, number: int, total: int, now: float) -> Count:
        """The run after a step; one that counts from the beginning is another one."""
        if number <= self.number or total != self.total:
            return Count(doing, number, total, now, number)
        return replace(self, doing=doing, number=number)

    def remaining(self, now: float) -> float | None:
        """Seconds to its end; None until enough was measured."""
        steps, seconds = self.number - self.first, now - self.began
        if self.total and steps >= ENOUGH_STEPS and seconds >= ENOUGH_SECONDS:
            return seconds / steps * (self.total - self.number)
        return None


@dataclass(frozen=True, slots=True)
class Progress:
    """What runs, since when, and what is known about its end."""

    state: State = State.PREFLIGHT
    began: float = 0.0
    """When the state began to work."""
    expected: float | None = None
    """Seconds the state took when it ran last."""
    said: str = ""
    """What the state does, before anything counts."""
    runs: Mapping[str, Count] = field(default_factory=dict)
    """By name, the newest last; several count at once where they run beside each other."""
    known: Mapping[State, float] = field(default_factory=dict)
    """Seconds by state, as far as they were measured."""

    @property
    def run(self) -> Count:
        """The run of which the least is done: the others end before it does."""
        counting = [run for run in self.runs.values() if run.total and run.number < run.total]
        if counting:
            return min(counting, key=lambda run: run.share)
        return ([Count(self.said), *self.runs.values()])[-1]

    @property
    def doing(self) -> str:
        return self.run.doing

    @property
    def number(self) -> int:
        return self.run.number

    @property
    def total(self) -> int:
        return self.run.total

    def told(self, event: Event, now: float) -> Progress:
        """The progress after an event."""
        if event.kind == "begin":
            return self._begun(event, now)
        if event.kind == "end" and event.state is self.state and self.began:
            return replace(self, known={**self.known, event.state: now - self.began}, runs={}, said=self.doing)
        if event.kind == "progress":
            return self._stepped(event, now)
        if event.kind == "run":
            return replace(self, runs=self._others(str(event.data.get("run") or "")), said=event.text)
        return self

    def _begun(self, event: Event, now: float) -> Progress:
        expected = event.data.get("expected")
        known = {**self.known, event.state: expected} if expected is not None else self.known
        return Progress(event.state, now, known.get(event.state), event.text, known=known)

    def _stepped(self, event: Event, now: float) -> Progress:
        name = str(event.data.get("run") or "")
        number, total = int(event.data.get("number") or 0), int(event.data.get("total") or 0)
        count = self.runs.get(name, Count()).told(event.text, number, total, now)
        # What has no name runs alone.
        return replace(self, runs={**(self._others(name) if name else {}), name: count})

    def _others(self, name: str) -> dict[str, Count]:
        return {other: run for other, run in self.runs.items() if other not in (name, "")}

    def waited(self, seconds: float) -> Progress:
        """The progress after the person took so long to answer: that time does not count."""
        if not self.began:
            return self
        runs = {name: replace(run, began=run.began + seconds) for name, run in self.runs.items()}
        return replace(self, began=self.began + seconds, runs=runs)

    def elapsed(self, now: float) -> float:
        return now - self.began if self.began else 0.0

    def remaining(self, now: float) -> float | None:
        """Seconds until the state is finished, or the run where only that is known; None where nothing was measured."""
        if self.expected is not None and self.elapsed(now) <= self.expected:
            return self.expected - self.elapsed(now)
        return self.run.remaining(now)

    def ride_remaining(self, now: float) -> float | None:
        """Seconds of this state and all after it; None where one of them was never measured."""
        rest = self.remaining(now)
        later = ORDER[ORDER.index(self.state) + 1 :]
        if rest is None or not later or any(state not in self.known for state in later):
            return None
        return rest + sum(self.known[state] for state in later)


KEPT = "is kept: nothing it rests on has changed"


def log_words(event: Event, elapsed: float) -> str:
    """An event as the log on the screen says it, after the name of its state, which worked for `elapsed` seconds."""
    if event.kind == "begin":
        return "begins"
    if event.kind == "end":
        return f"is done, {seconds(elapsed)}"
    if event.kind == "kept":
        return "once more: its files were written anew" if event.data.get("again") else KEPT
    if event.kind == "project":
        return f"the project is {event.text}"
    return event.text


def seconds(value: float) -> str:
    """Seconds in few letters: "4.1 s", "41 s", "2 min", "1 h 5 min"."""
    if value < 10:
        return f"{value:.1f} s"
    if value < 100:
        return f"{value:.0f} s"
    minutes = round(value / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def clock(elapsed: float, remaining: float | None, ride: float | None = None) -> str:
    """The right end of the status line while something runs."""
    said = seconds(elapsed)
    if remaining is not None:
        said += f", about {seconds(max(1.0, round(remaining)))} left".replace(".0 s", " s")
    if ride is not None:
        said += f" (all: {seconds(max(1.0, round(ride)))})".replace(".0 s", " s")
    return said
