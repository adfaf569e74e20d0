"""Fails where a model has changed without its migration. Needs no database.

Django compares models with migration files; the database would only be asked for the history of
what was applied, which is another question. So this runs on Django's dummy engine.
"""

import os

import django
from django.conf import settings
from django.core.management import call_command


def main() -> None:
    """Run Django's system checks and ``makemigrations --check``; exits 1 with what is missing."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "greffe.settings"
    settings.DATABASES = {"default": {"ENGINE": "django.db.backends.dummy"}}
    django.setup()
    call_command("check", fail_level="WARNING")
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=1)


if __name__ == "__main__":
    main()
