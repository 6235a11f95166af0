"""Diff rows: nothing is lost, what waits stands where it was, and long files take no time to speak of."""

from __future__ import annotations

import random
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from migwizard.engine.previews import DiffRow, StagedFile, Waiting
from migwizard.engine.staging.aligning import align
from migwizard.engine.staging.diffing import GUARD, diff_rows
from migwizard.engine.staging.unified import changed_lines, saved_diff, unified
from migwizard.engine.staging.waiting_lines import outline, split_lines
from migwizard.seeds.guard import add_guard

BACK = "orders/0002_reset_links"
ORDERS = """\
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('products', '0001_reset_initial'),
        ('shipment', '__first__'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.BigAutoField(primary_key=True)),
                ('courier', models.ForeignKey(to='shipment.courier')),
                ('total', models.IntegerField(
                    default=0,
                )),
                ('parcel', models.ForeignKey(
                    to='shipment.parcel',
                )),
            ],
            options={
                'unique_together': {('courier', 'total')},
                'indexes': [models.Index(fields=['total'], name='total_idx'), models.Index(fields=['parcel'], name='p_idx')],
            },
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.UniqueConstraint(fields=('parcel',), name='one_parcel'),
        ),
    ]
"""


def waits(what: str, *parts: str, place: str = BACK, level: int = 3, settings: tuple[str, ...] = ()) -> Waiting:
    return Waiting(what, parts, ("shipment",), place, level, settings)


COURIER = waits("orders.order.courier", "order field courier")
PARCEL = waits("orders.order.parcel", "order field parcel")
TOGETHER = waits("orders.order.unique_together", "order unique_together")
INDEX = waits("orders.order.p_idx", "order indexes p_idx")
PARCELS = waits("orders.order.one_parcel", "order constraints one_parcel")


def without(text: str, *gone: str) -> str:
    for piece in gone:
        assert piece in text
        text = text.replace(piece, "")
    return text


def check(literal: Sequence[str], written: str, rows: Sequence[DiffRow]) -> None:
    """Both texts can be read off the rows, and what is not equal says so."""
    left = [line for text in literal for line in split_lines(text)]
    assert [(row.left_number, row.left) for row in rows if row.left_number] == list(enumerate(left, 1))
    assert [(r.right_number, r.right) for r in rows if r.right_number] == list(enumerate(split_lines(written), 1))
    sides = {"equal": (True, True), "out": (True, False), "waits": (True, False), "in": (False, True)}
    for row in rows:
        assert (bool(row.left_number), bool(row.right_number)) == sides.get(row.kind, (False, False))
        assert row.kind != "equal" or row.left == row.right


def waiting_text(rows: Sequence[DiffRow]) -> list[str]:
    return [row.left.strip() for row in rows if row.kind == "waits"]


def test_what_waits_stands_in_its_place_with_the_file_in_which_it_returns() -> None:
    written = without(
        ORDERS,
        "        ('shipment', '__first__'),\n",
        "                ('courier', models.ForeignKey(to='shipment.courier')),\n",
    )
    rows = diff_rows([("0001_initial", ORDERS)], written, [COURIER])
    check([ORDERS], written, rows)
    assert waiting_text(rows) == [
        "('shipment', '__first__'),",
        "('courier', models.ForeignKey(to='shipment.courier')),",
    ]
    assert {row.kind for row in rows} == {"equal", "waits", "returns"}
    place = next(number for number, row in enumerate(rows) if row.kind == "waits")
    assert rows[place - 1].left.strip() == "('products', '0001_reset_initial'),"
    assert rows[place + 1].note == f"returns in {BACK}, level 3"
    assert {row.target for row in rows if row.kind in ("waits", "returns")} == {BACK}


def test_all_lines_of_a_part_wait() -> None:
    rows = diff_rows([("0001_initial", ORDERS)], ORDERS, [PARCEL, PARCELS])
    assert waiting_text(rows) == [
        "('parcel', models.ForeignKey(",
        "to='shipment.parcel',",
        ")),",
        "migrations.AddConstraint(",
        "model_name='order',",
        "constraint=models.UniqueConstraint(fields=('parcel',), name='one_parcel'),",
        "),",
    ]


def test_a_line_that_is_shared_waits_and_comes_in_as_it_is_now() -> None:
    index = "models.Index(fields=['parcel'], name='p_idx')"
    written = ORDERS.replace(f", {index}", "")
    rows = diff_rows([("0001_initial", ORDERS)], written, [INDEX])
    check([ORDERS], written, rows)
    assert next(line for line in waiting_text(rows) if "shipment" not in line).startswith("'indexes'")
    assert next(row.right.strip() for row in rows if row.kind == "in").startswith(
        "'indexes': [models.Index(fields=['total']"
    )


