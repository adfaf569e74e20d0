"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registers greffe.accounts, and records sign-ins."""

    name = "greffe.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Connect the signals of django.contrib.auth to the ledger."""
        from greffe.accounts import signals  # noqa: F401, PLC0415 - connecting is what it is for
