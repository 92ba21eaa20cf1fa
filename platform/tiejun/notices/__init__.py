"""Notices: what a person must hear of, inside the application and by mail."""
