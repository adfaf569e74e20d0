"""What every answer carries: pages, errors, downloads, static files, with HTTPS and without."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.security.registry import make
from tests.support.portal import address, browser
from tests.support.scenes import PASSWORD, Scene

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.security(18),
    pytest.mark.urls("tests.support.demonstration_urls"),
]


def assert_guarded(response: Any, *, kept: bool = False) -> None:
    """See that an answer carries every header of the bar; `kept` if it may be cached."""
    headers = response.headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http:" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert kept or "no-store" in headers["Cache-Control"]
    if response.streaming:
        assert b"".join(response) is not None  # reading it to its end closes its file


def test_every_kind_of_answer_is_guarded(scene: Scene) -> None:
    registry = make(scene)
    client = browser(registry.counsel)
    for name in (
        "home",
        "sign-out",
        "sign-in",
        "published-keys",
        "healthz",
        "root",
        "portal:case",
        "portal:draft-review",
        "portal:receipt-json",
        "portal:submitted-document",
    ):
        assert_guarded(client.get(registry.path(name)))
    assert_guarded(client.get("/en/nothing/"))
    assert_guarded(client.get("/fail/"))
    assert_guarded(client.delete("/en/"))
    assert_guarded(client.get("/en/", headers={"host": "evil.example"}))
    assert_guarded(browser(enforce_csrf_checks=True).post(address("check-receipt")))
    too_much = {"CONTENT_LENGTH": str(10**9), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    response = client.generic("POST", registry.path("portal:draft-files"), **too_much)
    assert response.status_code == 413
    assert_guarded(response)
    assert_guarded(client.get("/static/greffe/tokens.css"), kept=True)
    assert_guarded(client.get("/static/nothing.css"), kept=True)


@pytest.mark.security(20)
def test_document_is_a_download_under_its_own_name_and_nothing_else(scene: Scene) -> None:
    registry = make(scene)
    response = browser(registry.counsel).get(registry.path("portal:submitted-document"))
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment; filename=")
    assert "preuve-de-Quellmalz.pdf" in response["Content-Disposition"]
    assert_guarded(response)


def test_cookies_are_for_this_site_and_not_for_scripts(scene: Scene) -> None:
    user = scene.user()
    client = browser()
    client.get(address("sign-in"))
    client.post(address("sign-in"), {"login": user.username, "password": PASSWORD})
    assert set(client.cookies) >= {"greffe-session", "greffe-csrf"}
    for name in ("greffe-session", "greffe-csrf"):
        cookie = client.cookies[name]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/"
        assert not cookie["domain"]


PRODUCTION = {
    "GREFFE_URL": "https://registry.example",
    "GREFFE_HOSTS": "registry.example",
    "GREFFE_SECRET_KEY": "k7" * 40 + "a-long-random-text-of-a-deployment",
}


def in_production(code: str, state: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python with production settings, in a process of its own."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    settings = {"DJANGO_SETTINGS_MODULE": "greffe.settings", "GREFFE_STATE": str(state)}
    return subprocess.run(
        [sys.executable, "-c", code],
        env=kept | settings | PRODUCTION | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


_OVER_HTTPS = """
import json, django
django.setup()
from django.test import Client
client = Client(headers={"host": "registry.example"})
page = client.get("/en/sign-in/", secure=True)
missing = client.get("/en/nothing/", secure=True)
style = client.get("/static/greffe/tokens.css", secure=True)
plain = client.get("/en/")
forged = client.get("/en/", headers={"x-forwarded-proto": "https"})
answers = {"page": page, "missing": missing, "style": style, "plain": plain, "forged": forged}
print(json.dumps({
    "headers": {name: dict(answer.headers) for name, answer in answers.items()},
    "statuses": {name: answer.status_code for name, answer in answers.items()},
    "cookies": {name: dict(cookie) for name, cookie in client.cookies.items()},
}))
"""


def test_with_https_cookies_are_bound_to_the_host_and_browsers_stay_with_https(
    tmp_path: Path,
) -> None:
    done = in_production(_OVER_HTTPS, tmp_path)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    for name in ("page", "missing", "style"):
        assert said["headers"][name]["Strict-Transport-Security"].startswith("max-age=31536000")
        assert "unsafe" not in said["headers"][name]["Content-Security-Policy"]
    assert list(said["cookies"]) == ["__Host-csrf"]
    cookie = said["cookies"]["__Host-csrf"]
    assert cookie["secure"]
    assert cookie["httponly"]
    assert cookie["path"] == "/"
    assert not cookie["domain"]
    for name in ("plain", "forged"):
        assert said["statuses"][name] == 301
        assert said["headers"][name]["Location"] == "https://registry.example/en/"
        assert "Content-Security-Policy" in said["headers"][name]


_SETTINGS = """
import django
django.setup()
from django.conf import settings
print(settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE, settings.DEBUG, settings.DEMO)
print(settings.KNOWN_BROWSER_COOKIE_NAME, settings.TRUSTED_PROXIES)
"""


@pytest.mark.security(25)
def test_production_is_no_debugging_and_no_demonstration(tmp_path: Path) -> None:
    done = in_production(_SETTINGS, tmp_path)
    session, browser_known = done.stdout.splitlines()
    assert session.split() == ["__Host-session", "True", "False", "False"], done.stderr
    assert browser_known.split() == ["__Host-known", "0"]


@pytest.mark.security(25)
def test_check_of_a_deployment_finds_nothing(tmp_path: Path) -> None:
    code = (
        "import django; django.setup(); from django.core.management import call_command;"
        " call_command('check', deploy=True, fail_level='WARNING')"
    )
    done = in_production(code, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
