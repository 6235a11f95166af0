"""The kept migrations in staging: their own bytes, but for what they depend on, which is led to the new files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from migwizard.engine.planning import keeping
from migwizard.engine.planning.plans import known_names
from migwizard.engine.ride import Ride
from migwizard.engine.staging import strays
from migwizard.engine.surviving import durable
from migwizard.errors import MigwizardError
from migwizard.plan import grafts
from migwizard.plan.cut import Parents
from migwizard.plan.grafts import Graft
from migwizard.plan.operations import Node
from migwizard.project.guest import GuestError
from migwizard.seeds.grafting import CannotGraftError, Grafted

KEY = "kept"


def write(ride: Ride) -> list[Node]:
    """Write what is kept on top of the new files in staging; none where there is no cut.

    Raises MigwizardError where a file does not list its dependencies so that they can be changed, or where they lead
    nowhere then.
    """
    kept = keeping.kept(ride)
    if not kept:
        return []
    ride.tell("progress", f"{kept.words}: leading them to the new files")
    strays.expect(ride, [f"{app}/{name}.py" for app, name in kept.files])
    sources = {(app, name): Path(file) for app, name, file in ride.whole_history()["disk"] if file}
    texts = {node: _read(node, sources[node]) for node in kept.files}
    new = keeping.parents(_staged(ride, ride.without))
    newest, changes = grafts.heads(new), _changes(ride, new, texts)
    by_name: dict[Node, tuple[Node, ...]] = {node: grafts.in_place_of(node, newest) for node in _gone(ride)}
    for node in kept.files:
        # What a kept squash joins stands in no graph: it is led by names alone.
        change = changes.get(node, Graft({}, ()))
        data = _grafted(node, sources[node], texts[node], by_name, change)
        path = ride.workplace.staging / node[0] / f"{node[1]}.py"
        durable.write_file(path, data, sources[node].stat().st_mode & 0o777)
    _check(ride)
    return list(kept.files)


def _gone(ride: Ride) -> set[Node]:
    """Every name of what is folded."""
    return {node for node in known_names(ride.history()) if node[0] in ride.apps.labels}


def _changes(ride: Ride, new: Parents, texts: Mapping[Node, Grafted]) -> dict[Node, Graft]:
    """What every kept migration of the graph has to depend on; `new` is the graph of the new files."""
    reader, grown, found = _Reader(ride, new), dict(new), dict[Node, Graft]()
    for node in keeping.kept(ride).nodes:
        wanted = grafts.needed(node, reader.old, ride.apps.labels, reader.newest, new)
        if not reader.runs_code(node):
            # It makes and changes models: it can only use those of which it speaks.
            words = texts[node].words()
            wanted = {each for each in wanted if each[0] in words}
        named, stays = reader.named(node), reader.stays(node)
        change = found[node] = grafts.graft(named, wanted, stays, reader.newest, grown)
        grown[node] = [*stays, *change.more, *(each for nodes in change.moved.values() for each in nodes)]
    return found


class _Reader:
    """Reads what kept migrations come after in the old history."""

    def __init__(self, ride: Ride, new: Parents) -> None:
        history = ride.whole_history()
        self.old = keeping.parents(history)
        self.newest = grafts.heads(new)
        self._firsts = grafts.firsts(new)
        self._facts = {(node["app"], node["name"]): node for node in history["nodes"]}
        replaces = history["replaces"].items()
        self._standing = {old: keeping.node_of(name) for name, each in replaces for old in _nodes(each)}
        self._gone = _gone(ride)

    def runs_code(self, node: Node) -> bool:
        """Whether a migration does more than what an autodetector writes."""
        return bool(self._facts[node]["operations"])

    def named(self, node: Node) -> list[Node]:
        """The folded migrations that it depends on by name."""
        return [each for each in _nodes(self._facts[node]["dependencies"]) if each in self._gone]

    def stays(self, node: Node) -> set[Node]:
        """What it comes after without a change of its text, as it is called in the new graph."""
        named = set(map(self._known, self.named(node)))
        firsts = {
            self._firsts[parent[0]]
            for parent in self.old[node]
            if parent in self._gone and parent not in named and parent[0] in self._firsts
            if not self._asks_to_come_before(parent, node)
        }
        return firsts | {parent for parent in self.old[node] if parent not in self._gone}

    def _asks_to_come_before(self, parent: Node, node: Node) -> bool:
        return node in map(self._known, _nodes(self._facts[parent]["run_before"]))

    def _known(self, node: Node) -> Node:
        """The name by which the graph knows a migration that may be replaced."""
        while node not in self.old and node in self._standing:
            node = self._standing[node]
        return node


def _read(node: Node, source: Path) -> Grafted:
    try:
        return Grafted(source.read_bytes())
    except CannotGraftError as error:
        raise _refused(node, source, error) from error


def _grafted(
    node: Node, source: Path, migration: Grafted, by_name: Mapping[Node, Sequence[Node]], change: Graft
) -> bytes:
    """The text of a kept migration. Raises MigwizardError."""
    try:
        hidden = sorted(change.moved.keys() - set(migration.named()))
        if hidden:
            raise CannotGraftError(f"it does not spell out that it depends on {'.'.join(hidden[0])}")
        return migration.graft({**by_name, **change.moved}, change.more)
    except CannotGraftError as error:
        raise _refused(node, source, error) from error


def _refused(node: Node, source: Path, error: CannotGraftError) -> MigwizardError:
    return MigwizardError(
        f"{'.'.join(node)} cannot be kept on top: {error}. Nothing was changed.",
        code=KEY,
        cures=(
            f'Write dependencies = [("app", "name"), ...] in {source.name}, commit it, and start again.',
            f"Or choose a later point with {keeping.OPTION}, so that it is folded too.",
        ),
        details={"where": {"file": str(source)}},
    )


def _staged(ride: Ride, without: list[list[str]]) -> dict[str, Any]:
    history: dict[str, Any] = ride.guest.call(
        "history", labels=list(ride.apps.labels), folders=ride.new_folders(), without=without
    )
    return history


def _check(ride: Ride) -> None:
    """Let Django put new and kept files into one graph. Raises MigwizardError where they do not fit together."""
    try:
        conflicts = _staged(ride, [])["conflicts"]
    except GuestError as error:
        if error.kind != "history":
            raise
        raise _unfit(error.sentence) from error
    for app, names in conflicts.items():
        raise _unfit(f"{app} would end in {' and '.join(names)}.")


def _unfit(sentence: str) -> MigwizardError:
    return MigwizardError(
        f"The kept migrations do not fit onto the new files. {sentence} Nothing was changed.",
        code=KEY,
        cures=(f"Choose another point with {keeping.OPTION}.",),
    )


def _nodes(pairs: Sequence[Sequence[str]]) -> list[Node]:
    return [(app, name) for app, name in pairs]
