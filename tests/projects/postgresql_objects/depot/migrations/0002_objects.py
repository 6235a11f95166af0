from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("depot", "0001_initial"), ("shelf", "0001_initial")]

    operations = [
        # A view over a function over a type, made in an order that their names do not have.
        migrations.RunSQL("CREATE TYPE depot_z AS (code depot_code, heavy boolean)", "DROP TYPE depot_z"),
        migrations.RunSQL(
            "CREATE FUNCTION depot_a(i depot_item) RETURNS depot_z LANGUAGE sql AS "
            "'SELECT i.code, EXISTS (SELECT 1 FROM shelf_place s WHERE s.item_id = i.id)'",
            "DROP FUNCTION depot_a(depot_item)",
        ),
        migrations.RunSQL(
            "CREATE VIEW depot_b AS SELECT depot_a(i) AS pair, depot_known(i.code) FROM depot_item i",
            "DROP VIEW depot_b",
        ),
        migrations.RunSQL(
            "CREATE MATERIALIZED VIEW depot_a_stored AS SELECT (pair).code FROM depot_b", "DROP MATERIALIZED VIEW depot_a_stored"
        ),
        # An operator over the function of an aggregate, with a class of its own.
        migrations.RunSQL(
            "CREATE AGGREGATE depot_all (text) (SFUNC = textcat, STYPE = text, INITCOND = '')",
            "DROP AGGREGATE depot_all (text)",
        ),
        migrations.RunSQL(
            "CREATE VIEW depot_0 AS SELECT depot_all(name) FROM depot_item", "DROP VIEW depot_0"
        ),
        migrations.AddField("Item", "weight", models.IntegerField(default=1)),
        migrations.RunSQL(
            "CREATE SCHEMA depot_extra; CREATE TABLE depot_extra.note (item bigint REFERENCES depot_item, text text)",
            "DROP SCHEMA depot_extra CASCADE",
        ),
        migrations.RunSQL("CREATE RULE depot_keep AS ON DELETE TO depot_item DO INSTEAD NOTHING", "DROP RULE depot_keep ON depot_item"),
        migrations.RunSQL("CREATE STATISTICS depot_both ON name, weight FROM depot_item", "DROP STATISTICS depot_both"),
        migrations.RunSQL("GRANT SELECT ON depot_item, depot_b TO PUBLIC", "REVOKE SELECT ON depot_item, depot_b FROM PUBLIC"),
        migrations.RunSQL("COMMENT ON VIEW depot_b IS 'heavy or not'", migrations.RunSQL.noop),
        migrations.RunSQL("ALTER TABLE depot_item ALTER COLUMN name SET STATISTICS 500", migrations.RunSQL.noop),
        migrations.RunSQL("CREATE SEQUENCE depot_invoices", "DROP SEQUENCE depot_invoices"),
    ]
