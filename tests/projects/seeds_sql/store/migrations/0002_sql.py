from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("store", "0001_initial")]

    operations = [
        migrations.RunSQL("INSERT INTO store_item (name, price) VALUES ('100% \\ ''quoted''', 1)"),
        migrations.RunSQL(
            [
                "INSERT INTO store_item (name, price) VALUES ('listed %s', 2)",
                ("INSERT INTO store_item (name, price) VALUES (%s, %s)", ["with 5%% {braces}", 3]),
            ],
            [("DELETE FROM store_item WHERE price = %s", [3])],
        ),
        migrations.RunSQL(["UPDATE store_item SET price = price + 10"], migrations.RunSQL.noop),
        migrations.RunSQL("CREATE INDEX store_item_by_hand ON store_item (price DESC)", "DROP INDEX store_item_by_hand"),
        migrations.RunSQL(
            "CREATE VIEW store_dear AS SELECT * FROM store_item WHERE price > 11;"
            "CREATE TRIGGER store_watch AFTER INSERT ON store_box BEGIN"
            " INSERT INTO store_audit (text) VALUES ('box ' || NEW.name); END;",
            "DROP TRIGGER store_watch; DROP VIEW store_dear",
        ),
        migrations.RunSQL(migrations.RunSQL.noop, migrations.RunSQL.noop),
        migrations.RunSQL("CREATE VIEW store_cheap AS SELECT * FROM store_item WHERE price < 2", migrations.RunSQL.noop),
        migrations.RunSQL("INSERT INTO store_note (text) VALUES ('by hand')"),
    ]