def test_options_that_all_wait_go_with_their_braces() -> None:
    total = waits("orders.order.total_idx", "order indexes total_idx")
    rows = diff_rows([("0001_initial", ORDERS)], ORDERS, [TOGETHER, INDEX, total])
    lines = waiting_text(rows)
    assert (lines[0], lines[-1], len(lines)) == ("options={", "},", 4)


def test_options_of_which_one_stays_keep_their_braces() -> None:
    rows = diff_rows([("0001_initial", ORDERS)], ORDERS, [TOGETHER])
    assert "options={" not in waiting_text(rows)


def test_a_part_without_a_line_is_named() -> None:
    ghost = waits("orders.order.ghost", "order field ghost", place="orders/0003_reset", level=7)
    rows = diff_rows([("0001_initial", ORDERS)], ORDERS, [ghost])
    assert rows[-1].kind == "returns"
    assert "orders.order.ghost" in rows[-1].note
    assert "orders/0003_reset, level 7" in rows[-1].note


def test_a_dependency_that_was_written_too_does_not_wait() -> None:
    rows = diff_rows([("0001_initial", ORDERS)], ORDERS, [COURIER])
    assert waiting_text(rows) == ["('courier', models.ForeignKey(to='shipment.courier')),"]


def test_a_swappable_dependency_waits_where_its_model_does() -> None:
    swapped = waits("orders.order.owner", "order field owner", settings=("AUTH_USER_MODEL",))
    written = without(ORDERS, "        migrations.swappable_dependency(settings.AUTH_USER_MODEL),\n")
    rows = diff_rows([("0001_initial", ORDERS)], written, [swapped])
    assert waiting_text(rows) == ["migrations.swappable_dependency(settings.AUTH_USER_MODEL),"]


def test_returns_are_told_once_for_neighbours_and_apart_for_different_files() -> None:
    other = waits("orders.order.total", "order field total", place="orders/0003_reset", level=5)
    rows = diff_rows([("0001_initial", ORDERS)], ORDERS, [COURIER, other])
    kinds = [row.kind for row in rows if row.kind in ("waits", "returns")]
    assert kinds == ["waits", "returns", "waits", "waits", "waits", "returns"]


def test_lines_that_go_out_are_not_torn_apart_by_what_waits_between() -> None:
    alter = "        migrations.AlterUniqueTogether(\n            name='order',\n            unique_together={('a',)},\n        ),\n"
    literal = ORDERS.replace("    ]\n", "@", 1).replace("    ]\n", f"{alter}    ]\n").replace("@", "    ]\n")
    constraint = ORDERS[ORDERS.index("        migrations.AddConstraint") : ORDERS.rindex("    ]")]
    written = without(ORDERS, constraint)
    rows = diff_rows([("0001_initial", literal)], written, [PARCELS])
    check([literal], written, rows)
    out = [row for row in rows if row.kind == "out"]
    assert "".join(f"{row.left}\n" for row in out) == alter


def test_our_guard_is_named_where_it_was_added() -> None:
    written = add_guard(ORDERS, labels=["orders"], keep=[])
    rows = diff_rows([("0001_initial", ORDERS)], written, [])
    check([ORDERS], written, rows)
    assert [row.left for row in rows if row.kind not in ("equal", "in")] == ["    initial = True"]
    assert all(row.note == GUARD for row in rows if row.kind != "equal")


def test_a_second_literal_file_is_announced() -> None:
    rows = diff_rows([("0001_initial", ORDERS), ("0002_more", "a = 1\nb = 2\n")], ORDERS, [])
    check([ORDERS, "a = 1\nb = 2\n"], ORDERS, rows)
    assert [row.note for row in rows if row.left == "a = 1"] == [
        "makemigrations would begin another file here: 0002_more"
    ]


def test_nothing_written_alone_and_broken_texts_are_shown_all_the_same() -> None:
    assert {row.kind for row in diff_rows([], ORDERS, [])} == {"in"}
    broken = "class Migration(:\n    (\n"
    check([broken], ORDERS, diff_rows([("0001", broken)], ORDERS, [COURIER]))


def test_form_feeds_end_no_line() -> None:
    text = "a = 1\n\x0c\nb = '\u2028'\n"
    assert split_lines(text) == ["a = 1", "\x0c", "b = '\u2028'"]
    check([text], text, diff_rows([("0001", text)], text, []))


