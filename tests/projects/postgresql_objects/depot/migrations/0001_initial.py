from django.db import migrations, models

import depot.models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        # A raw table, and functions over it whose text PostgreSQL looks at when they are made.
        migrations.RunSQL(
            "CREATE TABLE depot_prefix (prefix text PRIMARY KEY); INSERT INTO depot_prefix VALUES ('A'), ('B')",
            "DROP TABLE depot_prefix",
        ),
        migrations.RunSQL(
            "CREATE FUNCTION depot_known(code text) RETURNS boolean LANGUAGE sql STABLE AS "
            "'SELECT EXISTS (SELECT 1 FROM depot_prefix p WHERE code LIKE p.prefix || ''%'')'",
            "DROP FUNCTION depot_known(text)",
        ),
        # A domain whose check calls a function, and a table that has a column of it.
        migrations.RunSQL(
            "CREATE FUNCTION depot_short(code text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT length(code) < 9'",
            "DROP FUNCTION depot_short(text)",
        ),
        migrations.RunSQL(
            "CREATE DOMAIN depot_code AS text CHECK (depot_short(VALUE))", "DROP DOMAIN depot_code"
        ),
        migrations.CreateModel(
            "Item",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", depot.models.Code()),
                ("name", models.CharField(max_length=50)),
            ],
        ),
    ]
