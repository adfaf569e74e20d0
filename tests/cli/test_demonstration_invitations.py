"""The invitations that the demonstration begins with."""

from collections import Counter

import pytest

from greffe.cli import demonstration_invitations
from greffe.cli.demonstration import _Scene
from greffe.invitations.models import Invitation, Meeting

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("MC-01")]


def test_each_office_has_an_invitation_at_every_step_that_waits_for_its_officer() -> None:
    _Scene()
    demonstration_invitations.make()
    found = Counter(Invitation.objects.values_list("office", "state"))
    steps = ("asked", "invited", "form-returned", "scheduled", "confirmed")
    offices = ("montreal", "vancouver")
    assert found == {(office, step): 1 for office in offices for step in steps}
    assert {meeting.join for meeting in Meeting.objects.all()} == {
        "https://meet.example.org/greffe"
    }
