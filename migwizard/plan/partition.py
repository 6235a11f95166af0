"""Which new file replaces which old migrations, where the new files say it themselves: a partition, app by app.

Django takes a migration with `replaces` for applied where every name in it is recorded, and records these names when it runs
one. So each old name must be in exactly one new file, and each new file must have one at least: a file without any really runs
on a database that has everything, and a name that two files share lets the second count as applied when the first one ran.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from migwizard.plan.operations import Node


class TooFewNamesError(ValueError):
    """Apps have more new files than old migrations that these could replace."""

    def __init__(self, apps: Mapping[str, tuple[int, int]]) -> None:
        self.apps = dict(apps)
        """Old names and new files of each such app."""
        super().__init__(", ".join(f"{app}: {old} for {new}" for app, (old, new) in self.apps.items()))


def historical(nodes: Iterable[Node], replaces: Mapping[Node, Sequence[Node]]) -> tuple[Node, ...]:
    """The names that an up-to-date database records, oldest first; `nodes` are the old ones in the order of the graph.

    A squash is recorded with what it replaces. What that replaced in turn may be lacking: Django records it on databases only
    that had it before.
    """
    found: dict[Node, None] = {}
    for node in nodes:
        found.update(dict.fromkeys(replaces.get(node, ())))
        found[node] = None
    return tuple(found)


def partition(
    names: Sequence[Node], files: Sequence[Node], pinned: Mapping[Node, Sequence[Node]]
) -> dict[Node, tuple[Node, ...]]:
    """What each of `files` replaces: every name once, in historical order.

    `names` are the old ones, oldest first; `files` the new ones, each app's in their order; `pinned` what a file stands in for
    already, which stays there. The first file of an app gets all but the newest names, of which each later file has one. So a
    database that lacks the newest lets the last file run, whose guard stops it; one that had a part of the last file's names
    would let Django pass over that file without a word. Raises TooFewNamesError.
    """
    order = {name: place for place, name in enumerate(names)}
    taken = {name for each in pinned.values() for name in each}
    found: dict[Node, tuple[Node, ...]] = {}
    lacking: dict[str, tuple[int, int]] = {}
    for app in dict.fromkeys(app for app, _ in files):
        own = [file for file in files if file[0] == app]
        free = [name for name in names if name[0] == app and name not in taken]
        bare = sum(not pinned.get(file) for file in own)
        if len(free) < bare:
            lacking[app] = (len([name for name in names if name[0] == app]), len(own))
            continue
        spare = len(free) - bare
        for file in own:
            stays = tuple(pinned.get(file, ()))
            number = spare + (not stays)
            spare = 0
            mine = [*stays, *free[:number]]
            free = free[number:]
            found[file] = tuple(sorted(mine, key=lambda name: (order.get(name, -1), name)))
    if lacking:
        raise TooFewNamesError(lacking)
    return found
