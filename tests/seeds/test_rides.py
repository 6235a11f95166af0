"""Seeds as people write them, through the whole engine: each comes along with equal rows, or the reason is right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.seeds.rides import SeedRide, ride

# With --dist loadgroup one worker runs them all, so that each project is run through once.
pytestmark = [pytest.mark.ride, pytest.mark.xdist_group("seed-rides")]

MOVED = ("seed", "move")
WRITTEN = ("seed", "materialise")


def test_functions_come_along_with_equal_rows(functions: SeedRide) -> None:
    assert functions.is_proved, functions.report


@pytest.mark.parametrize(
    ("operation", "outcome"),
    [
        ("0002_helpers#0", MOVED),
        ("0002_helpers#1", MOVED),
        ("0003_own#0", MOVED),
        ("0004_of_another_migration#0", MOVED),
        ("0005_without_names#0", MOVED),
        ("0005_without_names#1", MOVED),
        ("0005_without_names#2", MOVED),
        ("0005_without_names#3", MOVED),
        ("0005_without_names#4", MOVED),
        ("0006_star#0", MOVED),
        ("0007_lands#0", ("seed", "rewrite")),
        ("0007_lands#1", WRITTEN),
        ("0009_moods#0", ("ask", "move")),
        ("0009_moods#1", ("one-time", None)),
        ("0009_moods#2", MOVED),
        ("0009_moods#3", ("one-time", None)),
    ],
)
def test_each_function_stands_on_the_first_rung_that_holds(
    functions: SeedRide, operation: str, outcome: tuple[str, str | None]
) -> None:
    assert functions.rungs[operation] == outcome


def test_a_function_that_does_not_hold_is_told_in_words_with_the_reason_as_data(functions: SeedRide) -> None:
    told = [event for event in functions.events if event.get("event") == "seed"]
    assert told
    for event in told:
        assert re.fullmatch(
            r"\w+\.\d{4} \w+ does not do the same in the new history, so [\w ]+ instead\.", event["text"]
        )
        assert functions.rungs[event["data"]["id"].partition(".")[2]][1] == event["data"]["how"]
        assert event["data"]["reason"]


def test_functions_of_two_modules_with_one_name_are_both_called(functions: SeedRide) -> None:
    names = [name for (name,) in functions.rows("SELECT name FROM shop_helped ORDER BY id")]
    assert names == ["first helper", "second helper", "own one", "own two"]


def test_a_decorated_function_keeps_its_decorator(functions: SeedRide) -> None:
    assert functions.rows("SELECT name FROM shop_marked ORDER BY id") == [("ensured 0",), ("ensured 1",)]


def test_code_without_a_name_is_written_as_its_author_wrote_it(functions: SeedRide) -> None:
    text = functions.staged_seeds("shop")
    for source in (
        'partial(add, name="partial")',
        'closed("closure")',
        'Loader("object")',
        "(lambda apps, schema_editor:",
    ):
        assert f"migrations.RunPython({source.removeprefix('(')}" in text
    assert "import *" not in text
    assert functions.rows("SELECT name FROM shop_thing WHERE name LIKE 'own%'") == [
        ("own one again",),
        ("own two again",),
    ]


def test_rows_of_a_renamed_model_are_written_under_its_new_name(functions: SeedRide) -> None:
    assert "SHOP_COUNTRY_ROWS" in functions.staged_seeds("shop")
    assert functions.rows("SELECT name, iso FROM shop_country ORDER BY id") == [
        ("Norway", "NO"),
        ("Chile", "CL"),
        ("Peru", "PE"),
    ]


def test_code_is_written_anew_with_the_names_of_today(functions: SeedRide) -> None:
    text = functions.staged_seeds("shop")
    for line in ('get_model("shop", "Country")', "filter(iso=", "land.iso = land.name", 'update_fields=["iso"]'):
        assert line in text


def test_seeds_can_be_taken_back(functions: SeedRide, sql: SeedRide) -> None:
    left = functions.rows_after_rollback("shop", "0001_reset_initial", "SELECT name FROM shop_helped")
    assert ("first helper",) not in left
    assert ("second helper",) in left, "its way back was a no-op, and still is"
    literal = functions.rows_after_rollback("shop", "0001_reset_initial", "SELECT name FROM shop_country")
    assert literal == [("Norway",), ("Chile",)], "of three rows the one that was written as a row"
    gone = sql.rows_after_rollback("store", "0003", "SELECT name FROM sqlite_master WHERE name = 'store_watch'")
    assert gone == []


@pytest.mark.parametrize("name", ["functions", "values", "groups", "sql", "outside"])
def test_every_new_file_can_be_told_as_sql_and_taken_back(name: str, request: pytest.FixtureRequest) -> None:
    found: SeedRide = request.getfixturevalue(name)
    told, left = found.back_to_zero()
    assert told.keys() == found.staged.keys()
    assert all("--" in text or text.strip() == "" for text in told.values())
    assert not left


def test_every_kind_of_value_comes_along(values: SeedRide) -> None:
    assert values.is_proved, values.report
    assert values.rungs == {
        "0002_rows#0": WRITTEN,
        "0002_rows#1": WRITTEN,
        "0002_rows#2": WRITTEN,
        "0002_rows#3": MOVED,
    }


def test_values_are_stored_as_they_were(values: SeedRide) -> None:
    stored = values.rows("SELECT text, hex(blob), price, duration FROM kinds_everything ORDER BY id")
    assert stored[1] == ("quotes ' \" \\ and\nlines", "0001020304", 13.3, 86402000003)
    assert stored[3][0] == "ünï ☃ \0"


def test_a_moment_that_django_sets_by_itself_is_kept(values: SeedRide) -> None:
    (moment,) = values.rows("SELECT min(changed) FROM kinds_everything")[0]
    year, month, day = moment[:10].split("-")
    assert f"datetime.datetime({int(year)}, {int(month)}, {int(day)}" in values.staged_seeds("kinds")
    again = values.rows("SELECT DISTINCT created = changed FROM kinds_everything")
    assert again == [(0,)], "both moments of each row stem from the old run, where they differ"


def test_rows_of_parents_children_and_circles_point_to_each_other(values: SeedRide) -> None:
    assert values.rows("SELECT name, seats FROM kinds_place JOIN kinds_cafe ON id = place_ptr_id") == [("Central", 12)]
    assert values.rows("SELECT node_id FROM kinds_cafe_friends ORDER BY node_id") == [(1,), (3,)]
    assert values.rows("SELECT id, next_id FROM kinds_node ORDER BY id") == [(1, 3), (2, 1), (3, 3)]
    assert values.rows("PRAGMA foreign_key_check") == []


def test_values_that_no_migration_can_spell_are_written_by_sql(values: SeedRide) -> None:
    text = values.staged_seeds("kinds")
    assert """('INSERT INTO "kinds_coin" ("id", "value") VALUES (%s, %s)', [1, 5])""" in text
    assert "kinds.money" not in text


def test_the_proxy_of_a_table_does_not_hide_its_model(values: SeedRide) -> None:
    assert '"kinds", "Everything"' in values.staged_seeds("kinds")
    assert "Proxied" not in values.staged_seeds("kinds")


def test_seeds_of_two_apps_that_take_turns_keep_their_order(groups: SeedRide) -> None:
    assert groups.is_proved, groups.report
    assert sorted(groups.staged) == [
        "beta/0001_reset_initial",
        "beta/0002_reset_links_to_first",
        "beta/0003_reset_seed",
        "first/0001_reset_initial",
        "first/0002_reset_seed",
        "first/0003_reset_seed",
    ]
    steps = [text for (text,) in groups.rows("SELECT text FROM first_step ORDER BY id")]
    assert steps == ["begin", "turn 1", "end after 1 turns"]


def test_rows_of_two_apps_that_point_to_each_other_stand_in_one_file(groups: SeedRide) -> None:
    assert "BETA_EGG_ROWS" in groups.staged["first/0003_reset_seed"]
    assert "FIRST_HEN_ROWS" in groups.staged["first/0003_reset_seed"]


def test_a_group_keeps_its_permissions_and_a_tag_its_content_type(groups: SeedRide) -> None:
    held = groups.rows(
        "SELECT codename FROM auth_group_permissions JOIN auth_permission ON permission_id = auth_permission.id"
        " ORDER BY codename"
    )
    assert held == [("add_group",), ("feed_hens",)]
    tagged = groups.rows(
        "SELECT app_label, model FROM first_tag JOIN django_content_type ON content_type_id = django_content_type.id"
    )
    assert tagged == [("auth", "group")]


def test_rows_of_somebody_else_are_changed_not_made_again(groups: SeedRide) -> None:
    assert groups.rows('SELECT "key", value FROM vendor_setting ORDER BY "key"') == [
        ("colour", "green"),
        ("shape", "round"),
        ("size", "small"),
    ]


def test_sql_and_custom_operations_come_along(sql: SeedRide) -> None:
    assert sql.is_proved, sql.report
    assert sql.rungs == {
        "0001_initial#4.0": ("one-time", None),
        "0002_sql#0": MOVED,
        "0002_sql#1": ("seed", "carry"),
        "0002_sql#2": MOVED,
        "0002_sql#3": ("schema SQL", "move"),
        "0002_sql#4": ("schema SQL", "catalogue"),
        "0002_sql#5": ("one-time", None),
        "0002_sql#6": ("schema SQL", "move"),
        "0002_sql#7": MOVED,
        "0003_not_atomic#0": ("schema SQL", "catalogue"),
        "0003_not_atomic#1": MOVED,
        "0003_not_atomic#2": MOVED,
        "0004_custom#0": WRITTEN,
        "0004_custom#1": MOVED,
        "0004_custom#2": MOVED,
        "0004_custom#3": MOVED,
        "0004_custom#4": ("both", "move"),
        "0004_custom#5": MOVED,
        "0005_search#0": ("schema SQL", "move"),
        "0005_search#1": MOVED,
        "0006_lost_index#0": WRITTEN,
        "0006_lost_index#2": ("one-time", None),
    }


def test_a_view_without_a_way_back_does_not_outlive_what_it_reads(sql: SeedRide) -> None:
    assert 'reverse_sql="""DROP VIEW IF EXISTS "store_cheap";"""' in sql.staged_seeds("store")
    statement = "SELECT name FROM sqlite_master WHERE type = 'view'"
    assert ("store_cheap",) in sql.rows(statement)
    assert sql.rows_after_rollback("store", "0001_reset_initial", statement) == []


def test_parameters_of_sql_are_carried(sql: SeedRide) -> None:
    assert sql.rows("SELECT name, price FROM store_item ORDER BY id") == [
        ("100% \\ 'quoted'", 11),
        ("listed %s", 12),
        ("with 5%% {braces}", 13),
        ("unwritten", 0),
    ]


def test_what_ran_outside_of_a_transaction_runs_there_again(sql: SeedRide) -> None:
    assert sql.rows("SELECT name FROM store_crate ORDER BY id") == [
        ("atomic False",),
        ("twice",),
        ("twice",),
        ("elidable",),
        ("indexed",),
    ]
    outside = [name for name, text in sql.staged.items() if "atomic = False" in text]
    assert outside == ["store/0003_reset_seed"]


def test_a_trigger_does_not_write_its_rows_twice(sql: SeedRide) -> None:
    assert sql.rows("SELECT text FROM store_audit") == [("box written",)]
    assert sql.rows("SELECT name FROM sqlite_master WHERE type = 'trigger'") == [("store_watch",)]


def test_tables_without_a_model_keep_their_indexes_and_rows(sql: SeedRide) -> None:
    assert sql.rows("SELECT name FROM sqlite_master WHERE name = 'store_cache_expires'") == [("store_cache_expires",)]
    assert sql.rows("SELECT cache_key, hex(value) FROM store_cache") == [("key", "00FF27")]
    assert sql.rows("SELECT word, number FROM store_list") == [("one", 1), ("none", None), ("one!", 2), ("none!", None)]
    assert sql.rows("SELECT words FROM store_search") == [("found again",)]


@pytest.mark.parametrize(
    ("operation", "code", "words"),
    [
        pytest.param(
            "migrations.RunPython(lambda apps, schema_editor: globals() and None)",
            4,
            "It cannot be kept: It uses globals(), which reaches names that the text does not show",
            id="lambda",
        ),
        pytest.param("Unwritten(globals)", 4, "It cannot be kept: It uses globals()", id="custom"),
        pytest.param(
            "migrations.RunPython(on_another_engine)", 4, "App 'yard' doesn't have a 'Tree' model", id="engine"
        ),
        pytest.param(
            'migrations.RunSQL("ALTER TABLE yard_tree ADD COLUMN height integer")',
            1,
            "lacks the column yard_plant.height, which the old one has. In the old history: yard.0002_unclear#0",
            id="column",
        ),
    ],
)
def test_what_cannot_come_along_is_named_with_its_reason(tmp_path: Path, operation: str, code: int, words: str) -> None:
    placed = {"yard/migrations/0002_unclear.py": ("OPERATION = migrations.RunPython.noop", f"OPERATION = {operation}")}
    refused = ride("seeds_unclear", tmp_path, edits=placed)
    assert (refused.code, refused.report["exit"]) == (code, code)
    assert words in refused.report["sentence"]
    assert ".." not in refused.report["sentence"]
    assert (refused.folder / "yard/migrations/0003_rename.py").is_file()


def test_the_answer_to_leave_an_unclear_operation_out_is_obeyed(tmp_path: Path) -> None:
    answers = tmp_path / "answers.json"
    answers.write_text('{"keep:yard.0002_unclear#0": "drop"}')
    placed = {
        "yard/migrations/0002_unclear.py": ("OPERATION = migrations.RunPython.noop", "OPERATION = Unwritten(globals)")
    }
    done = ride("seeds_unclear", tmp_path, "--answers", str(answers), edits=placed)
    assert done.is_proved, done.report
    assert done.rungs["0002_unclear#0"] == ("ask", "drop")


def test_literal_rows_stand_where_functions_that_come_along_find_them(standing: SeedRide) -> None:
    """Behind the first operation that made rows of their table and what they point at, not behind all of their app."""
    assert standing.is_proved, standing.report
    assert standing.rungs["0002_groups#0"] == WRITTEN
    assert standing.rungs["0003_terms#0"] == MOVED
    assert standing.rungs["0004_plans#0"] == WRITTEN
    assert standing.rungs["0001_initial#1"] == MOVED
    assert standing.rows("SELECT name FROM club_badge JOIN school_group ON group_id = school_group.id") == [
        ("Editors",),
        ("Readers",),
    ]


def test_literal_rows_stay_when_going_back_where_rows_without_a_way_back_point_to_them(standing: SeedRide) -> None:
    sql = "SELECT (SELECT count(*) FROM school_group), (SELECT count(*) FROM school_plan)"
    assert standing.rows_after_rollback("school", "0001_reset_initial", sql) == [(2, 0)]
    assert standing.back_to_zero()[1] == []
