"""Old code with the names of today: what the text shows is rewritten, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import migrations

from migwizard.project.agent.renames import renames
from migwizard.seeds.renames import Fates, fates
from migwizard.seeds.rewrite import lost_models, rewritten

ORDER = {("shop", "0001"): 0, ("shop", "0002"): 1, ("geo", "0001"): 2}
RELATIONS = {("shop", "town", "land"): ("shop", "Country"), ("shop", "town", "twin"): ("shop", "Town")}


def operations(*each: Any, app: str = "shop", name: str = "0002") -> Any:
    return SimpleNamespace(app_label=app, name=name, operations=list(each))


def after(*history: Any, path: str = "0", order: Mapping[tuple[str, str], int] = ORDER) -> Fates:
    return fates(renames(history), order, ("shop", "0001"), path, RELATIONS)


LAND = after(
    operations(
        migrations.RenameModel("Land", "Country"),
        migrations.RenameField("Country", "code", "iso"),
        migrations.RenameField("Town", "country", "land"),
    )
)


def changed(source: str, found: Fates = LAND) -> str:
    """What a function reads like, with Land and Town as its models."""
    head = 'Land = apps.get_model("shop", "Land")\nTown = apps.get_model("shop", "Town")\n'
    return rewritten(head + source, found).removeprefix(head.replace('"Land"', '"Country"'))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('apps.get_model("shop.Land")', 'apps.get_model("shop.Country")'),
        (
            "apps.get_model(app_label='shop', model_name='land')",
            "apps.get_model(app_label='shop', model_name=\"Country\")",
        ),
        (
            'apps.get_model("shop", "Land").objects.create(code=1)',
            'apps.get_model("shop", "Country").objects.create(iso=1)',
        ),
        ("Land(code=code)", "Land(iso=code)"),
        ("Land.objects.using(db).filter(code__in=x, name=1)", "Land.objects.using(db).filter(iso__in=x, name=1)"),
        (
            "Land.objects.get_or_create(defaults={'code': 'code'})",
            "Land.objects.get_or_create(defaults={\"iso\": 'code'})",
        ),
        (
            'Land.objects.order_by("-code").values("code", "name")',
            'Land.objects.order_by("-iso").values("iso", "name")',
        ),
        ("Town.objects.filter(Q(country__code=1) | Q(code=2))", "Town.objects.filter(Q(land__iso=1) | Q(code=2))"),
        (
            "Town.objects.filter(twin__country_id=F('country__code'))",
            'Town.objects.filter(twin__land_id=F("land__iso"))',
        ),
        (
            "a, made = Land.objects.get_or_create(x=1)\na.code = made",
            "a, made = Land.objects.get_or_create(x=1)\na.iso = made",
        ),
        ("for a in Land.objects.all():\n    a.code, b.code", "for a in Land.objects.all():\n    a.iso, b.code"),
        ("[a.code for a in list(Land.objects.all())]", "[a.iso for a in list(Land.objects.all())]"),
        ("Town.objects.first().country_id", "Town.objects.first().land_id"),
        (
            "a = Land.objects.get()\na.save(update_fields=['code'])",
            'a = Land.objects.get()\na.save(update_fields=["iso"])',
        ),
        ("def inner(b):\n    return Land(code=b)", "def inner(b):\n    return Land(iso=b)"),
        ("types.get(app_label='shop', model='land')", "types.get(app_label='shop', model=\"country\")"),
        ("ü = Land.objects.get(); ü.code", "ü = Land.objects.get(); ü.iso"),
    ],
)
def test_names_of_models_and_fields_follow_the_renames(old: str, new: str) -> None:
    assert changed(old) == new


@pytest.mark.parametrize(
    "source",
    [
        "other.objects.filter(code=1)",
        "code = 1\nf(code=code)",
        "'code'",
        "Town.objects.create(code=1)",
        "Land.objects.create(name='code')",
        "Land.objects.filter(**where)",
        "apps.get_model('blog', 'Land')",
        "apps.get_model(app, 'Land')",
    ],
)
def test_what_only_looks_like_it_stays(source: str) -> None:
    assert changed(source) == source


def test_text_without_renames_is_the_same_text() -> None:
    source = "x = apps.get_model( 'a.B' )  # as it was\n"
    assert rewritten(source, after()) is source
    assert rewritten(source, LAND) == source


def test_only_renames_behind_the_operation_count() -> None:
    history = operations(
        migrations.RenameField("Land", "a", "b"),
        migrations.RunPython(migrations.RunPython.noop),
        migrations.RenameField("Land", "b", "c"),
        name="0001",
    )
    assert after(history, path="1").by_old["shop", "land"].fields == {"b": "c", "b_id": "c_id"}
    assert after(history, path="0").by_old["shop", "land"].fields == {"b": "c", "b_id": "c_id"}


def test_several_renames_of_one_thing_become_one() -> None:
    found = after(
        operations(
            migrations.RenameModel("Land", "Country"),
            migrations.RenameField("country", "code", "iso"),
            migrations.RenameModel("Country", "State"),
            migrations.RenameField("State", "iso", "alpha"),
        )
    )
    assert changed("Land(code=1)", found).endswith("Land(alpha=1)")
    assert found.of(("shop", "Land")).model == "State"


def test_a_model_that_another_app_took_over_is_followed() -> None:
    """Moved as Django's documentation says: both halves tell the state only, the table stays or is renamed."""
    create = migrations.CreateModel("Land", [], options={"db_table": "shop_land"})
    found = after(
        operations(migrations.CreateModel("Land", []), name="0001"),
        operations(migrations.SeparateDatabaseAndState([], [migrations.DeleteModel("Land")])),
        operations(migrations.SeparateDatabaseAndState([], [create]), app="geo", name="0001"),
        operations(migrations.RenameModel("Land", "Country"), app="geo", name="0002"),
        order={**ORDER, ("geo", "0002"): 3},
    )
    assert rewritten('apps.get_model("shop", "Land")', found) == 'apps.get_model("geo", "Country")'


def test_a_new_model_with_the_table_of_a_deleted_one_is_another_model() -> None:
    found = after(
        operations(migrations.CreateModel("Land", []), name="0001"),
        operations(migrations.DeleteModel("Land")),
        operations(migrations.CreateModel("Area", [], options={"db_table": "shop_land"}), app="geo", name="0001"),
    )
    assert not found


def test_models_that_are_lost_are_told_with_their_names_of_today() -> None:
    source = dedent('apps.get_model("shop.Land")\napps.get_model("shop.Town")\napps.get_model("shop.Gone")\n')
    known = {("shop", "country"), ("shop", "town")}
    assert lost_models(source, LAND, known) == [(("shop", "Land"), ("shop", "Country"))]
    assert lost_models(source, LAND, {*known, ("shop", "land")}) == []
