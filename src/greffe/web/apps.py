"""The web app."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Registers greffe.web under the label web."""

    name = "greffe.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
