"""Send 10,000 notices to a mail server on the loopback, against the same bytes by smtplib alone.

All are queued first, each in a transaction of its own. Then product and floor take turns of 1,000:
the product claims, writes, sends, marks and records each notice in the ledger; the floor is one
connection of smtplib that is handed the same finished messages. The mail server is a process of its
own that throws away what it gets. There is no budget: what an e-mail costs beside its own sending
is what it costs to lose none.
"""

import contextlib
import smtplib
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from typing import Any

from _figures import Figures, median
from _registry import _free_port as free_port
from _registry import registry

NOTICES = 10_000
TURN = 1_000
CONTEXT = {
    "file_number": "MC6-02345",
    "when": "lundi 12 avril 2021, 9 h 00 (Montréal)",
    "place": "Bureau régional de Montréal",
    "link": "/fr/portal/cases/00000000-0000-4000-8000-000000000000/",
}


def main() -> None:
    """Measure and say."""
    figures = Figures()
    with registry(serving=False), mail_server() as port:
        use(port)
        queueing = [queue(number) for number in range(NOTICES)]
        message = example()
        product, floor = 0.0, 0.0
        for _ in range(NOTICES // TURN):
            floor += by_smtplib(port, [message] * TURN)
            product += by_outbox(TURN)
        left = waiting()
    figures.amount("notices: queued", median(queueing) * 1000, budget=None, unit="ms")
    figures.ratio("notices: 10,000 sent", product, floor, budget=None, scale="s")
    figures.amount("notices: smtplib alone", NOTICES / floor, budget=None, unit="a second")
    figures.amount("notices: the outbox", NOTICES / product, budget=None, unit="a second")
    figures.amount("notices: not sent", left, budget=0, unit="")
    figures.exit()


@contextlib.contextmanager
def mail_server() -> Iterator[int]:
    """A process that takes every message and throws it away; gives its port."""
    port = free_port()
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}"),
            *("-c", "aiosmtpd.handlers.Sink"),
        ]
    )
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                smtplib.SMTP("127.0.0.1", port).quit()
                break
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def use(port: int) -> None:
    """Have the registry send to that server."""
    from django.conf import settings  # noqa: PLC0415 - it needs Django

    settings.SMTP, settings.NOTICE_CHANNEL = f"smtp+plain://127.0.0.1:{port}", "smtp"


def queue(number: int) -> float:
    """Queue one notice in a transaction of its own; give the seconds."""
    from django.db import transaction  # noqa: PLC0415 - same

    from greffe.notices.actions import queue_notice  # noqa: PLC0415 - same

    started = time.perf_counter()
    with transaction.atomic():
        queue_notice(
            kind="hearing-scheduled",
            language="fr",
            to=f"counsel-{number}@example.org",
            person=uuid.uuid4(),
            case_ids=[uuid.uuid4()],
            context=CONTEXT,
            dedupe=f"bench {number}",
        )
    return time.perf_counter() - started


def example() -> bytes:
    """The bytes of one of them."""
    from greffe.notices.letters import letter_of  # noqa: PLC0415 - same
    from greffe.notices.models import Notice  # noqa: PLC0415 - same

    notice = Notice.objects.order_by("id").first()
    if notice is None:
        raise SystemExit("nothing was queued")
    return letter_of(notice).content


def by_smtplib(port: int, messages: list[bytes]) -> float:
    """Hand the messages over one after another on one connection; give the seconds."""
    started = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as server:
        for number, message in enumerate(messages):
            server.sendmail("greffe@localhost", f"counsel-{number}@example.org", message)
    return time.perf_counter() - started


def by_outbox(count: int) -> float:
    """Send so many of what is due as the worker does; give the seconds."""
    from greffe.notices import actions, outbox  # noqa: PLC0415 - same

    started = time.perf_counter()
    sent: Any = 0
    while sent < count:
        done = actions.send_due(now=outbox.clock(), limit=count - sent)
        if not done:
            raise SystemExit("nothing is sent")
        sent += done
    return time.perf_counter() - started


def waiting() -> int:
    """How many were not sent."""
    from greffe.notices.models import Notice  # noqa: PLC0415 - same

    return Notice.objects.exclude(state="sent").count()


if __name__ == "__main__":
    main()
