from django.db import connection, migrations

TRIGGER = """
CREATE TRIGGER store_watch AFTER INSERT ON store_product FOR EACH ROW
BEGIN
    -- 100% of them
    INSERT INTO store_audit (text, at) VALUES (CONCAT(NEW.name, ' is new; ', store_twice(1)), NULL);
END
"""
FUNCTION = """
CREATE FUNCTION store_twice(n INT) RETURNS INT DETERMINISTIC
BEGIN
    SET n = n * 2;
    RETURN n;
END
"""
# Asked while this module is imported, as products do.
SEQUENCES = (
    [migrations.RunSQL("CREATE SEQUENCE store_invoices START WITH 7", "DROP SEQUENCE store_invoices")]
    if connection.mysql_is_mariadb
    else []
)


class Migration(migrations.Migration):
    dependencies = [("store", "0002_states"), ("people", "0003_customers")]

    operations = [
        migrations.RunSQL([FUNCTION], ["DROP FUNCTION store_twice"]),
        migrations.RunSQL([TRIGGER], ["DROP TRIGGER store_watch"]),
        migrations.RunSQL(
            ["CREATE PROCEDURE store_tidy() BEGIN DELETE FROM store_audit; SELECT 1; END"], ["DROP PROCEDURE store_tidy"]
        ),
        migrations.RunSQL(
            "CREATE VIEW store_cheap AS SELECT id, name FROM store_product WHERE price < 10",
            "DROP VIEW store_cheap",
        ),
        migrations.RunSQL(
            "CREATE FULLTEXT INDEX store_product_about ON store_product (about)",
            "DROP INDEX store_product_about ON store_product",
        ),
        migrations.RunSQL(
            "CREATE EVENT store_nightly ON SCHEDULE EVERY 1 DAY DISABLE DO CALL store_tidy()", "DROP EVENT store_nightly"
        ),
        migrations.RunSQL(
            [
                "CREATE TABLE store_rates (code CHAR(3) PRIMARY KEY, rate FLOAT, `from` DATE, KEY (rate)) COMMENT 'by hand'",
                "INSERT INTO store_rates VALUES ('EUR', 1, '2020-01-01'), ('USD', 1.1, NULL)",
            ],
            "DROP TABLE store_rates",
        ),
        # A unique index by hand, and an index that is renamed later.
        migrations.RunSQL("CREATE UNIQUE INDEX title ON store_audit (text)", "DROP INDEX title ON store_audit"),
        migrations.RunSQL("CREATE INDEX old_title ON people_customer (title(10))", migrations.RunSQL.noop),
        migrations.RunSQL("ALTER TABLE people_customer RENAME INDEX old_title TO short_title", migrations.RunSQL.noop),
        *SEQUENCES,
    ]
