"""What the state of the seeds knows while it works."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Any

from migwizard.engine.planning.plans import Planned
from migwizard.engine.previews import SeedsPreview
from migwizard.engine.proving.dropped import makers, volatile_rows
from migwizard.engine.proving.runs import Runs
from migwizard.engine.ride import Ride
from migwizard.engine.seeding import composing, facts
from migwizard.plan.operations import Node
from migwizard.proof.volatile import Volatile
from migwizard.seeds.objects import SchemaObject
from migwizard.seeds.rungs import Rung
from migwizard.seeds.verdicts import Judged, Thing


@dataclass(slots=True)
class Seeding:
    """What the state knows while it works."""

    ride: Ride
    planned: Planned
    runs: Runs
    old: dict[str, Any]
    second: Future[dict[str, Any]]
    sources: composing.Sources
    write_schema: Callable[[Planned], None]
    """Writes the schema files into staging anew, for a plan with other stand-ins."""
    homes: dict[Thing, Node] = field(default_factory=dict)
    """Objects that stand in front of the tables which need them, and the schema migration where they do."""
    bare: Mapping[str, Any] | None = None
    """What the new schema is without any seed; None where no operation made objects or renamed anything, so that it lacks none."""
    altered: set[Thing] = field(default_factory=set)
    """Objects that the new tables alone have in another way than an operation left them."""
    judged: tuple[Judged, ...] = ()
    rungs: dict[str, Rung] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    tried: dict[str, list[tuple[Rung, str]]] = field(default_factory=dict)
    """Rungs that did not hold, with the reason."""
    stuck: dict[str, str] = field(default_factory=dict)
    """Why an operation that left nothing cannot be kept, whether somebody wanted to or not."""
    objects: dict[Thing, tuple[SchemaObject, str, str]] = field(default_factory=dict)
    final: dict[Thing, SchemaObject] = field(default_factory=dict)
    data_files: list[str] = field(default_factory=list)
    """Files with rows beside the new migrations, relative to staging."""

    stored: set[str] | None = field(default_factory=set)
    """Tables of models whose literal rows are written as they are stored; None once that has failed."""
    _volatile: Volatile | None = None

    @property
    def volatile(self) -> Volatile:
        """What two runs of the old history do not agree on; waits for the second one."""
        if self._volatile is None:
            self._volatile = volatile_rows(self.old, self.second.result())
        return self._volatile

    @property
    def dropped(self) -> list[str]:
        """The operations that the person leaves out although they leave something, or might."""
        return [id for id, rung in self.rungs.items() if rung is Rung.DROP]

    def in_front(self, judged: Judged) -> bool:
        """Whether all that an operation leaves is made in front of the tables already."""
        return bool(judged.things) and not judged.keys and self.homes.keys() >= set(judged.things)

    def written(self) -> tuple[Judged, ...]:
        """The operations with the rows that they still bring: what one made that is left out, no other one brings."""
        gone = {key for key, owner in makers(self.old["observations"]).items() if owner in self.dropped}
        if not gone:
            return self.judged
        return tuple(replace(each, keys=tuple(key for key in each.keys if key not in gone)) for each in self.judged)


def so_far(seeding: Seeding) -> SeedsPreview:
    """The verdicts at the moment of a question: nothing is written yet."""
    records = [facts.record(judged, None, seeding.stuck.get(judged.id), "") for judged in seeding.judged]
    found = {judged.id: facts.details(judged, None, {}, seeding.old) for judged in seeding.judged}
    return facts.preview(seeding.ride, records, found)
