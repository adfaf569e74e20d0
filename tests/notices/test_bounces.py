"""What mail servers write of e-mails that they could not deliver: read, or refused in words."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greffe.notices.bounces import DIAGNOSIS, MOST_BYTES, Bounce, BounceError, read_bounce
from tests.support.reports import ADDRESS, SERVERS, Report

pytestmark = pytest.mark.requirement("MC-14")

SAID = {
    "postfix": f"550 5.1.1 <{ADDRESS}>: Recipient address rejected: nobody of that name",
    "exim": "550-5.1.1 nobody of that name 550 5.1.1 see our pages",
    "exchange": "550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found",
}


def written(server: str, **changes: str) -> bytes:
    """A report as this server writes it."""
    content: bytes = getattr(Report(**changes), server)()
    return content


def code_of(content: bytes) -> str:
    """Why it is refused."""
    with pytest.raises(BounceError) as caught:
        read_bounce(content)
    return caught.value.code


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
@pytest.mark.parametrize("server", SERVERS)
def test_report_says_which_message_which_address_and_why(server: str, line_end: bytes) -> None:
    bounce = read_bounce(written(server).replace(b"\r\n", line_end))
    assert bounce.message_ids == (Report().message_id,)
    failure = bounce.failure_of("Gone@Example.org")
    assert failure
    assert (failure.status, failure.diagnosis) == ("5.1.1", SAID[server])
    assert bounce.failure_of("other@example.org") is None


@pytest.mark.parametrize("action", ["delayed", "relayed", "delivered", "expanded", ""])
@pytest.mark.parametrize("server", SERVERS)
def test_what_has_not_failed_for_good_is_no_failure(server: str, action: str) -> None:
    assert read_bounce(written(server, action=action)).failures == ()


def test_every_failed_address_of_several_is_found() -> None:
    block = b"Final-Recipient: rfc822; %s\r\nAction: %s\r\nStatus: 5.2.2\r\n\r\n"
    mark = b"Final-Recipient:"
    head, tail = written("postfix").split(mark)
    more = block % (b"full@example.org", b"FAILED") + block % (b"slow@example.org", b"delayed")
    bounce = read_bounce(head + more + mark + tail)
    found = [one for name in ("full", "gone") if (one := bounce.failure_of(f"{name}@example.org"))]
    assert [one.status for one in found] == ["5.2.2", "5.1.1"]
    assert bounce.failure_of("slow@example.org") is None


def test_address_that_was_forwarded_is_known_by_what_we_wrote_to() -> None:
    content = written("postfix").replace(
        b"Final-Recipient: rfc822; gone@", b"Final-Recipient: rfc822; private@"
    )
    assert read_bounce(content).failure_of(ADDRESS)


def test_same_report_has_the_same_fingerprint_and_another_has_another() -> None:
    first = read_bounce(written("postfix"))
    again = read_bounce(b"Delivered-To: greffe@tribunal.example\r\n" + written("postfix"))
    other = read_bounce(written("postfix", own_id="<other@mx.tribunal.example>"))
    assert first.fingerprint == again.fingerprint != other.fingerprint
    nameless = read_bounce(written("postfix", own_id="")).fingerprint
    assert len({first.fingerprint, other.fingerprint, nameless}) == 3


@pytest.mark.security(15)
def test_words_of_a_server_are_one_short_line_that_turns_nothing() -> None:
    forged = b"smtp; 550 \x1b[31m\x00\xe2\x80\xae\xff no\x07 \r\n\tuser " + b"x" * 1000
    content = written("postfix")
    start = content.index(b"smtp; 550")
    content = content[:start] + forged + content[content.index(b"nobody of that name") :]
    failure = read_bounce(content).failure_of(ADDRESS)
    assert failure
    assert failure.diagnosis.isprintable()
    assert failure.diagnosis.startswith("550 ")
    assert len(failure.diagnosis) == DIAGNOSIS


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "no-report"),
        (b"Subject: Where do I file?\r\n\r\nHello.", "no-report"),
        (b"\x00\xff" * 500, "no-report"),
        (written("postfix").replace(b"message/delivery-status", b"text/plain"), "no-report"),
        (written("postfix")[:400], "no-report"),
        (b"Content-Type: multipart/report; boundary=x\n\n" + b"--x\n\n" * 500, "unreadable"),
        (b"Content-Type: message/rfc822\n\n" * 5000, "unreadable"),
        (written("postfix") + b"x" * MOST_BYTES, "too-large"),
    ],
)
def test_what_is_no_report_is_refused(content: bytes, code: str) -> None:
    assert code_of(content) == code


def test_mail_made_to_take_long_does_not() -> None:
    head = b"Content-Type: multipart/report; boundary=x" + b"; a=b" * 20_000 + b"\n"
    head += b"References: " + b"<a@b>\n " * 10_000 + b"\n\n"
    begun = time.process_time()
    assert code_of(head) == "no-report"
    assert time.process_time() - begun < 5


def only_a_bounce_or_its_error(content: bytes) -> None:
    found: object
    try:
        found = read_bounce(content)
    except BounceError as error:
        found = error
    assert isinstance(found, Bounce) or str(found) in {"too-large", "no-report", "unreadable"}


@given(st.binary(max_size=3000))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    only_a_bounce_or_its_error(content)


@given(
    st.sampled_from(SERVERS),
    st.lists(st.tuples(st.integers(0, 2500), st.integers(0, 40), st.binary(max_size=40))),
)
def test_report_with_anything_in_its_place_is_read_or_refused(
    server: str, edits: list[tuple[int, int, bytes]]
) -> None:
    content = written(server)
    for place, length, put in edits:
        content = content[:place] + put + content[place + length :]
    only_a_bounce_or_its_error(content)


@given(st.text(alphabet='<>@()[]":;,.\\= \t\r\n\x00éa?=utf-8q', max_size=300))
def test_header_with_anything_in_it_is_read_or_refused(value: str) -> None:
    for name in ("Message-ID", "References", "Content-Type", "Final-Recipient", "Status"):
        head = f"{name}: {value}\n".encode()
        only_a_bounce_or_its_error(head + written("postfix"))
        only_a_bounce_or_its_error(written("postfix").replace(b"Action:", head + b"Action:"))
