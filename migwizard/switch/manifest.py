"""The manifest: both histories of one reset, committed beside the new files for every other environment."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

FORMAT = 1
FILE_NAME = "migwizard_manifest.json"

_NO_NAME = {"/", "\0", *map(chr, range(0xD800, 0xE000))}
"""What no name of an app or a migration has: it would be something else in a path, or can be in none."""

Node = tuple[str, str]
"""A migration as Django's graph knows it: (app label, migration name)."""


class NameClashError(ValueError):
    """New migrations bear names of the old history, so a database's rows could not tell which history it is at."""

    code = "MW-E02"

    def __init__(self, names: Sequence[Node]) -> None:
        self.names = tuple(names)
        listed = ", ".join(map(node_name, self.names))
        super().__init__(
            f"The old history already uses these names: {listed}. A name is never used twice. ({self.code})"
        )


class ManifestUnreadableError(ValueError):
    """The text is not a manifest of this format, or it was changed after it was written."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the switch needs to know of one reset. Build it with `build`, which checks it."""

    run_id: str
    """Names the run; the backup rows in each database bear it."""
    created: str
    """ISO timestamp of the run, the same in all files of it."""
    apps: tuple[str, ...]
    """Labels whose rows are exchanged; rows of other apps are never touched."""
    old_nodes: tuple[Node, ...]
    """The old history in graph order; a database at the old head satisfies each of them."""
    alt: tuple[tuple[Node, tuple[Node, ...]], ...]
    """Squashed nodes with what they replace: the rows of all these stand for the node's own row."""
    known: tuple[Node, ...]
    """Every name that a database may hold of the old history: all files on disk and all that they replace."""
    new_nodes: tuple[Node, ...]
    """The new history in graph order."""
    keep: tuple[Node, ...] = ()
    """Old names that others depend on by name: their rows stay."""
    tolerate: tuple[Node, ...] = ()
    """Rows that no file explains and a person accepted by name."""
    tables: tuple[str, ...] = ()
    """Tables of the project's models: a database that has them but no rows has lost its history."""
    drift: tuple[Node, ...] = ()
    """New migrations on top of `new_nodes`, which every database applies after the switch: their rows are not exchanged."""
    kept: tuple[Node, ...] = ()
    """Old migrations that stay on top of `new_nodes`, with their files and rows: they are of both histories, and the next reset asks before it folds them."""
    replaces: tuple[tuple[Node, tuple[Node, ...]], ...] = ()
    """What each of `new_nodes` replaces by name, where they do: old rows stay, and a plain `migrate` records the new ones."""
    release: str = ""
    """Git commit of the last release with the old history, for databases that are behind."""
    folders: Mapping[str, str] = field(default_factory=dict)
    """Migrations folder of each app, relative to the manifest, for branches whose graph cannot be loaded."""
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Columns of each table that the old history builds; empty where migrations stay on top, which may change them."""

    @property
    def id(self) -> str:
        """The first 16 hexadecimal digits of the content's SHA-256."""
        return _content_id(self._content())

    def to_dict(self) -> dict[str, Any]:
        """The plain dict that the switch reads and the JSON file holds."""
        return {"format": FORMAT, "id": self.id, **self._content()}

    def to_json(self) -> str:
        """Indented JSON with one migration a line, so that a person can review it; ends with a newline."""
        members = (f"  {json.dumps(key)}: {_indented(value, 1)}" for key, value in self.to_dict().items())
        return "{\n" + ",\n".join(members) + "\n}\n"

    def _content(self) -> dict[str, Any]:
        content: dict[str, Any] = {
            "run_id": self.run_id,
            "created": self.created,
            "apps": list(self.apps),
            "old": {
                "nodes": _pairs(self.old_nodes),
                "alt": {node_name(node): _pairs(replaced) for node, replaced in self.alt},
                "known": _pairs(self.known),
            },
            "new": {"nodes": _pairs(self.new_nodes)},
            "keep": _pairs(self.keep),
            "tolerate": _pairs(self.tolerate),
            "tables": list(self.tables),
            "columns": {table: list(names) for table, names in sorted(self.columns.items())},
            "release": {"git": self.release},
        }
        # A manifest without these is the one that it was before there were such members.
        content |= {name: _pairs(nodes) for name, nodes in (("drift", self.drift), ("kept", self.kept)) if nodes}
        if self.replaces:
            content["replaces"] = {node_name(node): _pairs(replaced) for node, replaced in self.replaces}
        return content | ({"folders": dict(sorted(self.folders.items()))} if self.folders else {})


