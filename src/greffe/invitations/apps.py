"""The invitations app."""

from django.apps import AppConfig


class InvitationsConfig(AppConfig):
    """Registers greffe.invitations under the label invitations."""

    name = "greffe.invitations"
    label = "invitations"
    default_auto_field = "django.db.models.BigAutoField"
