"""`--keep-after`: the younger part of the old history is not folded, but kept on top of the new files.

What is meant by it is decided once, in preflight, and noted in the checkpoint: which migrations are kept, and which others
stay above the cut with them. Everything until the seeds are written then sees the old history without these.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from migwizard.engine.planning import dating
from migwizard.engine.ride import CUT, Ride
from migwizard.engine.swapping import git
from migwizard.engine.talk import Answer
from migwizard.errors import UsageError
from migwizard.plan import cut as cutting
from migwizard.plan.cut import Cut
from migwizard.plan.naming import below
from migwizard.plan.operations import Node
from migwizard.words.counting import count, some

KEY = "keep-after"
OPTION = "--keep-after"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept on top, as the checkpoint notes it."""

    since: str
    """What was asked for: a migration, a date, or a name of git."""
    nodes: tuple[Node, ...] = ()
    """The kept migrations in the order of the graph."""
    files: tuple[Node, ...] = ()
    """All that have a file: the same, and what a kept squash joins."""
    widened: tuple[Node, ...] = ()
    """Those of `nodes` that are older than that, and come after one that is not."""
    above: tuple[Node, ...] = ()
    """Migrations of other apps that come after kept ones."""

    def __bool__(self) -> bool:
        return bool(self.nodes)

    @property
    def words(self) -> str:
        """ "12 kept on top since 2024-05-01"; empty where nothing is kept."""
        return f"{count(len(self.nodes), 'migration')} kept on top since {self.since}" if self.nodes else ""

    @property
    def why_widened(self) -> str:
        """A sentence about those that are kept although they are older; empty where there are none."""
        names = [".".join(node) for node in self.widened]
        verb = "is" if len(names) == 1 else "are"
        return f"{some(names)} {verb} older and {verb} kept too, after what is kept." if names else ""


def kept(ride: Ride) -> Kept:
    """What was decided."""
    found: Mapping[str, Any] = ride.checkpoint.results.get(CUT) or {}
    lists = {name: _nodes(found.get(name, ())) for name in ("nodes", "files", "widened", "above")}
    return Kept(str(found.get("since", "")), **lists)


def names(ride: Ride) -> list[str]:
    """The kept migrations as Django prints them."""
    return [".".join(node) for node in kept(ride).nodes]


def sentences(ride: Ride) -> tuple[str, ...]:
    """What a proof says of it."""
    found = kept(ride)
    if not found:
        return ()
    shown = some([".".join(node) for node in found.nodes])
    them, their = ("it", "its row") if len(found.nodes) == 1 else ("them", "their rows")
    text = (
        f"{found.words}: {shown}. Both histories were run with {them}. A scratch database without {them} was switched and then "
        f"migrated, which applied {them}, nothing else of the project, and arrived at the same tables. A switch leaves "
        f"{their} alone."
    )
    return tuple(filter(None, (text, found.why_widened)))


def told(ride: Ride) -> dict[str, Any] | None:
    """The same for programs; None where nothing is kept."""
    found = kept(ride)
    if not found:
        return None
    nodes = {"kept": found.nodes, "older": found.widened, "above": found.above}
    return {"since": found.since, **{name: [list(node) for node in each] for name, each in nodes.items()}}


def lines(ride: Ride) -> list[str]:
    """What is kept, and why, to read in full."""
    found = kept(ride)
    if not found:
        return []
    older = set(found.widened)
    told = [f"  {'.'.join(node)}{' (older)' if node in older else ''}" for node in found.nodes]
    above = [f"  {'.'.join(node)}" for node in found.above]
    because = [found.why_widened] if found.widened else []
    others = ["Of other apps, these come after them and stay as they are:", *above] if above else []
    return [f"{found.words}:", *told, *because, *others]


def lacking(ride: Ride, applied: Collection[Node]) -> list[Node]:
    """The kept migrations that a database has not applied; for a squash the rows of all that it joins stand too."""
    if not kept(ride):
        # Where nothing is kept, no file of the old history has to be read: they may be gone, or lack one another.
        return []
    replaces = {node_of(name): _nodes(old) for name, old in ride.whole_history()["replaces"].items()}

    def is_applied(node: Node) -> bool:
        joined = replaces.get(node, ())
        return node in applied or (bool(joined) and all(map(is_applied, joined)))

    return [node for node in kept(ride).nodes if not is_applied(node)]


