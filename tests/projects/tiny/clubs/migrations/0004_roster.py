from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("clubs", "0003_club_members")]
    operations = [
        migrations.RunSQL(
            "CREATE VIEW clubs_roster AS SELECT c.code, p.name FROM clubs_club c JOIN people_person p ON p.club_id = c.id",
            "DROP VIEW clubs_roster",
        ),
        migrations.RunSQL(
            "CREATE TRIGGER clubs_count AFTER INSERT ON people_person WHEN NEW.club_id IS NOT NULL BEGIN "
            "UPDATE clubs_club SET members = members + 1 WHERE id = NEW.club_id; END",
            "DROP TRIGGER clubs_count",
        ),
    ]
