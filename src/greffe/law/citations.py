"""How the authority of a row is cited in each language. Rows carry it once, as English cites it."""

import re

_FRENCH = (
    (re.compile(r"\bSOR/"), "DORS/"),
    (re.compile(r"\bs\. (?=\d)"), "art. "),
    (re.compile(r", with r\. (?=\d)"), ", et r. "),
    (re.compile(r"(?<=[\d)]) to (?=[\d(])"), " à "),
    (re.compile(r"(?<=[\d)]) and (?=[\d(])"), " et "),
    (re.compile(r"(?<=[\d)])\(([a-z])\)"), r"\1)"),
)


def cited(authority: str, lang: str) -> str:
    """Cite a regulation: "SOR/2012-256, r. 34(3)(a)", « DORS/2012-256, r. 34(3)a) ».

    What is no citation is given back as it stands.
    """
    if not lang.startswith("fr"):
        return authority
    for pattern, french in _FRENCH:
        authority = pattern.sub(french, authority)
    return authority
