"""The rules in force in this deployment, which documents need as well."""

from greffe.documents.rules import reload_rules, rules

__all__ = ["reload_rules", "rules"]
