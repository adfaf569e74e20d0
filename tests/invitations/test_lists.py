"""A list of counsel: read from CSV, wrong rows named by number, right ones invited once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greffe.invitations.actions import invite_many
from greffe.invitations.form_messages import LISTS, list_text
from greffe.invitations.lists import MOST_ROWS, ListRow, WrongRow, read_list
from greffe.invitations.models import Invitation
from greffe.invitations.refusals import InvitationRefusedError
from greffe.notices.models import Notice
from tests.support.invitations import OFFICE, Invitations
from tests.support.scenes import Scene
from tools.french import faults

pytestmark = pytest.mark.requirement("MC-01")

HEAD = "File number,Name,Channel,Address,Language\n"


def read(text: str) -> tuple[list[ListRow], list[tuple[int, str]]]:
    rows, wrong = read_list(text.encode())
    return list(rows), [(one.number, one.code) for one in wrong]


def test_list_is_read_in_either_language_with_either_separator() -> None:
    english = HEAD + "MC6-00001,Amélie Tremblay,e-mail,a@example.org,French\n"
    french = (
        "\ufeffNuméro de dossier;Nom;Voie;Adresse;Langue\r\n"
        "mc6 00001;Amélie Tremblay;courriel;a@example.org;français\r\n"
    )
    row = ListRow(2, "MC6-00001", "Amélie Tremblay", "email", "a@example.org", "fr")
    assert read(english) == read(french) == ([row], [])


def test_columns_may_stand_in_any_order_and_others_are_left_alone() -> None:
    rows, wrong = read("Notes,Name,File\nold,Amélie Tremblay,MC6-00001\n")
    assert (rows, wrong) == (
        [ListRow(2, "MC6-00001", "Amélie Tremblay", "email", "", "")],
        [],
    )


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("12,Amélie Tremblay,,,", "row-file-number"),
        ("MC6-00001,,,,", "row-no-name"),
        ("MC6-00001,Amélie Tremblay,pigeon,,", "row-channel"),
        ("MC6-00001,Amélie Tremblay,fax,,Latin", "row-language"),
        ("MC6-00001," + "x" * 1001 + ",,,", "row-too-long"),
    ],
)
def test_wrong_row_is_named_by_its_number_and_holds_no_other_up(row: str, code: str) -> None:
    rows, wrong = read(f"{HEAD}MC6-00001,One,,,\n\n{row}\nMC6-00002,Two,,,\n")
    assert [one.number for one in rows] == [2, 5]
    assert wrong == [(4, code)]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "list-empty"),
        (b"\n \n", "list-empty"),
        ("Prénom;Ville\na;b\n".encode(), "list-no-headings"),
        ("File,Name\nMC6-00001,Zoë\n".encode("utf-16"), "list-not-utf8"),
        (HEAD.encode() + b"MC6-00001,A,,,\n" * (MOST_ROWS + 1), "list-too-large"),
        (HEAD.encode() + b"x" * 600_000, "list-too-large"),
        (b'File,Name\n"' + b"x" * 140_000, "list-not-csv"),
    ],
)
def test_file_that_is_no_list_is_told_as_a_whole(content: bytes, code: str) -> None:
    rows, wrong = read_list(content)
    assert not rows
    assert [(one.number, one.code) for one in wrong] == [(0, code)]


@given(st.binary(max_size=400))
def test_whatever_bytes_come_rows_are_numbered_once_and_nothing_breaks(content: bytes) -> None:
    rows, wrong = read_list(HEAD.encode() + content)
    numbers = [one.number for one in [*rows, *wrong]]
    assert len(set(numbers)) == len(numbers)


def test_every_reason_has_its_words_in_both_languages() -> None:
    values = {"given": "x", "most": "500", "file": "MC6-00001", "name": "Amélie"}
    for code in LISTS:
        words = list_text(WrongRow(3, code, values))
        assert words.en != words.fr
        assert list(faults(words.fr)) == []


@pytest.fixture
def desk(scene: Scene) -> Invitations:
    return Invitations(scene)


def many(desk: Invitations, *rows: tuple[str, str, str]) -> tuple[list[int], list[int], list[str]]:
    """Invite by (file number, name, address); gives how many, again, and why not."""
    listed = [
        ListRow(number, file, name, "email", to, "")
        for number, (file, name, to) in enumerate(rows, start=2)
    ]
    done = invite_many(by=desk.officer, office=OFFICE, rows=listed)
    return (
        [1 for _ in done.invited],
        [row.number for row in done.already],
        [f"{one.number} {one.code}" for one in done.wrong],
    )


@pytest.mark.django_db
@pytest.mark.postgres15
def test_same_list_again_invites_nobody_twice(desk: Invitations, scene: Scene) -> None:
    other = scene.person("Luc Gagnon")
    case = desk.on_record(other)
    elsewhere = scene.case(office="vancouver")
    rows = (
        (desk.case.file_number, "amelie  TREMBLAY", "a@example.org"),
        (case.file_number, "Luc Gagnon", "not an address"),
        (desk.case.file_number, "Somebody Else", "b@example.org"),
        (elsewhere.file_number, "Luc Gagnon", "b@example.org"),
        (case.file_number, "Luc Gagnon", "l@example.org"),
        (case.file_number, "Luc Gagnon", "l@example.org"),
    )
    wrong = ["3 bad-address", "4 row-not-counsel", "5 row-no-case"]
    assert many(desk, *rows) == ([1, 1], [7], wrong)
    assert many(desk, *rows) == ([], [2, 3, 6, 7], wrong[1:])
    assert Notice.objects.filter(kind="invitation").count() == Invitation.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.postgres15
def test_five_hundred_with_wrong_rows_are_invited_but_those(
    desk: Invitations, scene: Scene
) -> None:
    people = [scene.person(f"Counsel {n:03}") for n in range(20)]
    cases = {one.name: desk.on_record(one).file_number for one in people}
    lines = [HEAD.strip()]
    for n in range(MOST_ROWS):
        name = f"Counsel {n % 25:03}"  # of twenty-five names, five are counsel nowhere
        number = cases.get(name, "MC6-99999") if n % 50 else "no number"
        lines.append(f"{number},{name},,{n % 25}@example.org,")
    rows, unread = read_list("\n".join(lines).encode())
    done = invite_many(by=desk.officer, office=OFFICE, rows=rows)
    assert [one.number for one in unread] == [n + 2 for n in range(0, MOST_ROWS, 50)]
    assert {one.code for one in done.wrong} == {"row-no-case"}
    assert len(done.wrong) == MOST_ROWS // 25 * 5
    assert {one.person for one in done.invited if one.person} == set(people)
    assert Notice.objects.filter(kind="invitation").count() == len(people)


@pytest.mark.django_db
def test_list_of_another_office_is_refused(desk: Invitations) -> None:
    with pytest.raises(InvitationRefusedError, match="not-yours"):
        invite_many(by=desk.officer, office="vancouver", rows=[])
