"""The closed list of findings that the checks can make, with the parameters of their words.

The words, the severity and the authority of each are rows (`data/findings.toml`); that each code
has its row, and that no row asks for a parameter that the code does not give, is checked at load.
"""

from collections.abc import Mapping
from types import MappingProxyType


def _codes(listed: str) -> Mapping[str, frozenset[str]]:
    lines = (line.partition(":") for line in listed.split("\n") if line.strip())
    return MappingProxyType({code.strip(): frozenset(names.split()) for code, _, names in lines})


CODES: Mapping[str, frozenset[str]] = _codes(
    """
    not-pdf: name kind
    recording: name kind
    empty: name
    too-large: name size limit
    password: name
    damaged: name
    repaired: name
    no-pages: name
    too-complex: name
    not-inspected: name
    dynamic-form: name
    form-layer: name
    scripts: name
    attachments-inside: name count
    restricted: name
    no-files:
    too-many-files: count limit
    duplicate-file: name other
    filing-not-permitted: division
    wrong-division: file_number division
    type-not-permitted: type division
    type-of-other-party: type
    notice-of-appeal-not-here: division
    appeal-not-recorded: file_number
    case-closed: file_number type
    disclosure-several-files: count
    one-subject-per-file: count
    service-missing: recipient
    service-without-statement: recipient
    service-recipient-missing: recipient
    service-method-missing:
    service-method-not-permitted: method
    service-date-missing:
    service-date-future: date
    service-server-missing:
    service-signature-missing:
    service-proof-missing: proof
    service-proof-to-follow:
    service-proof-not-among-files: position
    service-explanation-missing:
    service-explained:
    """
)
