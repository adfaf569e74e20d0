"""Codes and links: enough bits, no look-alikes, every typing error seen, nothing to guess."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greffe.invitations.codes import (
    ALPHABET,
    BITS,
    SECRET_SIGNS,
    SELECTOR_SIGNS,
    SIGNS,
    Code,
    invitation_of,
    link_token,
    new_code,
    read_code,
)

pytestmark = [pytest.mark.requirement("MC-04"), pytest.mark.security(4)]

signs = st.sampled_from(ALPHABET)
codes = st.builds(
    Code,
    st.text(signs, min_size=SELECTOR_SIGNS, max_size=SELECTOR_SIGNS),
    st.text(signs, min_size=SECRET_SIGNS, max_size=SECRET_SIGNS),
)
places = st.integers(0, SIGNS - 1)


def test_code_has_fifty_bits_and_no_sign_that_looks_like_another() -> None:
    assert BITS >= 50
    assert len(set(ALPHABET)) == len(ALPHABET)
    assert not set(ALPHABET) & set("01OIL8BSZUAE")


def test_codes_are_not_repeated() -> None:
    assert len({new_code().spoken for _ in range(500)}) == 500


@given(codes)
def test_code_that_is_printed_is_read_back(code: Code) -> None:
    assert read_code(code.spoken) == code


@given(codes, st.text(st.sampled_from(" \t\u00a0-\u2010\u2011\u2013\u2212\u200b._"), max_size=3))
def test_capitals_spaces_and_dashes_do_not_matter(code: Code, between: str) -> None:
    typed = between.join(code.spoken.lower().split("-"))
    wide = code.spoken.translate({ord(c): ord(c) + 0xFEE0 for c in ALPHABET})
    assert read_code(typed) == read_code(f" {wide} ") == code


@given(codes, places, signs)
def test_one_wrong_sign_is_always_seen(code: Code, place: int, sign: str) -> None:
    plain = code.spoken.replace("-", "")
    if plain[place] != sign:
        assert read_code(plain[:place] + sign + plain[place + 1 :]) is None


@given(codes, places)
def test_sign_left_out_or_typed_twice_is_always_seen(code: Code, place: int) -> None:
    plain = code.spoken.replace("-", "")
    assert read_code(plain[:place] + plain[place + 1 :]) is None
    assert read_code(plain[:place] + plain[place] + plain[place:]) is None


def test_two_signs_in_each_other_s_place_are_seen_nearly_always() -> None:
    seen = total = 0
    for _ in range(100):
        plain = new_code().spoken.replace("-", "")
        for place in range(SIGNS - 1):
            if plain[place] != plain[place + 1]:
                total += 1
                turned = plain[place + 1] + plain[place]
                seen += read_code(plain[:place] + turned + plain[place + 2 :]) is None
    assert seen / total > 0.98


@given(st.text())
def test_whatever_is_typed_is_a_code_or_is_none(typed: str) -> None:
    code = read_code(typed)
    assert code is None or read_code(code.spoken) == code


def test_code_says_nothing_of_itself_to_a_log() -> None:
    code = new_code()
    assert code.secret not in repr(code)


@given(codes)
def test_what_is_kept_fits_its_code_alone(code: Code) -> None:
    kept = code.hashed()
    assert code.matches(kept)
    assert not new_code().matches(kept)
    other = next(sign for sign in ALPHABET if sign != code.selector[0])
    assert not Code(other + code.selector[1:], code.secret).matches(kept)


@given(st.uuids())
def test_link_leads_back_to_its_invitation(invitation: UUID) -> None:
    assert invitation_of(link_token(invitation)) == invitation


@given(st.uuids(), st.integers(0, 42), st.sampled_from("AZaz09-_"))
def test_link_with_another_sign_leads_nowhere(invitation: UUID, place: int, sign: str) -> None:
    token = link_token(invitation)
    if token[place] != sign:
        assert invitation_of(token[:place] + sign + token[place + 1 :]) is None


@given(st.text(max_size=60))
def test_whatever_is_in_an_address_leads_nowhere(text: str) -> None:
    assert invitation_of(text) is None