def build(
    *,
    run_id: str,
    created: str,
    apps: Iterable[str],
    old_nodes: Sequence[Node],
    new_nodes: Sequence[Node],
    alt: Mapping[Node, Collection[Node]] | None = None,
    known: Iterable[Node] = (),
    keep: Iterable[Node] = (),
    tolerate: Iterable[Node] = (),
    tables: Iterable[str] = (),
    drift: Sequence[Node] = (),
    kept: Sequence[Node] = (),
    replaces: Mapping[Node, Collection[Node]] | None = None,
    release: str = "",
    folders: Mapping[str, str] | None = None,
    columns: Mapping[str, Iterable[str]] | None = None,
) -> Manifest:
    """Put a manifest together; `known` is widened by all names in `old_nodes` and `alt`.

    Raises NameClashError if a new name was ever used, ValueError if a node is of another app, `keep` names no old
    migration, `replaces` is no partition or the run id does not fit into its 64 characters.
    """
    alternatives = {node: tuple(sorted(replaced)) for node, replaced in (alt or {}).items()}
    names = {*known, *old_nodes, *alternatives}.union(*alternatives.values())
    labels, pinned = set(apps), set(keep)
    if clashes := sorted(names & {*new_nodes, *drift}):
        raise NameClashError(clashes)
    if foreign := sorted(node for node in (*old_nodes, *new_nodes, *drift) if node[0] not in labels):
        raise ValueError(f"{', '.join(map(node_name, foreign))}: of an app that is not part of the reset")
    if lost := sorted(pinned - names):
        raise ValueError(f"{', '.join(map(node_name, lost))}: kept, but not of the old history")
    if replaces and (wrong := _no_partition(replaces, new_nodes)):
        raise ValueError(f"{wrong}: what new migrations replace is no partition of the old ones")
    if not 0 < len(run_id) <= 64:
        raise ValueError(f"the run id {run_id!r} does not have 1 to 64 characters")
    return Manifest(
        run_id=run_id,
        created=created,
        apps=tuple(sorted(labels)),
        old_nodes=tuple(old_nodes),
        alt=tuple(sorted(alternatives.items())),
        known=tuple(sorted(names)),
        new_nodes=tuple(new_nodes),
        keep=tuple(sorted(pinned)),
        tolerate=tuple(sorted(set(tolerate))),
        tables=tuple(sorted(set(tables))),
        drift=tuple(drift),
        kept=tuple(kept),
        replaces=tuple(sorted((node, tuple(old)) for node, old in (replaces or {}).items())),
        release=release,
        folders=dict(folders or {}),
        columns={table: tuple(sorted(names)) for table, names in (columns or {}).items()},
    )


def from_json(text: str) -> Manifest:
    """Read a manifest back. Raises ManifestUnreadableError for another format, a missing part or a changed content."""
    try:
        read = json.loads(text)
        found = read["format"]
        if found != FORMAT:
            raise ManifestUnreadableError(f"the manifest has format {found!r:.50}, this version reads format {FORMAT}")
        old = read["old"]
        manifest = Manifest(
            run_id=read["run_id"],
            created=read["created"],
            apps=tuple(read["apps"]),
            old_nodes=_nodes(old["nodes"]),
            alt=tuple((_node(name), _nodes(replaced)) for name, replaced in old["alt"].items()),
            known=_nodes(old["known"]),
            new_nodes=_nodes(read["new"]["nodes"]),
            keep=_nodes(read["keep"]),
            tolerate=_nodes(read["tolerate"]),
            tables=tuple(read["tables"]),
            drift=_nodes(read.get("drift", ())),
            kept=_nodes(read.get("kept", ())),
            replaces=tuple((_node(name), _nodes(old)) for name, old in read.get("replaces", {}).items()),
            release=read["release"]["git"],
            folders=dict(read.get("folders", {})),
            columns={table: tuple(names) for table, names in read.get("columns", {}).items()},
        )
        _check(manifest, read)
    except ManifestUnreadableError:
        raise
    except RecursionError:
        raise ManifestUnreadableError("this is not a manifest: it is nested too deeply") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ManifestUnreadableError(f"this is not a manifest: {error!r:.200}") from error
    # Of what stands there, not of what became of it: an early one lacks members that later ones have.
    if read.get("id") != (whole := _content_id({key: read[key] for key in read if key not in ("format", "id")})):
        raise ManifestUnreadableError(f"the content was changed: its id is {whole}, not {read.get('id')!r:.50}")
    return manifest


