"""The page on which an access code is entered, for whoever needs one: see `Use` and `begin`.

What is asked for is in the session: the account, the purpose, and what the purpose wants to know
again. A page that needs a code says once what its purpose does, and sends people here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from greffe.accounts import access_codes, limits, sending
from greffe.accounts.access_codes import About, Place
from greffe.accounts.addresses import client_address
from greffe.accounts.code_errors import (
    ExpiredCodeError,
    MalformedCodeError,
    NoTextsError,
    WrongCodeError,
)
from greffe.accounts.known_browsers import known_browser
from greffe.accounts.models import AccessCode, Person, User
from greffe.accounts.viewers import Viewer
from greffe.cases.queries import represented_or_own
from greffe.ledger.actors import Actor
from greffe.notices.queries import find_by_key
from greffe.web import code_words
from greffe.web.landing import landing
from greffe.web.tries import say_when, status_of, wait_words

_KEY = "access-code"
"""Where the session says what is asked for."""


class NotNowError(Exception):
    """What the code opens cannot be done now: everything is undone, and these words are shown."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a session asks a code for; `data` is what the purpose wants to know again."""

    purpose: AccessCode.Purpose
    user: User
    data: Mapping[str, str] = field(default_factory=dict)


def _of_the_account(request: HttpRequest, asked: Asked) -> Person | None:
    del request
    return asked.user.person


@dataclass(frozen=True, slots=True)
class Use:
    """What a purpose does with this page.

    `mobile` gives the number as it is now, "" where there is none. `entered` is called in the
    transaction that uses the code up, and gives the address to go on to. `back` names the page to
    go back to. `person` gives who the message is for, the account's own unless said: the officers
    of that person's cases see one that could not be sent.
    """

    mobile: Callable[[HttpRequest, Asked], str]
    entered: Callable[[HttpRequest, Asked], str]
    back: str = "portal:my-cases"
    person: Callable[[HttpRequest, Asked], Person | None] = _of_the_account


_USES: dict[AccessCode.Purpose, Use] = {}


def register(purpose: AccessCode.Purpose, use: Use) -> None:
    """Say what a purpose does with this page."""
    _USES[purpose] = use


def begin(
    request: HttpRequest,
    *,
    purpose: AccessCode.Purpose,
    user: User,
    data: Mapping[str, str] | None = None,
    language: str = "",
) -> HttpResponse:
    """Send a first code, and lead to the page on which it is entered.

    `language` is that of the message; without it, the page's. A code of this session that is still
    good is not replaced.
    """
    request.session[_KEY] = {
        "purpose": str(purpose),
        "account": user.pk,
        "data": dict(data or {}),
        "language": language or get_language() or settings.LANGUAGE_CODE,
    }
    if not request.session.session_key:
        request.session.save()
    _send(request, Asked(purpose, user, dict(data or {})))
    return redirect("portal:access-code")


