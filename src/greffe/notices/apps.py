"""The notices app."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Registers greffe.notices; refuses to start with an address or a key that cannot be meant."""

    name = "greffe.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Read the addresses once, so that a wrong one is told at the start."""
        from greffe.notices.channels import channel  # noqa: PLC0415 - only now are settings read

        channel()