def _check(manifest: Manifest, read: Mapping[str, Any]) -> None:
    """Raise ValueError where it says what was never written: it names files of the project, and may be anybody's."""
    lists = [read["apps"], read["tables"], *read.get("columns", {}).values()]
    nodes = [*manifest.known, *manifest.old_nodes, *manifest.new_nodes, *manifest.keep, *manifest.drift, *manifest.kept]
    for node, replaced in (*manifest.alt, *manifest.replaces):
        nodes += [node, *replaced]
    texts = [manifest.run_id, manifest.created, manifest.release, *manifest.columns, *manifest.folders]
    # What is tolerated are rows that no file explains: they may be called anything.
    texts += [text for found in (*lists, *manifest.tolerate) for text in found]
    names = [*manifest.apps, *manifest.folders, *(part for node in nodes for part in node)]
    if not all(isinstance(found, list) for found in lists) or not all(
        isinstance(text, str) for text in [*texts, *names]
    ):
        raise ValueError("a part of it is of another kind")
    if wrong := [name for name in names if name in ("", ".", "..") or set(name) & _NO_NAME]:
        raise ValueError(f"{wrong[0]!r:.100} is the name of no app or migration")
    if wrong := [place for place in manifest.folders.values() if not _is_below(place)]:
        raise ValueError(f"the folder {wrong[0]!r:.100} lies outside of the project")


def _is_below(place: object) -> bool:
    """Whether a folder is named relative to the manifest, as it was written, whatever the system here thinks of it."""
    if not isinstance(place, str) or set(place) & (_NO_NAME - {"/"}):
        return False
    paths = (PurePosixPath(place), PureWindowsPath(place))
    return not any(path.anchor or ".." in path.parts for path in paths)


def _no_partition(replaces: Mapping[Node, Collection[Node]], new_nodes: Sequence[Node]) -> str:
    """The first migration that replaces nothing, something of another app, or what another one replaces; else empty."""
    seen: set[Node] = set()
    for node in new_nodes:
        parts = set(replaces.get(node, ()))
        if not parts or parts & seen or any(app != node[0] for app, _ in parts):
            return node_name(node)
        seen |= parts
    return ""


def node_name(node: Node) -> str:
    """`app.name`, as Django prints a migration."""
    return f"{node[0]}.{node[1]}"


def _node(name: str) -> Node:
    app, _, migration = name.partition(".")
    return app, migration


def _nodes(pairs: Iterable[Sequence[str]]) -> tuple[Node, ...]:
    return tuple((app, name) for app, name in pairs)


def _pairs(nodes: Iterable[Node]) -> list[list[str]]:
    return [list(node) for node in nodes]


def _content_id(content: Mapping[str, Any]) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def _indented(value: object, depth: int) -> str:
    """JSON with containers of containers spread over lines and flat ones on one line."""
    inner, outer = "  " * (depth + 1), "  " * depth
    if isinstance(value, dict) and value:
        members = (f"{inner}{json.dumps(key)}: {_indented(item, depth + 1)}" for key, item in value.items())
        return "{\n" + ",\n".join(members) + f"\n{outer}}}"
    if isinstance(value, list) and any(isinstance(item, list) for item in value):
        return "[\n" + ",\n".join(f"{inner}{json.dumps(item)}" for item in value) + f"\n{outer}]"
    return json.dumps(value)
