"""Who acts when an account acts on itself: its person, or the account alone where it has none."""

from greffe.accounts.models import User
from greffe.ledger.actors import Actor


def account_actor(user: User) -> Actor:
    """Name an account as the ledger does: by its person, or by its username while it has none."""
    return Actor(
        name=user.get_full_name(), capacity="account", person_id=user.person_id, account_id=user.pk
    )
