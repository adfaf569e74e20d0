"""Mail by SMTP to real servers on the loopback: secured, closed in between, silent, absent."""

import datetime as dt
import ssl
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.exceptions import ImproperlyConfigured

from greffe.notices.addresses import MailServer as Address
from greffe.notices.channels import channel
from greffe.notices.letters import DelayedError, Letter, UnreachableError
from greffe.notices.smtp import session
from tests.support.mail import LOGIN, MailServer, mail_server
from tests.support.serving import DEADLINE, free_port

LETTER = Letter("greffe@example.org", "a@example.org", b"Subject: x\r\n\r\n.one\r\n..two\r\n")
USER = f"{LOGIN[0]}:p%40ss%20word"


@pytest.fixture
def plain() -> Iterator[MailServer]:
    with mail_server() as running:
        yield running


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of 127.0.0.1 that signs itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def secured(certificate: Path) -> Iterator[MailServer]:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    with mail_server(tls=tls) as running:
        yield running


def address(server: MailServer, scheme: str = "smtp+plain", user: str = "") -> Address:
    return Address.read(f"{scheme}://{user}{'@' if user else ''}127.0.0.1:{server.port}")


def test_message_arrives_byte_for_byte(plain: MailServer) -> None:
    with session(address(plain), DEADLINE) as opened:
        opened.send(LETTER)
    assert plain.accepted == [LETTER.content]


def test_server_with_tls_and_login_takes_the_message(
    secured: MailServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with session(address(secured, "smtp", USER), DEADLINE) as opened:
        opened.send(LETTER)
    assert secured.accepted == [LETTER.content]
    assert secured.logins == [b"greffe"]


def test_certificate_that_nobody_vouches_for_is_not_trusted(secured: MailServer) -> None:
    with (
        session(address(secured, "smtp", USER), DEADLINE) as opened,
        pytest.raises(UnreachableError, match="no-tls"),
    ):
        opened.send(LETTER)
    assert (secured.accepted, secured.logins) == ([], [])


def test_server_without_tls_gets_nothing_where_tls_is_asked_for(plain: MailServer) -> None:
    with (
        session(address(plain, "smtp"), DEADLINE) as opened,
        pytest.raises(UnreachableError, match="no-tls"),
    ):
        opened.send(LETTER)
    assert plain.accepted == []


def test_wrong_password_is_told_with_its_status(
    secured: MailServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with (
        session(address(secured, "smtp", "greffe:wrong"), DEADLINE) as opened,
        pytest.raises(UnreachableError, match="login-refused 535"),
    ):
        opened.send(LETTER)


def test_connection_that_the_server_closes_between_messages_is_opened_again(
    plain: MailServer,
) -> None:
    plain.hang_up_after = 2
    with session(address(plain), DEADLINE) as opened:
        for _ in range(5):
            opened.send(LETTER)
    assert (len(plain.accepted), plain.connections) == (5, 3)


def test_absent_server_is_unreachable() -> None:
    nowhere = Address.read(f"smtp+plain://127.0.0.1:{free_port()}")
    with (
        session(nowhere, DEADLINE) as opened,
        pytest.raises(UnreachableError, match="no-answer"),
    ):
        opened.send(LETTER)


@pytest.mark.parametrize(
    ("command", "failure"), [("MAIL", UnreachableError), ("RCPT", UnreachableError)]
)
def test_server_that_falls_silent_before_the_message_is_cut_off(
    plain: MailServer, command: str, failure: type[Exception]
) -> None:
    plain.silent.add(command)
    with session(address(plain), 0.5) as opened, pytest.raises(failure, match="no-answer"):
        opened.send(LETTER)


def test_server_that_falls_silent_after_the_message_may_have_it(plain: MailServer) -> None:
    plain.silent.add("DATA")
    with (
        session(address(plain), 3) as opened,  # enough to come as far as the message
        pytest.raises(DelayedError, match="connection-lost"),
    ):
        opened.send(LETTER)


def test_nothing_is_opened_again_after_the_end_of_the_session(plain: MailServer) -> None:
    with session(address(plain), DEADLINE) as opened:
        opened.send(LETTER)
        opened.cut()
        with pytest.raises(UnreachableError):
            opened.send(LETTER)
    assert len(plain.accepted) == 1


@pytest.mark.parametrize(
    ("url", "host", "port", "security"),
    [
        ("smtp://mail.example.org", "mail.example.org", 587, "starttls"),
        ("smtps://u:p@mail.example.org", "mail.example.org", 465, "tls"),
        ("smtp+plain://[::1]:2525", "::1", 2525, "none"),
    ],
)
def test_address_is_read(url: str, host: str, port: int, security: str) -> None:
    read = Address.read(url)
    assert (read.host, read.port, read.security) == (host, port, security)


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org",
        "http://mail.example.org",
        "smtp://",
        "smtp://mail.example.org:port",
        "smtp+plain://user:secret@mail.example.org",
    ],
)
def test_address_that_cannot_be_meant_is_refused_without_telling_it(
    url: str, settings: Any
) -> None:
    settings.SMTP = url
    with pytest.raises(ImproperlyConfigured) as refused:
        channel()
    assert "secret" not in str(refused.value)


def test_password_is_not_shown() -> None:
    assert "secret" not in repr(Address.read("smtps://user:secret@mail.example.org"))
