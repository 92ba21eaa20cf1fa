"""The demo, laid once a run and served from a copy: what its people see and live through."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page

from tests.conftest import served_settings
from tests.support.server import Server
from tiejun.demo.cli import PASSWORD_DAYS, prepare_demo
from tiejun.demo.people import LOGIN_PREFIX, OFFICER, OFFICER_LOGINS, PASSWORD, STAFF
from tiejun.installation import opened
from tiejun.settings import Settings

LOGINS = [*OFFICER_LOGINS.values(), *(login for login, *_ in STAFF if login.startswith(LOGIN_PREFIX))]

__all__ = ["LOGINS", "OFFICER", "PASSWORD", "demo_settings", "lay_demo", "served_demo", "sign_in"]


def demo_settings(data_dir: Path) -> dict[str, str]:
    """Return the environment of a served demo; passwords outlive any turn of its clock."""
    return {**served_settings(data_dir), "TIEJUN_PASSWORD_DAYS": PASSWORD_DAYS}


def lay_demo(data_dir: Path) -> None:
    """Lay the demo's content into a folder, as `tiejun demo` does."""
    data_dir.mkdir(parents=True)
    with opened(Settings.from_env(demo_settings(data_dir))) as core:
        prepare_demo(core)


@contextmanager
def served_demo(laid: Path, folder: Path) -> Iterator[Server]:
    """Serve a copy of a laid demo with gunicorn."""
    data_dir = folder / "served"
    shutil.copytree(laid, data_dir)
    server = Server(folder, demo_settings(data_dir), f"sqlite:///{data_dir / 'tiejun.db'}")
    server.start()
    try:
        yield server
    finally:
        server.stop()


def sign_in(page: Page, address: str, login: str, password: str | None = None) -> None:
    """Sign in through the page; ends on the first page of the person."""
    page.goto(f"{address}/sign-in")
    page.locator("#login").fill(login)
    page.locator("#password").fill(password or PASSWORD)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(f"{address}/")
