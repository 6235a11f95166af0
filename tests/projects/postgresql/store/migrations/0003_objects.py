from django.db import migrations

FUNCTION = """
CREATE FUNCTION store_note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- 100% of them
    INSERT INTO store_audit (text, at) VALUES (format('%s is new', NEW.name), now());
    RETURN NEW;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("store", "0002_extensions"), ("people", "0003_customers")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION store_note()"),
        migrations.RunSQL(
            "CREATE TRIGGER store_watch AFTER INSERT ON store_product FOR EACH ROW EXECUTE FUNCTION store_note()",
            "DROP TRIGGER store_watch ON store_product",
        ),
        migrations.RunSQL(
            "CREATE VIEW store_cheap AS SELECT id, name FROM store_product WHERE price < 10",
            "DROP VIEW store_cheap",
        ),
        migrations.RunSQL(
            "CREATE MATERIALIZED VIEW store_names AS SELECT id, name FROM store_cheap;"
            "CREATE UNIQUE INDEX store_names_id ON store_names (id)",
            "DROP MATERIALIZED VIEW store_names",
        ),
        migrations.RunSQL(
            "ALTER TABLE store_product ADD CONSTRAINT store_price CHECK (price >= 0)",
            "ALTER TABLE store_product DROP CONSTRAINT store_price",
        ),
        migrations.RunSQL(
            "CREATE INDEX store_product_lower ON store_product (lower(name)) WHERE price > 0",
            "DROP INDEX store_product_lower",
        ),
        migrations.RunSQL("COMMENT ON TABLE store_product IS 'what we sell'", migrations.RunSQL.noop),
        migrations.RunSQL("CREATE TYPE store_mood AS ENUM ('good', 'bad')", "DROP TYPE store_mood"),
    ]
