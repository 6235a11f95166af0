"""What stands beside the word "equal": the notes of the proof, and what became of the old data operations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from migwizard.engine.ride import Ride
from migwizard.engine.states import State
from migwizard.seeds.rungs import Rung
from migwizard.seeds.verdicts import Verdict
from migwizard.words.counting import count

OPERATION = "old data operation"


@dataclass(frozen=True, slots=True)
class Tally:
    """Numbers without which "equal" would say too much: rows that nobody brought along were not compared either."""

    notes: int = 0
    """Differences that stand in nobody's way, which the certificate lists."""
    kept: int = 0
    one_time: int = 0
    """Operations that left nothing and were left out."""
    dropped: int = 0
    """Operations that a person left out."""
    copies: int = 0
    """Old migrations in whose place a person's changed copy was run."""

    @property
    def total(self) -> int:
        """All operations."""
        return self.kept + self.one_time + self.dropped

    @property
    def noted(self) -> str:
        """ "1 note, 1 old migration run from a changed copy"; empty for none."""
        notes = count(self.notes, "note") if self.notes else ""
        copied = count(self.copies, "old migration run from a changed copy", "old migrations run from changed copies")
        return ", ".join(filter(None, (notes, copied if self.copies else "")))

    @property
    def operations(self) -> str:
        """ "12 old data operations kept, 5 left out as one-time, 2 dropped by decision"; empty where there were none."""
        whats = ((self.kept, "kept"), (self.one_time, "left out as one-time"), (self.dropped, "dropped by decision"))
        told = [(number, what) for number, what in whats if number]
        return ", ".join(
            f"{number if place else count(number, OPERATION)} {what}" for place, (number, what) in enumerate(told)
        )

    @property
    def words(self) -> str:
        """Notes and operations; empty where all is 0."""
        return ", ".join(filter(None, (self.noted, self.operations)))

    @property
    def sentence(self) -> str:
        """The same as a sentence."""
        return f"{self.words}." if self.words else ""


def tally(ride: Ride) -> Tally:
    """The numbers of a ride that has come to its proof."""
    results = ride.checkpoint.results
    proof: Mapping[str, Any] = results[State.PROOF]
    differences: Iterable[Mapping[str, Any]] = proof["differences"]
    seeds: Iterable[Mapping[str, Any]] = results.get(State.SEEDS, {}).get("seeds", ())
    left = [seed for seed in seeds if seed["rung"] in (None, Rung.DROP)]
    one_time = sum(seed["verdict"] == Verdict.ONE_TIME and seed["rung"] is None for seed in left)
    return Tally(
        sum(item["severity"] == "info" for item in differences),
        sum(seed["rung"] not in (None, Rung.DROP) for seed in seeds),
        one_time,
        len(left) - one_time,
        proof.get("copies", 0),
    )
