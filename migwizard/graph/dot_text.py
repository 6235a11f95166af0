"""The text of a dot file before it is parsed: what is refused at once, and what the parser need not see.

The file may come from anywhere, and pydot takes milliseconds per statement and exponential time in the depth of
braces. So one linear pass drops comments and tables of fields, counts relations, and refuses what would take too long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# digraph { subgraph cluster_app { ... } } is all that graph_models writes; one more does no harm.
_MAX_DEPTH = 3
# Per relation that is allowed. graph_models writes nine words for a relation and two for a model.
_WORDS = 12
_CHARACTERS = 10_000

_OPENING = re.compile(r'//|/\*|#|"|->|[<{}]')
_REST_OF_STRING = re.compile(r'[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_ANGLE = re.compile(r"[<>]")
_HEADER = re.compile(r'\s*(?:strict\s+)?digraph\s+"?model_graph"?\s*\{', re.IGNORECASE)
_WORD = re.compile(r"\w+")
# In a model's label: Order<BR/>&lt;<FONT ...><I>Tracked,Owned</I></FONT>&gt;
_ABSTRACT_BASES = re.compile(r"&lt;(?:<[^<>]*>)*([\w,]+)(?:</[^<>]*>)*&gt;")


class DotError(Exception):
    """A dot file that cannot be used; the message is one sentence for the person, with the line where it is known."""


def line_of(text: str, position: int) -> int:
    """The line of a character position, counted from 1."""
    return text.count("\n", 0, position) + 1


def essential(text: str, max_edges: int) -> str:
    """The text without comments, and with every HTML label reduced to a string of the abstract bases that it names.

    Line numbers stay as they are. Raises DotError when the text is not from graph_models, is broken, or too large.
    """
    if len(text) > max_edges * _CHARACTERS:
        raise _too_large(f"{len(text):,} characters", max_edges)
    kept: list[str] = []
    end, depth, edges = 0, 0, 0
    for start, stop in _tokens(text):
        token = text[start:stop]
        kept.append(text[end:start])
        kept.append(_replacement(token))
        end = stop
        edges += token == "->"
        depth += (token == "{") - (token == "}")
        if not 0 <= depth <= _MAX_DEPTH:
            raise DotError(f"Line {line_of(text, start)}: graph_models does not nest braces like this.")
    kept.append(text[end:])
    reduced = "".join(kept)
    if not _HEADER.match(reduced):
        raise DotError("This is not a dot file of graph_models: it does not begin with “digraph model_graph {”.")
    if edges > max_edges:
        raise _too_large(f"{edges:,} relations", max_edges)
    if sum(1 for _ in _WORD.finditer(reduced)) > _WORDS * max_edges + 200:
        raise _too_large("too many statements", max_edges)
    return reduced


def _tokens(text: str) -> Iterator[tuple[int, int]]:
    """Spans of comments, strings, HTML labels, arrows and braces; each is looked for only after the one before."""
    position = 0
    while opening := _OPENING.search(text, position):
        start = opening.start()
        position = _end_of_token(text, start, opening.group())
        yield start, position


def _end_of_token(text: str, start: int, opening: str) -> int:
    after = start + len(opening)
    if opening in {"//", "#"}:
        newline = text.find("\n", after)
        return len(text) if newline < 0 else newline
    if opening == "/*":
        close = text.find("*/", after)
        end = -1 if close < 0 else close + 2
    elif opening == '"':
        closed = _REST_OF_STRING.match(text, after)
        end = closed.end() if closed else -1
    elif opening == "<":
        end = _end_of_html(text, after)
    else:
        return after
    if end < 0:
        raise DotError(f"Line {line_of(text, start)}: what begins here with {opening} has no end.")
    return end


def _end_of_html(text: str, after: int) -> int:
    depth = 1
    for angle in _ANGLE.finditer(text, after):
        depth += 1 if angle.group() == "<" else -1
        if not depth:
            return angle.end()
    return -1


def _replacement(token: str) -> str:
    if token.startswith(("//", "/*", "#")):
        return " " + "\n" * token.count("\n")
    if token.startswith("<"):
        bases = _ABSTRACT_BASES.search(token)
        return f'"{bases.group(1) if bases else ""}"' + "\n" * token.count("\n")
    return token


def _too_large(what: str, max_edges: int) -> DotError:
    return DotError(
        f"This dot file is too large ({what}, and {max_edges:,} relations are the limit): "
        "read the graph from the project's own models instead."
    )
