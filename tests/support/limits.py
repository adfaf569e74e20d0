"""What the tests of time limits share: the packaged rules and days read off a calendar."""

import datetime as dt

from hypothesis import strategies as st

from greffe.law.limits import LimitResult, limits_for
from greffe.law.ruleset import packaged_rules

RULES = packaged_rules()
ROWS = {row.id: row for row in RULES.limits}
OFFICES = sorted(office.id for office in RULES.offices)
ROLLING = sorted(row.id for row in RULES.limits if row.rollover != "none")
LANGS = ("en", "fr")
ANY_DAY = st.dates(dt.date(2003, 1, 1), dt.date(2060, 12, 31))
ANY_ROW = st.sampled_from(sorted(ROWS))
ANY_OFFICE = st.sampled_from(OFFICES)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def judged(
    document_type: str, received: str, office: str = "vancouver", **events: str
) -> tuple[LimitResult, ...]:
    known = {name.replace("_", "-"): day(text) for name, text in events.items()}
    return limits_for(
        RULES,
        division=document_type.split("-", maxsplit=1)[0].upper(),
        document_type=document_type,
        events=known,
        office=office,
        received=day(received),
    )


# The event is on Thursday 12 March 2026 in Vancouver, read off a wall calendar of 2026:
#   January    26 Monday
#   February    9 Monday, 10 Tuesday, 19 Thursday, 20 Friday
#   March       1 Sunday, 2 Monday, 5 Thursday, 6 Friday, 7 Saturday, 8 Sunday, 9 Monday,
#              12 Thursday, 15 Sunday, 16 Monday, 17 Tuesday, 19 Thursday, 22 Sunday, 23 Monday,
#              27 Friday
#   April       1 Wednesday, 3 Good Friday, 6 Easter Monday, 11 Saturday, 13 Monday, 26 Sunday
#   May        11 Monday
# None of these days but the third and the sixth of April is a closure.
EVENT = dt.date(2026, 3, 12)
