"""What each app can bring at a moment, counted with bits: the ground on which a plan is searched."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from migwizard.plan.neighbours import Requirement
from migwizard.plan.operations import Operation


class PlanError(Exception):
    """The operations cannot be ordered; the sentence names those that wait for each other."""


class OrderError(PlanError):
    """An order that a person stated cannot be followed; the sentence names the app and what it has to wait for."""


@dataclass(frozen=True, slots=True)
class _Wait:
    """A third party that becomes usable between two files, once what it requires is in files."""

    bit: int
    operations: int
    apps: tuple[int, ...]
    """For each app that must have begun, the bits of its operations."""


class Board:
    """The operations of some apps that need each other; everything that they need elsewhere is taken to be there.

    A state of the board is a number: a bit for every operation that is in a file, and for every third party that can be
    used. A file of an app takes everything that can come: to leave something out never saves a file.
    """

    def __init__(
        self,
        apps: Iterable[str],
        operations: Iterable[Operation],
        requirement: Callable[[str], Requirement],
        targets: Iterable[str],
    ) -> None:
        self.apps = tuple(sorted(apps))
        self.operations = list(operations)
        self.bits = {op.id: 1 << place for place, op in enumerate(self.operations)}
        self.of = {app: self._mask(op.id for op in self.operations if op.app == app) for app in self.apps}
        self._targets = {app: self.of[app] & self._mask(targets) for app in self.apps}
        self._known = frozenset(apps)
        self._waits: dict[Requirement, _Wait] = {}
        self._behind: dict[str, set[str]] = {}
        needs = {op.id: self._mask(op.needs) | self._wait(op.id, requirement(op.id)) for op in self.operations}
        self.everything = self._mask(self.bits)
        self._queues = {app: self._queue(app, needs) for app in self.apps}

    def _mask(self, keys: Iterable[str]) -> int:
        mask = 0
        for key in keys:
            mask |= self.bits.get(key, 0)
        return mask

    def _wait(self, key: str, requirement: Requirement) -> int:
        """The bit of a third party; 0 where all that it requires lies outside of this board."""
        here = Requirement(requirement.apps & self._known, frozenset(requirement.operations & self.bits.keys()))
        if not here:
            return 0
        for wanted in here.operations:
            self._behind.setdefault(wanted, set()).add(key)
        if here not in self._waits:
            bit = 1 << (len(self.operations) + len(self._waits))
            apps = tuple(self.of[app] for app in sorted(here.apps))
            self._waits[here] = _Wait(bit, self._mask(here.operations), apps)
        return self._waits[here].bit

    def is_target(self, key: str) -> bool:
        """Whether the operation makes a swappable model."""
        return any(self.bits[key] & targets for targets in self._targets.values())

    def behind_third_party(self, key: str) -> set[str]:
        """The operations that point to a third party which wants this one before."""
        return self._behind.get(key, set())

    def _queue(self, app: str, needs: dict[str, int]) -> list[tuple[int, int]]:
        """(bit, needs) of the app's operations, each after those of its own app that it needs."""
        waiting = {op.id: needs[op.id] & self.of[app] for op in self.operations if op.app == app}
        queue: list[tuple[int, int]] = []
        done = 0
        while waiting:
            ready = [key for key, need in waiting.items() if not need & ~done]
            if not ready:
                # These wait for each other, so that they never come; the plan will say so.
                ready = list(waiting)
            for key in ready:
                queue.append((self.bits[key], needs[key]))
                done |= self.bits[key]
                del waiting[key]
        return queue

    def available(self, app: str, state: int) -> int:
        """The bits of what a file of the app would hold now."""
        taken = state
        for bit, needs in self._queues[app]:
            if not needs & ~taken:
                taken |= bit
        return taken ^ state

    def left(self, app: str, state: int) -> int:
        """The bits of what the app has not brought yet."""
        return self.of[app] & ~state

    def has_begun(self, app: str, state: int) -> bool:
        return bool(self.of[app] & state)

    def may_begin(self, app: str, state: int) -> bool:
        """A swappable model is found through its app's first migration, so that must hold it."""
        available = self.available(app, state)
        return bool(available) and not self._targets[app] & ~available

    def after(self, state: int, file: int) -> int:
        """The state once a file is written: third parties that waited for just this can be used."""
        state |= file
        for wait in self._waits.values():
            if not wait.operations & ~state and all(app & state for app in wait.apps):
                state |= wait.bit
        return state

    def is_done(self, state: int) -> bool:
        return not self.everything & ~state

    def members(self, mask: int) -> list[Operation]:
        """The operations of some bits, in the autodetector's order."""
        found = []
        mask &= self.everything
        while mask:
            lowest = mask & -mask
            found.append(self.operations[lowest.bit_length() - 1])
            mask ^= lowest
        return found

    def held_up(self, app: str, state: int) -> list[Operation]:
        """The swappable models of the app that cannot come now; where nothing can, all of its operations."""
        available = self.available(app, state)
        return self.members(self._targets[app] & ~available if available else self.left(app, state))
