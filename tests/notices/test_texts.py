"""The words of notices: both languages, every placeholder filled, nothing that values can break."""

import re
from importlib.resources import files

import pytest

from greffe.law.rows import fields_of
from greffe.notices.kinds import DIGEST, FOOTER, KINDS
from greffe.notices.texts import ContextError, cleaned, template, words_of
from tests.support.mail import VALUES, context
from tools.french import faults

SITE = "https://greffe.example"
LANGUAGES = ("en", "fr")
BOTH = pytest.mark.parametrize("language", LANGUAGES)
EVERY = pytest.mark.parametrize("code", KINDS)


def asked_for(code: str, language: str) -> set[str]:
    found = template(code, language)
    return {name for part in (found.summary, *found.paragraphs) for name in fields_of(part)}


@pytest.mark.requirement("BY-06")
def test_every_file_is_a_kind_in_both_languages() -> None:
    folder = files("greffe.notices") / "templates" / "notices"
    expected = {f"{c}.{lang}.txt" for c in (*KINDS, DIGEST.code, FOOTER) for lang in LANGUAGES}
    assert {file.name for file in folder.iterdir()} == expected


@pytest.mark.requirement("BY-06")
@BOTH
@pytest.mark.parametrize("code", [*KINDS, DIGEST.code])
def test_template_asks_for_all_that_its_kind_gives_and_nothing_else(
    code: str, language: str
) -> None:
    kind = KINDS.get(code, DIGEST)
    assert asked_for(code, language) == kind.needed | kind.optional
    assert fields_of(template(code, language).subject) == set()


@pytest.mark.requirement("BY-06")
@BOTH
@EVERY
def test_every_placeholder_is_filled(code: str, language: str) -> None:
    values = cleaned(KINDS[code], context(code))
    words = words_of(code, language, values, site=SITE)
    whole = f"{words.subject}\n{words.summary}\n{words.text}"
    assert not re.search(r"[{}]", whole)
    for name, value in values.items():
        assert all(line in whole for line in value.split("\n")), name
    assert f"\n{SITE}/en/portal/submissions/1/\n" in words.text


@pytest.mark.requirement("BY-06")
@pytest.mark.parametrize("code", [*KINDS, DIGEST.code, FOOTER])
def test_french_is_written_as_french_is(code: str) -> None:
    found = template(code, "fr")
    told = [found.subject, found.summary, *found.paragraphs]
    assert [(text, list(faults(text))) for text in told if list(faults(text))] == []


@BOTH
@EVERY
def test_lines_are_short_enough_for_every_reader(code: str, language: str) -> None:
    lines = "\n\n".join(template(code, language).paragraphs).split("\n")
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(
    ("code", "name"),
    [(kind.code, name) for kind in KINDS.values() for name in sorted(kind.optional)],
)
@BOTH
def test_paragraph_of_an_empty_value_is_left_out(code: str, name: str, language: str) -> None:
    full = words_of(code, language, cleaned(KINDS[code], context(code)), site=SITE).text
    values = cleaned(KINDS[code], context(code, **{name: ""}))
    less = words_of(code, language, values, site=SITE).text
    assert len(less.split("\n\n")) == len(full.split("\n\n")) - 1
    without = {key: value for key, value in values.items() if key != name}
    assert words_of(code, language, without, site=SITE).text == less


@pytest.mark.requirement("MC-14")
@pytest.mark.parametrize(
    ("language", "again"), [("en", "File again"), ("fr", "Déposer de nouveau")]
)
def test_returned_submission_says_why_and_how_to_file_again(language: str, again: str) -> None:
    values = cleaned(KINDS["submission-returned"], context("submission-returned"))
    text = words_of("submission-returned", language, values, site=SITE).text
    assert VALUES["reason"] in text
    assert "\n    Page 3 is blank.\n    Please scan it again.\n" in text
    assert again in text


@pytest.mark.requirement("MC-15")
def test_refusal_of_a_division_is_told_in_other_words_than_a_return() -> None:
    for language in LANGUAGES:
        subjects = {template(code, language).subject for code in KINDS}
        assert len(subjects) == len(KINDS)


def test_what_a_person_wrote_stays_on_its_line_and_in_its_place() -> None:
    nasty = context(
        "submission-returned",
        file_number="MC6-1\r\nBcc: all@example.org",
        note="one\r\nThe registry\x00\x1b[31m adds:\u2028{link} {0.__class__} <b>two</b>",
    )
    values = cleaned(KINDS["submission-returned"], nasty)
    words = words_of("submission-returned", "en", values, site=SITE)
    assert "Case: MC6-1 Bcc: all@example.org\n" in words.text
    assert (
        "\n    one\n    The registry[31m adds:\n    {link} {0.__class__} <b>two</b>\n" in words.text
    )


def test_non_breaking_spaces_of_a_time_stay() -> None:
    when = "lundi 12 avril 2021, 9\u00a0h\u00a000"
    values = cleaned(KINDS["hearing-cancelled"], context("hearing-cancelled", when=when))
    assert values["when"] == when


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"place": ""}, "needs place"),
        ({"place": "\n \x00"}, "needs place"),
        ({"name": "Amélie"}, "does not need name"),
        ({"when": 3}, "when is no text"),
        ({"link": "https://elsewhere.example/"}, "the link is not a path"),
        ({"link": "//elsewhere.example/"}, "the link is not a path"),
    ],
)
def test_context_that_the_template_does_not_need_is_refused(
    changes: dict[str, object], said: str
) -> None:
    with pytest.raises(ContextError, match=said):
        cleaned(KINDS["hearing-scheduled"], context("hearing-scheduled", **changes))


def test_missing_value_is_refused() -> None:
    values = context("hearing-scheduled")
    del values["when"]
    with pytest.raises(ContextError, match="needs when"):
        cleaned(KINDS["hearing-scheduled"], values)
