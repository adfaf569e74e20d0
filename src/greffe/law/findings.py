"""A finding: what was seen, what to do about it, and whether it refuses, warns or informs."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import Field

from greffe.law.rows import Frozen, Text
from greffe.law.ruleset import RuleSet
from greffe.law.tables import Severity
from greffe.law.texts import fill

Params = Mapping[str, str | int | Text]


class Finding(Frozen):
    """One finding. `file` is the position of the file (from 1), `page` the page, where they apply.

    The words travel with it, so that a page, a receipt and a command line say the same thing, and
    the words of its day are kept with a receipt.
    """

    code: str
    severity: Severity
    file: int | None = None
    page: int | None = None
    params: dict[str, str | int | Text] = Field(default_factory=dict)
    authority: str
    text_template: Text
    remedy_template: Text

    def text(self, lang: str) -> str:
        """Say what was found, in `lang`."""
        return self._fill(self.text_template, lang)

    def remedy(self, lang: str) -> str:
        """Say what to do, in `lang`."""
        return self._fill(self.remedy_template, lang)

    @property
    def refuses(self) -> bool:
        """Say whether nothing can be filed while it stands."""
        return self.severity == "refuse"

    @property
    def key(self) -> str:
        """Name it among the findings of one submission, so that a filer can acknowledge it."""
        return f"{self.code}:{self.file or 0}:{self.page or 0}"

    def placed(self, position: int | None) -> "Finding":
        """Give the same finding of the file at `position` (from 1), or of no place for None."""
        return self.model_copy(update={"file": position})

    def as_json(self) -> dict[str, Any]:
        """Give the finding as a receipt keeps it, in both languages."""
        return {
            "code": self.code,
            "severity": self.severity,
            "document": self.file,
            "page": self.page,
            "en": self.text("en"),
            "fr": self.text("fr"),
            "remedy": {"en": self.remedy("en"), "fr": self.remedy("fr")},
            "authority": self.authority,
        }

    def _fill(self, template: Text, lang: str) -> str:
        return fill(template.get(lang), self.params, lang)


def make_finding(
    rules: RuleSet,
    code: str,
    params: Params | None = None,
    *,
    on: dt.date,
    file: int | None = None,
    page: int | None = None,
    authority: str = "",
) -> Finding:
    """Make a finding from its row in force on the day `on`, with the `params` its words name.

    `authority` replaces that of the row where a more exact one is known. UnknownRowError for a code
    without a row.
    """
    row = rules.finding(code, on)
    return Finding(
        code=code,
        severity=row.severity,
        file=file,
        page=page,
        params=dict(params or {}),
        authority=authority or row.authority,
        text_template=row.text,
        remedy_template=row.remedy,
    )


def refused(findings: Iterable[Finding]) -> bool:
    """Say whether any of them refuses."""
    return any(finding.refuses for finding in findings)
