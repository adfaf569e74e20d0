"""greffe bounce: what a mail server sends back, read from a pipe as its aliases give it."""

import sys

import typer

from greffe.cli import deployment
from greffe.cli.speech import DeploymentError, Lang, Language, system_language
from greffe.cli.texts import words

REFUSED, LATER = 65, 75
"""EX_DATAERR and EX_TEMPFAIL of sysexits.h: mail servers know these numbers."""


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(bounce)


def bounce(
    *,
    lang: Language = system_language(),  # noqa: B008 - typer reads it once
) -> None:
    """Read one e-mail that came back (RFC 3464) from standard input, and note it.

    What could not be delivered is then among the e-mails that officers send again. Exit code 0:
    read, and noted if there was something to note; 65: no report on an e-mail of this registry;
    75: not now, to be given again later.
    """
    # Nothing but these exit codes: on any other the mail server would throw the report away.
    try:
        code, exit_code = _note(), 0
    except Exception as error:  # noqa: BLE001 - see above; no traceback goes to whoever wrote
        code, exit_code, detail = _told(error)
        _say(code, lang, detail)
        raise typer.Exit(exit_code) from None
    _say(code, lang, "")


def _note() -> str:
    from greffe.notices.bounces import MOST_BYTES, read_bounce  # noqa: PLC0415 - takes a moment

    read = read_bounce(sys.stdin.buffer.read(MOST_BYTES + 1))
    with deployment.django():
        deployment.require_database()
        from greffe.ledger.actors import SYSTEM  # noqa: PLC0415 - Django is set up above
        from greffe.notices.bounce_actions import note_bounce  # noqa: PLC0415 - same

        return note_bounce(by=SYSTEM, bounce=read)


def _told(error: Exception) -> tuple[str, int, str]:
    """Words, exit code, and what the log of the mail server may have of it: no name, no address."""
    from greffe.notices.bounces import BounceError  # noqa: PLC0415 - takes a moment

    if isinstance(error, BounceError):
        return error.code, REFUSED, ""
    if type(error).__name__ == "StillSendingError":  # Django may not have been set up
        return "sending", LATER, ""
    detail = error.code if isinstance(error, DeploymentError) else type(error).__name__
    return "later", LATER, detail


def _say(code: str, lang: Lang, detail: str) -> None:
    text = "\n".join(
        filter(
            None,
            (words("bounce", code, part, lang, {"detail": detail}) for part in ("means", "do")),
        )
    )
    typer.echo(text, err=True)
