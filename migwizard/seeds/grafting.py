"""Lead a migration that stays onto new ones: what it depends on is named otherwise, every other byte stays as it is."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from migwizard.seeds.guard import offset

Node = tuple[str, str]

LISTS = ("dependencies", "run_before", "replaces")
"""Where a migration names others."""
_READ = (*LISTS, "operations")


class CannotGraftError(ValueError):
    """The text does not list what it depends on in a way that can be changed safely; the sentence says what is wrong."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One element of such a list."""

    start: int
    end: int
    """Offsets in characters."""
    node: Node | None
    """What it names; None where that shows only when it is run, as of a swappable dependency."""


class Grafted:
    """A migration as text, with the lists in which it names others."""

    def __init__(self, data: bytes) -> None:
        """Raises CannotGraftError where it is no migration that can be read."""
        self._encoding, self._text = _decoded(data)
        try:
            self._tree = ast.parse(self._text)
        except (SyntaxError, ValueError) as error:
            raise CannotGraftError(f"it cannot be parsed: {error}") from error
        self._values = dict(_values(_migration(self._tree)))

    def named(self, where: str = "dependencies") -> list[Node]:
        """The migrations that a list spells out; none where there is no such list."""
        value = self._values.get(where)
        return [entry.node for entry in self._entries(value) if entry.node] if value is not None else []

    def words(self) -> set[str]:
        """Every text and name in it, to tell of what it may speak."""
        found = {
            node.value
            for node in ast.walk(self._tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        return {word for text in found for word in re.findall(r"\w+", text)}

    def operations(self) -> list[str]:
        """The classes of its operations: "AddField", "RunPython"; "?" for what shows only when it is run."""
        value = self._values.get("operations")
        if not isinstance(value, (ast.List, ast.Tuple)):
            return ["?"] if value is not None else []
        return [_called(element) for element in value.elts]

    def graft(self, moved: Mapping[Node, Sequence[Node]], more: Collection[Node] = (), why: str = "") -> bytes:
        """The text with other dependencies: each of `moved` gives way to what stands for it, and `more` are added.

        `why` becomes a comment above those that are added, where each has a line of its own. What is there already is not added again. Raises CannotGraftError where they are not listed in plain sight.
        """
        value = self._values.get("dependencies")
        changes = {
            entry: moved[entry.node] for entry in self._entries(value) if entry.node is not None and entry.node in moved
        }
        if not changes and not more:
            return self._text.encode(self._encoding)
        if not isinstance(value, (ast.List, ast.Tuple)):
            raise CannotGraftError("its dependencies are not written as a list")
        entries = self._entries(value)
        there = {entry.node for entry in entries if entry not in changes}
        edits = []
        for entry in entries:
            if entry in changes:
                fresh = [node for node in dict.fromkeys(changes[entry]) if node not in there]
                there.update(fresh)
                edits.append(self._replacement(entries, entry, fresh))
        if added := sorted(set(more) - there):
            edits.append(self._addition(value, entries, edits, added, why))
        text = self._text
        for start, end, new in sorted(edits, reverse=True):
            text = text[:start] + new + text[end:]
        _check(self._text, text)
        return text.encode(self._encoding)

    def _entries(self, value: ast.expr | None) -> list[Entry]:
        elements = value.elts if isinstance(value, (ast.List, ast.Tuple)) else []
        return [Entry(*self._span(element), _node(element)) for element in elements]

    def _span(self, node: ast.expr) -> tuple[int, int]:
        assert node.end_lineno is not None and node.end_col_offset is not None
        return (
            offset(self._text, node.lineno, node.col_offset),
            offset(self._text, node.end_lineno, node.end_col_offset),
        )

    def _replacement(self, entries: Sequence[Entry], entry: Entry, nodes: Sequence[Node]) -> tuple[int, int, str]:
        """An edit that puts `nodes` in place of an entry, which goes with its comma where there are none."""
        if nodes:
            return entry.start, entry.end, self._joined(nodes, entry)
        place = entries.index(entry)
        after = re.compile(r"\s*,").match(self._text, entry.end)
        end = after.end() if after else entry.end
        line = self._line_start(entry.start)
        rest = re.compile(r"[ \t]*(\r\n|\r|\n)").match(self._text, end)
        if rest and not self._text[line : entry.start].strip():
            return line, rest.end(), ""
        if place + 1 < len(entries) and not rest:
            return entry.start, entries[place + 1].start, ""
        return entry.start, end, ""

    def _addition(
        self,
        value: ast.expr,
        entries: Sequence[Entry],
        edits: Sequence[tuple[int, int, str]],
        nodes: Sequence[Node],
        why: str,
    ) -> tuple[int, int, str]:
        """An edit that puts `nodes` behind the last entry."""
        gone = {start for start, _, new in edits if not new}
        left = [entry for entry in entries if entry.start not in gone and self._line_start(entry.start) not in gone]
        if left:
            last, separator = left[-1], self._separator(left[-1])
            comment = f"# {why}{separator[1:]}" if why and separator[1:].strip(" ") else ""
            return last.end, last.end, separator + comment + self._joined(nodes, last)
        start, end = self._span(value)
        if self._text[start] not in "[(":
            raise CannotGraftError("its dependencies are not written as a list")
        if gap := re.fullmatch(r"\s*?(\r\n|\r|\n)([ \t]*)", self._text[start + 1 : end - 1]):
            # As Django writes an empty list: what comes in gets lines like those of any other.
            line = f"{gap[1]}{gap[2]}    "
            comment = f"{line}# {why}" if why else ""
            return start + 1, start + 1, comment + "".join(f"{line}{self._spelled(node)}," for node in nodes)
        return (
            start + 1,
            start + 1,
            ", ".join(map(self._spelled, nodes)) + ("," if entries or self._text[start] == "(" else ""),
        )

    def _joined(self, nodes: Sequence[Node], beside: Entry) -> str:
        return self._separator(beside).join(map(self._spelled, nodes))

    def _separator(self, beside: Entry) -> str:
        """What stands between entries: as here each has a line of its own or not."""
        line = self._line_start(beside.start)
        indent = self._text[line : beside.start]
        if indent.strip():
            return ", "
        newline = re.search(r"\r\n|\r|\n", self._text)
        return f",{newline[0] if newline else ''}{indent}"

    def _line_start(self, place: int) -> int:
        return max(self._text.rfind(mark, 0, place) for mark in "\r\n") + 1

    def _spelled(self, node: Node) -> str:
        quote = self._quote()
        return f"({quote}{node[0]}{quote}, {quote}{node[1]}{quote})"

    def _quote(self) -> str:
        """The quote that the file uses for what it depends on."""
        entries = [entry for name in LISTS for entry in self._entries(self._values.get(name)) if entry.node]
        marks = [mark for entry in entries for mark in re.findall(r"['\"]", self._text[entry.start : entry.end])]
        return marks[0] if marks else '"'


def _decoded(data: bytes) -> tuple[str, str]:
    """(encoding, text); a byte order mark comes back when the text is encoded."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return encoding, data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError) as error:
        raise CannotGraftError(f"it cannot be read: {error}") from error


def _migration(tree: ast.Module) -> ast.ClassDef:
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Migration"]
    if len(classes) != 1:
        raise CannotGraftError("it does not define one class Migration")
    return classes[0]


def _values(migration: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    """The lists of a migration, by name."""
    for statement in migration.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        value = getattr(statement, "value", None)
        for target in targets:
            if isinstance(target, ast.Name) and target.id in _READ and isinstance(value, ast.expr):
                yield target.id, value


def _called(element: ast.expr) -> str:
    function = element.func if isinstance(element, ast.Call) else None
    return function.attr if isinstance(function, ast.Attribute) else str(getattr(function, "id", "?"))


def _node(element: ast.expr) -> Node | None:
    parts = element.elts if isinstance(element, (ast.Tuple, ast.List)) else []
    texts = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return (texts[0], texts[1]) if len(texts) == len(parts) == 2 else None


def _check(before: str, after: str) -> None:
    """Nothing but the dependencies may be another thing now."""
    if _without_dependencies(before) != _without_dependencies(after):
        raise CannotGraftError("more than its dependencies would change")


def _without_dependencies(text: str) -> str:
    tree = ast.parse(text)
    value = dict(_values(_migration(tree))).get("dependencies")
    if isinstance(value, (ast.List, ast.Tuple)):
        value.elts = []
    return ast.dump(tree)
