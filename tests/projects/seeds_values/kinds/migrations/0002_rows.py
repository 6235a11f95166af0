import datetime
import decimal
import uuid

from django.db import migrations


def everything(apps, schema_editor):
    manager = apps.get_model("kinds", "Everything").objects
    for number, text in enumerate(["plain", "quotes ' \" \\ and\nlines", "{braces} %s {create_rows}", "ünï ☃ \u0000"]):
        manager.create(
            when=datetime.datetime(2019, 2, 3, 4, 5, 6, 789, tzinfo=datetime.timezone.utc) if number else None,
            day=datetime.date(2019, 2, 28),
            hour=datetime.time(23, 59, 59, 5),
            duration=datetime.timedelta(days=1, seconds=2, microseconds=3),
            price=decimal.Decimal("12.30") + number,
            ratio=0.1 + number / 3,
            blob=bytes(range(number * 5)),
            data={"list": [1, None, "x"], "text": text} if number != 1 else [1.5, True],
            fixed=uuid.UUID(int=number),
            yes=bool(number % 2),
            text=text,
            ip="2001:db8::1",
            file="a/b.txt",
        )


def circles(apps, schema_editor):
    Node = apps.get_model("kinds", "Node")
    one, two, three = [Node.objects.create(name=str(number)) for number in range(3)]
    one.next, two.next, three.next = three, one, three
    owner = apps.get_model("kinds", "Owner").objects.create(id=uuid.UUID(int=7), home=two)
    for node in (one, two, three):
        node.owner = owner
        node.save()
    cafe = apps.get_model("kinds", "Cafe").objects.create(name="Central", seats=12)
    cafe.friends.set([one, three])
    apps.get_model("kinds", "Place").objects.create(name="Elsewhere")


def coins(apps, schema_editor):
    for cents in (5, 10):
        apps.get_model("kinds", "Coin").objects.create(value=cents)


def stamps(apps, schema_editor):
    for name in ("red", "blue"):
        apps.get_model("kinds", "Stamp").objects.create(name=name)


def hidden(*functions):
    """A list of operations that no source shows, so that all their rows are written as literal data."""
    return [migrations.RunPython(lambda apps, editor, run=run: run(apps, editor)) for run in functions]


class Migration(migrations.Migration):
    dependencies = [("kinds", "0001_initial")]

    operations = [*hidden(everything, circles, coins), migrations.RunPython(stamps)]
