"""What has to change in a branch's migrations, and what a person has to know or to do first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from migwizard.engine.later.branching.tree import MigrationFile, Tree, unreadable
from migwizard.engine.staging.unified import unified
from migwizard.errors import UndecidedError
from migwizard.paths import COMPANION
from migwizard.plan import grafts
from migwizard.plan.cut import ancestors
from migwizard.plan.operations import Node
from migwizard.seeds.grafting import CannotGraftError
from migwizard.switch.manifest import Manifest, node_name
from migwizard.words.counting import some

SCHEMA = {
    *("CreateModel", "DeleteModel", "RenameModel", "AlterModelTable", "AlterModelTableComment", "AlterModelOptions"),
    *("AlterModelManagers", "AlterUniqueTogether", "AlterIndexTogether", "AlterOrderWithRespectTo", "AddField"),
    *("RemoveField", "AlterField", "RenameField", "AddIndex", "RemoveIndex", "RenameIndex", "AddConstraint"),
    *("RemoveConstraint", "AlterConstraint"),
}
"""Operations that makemigrations writes; of others nobody can tell what they need."""


@dataclass(frozen=True, slots=True)
class Change:
    """One file as it is and as it will be."""

    path: str
    before: bytes
    after: bytes
    node: Node | None = None
    """None for a file that goes along with migrations."""
    old: tuple[Node, ...] = ()
    """The old migrations that it depended on by name."""

    @property
    def diff(self) -> str:
        before, after = (data.decode(errors="replace") for data in (self.before, self.after))
        return unified(before, after, f"a/{self.path}", f"b/{self.path}")


@dataclass(frozen=True, slots=True)
class Moves:
    """All of it."""

    changes: tuple[Change, ...]
    warnings: tuple[str, ...]
    leaves: Mapping[str, tuple[str, ...]]
    """Apps that end in several migrations then, which Django does not take."""


def plan(root: Path, manifest: Manifest, tree: Tree) -> Moves:
    """Lead what depends on old migrations to the newest new file of their app.

    Raises UndecidedError where a person has to do something first.
    """
    refuse(manifest, tree)
    newest = grafts.heads(tree.new_graph)
    moved = {node: grafts.in_place_of(node, newest) for node in manifest.known}
    graph = dict(tree.new_graph)
    changes, warnings = list[Change](), list[str]()
    for file in _in_order(tree.others):
        assert file.text is not None
        old = tuple(node for node in file.named if node in moved)
        named = [node for node in file.named if node not in moved]
        direct = {*named, *(new for node in old for new in moved[node])}
        more = (
            _spoken_of(file, newest, ancestors(graph, direct)) if _is_of_branch(direct, old, graph, changes) else set()
        )
        graph[file.node] = (*direct, *more)
        if not old and not more:
            continue
        changes.append(Change(file.path, file.data, _grafted(file, moved, more), file.node, old))
        warnings += _warnings(file, old, manifest, newest)
    leaves = _leaves(graph, {change.node[0] for change in changes if change.node})
    changes += _companions(root, manifest, changes, graph, leaves)
    return Moves(tuple(changes), tuple(warnings), leaves)


def _in_order(files: Sequence[MigrationFile]) -> list[MigrationFile]:
    """Each file after those of the others that it names."""
    by_node = {file.node: file for file in files}
    graph = {node: tuple(each for each in file.named if each in by_node) for node, file in by_node.items()}
    placed: dict[Node, MigrationFile] = {}
    for node in by_node:
        for each in sorted(ancestors(graph, [node]), key=lambda each: len(ancestors(graph, [each]))):
            placed.setdefault(each, by_node[each])
    return list(placed.values())


def _is_of_branch(
    direct: Iterable[Node], old: Collection[Node], graph: Mapping[Node, tuple[Node, ...]], changes: Sequence[Change]
) -> bool:
    """Whether a file is led elsewhere, or comes after one that is."""
    led = {change.node for change in changes}
    return bool(old) or bool(led & ancestors(graph, direct))


def _spoken_of(file: MigrationFile, newest: Mapping[str, Node], before: Collection[Node]) -> set[Node]:
    """The newest files of apps that it speaks of and would not come after: an old dependency had led to them too."""
    assert file.text is not None
    words = file.text.words()
    return {node for app, node in newest.items() if app in words and app != file.node[0] and node not in before}


def _grafted(file: MigrationFile, moved: Mapping[Node, tuple[Node, ...]], more: Collection[Node]) -> bytes:
    assert file.text is not None
    try:
        return file.text.graft(moved, more)
    except CannotGraftError as error:
        raise _refused(
            "unreadable",
            f"{file.path} cannot be changed: {error}.",
            'Write its dependencies as a plain list: dependencies = [("app", "name"), ...]',
        ) from error


def _warnings(
    file: MigrationFile, old: Iterable[Node], manifest: Manifest, newest: Mapping[str, Node]
) -> Iterator[str]:
    """What nobody but its author can tell of a migration that was made before the reset."""
    assert file.text is not None
    last = {node[0]: node for node in manifest.old_nodes}
    ends = {part for node, parts in manifest.alt if node in last.values() for part in parts} | set(last.values())
    runs = sorted({"operations" if name == "?" else name for name in file.text.operations()} - SCHEMA)
    for node in old:
        if node[0] not in newest:
            yield f"{node_name(file.node)} depended on {node_name(node)}, and {node[0]} has no new migration: that is taken out."
        elif node not in ends and runs:
            yield (
                f"{node_name(file.node)} was written on top of {node_name(node)}, and comes after {node_name(last[node[0]])} now. "
                f"Look whether its {' and '.join(runs)} still finds every column that it uses."
            )


def refuse(manifest: Manifest, tree: Tree) -> None:
    """Raise UndecidedError with what stands in the way, if there is anything."""
    if broken := [f"{file.path} ({file.problem})" for file in unreadable(tree)]:
        raise _refused(
            "unreadable", f"{some(broken)}: no migration as it is.", "Resolve git's conflicts in it, or mend it."
        )
    if tree.missing:
        raise _refused(
            "new-files",
            f"{some(tree.missing)} of the new history {'is' if len(tree.missing) == 1 else 'are'} not there.",
            "Take what is missing from the branch with the reset: git checkout BRANCH -- PATH",
        )
    known = set(manifest.known)
    for file in tree.others:
        assert file.text is not None
        if before := sorted(known & set(file.text.named("run_before"))):
            raise _refused(
                "run-before",
                f"{file.path} asks to run before {node_name(before[0])}, which is a part of the new files: nothing can come "
                "between.",
                "Take that out of its run_before, if it can come after the new files; else write it anew.",
            )
        if joined := sorted(known & set(file.text.named("replaces"))):
            raise _refused(
                "replaces-old",
                f"{file.path} joins {node_name(joined[0])} and others that the reset has folded already.",
                "Remove this squash; what is not of old migrations in it belongs into a migration of its own.",
            )


def _leaves(graph: Mapping[Node, tuple[Node, ...]], apps: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The apps of the branch that end in several migrations."""
    beneath = {(node[0], parent) for node, before in graph.items() for parent in before}
    ends = {
        app: tuple(name for label, name in graph if label == app and (app, (app, name)) not in beneath) for app in apps
    }
    return {app: tuple(sorted(names)) for app, names in sorted(ends.items()) if len(names) > 1}


def _companions(
    root: Path,
    manifest: Manifest,
    changes: Sequence[Change],
    graph: Mapping[Node, tuple[Node, ...]],
    leaves: Mapping[str, tuple[str, ...]],
) -> Iterator[Change]:
    """max_migration.txt of every app of the branch that has one, where it is clear what it has to say."""
    newest = grafts.heads(graph)
    for app in sorted({change.node[0] for change in changes if change.node} & manifest.folders.keys() - leaves.keys()):
        path = f"{manifest.folders[app]}/{COMPANION}"
        if (root / path).is_file():
            before, after = (root / path).read_bytes(), f"{newest[app][1]}\n".encode()
            if before != after:
                yield Change(path, before, after)


def _refused(code: str, sentence: str, *cures: str) -> UndecidedError:
    return UndecidedError(f"{sentence} Nothing was changed.", code=code, cures=cures)
