"""The ledger app."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Registers greffe.ledger under the label ledger."""

    name = "greffe.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"
