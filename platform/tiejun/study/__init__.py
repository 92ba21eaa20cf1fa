"""Courses, minutes credited by the server's clock, the ledger of study hours."""
