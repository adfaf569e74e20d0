"""The registry's addresses, and one that asks for an access code as any page would."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.urls import path

from greffe.accounts.models import AccessCode, User
from greffe.urls import handler400, handler403, handler404, handler429, handler500
from greffe.urls import urlpatterns as ours
from greffe.web.portal import access_code_pages
from greffe.web.portal.access_code_pages import Asked, NotNowError, Use

__all__ = ["handler400", "handler403", "handler404", "handler429", "handler500", "urlpatterns"]

PURPOSE = AccessCode.Purpose.NEW_PHONE


def mobile(request: HttpRequest, asked: Asked) -> str:
    """The number of the person, as it is now."""
    del request
    assert asked.user.person is not None
    return asked.user.person.mobile


def entered(request: HttpRequest, asked: Asked) -> str:
    """Note in the session that it was done; where the data says so, say that it cannot be."""
    if asked.data.get("refused"):
        raise NotNowError(asked.data["refused"])
    request.session["done"] = asked.data.get("what", "")
    return "/en/portal/account/"


USE = Use(mobile=mobile, entered=entered, back="portal:account")


def begin(request: Any) -> HttpResponse:
    """Ask for a code, signed in or as whoever is named."""
    named = request.GET.get("user")
    user = User.objects.get(username=named) if named else cast("User", request.user)
    data = {name: request.GET[name] for name in ("what", "refused") if name in request.GET}
    return access_code_pages.begin(request, purpose=PURPOSE, user=user, data=data)


urlpatterns = [*ours, path("begin/", begin, name="begin")]
