"""The code of an invitation: issued, typed, and bound to one account."""

import datetime as dt
from ipaddress import ip_address

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from greffe.accounts.limits import TooManyTriesError
from greffe.accounts.models import Person, User
from greffe.invitations.actions import correct_mobile, revoke
from greffe.invitations.code_actions import activate, check_code, issue_code
from greffe.invitations.codes import ALPHABET, new_code
from greffe.invitations.models import InvitationCode
from greffe.invitations.refusals import InvitationRefusedError
from greffe.ledger.kinds import Kind
from greffe.ledger.models import Event
from greffe.notices.letters import message_of
from greffe.notices.models import Notice
from tests.support.invitations import EMAIL, MOBILE, Invitations, credential
from tests.support.scenes import Scene

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.postgres15,
    pytest.mark.requirement("MC-04"),
]

HERE = ip_address("198.51.100.7")


@pytest.fixture
def desk(scene: Scene) -> Invitations:
    return Invitations(scene)


def refused(user: User, code: str) -> str:
    with pytest.raises(InvitationRefusedError) as caught:
        check_code(user=user, typed=code, address=HERE)
    return caught.value.code


def with_another_sign(code: str, place: int) -> str:
    """The same code, right in itself, with another secret: what a guesser would type."""
    from greffe.invitations.codes import Code, read_code

    read = read_code(code)
    assert read is not None
    sign = next(sign for sign in ALPHABET if sign != read.secret[place])
    return Code(read.selector, read.secret[:place] + sign + read.secret[place + 1 :]).spoken


@pytest.mark.requirement("MC-05")
def test_account_acts_for_the_person_once_the_code_is_bound(desk: Invitations) -> None:
    invitation, code = desk.coded()
    user = credential()
    row = check_code(user=user, typed=code.lower().replace("-", " "), address=HERE)
    activate(user=user, code_id=row.pk, mobile=MOBILE)
    user.refresh_from_db()
    assert (user.person, desk.now(invitation).state) == (desk.person, "activated")
    person = Person.objects.get(pk=desk.person.pk)
    assert (person.mobile, person.email, person.firm) == (MOBILE, EMAIL, "Tremblay et associés")
    assert person.name == "Amélie Tremblay"
    event = Event.objects.get(kind=Kind.INVITATION_ACTIVATED)
    assert (event.subject, event.actor_account_id) == (invitation.pk, user.pk)


@pytest.mark.security(4)
def test_code_is_kept_where_nobody_reads_it(desk: Invitations) -> None:
    _, code = desk.coded()
    secret = code.replace("-", "")[4:]
    row = InvitationCode.objects.get()
    assert secret.encode() not in bytes(row.secret)
    letter = Notice.objects.get(kind="invitation-code")
    assert code not in str(letter.context)
    assert code in str(message_of(letter).get_content())
    assert not [event for event in Event.objects.all() if secret in str(event.body)]


@pytest.mark.security(4)
def test_code_is_used_once(desk: Invitations) -> None:
    _, code = desk.coded()
    user = credential()
    row = check_code(user=user, typed=code, address=HERE)
    activate(user=user, code_id=row.pk, mobile=MOBILE)
    assert refused(credential("other"), code) == "code-used"
    with pytest.raises(InvitationRefusedError, match="code-used"):
        activate(user=credential("third"), code_id=row.pk, mobile=MOBILE)


def test_expired_and_revoked_codes_say_so_to_who_holds_them(desk: Invitations) -> None:
    invitation, first = desk.coded()
    second = issue_code(by=desk.officer, invitation_id=invitation.pk).code
    user = credential()
    assert refused(user, first) == "code-revoked"
    InvitationCode.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert refused(user, second) == "code-expired"
    revoke(by=desk.officer, invitation_id=invitation.pk, why="Left the firm.")
    assert refused(user, second) == "code-revoked"


