"""Recovery questions, and the link by which a password is made anew.

The link goes to the e-mail address of the person; the questions are one more check, never the only
one; and whoever has a second factor needs it at the next sign-in all the same.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.utils import timezone
from django.utils.http import base36_to_int, int_to_base36

from greffe.accounts.models import RecoveryAnswer, User
from greffe.law.account_rows import RecoveryQuestion
from greffe.ledger.actions import record
from greffe.ledger.actors import Actor
from greffe.ledger.kinds import Kind
from greffe.notices.actions import queue_notice
from greffe.notices.sealed import SealError, seal, unseal
from greffe.rules import rules

QUESTIONS = 3
"""How many questions an account answers."""

SHORTEST = 3
"""Letters and digits that an answer needs."""


class AnswersError(ValueError):
    """The answers cannot be kept: too few, too short, or twice the same."""


class LinkTokens(PasswordResetTokenGenerator):
    """Tokens of links: signed, for half an hour (PASSWORD_RESET_TIMEOUT).

    The password's hash, the last sign-in and the address that it is sent to are in what is signed:
    a token dies when the password or the address is changed, and when the owner signs in.
    """

    key_salt = "greffe.accounts.recovery"

    def _make_hash_value(self, user: AbstractBaseUser, timestamp: int) -> str:
        """Give what is signed."""
        assert isinstance(user, User)  # noqa: S101 - there is one model of accounts
        to = user.person.email if user.person else ""
        return f"{super()._make_hash_value(user, timestamp)} {to}"


_TOKENS = LinkTokens()


def normalised(answer: str) -> str:
    """Give an answer as it is compared: its letters and digits, without accents, in one case."""
    letters = unicodedata.normalize("NFKD", answer).casefold()
    return "".join(letter for letter in unicodedata.normalize("NFKD", letters) if letter.isalnum())


def questions_on(on: date) -> tuple[RecoveryQuestion, ...]:
    """The questions among which a person chooses on a day."""
    return tuple(row for row in rules().recovery_questions if row.in_force(on))


def hashed(answers: Mapping[str, str]) -> dict[str, str]:
    """Hash answers, by their question, as passwords are. Raises AnswersError."""
    plain = {question: normalised(answer) for question, answer in answers.items()}
    if len(plain) != QUESTIONS or len(set(plain.values())) != QUESTIONS:
        raise AnswersError("three different questions need three different answers")
    if min(len(answer) for answer in plain.values()) < SHORTEST:
        raise AnswersError("an answer is too short")
    return {question: make_password(answer) for question, answer in plain.items()}


def keep_answers(user: User, hashes: Mapping[str, str]) -> None:
    """Replace the answers of an account, in the caller's transaction."""
    user.recovery_answers.all().delete()
    RecoveryAnswer.objects.bulk_create(
        RecoveryAnswer(account=user, question=question, answer=answer)
        for question, answer in hashes.items()
    )


@transaction.atomic
def set_answers(*, by: Actor, user: User, answers: Mapping[str, str]) -> None:
    """Choose three questions anew, with their answers. Raises AnswersError."""
    keep_answers(user, hashed(answers))
    record(
        kind=Kind.RECOVERY_QUESTIONS_SET, by=by, subject=user.person_id, body={"count": QUESTIONS}
    )


def questions_of(user: User) -> list[RecoveryQuestion]:
    """The questions that an account answered, as worded now; without those gone from the rows."""
    known = {row.id: row for row in rules().recovery_questions}
    asked = user.recovery_answers.order_by("id").values_list("question", flat=True)
    return [known[question] for question in asked if question in known]


def answers_are_right(user: User, given: Mapping[str, str]) -> bool:
    """Whether every answer is right. All are looked at, whichever is wrong."""
    kept: Sequence[RecoveryAnswer] = list(user.recovery_answers.all())
    found = [check_password(normalised(given.get(one.question, "")), one.answer) for one in kept]
    return all(found)


def ask_for_link(username: str) -> None:
    """Have the worker send a link to the person of an account, if there is one.

    Whether there is one is not looked at here: the answer takes as long and says the same. What was
    typed is sealed while it waits.
    """
    from greffe.accounts.tasks import send_link  # noqa: PLC0415 - the tasks call these actions

    send_link.defer(asked=seal(username))


@transaction.atomic
def send_link(asked: str) -> bool:
    """Owe the person of an account an e-mail with a link; gives whether one is owed."""
    try:
        username = unseal(asked)
    except SealError:
        return False
    user = _account(username)
    if user is None or user.person is None or not user.person.email:
        return False
    token = _TOKENS.make_token(user)
    lang = user.person.language
    return queue_notice(
        kind="password-link",
        language=lang,
        to=user.person.email,
        person=user.person.id,
        case_ids=[],
        context={"link": f"/{lang}/sign-in/forgotten/{int_to_base36(user.pk)}/{token}/"},
        dedupe=f"password-link:{user.pk}:{token}",
    )


def account_of_link(uid: str, token: str) -> User | None:
    """The account of a link that is still good, or None."""
    try:
        user = User.objects.select_related("person").get(pk=base36_to_int(uid), is_active=True)
    except (ValueError, OverflowError, User.DoesNotExist):
        return None
    return user if _TOKENS.check_token(user, token) else None


def tell_of_new_password(user: User) -> None:
    """Owe the person an e-mail about their new password, in the caller's transaction."""
    if user.person is None or not user.person.email:
        return
    lang = user.person.language
    queue_notice(
        kind="password-changed",
        language=lang,
        to=user.person.email,
        person=user.person.id,
        case_ids=[],
        context={"link": f"/{lang}/portal/account/sessions/"},
        dedupe=f"password-changed:{user.pk}:{timezone.now().isoformat()}",
    )


def _account(username: str) -> User | None:
    found = User.objects.select_related("person").filter(
        username__iexact=username.strip(), is_active=True
    )
    user = found.first()
    return user if user is not None and user.has_usable_password() else None