def highest(ride: Ride) -> dict[str, int]:
    """The highest number that a new file of an app may have, so that it sorts before what is kept."""
    names: dict[str, list[str]] = {}
    for app, name in kept(ride).files:
        names.setdefault(app, []).append(name)
    found = {app: below(each) for app, each in names.items()}
    return {app: number for app, number in found.items() if number is not None}


def named_by_others(ride: Ride) -> list[tuple[str, str, str]]:
    """(app, migration, who names it) of every migration that goes and that one of another app depends on by name."""
    stay = set(kept(ride).files)
    named = (item for external in ride.whole_history()["external"].values() for item in external["waits_named"])
    return [(app, name, by) for app, name, by in named if (app, name) not in stay]


def decide(ride: Ride) -> None:
    """Find out what is kept, and note it. Raises UsageError where that cannot be told, or cannot be done.

    After the swap nothing is decided any more.
    """
    said = _said(ride)
    if ride.checkpoint.applied:
        _refuse_after_swap(ride)
        return
    if said is None or not said.choice:
        ride.checkpoint.decisions.pop(KEY, None)
        _note(ride, {})
        return
    found = _find(ride, said.choice)
    ride.checkpoint.decisions[KEY] = said
    _note(
        ride,
        {
            "since": found.since,
            "without": [list(node) for node in _without(ride, found)],
            **{name: [list(node) for node in getattr(found, name)] for name in ("nodes", "files", "widened", "above")},
        },
    )


def is_said(ride: Ride) -> bool:
    """Whether somebody said what is kept, be it nothing."""
    return _said(ride) is not None


def _said(ride: Ride) -> Answer | None:
    """The command line before the answers file before what was decided earlier."""
    if ride.options.keep_after is not None:
        return Answer(ride.options.keep_after, OPTION)
    if KEY in ride.options.answers:
        return Answer(ride.options.answers[KEY], "answers file")
    return ride.checkpoint.decisions.get(KEY)


def _refuse_after_swap(ride: Ride) -> None:
    said, known = ride.options.keep_after, ride.checkpoint.decisions.get(KEY)
    if said is not None and said != (known.choice if known else ""):
        raise UsageError(
            f"The new files are in the tree already, so {OPTION} {said} comes too late. Nothing was changed.",
            code=KEY,
            cures=("Take the reset back with migwizard undo, then start it with another cut.",),
        )


def _note(ride: Ride, found: dict[str, Any]) -> None:
    """Remember the cut; what was asked of another one is forgotten."""
    if ride.checkpoint.results.get(CUT, {}) == found:
        return
    if found:
        ride.checkpoint.results[CUT] = found
    else:
        ride.checkpoint.results.pop(CUT, None)
    ride.forget_cut()


def _find(ride: Ride, value: str) -> Kept:
    history, labels = ride.whole_history(), set(ride.apps.labels)
    files = {(app, name): Path(file) for app, name, file in history["disk"] if app in labels and file}
    comes_after = parents(history)
    replaces = {node_of(name): _nodes(old) for name, old in history["replaces"].items()}
    nodes = [node for node in comes_after if node[0] in labels]
    point = _Point(ride, files, replaces)
    try:
        is_old = point.sides(value, comes_after)
        found = cutting.cut(comes_after, labels, cutting.sides(nodes, replaces, is_old))
    except cutting.SpansCutError as error:
        raise _refused(
            str(error),
            "Choose a point before or after all of them.",
            "Or finish that squash: where every database has it, remove the files that it joins, and its replaces.",
        ) from error
    except cutting.UntoldError as error:
        shown = some([".".join(node) for node in error.nodes])
        raise _refused(
            f"Nothing tells whether {shown} came before or after {value}: git knows no commit that added the file, and no "
            "line on top of it names a date.",
            "Name a migration or a commit instead of a date, or commit the files.",
        ) from error
    if len(found.kept) == len(nodes):
        raise _refused(f"No migration of these apps is as old as {value}, so nothing would be folded.")
    return _as_kept(value, found, files, replaces)


def _as_kept(value: str, found: Cut, files: Collection[Node], replaces: Mapping[Node, tuple[Node, ...]]) -> Kept:
    on_disk = dict.fromkeys(node for top in found.kept for node in _with_replaced(top, replaces) if node in files)
    return Kept(value, found.kept, tuple(on_disk), found.widened, found.above)


