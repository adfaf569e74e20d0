"""What every page needs: the registry's name, the languages of this address, who is signed in."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from greffe.accounts.sessions import time_left
from greffe.law.rows import Text
from greffe.web.landing import ways_of

REGISTRY_NAME = Text(en="Electronic registry", fr="Greffe électronique")
"""The name in the header, the footer and the title of every page."""


@dataclass(frozen=True, slots=True)
class Language:
    """One of the languages of the registry, and the address of this same page in it."""

    code: str
    name: str
    url: str
    current: bool


def registry(request: HttpRequest) -> dict[str, object]:
    """Give the base layout its words and addresses (a context processor)."""
    return {
        "registry_name": REGISTRY_NAME.get(get_language() or settings.LANGUAGE_CODE),
        "demonstration": settings.DEMO,
        "languages": languages_of(request),
        "person_name": person_name(request),
        "ways": ways_of(getattr(request, "viewer", None)) if person_name(request) else [],
        "session_end": session_end(request),
    }


def session_end(request: HttpRequest) -> dict[str, int] | None:
    """Give the seconds until the session ends unused, and those of the warning; None in public."""
    left = time_left(request.session) if person_name(request) else None
    warned = settings.SESSION_WARNED
    return {"left": left.seconds, "warned": warned, "minutes": warned // 60} if left else None


def languages_of(request: HttpRequest) -> list[Language]:
    """Give each language with this page's address in it, the query string kept."""
    active = get_language() or settings.LANGUAGE_CODE
    return [
        Language(code, name, address_in(request, code), code == active)
        for code, name in settings.LANGUAGES
    ]


def address_in(request: HttpRequest, lang: str) -> str:
    """Give the address of this page in `lang`: the same address behind the other prefix.

    An address without a language prefix has no other: its start page is given instead.
    """
    codes = {code for code, _ in settings.LANGUAGES}
    first, slash, rest = request.path.removeprefix("/").partition("/")
    if first not in codes:
        return f"/{lang}/"
    query = request.META.get("QUERY_STRING", "")
    return f"/{lang}{slash}{rest}" + (f"?{query}" if query else "")


def person_name(request: HttpRequest) -> str:
    """Give the name of who is signed in, or "" for the public."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return ""
    person = getattr(user, "person", None)
    return str(person or user)