LINES = st.lists(st.sampled_from(["a", "b", "c", "        ),", "x = 1", ""]), max_size=25)


@given(LINES, LINES)
def test_any_two_texts_can_be_read_off_their_rows(old: list[str], new: list[str]) -> None:
    left, right = ("".join(f"{line}\n" for line in lines) for lines in (old, new))
    check([left], right, diff_rows([("0001", left)], right, []))


@given(st.data())
def test_whatever_waits_is_shown_or_named(data: st.DataObject) -> None:
    names = data.draw(st.lists(st.sampled_from("abcdefgh"), unique=True, min_size=1))
    waiting = data.draw(st.sets(st.sampled_from(names)))
    merged = data.draw(st.sets(st.sampled_from(names)))

    def text(kept: Sequence[str]) -> str:
        fields = "".join(f"        ('{name}', models.X()),\n" for name in kept if name in merged)
        added = "".join(
            f"        migrations.AddField(\n            model_name='m',\n            name='{name}',\n            field=models.X(),\n        ),\n"
            for name in kept
            if name not in merged
        )
        create = f"        migrations.CreateModel(name='M', fields=[\n{fields}        ]),\n"
        return f"class Migration(migrations.Migration):\n    operations = [\n{create}{added}    ]\n"

    items = [waits(f"app.m.{name}", f"m field {name}", "m field ghost") for name in sorted(waiting)]
    literal, written = text(names), text([name for name in names if name not in waiting])
    rows = diff_rows([("0001", literal)], written, items)
    check([literal], written, rows)
    assert not [row for row in rows if row.kind in ("in", "out")]
    assert {row.what for row in rows if row.kind == "waits"} == {item.what for item in items}
    assert {row.what for row in rows if "no line of its own" in row.note} == {item.what for item in items}


@given(LINES, LINES)
def test_pairs_rise_on_both_sides_and_are_equal(left: list[str], right: list[str]) -> None:
    pairs = align(left, right)
    assert all(left[i] == right[j] for i, j in pairs)
    assert [i for i, _ in pairs] == sorted({i for i, _ in pairs})
    assert [j for _, j in pairs] == sorted({j for _, j in pairs})
    assert len(align(left, left)) == len(left)


def test_a_line_that_goes_out_of_a_repetitive_text_costs_no_other_line() -> None:
    randomness = random.Random(7)
    left = [randomness.choice(["        ),", "            ],", "('id', models.BigAutoField()),"]) for _ in range(3000)]
    right = [line for number, line in enumerate(left) if number % 100]
    assert len(align(left, right)) == len(right)


def test_the_outline_knows_separate_state_and_database() -> None:
    text = (
        "class Migration(migrations.Migration):\n    operations = [\n        migrations.SeparateDatabaseAndState(\n"
        "            state_operations=[migrations.AddIndex(model_name='m', index=models.Index(name='i'))],\n        ),\n    ]\n"
    )
    assert outline(text).parts == {"m indexes i": (4, 4)}


def test_a_unified_diff_is_one_that_patch_would_take() -> None:
    old = "".join(f"line {number}\n" for number in range(1, 21))
    new = old.replace("line 5\n", "").replace("line 18\n", "line 18\nline 18b\n")
    assert unified(old, new, "a", "b").splitlines() == [
        "--- a", "+++ b",
        "@@ -2,7 +2,6 @@", " line 2", " line 3", " line 4", "-line 5", " line 6", " line 7", " line 8",
        "@@ -16,5 +15,6 @@", " line 16", " line 17", " line 18", "+line 18b", " line 19", " line 20",
    ]  # fmt: skip
    assert unified(old, old, "a", "b") == ""
    assert unified("", "x\n", "a", "b").splitlines()[2] == "@@ -0,0 +1,1 @@"
    assert (changed_lines(old, new), changed_lines(old, old)) == (1, 0)


def test_the_saved_diff_names_what_waits() -> None:
    rows = diff_rows([("0001", ORDERS)], without(ORDERS, "        ('shipment', '__first__'),\n"), [COURIER])
    file = StagedFile(
        "orders", "0001_reset_initial", 2, "", 1, 1, (COURIER,), rows, command="manage.py makemigrations orders"
    )
    text = saved_diff([file])
    assert text.startswith(
        "# orders/0001_reset_initial.py, level 2: manage.py makemigrations orders\n# waits: orders.order.courier"
    )
    assert "\n-        ('shipment', '__first__'),\n" in text
