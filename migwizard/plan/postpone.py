"""Whole models instead of relations that come later.

A file takes all that can come, and so it makes tables whose relations have to be added in a later file of the app. Where
nobody needs such a table before, it comes in that later file as a whole: one statement, one place to read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migwizard.plan.operations import Operation

if TYPE_CHECKING:
    from migwizard.plan.packing import Board


@dataclass(frozen=True, slots=True)
class File:
    """What one new migration of an app holds."""

    app: str
    operations: tuple[str, ...]


def parted(board: Board, files: Sequence[File]) -> list[Operation]:
    """The relations that come in another file than their model."""
    home = _homes(files)
    makers = {op.of_model: op for op in board.operations if op.makes_model}
    return [
        op
        for op in board.operations
        if op.kind == "AddField" and op.of_model in makers and home[op.id] != home[makers[op.of_model].id]
    ]


def waiting(board: Board, files: Sequence[File]) -> int:
    """How many things come in a later file of their app than its first: parts of models, and models as a whole."""
    home = _homes(files)
    first: dict[str, int] = {}
    for place, file in enumerate(files):
        first.setdefault(file.app, place)
    whole = {(op.of_model, home[op.id]) for op in board.operations if op.makes_model}
    return sum(
        home[op.id] != first[op.app] and (op.makes_model or (op.of_model, home[op.id]) not in whole)
        for op in board.operations
    )


def postpone(board: Board, files: Sequence[File]) -> list[File]:
    """The same files with every model moved to where its relations can be, as far as nobody needs it before.

    Models that point to a moved one move along. No file becomes empty, and a swappable model stays in the first file of
    its app.
    """
    home = _homes(files)
    sizes = [len(file.operations) for file in files]
    mover = _Mover(board, home, sizes)
    moved = True
    while moved:
        late = {op.of_model for op in parted(board, _as_files(files, home, board))}
        moved = sum(mover.move(model) for model in sorted(late)) > 0
    return _as_files(files, home, board)


def _homes(files: Sequence[File]) -> dict[str, int]:
    return {key: place for place, file in enumerate(files) for key in file.operations}


def _as_files(files: Sequence[File], home: dict[str, int], board: Board) -> list[File]:
    """The files with the operations that are at home in them, in the autodetector's order."""
    inside: list[list[str]] = [[] for _ in files]
    for op in board.operations:
        inside[home[op.id]].append(op.id)
    return [File(file.app, tuple(keys)) for file, keys in zip(files, inside, strict=True)]


class _Mover:
    """Moves models from file to file."""

    def __init__(self, board: Board, home: dict[str, int], sizes: list[int]) -> None:
        self._board = board
        self._home = home
        self._sizes = sizes
        self._by_id = board.by_id
        self._of_model: dict[tuple[str, str], list[Operation]] = {}
        self._needed_by: dict[str, list[str]] = {}
        for op in board.operations:
            self._of_model.setdefault(op.of_model, []).append(op)
            for need in op.needs & self._by_id.keys():
                self._needed_by.setdefault(need, []).append(op.id)

    def move(self, model: tuple[str, str]) -> bool:
        """Move a model to the last file in which a relation of it comes, else to one before; whether it moved."""
        operations = self._of_model[model]
        here = min(self._home[op.id] for op in operations if op.makes_model)
        later = {self._home[op.id] for op in operations if op.kind == "AddField"}
        return any(self._move_to(place, operations) for place in sorted(later, reverse=True) if place > here)

    def _move_to(self, place: int, operations: Iterable[Operation]) -> bool:
        group = self._with_dependents(place, operations)
        if any(self._by_id[key].app != self._by_id[next(iter(group))].app for key in group):
            return False
        if any(self._board.is_target(key) or self._is_wanted(key, place) for key in group):
            return False
        taken: dict[int, int] = {}
        for key in group:
            taken[self._home[key]] = taken.get(self._home[key], 0) + 1
        if any(self._sizes[file] == count for file, count in taken.items()):
            return False
        for key in group:
            self._sizes[self._home[key]] -= 1
            self._sizes[place] += 1
            self._home[key] = place
        return True

    def _with_dependents(self, place: int, operations: Iterable[Operation]) -> set[str]:
        """The operations that come before `place`, with all others before it that need them and the rest of their models."""
        group: set[str] = set()
        waiting = [op.id for op in operations if self._home[op.id] < place]
        while waiting:
            key = waiting.pop()
            if key in group:
                continue
            group.add(key)
            waiting += [other for other in self._needed_by.get(key, ()) if self._home[other] < place]
        return group

    def _is_wanted(self, key: str, place: int) -> bool:
        """Whether a third party wants the operation before something that comes in the file or before it."""
        return any(self._home[other] <= place for other in self._board.behind_third_party(key))