@pytest.mark.security(6)
def test_wrong_and_unknown_codes_cannot_be_told_apart(desk: Invitations) -> None:
    _, code = desk.coded()
    user = credential()
    wrong = with_another_sign(code, 3)
    assert refused(user, wrong) == refused(user, new_code().spoken) == "wrong-code"
    told = Event.objects.filter(kind=Kind.INVITATION_CODE_REFUSED).order_by("at")
    assert len({(str(event.body), event.subject, str(event.case_ids)) for event in told}) == 1


@pytest.mark.security(6)
def test_wrong_and_unknown_codes_cost_the_same(desk: Invitations) -> None:
    _, code = desk.coded()
    user, costs = credential(), []
    for typed in (with_another_sign(code, 3), new_code().spoken):
        with CaptureQueriesContext(connection) as made:
            refused(user, typed)
        costs.append([query["sql"].split(" ", 1)[0] for query in made])
    assert costs[0] == costs[1]


@pytest.mark.security(6)
def test_expired_code_typed_wrong_is_as_any_wrong_code(desk: Invitations) -> None:
    _, code = desk.coded()
    InvitationCode.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert refused(credential(), with_another_sign(code, 0)) == "wrong-code"


def test_mistyped_code_is_told_before_anything_is_looked_up_or_counted(
    desk: Invitations, django_assert_num_queries: object
) -> None:
    _, code = desk.coded()
    user = credential()
    for typed in ("", "1234", code[:-1], f"{code}2", code.replace(code[0], "8", 1), "é" * 16):
        with django_assert_num_queries(0):  # type: ignore[operator] # a fixture of pytest-django
            assert refused(user, typed) == "mistyped"
    assert check_code(user=user, typed=code, address=HERE)


@pytest.mark.security(5)
def test_tries_at_one_invitation_are_limited_whatever_account_makes_them(
    desk: Invitations,
) -> None:
    _, code = desk.coded()
    for number in range(5):
        assert refused(credential(f"guesser-{number}"), with_another_sign(code, number)) == (
            "wrong-code"
        )
    with pytest.raises(TooManyTriesError):
        check_code(user=credential(), typed=code, address=HERE)
    away = ip_address("203.0.113.7")
    assert check_code(user=credential("owner"), typed=code, address=away)


def test_code_of_another_person_opens_nothing(desk: Invitations, scene: Scene) -> None:
    _, code = desk.coded()
    assert refused(scene.user("Somebody Else"), code) == "code-of-another"


def test_person_with_an_account_is_not_bound_again_without_an_officer(
    desk: Invitations, scene: Scene
) -> None:
    _, code = desk.coded()
    own = credential("first")
    own.person = desk.person
    own.save()
    assert refused(credential("second"), code) == "account-taken"
    assert refused(own, code) == "account-taken"


def test_account_that_is_replaced_is_closed(desk: Invitations, scene: Scene) -> None:
    old = credential("old")
    old.person = desk.person
    old.save()
    _, code = desk.coded(replaces_account=True)
    new = credential("new")
    row = check_code(user=new, typed=code, address=HERE)
    activate(user=new, code_id=row.pk, mobile=MOBILE)
    old.refresh_from_db()
    assert (old.is_active, new.person) == (False, desk.person)
    assert Event.objects.filter(kind=Kind.ACCOUNT_CLOSED).count() == 1


@pytest.mark.requirement("MC-06")
def test_number_changed_between_takes_another_message(desk: Invitations) -> None:
    invitation, code = desk.coded()
    user = credential()
    row = check_code(user=user, typed=code, address=HERE)
    correct_mobile(by=desk.officer, invitation_id=invitation.pk, mobile="438 555 0199")
    with pytest.raises(InvitationRefusedError, match="phone-changed"):
        activate(user=user, code_id=row.pk, mobile=MOBILE)
    activate(user=user, code_id=row.pk, mobile="+14385550199")
    assert desk.now(invitation).state == "activated"


def test_code_by_letter_is_sent_to_nobody(desk: Invitations) -> None:
    desk.coded(channel="mail", to="12, rue des Érables, Montréal")
    assert not Notice.objects.filter(kind="invitation-code").exists()
