"""The signing keys of this deployment, where filings look for them."""

from greffe.ledger.keys import key_ring

__all__ = ["key_ring"]
