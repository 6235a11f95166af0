"""The migration files of a tree as text. No code of the project is run: its graph cannot be loaded as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from migwizard.engine.swapping.projectfiles import sources
from migwizard.plan.operations import Node
from migwizard.seeds.grafting import CannotGraftError, Grafted
from migwizard.switch.manifest import Manifest


@dataclass(frozen=True, slots=True)
class MigrationFile:
    """One file; without a text it cannot be read as a migration, and `problem` says why."""

    path: str
    """Relative to the project."""
    node: Node
    data: bytes
    text: Grafted | None
    problem: str = ""

    @property
    def named(self) -> list[Node]:
        """What it depends on, as far as it spells it out."""
        return self.text.named() if self.text else []


@dataclass(slots=True)
class Tree:
    """All of them, by what the manifest knows."""

    new: dict[Node, MigrationFile] = field(default_factory=dict)
    """Of the new history."""
    old: list[MigrationFile] = field(default_factory=list)
    """Of the old history, and not gone."""
    others: list[MigrationFile] = field(default_factory=list)
    """Of neither: a branch's own, what came after the reset, what was kept on top."""
    missing: list[str] = field(default_factory=list)
    """Files of the new history that are not there."""

    @property
    def new_graph(self) -> dict[Node, tuple[Node, ...]]:
        """What each new file names."""
        return {node: tuple(file.named) for node, file in self.new.items()}


def read_tree(root: Path, manifest: Manifest) -> Tree:
    """Read the folders that the manifest names, and every other file below `root` that depends on an old migration."""
    found, known = Tree(), set(manifest.known)
    new = {*manifest.new_nodes, *manifest.drift}
    folders = {(root / folder).resolve(): label for label, folder in manifest.folders.items()}
    for path in sorted(sources(root, (".py",))):
        label = folders.get(path.parent.resolve())
        if path.name[0] in "_~" or (label is None and not _may_depend(path, manifest)):
            continue
        file = _read(root, path, label)
        if label is None:
            # An app that the reset did not know: only what is led elsewhere matters.
            found.others += [file] if file.text and known & {*file.named, *file.text.named("run_before")} else []
        elif file.node in new:
            found.new[file.node] = file
        elif file.node in known:
            found.old.append(file)
        else:
            found.others.append(file)
    found.missing = [f"{manifest.folders.get(app, app)}/{name}.py" for app, name in sorted(new - found.new.keys())]
    return found


def _may_depend(path: Path, manifest: Manifest) -> bool:
    """A quick look, before anything is parsed."""
    data = path.read_bytes()
    return b"class Migration" in data and any(label.encode() in data for label in manifest.apps)


def _read(root: Path, path: Path, label: str | None) -> MigrationFile:
    name, data = path.relative_to(root).as_posix(), path.read_bytes()
    node = (label or path.parent.parent.name, path.stem)
    try:
        return MigrationFile(name, node, data, Grafted(data))
    except CannotGraftError as error:
        return MigrationFile(name, node, data, None, str(error))


def unreadable(tree: Tree) -> Iterator[MigrationFile]:
    """The files of the project's apps that are no migrations as they are."""
    yield from (file for file in (*tree.new.values(), *tree.others) if file.text is None)
