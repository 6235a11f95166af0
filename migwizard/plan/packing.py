"""What each app can bring at a moment, counted with bits: the ground on which a plan is searched."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from operator import itemgetter

from migwizard.plan.neighbours import Requirement
from migwizard.plan.operations import Operation

State = tuple[int, ...]
"""For each app of a board the bits of the operations that are in files, then the third parties that can be used."""

Needs = tuple[tuple[int, int], ...]
"""Bits that must be set, by their place in a state."""


class PlanError(Exception):
    """The operations cannot be ordered; the sentence names those that wait for each other."""


class OrderError(PlanError):
    """An order that a person stated cannot be followed; the sentence names the app and what it has to wait for."""


@dataclass(frozen=True, slots=True)
class _Wait:
    """A third party that becomes usable between two files, once what it requires is in files."""

    bit: int
    operations: Needs
    apps: tuple[int, ...]
    """Places of the apps that must have begun."""


class Board:
    """The operations of some apps that need each other; everything that they need elsewhere is taken to be there.

    A file of an app takes everything that can come: to leave something out never saves a file.
    """

    def __init__(
        self,
        apps: Iterable[str],
        operations: Iterable[Operation],
        requirement: Callable[[str], Requirement],
        targets: Collection[str],
    ) -> None:
        self.apps = tuple(sorted(apps))
        self.operations = list(operations)
        self.by_id = {op.id: op for op in self.operations}
        self._place = {app: place for place, app in enumerate(self.apps)}
        self._of: dict[str, list[Operation]] = {app: [] for app in self.apps}
        self._bits: dict[str, int] = {}
        for op in self.operations:
            self._bits[op.id] = 1 << len(self._of[op.app])
            self._of[op.app].append(op)
        self._everything = [(1 << len(self._of[app])) - 1 for app in self.apps]
        self._targets = [sum(self._bits[op.id] for op in self._of[app] if op.id in targets) for app in self.apps]
        self._waits: dict[Requirement, _Wait] = {}
        self._behind: dict[str, set[str]] = {}
        needs = {op.id: self._needs(op, requirement(op.id)) for op in self.operations}
        self._queues = [self._queue(app, needs) for app in self.apps]
        self._looks = [self._look(place) for place in range(len(self.apps))]
        self._known: list[dict[object, tuple[int, int, bool]]] = [{} for _ in self.apps]
        self._members: dict[tuple[str, int], tuple[Operation, ...]] = {}

    @property
    def start(self) -> State:
        """Nothing is in a file."""
        return (0,) * (len(self.apps) + 1)

    def _needs(self, operation: Operation, requirement: Requirement) -> Needs:
        found = self._masks(operation.needs)
        wait = self._wait(operation.id, requirement)
        return (*found, (len(self.apps), wait)) if wait else found

    def _masks(self, keys: Iterable[str]) -> Needs:
        masks: dict[int, int] = {}
        for key in keys:
            if key in self._bits:
                place = self._place[self.by_id[key].app]
                masks[place] = masks.get(place, 0) | self._bits[key]
        return tuple(sorted(masks.items()))

    def _wait(self, key: str, requirement: Requirement) -> int:
        """The bit of a third party; 0 where all that it requires lies outside of this board."""
        here = Requirement(requirement.apps & self._place.keys(), requirement.operations & self._bits.keys())
        if not here:
            return 0
        here = Requirement(frozenset(here.apps), frozenset(here.operations))
        for wanted in here.operations:
            self._behind.setdefault(wanted, set()).add(key)
        if here not in self._waits:
            apps = tuple(self._place[app] for app in sorted(here.apps))
            self._waits[here] = _Wait(1 << len(self._waits), self._masks(here.operations), apps)
        return self._waits[here].bit

    def _queue(self, app: str, needs: dict[str, Needs]) -> list[tuple[int, Needs]]:
        """(bit, needs) of the app's operations, each after those of its own app that it needs."""
        waiting = {op.id: dict(needs[op.id]).get(self._place[app], 0) for op in self._of[app]}
        queue: list[tuple[int, Needs]] = []
        done = 0
        while waiting:
            # Where none is ready they wait for each other, so that they never come; the plan will say so.
            ready = [key for key, need in waiting.items() if not need & ~done] or list(waiting)
            for key in ready:
                queue.append((self._bits[key], needs[key]))
                done |= self._bits[key]
                del waiting[key]
        return queue

    def _look(self, here: int) -> Callable[[State], object]:
        """What of a state decides what an app can bring."""
        return itemgetter(*sorted({here, *(place for _, needs in self._queues[here] for place, _ in needs)}))

    def is_target(self, key: str) -> bool:
        """Whether the operation makes a swappable model."""
        return bool(self._bits[key] & self._targets[self._place[self.by_id[key].app]])

    def behind_third_party(self, key: str) -> set[str]:
        """The operations that point to a third party which wants this one before."""
        return self._behind.get(key, set())

    def available(self, app: str, state: State) -> int:
        """The bits of what a file of the app would hold now."""
        return self.offer(app, state)[0]

    def offer(self, app: str, state: State) -> tuple[int, int, bool]:
        """What a file of the app would hold now, the weight of what it would leave, and whether the app may have it.

        A search asks for the same again and again.
        """
        here = self._place[app]
        known, seen = self._known[here], self._looks[here](state)
        if seen not in known:
            file = self._bring(here, state)
            rest = self._everything[here] & ~state[here] & ~file
            may = bool(state[here]) or self._holds_targets(here, file)
            known[seen] = file, sum(op.weight for op in self.members(app, rest)), may
        return known[seen]

    def _bring(self, here: int, state: State) -> int:
        taken = state[here]
        for bit, needs in self._queues[here]:
            if bit & taken:
                continue
            for place, mask in needs:
                if mask & ~(taken if place == here else state[place]):
                    break
            else:
                taken |= bit
        return taken ^ state[here]

    def left(self, app: str, state: State) -> int:
        """The bits of what the app has not brought yet."""
        place = self._place[app]
        return self._everything[place] & ~state[place]

    def has_begun(self, app: str, state: State) -> bool:
        return bool(state[self._place[app]])

    def may_begin(self, app: str, state: State) -> bool:
        """Whether the app can have its first file now."""
        return self._holds_targets(self._place[app], self.available(app, state))

    def _holds_targets(self, here: int, file: int) -> bool:
        """A swappable model is found through its app's first migration, so that must hold it."""
        return bool(file) and not self._targets[here] & ~file

    def after(self, state: State, app: str, file: int) -> State:
        """The state once a file is written: third parties that waited for just this can be used."""
        place = self._place[app]
        *apps, waits = state
        apps[place] |= file
        for wait in self._waits.values():
            met = all(not mask & ~apps[other] for other, mask in wait.operations)
            if met and all(apps[other] for other in wait.apps):
                waits |= wait.bit
        return (*apps, waits)

    def is_done(self, state: State) -> bool:
        return all(not full & ~here for full, here in zip(self._everything, state, strict=False))

    def members(self, app: str, mask: int) -> tuple[Operation, ...]:
        """The operations of some bits of an app, in the autodetector's order."""
        key = app, mask
        if key not in self._members:
            self._members[key] = tuple([op for place, op in enumerate(self._of[app]) if mask >> place & 1])
        return self._members[key]

    def waiting(self, state: State) -> list[Operation]:
        """The operations that are in no file yet."""
        return [op for app in self.apps for op in self.members(app, self.left(app, state))]

    def held_up(self, app: str, state: State) -> tuple[Operation, ...]:
        """The swappable models of the app that cannot come now; where nothing can, all of its operations."""
        available = self.available(app, state)
        targets = self._targets[self._place[app]]
        return self.members(app, targets & ~available if available else self.left(app, state))
