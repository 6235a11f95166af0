"""Dependencies named otherwise, and every other byte as it was."""

from __future__ import annotations

import pytest

from migwizard.seeds.grafting import CannotGraftError, Grafted

MOVED = {("shop", "0003_x"): (("shop", "0001_new"),), ("gone", "0001_x"): ()}


def grafted(dependencies: str, *more: tuple[str, str]) -> str:
    text = f"from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    dependencies = {dependencies}\n    operations = []\n"
    data = Grafted(text.encode()).graft(MOVED, more).decode()
    start, end = text.index("dependencies = ") + 15, text.index("\n    operations")
    assert (data[:start], data[len(data) - len(text[end:]) :]) == (text[:start], text[end:])
    return data[start : len(data) - len(text[end:])]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('[("shop", "0003_x")]', '[("shop", "0001_new")]'),
        ("[('shop', '0003_x'), ('a', 'b')]", "[('shop', '0001_new'), ('a', 'b')]"),
        ('[["shop", "0003_x"]]', '[("shop", "0001_new")]'),
        (
            '[\n        ("shop", "0003_x"),  # why\n        ("a", "b"),\n    ]',
            '[\n        ("shop", "0001_new"),  # why\n        ("a", "b"),\n    ]',
        ),
        ('[("gone", "0001_x"), ("a", "b")]', '[("a", "b")]'),
        ('[("a", "b"), ("gone", "0001_x")]', '[("a", "b"), ]'),
        ('[\n        ("a", "b"),\n        ("gone", "0001_x"),\n    ]', '[\n        ("a", "b"),\n    ]'),
        ('[\n        ("gone", "0001_x")\n    ]', "[\n    ]"),
        ('[("shop", "0003_x"), ("shop", "0001_new")]', '[("shop", "0001_new")]'),
        (
            "[migrations.swappable_dependency(x), ('a', '__first__')]",
            "[migrations.swappable_dependency(x), ('a', '__first__')]",
        ),
        ('(("shop", "0003_x"),)', '(("shop", "0001_new"),)'),
        ("[]", "[]"),
    ],
)
def test_old_ones_give_way(before: str, after: str) -> None:
    assert grafted(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[]", '[("p", "1"), ("q", "2")]'),
        ('[("a", "b")]', '[("a", "b"), ("p", "1"), ("q", "2")]'),
        ("[('a', 'b'),]", "[('a', 'b'), ('p', '1'), ('q', '2'),]"),
        (
            '[\n        ("a", "b"),  # why\n    ]',
            '[\n        ("a", "b"),\n        ("p", "1"),\n        ("q", "2"),  # why\n    ]',
        ),
        ('[("p", "1"), ("q", "2")]', '[("p", "1"), ("q", "2")]'),
        ('[\n        ("gone", "0001_x"),\n    ]', '[("p", "1"), ("q", "2"),\n    ]'),
        ("[\n    ]", '[\n        ("p", "1"),\n        ("q", "2"),\n    ]'),
    ],
)
def test_others_are_added_behind(before: str, after: str) -> None:
    assert grafted(before, ("p", "1"), ("q", "2")) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[\n    ]", '[\n        # so\n        ("p", "1"),\n    ]'),
        ('[\n        ("a", "b"),\n    ]', '[\n        ("a", "b"),\n        # so\n        ("p", "1"),\n    ]'),
        ('[("a", "b")]', '[("a", "b"), ("p", "1")]'),
    ],
)
def test_a_reason_stands_above_what_is_added(before: str, after: str) -> None:
    text = f"class Migration:\n    dependencies = {before}\n    operations = []\n"
    assert Grafted(text.encode()).graft({}, [("p", "1")], "so").decode() == text.replace(before, after)


def test_two_old_ones_of_an_app_become_one() -> None:
    both = MOVED | {("shop", "0002_x"): (("shop", "0001_new"),)}
    text = b'class Migration:\n    dependencies = [\n        ("shop", "0002_x"),\n        ("shop", "0003_x"),\n    ]\n'
    assert (
        Grafted(text).graft(both) == b'class Migration:\n    dependencies = [\n        ("shop", "0001_new"),\n    ]\n'
    )


@pytest.mark.parametrize(
    "data",
    [
        "\ufeffclass Migration:\n    x = 'ä'\n    dependencies = [('shop', '0003_x')]  # ö\n".encode(),
        "# -*- coding: latin-1 -*-\nclass Migration:\n    x = 'ä'; dependencies = [('shop', '0003_x')]\n".encode(
            "latin-1"
        ),
        b"class Migration:\r\n    dependencies = [\r\n        ('shop', '0003_x'),\r\n    ]\r\n",
    ],
    ids=["byte order mark", "latin-1", "carriage returns"],
)
def test_encoding_and_line_ends_stay(data: bytes) -> None:
    assert Grafted(data).graft(MOVED) == data.replace(b"0003_x", b"0001_new")


def test_line_ends_of_what_is_added_are_those_of_the_file() -> None:
    data = b"class Migration:\r\n    dependencies = [\r\n        ('a', 'b'),\r\n    ]\r\n"
    assert Grafted(data).graft({}, [("p", "1")]) == data.replace(b"'b'),", b"'b'),\r\n        ('p', '1'),")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("class Migration(:\n", "cannot be parsed"),
        ("class Other:\n    pass\n", "does not define one class Migration"),
        ("class Migration:\n    operations = []\n", "not written as a list"),
        ("class Migration:\n    dependencies = list(D)\n", "not written as a list"),
    ],
)
def test_what_cannot_be_changed_safely_is_left(text: str, why: str) -> None:
    with pytest.raises(CannotGraftError, match=why):
        Grafted(text.encode()).graft(MOVED, [("p", "1")])


def test_what_it_names_and_calls_and_speaks_of() -> None:
    migration = Grafted(
        b'class Migration:\n    run_before = [("t", "1")]\n    dependencies = [("a", "b"), swap(x)]\n'
        b'    operations = [migrations.RunPython(lambda apps, _: apps.get_model("shop.Item")), AddField(1)]\n'
    )
    assert (migration.named(), migration.named("run_before"), migration.named("replaces")) == (
        [("a", "b")],
        [("t", "1")],
        [],
    )
    assert migration.operations() == ["RunPython", "AddField"]
    assert Grafted(b"class Migration:\n    operations = [*more, own.Do(), x]\n").operations() == ["?", "Do", "?"]
    assert {"shop", "Item"} <= migration.words()
