"""Every refusal has its words, in both languages, and every word its refusal."""

import re
from pathlib import Path

import pytest
from django.utils import translation

import greffe.filings
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
    sources = Path(greffe.filings.__path__[0]).glob("*.py")
    raised = {code for file in sources for code in _raised(file.read_text())}
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
