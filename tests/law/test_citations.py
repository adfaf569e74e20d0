"""The authority of a row as each language cites it."""

import pytest

from greffe.law.citations import cited


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("SOR/2012-256, r. 34(3)(a), with r. 41(3)", "DORS/2012-256, r. 34(3)a), et r. 41(3)"),
        ("SOR/2012-256, r. 19(2) to (4)", "DORS/2012-256, r. 19(2) à (4)"),
        ("SOR/2002-229, r. 32 and 34(1)", "DORS/2002-229, r. 32 et 34(1)"),
        (
            "SOR/2002-227, s. 159.91(1)(b); SOR/2012-257, r. 9(5)",
            "DORS/2002-227, art. 159.91(1)b); DORS/2012-257, r. 9(5)",
        ),
        ("Form of the division", "Form of the division"),
    ],
)
def test_authority_is_cited_as_the_language_does(english: str, french: str) -> None:
    assert cited(english, "en") == english
    assert cited(english, "fr") == french
