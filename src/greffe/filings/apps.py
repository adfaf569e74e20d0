"""The filings app."""

from django.apps import AppConfig


class FilingsConfig(AppConfig):
    """Registers greffe.filings under the label filings."""

    name = "greffe.filings"
    label = "filings"
    default_auto_field = "django.db.models.BigAutoField"
