"""Why an access code was not sent, or not taken. What a person reads of it is in the pages."""

from datetime import datetime
from typing import Literal

ExpiredWhy = Literal["none", "other-session", "phone-changed", "used", "expired", "spent"]


class NoTextsError(Exception):
    """No text message can be sent: the registry has no service for them, or used up the day's."""

    def __init__(self, why: Literal["off", "quota"], *, again: datetime | None = None) -> None:
        super().__init__(why)
        self.why, self.again = why, again


class CodeError(Exception):
    """An access code was not taken."""


class MalformedCodeError(CodeError):
    """What was typed cannot be a code: nothing was looked at, and nothing counted."""


class WrongCodeError(CodeError):
    """It is not the code that was sent. So many tries are `left`."""

    why: Literal["wrong"] = "wrong"

    def __init__(self, *, left: int) -> None:
        super().__init__("wrong")
        self.left = left


class ExpiredCodeError(CodeError):
    """There is no code that could be entered here now, and `why`."""

    def __init__(self, why: ExpiredWhy) -> None:
        super().__init__(why)
        self.why = why
