"""The notices app."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Registers greffe.notices, and refuses to start with a mail server that cannot be meant."""

    name = "greffe.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Read the address of the mail server once, so that a wrong one is told at the start."""
        from greffe.notices.channels import channel  # noqa: PLC0415 - only now are settings read

        channel()
