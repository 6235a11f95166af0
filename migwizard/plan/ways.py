"""Ways through a cycle of apps: in which order the files come, and what each order costs.

Every app that needs others of its cycle has one file that completes it, and perhaps some before that: partial ones. So
the fewest files are the fewest partial ones, and an app that can be completed is completed at once, since that takes no
file more and can only help the others. What is left to search is which apps to begin too early, and in which order: a
breadth-first search over the number of partial files, which meets every state of the board once.

Without operations that must stay with their model, the apps to begin too early are a minimum feedback vertex set.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from migwizard.plan.operations import Operation
from migwizard.plan.packing import Board, OrderError, PlanError, State
from migwizard.plan.postpone import File, parted, postpone, waiting
from migwizard.plan.units import predicted

MOST_WAYS = 12
"""So many orders of one cycle are offered."""
_EFFORT = 600_000
"""Operations times files tried: what one search may cost, so that big projects wait as little as small ones."""
_OTHERS = 600_000
"""Operations times apps times orders: what the orders beside the recommended one may cost."""
_PREDICTIONS = 6_000
"""Operations times ways that are equal otherwise: what it may cost to tell which migrates faster."""
_TIES = 48
"""So many ways with the same number of files are compared by what they part."""


@dataclass(frozen=True, slots=True)
class Way:
    """The files of a cycle in order, and what that costs."""

    files: tuple[File, ...]
    parted: int
    """Relations that come in a later file than their model."""
    waiting: int
    """Models and parts of models that are not in the first file of their app."""
    rendered: int = 0
    """Model classes that `migrate` from zero would render, where ways are so alike that it decides."""

    @property
    def apps(self) -> tuple[str, ...]:
        """In the order of their first files."""
        return tuple(dict.fromkeys(file.app for file in self.files))

    @property
    def cost(self) -> tuple[int, int, int, int]:
        return len(self.files), self.parted, self.waiting, self.rendered


@dataclass(frozen=True)
class Search:
    """What was found."""

    board: Board
    best: Way
    """The recommended one."""
    complete: bool
    """Whether no order at all needs fewer files than the recommended one."""

    @cached_property
    def ways(self) -> tuple[Way, ...]:
        """The orders worth offering: each begins with another app; the recommended one first.

        Found when somebody looks at them, since they cost more than the recommended one and a plan needs that one only.
        """
        board, best = self.board, self.best
        size = max(1, len(board.operations))
        found = {best.apps[0]: best}
        others = [app for app in board.apps if app not in found]
        others.sort(key=lambda app: (_left_at_first(board, app), app))
        for app in others[: min(MOST_WAYS - 1, _OTHERS // (size * len(board.apps)))]:
            try:
                found[app] = _best(board, (app,), _Effort(_EFFORT // size // len(board.apps) // 4))
            except PlanError:
                continue
        return (best, *sorted((way for way in found.values() if way is not best), key=lambda way: (way.cost, way.apps)))


@dataclass(slots=True)
class _Effort:
    """How much a search may still try; the count is the same on every machine."""

    left: int
    cut: bool = False
    """Whether something was left untried."""

    def spend(self) -> bool:
        self.left -= 1
        self.cut = self.cut or self.left < 0
        return self.left >= 0


@dataclass(frozen=True, slots=True)
class _Path:
    """A state of the board and the files that led to it."""

    state: State
    files: tuple[tuple[str, int], ...] = ()
    waited: int = 0
    """Weight of what was left for later files, counted at each."""

    def rank(self) -> tuple[int, tuple[str, ...]]:
        return self.waited, tuple(app for app, _ in self.files)


@dataclass(slots=True)
class _Walk:
    """One search on a board: `order` are apps whose first files must come in this order."""

    board: Board
    order: Sequence[str]
    effort: _Effort

    def is_turn_of(self, app: str, state: State) -> bool:
        """Whether the order leaves the next file to this app."""
        if not self.order or self.board.has_begun(app, state):
            return True
        return next((each for each in self.order if not self.board.has_begun(each, state)), app) == app

    def completed(self, path: _Path) -> _Path:
        """The path with every app completed that can be, in alphabetical order."""
        waiting = list(self.board.apps)
        while True:
            for app in waiting:
                left, (file, _, may) = self.board.left(app, path.state), self.board.offer(app, path.state)
                if left and file == left and may and self.is_turn_of(app, path.state):
                    path = _Path(self.board.after(path.state, app, left), (*path.files, (app, left)), path.waited)
                    break
            else:
                return path
            waiting = [app for app in waiting if self.board.left(app, path.state)]

    def partial(self, path: _Path) -> Iterator[tuple[str, int, int]]:
        """(app, file, weight of what it leaves) for every app that can bring something, the least weight first."""
        found = []
        for app in self.board.apps:
            file, weight, may = self.board.offer(app, path.state)
            if file and may and self.is_turn_of(app, path.state):
                found.append((weight, app, file))
        return ((app, file, weight) for weight, app, file in sorted(found))

    def finished(self) -> list[_Path]:
        """The paths with the fewest files, best ones first. Raises OrderError or PlanError where there is none."""
        layer = [self.completed(_Path(self.board.start))]
        while True:
            done = [path for path in layer if self.board.is_done(path.state)]
            if done:
                return sorted(done, key=_Path.rank)[:_TIES]
            following: dict[object, _Path] = {}
            for path in sorted(layer, key=_Path.rank):
                for app, file, weight in self.partial(path):
                    if not self.effort.spend() and following:
                        break
                    taken = _Path(
                        self.board.after(path.state, app, file), (*path.files, (app, file)), path.waited + weight
                    )
                    found = self.completed(taken)
                    # Ways that end are told apart by their files, others by what they lead to.
                    key = found.files if self.board.is_done(found.state) else found.state
                    if key not in following or found.rank() < following[key].rank():
                        following[key] = found
            if not following:
                raise self._trouble(layer[0].state)
            layer = list(following.values())

    def _trouble(self, state: State) -> PlanError:
        board = self.board
        pending = [app for app in self.order if not board.has_begun(app, state)]
        if pending and any(board.may_begin(app, state) for app in board.apps if not board.has_begun(app, state)):
            return OrderError(_why_not(board, pending[0], state))
        return PlanError(_circle(board, state))


def find_ways(board: Board, stated: Sequence[str] = ()) -> tuple[Search, Way]:
    """What was found, and the order to take: the recommended one, or what follows the `stated` order.

    Raises PlanError where there is no order at all, OrderError where the stated one cannot be followed.
    """
    size = max(1, len(board.operations))
    effort = _Effort(_EFFORT // size)
    best = _best(board, (), effort)
    search = Search(board, best, not effort.cut)
    if not stated:
        return search, best
    chosen = next((way for way in search.ways if way.apps == tuple(stated)), None)
    return search, chosen or _best(board, stated, _Effort(_EFFORT // size))


def _left_at_first(board: Board, app: str) -> int:
    """How many operations would be left if the app came first."""
    return (board.left(app, board.start) & ~board.available(app, board.start)).bit_count()


def _best(board: Board, order: Sequence[str], effort: _Effort) -> Way:
    ways = [_way(board, path) for path in _Walk(board, order, effort).finished()]
    least = min(way.cost for way in ways)
    ways = [way for way in ways if way.cost == least]
    ways = ways[: 1 + _PREDICTIONS // max(1, len(board.operations))]
    if len(ways) > 1:
        ways = [replace(way, rendered=predicted(way.files, board.by_id)) for way in ways]
    return min(ways, key=lambda way: (way.cost, way.apps))


def _way(board: Board, path: _Path) -> Way:
    files = postpone(board, [File(app, tuple(op.id for op in board.members(app, mask))) for app, mask in path.files])
    return Way(tuple(files), len(parted(board, files)), waiting(board, files))


def _why_not(board: Board, app: str, state: State) -> str:
    """Why an app cannot have its first file now: one model of it, and the apps that this waits for."""
    held = min(board.held_up(app, state), key=lambda op: (op.kind != "CreateModel", op.label))
    others = ", ".join(sorted(_missing(board, held, {op.id for op in board.waiting(state)})))
    return f"{app} cannot come at this place: {held.label} has to wait for {others}."


def _missing(board: Board, operation: Operation, left: set[str]) -> set[str]:
    """The other apps of the board that an operation waits for, directly or through operations of its own app."""
    seen, waiting, found = set[str](), [operation], set[str]()
    while waiting:
        op = waiting.pop()
        seen.add(op.id)
        for need in (board.by_id[key] for key in op.needs if key in left and key not in seen):
            if need.app == operation.app:
                waiting.append(need)
            else:
                found.add(need.app)
    return found


def _circle(board: Board, state: State) -> str:
    """The operations that wait for each other, or else all that cannot come."""
    import networkx as nx

    stuck = {op.id: op for op in board.waiting(state)}
    graph: nx.DiGraph[str] = nx.DiGraph((op.id, need) for op in stuck.values() for need in op.needs & stuck.keys())
    circles = [circle for circle in nx.strongly_connected_components(graph) if len(circle) > 1]
    named = ", ".join(sorted({stuck[key].label for key in set().union(*circles) or stuck})[:6])
    return f"These wait for each other, and no cut between files can part them: {named}."
