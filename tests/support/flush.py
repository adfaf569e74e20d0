"""Lets Django empty the tables between tests, which the ledger's triggers otherwise refuse.

Tests connect as a superuser, who may set triggers aside; nobody else can, and nothing in the
product does.
"""

from typing import Any

import pytest
from django.db.backends.postgresql.operations import DatabaseOperations

ASIDE = "SET LOCAL session_replication_role = replica"


def allow_flush(patch: pytest.MonkeyPatch) -> None:
    """Set triggers aside in the transaction in which Django's test cases empty the tables."""
    plain = DatabaseOperations.sql_flush

    def sql_flush(self: DatabaseOperations, *args: Any, **kwargs: Any) -> list[str]:
        statements = plain(self, *args, **kwargs)
        return [ASIDE, *statements] if statements else []

    patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
