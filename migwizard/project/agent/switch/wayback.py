"""How a history that moved on since a switch comes back to where the switch left it, by commands of `migrate`.

`migrate APP TARGET` takes back what needs a child of TARGET in the same app, and no more: neither a sibling of TARGET nor, where
TARGET is too old, only what came on top. So every command is tried on the graph before it is named.
"""

from __future__ import annotations

import typing

from .files import Files, LoaderOf, cannot_load
from .refusal import SwitchError
from .words import Key, Keys

_Keys = typing.Set[Key]


class WayBack(typing.NamedTuple):
    """What to do, in this order."""

    files: Keys
    """Their files are gone, and have to come back first."""
    rows: Keys
    """Their rows are gone, and `migrate` cannot bring them: what needs one is recorded, or a replacement lacks some of its rows."""
    again: Keys
    """To be applied again, each by its name: a plain `migrate` would apply what came on top, too."""
    needs: typing.List[typing.Tuple[Key, Key]]
    """Migrations on top that `migrate` takes back alone only once they depend on that other one as well."""
    targets: Keys
    """Where to go back to, app by app; "zero" where nothing of an app stays."""


def way_back(recorded: typing.Iterable[Key], later: Keys, gone: Keys) -> WayBack:
    """From all recorded rows, those that came `later` than the switch, and those that are `gone` since.

    No target is older than what the switch left there, and none takes back anything else than `later` and what needs that. Raises
    SwitchError (MW-E16) where the files cannot be loaded.
    """
    files = Files()
    lost = [key for key in (*later, *gone) if key not in files]
    try:
        graph = _Graph({*recorded, *gone})
    except SwitchError:
        if lost:  # others need them, so there is no graph before they are back
            return WayBack(lost, [], [], [], [])
        raise
    again = {key: graph.applied_by(key, gone) for key in gone if key not in lost}
    rows = [key for key, by in again.items() if by is None]
    top = graph.needing(graph.node(key) for key in later)
    needs, targets = _off(graph, top)
    for app in dict.fromkeys(key[0] for key in later if key in lost):
        if app not in {target[0] for target in targets}:
            targets.append(graph.newest(app, top.union(later)) or (app, "zero"))
    return WayBack(lost, rows, sorted({by for by in again.values() if by}, key=graph.position), needs, targets)


class _Graph:
    """Django's graph for exactly these rows, replacements carried out, and what is applied in its order."""

    def __init__(self, recorded: _Keys) -> None:
        try:
            loader = LoaderOf(recorded)
        except Exception as error:
            raise SwitchError("MW-E16", f"How to go back cannot be told: {cannot_load(error)}.") from error
        self._graph, self._replacements, self._files = loader.graph, loader.replacements, loader.disk_migrations
        plan = [key for leaf in self._graph.leaf_nodes() for key in self._graph.forwards_plan(leaf)]
        self._order = {key: number for number, key in enumerate(dict.fromkeys(plan))}
        self.applied = [key for key in self._order if key in loader.applied_migrations]

    def node(self, key: Key) -> Key:
        """The node that stands for a migration: itself, or what replaces it."""
        for by, migration in self._replacements.items():
            if key not in self._graph.nodes and key in map(tuple, migration.replaces):
                return self.node(by)
        return key

    def applied_by(self, key: Key, gone: Keys) -> typing.Optional[Key]:
        """What `migrate` is to be given for a row that is gone; None where it cannot bring it.

        It refuses to do anything where a row is without its parents, and a replacement stands for all of its rows or for none.
        """
        by = self.node(key)
        if self.needing([by]) - set(map(self.node, gone)):
            return None
        if key in self._files:
            return key
        return by if set(map(tuple, self._files[by].replaces)) <= set(gone) else None

    def position(self, key: Key) -> int:
        """Where a migration comes in the order of `migrate`."""
        return self._order.get(self.node(key), len(self._order))

    def newest(self, app: str, top: _Keys) -> typing.Optional[Key]:
        """The last of an app that is applied and not on top."""
        return max((key for key in self.applied if key[0] == app and key not in top), key=self.position, default=None)

    def needing(self, keys: typing.Iterable[Key]) -> _Keys:
        """What `migrate` takes back with these, and they themselves."""
        below = {child for key in keys if key in self._graph.nodes for child in self._graph.backwards_plan(key)}
        return below.intersection(self.applied)

    def taken_back(self, target: Key) -> _Keys:
        """What `migrate APP TARGET` takes back (MigrationExecutor.migration_plan)."""
        app, name = target
        if name == "zero":
            return self.needing(key for key in self._graph.root_nodes(app))
        return self.needing(child.key for child in self._graph.node_map[target].children if child.key[0] == app)


def _off(graph: _Graph, top: _Keys) -> typing.Tuple[typing.List[typing.Tuple[Key, Key]], Keys]:
    """`needs` and `targets` that take all of these off, and nothing else."""
    left = top
    apps = sorted({key[0] for key in top})
    stays = [key for key in reversed(graph.applied) if key[0] in apps and key not in top]
    needs: typing.List[typing.Tuple[Key, Key]] = []
    targets: Keys = []
    found = {target: graph.taken_back(target) for target in [*stays, *((app, "zero") for app in apps)]}
    safe = {target: off for target, off in found.items() if off <= top}
    while any(off & left for off in safe.values()):
        targets.append(max(safe, key=lambda target: len(safe[target] & left)))
        left = left - safe[targets[-1]]
    for key in graph.applied:
        beside = graph.newest(key[0], top)
        if key in left and beside:
            needs.append((key, beside))
            targets += [beside] if beside not in targets else []
            left = left - graph.needing([key])
    return needs, targets
