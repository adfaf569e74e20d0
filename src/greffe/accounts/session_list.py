"""django-allauth's table of sessions, filled by greffe.accounts.sessions alone."""

from allauth.usersessions.apps import UserSessionsConfig


class SessionList(UserSessionsConfig):  # type: ignore[misc]  # allauth has no types
    """The table alone. Its signals would write addresses, and ask once for each session."""

    def ready(self) -> None:
        """Connect nothing."""
