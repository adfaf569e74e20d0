"""The rules in force in this deployment.

The packaged rows with the tribunal's own laid over them.
"""

from functools import cache
from pathlib import Path

from django.conf import settings

from greffe.law.ruleset import RuleSet, load_rules


@cache
def _load(overlay: Path | None) -> RuleSet:
    return load_rules(overlay)


def rules() -> RuleSet:
    """The rule set that judges now.

    Loaded once; a wrong row raises RuleError with file, row, reason.
    """
    overlay = settings.LAW_OVERLAY
    return _load(Path(overlay) if overlay else None)


def reload_rules() -> RuleSet:
    """Read the rows again, after the tribunal's folder has changed."""
    _load.cache_clear()
    return rules()
