"""The rules in force in this deployment, which accounts need as well."""

from greffe.rules import reload_rules, rules

__all__ = ["reload_rules", "rules"]
