"""The cases app."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """Registers greffe.cases under the label cases."""

    name = "greffe.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"
