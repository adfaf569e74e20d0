"""What the application's database role may do: its work, and nothing to the past."""

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

APPLICATION_ROLE = "greffe_app"

_EVERYDAY = (
    "GRANT USAGE ON SCHEMA {schema} TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}",
    "REVOKE TRUNCATE, REFERENCES, TRIGGER ON ALL TABLES IN SCHEMA {schema} FROM {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
    "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {schema} TO {role}",
)

# The columns that the application fills; the transaction id is the database's alone to say.
_LEDGER = {
    "ledger_event": (
        "id", "kind", "at", "actor_name", "actor_capacity", "actor_person_id", "actor_account_id",
        "for_person_id", "for_name", "subject", "case_ids", "body", "salt", "commitment",
    ),
    "ledger_link": ("seq", "event_id", "previous", "hash"),
    "ledger_checkpoint": ("id", "seq", "envelope", "made_at"),
}  # fmt: skip


def grant_application_role(
    connection: BaseDatabaseWrapper, *, role: str = APPLICATION_ROLE, schema: str = "public"
) -> bool:
    """Give `role` what the application needs in `schema`; call as the tables' owner after migrate.

    The role reads and appends to the ledger and can neither change nor empty it; it truncates
    nothing anywhere. Repeating is harmless. Gives False, and does nothing, where there is no such
    role (one machine with one role). Raises the database's error when the caller owns too little.
    """
    names = {"role": sql.Identifier(role), "schema": sql.Identifier(schema)}
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            return False
        for statement in _EVERYDAY:
            cursor.execute(sql.SQL(statement).format(**names))
        for table, columns in _LEDGER.items():
            for rights in _append_only(table, columns):
                cursor.execute(rights.format(**names))
    return True


def _append_only(table: str, columns: tuple[str, ...]) -> tuple[sql.SQL, sql.SQL]:
    listed = ", ".join(columns)
    return (
        sql.SQL(f"REVOKE ALL ON {{schema}}.{table} FROM {{role}}"),
        sql.SQL(f"GRANT SELECT, INSERT ({listed}) ON {{schema}}.{table} TO {{role}}"),
    )
