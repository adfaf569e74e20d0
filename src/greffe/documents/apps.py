"""The documents app."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Registers greffe.documents under the label documents."""

    name = "greffe.documents"
    label = "documents"
    default_auto_field = "django.db.models.BigAutoField"
