"""Chromium as the tests use it: headless, without its own calls home, and shut in on this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Route,
    ViewportSize,
    expect,
    sync_playwright,
)

FLAGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
DESKTOP: ViewportSize = {"width": 1366, "height": 768}
PHONE: ViewportSize = {"width": 360, "height": 800}
HOME = "127.0.0.1"
PATIENCE = 20_000
"""Milliseconds that a test waits for a page: two cores shared with others can be slow."""


@contextmanager
def running_chromium(executable: Path) -> Iterator[Browser]:
    """Start the browser; close it at the end."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(executable), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def until(page: Page, expression: str) -> None:
    """Return when the expression is true on the page.

    Not Playwright's wait_for_function: a page whose policy forbids eval answers that only the first time.
    """
    for _ in range(PATIENCE // 50):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never true on {page.url}: {expression}")


class Contexts:
    """Opens browser contexts (one a person) and watches them.

    `strayed` are the addresses of other machines that a page asked for (none is ever let through),
    `refused` what the page's own content-security policy had to stop.
    """

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.strayed: list[str] = []
        self.refused: list[str] = []
        self._open: list[BrowserContext] = []

    def new(self, **options: Any) -> BrowserContext:
        """Open a context in Chinese on Beijing time, at the desktop's size unless told otherwise."""
        options = {"viewport": DESKTOP, "locale": "zh-CN", "timezone_id": "Asia/Shanghai", **options}
        context = self.browser.new_context(**options)
        context.set_default_timeout(PATIENCE)
        context.route(self._is_outside, self._refuse)
        context.on("request", self._note_request)
        context.on("console", self._note_message)
        self._open.append(context)
        return context

    def close(self) -> None:
        """Close every context."""
        while self._open:
            self._open.pop().close()

    @staticmethod
    def _is_outside(address: str) -> bool:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != HOME

    def _refuse(self, route: Route) -> None:
        route.abort()

    def _note_request(self, request: Request) -> None:
        if self._is_outside(request.url):
            self.strayed.append(request.url)

    def _note_message(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.refused.append(message.text)