def _without(ride: Ride, found: Kept) -> list[Node]:
    """Every name under which something above the cut may be known."""
    replaces = {node_of(name): _nodes(old) for name, old in ride.whole_history()["replaces"].items()}
    every = [name for node in (*found.nodes, *found.above) for name in _with_replaced(node, replaces)]
    return sorted(set(every))


def _with_replaced(node: Node, replaces: Mapping[Node, tuple[Node, ...]]) -> list[Node]:
    return [node, *(each for old in replaces.get(node, ()) for each in _with_replaced(old, replaces))]


class _Point:
    """The point of the cut: what a value means, and which files are older than it."""

    def __init__(self, ride: Ride, files: Mapping[Node, Path], replaces: Mapping[Node, tuple[Node, ...]]) -> None:
        self._root = ride.project.root.resolve()
        self._files = {node: path.resolve() for node, path in files.items()}
        self._replaces = replaces
        self._born = dating.births(self._root, self._files)

    def sides(self, value: str, graph: cutting.Parents) -> dict[Node, bool | None]:
        """Of every file whether it is old; None where nothing tells."""
        node = self._migration(value)
        if node is not None:
            return self._by_migration(node, graph)
        limit = dating.read_limit(value)
        if limit is not None:
            return self._by_date(limit)
        commit = git.commit_of(self._root, value)
        if commit:
            return self._by_commit(commit)
        raise _refused(
            f"{value!r} is no migration of these apps, no date, and no commit that git knows.", *self._near(value)
        )

    def _migration(self, value: str) -> Node | None:
        """`app.name`, or the beginning of a name that only one migration of the app has, as Django takes it."""
        app, dot, name = value.partition(".")
        begun = [node for node in self._files if node[0] == app and dot and node[1].startswith(name)]
        if (app, name) in begun:
            return app, name
        if len(begun) > 1 and name:
            raise _refused(f"{value} may be {some(['.'.join(node) for node in sorted(begun)])}; say more of the name.")
        return begun[0] if len(begun) == 1 and name else None

    def _near(self, value: str) -> list[str]:
        near = difflib.get_close_matches(value, [".".join(node) for node in self._files], 3)
        return [f"Did you mean {' or '.join(near)}?"] if near else []

    def _by_migration(self, node: Node, graph: cutting.Parents) -> dict[Node, bool | None]:
        """What was there when a migration was made; in any case all that comes before it, and nothing that comes after."""
        born = self._born[node]
        top = next((each for each in graph if node in _with_replaced(each, self._replaces)), node)
        if born.added is not None:
            found = self._by_commit(born.added.commit)
        elif born.header is not None:
            found = self._by_date(born.header)
        else:
            found = dict.fromkeys(self._files)
        for each in cutting.descendants(graph, top):
            found |= dict.fromkeys(self._files.keys() & _with_replaced(each, self._replaces), False)
        for each in cutting.ancestors(graph, [top]):
            parts = [node] if each == top != node else _with_replaced(each, self._replaces)
            found |= dict.fromkeys(self._files.keys() & parts, True)
        return found

    def _by_date(self, limit: date | datetime) -> dict[Node, bool | None]:
        return {node: born.by(limit) for node, born in self._born.items()}

    def _by_commit(self, commit: str) -> dict[Node, bool | None]:
        """Whether each file was there in a commit, under its name or under the one that it had then."""
        there, before = git.files_at(self._root, commit), git.reaches(self._root, commit)
        paths = {node: path.relative_to(self._root).as_posix() for node, path in self._files.items()}
        return {
            node: paths[node] in there or (born.added is not None and born.added.commit in before)
            for node, born in self._born.items()
        }


def _refused(sentence: str, *cures: str) -> UsageError:
    return UsageError(f"{sentence} Nothing was changed.", code=KEY, cures=cures)


def parents(history: Mapping[str, Any]) -> dict[Node, tuple[Node, ...]]:
    """What each migration of a graph comes directly after, in an order in which they can be applied."""
    return {(node["app"], node["name"]): _nodes(node["parents"]) for node in history["nodes"]}


def node_of(name: str) -> Node:
    """ "app.name" as a migration."""
    app, _, migration = name.partition(".")
    return app, migration


def _nodes(pairs: Any) -> tuple[Node, ...]:
    return tuple((app, name) for app, name in pairs)
