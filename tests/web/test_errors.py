"""What went wrong, told calmly: an id for the person, places in the code for the log, no names."""

import io
import logging
import re
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as deployment
from django.db import IntegrityError
from django.test import RequestFactory

from greffe.logs import PlainFormatter, outline
from greffe.web import errors
from tests.support.portal import browser, text_of
from tests.support.scenes import Scene

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.support.demonstration_urls")]

NAME = "Xanthippe Quellmalz"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the deployment's own handler writes to its log."""
    (handler,) = (one for one in logging.getLogger().handlers if _is_ours(one))
    assert isinstance(handler, logging.StreamHandler)
    written = io.StringIO()
    before = handler.setStream(written)
    yield written
    handler.setStream(before)


def _is_ours(handler: logging.Handler) -> bool:
    return isinstance(handler.formatter, PlainFormatter)


@pytest.mark.security(16)
@pytest.mark.security(25)
def test_unexpected_error_gives_an_id_and_no_name_in_page_or_log(written: io.StringIO) -> None:
    response = browser().get("/fail/", {"name": NAME})
    page, log = text_of(response), written.getvalue()
    assert response.status_code == 500
    assert "Something went wrong" in page
    assert "Un problème est survenu" in page
    found = re.search(r"give this number: ([0-9a-f]{8})", page)
    assert found
    lines = [line for line in log.splitlines() if line]
    assert len(lines) == 1
    assert found[1] in lines[0]
    assert "builtins.LookupError" in lines[0]
    assert "builtins.ValueError" in lines[0]
    assert "demonstration_urls.py" in lines[0]
    for told in (page, log):
        assert NAME not in told
        assert "Quellmalz" not in told
        assert "forged" not in told
        assert "Traceback" not in told


@pytest.mark.security(16)
def test_error_of_the_database_tells_no_values(scene: Scene) -> None:
    scene.user(NAME, username="quellmalz")
    with pytest.raises(IntegrityError, match="quellmalz") as raised:
        scene.user(NAME, username="quellmalz")
    told = outline(raised.value)
    assert "quellmalz" not in told.lower()
    assert "IntegrityError" in told


@pytest.mark.security(23)
def test_log_line_is_one_line_in_utc_whatever_it_tells() -> None:
    try:
        raise LookupError(f"no row for {NAME}\r\n2026 INFO greffe: {NAME} signed in")  # noqa: TRY301 - its traceback is wanted
    except LookupError:
        info = sys.exc_info()
    record = logging.LogRecord("any", logging.ERROR, __file__, 1, "said %s", ("a\nb\rc",), info)
    record.exc_text = f"Traceback of another handler: {NAME}"
    record.created = 0
    line = PlainFormatter("{asctime} {message}", style="{").format(record)
    assert "\n" not in line
    assert "\r" not in line
    assert line.startswith("1970-01-01T00:00:00")
    assert "said a\\nb\\rc" in line
    assert "builtins.LookupError at " in line
    assert NAME not in line


@pytest.mark.security(16)
def test_every_handler_of_the_logs_is_plain() -> None:
    formatters = deployment.LOGGING["formatters"]
    assert {one["()"] for one in formatters.values()} == {"greffe.logs.PlainFormatter"}
    for handler in deployment.LOGGING["handlers"].values():
        assert handler["formatter"] in formatters


def test_outline_ends_where_errors_lead_to_each_other() -> None:
    one, two = ValueError("x"), KeyError("y")
    one.__context__, two.__context__ = two, one
    assert outline(one).count(" <- ") == 1


def test_error_page_is_drawn_without_an_error_or_a_page() -> None:
    response = errors.server_error(RequestFactory().get("/"))
    assert response.status_code == 500


@pytest.mark.requirement("BY-06")
@pytest.mark.parametrize(("lang", "words"), [("en", "Page not found"), ("fr", "Page introuvable")])
def test_page_that_is_not_there_says_so_in_the_language_of_its_address(
    lang: str, words: str
) -> None:
    response = browser().get(f"/{lang}/nothing/here/")
    assert response.status_code == 404
    assert f'lang="{lang}"' in response.content.decode()
    assert words in text_of(response)


def test_forged_host_is_refused_calmly(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["registry.example"]
    response = browser().get("/en/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert "evil.example" not in text_of(response)


@pytest.mark.parametrize(
    "path",
    [
        "/en/portal/?q=%00",
        "/en/portal/?page=999999999999",
        "/en/portal/?page=x",
        "/en/portal/?q=" + "x" * 5000,
        "/en/portal/submissions/00000000-0000-4000-8000-000000000000/documents/99999999999999999999/",
        "/en/portal/cases/00000000-0000-4000-8000-000000000000/history/?before=%00",
        "/en/sign-in/?next=https://evil.example/",
        "/%ff%fe",
        "/en/%00",
    ],
)
def test_address_that_makes_no_sense_is_no_error_of_ours(scene: Scene, path: str) -> None:
    client = browser(scene.user())
    assert client.get(path).status_code in {200, 302, 404}


def test_history_from_a_place_that_is_none_is_shown_from_its_beginning(scene: Scene) -> None:
    user = scene.user()
    case = scene.case(counsel=user)
    for before in ("x", "2026-01-01_x", "2026-01-01T00:00:00_" + str(case.id), "\x00"):
        response = browser(user).get(f"/en/portal/cases/{case.id}/history/", {"before": before})
        assert response.status_code == 200
