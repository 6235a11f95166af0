"""A dot file may come from anywhere: it is refused with one sentence, quickly, and without a word on stdout."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migwizard.graph.dot_in import DotError, read_graph_models
from migwizard.graph.levels import model_levels

from .files import drawn, foreign_key, text_of

EDGE = foreign_key("a_models_A", "b", "a_models_B")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "does not begin with"),
        ("\x00\xff\ufffe", "does not begin with"),
        ("PK\x03\x04 not text at all", "does not begin with"),
        ("digraph G { a -> b }", "does not begin with"),
        ("graph model_graph { a -- b }", "does not begin with"),
        ("digraph model_graph {", "^this is not the dot language|^Line [0-9]+: this is not the dot language"),
        ("digraph model_graph { a_models_A -> }", "^Line 1: this is not the dot language"),
        ("digraph model_graph {\n a\n b [\n c", "^Line [0-9]+: this is not the dot language"),
        ('digraph model_graph {\n\n a [label="x ]\n}', r"^Line 3: what begins here with \" has no end"),
        ("digraph model_graph {\n a [label=<<b>]\n}", "^Line 2: what begins here with < has no end"),
        ("digraph model_graph {\n /* a }", r"^Line 2: what begins here with /\* has no end"),
        ("digraph model_graph { a }\n}", "^Line 2: graph_models does not nest braces"),
        ("digraph model_graph { " + "{" * 40 + "}" * 41, "^Line 1: graph_models does not nest braces"),
        ("digraph model_graph { a }\ndigraph other { b }", "more than one graph"),
        (drawn('a_models_A [label=""]\n"../../etc/passwd" [label=""]'), "^Line 12: '../../etc/passwd' is not a graph_models"),
        (drawn('"\x1b[31mred"'), r"^Line 11: '\\x1b\[31mred' is not a graph_models node"),
        (drawn("a_models_A:port -> a_models_B"), "is not a graph_models node"),
        (drawn("a_models_A -> {a_models_B a_models_C}"), "is not a graph_models node"),
        (drawn("a" * 301), "is not a graph_models node"),
    ],
)  # fmt: skip
def test_refused_in_one_sentence(text: str, words: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(DotError, match=words) as refused:
        read_graph_models(text)
    message = str(refused.value)
    assert message.endswith(".")
    assert "\n" not in message
    assert message.isprintable()
    assert capfd.readouterr() == ("", "")


def test_line_is_that_of_the_file_behind_comments_and_tables() -> None:
    lines = text_of("bookshop_graph_models.dot").split("\n")
    broken = next(number for number, line in enumerate(lines) if "shop_models_two_Order_Line ->" in line)
    lines[broken] = "  ] " + lines[broken]
    with pytest.raises(DotError, match=f"^Line {broken + 1}: this is not the dot language"):
        read_graph_models("\n".join(lines))


def test_limit_counts_relations() -> None:
    assert len(list(read_graph_models(drawn(EDGE * 3), max_edges=3).edges())) == 1
    with pytest.raises(DotError, match="4 relations, and 3 relations are the limit"):
        read_graph_models(drawn(EDGE * 4), max_edges=3)


@pytest.mark.parametrize(
    "body",
    ["a " * 100_000, "a [b=c]" * 100_000, "a=b;" * 100_000, "x" * 2_000_000],
    ids=["names", "attributes", "assignments", "characters"],
)
def test_what_pydot_would_chew_on_for_long_is_refused_before(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pydot.graph_from_dot_data", lambda text: pytest.fail("was parsed"))
    with pytest.raises(DotError, match="too large"):
        read_graph_models(drawn(body), max_edges=100)


@pytest.mark.parametrize("opening", ['"\\', "/*", "<", '/*<"', '"\\"'])
def test_openings_without_end_are_refused_at_the_first(opening: str) -> None:
    with pytest.raises(DotError, match="has no end"):
        read_graph_models("digraph model_graph {" + opening * 200_000)


def test_pydot_that_breaks_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(text: str) -> None:
        raise AssertionError("deep inside")

    monkeypatch.setattr("pydot.graph_from_dot_data", breaks)
    with pytest.raises(DotError, match="cannot be read"):
        read_graph_models(drawn(EDGE))


def test_field_names_are_printable_and_short() -> None:
    text = drawn(foreign_key("a_models_A", "\x1b[31m" + "f" * 500, "a_models_B"))
    ((_, _, relation),) = read_graph_models(text).edges()
    assert relation.field.isprintable()
    assert len(relation.field) == 100


SIGNS = [
    "->",
    "--",
    "{",
    "}",
    "[",
    "]",
    "<",
    ">",
    '"',
    "\\",
    ";",
    ":",
    "=",
    ",",
    "+",
    "-",
    "//",
    "/*",
    "*/",
    "#",
    "\n",
    "\x00",
]
WORDS = ["a_models_A", "b_models_B", "label", "node", "edge", "graph", "subgraph", "digraph", "strict", "7", "é"]
pieces = st.sampled_from([*SIGNS, *WORDS, EDGE])


@given(st.lists(pieces, max_size=15).map(" ".join))
def test_any_text_is_read_or_refused(body: str) -> None:
    try:
        graph = read_graph_models(f"digraph model_graph {{ {body} }}", max_edges=50)
    except DotError:
        pass
    else:
        assert len(model_levels(graph).of) == len(graph.models)
