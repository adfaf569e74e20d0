from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools import french_rows
from tools.french import faults

NBSP, NNBSP = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    "text",
    [
        "Votre document n'a pas été déposé.",
        f"Il est protégé{NBSP}: enregistrez-le sans mot de passe.",
        f"Êtes-vous certain{NNBSP}?",
        f"«{NBSP}guillemets{NBSP}»",
        f"Vraiment{NBSP}?!",
        "22 h 05",
        'Voir <a href="https://example.test/?a=1;b">la page</a>.',
        "Reçu à 12:30:05",
        f"Nom{NBSP}: %(name)s",
        f"<strong>Nom{NBSP}:</strong>",
        "Dossiers&nbsp;: {{ n }}",
        "&amp; puis",
    ],
)
def test_good_typography_has_no_fault(text: str) -> None:
    assert list(faults(text)) == []


@pytest.mark.parametrize("sign", [";", ":", "!", "?", "»"])
def test_breaking_space_before_sign_is_a_fault(sign: str) -> None:
    assert list(faults(f"mot {sign}")) == ["a breaking space before ; : ? ! or »"]


@pytest.mark.parametrize("text", ["Quoi?", "Nom: x", "ceci; cela", f"«{NBSP}mot»", "<b>a</b>?"])
def test_missing_space_before_sign_is_a_fault(text: str) -> None:
    assert list(faults(text)) == ["no non-breaking space before ; : ? ! or »"]


@pytest.mark.parametrize("text", [f"«mot{NBSP}»", f"« mot{NBSP}»"])
def test_opening_guillemet_without_its_space_is_a_fault(text: str) -> None:
    assert list(faults(text)) == ["no non-breaking space after «"]


def test_straight_quotes_in_prose_are_a_fault() -> None:
    assert list(faults('dit "oui"')) == ["straight quotes instead of « guillemets »"]


@given(st.text())
def test_any_text_is_judged_without_error(text: str) -> None:
    assert len(list(faults(text))) <= 4


def test_french_of_rows_is_judged_where_it_stands(tmp_path: Path) -> None:
    (tmp_path / "rows.toml").write_text(
        '[[row]]\nid = "good"\nfr = "Bon"\nen = "Good?"\n'
        '[[row]]\nid = "bad"\n[row.label]\nfr = "Quoi ?"\n'
        '[[row]]\nid = "empty"\nhelp_fr = ""\n'
    )
    assert french_rows.faults(tmp_path) == [
        "a breaking space before ; : ? ! or »: rows.toml row bad label: 'Quoi ?'",
        "missing: rows.toml row empty: ''",
    ]
