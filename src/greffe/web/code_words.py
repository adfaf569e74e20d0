"""What people read about access codes: where one went, why it was not taken, when to ask again."""

from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext

from greffe.accounts.code_errors import ExpiredCodeError, NoTextsError, WrongCodeError
from greffe.accounts.models import AccessCode
from greffe.law.calendar import eastern
from greffe.law.dates import long_time
from greffe.notices.models import Notice

LAST = 4
"""Digits of a number by which its owner knows it."""

_TWO_MINUTES = 120


def malformed() -> str:
    """What was typed cannot be a code."""
    return gettext("Enter the 6 digits of the text message: digits only, as in 123 456.")


def refused(error: WrongCodeError | ExpiredCodeError) -> str:
    """Why a code was not taken, and what to do."""
    if isinstance(error, WrongCodeError):
        words = ngettext(
            "This is not the code that we sent last. Check the latest message. "
            "You have %(n)d try left with this code.",
            "This is not the code that we sent last. Check the latest message. "
            "You have %(n)d tries left with this code.",
            error.left,
        )
        return words % {"n": error.left}
    return {
        "none": gettext("No code has been sent to you yet. Ask for one below."),
        "other-session": gettext(
            "A code was asked for in another browser or another window, and is good there alone. "
            "Enter it there, or ask for a new one below."
        ),
        "phone-changed": gettext(
            "Your mobile number has changed since this code was sent. "
            "Ask for a new one below: it goes to the new number."
        ),
        "used": gettext("This code has been used already. Ask for a new one below."),
        "expired": gettext(
            "This code is over: a code is good for 10 minutes, or until a newer one is sent. "
            "Ask for a new one below."
        ),
        "spent": gettext(
            "A wrong code was entered 5 times, so the code that we sent is no longer good. "
            "Ask for a new one below."
        ),
    }[error.why]


def wait(seconds: int) -> str:
    """When another code may be asked for."""
    if seconds >= _TWO_MINUTES:
        minutes = -(-seconds // 60)
        words = ngettext(
            "You can ask for another code in %(n)d minute.",
            "You can ask for another code in %(n)d minutes.",
            minutes,
        )
        return words % {"n": minutes}
    words = ngettext(
        "You can ask for another code in %(n)d second.",
        "You can ask for another code in %(n)d seconds.",
        seconds,
    )
    return words % {"n": seconds}


def too_many_sent(seconds: int) -> str:
    """No code was sent: one was sent a moment ago."""
    kept = gettext("No new code was sent: one was asked for a short while ago.")
    return f"{kept} {wait(seconds)}"


def no_texts(error: NoTextsError) -> str:
    """No text message can be sent at all now."""
    if error.why == "off" or error.again is None:
        return gettext(
            "No code was sent: this registry cannot send text messages now. Nothing is lost. "
            "Try again later, or ask the people named below."
        )
    lang = get_language() or "en"
    at = long_time(eastern(error.again), lang, place=gettext("Eastern time"))
    said = gettext(
        "No code was sent: the registry has sent all the text messages that it may send today. "
        "It is nothing you did, and nothing is lost. Try again after %(at)s."
    )
    return said % {"at": at}


def sent(code: AccessCode | None, message: Notice | None) -> str:
    """Where the code goes, by the last four digits; "" where there is none that can be entered."""
    if code is None or message is None or message.state == "failed" or _is_over(code):
        return ""
    if message.state == "sent":
        said = gettext("We sent a text message to the number that ends in %(last)s.")
    else:
        said = gettext("The text message goes to the number that ends in %(last)s.")
    return said % {"last": code.mobile[-LAST:]}


def _is_over(code: AccessCode) -> bool:
    return code.used_at is not None or code.expires_at <= timezone.now()


def trouble(code: AccessCode | None, message: Notice | None) -> str:
    """What keeps somebody from having a code that can be entered; "" where nothing does."""
    if code is None:
        return gettext("No code has been sent. Ask for one below.")
    if message is None:
        return gettext(
            "No code was sent: the registry knows no mobile number of yours. "
            "Ask the people named below."
        )
    if message.state == "failed":
        return _failed(code, message)
    if _is_over(code):
        return gettext("The code that we sent last is no longer good. Ask for a new one below.")
    if message.state == "queued" and message.last_error:
        return gettext(
            "The text message has not gone out yet: the service for text messages does not answer. "
            "The registry tries again by itself for 10 minutes. "
            "Nothing is lost: you can come back later and ask for a new code."
        )
    return ""


def _failed(code: AccessCode, message: Notice) -> str:
    if message.last_error.split(" ")[0] in _WRONG_NUMBERS:
        said = gettext(
            "The telephone network does not take messages for the number that ends in %(last)s. "
            "If it is not a mobile number of yours, ask the people named below to correct it."
        )
        return said % {"last": code.mobile[-LAST:]}
    return gettext(
        "The text message could not be sent: the service for text messages did not answer. "
        "Nothing is lost. Ask for a new code below, now or later."
    )


_WRONG_NUMBERS = frozenset({"no-address", "bad-address", "recipient-refused"})
