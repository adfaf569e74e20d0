"""UPDATE, DELETE and TRUNCATE of the ledger are refused, to the owner of its tables too.

Statement triggers, so that a statement that touches no row is refused as well, and so is an
``INSERT ... ON CONFLICT DO UPDATE``. To get round them takes a superuser, or the owner changing the
schema: neither is anybody's everyday role, and `greffe ledger verify` finds what was done.
"""

from django.db import migrations

TABLES = ("ledger_event", "ledger_link", "ledger_checkpoint")

REFUSE = """
CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: % of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$
"""

TRIGGER = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_events")]

    operations = [
        migrations.RunSQL(REFUSE, "DROP FUNCTION ledger_refuse()"),
        *(
            migrations.RunSQL(
                TRIGGER.format(table=table), f"DROP TRIGGER {table}_append_only ON {table}"
            )
            for table in TABLES
        ),
    ]
