"""Delegates, named as counsel names them: with the code that their account shows."""

from greffe.accounts.addresses import Address
from greffe.accounts.delegate_codes import code_of
from greffe.accounts.delegations import name_delegate
from greffe.accounts.models import Delegation, User
from tests.support.scenes import Scene


def delegate(
    scene: Scene, counsel: User, user: User, *, address: Address | None = None
) -> Delegation:
    """Make `user` a delegate of counsel, now."""
    return name_delegate(
        by=scene.viewer(counsel),
        username=user.username,
        code=code_of(user),
        name="Jane Roe",
        address=address,
    )
