"""Functions that ask for models by their names get these, and whoever looks for more gets all, as migrate has them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.project.support import write
from tests.project.test_rendering import built

AROUND = """
    from django.db import migrations, models
    from django.db.models.signals import class_prepared

    PREPARED = []
    class_prepared.connect(lambda sender, **more: PREPARED.append(sender.__name__), weak=False)


    class Marking(models.ForeignKey):
        def contribute_to_related_class(self, cls, related):
            super().contribute_to_related_class(cls, related)
            cls.is_marked = True


    def to(model, field=models.ForeignKey, **more):
        return field(model, models.CASCADE, **more)


    key = ("id", models.AutoField(primary_key=True))


    def look(apps, schema_editor):
        del PREPARED[:]
        Item = apps.get_model("stock", "Item")
        item = Item.objects.create(name="seen")
        try:
            said = repr(({what}))
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            said = repr(error)
        Item.objects.create(name=said)


    class Migration(migrations.Migration):
        dependencies = [("stock", "0003_seed"), ("sales", "0001_initial")]
        operations = [
            migrations.CreateModel("Box", [key, ("name", models.CharField(max_length=5, default=""))]),
            migrations.CreateModel("Note", [key, ("item", to("stock.item", {note}))]),
            migrations.CreateModel("Mark", [key, ("item", to("stock.item", related_name="%(class)s_of_%(app_label)s"))]),
            migrations.CreateModel("Lid", [key, ("box", to("stock.box")), ("items", models.ManyToManyField("stock.item"))]),
            migrations.CreateModel("Hidden", [key, ("item", to("stock.item", related_name="+"))]),
            migrations.CreateModel(
                "Named", [key, ("item", to("stock.item"))], options={{"default_related_name": "names"}}
            ),
            migrations.CreateModel(
                "Step", [key, ("item", to("stock.item"))], options={{"order_with_respect_to": "item"}}
            ),
            {more}
            migrations.RunPython(look, migrations.RunPython.noop),
        ]
    """
ONE, MANY = "models.OneToOneField", "models.ForeignKey"
LOOKS = {
    "nothing": "None",
    "an accessor": "item.step_set.count()",
    "an accessor of the class": "Item.step_set.rel.related_model.__name__",
    "one that is there": "hasattr(item, 'note'), hasattr(Item, 'note'), hasattr(Item, 'lid_set')",
    "one that is not": "hasattr(Item, 'hidden_set'), hasattr(Item, 'mark_set'), hasattr(Item, 'named_set')",
    "a related name": "item.mark_of_stock.count()",
    "the related name of a model": "item.names.count()",
    "an order": "list(item.get_step_order())",
    "a lookup": "Item.objects.filter(step__isnull=True).count()",
    "many": "[item.lid_set.set([]), item.lid_set.count()]",
    "deleting": "item.delete()",
    "a field": "Item._meta.get_field('step').name",
    "the registry": "len(apps.all_models['stock'])",
    "a model of the registry": "apps.all_models['stock']['note'].__name__",
    "an app": "apps.get_app_config('stock').get_model('Note').__name__",
    "an app by its label": "apps.app_configs['stock'].models['note'].__name__",
    "a registered model": "apps.get_registered_model('stock', 'Note').__name__",
    "another model": "apps.get_model('stock.lid').objects.create(box=apps.get_model('stock.box').objects.create()).box.name",
    "creating by a relation": "Item.objects.create(note=apps.get_model('stock', 'Note')()).pk",
    "setting a relation": "setattr(item, 'step_set', [])",
    "a model that is not there": "apps.get_model('stock', 'Nothing')",
    "an app that is not there": "apps.get_model('nowhere', 'Nothing')",
}


def text(what: str, *, note: str = MANY, more: str = "") -> dict[str, str]:
    return {"stock/migrations/0004_look.py": AROUND.format(what=what, note=note, more=more)}


def names(result: dict[str, Any]) -> list[str]:
    """The names of the items, in the order in which they were made."""
    return [values[1] for values in result["rows"]["tables"]["stock_item"]["rows"]]


@pytest.mark.parametrize("what", LOOKS.values(), ids=LOOKS)
@pytest.mark.parametrize("note", [ONE, MANY], ids=["one", "many"])
def test_a_function_sees_what_it_sees_in_all_models(what: str, note: str, tiny: Path, tmp_path: Path) -> None:
    write(tiny, text(what, note=note))
    stock, lazy = built(tiny, tmp_path, lazy=False), built(tiny, tmp_path, lazy=True)
    assert lazy["lazy"]
    assert lazy["rows"] == stock["rows"]


def test_relations_of_others_may_do_what_they_want(tiny: Path, tmp_path: Path) -> None:
    more = 'migrations.CreateModel("Own", [key, ("item", to("stock.item", Marking))]),'
    write(tiny, text("getattr(Item, 'is_marked', False)", more=more))
    assert names(built(tiny, tmp_path, lazy=True))[-1] == "True"


@pytest.mark.parametrize(
    ("what", "rendered"),
    {"PREPARED": ["Item"], "apps.get_model('stock', 'Lid') and PREPARED": ["Item", "Box", "Lid_items", "Lid"]}.items(),
)
def test_no_more_is_rendered_than_is_asked_for(what: str, rendered: list[str], tiny: Path, tmp_path: Path) -> None:
    write(tiny, text(what))
    assert names(built(tiny, tmp_path, lazy=True))[-1] == repr(rendered)