class CodeForm(forms.Form):
    """One field. It is read however the digits are grouped; telephones offer what they received."""

    code = forms.CharField(
        label=_("Access code"),
        strip=True,
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "spellcheck": "false",
            }
        ),
        error_messages={"required": _("Enter the access code of the text message.")},
    )

    def clean_code(self) -> str:
        """See that it can be a code."""
        try:
            return access_codes.digits_of(self.cleaned_data["code"])
        except MalformedCodeError:
            raise ValidationError(code_words.malformed(), code="malformed") from None


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Take the code that was sent, or say why not; show where it went and when another may go."""
    asked = _asked(request)
    if asked is None:
        return _nothing_asked(request)
    form = CodeForm(request.POST if request.method == "POST" else None)
    refusal: limits.TooManyTriesError | None = None
    if form.is_valid():
        try:
            address = _enter(request, asked, form.cleaned_data["code"])
        except limits.TooManyTriesError as error:
            refusal = error
            form.add_error("code", wait_words(error.wait))
        except (WrongCodeError, ExpiredCodeError) as error:
            form.add_error("code", code_words.refused(error))
        except NotNowError as error:
            form.add_error(None, str(error))
        else:
            request.session.pop(_KEY, None)
            return redirect(address)
    status = status_of(refusal) if form.is_bound else HTTPStatus.OK
    shown = _shown(request, asked, form)
    response = render(request, "portal/access_code.html", shown, status=status)
    say_when(response, refusal)
    return response


@require_POST
def again(request: HttpRequest) -> HttpResponse:
    """Send another code; the one before ends."""
    asked = _asked(request)
    if asked is None:
        return _nothing_asked(request)
    if _send(request, asked):
        messages.success(request, gettext("A new code is on its way. Only the new one is good."))
    return redirect("portal:access-code")


def _asked(request: HttpRequest) -> Asked | None:
    """What this session asks a code for; None where nothing, or for another account."""
    kept = request.session.get(_KEY)
    if not isinstance(kept, dict) or kept.get("purpose") not in _USES:
        return None
    user = User.objects.select_related("person").filter(pk=kept["account"], is_active=True).first()
    if user is None or (request.user.is_authenticated and request.user.pk != user.pk):
        return None
    return Asked(AccessCode.Purpose(kept["purpose"]), user, kept["data"])


def _nothing_asked(request: HttpRequest) -> HttpResponse:
    """Nobody is asked for a code here: on to where their work begins."""
    if not request.user.is_authenticated:
        return redirect("sign-in")
    return redirect(landing(request.viewer))  # type: ignore[attr-defined]  # our middleware's


def _enter(request: HttpRequest, asked: Asked, typed: str) -> str:
    """Use the code up and do what it opens; gives the address to go on to."""
    use, addresses = _USES[asked.purpose], list[str]()
    access_codes.enter(
        by=_actor(asked.user),
        user=asked.user,
        purpose=asked.purpose,
        bound_to=request.session.session_key or "",
        typed=typed,
        mobile=use.mobile(request, asked),
        place=_place(request, asked.user),
        then=lambda: addresses.append(use.entered(request, asked)),
    )
    return addresses[0]


def _send(request: HttpRequest, asked: Asked) -> bool:
    """Send a code; where that is not possible now, say why, and that nothing is lost."""
    use = _USES[asked.purpose]
    try:
        access_codes.send(
            by=_actor(asked.user),
            user=asked.user,
            purpose=asked.purpose,
            mobile=use.mobile(request, asked),
            bound_to=request.session.session_key or "",
            language=request.session[_KEY]["language"],
            place=_place(request, asked.user),
            about=_about(use.person(request, asked), asked.user),
        )
    except sending.TooManySentError as refusal:
        messages.error(request, code_words.too_many_sent(refusal.wait))
    except NoTextsError as error:
        messages.error(request, code_words.no_texts(error))
    else:
        return True
    return False


def _about(person: Person | None, user: User) -> About:
    if person is None:
        return About()
    whose = Viewer(person=person, account_id=user.pk)
    cases = represented_or_own(whose, on=timezone.localdate(), as_delegate=False)
    return About(person.pk, list(cases.values_list("pk", flat=True)))


def _shown(request: HttpRequest, asked: Asked, form: CodeForm) -> dict[str, Any]:
    session_key = request.session.session_key or ""
    code = access_codes.latest_of(asked.user, asked.purpose, session_key)
    use = _USES[asked.purpose]
    message = find_by_key(access_codes.message_of(code)) if code else None
    wait = sending.wait_for_next(
        phone=sending.phone_of(use.mobile(request, asked), asked.user.pk),
        account=str(asked.user.pk),
        address=_place(request, asked.user).address,
    )
    return {
        "form": form,
        "sent": code_words.sent(code, message),
        "trouble": code_words.trouble(code, message),
        "minutes": int(access_codes.LASTS.total_seconds()) // 60,
        "wait": code_words.wait(wait) if wait else "",
        "back": reverse(use.back),
    }


def _place(request: HttpRequest, user: User) -> Place:
    return Place(
        address=client_address(request, proxies=settings.TRUSTED_PROXIES),
        browser=known_browser(request, user.username),
    )


def _actor(user: User) -> Actor:
    return Actor(
        name=user.get_full_name(),
        capacity="account",
        person_id=user.person_id,
        account_id=user.pk,
    )
