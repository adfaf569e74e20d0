"""Styles and scripts are kept by browsers for a minute, then asked for again without being sent."""

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

# A request closes the connections that are old, whoever opened them.
pytestmark = pytest.mark.django_db

FILES = [
    "greffe/tokens.css",
    "greffe/base.css",
    "greffe/components.css",
    "greffe/js/upload.js",
    "greffe/icon.svg",
]


@pytest.mark.parametrize("name", FILES)
def test_static_file_is_kept_for_a_minute_and_says_whether_it_changed(name: str) -> None:
    assert finders.find(name), name
    first = Client().get(f"/static/{name}")
    assert b"".join(first)
    first.close()
    assert first.status_code == 200
    assert first.headers["Cache-Control"] == "max-age=60, public"
    assert first.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in first.headers
    again = Client().get(f"/static/{name}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.getvalue()) == (304, b"")
    again.close()
