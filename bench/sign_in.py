"""A sign-in: the password sent by the form, until the redirection, and what it is spent on.

The floor is the hashing of the password alone, by the same hasher with the same parameters, in this
process; product and floor take turns. Each sign-in comes from a browser that is new to the
registry and to an account of its own, so that nothing waits and nothing is remembered.
"""

import gc
import time

from _browser import Browser
from _figures import Figures, median, percentile_95
from _registry import registry

SIGN_INS = 60
WARM = 5
BUDGET = 2.0
PASSWORD = "four words that nobody else has"


def main() -> None:
    """Measure and say."""
    figures = Figures()
    with registry() as greffe:
        names = accounts(WARM + SIGN_INS)
        stored = hashed()
        gc.collect()
        whole, hashing, pages = [], [], []
        for count, name in enumerate(names):
            visitor = Browser(greffe.port)
            page = visitor.get("/en/sign-in/")
            taken = visitor.post("/en/sign-in/", [("login", name), ("password", PASSWORD)])
            visitor.close()
            alone = verify(stored)
            if count >= WARM:
                pages.append(page)
                whole.append(taken)
                hashing.append(alone)
    least = median(hashing)
    figures.ratio("sign-in: median", median(whole), least, budget=BUDGET)
    figures.ratio("sign-in: 95th percentile", percentile_95(whole), least, budget=None)
    figures.ratio("sign-in: all but the hashing, median", median(whole) - least, least, budget=None)
    figures.ratio("page of the sign-in: median", median(pages), least, budget=None)
    figures.exit()


def accounts(count: int) -> list[str]:
    """Open so many accounts with PASSWORD; give their usernames."""
    from django.contrib.auth.hashers import make_password  # noqa: PLC0415 - it needs Django

    from greffe.accounts.actions import add_person, open_account  # noqa: PLC0415 - same
    from greffe.ledger.actors import SYSTEM  # noqa: PLC0415 - same

    names = []
    for serial in range(count):
        person = add_person(by=SYSTEM, name=f"Signs In {serial}", language="en")
        name = f"signs-in-{serial}"
        user = open_account(by=SYSTEM, person=person, username=name, password=None)
        user.password = make_password(PASSWORD)
        user.save(update_fields=["password"])
        names.append(name)
    return names


def hashed() -> str:
    """PASSWORD as an account keeps it."""
    from django.contrib.auth.hashers import make_password  # noqa: PLC0415 - it needs Django

    return make_password(PASSWORD)


def verify(stored: str) -> float:
    """Check PASSWORD against what is kept; give the seconds."""
    from django.contrib.auth.hashers import check_password  # noqa: PLC0415 - it needs Django

    started = time.perf_counter()
    right = check_password(PASSWORD, stored)
    took = time.perf_counter() - started
    if not right:
        raise SystemExit("the password that was hashed is not the one that was checked")
    return took


if __name__ == "__main__":
    main()
