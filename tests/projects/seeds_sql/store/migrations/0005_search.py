from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("store", "0004_custom")]

    operations = [
        migrations.RunSQL("CREATE VIRTUAL TABLE store_search USING fts5(words)", "DROP TABLE store_search"),
        migrations.RunSQL("INSERT INTO store_search VALUES ('found again')", migrations.RunSQL.noop),
    ]
