"""Real servers for the tests: PostgreSQL, gunicorn, Chromium; and the clock that is turned by hand."""
