"""Sealed forms: opened by two people, for a short time, with every step in the audit trail."""
