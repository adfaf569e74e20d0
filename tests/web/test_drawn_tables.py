"""Long tables: words and clocks in the page's language, everything escaped, nothing left out."""

import datetime as dt
from pathlib import Path
from uuid import uuid4

import pytest
from django.template import engines
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation
from jinja2 import UndefinedError

from greffe.cases.rules import rules
from greffe.filings.queue_queries import Line
from greffe.web import drawn_tables
from greffe.web.components import Tag
from greffe.web.registry.queue_pages import Row

NOON = dt.datetime(2026, 3, 2, 17, tzinfo=dt.UTC)


def queue_row(
    due: Tag | None = None, *, chooses: bool = True, mine: bool = False, **changes: object
) -> Row:
    line = Line(
        pk=uuid4(),
        due_on=dt.date(2026, 3, 4),
        received_at=NOON,
        office="vancouver",
        document_type="rpd-disclosure",
        with_division=False,
        number="2026-000001-AAAA",
        follows=False,
        cases=("MC0-00001",),
        principal="Amina Abebe",
        holder_id=None,
        holder=None,
    )
    return Row(
        line=line._replace(**changes),  # type: ignore[arg-type] # by name
        kind="Disclosure",
        office=rules().office("vancouver"),
        due=due,
        chooses=chooses,
        mine=mine,
    )


def queue(*rows: Row, lang: str = "en") -> str:
    with translation.override(lang):
        return drawn_tables.draw("queue.html", rows=rows)


def test_words_days_and_clocks_are_in_the_language_of_the_page() -> None:
    english, french = queue(queue_row()), queue(queue_row(), lang="fr")
    assert "Wednesday 4 March 2026" in english
    assert "Monday 2 March 2026, 09:00 (Vancouver)" in english
    assert "Nobody yet" in english
    assert "mercredi 4 mars 2026" in french
    assert "lundi 2 mars 2026, 9\u00a0h\u00a000 (Vancouver)" in french
    assert "Nobody yet" not in french


def test_name_with_a_script_in_it_is_escaped() -> None:
    drawn = queue(queue_row(principal="<script>alert(1)</script>", holder='"><b>', holder_id=1))
    assert "<script>" not in drawn
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in drawn
    assert "<b>" not in drawn


def test_table_stands_in_a_page_as_it_was_drawn() -> None:
    page = engines["django"].from_string('{% load greffe %}{% table "limits.html" rows=rows %}')
    assert '<table class="table table-fold"' in page.render({"rows": []})


def test_line_that_somebody_holds_cannot_be_chosen() -> None:
    held = queue_row(holder_id=uuid4(), holder="Officer")
    assert "disabled" in queue(held)
    assert "disabled" not in queue(queue_row())
    assert "disabled" not in queue(held._replace(mine=True))
    assert 'type="checkbox"' not in queue(queue_row(chooses=False))


def test_line_that_is_late_says_so() -> None:
    late = queue_row(Tag("2 days late", "danger"))
    assert '<span class="tag tone-danger">2 days late</span>' in queue(late)


def test_address_of_each_row_is_the_one_that_django_gives() -> None:
    key, case = uuid4(), uuid4()
    for lang in ("en", "fr"):
        with translation.override(lang):
            plain = drawn_tables.Addresses("registry:submission")
            below = drawn_tables.Addresses("registry:case-document-seal", case)
            numbered = drawn_tables.Addresses("registry:document", numbered=True)
            assert plain(key) == reverse("registry:submission", args=(key,))
            assert below(key) == reverse("registry:case-document-seal", args=(case, key))
            assert numbered(key, 3) == reverse("registry:document", args=(key, 3))


def test_eastern_time_stands_beside_the_office_where_the_two_differ() -> None:
    vancouver, montreal = rules().office("vancouver"), rules().office("montreal")
    beside = drawn_tables.in_eastern(NOON, vancouver, "en")
    assert beside is not None
    assert beside.words.startswith("Monday 2 March 2026, 12:00")
    assert drawn_tables.in_eastern(NOON, montreal, "en") is None
    assert drawn_tables.at_office(NOON, vancouver, "en").iso == "2026-03-02T09:00:00-08:00"


def test_name_that_is_not_given_is_an_error_and_not_a_gap() -> None:
    with pytest.raises(UndefinedError, match="rows"):
        drawn_tables.draw("queue.html")


def test_row_is_drawn_once_and_anew_when_anything_in_it_has_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = []

    def counting(name: str, **how: object) -> object:
        drawn.append(name)
        return get_template(name, **how)  # type: ignore[arg-type] # as it was called

    monkeypatch.setattr(drawn_tables, "get_template", counting)
    row = queue_row()
    first, again = queue(row), queue(row._replace(line=row.line._replace()))
    assert first == again
    assert drawn.count("queue_row.html") == 1
    held = queue(row._replace(line=row.line._replace(holder_id=uuid4(), holder="Officer")))
    assert "Officer" in held
    assert "Officer" not in first
    queue(row, lang="fr")
    assert drawn.count("queue_row.html") == 3


@pytest.mark.parametrize(
    "name", [path.name for path in Path(drawn_tables.__file__).with_name("tables").iterdir()]
)
def test_every_table_can_be_read(name: str) -> None:
    assert get_template(name, using="tables")


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize(
    ("tag", "macro"),
    [
        ("{% day day %}", "{{ p.day(day, lang) }}"),
        ("{% status_tag 'Late' 'danger' %}", "{{ p.tag('Late', 'danger') }}"),
        (
            "{% clocks at office.zone place both=False %}",
            "{{ p.clock(at, office, lang) }}",
        ),
        ("{% clocks at office.zone place %}", "{{ p.clocks(at, office, lang) }}"),
    ],
)
def test_tables_draw_days_clocks_and_tags_as_other_pages_do(
    tag: str, macro: str, lang: str
) -> None:
    office = rules().office("vancouver")
    given = {"day": NOON.date(), "at": NOON, "office": office, "place": office.label.get(lang)}
    table = engines["tables"].from_string('{% import "parts.html" as p %}' + macro)
    page = engines["django"].from_string("{% load greffe %}" + tag)
    with translation.override(lang):
        drawn = [table.render(given | {"lang": lang}), page.render(given)]
    assert len({"".join(one.split()) for one in drawn}) == 1, drawn
