"""Entry point for WSGI servers."""

from tiejun.app import create_app

app = create_app()
