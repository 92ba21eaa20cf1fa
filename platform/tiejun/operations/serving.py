"""Serving: this process becomes gunicorn."""

import os
import sys

from tiejun.db import REQUEST_THREADS


def run_gunicorn(host: str, port: int) -> None:
    """Become gunicorn with one process of `REQUEST_THREADS` threads; never returns."""
    arguments = [
        *(sys.executable, "-m", "gunicorn"),
        *("--config", "python:tiejun.gunicorn_conf"),
        *("--bind", f"{host}:{port}", "--threads", str(REQUEST_THREADS)),
        "tiejun.app:create_app()",
    ]
    os.execv(sys.executable, arguments)  # noqa: S606 - our own interpreter with fixed words
