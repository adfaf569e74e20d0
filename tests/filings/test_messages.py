"""Every refusal has its words, in both languages, and every word its refusal."""

import re
from pathlib import Path

import pytest
from django.utils import translation

import greffe.filings
from greffe.filings import paper_messages
from greffe.filings.messages import REFUSALS, UPLOADS, Message, refusal_text, upload_problem

pytestmark = pytest.mark.requirement("BY-06")

ALL = {f"refused {code}": words for code, words in REFUSALS.items()} | {
    f"upload {code}": words for code, words in UPLOADS.items()
}


@pytest.mark.parametrize("message", ALL.values(), ids=ALL)
def test_message_says_what_and_what_to_do_in_both_languages(message: Message) -> None:
    for words in (message.text, message.remedy):
        with translation.override("en"):
            english = str(words)
        with translation.override("fr"):
            french = str(words)
        assert english
        assert french
        assert english != french


def test_every_code_that_is_raised_has_its_words() -> None:
    raised, on_paper = set(), set()
    for file in Path(greffe.filings.__path__[0]).glob("*.py"):
        paper = file.stem in {"paper_actions", "batch_actions"}  # they have words of their own
        (on_paper if paper else raised).update(_raised(file.read_text()))
    assert on_paper <= set(paper_messages.REFUSALS)
    raised |= {"not-on-record"}  # given by permissions
    assert raised == set(REFUSALS)
    for code in raised:
        assert refusal_text(code)


def _raised(source: str) -> list[str]:
    return re.findall(r'refuse\("([a-z-]+)"', source)


@pytest.mark.parametrize("code", ["full", "io", "refused", "closed", "no such code"])
def test_failure_of_the_store_always_has_words(code: str) -> None:
    problem = upload_problem(code, "a.pdf")
    assert problem.name == "a.pdf"
    assert str(problem.message.text)
