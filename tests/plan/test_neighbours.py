"""Third parties that wait for the project, name its old migrations, or just point at its models."""

from __future__ import annotations

from dataclasses import replace

import pytest

from migwizard.plan.neighbours import Neighbours
from migwizard.plan.operations import External, ExternalMigration, Operation
from migwizard.plan.schedule import Plan, PlanError, schedule
from tests.plan.shapes import add, create, of_models


def party(*migrations: ExternalMigration) -> dict[str, External]:
    named = tuple((app, name, each.name) for each in migrations for app, name in sorted(each.named))
    return {"party": External("party", migrations, named)}


def nodes(plan: Plan) -> list[tuple[str, str]]:
    return [(batch.app, batch.name) for batch in plan.batches]


def two_files() -> list[Operation]:
    """shop: Item first, then Line, which points to stock, which points to Item."""
    return of_models({"shop.Item": [], "shop.Line": ["stock.Place"], "stock.Place": ["shop.Item"], "stock.Bin": []})


def test_a_named_migration_is_stood_in_for_by_the_file_that_holds_what_is_wanted() -> None:
    names_line = ExternalMigration("0001_x", named=frozenset({("shop", "0004_line")}), models=frozenset({"shop.line"}))
    plan = schedule(two_files(), party(names_line))
    holder = next(batch for batch in plan.batches if "shop.Line" in batch.operations)
    assert holder.stands_for == (("shop", "0004_line"),)
    assert holder.name != "0001_reset_initial"


def test_a_named_migration_of_which_nothing_is_wanted_is_stood_in_for_by_the_first_file() -> None:
    plan = schedule(two_files(), party(ExternalMigration("0001_x", named=frozenset({("shop", "0004_line")}))))
    assert next(batch.stands_for for batch in plan.batches if batch.app == "shop") == (("shop", "0004_line"),)


def test_a_stand_in_holds_what_code_behind_it_may_use() -> None:
    """0001_x names an early migration; the code of 0002_y may use all that a later one had, but not what came since."""
    early, late = ("shop", "0001_a"), ("shop", "0004_line")
    migrations = (
        ExternalMigration("0001_x", frozenset({"thing"}), named=frozenset({early})),
        ExternalMigration("0002_y", named=frozenset({early, late}), used=frozenset({early, late})),
    )
    held = {early: frozenset({"shop.item"}), late: frozenset({"shop.item", "shop.line", "shop.line.thing"})}
    operations = [
        *of_models({"shop.Item": [], "shop.Line": []}),
        add("shop", "Line", "thing", external=frozenset({"party"})),
        create("shop", "New", external=frozenset({"party"})),
    ]
    plan = schedule(operations, {"party": External("party", migrations, held=held)})
    assert [(batch.operations, batch.stands_for, batch.dependencies) for batch in plan.batches] == [
        (("shop.Item",), (early,), ()),
        (
            ("shop.Line", "shop.Line.thing", "shop.New"),
            (late,),
            (("party", "0001_x"), ("shop", "0001_reset_initial")),
        ),
    ]


def test_an_app_without_anything_to_make_gives_a_foothold() -> None:
    """party names a migration of an app that has seeds only, or none of its models any more; shop points at party."""
    names = ExternalMigration(
        "0001_x", frozenset({"thing"}), first=frozenset({"gone"}), named=frozenset({("gone", "0002_y")})
    )
    item = replace(create("shop", "Item"), external=frozenset({("party", "thing")}))
    plan = schedule([item], party(names))
    assert [(batch.app, batch.level, batch.stands_for, batch.units) for batch in plan.batches] == [
        ("gone", 0, (("gone", "0002_y"),), ()),
        ("shop", 1, (), (("shop.Item",),)),
    ]
    assert plan.batches[1].dependencies == (("party", "0001_x"),)


def test_a_third_party_that_relies_on_luck_is_told_to_come_later() -> None:
    plan = schedule(two_files(), party(ExternalMigration("0003_y", models=frozenset({"shop.line"}))))
    assert [batch.run_before for batch in plan.batches] == [
        (("party", "0003_y"),) if "shop.Line" in batch.operations else () for batch in plan.batches
    ]


def test_what_a_third_party_waits_for_needs_no_run_before() -> None:
    waits = ExternalMigration("0001_x", first=frozenset({"shop"}), models=frozenset({"shop.item"}))
    assert not any(batch.run_before for batch in schedule(two_files(), party(waits)).batches)


