"""Dashboards of a unit: read-only figures across all features."""
