"""The addresses of the demonstration, for tests that run without it."""

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from greffe.urls import handler400, handler403, handler404, handler429, handler500
from greffe.urls import urlpatterns as ordinary

__all__ = ["handler400", "handler403", "handler404", "handler429", "handler500", "urlpatterns"]


def fail(request: HttpRequest) -> HttpResponse:
    """Break as a mistake of ours would: with what somebody typed in the error's message."""
    typed = request.GET.get("name", "")
    try:
        return HttpResponse(str(int(typed)))
    except ValueError as error:
        raise LookupError(f"no row for {typed}\n2026 INFO a forged line") from error


urlpatterns = [
    *ordinary,
    path("fail/", fail, name="fail"),
    *i18n_patterns(path("demonstration/", include("greffe.web.demo_urls"))),
]