def test_an_old_wish_to_come_before_a_third_party_is_kept() -> None:
    operations = of_models({"shop.Item": []})
    plan = schedule(operations, party(ExternalMigration("0001_x")), run_before=[("shop", ("party", "0001_x"))])
    assert plan.batches[0].run_before == (("party", "0001_x"),)


def test_only_the_migration_that_makes_a_model_has_to_be_there() -> None:
    """users.User points at party.Thing of 0001, and 0002 of the same party waits for users."""
    externals = party(
        ExternalMigration("0001_thing", frozenset({"thing"})),
        ExternalMigration("0002_log", frozenset({"log"}), frozenset({"users"}), models=frozenset({"users.user"})),
    )
    user = replace(create("users", "User"), external=frozenset({("party", "thing")}))
    plan = schedule([user], externals, {"users.user"})
    assert [batch.dependencies for batch in plan.batches] == [(("party", "0001_thing"),)]
    note = replace(add("users", "User", "log"), external=frozenset({("party", "log")}))
    plan = schedule([user, note], externals, {"users.user"})
    assert nodes(plan) == [("users", "0001_reset_initial"), ("users", "0002_reset_links_to_party")]
    assert plan.batches[1].dependencies == (("party", "0002_log"), ("users", "0001_reset_initial"))


def test_the_newest_migration_that_can_have_run_is_depended_on() -> None:
    externals = party(ExternalMigration("0001_thing", frozenset({"thing"})), ExternalMigration("0002_more"))
    item = replace(create("shop", "Item"), external=frozenset({("party", "thing")}))
    assert schedule([item], externals).batches[0].dependencies == (("party", "0002_more"),)


def test_a_third_party_that_wants_what_needs_it_is_refused_by_name() -> None:
    wants = ExternalMigration("0001_x", frozenset({"thing"}), models=frozenset({"shop.item"}))
    item = replace(create("shop", "Item"), external=frozenset({("party", "thing")}))
    with pytest.raises(PlanError, match=r"shop\.Item"):
        schedule([item], party(wants))


def test_models_that_no_new_file_makes_are_named() -> None:
    wants = ExternalMigration("0001_x", models=frozenset({"shop.item", "shop.gone", "other.thing"}))
    later = ExternalMigration("0002_y", models=wants.models)
    lost = Neighbours(of_models({"shop.Item": []}), party(wants, later)).lost()
    assert [(label, migration.name, model) for label, migration, model in lost] == [("party", "0001_x", "shop.gone")]


def test_what_must_run_before_an_old_migration_runs_before_the_first_new_one() -> None:
    """party.0001 points at users.User and wants to run before shop.0005; users would come after shop by name."""
    wants = ExternalMigration(
        "0001_x",
        first=frozenset({"users"}),
        models=frozenset({"users.user"}),
        run_before=frozenset({("shop", "0005_y")}),
    )
    externals = {"party": External("party", (wants,), (("shop", "0005_y", "party.0001_x"),))}
    plan = schedule(of_models({"shop.Item": [], "users.User": []}), externals)
    assert [(batch.app, batch.level, batch.stands_for) for batch in plan.batches] == [
        ("users", 0, ()),
        ("shop", 1, (("shop", "0005_y"),)),
    ]


def test_what_comes_between_two_old_migrations_of_an_app_is_named() -> None:
    between = ExternalMigration("0001_x", first=frozenset({"shop"}), run_before=frozenset({("shop", "0005_y")}))
    torn = Neighbours(of_models({"shop.Item": []}), party(between)).torn()
    assert [(label, migration.name, app) for label, migration, app in torn] == [("party", "0001_x", "shop")]


def test_a_file_that_comes_after_a_migration_stands_in_for_what_that_runs_before() -> None:
    early, late = ("shop", "0001_a"), ("shop", "0002_b")
    between = ExternalMigration(
        "0001_x",
        frozenset({"thing"}),
        first=frozenset({"shop"}),
        named=frozenset({early}),
        models=frozenset({"shop.item"}),
        run_before=frozenset({late}),
    )
    externals = {"party": External("party", (between,), ((*early, "party.0001_x"), (*late, "party.0001_x")))}
    plan = schedule([create("shop", "Item"), create("shop", "Line", external=frozenset({"party"}))], externals)
    assert [(batch.operations, batch.stands_for) for batch in plan.batches] == [
        (("shop.Item",), (early,)),
        (("shop.Line",), (late,)),
    ]
